//! The time, asked in one place so that tests can set it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use governor::nanos::Nanos;
use jiff::Timestamp;

/// What time it is, how much of it has passed, and how to let some pass.
pub trait Clock: Send + Sync {
    /// The time of day, as calendars and HTTP dates tell it; it may be set back.
    fn now(&self) -> Timestamp;

    /// Time since a fixed but arbitrary moment; it never runs backwards.
    fn steady(&self) -> Duration;

    /// Waits; dropping the future ends the wait.
    fn sleep(&self, wait: Duration) -> BoxFuture<'static, ()>;
}

/// The machine's clock.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock {
    start: Instant,
}

impl SystemClock {
    /// A clock whose steady time starts at zero.
    pub fn new() -> Self {
        Self { start: Instant::now() }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn steady(&self) -> Duration {
        self.start.elapsed()
    }

    fn sleep(&self, wait: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(wait))
    }
}

/// A clock's steady time as rate limiters read it.
#[derive(Clone)]
pub struct Steady(pub Arc<dyn Clock>);

impl governor::clock::Clock for Steady {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        self.0.steady().into()
    }
}

/// A clock for tests: nobody waits, and every wait moves the time.
#[cfg(test)]
pub(crate) struct ManualClock {
    start: Timestamp,
    passed: std::sync::Mutex<Duration>,
}

#[cfg(test)]
impl ManualClock {
    /// A clock that shows this time.
    pub(crate) fn at(start: &str) -> Self {
        Self { start: start.parse().unwrap(), passed: std::sync::Mutex::default() }
    }

    /// Moves the time.
    pub(crate) fn advance(&self, by: Duration) {
        *self.passed.lock().unwrap() += by;
    }
}

#[cfg(test)]
impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        self.start + self.steady()
    }

    fn steady(&self) -> Duration {
        *self.passed.lock().unwrap()
    }

    fn sleep(&self, wait: Duration) -> BoxFuture<'static, ()> {
        self.advance(wait);
        Box::pin(std::future::ready(()))
    }
}
