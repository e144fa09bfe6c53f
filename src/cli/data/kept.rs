//! What the owner of a data directory keeps open: the store, the queue of writes in it, the sweeper, how the connections
//! stand, and who is told outside.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use secrecy::ExposeSecret as _;
use tokio_util::sync::CancellationToken;

use super::assemble::{self, Shared};
use super::sites::Keepers;
use super::syncing::{Owners, Syncing};
use crate::audit::{Trail, trail};
use crate::cli::CliError;
use crate::clock::Clock;
use crate::config::{ConfigError, Environment, Settings};
use crate::connect::cabinet::Listed;
use crate::connect::record::State;
use crate::connect::{Cabinet, ConnectionName};
use crate::control::Copied;
use crate::dashboard::connections::Standing;
use crate::index::Index;
use crate::mcp::StateKey;
use crate::notice::asking::ask_about_all;
use crate::notice::{CommandHook, Listening, Telling, Webhook, connections, outbox};
use crate::people;
use crate::store::Store;
use crate::store::embedded::EmbeddedStore;
use crate::store::keys::{KeyFile, Purpose};
use crate::telemetry::{Outgoing, Spans};

/// How often what waits is looked through.
const SWEEP: Duration = Duration::from_secs(3);
/// How often it is looked how the connections stand.
const LOOK: Duration = Duration::from_secs(30);
/// How often the head of the audit trail goes to the log, in sweeps: every hour.
const HEAD: u32 = 1200;

/// The open data directory.
#[derive(Clone)]
pub(in crate::cli) struct Kept {
    store: Arc<EmbeddedStore>,
    trail: Arc<Trail>,
    shared: Shared,
    states: StateKey,
    outside: Arc<Outside>,
    cabinet: Cabinet,
    connections: Arc<Connections>,
    settings: Settings,
}

/// How the connections stood when somebody looked last.
#[derive(Default)]
pub(in crate::cli) struct Connections(Mutex<Vec<Standing>>);

impl Connections {
    /// As far as is known.
    pub(in crate::cli) fn now(&self) -> Vec<Standing> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn note(&self, standing: Vec<Standing>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = standing;
    }
}

/// Who is told of what waits, and who is asked.
struct Outside {
    webhook: Option<Webhook>,
    hook: Option<CommandHook>,
    /// What is told to a collector, until somebody does.
    spans: Mutex<Option<Outgoing>>,
}

impl Kept {
    /// Opens the data directory of the settings; whoever calls holds its lock. `review` is the base of the pages where
    /// people decide, where there are any.
    /// Whoever `serves` keeps copies current by itself; others copy when they are asked.
    pub(in crate::cli) async fn open(
        settings: &Settings,
        clock: Arc<dyn Clock>,
        review: Option<String>,
        serves: bool,
    ) -> Result<Self, CliError> {
        let outside = Outside::of(settings, &clock)?;
        let data = settings.data_folder()?;
        data.create()?;
        let (folder, key) = (data.store(), data.key());
        let opened = tokio::task::spawn_blocking(move || -> Result<(EmbeddedStore, StateKey), CliError> {
            let master = KeyFile::new(key, folder.clone()).master()?;
            let states = StateKey::new(*master.derive(Purpose::RequestState).expose_secret());
            Ok((EmbeddedStore::open(&folder, &master)?, states))
        });
        let (store, states) = opened.await.map_err(|error| CliError::Output(std::io::Error::other(error)))??;
        let store = Arc::new(store);
        // Without a configuration folder there are no agents but those of command lines.
        let agents = people::agents_file(settings).unwrap_or_default();
        let port = Arc::clone(&store) as Arc<dyn Store>;
        let trail = Arc::new(Trail::new(Arc::clone(&port), Arc::clone(&clock), Some(data.audit())));
        let announcer = Arc::new(Telling { webhook: outside.listening(), review: review.clone() });
        let keepers = Keepers::of(settings, Arc::clone(&clock));
        let index = Index::in_folder(data.indexes());
        let syncing = Syncing::of(settings, index, Arc::clone(&port), Arc::clone(&clock), serves)?.map(Arc::new);
        let shared = Shared::over(port, agents, clock, announcer, keepers).await?;
        let (spans, outgoing) = match settings.collector()? {
            Some(collector) => {
                let (spans, outgoing) = Spans::to(&collector, Arc::clone(&shared.clock), shared.metrics.clone())?;
                (spans, Some(outgoing))
            }
            None => (Spans::off(), None),
        };
        let shared = Shared { spans, syncing, review, ..shared };
        let outside = Outside { spans: Mutex::new(outgoing), ..outside };
        let (cabinet, connections) = (Cabinet::of(&data), Arc::default());
        Ok(Self {
            store,
            trail,
            shared,
            states,
            outside: Arc::new(outside),
            cabinet,
            connections,
            settings: settings.clone(),
        })
    }

