//! `sluice approvers`: names the people who may approve, and gives each a secret.

use clap::Subcommand;
use secrecy::ExposeSecret as _;

use crate::cli::{CliError, Console, Verdict};
use crate::config::Settings;
use crate::domain::access::AccessClass;
use crate::domain::place::SpaceName;
use crate::people::approvers::CLASSES;
use crate::people::{Approver, Approvers, approvers_file};

/// `sluice approvers add|list|remove`.
#[derive(Subcommand)]
pub(in crate::cli) enum Task {
    /// Add an approver to approvers.toml and print the secret, which is shown this once
    Add {
        /// 1 to 64 letters, digits, dots, dashes
        name: String,
        /// What may be approved; everything where it is not given
        #[arg(long, value_delimiter = ',', value_parser = class, value_name = "create,update,delete")]
        classes: Vec<AccessClass>,
        /// Where, by key or id; everywhere where it is not given
        #[arg(long, value_delimiter = ',', value_name = "SPACES")]
        spaces: Vec<SpaceName>,
    },
    /// List the approvers of approvers.toml
    List,
    /// Take an approver out of approvers.toml
    Remove {
        /// Name of the approver
        name: String,
    },
}

pub(in crate::cli) fn run(task: &Task, settings: &Settings, console: &mut Console) -> Result<Verdict, CliError> {
    let file = approvers_file(settings)?;
    match task {
        Task::Add { name, classes, spaces } => {
            let approver = Approver {
                name: name.clone(),
                classes: if classes.is_empty() { CLASSES.into() } else { classes.iter().copied().collect() },
                spaces: if spaces.is_empty() { None } else { Some(spaces.iter().cloned().collect()) },
            };
            let secret = Approvers::add(&file, approver)?;
            console.line(format_args!("added {name} to {}; the secret, shown this once:", file.display()))?;
            console.line(secret.expose_secret())?;
        }
        Task::List => {
            let approvers = Approvers::load(&file)?;
            console.line("| approver | may approve | in |\n|---|---|---|")?;
            for Approver { name, classes, spaces } in approvers.iter() {
                let spaces = spaces.as_ref().map_or_else(|| "every space".to_owned(), in_words);
                console.line(format_args!("| {name} | {} | {spaces} |", in_words(classes)))?;
            }
        }
        Task::Remove { name } => {
            Approvers::remove(&file, name)?;
            console.line(format_args!("removed {name} from {}", file.display()))?;
        }
    }
    Ok(Verdict::Well)
}

fn class(word: &str) -> Result<AccessClass, String> {
    let class = CLASSES.into_iter().find(|class| class.to_string() == word);
    class.ok_or_else(|| "it is one of create, update, delete".to_owned())
}

fn in_words<T: ToString>(set: &std::collections::BTreeSet<T>) -> String {
    match set.len() {
        0 => "none".to_owned(),
        _ => set.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
    }
}
