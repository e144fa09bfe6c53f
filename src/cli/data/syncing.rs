//! The local copies of the sites of a data directory, and the syncs that keep them current.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::assemble;
use super::filling::Filling;
use crate::clock::Clock;
use crate::config::{ConfigError, Connection, SearchVerify, Settings, SyncSettings, SyncWhen};
use crate::confluence::Client;
use crate::control::Copied;
use crate::domain::digest::Digest;
use crate::index::{Index, Opened, ShardName};
use crate::sources::{Standing, fill};
use crate::store::Store;
use crate::sync::plan::share::Shares;
use crate::sync::plan::spaces::Choice;
use crate::sync::{self, Sync};
use crate::tools::search::library::Library;

/// How long runs are apart that look at every page.
const SWEEP_EVERY: Duration = Duration::from_hours(24);

/// What is copied, of every connection that was opened.
pub(in crate::cli) struct Syncing {
    index: Index,
    store: Arc<dyn Store>,
    settings: SyncSettings,
    verify: SearchVerify,
    clock: Arc<dyn Clock>,
    open: Mutex<BTreeMap<ShardName, Open>>,
    filling: Option<Filling>,
    running: TaskTracker,
    ending: CancellationToken,
}

/// The copies of one connection.
struct Open {
    library: Arc<Library>,
    /// Ends its syncs.
    ending: CancellationToken,
    /// Whether it is a kept connection, which may be disconnected.
    is_kept: bool,
}

impl Syncing {
    /// Nothing is copied yet; nothing at all where the settings say so, and only when somebody asks for it where this
    /// process does not serve.
    pub(in crate::cli) fn of(
        settings: &Settings,
        index: Index,
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        serves: bool,
    ) -> Result<Option<Self>, ConfigError> {
        let (verify, mut sync) = (settings.search_verify()?, settings.sync()?);
        match sync.when {
            SyncWhen::Off => return Ok(None),
            SyncWhen::Scheduled if !serves => sync.when = SyncWhen::Asked,
            SyncWhen::Scheduled | SyncWhen::Asked => {}
        }
        let (running, ending) = (TaskTracker::new(), CancellationToken::new());
        let (wishes, open) = ((sync.every, sync.when), Mutex::default());
        let filling = Filling::of(settings, wishes, index.clone(), Arc::clone(&store), Arc::clone(&clock))
            .inspect_err(|error| tracing::error!(%error, "other sources of documentation cannot be copied"))
            .ok();
        Ok(Some(Self { index, store, settings: sync, verify, clock, open, filling, running, ending }))
    }

    /// The copies of a connection; with the first call its syncs begin, beside whatever the caller does.
    pub(in crate::cli) fn library(&self, connection: &Connection, client: &Client) -> Option<Arc<Library>> {
        let shard = shard_of(connection)?;
        let mut open = self.open();
        if let Some(known) = open.get(&shard) {
            return Some(Arc::clone(&known.library));
        }
        let copies = Arc::new(self.index.filling(&shard));
        let sync = Arc::new(Sync::new(sync::Parts {
            client: client.clone(),
            store: Arc::clone(&self.store),
            copies,
            connection: shard.to_string(),
            site: connection.site.trim_end_matches('/').to_owned(),
            clock: Arc::clone(&self.clock),
            settings: self.of_sync(),
        }));
        let (index, clock) = (self.index.clone(), Arc::clone(&self.clock));
        let library = Arc::new(Library::new(index, shard.clone(), Arc::clone(&sync), self.verify, clock));
        let (ending, is_kept) = (self.ending.child_token(), connection.id.is_some());
        open.insert(shard.clone(), Open { library: Arc::clone(&library), ending: ending.clone(), is_kept });
        self.running.spawn(keep(self.index.clone(), shard, sync, self.settings.when, ending));
        Some(library)
    }

    fn of_sync(&self) -> sync::Settings {
        let SyncSettings { every, spaces, except, share, .. } = self.settings.clone();
        let choice = Choice { include: spaces, exclude: except };
        let shares = Shares { quiet: share, busy: share.div_ceil(2) };
        sync::Settings { choice, shares, every, sweep_every: SWEEP_EVERY, ..sync::Settings::default() }
    }

    /// What keeps the copies of other sources current, where it could be opened.
    pub(super) fn filling(&self) -> Option<&Filling> {
        self.filling.as_ref()
    }

    /// Whether sites are copied without anybody's asking.
    pub(in crate::cli) fn is_scheduled(&self) -> bool {
        self.settings.when == SyncWhen::Scheduled
    }

