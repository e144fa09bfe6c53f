//! A clock that tests move, and that whoever sleeps waits for.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use sluice::clock::Clock;
use tokio::sync::watch;

/// A clock that stands still until it is moved.
pub(crate) struct Ticks(watch::Sender<Duration>);

impl Ticks {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self(watch::Sender::new(Duration::ZERO)))
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.0.send_modify(|passed| *passed += by);
    }

    /// Moves the time as long as `future` needs it to.
    pub(crate) async fn until<T>(&self, future: impl Future<Output = T>) -> T {
        let mut future = std::pin::pin!(future);
        loop {
            tokio::select! {
                biased;
                done = &mut future => return done,
                () = tokio::task::yield_now() => self.advance(Duration::from_secs(1)),
            }
        }
    }
}

impl Clock for Ticks {
    fn now(&self) -> Timestamp {
        "2026-11-22T10:30:00Z".parse::<Timestamp>().unwrap() + self.steady()
    }

    fn steady(&self) -> Duration {
        *self.0.borrow()
    }

    fn sleep(&self, wait: Duration) -> BoxFuture<'static, ()> {
        let (mut passed, end) = (self.0.subscribe(), self.steady() + wait);
        Box::pin(async move {
            let _ = passed.wait_for(|passed| *passed >= end).await;
        })
    }
}
