//! Agents take turns at waiting: of each, one request of a kind at a time contends for the site's rate, however many it
//! has.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::confluence::request::Lane;
use crate::policy::ask::AgentId;

/// The requests of an agent that wait behind each other: those of one kind, since each kind has a rate of its own.
pub(super) type Whose = (AgentId, Lane);

/// Whose turn it is, agent by agent. Only agents with requests that wait are remembered.
#[derive(Default)]
pub(super) struct Turns(Mutex<HashMap<Whose, Arc<Semaphore>>>);

/// An agent's turn; the agent's next request has it once this is dropped.
pub(super) struct Turn<'a> {
    turns: &'a Turns,
    whose: &'a Whose,
    taken: Option<OwnedSemaphorePermit>,
}

impl Turns {
    /// Waits until it is this request's turn among those of its agent, first come first served.
    pub(super) async fn take<'a>(&'a self, whose: &'a Whose) -> Turn<'a> {
        let one = Arc::clone(self.known().entry(whose.clone()).or_insert_with(|| Arc::new(Semaphore::new(1))));
        // Made before the wait, so that whoever gives up waiting is forgotten as well.
        let mut turn = Turn { turns: self, whose, taken: None };
        // The semaphore is never closed.
        turn.taken = one.acquire_owned().await.ok();
        turn
    }

    fn known(&self) -> MutexGuard<'_, HashMap<Whose, Arc<Semaphore>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.taken = None;
        let mut known = self.turns.known();
        // Nobody but the map itself knows it: none waits.
        if known.get(self.whose).is_some_and(|one| Arc::strong_count(one) == 1) {
            known.remove(self.whose);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn one_request_of_each_agent_has_its_turn_and_nobody_is_remembered_for_long() {
        let turns = Turns::default();
        let [one, other] = ["one", "other"].map(|name| (AgentId::new(name), Lane::Read));
        let writing = (AgentId::new("one"), Lane::Write);
        let first = turns.take(&one).await;
        let mut second = Box::pin(turns.take(&one));
        let mut third = Box::pin(turns.take(&one));
        assert!(second.as_mut().now_or_never().is_none() && third.as_mut().now_or_never().is_none());
        assert!(turns.take(&other).now_or_never().is_some());
        assert!(turns.take(&writing).now_or_never().is_some());
        // Whoever gives up is not waited for.
        drop(second);
        drop(first);
        assert!(third.now_or_never().is_some());
        assert!(turns.known().is_empty());
    }
}
