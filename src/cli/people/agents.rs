//! `sluice agents`: gives agents keys of their own, lists them, revokes them.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp};
use secrecy::ExposeSecret as _;

use crate::cli::data::way;
use crate::cli::{CliError, Console, Verdict, approvals, permissions};
use crate::clock::{Clock as _, SystemClock};
use crate::config::{ProfileName, Settings};
use crate::control::{Question, Reply};
use crate::people::{Agent, Agents, Credential, NewAgent, Owner, PeopleError, Validity, agents_file};
use crate::policy::ask::AgentId;

/// A former key is let in no longer than this.
const LONGEST_OVERLAP: SignedDuration = SignedDuration::from_hours(24 * 90);

/// `sluice agents add|list|rotate|revoke`.
#[derive(Subcommand)]
pub(in crate::cli) enum Task {
    /// Add an agent to agents.toml and print its key, which is shown this once; with an issuer, it has no key
    Add {
        /// 1 to 64 letters, digits, dots, dashes
        name: String,
        /// What the agent may do: a profile file, or the name of a shipped profile
        #[arg(long, value_name = "FILE")]
        profile: PathBuf,
        /// Whose agent it is, instead of the user of this system
        #[arg(long, value_name = "USER")]
        owner: Option<String>,
        /// Who signs the agent's tokens, as a table [issuers.NAME] of agents.toml has it
        #[arg(long, value_name = "URL", requires = "subject")]
        issuer: Option<String>,
        /// What the agent's tokens have as their subject
        #[arg(long, value_name = "TEXT", requires = "issuer")]
        subject: Option<String>,
    },
    /// List the agents of agents.toml
    List,
    /// Give an agent a new key, which is shown this once; the one it had stays valid for a while
    Rotate {
        /// Name of the agent
        name: String,
        /// How long the key it had stays valid, at most 90d; 0s ends it at once
        #[arg(long, value_name = "TIME", default_value = "24h", value_parser = overlap)]
        overlap: SignedDuration,
    },
    /// Let an agent in no more; it stays listed
    Revoke {
        /// Name of the agent
        name: String,
    },
}

pub(in crate::cli) async fn run(task: &Task, settings: &Settings, console: &mut Console) -> Result<Verdict, CliError> {
    let file = agents_file(settings)?;
    match task {
        Task::Add { name, profile, owner, issuer, subject } => {
            let owner = match owner {
                Some(owner) => Owner::read(owner).map_err(|problem| PeopleError::BadOwner { problem })?,
                None => Owner::of_system(settings),
            };
            let profile = &written(profile, &file)?;
            if let (Some(issuer), Some(subject)) = (issuer, subject) {
                Agents::add_with_token(&file, NewAgent { name, owner: &owner, profile }, issuer, subject)?;
                console.line(format_args!("added {name} to {}; it proves itself with tokens", file.display()))?;
            } else {
                let key = Agents::add(&file, name, &owner, profile)?;
                console.line(format_args!("added {name} to {}; its key, shown this once:", file.display()))?;
                console.line(key.secret().expose_secret())?;
            }
        }
        Task::List => {
            let now = SystemClock::new().now();
            console.line("| agent | owner | profile | proves itself with | |\n|---|---|---|---|---|")?;
            for agent in Agents::load(&file)?.iter() {
                let (owner, proof) = (cell(agent.owner.as_str()), proof(agent));
                let state = state(agent, now);
                console.line(format_args!("| {} | {owner} | {} | {proof} | {state} |", agent.id, agent.profile))?;
            }
            if let Some(Reply::Mistakes(mistakes)) = way::of_owner(settings, &Question::Mistakes).await
                && !mistakes.is_empty()
            {
                console.line("\nThe server that runs cannot use this; what was good before goes on:")?;
                for mistake in mistakes {
                    console.line(format_args!("- {mistake}"))?;
                }
            }
        }
        Task::Rotate { name, overlap } => {
            let key = Agents::rotate(&file, name, *overlap, SystemClock::new().now())?;
            let former = if overlap.is_zero() { "ends now".to_owned() } else { format!("ends in {overlap:#}") };
            console.line(format_args!("the key {name} had {former}; its new key, shown this once:"))?;
            console.line(key.secret().expose_secret())?;
        }
        Task::Revoke { name } => {
            Agents::revoke(&file, name)?;
            console.line(format_args!("revoked {name}; a running server refuses it within a second"))?;
            match approvals::cancel_of(&AgentId::new(name), settings).await? {
                0 => {}
                1 => console.line("cancelled the one write it had waiting")?,
                more => console.line(format_args!("cancelled {more} writes it had waiting"))?,
            }
        }
    }
    Ok(Verdict::Well)
}

/// What an agent proves itself with, as a cell of the list.
fn proof(agent: &Agent) -> String {
    match &agent.credential {
        Credential::Key(_) => "a key".to_owned(),
        Credential::Token { issuer, .. } => format!("tokens of {}", cell(issuer)),
    }
}

/// Whether an agent is let in, and whether by two keys.
fn state(agent: &Agent, now: Timestamp) -> String {
    match &agent.credential {
        Credential::Key(hashes) if agent.validity == Validity::Valid => {
            let former = hashes.former.as_ref().filter(|former| now < former.until);
            let former = former.map(|former| format!(", former key until {}", former.until)).unwrap_or_default();
            format!("{}{former}", agent.validity)
        }
        _ => agent.validity.to_string(),
    }
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

fn overlap(text: &str) -> Result<SignedDuration, String> {
    let days = SpanRelativeTo::days_are_24_hours();
    let lasting = text.parse::<Span>().and_then(|span| span.to_duration(days)).ok();
    let fits = lasting.filter(|lasting| !lasting.is_negative() && *lasting <= LONGEST_OVERLAP);
    fits.ok_or_else(|| "give a time such as 0s, 24h or 7d, at most 90d".to_owned())
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
