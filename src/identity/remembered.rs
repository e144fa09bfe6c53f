//! Tokens that were found right, so that the next call with one costs no signature: few minutes, and only so many.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use super::Proven;
use crate::domain::digest::Digest;
use crate::people::{Agent, Agents, Credential, Issuer, Validity};

/// Most tokens that are remembered; the one remembered first goes first.
const MOST: usize = 10_000;
/// How long one is remembered at most.
const LONGEST: Duration = Duration::from_mins(5);

/// Tokens that were found right, by their digests.
#[derive(Default)]
pub(super) struct Remembered(Mutex<Memory>);

#[derive(Default)]
struct Memory {
    by_digest: HashMap<Digest, Entry>,
    /// Digests in the order they came, each with the number of its entry.
    order: VecDeque<(Digest, u64)>,
    count: u64,
}

struct Entry {
    number: u64,
    /// On the steady clock.
    forgotten: Duration,
    issuer: Arc<Issuer>,
    credential: Credential,
    proven: Proven,
}

impl Entry {
    fn counts(&self, agents: &Agents, now: Timestamp, steady: Duration) -> bool {
        let unchanged = agents.issuer(&self.issuer.issuer) == Some(&self.issuer);
        let agent = agents.get(&self.proven.agent);
        let same = |agent: &Agent| agent.validity == Validity::Valid && agent.credential == self.credential;
        let in_time = steady < self.forgotten && self.proven.until.is_some_and(|until| now < until);
        in_time && unchanged && agent.is_some_and(same)
    }
}

impl Remembered {
    /// What a token proved, if it was found right lately and neither its agent nor its issuer changed since.
    pub(super) fn get(&self, token: &str, agents: &Agents, now: Timestamp, steady: Duration) -> Option<Proven> {
        let digest = Digest::of_bytes(token.as_bytes());
        let mut memory = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = memory.by_digest.get(&digest)?;
        if entry.counts(agents, now, steady) {
            return Some(entry.proven.clone());
        }
        memory.by_digest.remove(&digest);
        None
    }

    /// Remembers a token that was found right.
    pub(super) fn keep(&self, token: &str, issuer: &Arc<Issuer>, agent: &Agent, proven: &Proven, steady: Duration) {
        let digest = Digest::of_bytes(token.as_bytes());
        let mut memory = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if memory.order.len() >= MOST
            && let Some((oldest, number)) = memory.order.pop_front()
            // It may have been forgotten and come again.
            && memory.by_digest.get(&oldest).is_some_and(|entry| entry.number == number)
        {
            memory.by_digest.remove(&oldest);
        }
        memory.count += 1;
        let number = memory.count;
        memory.order.push_back((digest, number));
        let (issuer, credential) = (Arc::clone(issuer), agent.credential.clone());
        let entry = Entry { number, forgotten: steady + LONGEST, issuer, credential, proven: proven.clone() };
        memory.by_digest.insert(digest, entry);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::Means;
    use crate::people::{CredentialId, Owner};
    use crate::policy::ask::AgentId;

    #[test]
    fn ten_thousand_are_remembered_and_the_first_goes_first() {
        let remembered = Remembered::default();
        let (issuer, subject) = ("https://login.example.com".to_owned(), "s".to_owned());
        let table = Issuer {
            name: "login".into(),
            issuer: issuer.clone(),
            audience: vec!["x".into()],
            jwks_uri: None,
            algorithms: Vec::new(),
            require_scopes: false,
        };
        let known_as = CredentialId::of_token(&issuer, &subject);
        let agent = Agent {
            id: AgentId::new("a"),
            owner: Owner::read("jo").unwrap(),
            profile: crate::config::ProfileName::Shipped("read-only".into()),
            connection: None,
            credential: Credential::Token { issuer, subject },
            validity: Validity::Valid,
        };
        let proven =
            Proven { agent: agent.id.clone(), credential: known_as, until: None, scopes: None, by: Means::Token };
        let table = Arc::new(table);
        for number in 0..MOST + 5 {
            remembered.keep(&number.to_string(), &table, &agent, &proven, Duration::ZERO);
        }
        let memory = remembered.0.lock().unwrap();
        assert_eq!((memory.by_digest.len(), memory.order.len()), (MOST, MOST));
        assert!(!memory.by_digest.contains_key(&Digest::of_bytes(b"4")));
        assert!(memory.by_digest.contains_key(&Digest::of_bytes(b"5")));
    }
}
