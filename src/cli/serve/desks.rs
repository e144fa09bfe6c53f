//! What the owner of a data directory serves: a desk for its own client, and one for each process that comes later.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use serde_json::{Value, json};
use tokio::io::{DuplexStream, duplex, split};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::cli::assemble::{self, Shared};
use crate::cli::kept::Kept;
use crate::cli::people::agents;
use crate::cli::{CliError, permissions};
use crate::clock::Clock;
use crate::config::{Carried, Connection, Environment, Settings};
use crate::dashboard::Dashboard;
use crate::mcp::{self, ServeError, Server, StateKey};
use crate::owner::{self, Doors, Listener, Lock, Session};
use crate::people::{self, Known};
use crate::policy::Caller;

/// Bytes that may be under way in each direction between our own client and its desk.
const PIPE: usize = 64 * 1024;

/// What one agent is served with: a connection of its own, its name and its profile.
pub(super) struct Desk {
    caller: Caller,
    connection: Connection,
    folder: Option<PathBuf>,
}

impl Desk {
    /// The desk of these settings, checked as far as can be without asking anyone.
    pub(super) fn of(settings: &Settings) -> Result<Self, CliError> {
        let Known { caller, .. } = people::caller(settings, &agents::of(settings)?, &permissions::tool_names())?;
        Ok(Self { caller, connection: settings.connection()?, folder: settings.folder() })
    }

    /// Puts the app together; what then serves a client over a stream.
    async fn open<S>(
        self,
        shared: &Shared,
        states: &StateKey,
    ) -> Result<impl FnOnce(S) -> BoxFuture<'static, Result<(), ServeError>> + use<S>, CliError>
    where
        S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Send + Unpin + 'static,
    {
        let app = Arc::new(assemble::app(&self.connection, self.folder.as_deref(), shared).await?);
        let (caller, states) = (self.caller, states.clone());
        tracing::info!(
            site = self.connection.site, agent = %caller.agent, owner = %caller.owner, profile = caller.profile.name, "serving an agent"
        );
        Ok(move |stream| {
            let (reader, writer) = split(stream);
            // However a client ends: our own by closing its stream, another process's by leaving.
            let server = Server::new(app, caller, states);
            async move { mcp::serve_with(server, reader, writer, CancellationToken::new()).await }.boxed()
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
}

impl Desks {
    /// Nothing is open yet. The desks of others close when `leaving` is set.
    pub(super) fn new(settings: Settings, clock: Arc<dyn Clock>, leaving: CancellationToken) -> Self {
        Self { settings, clock, leaving, tasks: TaskTracker::new(), fault: Arc::default() }
    }

    /// Opens the door to others and our own desk; the stream that our client is served over. The lock is let go when
    /// all of them have closed.
    pub(super) async fn open(&self, lock: Lock, desk: Desk) -> Result<DuplexStream, String> {
        self.opened(lock, desk).await.map_err(|error| {
            let told = error.to_string();
            note(&self.fault, error);
            told
        })
    }

    async fn opened(&self, mut lock: Lock, desk: Desk) -> Result<DuplexStream, CliError> {
        let runtime = Environment::of_process().path("XDG_RUNTIME_DIR");
        let listener = Listener::bind(&mut lock, runtime.as_deref())?;
        let dashboard = match self.settings.dashboard()? {
            Some(address) => Some(Dashboard::bind(address).await?),
            None => None,
        };
        let review = dashboard.as_ref().map(Dashboard::url);
        let kept = Kept::open(&self.settings, Arc::clone(&self.clock), review).await?;
        let serve = desk.open(kept.shared(), kept.states()).await?;
        let (near, far) = duplex(PIPE);
        let own = serve(far);
        let doors = Arc::new(ForOthers {
            settings: self.settings.clone(),
            shared: kept.shared().clone(),
            states: kept.states().clone(),
        });
        let others = owner::serve(listener, doors, Arc::clone(&self.clock), self.leaving.clone());
        let others = self.tasks.spawn(others);
        let fault = Arc::clone(&self.fault);
        let ending = CancellationToken::new();
        let swept = self.tasks.spawn(kept.clone().sweep(ending.clone()));
        let told = self.tasks.spawn(kept.clone().tell(ending.clone()));
        let decided = dashboard.map(|dashboard| self.tasks.spawn(self.decide(dashboard, &kept, ending.clone())));
        self.tasks.spawn(async move {
            if let Err(error) = own.await {
                note(&fault, CliError::Mcp(error.to_string()));
            }
            // A fault in there has been said by whatever it struck.
            let _ = others.await;
            ending.cancel();
            let _ = swept.await;
            let _ = told.await;
            if let Some(decided) = decided {
                let _ = decided.await;
            }
            kept.close().await;
            drop(lock);
        });
        Ok(near)
    }

    /// Lets people decide at the dashboard, until `ending`.
    fn decide(
        &self,
        dashboard: Dashboard,
        kept: &Kept,
        ending: CancellationToken,
    ) -> impl Future<Output = ()> + Send + use<> {
        tracing::info!(address = dashboard.url(), "people decide at the dashboard");
        // Without a configuration folder nobody can be set up.
        let approvers = people::approvers_file(&self.settings).ok();
        dashboard.serve(Arc::clone(&kept.shared().approvals), approvers, Arc::clone(&self.clock), ending)
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

/// What other processes get from the owner: each its own desk, nothing of the owner's.
struct ForOthers {
    settings: Settings,
    shared: Shared,
    states: StateKey,
}

impl Doors for ForOthers {
    fn admit(&self, settings: Carried) -> BoxFuture<'_, Result<Session, String>> {
        async move {
            let desk = Desk::of(&Settings::of_carried(&settings, &self.settings)).map_err(|error| error.to_string())?;
            let serve = desk.open(&self.shared, &self.states).await.map_err(|error| error.to_string())?;
            let session: Session = Box::new(|stream| {
                async move {
                    if let Err(error) = serve(stream).await {
                        tracing::warn!(%error, "an agent of another process could not be served");
                    }
                }
                .boxed()
            });
            Ok(session)
        }
        .boxed()
    }

    fn control(&self, _: Value, answers: mpsc::Sender<String>) -> BoxFuture<'_, ()> {
        async move {
            // Whoever left needs no answer.
            let _ = answers.send(json!({ "error": "there is nothing to ask yet" }).to_string()).await;
        }
        .boxed()
    }
}
