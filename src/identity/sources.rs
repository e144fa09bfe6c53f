//! The keys of issuers as they were last fetched: asked for seldom, by one caller for all, and kept for hard times.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared};

use tokio_util::task::TaskTracker;

use super::fetch::{Fetch, Fetched, Unfetched};
use super::verify::KeySet;
use super::{IdentityError, NotProven, Reach};
use crate::clock::Clock;
use crate::people::{Agents, Issuer};

/// How long keys are good for at most, and at least, whatever the issuer says.
const LONGEST_AGE: Duration = Duration::from_mins(10);
const SHORTEST_AGE: Duration = Duration::from_mins(1);
/// How long they are used at most while the issuer does not answer.
const LAST_AGE: Duration = Duration::from_hours(24);
/// How long a key that is not in a fresh set is not asked for again, so that made-up ids cost nothing.
const UNKNOWN_PAUSE: Duration = Duration::from_secs(30);
/// How long an issuer that did not answer is left alone.
const FAILED_PAUSE: Duration = Duration::from_secs(10);

/// Where the keys of each issuer come from.
pub(super) struct Sources {
    clock: Arc<dyn Clock>,
    fetch: Arc<Fetch>,
    /// By the issuer's address.
    all: Mutex<HashMap<String, Arc<Source>>>,
    tasks: TaskTracker,
}

struct Source {
    issuer: Arc<Issuer>,
    state: Mutex<State>,
}

/// Times are those of the steady clock.
#[derive(Default)]
struct State {
    held: Option<Held>,
    /// When keys were last asked for.
    tried: Option<Duration>,
    /// The request on its way, and which it is.
    asking: Option<(u64, Asking)>,
    count: u64,
}

struct Held {
    set: Arc<KeySet>,
    fetched: Duration,
    fresh_until: Duration,
}

/// One request that any number of callers wait for; one that goes away does not end it for the others.
type Asking = Shared<BoxFuture<'static, Arc<Result<Answer, Unfetched>>>>;

struct Answer {
    set: Arc<KeySet>,
    age: Option<Duration>,
}

impl Sources {
    pub(super) fn new(clock: Arc<dyn Clock>, reach: &Reach) -> Result<Self, IdentityError> {
        Ok(Self { clock, fetch: Arc::new(Fetch::new(reach)?), all: Mutex::default(), tasks: TaskTracker::new() })
    }

    /// The keys of an issuer, asked for anew where they are old or where none has this id.
    pub(super) async fn keys(
        &self,
        issuer: &Arc<Issuer>,
        key_id: Option<&str>,
        agents: &Agents,
    ) -> Result<Arc<KeySet>, NotProven> {
        let source = self.source(issuer, agents);
        let asking = source.state().asking(key_id, self.clock.steady(), || self.ask(issuer));
        if let Some((number, asking)) = asking {
            let answer = asking.await;
            source.settle(number, &answer, self.clock.steady());
        }
        source.state().usable(self.clock.steady()).ok_or(NotProven::Unavailable)
    }

    fn ask(&self, issuer: &Arc<Issuer>) -> Asking {
        let (fetch, issuer) = (Arc::clone(&self.fetch), Arc::clone(issuer));
        let answer = |Fetched { set, age }| Answer { set: Arc::new(set), age };
        // In a task of its own: whoever asked for it may go away.
        let fetching = self.tasks.spawn(async move { fetch.keys(&issuer).await.map(answer) });
        async move { Arc::new(fetching.await.unwrap_or(Err(Unfetched::Answer("asking it ended by a fault")))) }
            .boxed()
            .shared()
    }

    fn source(&self, issuer: &Arc<Issuer>, agents: &Agents) -> Arc<Source> {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        let known = all.get(&issuer.issuer).filter(|known| known.issuer.jwks_uri == issuer.jwks_uri);
        if let Some(known) = known {
            return Arc::clone(known);
        }
        // An issuer that is gone from the file leaves nothing behind.
        all.retain(|address, _| agents.issuer(address).is_some());
        let source = Arc::new(Source { issuer: Arc::clone(issuer), state: Mutex::default() });
        all.insert(issuer.issuer.clone(), Arc::clone(&source));
        source
    }
}

impl Source {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps what came of a request; the first of those who waited does it for all.
    fn settle(&self, number: u64, answer: &Result<Answer, Unfetched>, now: Duration) {
        let mut state = self.state();
        if state.asking.as_ref().is_none_or(|(asking, _)| *asking != number) {
            return;
        }
        state.asking = None;
        let issuer = &self.issuer.name;
        match answer {
            Ok(Answer { set, age }) => {
                let age = age.unwrap_or(LONGEST_AGE).clamp(SHORTEST_AGE, LONGEST_AGE);
                state.held = Some(Held { set: Arc::clone(set), fetched: now, fresh_until: now + age });
            }
            Err(error) if state.usable(now).is_some() => {
                tracing::warn!(%issuer, "the keys of an issuer could not be fetched, older ones are used: {error}");
            }
            Err(error) => tracing::warn!(%issuer, "the keys of an issuer could not be fetched: {error}"),
        }
    }
}

impl State {
    /// The request to wait for, if one is needed and it is time.
    fn asking(&mut self, key_id: Option<&str>, now: Duration, ask: impl FnOnce() -> Asking) -> Option<(u64, Asking)> {
        let fresh = self.held.as_ref().filter(|held| now < held.fresh_until);
        if fresh.is_some_and(|held| key_id.is_none_or(|id| held.set.has(id))) {
            return None;
        }
        if self.asking.is_none() {
            let pause = if fresh.is_some() { UNKNOWN_PAUSE } else { FAILED_PAUSE };
            if self.tried.is_some_and(|tried| now.saturating_sub(tried) < pause) {
                return None;
            }
            self.tried = Some(now);
            self.count += 1;
            self.asking = Some((self.count, ask()));
        }
        self.asking.clone()
    }

    fn usable(&self, now: Duration) -> Option<Arc<KeySet>> {
        let held = self.held.as_ref().filter(|held| now.saturating_sub(held.fetched) < LAST_AGE)?;
        Some(Arc::clone(&held.set))
    }
}
