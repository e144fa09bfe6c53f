//! `sluice agents`: gives agents keys of their own, lists them, revokes them.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use secrecy::ExposeSecret as _;

use crate::cli::{CliError, Console, Verdict, approvals, permissions};
use crate::config::{ProfileName, Settings};
use crate::people::{Agents, Owner, PeopleError, agents_file};
use crate::policy::ask::AgentId;

/// `sluice agents add|list|revoke`.
#[derive(Subcommand)]
pub(in crate::cli) enum Task {
    /// Add an agent to agents.toml and print its key, which is shown this once
    Add {
        /// 1 to 64 letters, digits, dots, dashes
        name: String,
        /// What the agent may do: a profile file, or the name of a shipped profile
        #[arg(long, value_name = "FILE")]
        profile: PathBuf,
        /// Whose agent it is, instead of the user of this system
        #[arg(long, value_name = "USER")]
        owner: Option<String>,
    },
    /// List the agents of agents.toml
    List,
    /// Let an agent in no more; it stays listed
    Revoke {
        /// Name of the agent
        name: String,
    },
}

pub(in crate::cli) async fn run(task: &Task, settings: &Settings, console: &mut Console) -> Result<Verdict, CliError> {
    let file = agents_file(settings)?;
    match task {
        Task::Add { name, profile, owner } => {
            let owner = match owner {
                Some(owner) => Owner::read(owner).map_err(|problem| PeopleError::BadOwner { problem })?,
                None => Owner::of_system(settings),
            };
            let key = Agents::add(&file, name, &owner, &written(profile, &file)?)?;
            console.line(format_args!("added {name} to {}; its key, shown this once:", file.display()))?;
            console.line(key.secret().expose_secret())?;
        }
        Task::List => {
            let agents = Agents::load(&file)?;
            console.line("| agent | owner | profile | |\n|---|---|---|---|")?;
            for agent in agents.iter() {
                let owner = agent.owner.as_str().replace('|', "\\|");
                console.line(format_args!("| {} | {owner} | {} | {} |", agent.id, agent.profile, agent.validity))?;
            }
        }
        Task::Revoke { name } => {
            Agents::revoke(&file, name)?;
            console.line(format_args!("revoked {name}; from its next start on a server refuses it"))?;
            match approvals::cancel_of(&AgentId::new(name), settings).await? {
                0 => {}
                1 => console.line("cancelled the one write it had waiting")?,
                more => console.line(format_args!("cancelled {more} writes it had waiting"))?,
            }
        }
    }
    Ok(Verdict::Well)
}

/// The agents of the settings; none where there is no configuration folder.
pub(in crate::cli) fn of(settings: &Settings) -> Result<Agents, PeopleError> {
    agents_file(settings).map_or_else(|_| Ok(Agents::default()), |file| Agents::load(&file))
}

/// A profile that can be used, as `agents.toml` names it: relative to that file where it lies beside it.
fn written(profile: &Path, file: &Path) -> Result<String, CliError> {
    let name = ProfileName::of(&profile.to_string_lossy(), |_| profile.to_owned());
    name.read(&permissions::tool_names())?;
    let ProfileName::File(path) = name else { return Ok(name.to_string()) };
    let path = std::path::absolute(path)?;
    let folder = std::path::absolute(file.parent().unwrap_or(Path::new(".")))?;
    let path = path.strip_prefix(folder).map(Path::to_owned).unwrap_or(path);
    let text = path.to_str().map(str::to_owned);
    text.ok_or_else(|| PeopleError::NotText { path }.into())
}
