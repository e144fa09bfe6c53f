//! How fast Sluice asks: rates per kind of request, pauses Confluence asked for, the hourly quota, requests at once.

use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use governor::clock::Clock as GovernorClock;
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use reqwest::header::HeaderMap;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::clock::Clock;
use crate::confluence::credentials::Allowance;
use crate::confluence::request::Lane;
use crate::domain::limits::RETRY_WAIT;

use super::points::{Account, PointsLeft};
use super::retry::Reach;
use super::turns::{Turn, Turns, Whose};

/// Requests per second, and how many may come at once after a quiet while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// On average.
    pub per_second: NonZeroU32,
    /// At once.
    pub burst: NonZeroU32,
}

/// The limits Sluice keeps to by itself. `None` is no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Everything together.
    pub site: Option<Rate>,
    /// Reads by id and lists.
    pub reads: Option<Rate>,
    /// CQL and user search.
    pub searches: Option<Rate>,
    /// Writes.
    pub writes: Option<Rate>,
    /// Attachment bytes.
    pub transfers: Option<Rate>,
    /// Requests under way at once.
    pub at_once: NonZeroU32,
    /// Points per UTC hour, where the credentials are counted against them.
    pub points_per_hour: u32,
    /// How long one call waits in all before it is told to come back.
    pub patience: Duration,
}

impl Default for Limits {
    /// Confluence publishes no burst limits; Jira's are twice these.
    fn default() -> Self {
        Self::at(NonZeroU32::MIN.saturating_add(49))
    }
}

impl Limits {
    /// So many requests a second in all, and of searches, writes and transfers a fifth of that each. After a quiet
    /// while, two seconds' worth may come at once.
    pub fn at(per_second: NonZeroU32) -> Self {
        let twice = NonZeroU32::MIN.saturating_add(1);
        let rate = |per_second: NonZeroU32| Some(Rate { per_second, burst: per_second.saturating_mul(twice) });
        let fifth = NonZeroU32::new(per_second.get() / 5).unwrap_or(NonZeroU32::MIN);
        Self {
            site: rate(per_second),
            reads: rate(per_second),
            searches: rate(fifth),
            writes: rate(fifth),
            transfers: rate(fifth),
            at_once: NonZeroU32::MIN.saturating_add(7),
            points_per_hour: 65_000,
            patience: RETRY_WAIT,
        }
    }

    /// The same without rates: for a simulated site, which guards nothing.
    pub fn without_rates() -> Self {
        Self { site: None, reads: None, searches: None, writes: None, transfers: None, ..Self::default() }
    }
}

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

/// Governor's view of our clock.
#[derive(Clone)]
struct Steady(Arc<dyn Clock>);

impl GovernorClock for Steady {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        self.0.steady().into()
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
}

struct Shared {
    /// Steady times before which nothing, or nothing of a lane, may start.
    all_until: Duration,
    lane_until: [Duration; 4],
    account: Option<Account>,
}

impl Throttle {
    pub(super) fn new(limits: &Limits, allowance: Allowance, clock: &Arc<dyn Clock>) -> Self {
        let bucket = |rate: Option<Rate>| {
            rate.map(|rate| {
                let quota = Quota::per_second(rate.per_second).allow_burst(rate.burst);
                RateLimiter::direct_with_clock(quota, Steady(Arc::clone(clock)))
            })
        };
        let account = (allowance == Allowance::HourlyPoints).then(|| Account::new(limits.points_per_hour));
        Self {
            clock: Arc::clone(clock),
            patience: limits.patience,
            site: bucket(limits.site),
            lanes: [limits.reads, limits.searches, limits.writes, limits.transfers].map(bucket),
            turns: Turns::default(),
            slots: Semaphore::new(usize::try_from(limits.at_once.get()).unwrap_or(Semaphore::MAX_PERMITS)),
            shared: Mutex::new(Shared { all_until: Duration::ZERO, lane_until: [Duration::ZERO; 4], account }),
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
        let mut shared = self.shared();
        let now = self.clock.now();
        let quota = shared.account.as_mut().and_then(|account| account.wait(now)).unwrap_or_default();
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
        if let Some(account) = self.shared().account.as_mut() {
            account.charge(points(), now);
            account.correct(headers, now);
        }
    }

    pub(super) fn points(&self) -> Option<PointsLeft> {
        let now = self.clock.now();
        self.shared().account.as_mut().map(|account| account.left(now))
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