    /// Whether the copies of the kept connection of that id are open.
    pub(in crate::cli) fn knows(&self, id: &str) -> bool {
        shard_named(id).is_some_and(|shard| self.open().contains_key(&shard))
    }

    /// Ends the syncs of kept connections that are not among these ids any more. What was copied stays until somebody
    /// has it wiped.
    pub(in crate::cli) fn retain(&self, ids: &[&str]) {
        let there: Vec<ShardName> = ids.iter().filter_map(|id| shard_named(id)).collect();
        self.open().retain(|shard, open| {
            let stays = !open.is_kept || there.contains(shard);
            if !stays {
                open.ending.cancel();
            }
            stays
        });
    }

    /// Ends the syncs of a connection, so that nothing is copied of it any more.
    async fn end(&self, shard: &ShardName) {
        let Some(open) = self.open().remove(shard) else { return };
        open.ending.cancel();
        if let Err(error) = open.library.sync().forget().await {
            tracing::error!(%error, "what was copied of a site could not be forgotten by its sync");
        }
    }

    fn open(&self) -> MutexGuard<'_, BTreeMap<ShardName, Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends what runs; the next run goes on from there.
    pub(in crate::cli) async fn close(&self) {
        self.ending.cancel();
        self.running.close();
        self.running.wait().await;
    }
}

/// Keeps one site's copies current until `ending`.
async fn keep(index: Index, shard: ShardName, sync: Arc<Sync>, when: SyncWhen, ending: CancellationToken) {
    let opened = tokio::task::spawn_blocking(move || index.shard(&shard).map(|shard| shard.opened())).await;
    match opened {
        Ok(Ok(Opened::Fine)) => {}
        Ok(Ok(Opened::MadeAnew { why, kept })) => {
            tracing::warn!(why, kept, "the local index was made anew; the next sync copies what it lost");
            if let Err(error) = sync.doubt().await {
                tracing::error!(%error, "that the index was made anew could not be noted");
            }
        }
        // The next run tries again, and says what is wrong.
        Ok(Err(error)) => tracing::error!(%error, "the local index cannot be opened"),
        Err(_) => return,
    }
    match when {
        SyncWhen::Scheduled => sync.follow(&ending).await,
        SyncWhen::Asked => sync.answer(&ending).await,
        SyncWhen::Off => {}
    }
}

/// Under which name a connection's copies are kept: a kept one's id, or what tells site and account apart.
fn shard_of(connection: &Connection) -> Option<ShardName> {
    if let Some(id) = &connection.id {
        return shard_named(id);
    }
    let digest = Digest::of([assemble::name(connection).as_bytes()]).to_string();
    shard_named(&format!("given-{}", digest.get(..16)?))
}

fn shard_named(id: &str) -> Option<ShardName> {
    ShardName::new(&id.to_ascii_lowercase())
}

/// What is copied into a data directory, as its owner answers for it.
pub(super) struct Owners {
    /// What keeps it current, where anything does.
    pub(super) syncing: Option<Arc<Syncing>>,
    /// What is known of it.
    pub(super) store: Arc<dyn Store>,
    /// Where it is.
    pub(super) folder: PathBuf,
}

impl Copied for Owners {
    fn sources(&self, ask: bool) -> BoxFuture<'_, Vec<Standing>> {
        async move {
            match self.syncing.as_ref().and_then(|syncing| syncing.filling()) {
                Some(filling) => filling.standing(ask).await,
                None => Vec::new(),
            }
        }
        .boxed()
    }

    fn forget<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<(), String>> {
        async move {
            let shard = shard_named(name).ok_or_else(|| "nothing is copied under such a name".to_owned())?;
            if let Some(source) = shard.source().and_then(|source| source.parse().ok()) {
                fill::forget(&*self.store, &source).await.map_err(|error| error.to_string())?;
            } else {
                if let Some(syncing) = &self.syncing {
                    syncing.end(&shard).await;
                }
                let forgotten = sync::forget(Arc::clone(&self.store), shard.as_str()).await;
                forgotten.map_err(|error| error.to_string())?;
            }
            let index = match &self.syncing {
                Some(syncing) => syncing.index.clone(),
                None => Index::in_folder(self.folder.clone()),
            };
            let forgotten = tokio::task::spawn_blocking(move || index.forget(&shard)).await;
            forgotten.map_err(|error| error.to_string())?.map_err(|error| error.to_string())
        }
        .boxed()
    }
}
