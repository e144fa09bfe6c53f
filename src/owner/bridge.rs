//! Between a client and whoever owns the data directory: messages pass through, and an owner that goes is replaced.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::entry::{EnterError, Entry, Place, Through};
use super::link::{Link, Whose};
use super::lock::Lock;
use super::session::{NotTaken, Session};
use crate::config::Carried;
use crate::config::declared::DASHBOARD;
use crate::mcp::wire::lines::{Line, Lines};
use crate::mcp::{too_long, write_out};

/// How many messages may wait to be written, each way.
const OUTBOX: usize = 32;
/// How long another process may take to answer what is open once our client has closed its end. A little more than
/// it gives its calls.
const GRACE: Duration = Duration::from_millis(1500);
/// How long answers that are ready may take to be written once everything else has ended.
const FLUSH: Duration = Duration::from_millis(300);
/// How long to leave the data directory to whoever asked for it.
const NEW_OWNER: Duration = Duration::from_millis(200);
/// How many owners in a row may leave without a word.
const SILENT_OWNERS: u32 = 3;

/// Makes this process the owner and serves our client over the stream it returns; everything it starts ends after
/// that stream has.
pub type Own<'a> = Box<dyn Fn(Lock) -> BoxFuture<'a, Result<DuplexStream, String>> + Send + Sync + 'a>;

/// What a bridge stands on.
pub struct Bridge<'a> {
    /// The way to the data directory.
    pub entry: &'a Entry,
    /// What an owner serves us by.
    pub settings: &'a Carried,
    /// How to become the owner.
    pub own: Own<'a>,
    /// Set when the data directory was ours and was handed over to another process.
    pub handed_over: Arc<AtomicBool>,
    /// Asks for an orderly end.
    pub shutdown: CancellationToken,
    /// Set as soon as the client has closed its end, or an orderly end is asked for.
    pub leaving: CancellationToken,
}

/// Why a client could not be served to its end.
#[derive(Debug, thiserror::Error)]
pub enum BridgeError {
    /// There is no place at the data directory.
    #[error(transparent)]
    Enter(#[from] EnterError),
    /// We cannot be the owner.
    #[error("{0}")]
    Own(String),
    /// An owner did not open a session that another one had opened.
    #[error("the new owner of the data directory does not take the session over; start this process again")]
    NotTaken,
    /// Owners keep leaving.
    #[error("the owner of the data directory ends the session each time; look into its log")]
    Silent,
}

/// Serves the client at these streams until its input ends or `shutdown` is set.
pub async fn run<R, W>(bridge: Bridge<'_>, input: R, output: W) -> Result<(), BridgeError>
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    let (to_client, outbox) = mpsc::channel(OUTBOX);
    let closed = CancellationToken::new();
    let passing = async {
        let passing = Passing {
            bridge,
            client: Lines::new(input),
            to_client,
            session: Session::default(),
            link: None,
            finding: None,
            limit: None,
            silent_owners: 0,
        };
        let ended = passing.run().await;
        closed.cancel();
        ended
    };
    let writing = async {
        let too_long = async {
            closed.cancelled().await;
            tokio::time::sleep(FLUSH).await;
        };
        tokio::select! { () = write_out(output, outbox) => {}, () = too_long => {} }
    };
    tokio::join!(passing, writing).0
}

/// A client and what is known of it.
struct Passing<'a, R> {
    bridge: Bridge<'a>,
    client: Lines<R>,
    to_client: mpsc::Sender<Bytes>,
    session: Session,
    link: Option<Link>,
    finding: Option<BoxFuture<'a, Result<Found, BridgeError>>>,
    /// Runs out when another process has had its time after our client has left.
    limit: Option<BoxFuture<'static, ()>>,
    silent_owners: u32,
}

/// Whether to go on, or how it ended.
type Flow = ControlFlow<Result<(), BridgeError>>;
const GO_ON: Flow = ControlFlow::Continue(());

/// How far we are with finding an owner.
enum Found {
    Place(Place),
    Link(Link),
}

/// What happens next.
enum Event {
    Client(Option<Line>),
    Owner(Option<Line>),
    Found(Result<Found, BridgeError>),
    /// Something that waited has found room.
    Moved,
    Leave,
    End,
}

