//! How much each agent may ask: how fast, how much at once, how many streams; and how much all of them may send at once.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::answers::{Checked, Refused};
use crate::clock::{Clock, Steady};
use crate::domain::limits;
use crate::people::Agents;
use crate::policy::ask::AgentId;
use crate::telemetry::Refusal;

/// Streams that one agent may have open at once.
const STREAMS: usize = 256;
/// Bodies of one agent that are read at once.
const BODIES: usize = 8;
/// Requests of one agent that may wait, for each that is worked on.
const WAITING: usize = 8;
/// How long a request waits for its turn.
const PATIENCE: Duration = Duration::from_secs(30);
/// Seconds' worth of requests that may come at once.
const BURST: u32 = 4;
/// What the bodies of all requests may take up together, and those of one agent, in KiB.
const ALL_BODIES: usize = 256 << 10;
const OWN_BODIES: usize = 64 << 10;
/// A body that says to be no longer never waits for those of others, in bytes.
const SMALL: usize = 64 << 10;
/// Connections of one agent at once.
const CONNECTIONS: usize = 1024;

/// What one agent may ask.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// Requests worked on at once.
    pub(super) at_once: usize,
    /// Requests per second, on average.
    pub(super) per_second: NonZeroU32,
}

/// The bounds of every agent that has asked.
pub(super) struct BoundsOfAll {
    bounds: Bounds,
    by_agent: Mutex<HashMap<AgentId, Arc<Agent>>>,
    bodies: Arc<Semaphore>,
    clock: Arc<dyn Clock>,
}

/// One agent's bounds.
pub(super) struct Agent {
    rate: RateLimiter<NotKeyed, InMemoryState, Steady, NoOpMiddleware<Nanos>>,
    slots: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    streams: Arc<Semaphore>,
    bodies: Arc<Semaphore>,
    taken_up: Arc<Semaphore>,
    connections: Arc<Semaphore>,
}

/// Leave to send a body.
pub(super) struct Room {
    /// Given back once the body has been read.
    pub(super) reading: OwnedSemaphorePermit,
    /// Given back once it has been dealt with.
    pub(super) taken_up: TakenUp,
}

/// What a body takes up.
pub(super) struct TakenUp {
    own: OwnedSemaphorePermit,
    all: Option<OwnedSemaphorePermit>,
}

impl TakenUp {
    /// It takes up so many bytes, now that it is there.
    pub(super) fn shrink(&mut self, bytes: usize) {
        let kib = kib(bytes);
        for permit in std::iter::once(&mut self.own).chain(&mut self.all) {
            drop(permit.split(permit.num_permits().saturating_sub(kib)));
        }
    }
}

fn kib(bytes: usize) -> usize {
    bytes.min(limits::HTTP_BODY).div_ceil(1024).max(1)
}

impl BoundsOfAll {
    pub(super) fn new(bounds: Bounds, clock: Arc<dyn Clock>) -> Self {
        Self { bounds, by_agent: Mutex::default(), bodies: Arc::new(Semaphore::new(ALL_BODIES)), clock }
    }

    /// The bounds of an agent.
    pub(super) fn of(&self, agent: &AgentId) -> Arc<Agent> {
        let mut known = self.by_agent.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known.get(agent) {
            return Arc::clone(known);
        }
        let Bounds { at_once, per_second } = self.bounds;
        let quota = Quota::per_second(per_second)
            .allow_burst(per_second.saturating_mul(NonZeroU32::MIN.saturating_add(BURST - 1)));
        let semaphore = |permits: usize| Arc::new(Semaphore::new(permits.clamp(1, Semaphore::MAX_PERMITS)));
        let bounds = Arc::new(Agent {
            rate: RateLimiter::direct_with_clock(quota, Steady(Arc::clone(&self.clock))),
            slots: semaphore(at_once),
            waiting: semaphore(at_once.saturating_mul(WAITING)),
            streams: semaphore(STREAMS),
            bodies: semaphore(BODIES),
            taken_up: semaphore(OWN_BODIES),
            connections: semaphore(CONNECTIONS),
        });
        known.insert(agent.clone(), Arc::clone(&bounds));
        bounds
    }

    /// Forgets agents that are there no more.
    pub(super) fn keep(&self, agents: &Agents) {
        self.by_agent.lock().unwrap_or_else(PoisonError::into_inner).retain(|agent, _| agents.get(agent).is_some());
    }

    /// Waits for room for a body of that many bytes at most.
    pub(super) async fn room(&self, agent: &Agent, bytes: usize) -> Checked<Room> {
        let kib = u32::try_from(kib(bytes)).unwrap_or(u32::MAX);
        let room = async {
            let reading = Arc::clone(&agent.bodies).acquire_owned().await.ok()?;
            let own = Arc::clone(&agent.taken_up).acquire_many_owned(kib).await.ok()?;
            let all = match bytes {
                ..=SMALL => None,
                _ => Some(Arc::clone(&self.bodies).acquire_many_owned(kib).await.ok()?),
            };
            Some(Room { reading, taken_up: TakenUp { own, all } })
        };
        let too_many = || {
            let why = "too many large messages at once; try again";
            Refused::too_many(Refusal::Concurrency, why, Duration::from_secs(1)).closing()
        };
        tokio::select! {
            biased;
            room = room => room.ok_or_else(too_many),
            () = self.clock.sleep(PATIENCE) => Err(too_many()),
        }
    }

    /// Waits until a request of this agent may be worked on.
    pub(super) async fn slot(&self, agent: &Agent) -> Checked<OwnedSemaphorePermit> {
        if let Ok(slot) = Arc::clone(&agent.slots).try_acquire_owned() {
            return Ok(slot);
        }
        let too_many = || {
            let why = "this agent has too many requests at once; wait for answers";
            Refused::too_many(Refusal::Concurrency, why, Duration::from_secs(1))
        };
        let _place = agent.waiting.try_acquire().map_err(|_| too_many())?;
        tokio::select! {
            biased;
            slot = Arc::clone(&agent.slots).acquire_owned() => slot.map_err(|_| too_many()),
            () = self.clock.sleep(PATIENCE) => Err(too_many()),
        }
    }
}

impl Agent {
    /// Counts one request.
    pub(super) fn count(&self, clock: &dyn Clock) -> Checked<()> {
        self.rate.check().map_err(|not_until| {
            let wait = not_until.wait_time_from(clock.steady().into());
            Refused::too_many(Refusal::Rate, "this agent asks too fast; wait as Retry-After says", wait)
        })
    }

    /// A connection on which it has proven who it is.
    pub(super) fn connection(&self) -> Checked<OwnedSemaphorePermit> {
        Arc::clone(&self.connections).try_acquire_owned().map_err(|_| {
            let why = "this agent has too many connections open; use them again, or close some";
            Refused::too_many(Refusal::Concurrency, why, Duration::from_secs(5)).closing()
        })
    }

    /// A stream that stays open.
    pub(super) fn stream(&self) -> Checked<OwnedSemaphorePermit> {
        Arc::clone(&self.streams).try_acquire_owned().map_err(|_| {
            let why = "this agent has too many streams open; close some";
            Refused::too_many(Refusal::Concurrency, why, Duration::from_secs(5))
        })
    }
}
