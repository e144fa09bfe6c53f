//! The stream of an answer: holds what its request took until the last byte, and ends when it has to.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, BodyDataStream, Bytes};
use futures_util::future::{BoxFuture, FutureExt as _};
use futures_util::{Stream, StreamExt as _};

/// What happens when the client goes before the stream has ended.
pub(super) type Lost = Box<dyn FnOnce() + Send + Sync>;

/// The stream.
pub(super) struct Held {
    body: BodyDataStream,
    /// Dropped with the stream.
    #[expect(dead_code, reason = "it is held, not looked at")]
    kept: Box<dyn Send + Sync>,
    lost: Option<Lost>,
    /// Ends the stream wherever it is.
    ends: BoxFuture<'static, ()>,
}

impl Held {
    /// Streams `body` up to its end, or until `ends` does.
    pub(super) fn new(
        body: Body,
        kept: Box<dyn Send + Sync>,
        lost: Option<Lost>,
        ends: BoxFuture<'static, ()>,
    ) -> Self {
        Self { body: body.into_data_stream(), kept, lost, ends }
    }
}

impl Stream for Held {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let polled = match self.ends.poll_unpin(context) {
            Poll::Ready(()) => Poll::Ready(None),
            Poll::Pending => self.body.poll_next_unpin(context),
        };
        if matches!(polled, Poll::Ready(None)) {
            self.lost = None;
            self.ends = std::future::ready(()).boxed();
        }
        polled
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
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use futures_util::future::pending;
    use futures_util::stream;
    use tokio_util::sync::CancellationToken;

    use super::*;

    fn never_ending() -> Body {
        let first = stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(b"one"))]);
        Body::from_stream(first.chain(stream::pending()))
    }

    #[tokio::test]
    async fn a_stream_ends_where_it_has_to() {
        let token = CancellationToken::new();
        let mut held = Held::new(never_ending(), Box::new(()), None, token.clone().cancelled_owned().boxed());
        assert_eq!(held.next().await.unwrap().unwrap(), "one");
        assert!(held.next().now_or_never().is_none());
        token.cancel();
        assert!(held.next().await.is_none() && held.next().await.is_none());
    }

    #[tokio::test]
    async fn only_a_stream_that_is_dropped_before_its_end_was_lost() {
        for (body, whole) in [(Body::from("all"), true), (never_ending(), false)] {
            let lost = Arc::new(AtomicBool::new(false));
            let told = Arc::clone(&lost);
            let lost_by: Lost = Box::new(move || told.store(true, Ordering::SeqCst));
            let mut held = Held::new(body, Box::new(()), Some(lost_by), pending().boxed());
            while held.next().now_or_never().flatten().is_some() {}
            drop(held);
            assert_eq!(lost.load(Ordering::SeqCst), !whole);
        }
    }
}
