//! Who agents and approvers are, and how each proves it: `agents.toml` and `approvers.toml` in the configuration folder.
//!
//! Keys and secrets are random, shown once, and kept as hashes that are slow to guess. The files are people's own:
//! what Sluice changes in them leaves every other line and comment as it was.

pub mod agents;
pub mod approvers;
pub mod attempts;
pub mod callers;
mod document;
mod edit;
pub mod files;
mod links;
mod owner;
pub mod roster;
mod secret;

use std::path::PathBuf;

use crate::config::{ConfigError, ProfileError, SettingError, Settings};
use crate::policy::ask::AgentId;
use crate::policy::file::Mistake;

pub use agents::{
    Agent, Agents, Credential, CredentialId, FormerKey, Held, Issuer, KeyHashes, NewAgent, SigningAlgorithm, Validity,
};
pub use approvers::{Approver, Approvers, NotProven, TouchedSpace};
pub use attempts::{Attempt, Attempts, TooManyAttempts};
pub use callers::{Known, caller, profile_now};
pub use links::Links;
pub use owner::Owner;
pub use roster::{Admitted, Roster};
pub use secret::{AgentKey, random as random_secret};

/// What the files about people say cannot be used, or not be changed.
#[derive(Debug, thiserror::Error)]
pub enum PeopleError {
    /// Mistakes in a file, one line each.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Mistakes(Vec<Mistake>),
    /// A file that cannot be read.
    #[error("`{}` cannot be read: {source}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// The system's words.
        source: std::io::Error,
    },
    /// A file that cannot be written; it is as it was.
    #[error("`{}` cannot be written: {source}", path.display())]
    Unwritable {
        /// Which.
        path: PathBuf,
        /// The system's words.
        source: std::io::Error,
    },
    /// Somebody else is changing the file.
    #[error("another command is changing this file; if none runs, one was cut off: remove `{}`", path.display())]
    Busy {
        /// The file that says so.
        path: PathBuf,
    },
    /// The file is right, but not of the form that can be changed line by line.
    #[error("`{}` cannot be changed by a command; write every entry as a table of its own, `[{table}.NAME]`", path.display())]
    NotEditable {
        /// Which.
        path: PathBuf,
        /// `agents` or `approvers`.
        table: &'static str,
    },
    /// No variable says where the configuration folder is.
    #[error("there is no configuration folder; set SLUICE_CONFIG_DIR")]
    NoFolder,
    /// The name is taken.
    #[error("there is a `{name}` in `{}` already; choose another name", path.display())]
    Taken {
        /// The name.
        name: String,
        /// The file.
        path: PathBuf,
    },
    /// Nobody has that name.
    #[error("there is no `{name}` in `{}`{}", path.display(), meant.as_ref().map(|meant| format!("; did you mean `{meant}`?")).unwrap_or_default())]
    Nobody {
        /// The name.
        name: String,
        /// The file.
        path: PathBuf,
        /// The name that was probably meant.
        meant: Option<String>,
    },
    /// A name that the file could not hold.
    #[error("{} is no name; use 1 to 64 letters, digits, dots, dashes", crate::domain::text::quoted(name, 60))]
    BadName {
        /// The name.
        name: String,
    },
    /// An owner that the file could not hold.
    #[error("{problem}")]
    BadOwner {
        /// Which, and why.
        problem: String,
    },
    /// The agent was revoked.
    #[error("the agent `{agent}` is revoked; a person who may change agents.toml can let it in again")]
    Revoked {
        /// Which.
        agent: AgentId,
    },
    /// The agent has no key that could be rotated.
    #[error("the agent `{agent}` proves itself with tokens, which its issuer renews; there is no key to rotate")]
    NoKey {
        /// Which.
        agent: AgentId,
    },
    /// No table of the file describes that issuer.
    #[error(
        "no table [issuers.NAME] of `{}` has the issuer `{issuer}`; write one with `issuer` and `audience` first{}",
        path.display(),
        meant.as_ref().map(|meant| format!("; did you mean `{meant}`?")).unwrap_or_default()
    )]
    NoIssuer {
        /// The issuer.
        issuer: String,
        /// The file.
        path: PathBuf,
        /// The issuer that was probably meant.
        meant: Option<String>,
    },
    /// A path that a file of text cannot hold.
    #[error("the path `{}` is not valid Unicode; give the file another name", path.display())]
    NotText {
        /// The path.
        path: PathBuf,
    },
    /// A call without any profile.
    #[error("no profile is named")]
    NoProfile,
    /// The system gave no random numbers, or no memory to hash with.
    #[error("no secret could be made: {why}")]
    NoSecret {
        /// The system's words.
        why: String,
    },
    /// A profile cannot be used.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// The settings cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
}

impl From<SettingError> for PeopleError {
    fn from(error: SettingError) -> Self {
        Self::Config(error.into())
    }
}

/// Where `agents.toml` stands.
pub fn agents_file(settings: &Settings) -> Result<PathBuf, PeopleError> {
    file(settings, "agents.toml")
}

/// Where `approvers.toml` stands.
pub fn approvers_file(settings: &Settings) -> Result<PathBuf, PeopleError> {
    file(settings, "approvers.toml")
}

fn file(settings: &Settings, name: &str) -> Result<PathBuf, PeopleError> {
    settings.configuration_folder.as_ref().map(|folder| folder.join(name)).ok_or(PeopleError::NoFolder)
}
