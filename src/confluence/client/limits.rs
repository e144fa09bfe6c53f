//! How fast Sluice asks: rates per kind of request, pauses Confluence asked for, the hourly quota, requests at once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use reqwest::header::HeaderMap;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, SemaphorePermit};

use crate::clock::{Clock, Steady};
use crate::confluence::credentials::Allowance;
use crate::confluence::request::Lane;
use crate::policy::ask::AgentId;

use super::points::{PointsLeft, Purse};
use super::retry::Reach;
use super::settings::{Limits, Rate};

/// How long a call is still willing to wait.
#[derive(Debug)]
pub(super) struct Patience(Duration);

impl Patience {
    /// Waits, or answers how long it would have been.
    pub(super) async fn wait(&mut self, wait: Duration, clock: &dyn Clock) -> Result<(), Duration> {
        if wait.is_zero() {
            return Ok(());
        }
        self.0 = self.0.checked_sub(wait).ok_or(wait)?;
        clock.sleep(wait).await;
        Ok(())
    }
}

type Bucket = RateLimiter<NotKeyed, InMemoryState, Steady, NoOpMiddleware<Nanos>>;

/// The state behind the limits, shared by all calls.
pub(super) struct Throttle {
    clock: Arc<dyn Clock>,
    patience: Duration,
    site: Option<Bucket>,
    lanes: [Option<Bucket>; 4],
    turns: Turns,
    slots: Semaphore,
    shared: Mutex<Shared>,
    purse: Purse,
}

struct Shared {
    /// Steady times before which nothing, or nothing of a lane, may start.
    all_until: Duration,
    lane_until: [Duration; 4],
}

impl Throttle {
    pub(super) fn new(limits: &Limits, allowance: Allowance, purse: Purse, clock: &Arc<dyn Clock>) -> Self {
        let bucket = |rate: Option<Rate>| {
            rate.map(|rate| {
                let quota = Quota::per_second(rate.per_second).allow_burst(rate.burst);
                RateLimiter::direct_with_clock(quota, Steady(Arc::clone(clock)))
            })
        };
        // Where points do not count, one that stays closed.
        let purse = if allowance == Allowance::HourlyPoints { purse } else { Purse::default() };
        if allowance == Allowance::HourlyPoints {
            purse.open(limits.points_per_hour);
        }
        Self {
            clock: Arc::clone(clock),
            patience: limits.patience,
            site: bucket(limits.site),
            lanes: [limits.reads, limits.searches, limits.writes, limits.transfers].map(bucket),
            turns: Turns::default(),
            slots: Semaphore::new(usize::try_from(limits.at_once.get()).unwrap_or(Semaphore::MAX_PERMITS)),
            shared: Mutex::new(Shared { all_until: Duration::ZERO, lane_until: [Duration::ZERO; 4] }),
            purse,
        }
    }

    /// The patience of a new call.
    pub(super) fn patience(&self) -> Patience {
        Patience(self.patience)
    }

