//! An owned data directory: everything in it is open, and its door is, to other processes and to whoever decides.

use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use serde_json::Value;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::assemble::Shared;
use super::kept::Kept;
use crate::cli::CliError;
use crate::cli::serve::Desk as AgentsDesk;
use crate::clock::Clock;
use crate::config::{Carried, Environment, Settings};
use crate::control::{Desk, Parts};
use crate::dashboard::Dashboard;
use crate::mcp::StateKey;
use crate::owner::{self, Doors, Listener, Lock, Session};
use crate::people::{self, Owner};

/// A data directory that is ours as long as the value lives.
pub(in crate::cli) struct Owned {
    lock: Lock,
    kept: Kept,
    desk: Arc<Desk>,
    others: JoinHandle<()>,
    beside: TaskTracker,
    ending: CancellationToken,
}

/// What happens when a process that serves many agents asks for the data directory.
pub(in crate::cli) struct HandOver(Box<dyn Fn() -> bool + Send + Sync>);

impl HandOver {
    /// It is kept.
    pub(in crate::cli) fn never() -> Self {
        Self(Box::new(|| false))
    }

    /// This is done, and the directory let go of.
    pub(in crate::cli) fn by(letting_go: impl Fn() + Send + Sync + 'static) -> Self {
        Self(Box::new(move || {
            letting_go();
            true
        }))
    }
}

/// Who may come to an owned data directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum Door {
    /// Other processes of this machine.
    Alone,
    /// People as well, where the settings say at which address.
    WithDashboard,
}

impl Owned {
    /// Opens everything and lets others in until `leaving`.
    pub(in crate::cli) async fn open(
        mut lock: Lock,
        settings: &Settings,
        door: Door,
        hand_over: HandOver,
        clock: Arc<dyn Clock>,
        leaving: CancellationToken,
    ) -> Result<Self, CliError> {
        let runtime = Environment::of_process().path("XDG_RUNTIME_DIR");
        let listener = Listener::bind(&mut lock, runtime.as_deref())?;
        let dashboard = match settings.dashboard()?.filter(|_| door == Door::WithDashboard) {
            Some(address) => Some(Dashboard::bind(address).await?),
            None => None,
        };
        let review = dashboard.as_ref().map(Dashboard::url);
        let kept = Kept::open(settings, Arc::clone(&clock), review, door == Door::WithDashboard).await?;
        // Without a configuration folder nobody is named.
        let approvers = people::approvers_file(settings).unwrap_or_default();
        let desk = Arc::new(Desk::new(Parts {
            approvals: Arc::clone(&kept.shared().approvals),
            trail: Arc::clone(kept.trail()),
            store: Some(Arc::clone(kept.store())),
            connections: Arc::clone(&kept.shared().connections),
            copied: Some(kept.copied()?),
            dashboard: dashboard.as_ref().map(Dashboard::url),
            approvers: approvers.clone(),
            agents: people::agents_file(settings).unwrap_or_default(),
            user: Owner::of_system(settings).to_string(),
            hand_over: hand_over.0,
            mistakes: {
                let mistakes = Arc::clone(&kept.shared().mistakes);
                Box::new(move || mistakes.now())
            },
            clock: Arc::clone(&clock),
        }));
        if let Err(error) = desk.remember_approvers().await {
            tracing::warn!(%error, "who may approve cannot be read");
        }
        let shared = kept.shared().clone();
        let states = kept.states().clone();
        let doors = Arc::new(ForOthers { settings: settings.clone(), shared, states, desk: Arc::clone(&desk) });
        let (beside, ending) = (TaskTracker::new(), CancellationToken::new());
        let others = beside.spawn(owner::serve(listener, doors, Arc::clone(&clock), leaving));
        beside.spawn(kept.clone().sweep(ending.clone()));
        beside.spawn(kept.clone().tell(ending.clone()));
        beside.spawn(kept.clone().watch_connections(ending.clone()));
        beside.spawn(kept.clone().fill(ending.clone()));
        if let Some(dashboard) = dashboard {
            tracing::info!(address = dashboard.url(), "people decide at the dashboard");
            let (asked, user) = (Arc::clone(&desk), Owner::of_system(settings).to_string().into());
            let standing = kept.connections();
            let dashboard = dashboard.showing(Box::new(move || standing.now()));
            beside.spawn(dashboard.serve(asked, Some(approvers), user, clock, ending.clone()));
        }
        Ok(Self { lock, kept, desk, others, beside, ending })
    }

    /// What every connection shares.
    pub(in crate::cli) fn shared(&self) -> &Shared {
        self.kept.shared()
    }

    /// What request states are sealed with.
    pub(in crate::cli) fn states(&self) -> &StateKey {
        self.kept.states()
    }

    /// Where people ask and decide.
    pub(in crate::cli) fn desk(&self) -> &Arc<Desk> {
        &self.desk
    }

    /// Waits until whoever was let in has left and what was sent has been recorded; then the data directory is anybody's.
    pub(in crate::cli) async fn close(self) {
        let Self { lock, kept, others, beside, ending, .. } = self;
        // A fault in there has been said by whatever it struck.
        let _ = others.await;
        ending.cancel();
        beside.close();
        beside.wait().await;
        kept.close().await;
        drop(lock);
    }
}

/// What other processes get from the owner: each its own desk, nothing of the owner's.
struct ForOthers {
    settings: Settings,
    shared: Shared,
    states: StateKey,
    desk: Arc<Desk>,
}

impl Doors for ForOthers {
    fn admit(&self, settings: Carried) -> BoxFuture<'_, Result<Session, String>> {
        async move {
            let settings = Settings::of_carried(&settings, &self.settings);
            let desk = AgentsDesk::of(&settings).map_err(|error| error.to_string())?;
            let until = CancellationToken::new();
            let serve = desk.open(&self.shared, &self.states, &until).await.map_err(|error| error.to_string())?;
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

    fn control(&self, question: Value, answers: mpsc::Sender<String>) -> BoxFuture<'_, ()> {
        self.desk.speak(question, answers).boxed()
    }
}
