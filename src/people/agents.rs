//! `agents.toml`: each agent's owner, profile, and what it proves itself with; and the issuers of agents' tokens.

mod changes;
mod issuers;
mod keys;
mod reading;

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex};

use jiff::Timestamp;

use super::document::contents;
use super::secret::SlowHash;
use super::{Owner, PeopleError};
use crate::config::ProfileName;
use crate::domain::digest::Digest;
use crate::policy::ask::AgentId;

pub(super) use changes::shown;

pub use changes::NewAgent;
pub use issuers::{Issuer, SigningAlgorithm};
pub use keys::{CredentialId, Held};

/// One agent of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agent {
    /// Its name.
    pub id: AgentId,
    /// Whose it is.
    pub owner: Owner,
    /// The profile it runs under; a file is found from `agents.toml`.
    pub profile: ProfileName,
    /// The connection it uses, where the file names one.
    pub connection: Option<String>,
    /// What it proves itself with.
    pub credential: Credential,
    /// Whether it is let in.
    pub validity: Validity,
}

/// What an agent proves itself with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credential {
    /// A key, of which the hash is known.
    Key(Box<KeyHashes>),
    /// A signed token of this issuer about this subject.
    Token {
        /// Who signs, an `https` address; one of the file's issuers.
        issuer: String,
        /// About whom.
        subject: String,
    },
}

/// The hash of an agent's key, and for a while that of the key before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyHashes {
    /// Of the key that has no end.
    pub now: SlowHash,
    /// Of the key that was rotated out.
    pub former: Option<FormerKey>,
}

/// A key that was rotated out and is let in a while longer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormerKey {
    /// Its hash.
    pub hash: SlowHash,
    /// From then on it is refused.
    pub until: Timestamp,
}

/// Whether an agent is let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validity {
    /// It is.
    Valid,
    /// Not any more; it stays listed, so that its name is not given to another by mistake.
    Revoked,
}

impl fmt::Display for Validity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Valid => "valid",
            Self::Revoked => "revoked",
        })
    }
}

/// The agents of one file, and the issuers of their tokens.
#[derive(Debug, Default)]
pub struct Agents {
    by_id: BTreeMap<AgentId, Agent>,
    /// By the address that tokens carry as `iss`.
    issuers: BTreeMap<String, Arc<Issuer>>,
    /// Digests of keys that were verified, with the agent and the hash that each was verified by: at most two for each
    /// agent, as a key has to fit a hash of the file to come here. Shared with those that were read before.
    verified: Arc<Mutex<Verified>>,
}

/// What keys were verified by.
type Verified = HashMap<Digest, (AgentId, SlowHash)>;

impl Agents {
    /// Reads the file; where there is none, there are no agents.
    pub fn load(path: &Path) -> Result<Self, PeopleError> {
        let Some(text) = contents(path)? else { return Ok(Self::default()) };
        let read = reading::understand(&text, path).map_err(PeopleError::Mistakes)?;
        Ok(Self { by_id: read.agents, issuers: read.issuers, verified: Arc::default() })
    }

    /// An agent by name; it may be revoked.
    pub fn get(&self, id: &AgentId) -> Option<&Agent> {
        self.by_id.get(id)
    }

    /// Every agent, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Agent> {
        self.by_id.values()
    }

    /// The issuer that a token names in its claim `iss`, compared letter by letter.
    pub fn issuer(&self, address: &str) -> Option<&Arc<Issuer>> {
        self.issuers.get(address)
    }

    /// Every issuer, by address.
    pub fn issuers(&self) -> impl Iterator<Item = &Arc<Issuer>> {
        self.issuers.values()
    }

    /// The valid agent that this issuer's tokens about this subject are of.
    pub fn by_subject(&self, issuer: &str, subject: &str) -> Option<&Agent> {
        let is_theirs = |agent: &&Agent| match &agent.credential {
            Credential::Token { issuer: own_issuer, subject: own } => own_issuer == issuer && own == subject,
            Credential::Key(_) => false,
        };
        self.by_id.values().find(is_theirs).filter(|agent| agent.validity == Validity::Valid)
    }
}