    /// Waits until a request of this agent may start; answers how long to stay away where that is longer than the call
    /// waits. Agents take turns, so that one with many requests holds up its own.
    pub(super) async fn admit(&self, whose: &Whose, patience: &mut Patience) -> Result<SemaphorePermit<'_>, Duration> {
        let lane = whose.1;
        let _turn = self.turn(whose, patience).await?;
        self.wait_out_pause(lane, patience).await?;
        for bucket in [self.lanes.get(index(lane)).and_then(Option::as_ref), self.site.as_ref()].into_iter().flatten() {
            while let Err(not_until) = bucket.check() {
                patience.wait(not_until.wait_time_from(self.clock.steady().into()), &*self.clock).await?;
            }
        }
        loop {
            let slot = self.slot(patience).await?;
            if self.pause(lane).is_zero() {
                return Ok(slot);
            }
            // Whoever waits out a pause leaves the slot to requests that need not.
            drop(slot);
            self.wait_out_pause(lane, patience).await?;
        }
    }

    async fn turn<'a>(&'a self, whose: &'a Whose, patience: &mut Patience) -> Result<Turn<'a>, Duration> {
        if let Some(turn) = self.turns.take(whose).now_or_never() {
            return Ok(turn);
        }
        let before = self.clock.steady();
        let turn = tokio::select! {
            biased;
            turn = self.turns.take(whose) => turn,
            () = self.clock.sleep(patience.0) => return Err(Duration::from_secs(1)),
        };
        patience.0 = patience.0.saturating_sub(self.clock.steady().saturating_sub(before));
        Ok(turn)
    }

    async fn wait_out_pause(&self, lane: Lane, patience: &mut Patience) -> Result<(), Duration> {
        loop {
            let wait = self.pause(lane);
            if wait.is_zero() {
                return Ok(());
            }
            patience.wait(wait, &*self.clock).await?;
        }
    }

    /// Takes a place among the requests under way.
    pub(super) async fn slot(&self, patience: &mut Patience) -> Result<SemaphorePermit<'_>, Duration> {
        if let Ok(slot) = self.slots.try_acquire() {
            return Ok(slot);
        }
        let before = self.clock.steady();
        let slot = tokio::select! {
            biased;
            slot = self.slots.acquire() => slot,
            () = self.clock.sleep(patience.0) => return Err(Duration::from_secs(1)),
        };
        patience.0 = patience.0.saturating_sub(self.clock.steady().saturating_sub(before));
        // The semaphore is never closed.
        slot.map_err(|_| Duration::from_secs(1))
    }

    fn pause(&self, lane: Lane) -> Duration {
        let now = self.clock.now();
        let quota = self.purse.account(|account| account.wait(now)).flatten().unwrap_or_default();
        let shared = self.shared();
        let until = shared.all_until.max(shared.lane_until.get(index(lane)).copied().unwrap_or_default());
        until.saturating_sub(self.clock.steady()).max(quota)
    }

    /// Confluence asked for a pause.
    pub(super) fn hold(&self, reach: Reach, lane: Lane, wait: Duration) {
        let until = self.clock.steady().saturating_add(wait);
        let mut shared = self.shared();
        match reach {
            Reach::Everything => shared.all_until = shared.all_until.max(until),
            Reach::Lane => {
                if let Some(lane_until) = shared.lane_until.get_mut(index(lane)) {
                    *lane_until = (*lane_until).max(until);
                }
            }
        }
    }

    /// Books what an answered request cost, where that is counted.
    pub(super) fn charge(&self, points: impl FnOnce() -> u32, headers: &HeaderMap) {
        let now = self.clock.now();
        self.purse.account(|account| {
            account.charge(points(), now);
            account.correct(headers, now);
        });
    }

    pub(super) fn points(&self) -> Option<PointsLeft> {
        let now = self.clock.now();
        self.purse.account(|account| account.left(now))
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        // Every change is a single assignment, so what a panicking thread left behind is whole.
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const fn index(lane: Lane) -> usize {
    match lane {
        Lane::Read => 0,
        Lane::Search => 1,
        Lane::Write => 2,
        Lane::Transfer => 3,
    }
}

/// The requests of an agent that wait behind each other: those of one kind, since each kind has a rate of its own.
pub(super) type Whose = (AgentId, Lane);

/// Whose turn it is, agent by agent. Only agents with requests that wait are remembered.
#[derive(Default)]
struct Turns(Mutex<HashMap<Whose, Arc<Semaphore>>>);

/// An agent's turn; the agent's next request has it once this is dropped.
struct Turn<'a> {
    turns: &'a Turns,
    whose: &'a Whose,
    taken: Option<OwnedSemaphorePermit>,
}

impl Turns {
    /// Waits until it is this request's turn among those of its agent, first come first served.
    async fn take<'a>(&'a self, whose: &'a Whose) -> Turn<'a> {
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