    /// What every connection shares.
    pub(in crate::cli) fn shared(&self) -> &Shared {
        &self.shared
    }

    /// The store.
    pub(in crate::cli) fn store(&self) -> &Arc<EmbeddedStore> {
        &self.store
    }

    /// What request states are sealed with, whoever owns the directory.
    pub(in crate::cli) fn states(&self) -> &StateKey {
        &self.states
    }

    /// The audit trail.
    pub(in crate::cli) fn trail(&self) -> &Arc<Trail> {
        &self.trail
    }

    /// Looks through what waits, every few seconds until `ending`.
    pub(in crate::cli) async fn sweep(self, ending: CancellationToken) {
        for round in 0_u32.. {
            self.shared.approvals.take_up().await;
            if round % HEAD == 0 {
                self.tidy().await;
            }
            tokio::select! {
                () = self.shared.clock.sleep(SWEEP) => {}
                () = ending.cancelled() => return,
            }
        }
    }

    /// Tells the webhook of what waits, asks the command about it, and tells the collector of calls, until `ending`. What was not told by then is told
    /// after the next start.
    pub(in crate::cli) async fn tell(self, ending: CancellationToken) {
        let Shared { approvals, review, clock, .. } = &self.shared;
        let Outside { webhook, hook, spans } = &*self.outside;
        let spans = spans.lock().unwrap_or_else(PoisonError::into_inner).take();
        let telling = async {
            if let Some(webhook) = webhook {
                outbox::deliver(&*self.store, &**clock, webhook, &ending).await;
            }
        };
        let asking = async {
            if let Some(hook) = hook {
                ask_about_all(approvals, hook, review.as_deref(), &ending).await;
            }
        };
        let delivering = async {
            if let Some(spans) = spans {
                spans.deliver(&ending).await;
            }
        };
        tokio::join!(telling, asking, delivering);
    }

    /// How the connections stand, as far as [`Kept::watch_connections`] has seen.
    pub(in crate::cli) fn connections(&self) -> Arc<Connections> {
        Arc::clone(&self.connections)
    }

    /// Looks every half a minute how the connections stand, and tells people of those that need them, until `ending`.
    /// Without a webhook the log alone says so.
    pub(in crate::cli) async fn watch_connections(self, ending: CancellationToken) {
        loop {
            self.look_at_connections().await;
            tokio::select! {
                () = self.shared.clock.sleep(LOOK) => {}
                () = ending.cancelled() => return,
            }
        }
    }

    async fn look_at_connections(&self) {
        let cabinet = self.cabinet.clone();
        let listed = match tokio::task::spawn_blocking(move || cabinet.records()).await {
            Ok(Ok(listed)) => listed,
            Ok(Err(error)) => return tracing::warn!(%error, "how the connections stand cannot be read"),
            // The process ends.
            Err(_) => return,
        };
        self.connections.note(Standing::of(&listed));
        self.copy_all(&listed).await;
        let seen = connections::Seen::of(&listed);
        if let Err(error) =
            connections::tell(&*self.store, self.shared.clock.now(), &seen, self.outside.listening()).await
        {
            tracing::error!(%error, "what people are told of connections cannot be written down");
        }
    }

