//! Agents' keys: few slow hashes at a time, and not without end in the queue.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::Timestamp;
use tokio::sync::Semaphore;

use super::{Means, NotProven, Proven};
use crate::people::{AgentKey, Agents, Held};

/// Slow hashes at a time; each takes a core and some 20 MiB.
const AT_A_TIME: usize = 2;
/// Callers that may wait for theirs.
const MOST_WAITING: usize = 256;

/// Where keys are looked at.
pub(super) struct KeyRoom {
    places: Arc<Semaphore>,
    waiting: AtomicUsize,
}

impl Default for KeyRoom {
    fn default() -> Self {
        Self { places: Arc::new(Semaphore::new(AT_A_TIME)), waiting: AtomicUsize::new(0) }
    }
}

impl KeyRoom {
    /// The agent whose key this is.
    pub(super) async fn prove(&self, agents: &Arc<Agents>, key: AgentKey, now: Timestamp) -> Result<Proven, NotProven> {
        let nobodys = NotProven::Invalid("no valid agent has this key");
        if let Some(held) = agents.remembered(&key, now) {
            return Ok(proven(held));
        }
        if !agents.is_worth_hashing(&key, now) {
            return Err(nobodys);
        }
        let _waiting = Waiting::among(&self.waiting).ok_or(NotProven::Busy)?;
        let place = Arc::clone(&self.places).acquire_owned().await.map_err(|_| NotProven::Busy)?;
        let agents = Arc::clone(agents);
        let hashing = move || {
            // A caller that goes away ends no hash, so the place is the hash's own.
            let _place = place;
            agents.by_key(&key, now).map(proven)
        };
        let hashed = tokio::task::spawn_blocking(hashing).await;
        // A task that did not end well proved nothing.
        hashed.ok().flatten().ok_or(nobodys)
    }
}

fn proven(held: Held<'_>) -> Proven {
    let Held { agent, until, credential } = held;
    Proven { agent: agent.id.clone(), credential, until, scopes: None, by: Means::Key }
}

/// One caller that waits or is being looked at; dropped, it is neither any more.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn among(waiting: &'a AtomicUsize) -> Option<Self> {
        let own = Self(waiting);
        (waiting.fetch_add(1, Ordering::Relaxed) < MOST_WAITING + AT_A_TIME).then_some(own)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_may_wait_and_no_more_until_one_has_gone() {
        let room = KeyRoom::default();
        let mut waiting: Vec<_> = (0..258).map(|_| Waiting::among(&room.waiting).unwrap()).collect();
        assert!(Waiting::among(&room.waiting).is_none());
        assert!(Waiting::among(&room.waiting).is_none());
        waiting.pop();
        assert!(Waiting::among(&room.waiting).is_some());
    }
}
