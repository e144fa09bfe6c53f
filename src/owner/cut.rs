//! A stream that ends in two steps when the owner leaves: first nothing more is heard, then nothing more is said.

use std::io::{Error, ErrorKind};
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

/// A stream with two ends.
pub(super) struct Cut<S> {
    stream: S,
    deaf: Pin<Box<WaitForCancellationFutureOwned>>,
    mute: Pin<Box<WaitForCancellationFutureOwned>>,
}

impl<S> Cut<S> {
    /// The stream, which reads as ended once `deaf` is set and breaks for writers once `mute` is.
    pub(super) fn new(stream: S, deaf: CancellationToken, mute: CancellationToken) -> Self {
        Self { stream, deaf: Box::pin(deaf.cancelled_owned()), mute: Box::pin(mute.cancelled_owned()) }
    }

    fn poll_mute(&mut self, context: &mut Context<'_>) -> Result<(), Error> {
        if self.mute.as_mut().poll(context).is_ready() { Err(ErrorKind::BrokenPipe.into()) } else { Ok(()) }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Cut<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<(), Error>> {
        if self.deaf.as_mut().poll(context).is_ready() {
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Cut<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize, Error>> {
        self.poll_mute(context)?;
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.poll_mute(context)?;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};

    use super::*;

    #[tokio::test]
    async fn an_owner_that_leaves_hears_nothing_more_and_then_says_nothing_more() {
        let (mut far, near) = duplex(64);
        let (deaf, mute) = (CancellationToken::new(), CancellationToken::new());
        let mut cut = Cut::new(near, deaf.clone(), mute.clone());
        far.write_all(b"a").await.unwrap();
        assert_eq!(cut.read_u8().await.unwrap(), b'a');
        deaf.cancel();
        far.write_all(b"b").await.unwrap();
        assert_eq!(cut.read_u8().await.unwrap_err().kind(), ErrorKind::UnexpectedEof);
        cut.write_all(b"c").await.unwrap();
        assert_eq!(far.read_u8().await.unwrap(), b'c');
        mute.cancel();
        assert_eq!(cut.write_all(b"d").await.unwrap_err().kind(), ErrorKind::BrokenPipe);
    }
}
