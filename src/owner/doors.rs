//! The owner's door: greets whoever comes over the socket and hands them to what is served behind it.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::sync::{Semaphore, mpsc};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::control;
use super::cut::Cut;
use super::hello::{GreetingError, Purpose, hear, refuse, welcome};
use super::socket::{Connection, Listener};
use crate::clock::Clock;
use crate::config::Carried;

/// How many connections there may be at once.
const AT_ONCE: usize = 256;
/// How long a greeting may take.
const GREETING: Duration = Duration::from_secs(5);
/// How long answers still go out once the owner leaves. Shorter than what a server gives its calls, so that nobody is
/// told that a read was given up: the next owner is asked the same.
const LAST_WORDS: Duration = Duration::from_millis(500);
/// How long to wait when no connection can be taken, as when too many files are open.
const NO_ROOM: Duration = Duration::from_millis(200);

/// Bytes both ways.
pub trait Duplex: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Duplex for S {}
/// A connection past its greeting.
pub type Stream = Box<dyn Duplex>;
/// Serves one client of another process until the stream ends and everything it sent is recorded.
pub type Session = Box<dyn FnOnce(Stream) -> BoxFuture<'static, ()> + Send>;

/// What is behind the owner's door.
pub trait Doors: Send + Sync {
    /// A session with connection, profile and credentials of these settings, and nothing of the owner's; or why not,
    /// in a sentence for whoever asked.
    fn admit(&self, settings: Carried) -> BoxFuture<'_, Result<Session, String>>;

    /// Answers a question, each answer a line without its end. What goes on answering stops when `answers` is closed.
    fn control(&self, question: Value, answers: mpsc::Sender<String>) -> BoxFuture<'_, ()>;
}

/// Lets processes in until `shutdown` is set, and returns once everything they began has ended. Whatever one of them
/// sends, the others do not notice.
pub async fn serve(listener: Listener, doors: Arc<dyn Doors>, clock: Arc<dyn Clock>, shutdown: CancellationToken) {
    let connections = TaskTracker::new();
    let room = Arc::new(Semaphore::new(AT_ONCE));
    let mute = CancellationToken::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = shutdown.cancelled() => break,
        };
        let mut connection = match accepted {
            Ok(connection) => connection,
            Err(error) => {
                tracing::warn!(%error, "no connection can be taken");
                clock.sleep(NO_ROOM).await;
                continue;
            }
        };
        let Ok(seat) = Arc::clone(&room).try_acquire_owned() else {
            // Fits into the socket's own buffer; who does not read it is not waited for.
            connections.spawn(async move { refuse(&mut connection, "too many processes use it at once").await });
            continue;
        };
        let guest =
            Guest { doors: Arc::clone(&doors), clock: Arc::clone(&clock), deaf: shutdown.clone(), mute: mute.clone() };
        connections.spawn(async move {
            guest.receive(connection).await;
            drop(seat);
        });
    }
    // From here on others look for the next owner.
    drop(listener);
    connections.close();
    tokio::select! {
        () = connections.wait() => {}
        () = clock.sleep(LAST_WORDS) => mute.cancel(),
    }
    connections.wait().await;
}

/// One connection and what it is received with.
struct Guest {
    doors: Arc<dyn Doors>,
    clock: Arc<dyn Clock>,
    deaf: CancellationToken,
    mute: CancellationToken,
}

impl Guest {
    async fn receive(self, mut connection: Connection) {
        let heard = tokio::select! {
            heard = hear(&mut connection, self.clock.as_ref(), GREETING) => heard,
            () = self.deaf.cancelled() => return,
        };
        let served = match heard {
            Ok(Purpose::Serve(settings)) => self.seat(connection, settings.into()).await,
            Ok(Purpose::Control) => self.answer(connection).await,
            Err(GreetingError::Refused(why)) => {
                tracing::warn!(why, "a process was sent away");
                return;
            }
            Err(GreetingError::Broken(error)) => Err(error),
        };
        if let Err(error) = served {
            tracing::debug!(%error, "a connection over the control socket came to nothing");
        }
    }

    async fn seat(&self, mut connection: Connection, settings: Carried) -> Result<(), std::io::Error> {
        let admitted = tokio::select! {
            admitted = self.doors.admit(settings) => admitted,
            () = self.deaf.cancelled() => return Ok(()),
        };
        match admitted {
            Ok(session) => {
                welcome(&mut connection).await?;
                session(Box::new(Cut::new(connection, self.deaf.clone(), self.mute.clone()))).await;
            }
            Err(why) => {
                refuse(&mut connection, &why).await?;
                connection.shutdown().await?;
            }
        }
        Ok(())
    }

    async fn answer(&self, mut connection: Connection) -> Result<(), std::io::Error> {
        welcome(&mut connection).await?;
        let cut = Cut::new(connection, self.deaf.clone(), self.mute.clone());
        control::answer(cut, self.doors.as_ref()).await;
        Ok(())
    }
}