impl<R: AsyncRead + Unpin> Passing<'_, R> {
    async fn run(mut self) -> Result<(), BridgeError> {
        self.find();
        loop {
            self.hang_up();
            let flow = match self.next().await {
                Event::Client(Some(line)) => self.hear_client(line),
                Event::Client(None) | Event::Leave => self.leave(),
                Event::Owner(Some(line)) => self.hear_owner(line),
                Event::Owner(None) => self.lose(),
                Event::Found(Ok(found)) => self.take(found),
                Event::Found(Err(error)) => ControlFlow::Break(Err(error)),
                Event::Moved => GO_ON,
                Event::End => ControlFlow::Break(Ok(())),
            };
            if let ControlFlow::Break(ended) = flow {
                if let Err(error) = &ended {
                    self.give_up(error).await;
                }
                return ended;
            }
        }
    }

    /// Waits for the next event. Nothing is lost when one of them comes before another.
    async fn next(&mut self) -> Event {
        let leaving = self.bridge.leaving.is_cancelled();
        let Self { bridge, client, to_client, session, link, finding, limit, .. } = self;
        let (nothing_to_say, room_to_hear) = (session.to_client.is_empty(), session.to_owner.len() < OUTBOX);
        let (queue, lines) = match link {
            Some(link) => (link.queue.as_ref().filter(|_| !session.to_owner.is_empty()), Some(&mut link.lines)),
            None => (None, None),
        };
        tokio::select! {
            () = bridge.shutdown.cancelled(), if !leaving => Event::Leave,
            line = client.next(), if !leaving && nothing_to_say && room_to_hear => Event::Client(line.unwrap_or_else(|error| {
                tracing::warn!(%error, "the client's messages can no longer be read");
                None
            })),
            line = waited_for(lines.map(Lines::next)), if nothing_to_say => Event::Owner(line.unwrap_or_else(|error| {
                tracing::debug!(%error, "the owner's messages can no longer be read");
                None
            })),
            found = waited_for(finding.as_mut()) => Event::Found(found),
            room = to_client.reserve(), if !nothing_to_say => match (room, session.to_client.pop_front()) {
                (Ok(room), Some(line)) => { room.send(line); Event::Moved }
                _ => Event::End,
            },
            room = waited_for(queue.map(mpsc::Sender::reserve)) => match (room, session.to_owner.pop_front()) {
                (Ok(room), Some(line)) => { room.send(line); Event::Moved }
                _ => Event::Owner(None),
            },
            () = to_client.closed(), if !leaving => Event::Leave,
            () = waited_for(limit.as_mut()) => Event::End,
        }
    }

    fn hear_client(&mut self, line: Line) -> Flow {
        match line {
            Line::Whole(line) => self.session.client_says(line),
            Line::TooLong => self.session.to_client.push_back(too_long().into()),
        }
        GO_ON
    }

    fn hear_owner(&mut self, line: Line) -> Flow {
        self.silent_owners = 0;
        match line {
            Line::Whole(line) => match self.session.owner_says(line) {
                Ok(()) => GO_ON,
                Err(NotTaken) => ControlFlow::Break(Err(BridgeError::NotTaken)),
            },
            Line::TooLong => {
                tracing::warn!("an answer is too long to be passed on");
                GO_ON
            }
        }
    }

    fn find(&mut self) {
        self.find_after(Duration::ZERO);
    }

    fn find_after(&mut self, wait: Duration) {
        let Bridge { entry, settings, .. } = self.bridge;
        let finding = async move {
            if !wait.is_zero() {
                entry.clock.sleep(wait).await;
            }
            Ok(Found::Place(entry.enter(settings).await?))
        };
        self.finding = Some(finding.boxed());
    }

    fn take(&mut self, found: Found) -> Flow {
        self.finding = None;
        let link = match found {
            Found::Link(link) => link,
            Found::Place(Place::Bridge(Through { connection, by })) => {
                if self.bridge.settings.values.contains_key(DASHBOARD.key) {
                    tracing::warn!(
                        owner = by,
                        "this process has no dashboard: the data directory belongs to another one"
                    );
                }
                Link::new(Box::new(connection), Whose::Another)
            }
            Found::Place(Place::Owner(lock)) => {
                let owning = (self.bridge.own)(lock);
                let linked = async move {
                    let stream = owning.await.map_err(BridgeError::Own)?;
                    Ok(Found::Link(Link::new(Box::new(stream), Whose::Ours)))
                };
                self.finding = Some(linked.boxed());
                return GO_ON;
            }
        };
        let whose = match link.whose {
            Whose::Ours => "ours",
            Whose::Another => "another process's",
        };
        tracing::info!(whose, "the client is served by the owner of the data directory");
        self.link = Some(link);
        self.session.meet();
        GO_ON
    }

    /// The owner is gone: one that is our own for good, unless it handed over; another one to be replaced.
    fn lose(&mut self) -> Flow {
        let whose = self.link.take().map(|link| link.whose);
        let handed_over = whose == Some(Whose::Ours) && self.bridge.handed_over.load(Ordering::SeqCst);
        if self.bridge.leaving.is_cancelled() || whose == Some(Whose::Ours) && !handed_over {
            return ControlFlow::Break(Ok(()));
        }
        if handed_over {
            tracing::info!("the data directory was handed over; going on through its new owner");
            self.session.part();
            self.find_after(NEW_OWNER);
            return GO_ON;
        }
        tracing::info!("the owner of the data directory is gone; looking for the next");
        self.session.part();
        self.silent_owners += 1;
        if self.silent_owners >= SILENT_OWNERS {
            return ControlFlow::Break(Err(BridgeError::Silent));
        }
        self.find();
        GO_ON
    }

    /// Says no more to the owner, which answers what is open.
    fn leave(&mut self) -> Flow {
        self.bridge.leaving.cancel();
        let Some(link) = &mut self.link else { return ControlFlow::Break(Ok(())) };
        if link.whose == Whose::Another {
            self.limit = Some(self.bridge.entry.clock.sleep(GRACE));
        }
        GO_ON
    }

    /// Closes our end towards the owner once the client has left and everything it said is on its way.
    fn hang_up(&mut self) {
        let nothing_left = self.bridge.leaving.is_cancelled() && self.session.to_owner.is_empty();
        if let Some(link) = self.link.as_mut().filter(|_| nothing_left) {
            link.queue = None;
        }
    }

    /// Answers everything with what went wrong, if the client still reads.
    async fn give_up(&mut self, error: &BridgeError) {
        self.session.give_up(&error.to_string());
        let saying = async {
            while let Some(line) = self.session.to_client.pop_front() {
                if self.to_client.send(line).await.is_err() {
                    return;
                }
            }
        };
        tokio::select! { () = saying => {}, () = self.bridge.entry.clock.sleep(FLUSH) => {} }
    }
}

/// Waits for what there is; for nothing, forever.
async fn waited_for<F: Future>(future: Option<F>) -> F::Output {
    match future {
        Some(future) => future.await,
        None => std::future::pending().await,
    }
}
