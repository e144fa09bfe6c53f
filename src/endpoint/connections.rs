//! Connections: how many there may be, how long each may be slow, and how they end.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio_io_timeout::TimeoutStream;
use tokio_util::sync::CancellationToken;
use tower::Service as _;

use super::answers::Checked;
use super::bounds::Agent;
use super::tls::Certificates;
use crate::clock::Clock;
use crate::telemetry::Metrics;

/// Connections at once; more wait for their turn. Fewer where the system gives fewer.
const MOST_CONNECTIONS: u64 = 16_384;
/// Files and sockets that everything else needs.
const OTHERS: u64 = 256;
/// Connections at once on which nobody has proven who they are; a further one takes the place of the oldest.
const MOST_STRANGERS: usize = 512;
/// How long a connection may last before somebody has proven on it who they are.
const STRANGER: Duration = Duration::from_secs(10);
/// How long a connection may be silent, and the head of a request may take once somebody has. Longer than clients keep
/// connections for their next request, so that none is closed under one.
const SILENT: Duration = Duration::from_mins(5);
/// How long the other end may take no byte of an answer.
const STALLED: Duration = Duration::from_secs(30);
/// Longest head of a request, in bytes, and most of its lines.
const LONGEST_HEAD: usize = 64 * 1024;
const MOST_HEADERS: usize = 100;
/// How long what has begun may still take once the server ends.
const DRAIN: Duration = Duration::from_secs(20);
/// How long what was cut off may take to say so.
const LAST_WORDS: Duration = Duration::from_millis(300);
/// How long to wait where the system gives no connection.
const AFTER_FAILURE: Duration = Duration::from_millis(200);

/// Everything connections are served with.
pub(super) struct Connections {
    pub(super) listener: TcpListener,
    pub(super) tls: Option<Arc<Certificates>>,
    pub(super) router: Router,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) metrics: Metrics,
    pub(super) shutdown: CancellationToken,
}

/// Whoever is at the other end.
#[derive(Clone)]
pub(super) struct Guest {
    /// Held once an agent has proven on this connection who it is, for as long as the connection lasts.
    proven: Arc<OnceLock<OwnedSemaphorePermit>>,
    strangers: Arc<Strangers>,
    number: u64,
}

impl Guest {
    /// This agent has proven on the connection who it is: the connection counts as its own, if it may have one more.
    pub(super) fn has_proven_itself(&self, agent: &Agent) -> Checked<()> {
        if self.proven.get().is_none() {
            // Requests of one connection come one after the other.
            let _ = self.proven.set(agent.connection()?);
            self.strangers.locked().remove(&self.number);
        }
        Ok(())
    }
}

/// Connections on which nobody has proven who they are, oldest first.
#[derive(Default)]
struct Strangers {
    waiting: Mutex<BTreeMap<u64, CancellationToken>>,
    last: AtomicU64,
}

impl Strangers {
    /// One more, and its token: set when another one takes its place.
    fn welcome(self: &Arc<Self>) -> (Guest, CancellationToken) {
        let number = self.last.fetch_add(1, Ordering::SeqCst);
        let replaced = CancellationToken::new();
        let mut waiting = self.locked();
        waiting.insert(number, replaced.clone());
        if waiting.len() > MOST_STRANGERS
            && let Some((_, oldest)) = waiting.pop_first()
        {
            oldest.cancel();
        }
        (Guest { proven: Arc::default(), strangers: Arc::clone(self), number }, replaced)
    }