    /// Keeps the copies of other sources of documentation current until `ending`.
    pub(in crate::cli) async fn fill(self, ending: CancellationToken) {
        if let Some(filling) = self.shared.syncing.as_ref().and_then(|syncing| syncing.filling()) {
            filling.keep(&ending).await;
        }
    }

    /// What is copied, for whoever asks about it.
    pub(in crate::cli) fn copied(&self) -> Result<Arc<dyn Copied>, ConfigError> {
        let (syncing, store) = (self.shared.syncing.clone(), Arc::clone(&self.store) as Arc<dyn Store>);
        Ok(Arc::new(Owners { syncing, store, folder: self.settings.data_folder()?.indexes() }))
    }

    /// Has the sites of all kept connections copied, whether or not an agent uses them, where this process serves.
    async fn copy_all(&self, listed: &[Listed]) {
        let Some(syncing) = self.shared.syncing.as_ref().filter(|syncing| syncing.is_scheduled()) else { return };
        // A file that cannot be read may still be that of a connection.
        if listed.iter().all(|(_, record)| record.is_ok()) {
            let ids: Vec<_> = listed.iter().filter_map(|(_, record)| Some(record.as_ref().ok()?.id.as_str())).collect();
            syncing.retain(&ids);
        }
        let usable = listed.iter().filter_map(|(name, record)| Some((name, record.as_ref().ok()?)));
        for (name, record) in usable.filter(|(_, record)| !matches!(record.state, State::ReconnectNeeded { .. })) {
            if !syncing.knows(&record.id)
                && let Err(error) = self.copy(syncing, name).await
            {
                tracing::warn!(connection = %name, %error, "the site of this connection cannot be copied");
            }
        }
    }

    async fn copy(&self, syncing: &Syncing, name: &ConnectionName) -> Result<(), CliError> {
        let connection = self.shared.keepers.connection(&self.settings, Some(name.as_str())).await?;
        let client = assemble::shared_client(&connection, &self.shared).await?;
        syncing.library(&connection, &client);
        Ok(())
    }

    /// Forgets old records, moves old rows of the trail into files, and tells the log where the trail ends.
    async fn tidy(&self) {
        match self.trail.head_line().await {
            Ok(head) => tracing::info!(target: "sluice::audit", %head, "the audit trail ends here"),
            Err(error) => tracing::error!(%error, "the end of the audit trail cannot be read"),
        }
        if let Err(error) = self.trail.rotate(trail::MOST_ROWS).await {
            tracing::error!(%error, "old rows of the audit trail could not be moved into a file");
        }
        if let Err(error) = self.shared.approvals.forget_old().await {
            tracing::error!(%error, "old records of writes could not be forgotten");
        }
    }

    /// Waits for what is being sent, and closes the store.
    pub(in crate::cli) async fn close(self) {
        self.shared.approvals.finish().await;
        self.shared.connections.clear();
        if let Some(syncing) = &self.shared.syncing {
            syncing.close().await;
        }
        self.shared.keepers.close().await;
        self.store.close().await;
    }
}

impl Outside {
    /// As the settings say; nobody is told or asked yet.
    fn of(settings: &Settings, clock: &Arc<dyn Clock>) -> Result<Self, CliError> {
        let webhook = settings.webhook()?.map(|webhook| Webhook::new(&webhook)).transpose()?;
        let environment = Environment::of_process();
        let command = settings.approval_command()?;
        let hook = command.map(|command| CommandHook::new(&command, &environment, Arc::clone(clock)));
        Ok(Self { webhook, hook, spans: Mutex::default() })
    }

    /// Whether anybody outside hears.
    fn listening(&self) -> Listening {
        if self.webhook.is_some() { Listening::Yes } else { Listening::No }
    }
}
