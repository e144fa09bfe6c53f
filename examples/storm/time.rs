//! Time that passes faster, the same for the site and every worker: what takes minutes shall not take minutes here.

use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};
use sluice::clock::Clock;

/// The machine's clock, sped up from one moment on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fast {
    began: Timestamp,
    start: Instant,
    speed: u32,
    skew: SignedDuration,
}

impl Fast {
    /// A clock that showed the right time at `began` and is `skew` seconds ahead of the others.
    pub(crate) fn new(began: Timestamp, speed: u32, skew: i64) -> Self {
        Self { began, start: Instant::now(), speed: speed.max(1), skew: SignedDuration::from_secs(skew) }
    }

    /// The right time.
    #[expect(clippy::disallowed_methods, reason = "a program of its own, and its one clock")]
    pub(crate) fn real() -> Timestamp {
        Timestamp::now()
    }
}

impl Clock for Fast {
    fn now(&self) -> Timestamp {
        self.began + Self::real().duration_since(self.began) * i32::try_from(self.speed).unwrap_or(1) + self.skew
    }

    fn steady(&self) -> Duration {
        self.start.elapsed() * self.speed
    }

    fn sleep(&self, wait: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(wait / self.speed))
    }
}