    fn locked(&self) -> MutexGuard<'_, BTreeMap<u64, CancellationToken>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Connections {
    /// Serves whoever comes until `shutdown` is set. What has begun then has 20 seconds to end; `cut_off` ends the rest.
    pub(super) async fn serve<F: Future<Output = ()>>(self, cut_off: impl FnOnce() -> F) {
        let Self { listener, tls, router, clock, metrics, shutdown } = self;
        let places = Arc::new(Semaphore::new(places()));
        let strangers = Arc::new(Strangers::default());
        let mut open = JoinSet::new();
        let coming = async {
            // Never closed.
            while let Ok(place) = Arc::clone(&places).acquire_owned().await {
                match listener.accept().await {
                    Ok((stream, address)) => {
                        let (guest, replaced) = strangers.welcome();
                        let visit = Visit {
                            address,
                            guest,
                            replaced,
                            router: router.clone(),
                            tls: tls.clone(),
                            clock: Arc::clone(&clock),
                            shutdown: shutdown.clone(),
                        };
                        let counted = metrics.connection();
                        open.spawn(async move {
                            visit.receive(stream).await;
                            drop((place, counted));
                        });
                    }
                    Err(error) => {
                        tracing::warn!(%error, "no connection can be taken");
                        clock.sleep(AFTER_FAILURE).await;
                    }
                }
                while open.try_join_next().is_some() {}
            }
        };
        tokio::select! { () = coming => {}, () = shutdown.cancelled() => {} }
        drop(listener);
        tracing::info!(open = open.len(), "no new connections are taken; what has begun may end");
        let ended = async { while open.join_next().await.is_some() {} };
        tokio::select! {
            () = ended => {}
            () = clock.sleep(DRAIN) => tracing::warn!("not everything ended in time; the rest is cut off"),
        }
        cut_off().await;
        let ended = async { while open.join_next().await.is_some() {} };
        tokio::select! { () = ended => {}, () = clock.sleep(LAST_WORDS) => {} }
    }
}

/// How many connections the system gives us.
fn places() -> usize {
    usize::try_from(most_files().saturating_sub(OTHERS).clamp(OTHERS, MOST_CONNECTIONS)).unwrap_or(usize::MAX)
}

/// Asks for as many open files as there may be: each connection is one.
#[cfg(unix)]
fn most_files() -> u64 {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let wanted = MOST_CONNECTIONS + OTHERS;
    let limit = getrlimit(Resource::Nofile);
    let most = limit.maximum.map_or(wanted, |maximum| maximum.min(wanted));
    if limit.current.is_none_or(|current| current >= most) {
        return limit.current.unwrap_or(wanted);
    }
    match setrlimit(Resource::Nofile, Rlimit { current: Some(most), maximum: limit.maximum }) {
        Ok(()) => most,
        Err(_) => limit.current.unwrap_or(wanted),
    }
}

#[cfg(not(unix))]
fn most_files() -> u64 {
    MOST_CONNECTIONS + OTHERS
}

/// One connection.
struct Visit {
    address: SocketAddr,
    guest: Guest,
    replaced: CancellationToken,
    router: Router,
    tls: Option<Arc<Certificates>>,
    clock: Arc<dyn Clock>,
    shutdown: CancellationToken,
}

impl Visit {
    async fn receive(self, stream: TcpStream) {
        // Answers are small; none waits for the next.
        let _ = stream.set_nodelay(true);
        let mut stream = TimeoutStream::new(stream);
        stream.set_write_timeout(Some(STALLED));
        let stream = Box::pin(stream);
        let (guest, clock, replaced) = (self.guest.clone(), Arc::clone(&self.clock), self.replaced.clone());
        let stranger = async {
            clock.sleep(STRANGER).await;
            if guest.proven.get().is_some() {
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            () = self.meet(stream) => {}
            () = stranger => tracing::debug!("a connection ends on which nobody has proven who they are"),
            () = replaced.cancelled() => {}
        }
        guest.strangers.locked().remove(&guest.number);
    }

    async fn meet(self, stream: Pin<Box<TimeoutStream<TcpStream>>>) {
        match self.tls.as_ref().map(|tls| tls.acceptor()) {
            None => self.converse(stream).await,
            Some(acceptor) => match tokio::select! {
                accepted = acceptor.accept(stream) => accepted,
                () = self.shutdown.cancelled() => return,
            } {
                Ok(stream) => self.converse(stream).await,
                Err(error) => tracing::debug!(%error, "a connection was not encrypted as it has to be"),
            },
        }
    }

    /// Requests and their answers, one after the other.
    async fn converse(self, stream: impl AsyncRead + AsyncWrite + Unpin) {
        let Self { address, guest, router, clock, shutdown, .. } = self;
        let service = service_fn(move |mut request: hyper::Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(address));
            request.extensions_mut().insert(guest.clone());
            router.clone().call(request)
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(SILENT)
            .max_buf_size(LONGEST_HEAD)
            .max_headers(MOST_HEADERS)
            .serve_connection(TokioIo::new(stream), service);
        let mut connection = pin!(connection);
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            () = shutdown.cancelled() => {
                connection.as_mut().graceful_shutdown();
                tokio::select! {
                    ended = connection => ended,
                    () = clock.sleep(DRAIN + LAST_WORDS) => return,
                }
            }
        };
        if let Err(error) = ended {
            tracing::debug!(%error, "a connection ended early");
        }
    }
}
