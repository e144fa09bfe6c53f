//! Who asks over HTTP, and how it proves it: an agent's own key, or a token that an issuer signed.
//!
//! There is no third way, and none to fall back to: what is neither, Atlassian's tokens among them, proves nothing.

mod discovery;
mod fetch;
mod keys;
mod remembered;
mod scopes;
mod sources;
mod token;
mod verify;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use crate::clock::Clock;
use crate::outside::OutsideError;
use crate::people::{AgentKey, Agents, CredentialId};
use crate::policy::ask::AgentId;
use keys::KeyRoom;
use remembered::Remembered;
use sources::Sources;

pub use scopes::Scopes;

/// A longer credential is none, in bytes.
const LONGEST: usize = 8 * 1024;

/// How issuers are reached.
#[derive(Clone, Debug)]
pub struct Reach {
    /// Certificates of a private authority to trust besides the machine's own, PEM.
    pub authority: Option<Vec<u8>>,
    /// The proxy to go through.
    pub proxy: Option<Url>,
    /// How long an issuer may take for its keys, discovery and all.
    pub patience: Duration,
}

impl Default for Reach {
    fn default() -> Self {
        Self { authority: None, proxy: None, patience: Duration::from_secs(5) }
    }
}

/// The connections to issuers cannot be set up.
#[derive(Debug, thiserror::Error)]
#[error("issuers of tokens cannot be asked: {0}")]
pub struct IdentityError(#[from] OutsideError);

/// What proves who agents are: remembers what was proven, and the keys of issuers.
pub struct Identity {
    clock: Arc<dyn Clock>,
    keys: KeyRoom,
    sources: Sources,
    remembered: Remembered,
}

/// An agent that proved who it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proven {
    /// Which agent.
    pub agent: AgentId,
    /// Which of its credentials it came with.
    pub credential: CredentialId,
    /// From then on it has to prove it anew; `None` where the credential has no end.
    pub until: Option<Timestamp>,
    /// What the credential allows; `None` where it says nothing about that, and the profile alone counts.
    pub scopes: Option<Scopes>,
    /// How it proved it.
    pub by: Means,
}

/// What an agent proved itself with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Means {
    /// A key of its own.
    Key,
    /// A signed token.
    Token,
}

/// A credential that proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotProven {
    /// It is no agent's. Why is for our log, never for the caller.
    #[error("the credential is not valid: {0}")]
    Invalid(&'static str),
    /// A token that was right, but not any more.
    #[error("the token has expired")]
    Expired,
    /// The issuer's keys are not to be had now.
    #[error("the keys of the token's issuer are not to be had now; try again")]
    Unavailable,
    /// Too many keys wait to be looked at.
    #[error("too many callers wait to be let in; try again")]
    Busy,
}

impl Identity {
    /// Nothing remembered yet; asks no issuer before a token needs its keys.
    pub fn new(clock: Arc<dyn Clock>, reach: &Reach) -> Result<Self, IdentityError> {
        let sources = Sources::new(Arc::clone(&clock), reach)?;
        Ok(Self { clock, keys: KeyRoom::default(), sources, remembered: Remembered::default() })
    }

    /// Who presents this bearer credential, among the agents of now.
    pub async fn prove(&self, agents: &Arc<Agents>, credential: &SecretString) -> Result<Proven, NotProven> {
        let text = credential.expose_secret();
        if text.len() > LONGEST {
            return Err(NotProven::Invalid("it is too long"));
        }
        if text.starts_with(AgentKey::PREFIX) {
            let key = AgentKey::read(credential).ok_or(NotProven::Invalid("it is not shaped like a key"))?;
            return self.keys.prove(agents, key, self.clock.now()).await;
        }
        if text.bytes().filter(|byte| *byte == b'.').count() == 2 {
            return self.by_token(agents, text).await;
        }
        Err(NotProven::Invalid("it is neither a key nor a token"))
    }

    async fn by_token(&self, agents: &Agents, text: &str) -> Result<Proven, NotProven> {
        let remembered = self.remembered.get(text, agents, self.clock.now(), self.clock.steady());
        if let Some(proven) = remembered {
            return Ok(proven);
        }
        let token = token::Token::read(text).map_err(NotProven::Invalid)?;
        let issuer = agents.issuer(token.issuer()).ok_or(NotProven::Invalid("no table has its issuer"))?;
        if !issuer.algorithms.contains(&token.algorithm) {
            return Err(NotProven::Invalid("its issuer's table does not allow its algorithm"));
        }
        let set = self.sources.keys(issuer, token.key_id.as_deref(), agents).await?;
        verify::signature(&token, &set).map_err(NotProven::Invalid)?;
        let now = self.clock.now();
        let claims = token.checked(issuer, now)?;
        let agent = agents.by_subject(&issuer.issuer, &claims.subject);
        let agent = agent.ok_or(NotProven::Invalid("no valid agent has its subject"))?;
        let scopes = issuer.require_scopes.then_some(claims.scopes);
        let credential = CredentialId::of_token(&issuer.issuer, &claims.subject);
        let proven =
            Proven { agent: agent.id.clone(), credential, until: Some(claims.until), scopes, by: Means::Token };
        self.remembered.keep(text, issuer, agent, &proven, self.clock.steady());
        Ok(proven)
    }
}
