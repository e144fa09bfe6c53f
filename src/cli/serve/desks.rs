//! What the owner of a data directory serves: a desk for its own client, and one for each process that comes later.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio::io::{DuplexStream, duplex, split};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::follow::Following;
use crate::cli::data::assemble::{self, Shared};
use crate::cli::data::owned::{Door, HandOver, Owned};
use crate::cli::data::sites;
use crate::cli::people::agents;
use crate::cli::{CliError, permissions};
use crate::clock::Clock;
use crate::config::Settings;
use crate::mcp::{self, Handler, Seat, ServeError, StateKey};
use crate::owner::Lock;
use crate::people::{self, Known};
use crate::policy::Caller;

/// Bytes that may be under way in each direction between our own client and its desk.
const PIPE: usize = 64 * 1024;

/// What one agent is served with: a connection of its own, its name and its profile.
pub(in crate::cli) struct Desk {
    caller: Caller,
    folder: Option<PathBuf>,
    settings: Settings,
}

impl Desk {
    /// The desk of these settings, checked as far as can be without asking anyone.
    pub(in crate::cli) fn of(settings: &Settings) -> Result<Self, CliError> {
        let Known { caller, .. } = people::caller(settings, &agents::of(settings)?, &permissions::tool_names())?;
        sites::check(settings, caller.connection.as_deref())?;
        Ok(Self { caller, folder: settings.folder(), settings: settings.clone() })
    }

    /// Puts the app together; what then serves a client over a stream, `until` this is set at the latest.
    pub(in crate::cli) async fn open<S>(
        self,
        shared: &Shared,
        states: &StateKey,
        until: &CancellationToken,
    ) -> Result<impl FnOnce(S) -> BoxFuture<'static, Result<(), ServeError>> + use<S>, CliError>
    where
        S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Send + Unpin + 'static,
    {
        let connection = shared.keepers.connection(&self.settings, self.caller.connection.as_deref()).await?;
        let app = assemble::app(&connection, self.folder.as_deref(), shared).await?;
        let Self { caller, settings, .. } = self;
        tracing::info!(
            site = connection.site, agent = %caller.agent, owner = %caller.owner, profile = caller.profile.name, "serving an agent"
        );
        let (callers, caller) = watch::channel(Arc::new(caller));
        let seat = Seat { gone: until.child_token(), ..Seat::watched(Arc::clone(&app), caller) };
        let (audience, clock) = (Arc::clone(&shared.audience), Arc::clone(&shared.clock));
        let handler = Handler::one(seat.clone(), states.clone(), Arc::clone(&audience));
        let following = Following { settings, callers, audience, gone: seat.gone.clone(), clock };
        Ok(move |stream| {
            let (reader, writer) = split(stream);
            async move {
                // However a client ends: our own by closing its stream, another process's by leaving.
                let serving = mcp::serve_with(handler, app, reader, writer, seat.gone);
                tokio::pin!(serving);
                tokio::select! {
                    served = serving.as_mut() => return served,
                    () = following.go_on() => {}
                }
                serving.await
            }
            .boxed()
        })
    }
}

type Fault = Arc<Mutex<Option<CliError>>>;

/// Everything this process serves as long as it owns the data directory.
pub(super) struct Desks {
    settings: Settings,
    clock: Arc<dyn Clock>,
    leaving: CancellationToken,
    tasks: TaskTracker,
    /// Why our own client could not be served, or not to its end.
    fault: Fault,
    /// Whether the data directory was handed over; until then it is ours as long as our client is there.
    handed_over: Arc<AtomicBool>,
}

impl Desks {
    /// Nothing is open yet. The desks of others close when `leaving` is set.
    pub(super) fn new(settings: Settings, clock: Arc<dyn Clock>, leaving: CancellationToken) -> Self {
        Self { settings, clock, leaving, tasks: TaskTracker::new(), fault: Arc::default(), handed_over: Arc::default() }
    }

    /// Whether the data directory was handed over since it was opened last.
    pub(super) fn handed_over(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.handed_over)
    }

    /// Opens the door to others and our own desk; the stream that our client is served over. The lock is let go when
    /// all of them have closed.
    pub(super) async fn open(&self, lock: Lock) -> Result<DuplexStream, String> {
        self.opened(lock).await.map_err(|error| {
            let told = error.to_string();
            note(&self.fault, error);
            told
        })
    }

    async fn opened(&self, lock: Lock) -> Result<DuplexStream, CliError> {
        let desk = Desk::of(&self.settings)?;
        self.handed_over.store(false, Ordering::SeqCst);
        // Our own client is served on when it has closed its end; it is not when the directory goes to another process.
        let (closing, ending) = (self.leaving.child_token(), CancellationToken::new());
        let hand_over = {
            let (handed_over, closing, ending) = (self.handed_over(), closing.clone(), ending.clone());
            HandOver::by(move || {
                handed_over.store(true, Ordering::SeqCst);
                closing.cancel();
                ending.cancel();
            })
        };
        let clock = Arc::clone(&self.clock);
        let owned = Owned::open(lock, &self.settings, Door::WithDashboard, hand_over, clock, closing.clone()).await?;
        let serve = match desk.open(owned.shared(), owned.states(), &ending).await {
            Ok(serve) => serve,
            Err(error) => {
                closing.cancel();
                owned.close().await;
                return Err(error);
            }
        };
        let (near, far) = duplex(PIPE);
        let own = serve(far);
        let fault = Arc::clone(&self.fault);
        self.tasks.spawn(async move {
            if let Err(error) = own.await {
                note(&fault, CliError::Mcp(error.to_string()));
            }
            owned.close().await;
        });
        Ok(near)
    }

    /// Waits until everything has closed.
    pub(super) async fn closed(&self) -> Result<(), CliError> {
        self.tasks.close();
        self.tasks.wait().await;
        self.fault.lock().unwrap_or_else(PoisonError::into_inner).take().map_or(Ok(()), Err)
    }
}

fn note(fault: &Fault, error: CliError) {
    *fault.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
}
