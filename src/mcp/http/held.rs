//! The stream of an answer: holds what its request took until the last byte, and ends when its time is over.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, BodyDataStream, Bytes};
use futures_util::future::{BoxFuture, FutureExt as _, pending, select_all};
use futures_util::{Stream, StreamExt as _};
use tokio_util::sync::CancellationToken;

use crate::clock::Clock;

/// When a stream ends that does not end by itself.
pub(super) enum Ends {
    /// As soon as one of these is set, or after so long where that is given.
    With(Vec<CancellationToken>, Option<Duration>),
    /// After so long, where that is given, its request is told to end; what it still says is sent.
    Within(Option<Duration>),
}

/// What happens when the client goes before the stream has ended.
type Lost = Box<dyn FnOnce() + Send + Sync>;

/// The stream.
pub(super) struct Held {
    body: BodyDataStream,
    /// Dropped with the stream.
    #[expect(dead_code, reason = "it is held, not looked at")]
    kept: Box<dyn Send + Sync>,
    lost: Option<Lost>,
    ends: Option<BoxFuture<'static, Over>>,
}

/// What is over.
enum Over {
    Stream,
    Time(CancellationToken),
}

impl Held {
    /// Streams `body`; `own` is told when the time of its request is over.
    pub(super) fn new(
        body: Body,
        kept: Box<dyn Send + Sync>,
        own: CancellationToken,
        lost: Option<Lost>,
        ends: Ends,
        clock: &Arc<dyn Clock>,
    ) -> Self {
        let ends = match ends {
            Ends::With(tokens, limit) => {
                let set = tokens.into_iter().map(|token| token.cancelled_owned().boxed());
                let limit = limit.map(|limit| clock.sleep(limit));
                select_all(set.chain(limit)).map(|_| Over::Stream).boxed()
            }
            Ends::Within(Some(limit)) => clock.sleep(limit).map(|()| Over::Time(own)).boxed(),
            Ends::Within(None) => pending().boxed(),
        };
        Self { body: body.into_data_stream(), kept, lost, ends: Some(ends) }
    }
}

impl Stream for Held {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let polled = self.body.poll_next_unpin(context);
        if polled.is_ready() {
            if matches!(polled, Poll::Ready(None)) {
                self.lost = None;
            }
            return polled;
        }
        match self.ends.as_mut().map(|ends| ends.poll_unpin(context)) {
            Some(Poll::Ready(Over::Stream)) => {
                self.ends = None;
                self.lost = None;
                Poll::Ready(None)
            }
            Some(Poll::Ready(Over::Time(own))) => {
                self.ends = None;
                own.cancel();
                // What it says to that wakes the stream.
                Poll::Pending
            }
            Some(Poll::Pending) | None => Poll::Pending,
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(lost) = self.lost.take() {
            lost();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use futures_util::stream;

    use super::*;
    use crate::clock::SystemClock;

    fn never_ending() -> Body {
        let first = stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"one"))]);
        Body::from_stream(first.chain(stream::pending()))
    }

    fn held(body: Body, lost: Option<Lost>, ends: Ends, own: CancellationToken) -> Held {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        Held::new(body, Box::new(()), own, lost, ends, &clock)
    }

    #[tokio::test]
    async fn a_listener_ends_as_soon_as_one_of_its_tokens_is_set() {
        let tokens = [CancellationToken::new(), CancellationToken::new()];
        let mut held = held(never_ending(), None, Ends::With(tokens.to_vec(), None), CancellationToken::new());
        assert_eq!(held.next().await.unwrap().unwrap(), "one");
        assert!(held.next().now_or_never().is_none());
        tokens[1].cancel();
        assert!(held.next().await.is_none());
    }

    #[tokio::test]
    async fn a_request_that_has_had_its_time_is_told_and_may_still_answer() {
        let own = CancellationToken::new();
        let last = own.clone();
        let answer = stream::once(async move {
            last.cancelled().await;
            Ok::<_, std::io::Error>(Bytes::from_static(b"too slow"))
        });
        let mut held = held(Body::from_stream(answer), None, Ends::Within(Some(Duration::ZERO)), own.clone());
        assert_eq!(held.next().await.unwrap().unwrap(), "too slow");
        assert!(own.is_cancelled() && held.next().await.is_none());
    }

    #[tokio::test]
    async fn only_a_stream_that_is_dropped_before_its_end_was_lost() {
        for (body, whole) in [(Body::from("all"), true), (never_ending(), false)] {
            let lost = Arc::new(AtomicBool::new(false));
            let told = Arc::clone(&lost);
            let lost_by: Lost = Box::new(move || told.store(true, Ordering::SeqCst));
            let mut held =
                held(body, Some(lost_by), Ends::Within(Some(Duration::from_mins(1))), CancellationToken::new());
            while held.next().now_or_never().flatten().is_some() {}
            drop(held);
            assert_eq!(lost.load(Ordering::SeqCst), !whole);
        }
    }
}
