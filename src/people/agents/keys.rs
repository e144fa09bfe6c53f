//! Which agent a key is of, without a slow hash for keys that nobody has.

use std::sync::{Arc, MutexGuard, PoisonError};

use jiff::Timestamp;

use super::{Agent, Agents, Credential, KeyHashes, Validity, Verified};
use crate::domain::digest::Digest;
use crate::people::AgentKey;
use crate::people::secret::SlowHash;
use crate::policy::ask::AgentId;

/// So many hashes that do not say which key they are of are tried, by the names of their agents; the keys of further
/// ones are refused until they are rotated.
const MOST_WITHOUT_ID: usize = 16;

/// An agent that proved itself with a key.
#[derive(Clone, Copy, Debug)]
pub struct Held<'a> {
    /// Which agent.
    pub agent: &'a Agent,
    /// When the key ends; a key that was not rotated out has no end.
    pub until: Option<Timestamp>,
    /// Which of the agent's credentials the key is.
    pub credential: CredentialId,
}

/// Tells one credential of the file from another, without telling anything of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CredentialId(Digest);

impl CredentialId {
    fn of_key(hash: &SlowHash) -> Self {
        Self(Digest::of(["key".as_bytes(), hash.to_string().as_bytes()]))
    }

    /// That of the tokens of an issuer about a subject.
    pub fn of_token(issuer: &str, subject: &str) -> Self {
        Self(Digest::of(["token", issuer, subject].map(str::as_bytes)))
    }
}

impl KeyHashes {
    /// The hashes whose keys are let in now, each with the end of its key.
    fn counting(&self, now: Timestamp) -> impl Iterator<Item = (&SlowHash, Option<Timestamp>)> {
        let former = self.former.iter().filter(move |former| now < former.until);
        std::iter::once((&self.now, None)).chain(former.map(|former| (&former.hash, Some(former.until))))
    }
}

impl Agent {
    fn counting(&self, now: Timestamp) -> impl Iterator<Item = (&SlowHash, Option<Timestamp>)> {
        let hashes = match &self.credential {
            Credential::Key(hashes) if self.validity == Validity::Valid => Some(hashes),
            _ => None,
        };
        hashes.into_iter().flat_map(move |hashes| hashes.counting(now))
    }

    /// The credentials that let the agent in now.
    pub fn credentials(&self, now: Timestamp) -> Vec<CredentialId> {
        match &self.credential {
            Credential::Token { issuer, subject } if self.validity == Validity::Valid => {
                vec![CredentialId::of_token(issuer, subject)]
            }
            Credential::Token { .. } => Vec::new(),
            Credential::Key(_) => self.counting(now).map(|(hash, _)| CredentialId::of_key(hash)).collect(),
        }
    }
}

impl Agents {
    /// The agent whose key this is. A key that nobody has, one of a revoked agent and one whose time is over look alike.
    ///
    /// A valid key is remembered and found at once from then on. Any other is hashed, slowly, for each hash that carries
    /// its id, so for one at most, and for up to 16 hashes without any id: not to be called in async code unless
    /// [`Agents::remembered`] knows it or it is not [worth hashing](Agents::is_worth_hashing).
    pub fn by_key(&self, key: &AgentKey, now: Timestamp) -> Option<Held<'_>> {
        if let Some(held) = self.remembered(key, now) {
            return Some(held);
        }
        let (hash, held) = self.candidates(key, now).into_iter().find(|(hash, _)| hash.is_of(key.secret()))?;
        self.verified().insert(key.digest(), (held.agent.id.clone(), hash.clone()));
        Some(held)
    }

    /// The agent whose key this is, where the key was verified before; costs nothing.
    pub fn remembered(&self, key: &AgentKey, now: Timestamp) -> Option<Held<'_>> {
        let (id, verified) = self.verified().get(&key.digest()).cloned()?;
        let agent = self.by_id.get(&id)?;
        let (_, until) = agent.counting(now).find(|(hash, _)| **hash == verified)?;
        Some(Held { agent, until, credential: CredentialId::of_key(&verified) })
    }

    /// Whether [`Agents::by_key`] would hash the key at all; costs nothing.
    pub fn is_worth_hashing(&self, key: &AgentKey, now: Timestamp) -> bool {
        !self.candidates(key, now).is_empty()
    }

    /// These agents, knowing the keys that were verified before they were read anew, so that nobody's is hashed again.
    /// What counts is that an agent of that name still has the hash that the key was verified by.
    #[must_use]
    pub fn remembering(self, former: &Self) -> Self {
        let has = |id: &AgentId, verified: &SlowHash| match self.by_id.get(id).map(|agent| &agent.credential) {
            Some(Credential::Key(hashes)) => {
                hashes.now == *verified || hashes.former.as_ref().is_some_and(|former| former.hash == *verified)
            }
            _ => false,
        };
        // What is verified meanwhile for those that were read before counts for these as well.
        former.verified().retain(|_, (id, verified)| has(id, verified));
        Self { verified: Arc::clone(&former.verified), ..self }
    }

    /// The hashes that the key is tried on.
    fn candidates(&self, key: &AgentKey, now: Timestamp) -> Vec<(&SlowHash, Held<'_>)> {
        let id = key.id();
        let mut without_id = 0;
        let mut candidates = Vec::new();
        for agent in self.by_id.values() {
            for (hash, until) in agent.counting(now) {
                let fits = hash.id().map_or_else(
                    || {
                        without_id += 1;
                        without_id <= MOST_WITHOUT_ID
                    },
                    |own| own == id,
                );
                if fits {
                    candidates.push((hash, Held { agent, until, credential: CredentialId::of_key(hash) }));
                }
            }
        }
        candidates
    }

    fn verified(&self) -> MutexGuard<'_, Verified> {
        self.verified.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
#[path = "keys_tests.rs"]
mod tests;
