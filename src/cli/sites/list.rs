//! `sluice sites`: lists the connections, says which is used where nobody names one, renames none.

use clap::{Args, Subcommand};
use tokio_util::sync::CancellationToken;

use super::disconnect;
use super::keys;
use crate::cli::console::{Colour, harmless};
use crate::cli::process::flags::DataFlags;
use crate::cli::{CliError, Console, Verdict};
use crate::config::{Flags, Settings};
use crate::connect::{Cabinet, ConnectError, ConnectionName};

/// `sluice sites list|use|remove|rewrap`.
#[derive(Args)]
pub(in crate::cli) struct Arguments {
    #[command(subcommand)]
    task: Task,
    #[command(flatten)]
    flags: DataFlags,
}

#[derive(Subcommand)]
enum Task {
    /// List the sites Sluice is connected to
    List,
    /// Say which one is used where neither an agent, nor its profile, nor a setting names one
    Use {
        /// Name of the connection
        name: ConnectionName,
    },
    /// Disconnect a site; the same as `sluice disconnect`
    Remove(disconnect::What),
    /// Wrap the key of every connection anew: after the wrapping key was changed, or another provider was set
    Rewrap,
}

impl Arguments {
    pub(in crate::cli) fn flags(&self) -> &Flags {
        self.flags.flags()
    }
}

pub(in crate::cli) async fn run(
    arguments: Arguments,
    settings: &Settings,
    console: &mut Console,
    shutdown: CancellationToken,
) -> Result<Verdict, CliError> {
    let cabinet = Cabinet::of(&settings.data_folder()?);
    match arguments.task {
        Task::List => list(&cabinet, console),
        Task::Use { name } => {
            if !cabinet.names()?.contains(&name) {
                return Err(ConnectError::Missing(name).into());
            }
            cabinet.choose(&name)?;
            console.line(format_args!("`{name}` is used where nobody names another"))?;
            Ok(Verdict::Well)
        }
        Task::Remove(what) => disconnect::disconnect(what, settings, console, shutdown).await,
        Task::Rewrap => keys::rewrap(settings, console).await,
    }
}

fn list(cabinet: &Cabinet, console: &mut Console) -> Result<Verdict, CliError> {
    let listed = cabinet.records()?;
    if listed.is_empty() {
        console.line("Sluice is connected to no site; `sluice connect` connects one.")?;
        return Ok(Verdict::Well);
    }
    let default = cabinet.default();
    let mut verdict = Verdict::Well;
    console.line("| name | site | account | method | state | |\n|---|---|---|---|---|---|")?;
    for (name, record) in listed {
        let used = if default.as_ref() == Some(&name) { "default" } else { "" };
        match record {
            Ok(record) => {
                let (site, account) = (harmless(&record.place.site, 200), harmless(&record.place.account_name, 60));
                let (method, state) = (record.method.words(), record.state.word());
                console.line(format_args!("| {name} | {site} | {account} | {method} | {state} | {used} |"))?;
            }
            Err(error) => {
                verdict = Verdict::Wrong;
                let error = console.paint(Colour::Red, harmless(&error.to_string(), 400));
                console.line(format_args!("| {name} | | | | {error} | {used} |"))?;
            }
        }
    }
    Ok(verdict)
}
