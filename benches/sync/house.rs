//! Store, index and sync as serving has them, in a folder of their own.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use sluice::clock::{Clock, SystemClock};
use sluice::confluence::client::{Limits, Settings as Connection};
use sluice::confluence::{Address, ApiToken, Bearer, Client, Credentials};
use sluice::index::{Index, ShardName};
use sluice::store::Store;
use sluice::store::embedded::EmbeddedStore;
use sluice::store::keys::MasterKey;
use sluice::sync::{Ended, Kind, Parts, RunRecord, Settings, Sync};
use tokio_util::sync::CancellationToken;

use crate::site::Site;

/// Who copies.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum As {
    /// An administrator with an API token, whose points nobody counts.
    Administrator,
    /// The same through the gateway, counted.
    App,
}

/// No rates, and an hour's points that no run uses up: what is asked is what a run costs, not how long it would wait.
pub(crate) fn plenty() -> Limits {
    Limits { points_per_hour: u32::MAX, ..Limits::without_rates() }
}

/// A folder with everything that one site's copies need.
pub(crate) struct House {
    folder: PathBuf,
    index: Index,
    name: ShardName,
    sync: Sync,
}

/// A run that ended well.
pub(crate) struct Ran {
    pub(crate) record: RunRecord,
    pub(crate) seconds: f64,
}

impl House {
    pub(crate) fn open(site: &Site, who: As, limits: Limits) -> Self {
        static MADE: AtomicU64 = AtomicU64::new(0);
        let made = MADE.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("sluice-sync-{}-{made}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let (address, credentials): (Address, Arc<dyn Credentials>) = match who {
            As::Administrator => {
                let token = ApiToken::new("admin@example.com", "sandbox-token".to_owned().into()).unwrap();
                (Address::site(&site.url).unwrap(), Arc::new(token))
            }
            As::App => {
                let token = Bearer::new("sandbox-token".to_owned().into()).unwrap();
                (Address::gateway(&site.url, Site::CLOUD_ID).unwrap(), Arc::new(token))
            }
        };
        let client = Client::new(Connection { limits, ..Connection::new(address, credentials) }).unwrap();
        let store = EmbeddedStore::open(&folder.join("store"), &MasterKey::new(Box::new([7; 32]))).unwrap();
        let store: Arc<dyn Store> = Arc::new(store);
        let index = Index::in_folder(folder.join("index"));
        let name = ShardName::new("acme").unwrap();
        let sync = Sync::new(Parts {
            client,
            store,
            copies: Arc::new(index.filling(&name)),
            connection: "acme".into(),
            site: "https://acme.atlassian.net".into(),
            clock: Arc::new(SystemClock::default()) as Arc<dyn Clock>,
            settings: Settings::default(),
        });
        Self { folder, index, name, sync }
    }

    /// Runs once, to a good end.
    pub(crate) async fn run(&self, kind: Kind) -> Ran {
        let began = Instant::now();
        let outcome = self.sync.run(kind, &CancellationToken::new()).await;
        assert_eq!(outcome.record.how, Ended::Done, "{outcome:?}");
        Ran { record: outcome.record, seconds: began.elapsed().as_secs_f64() }
    }

    /// How it stands with the run.
    pub(crate) fn sync(&self) -> &Sync {
        &self.sync
    }

    /// Documents that searches see, files too.
    pub(crate) fn copies(&self) -> u64 {
        self.index.shard(&self.name).unwrap().documents()
    }

    /// Megabytes of store and index on the disk.
    pub(crate) fn megabytes(&self) -> [f64; 2] {
        ["store", "index"].map(|part| size(&self.folder.join(part)) as f64 / 1e6)
    }
}

impl Drop for House {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.folder).unwrap();
    }
}

fn size(folder: &std::path::Path) -> u64 {
    let entries = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
    entries.map(|entry| if entry.path().is_dir() { size(&entry.path()) } else { entry.metadata().unwrap().len() }).sum()
}

/// The most memory that this process had since the watch began, looked at ten times a second.
pub(crate) struct MemoryWatch {
    ended: Arc<AtomicBool>,
    watching: std::thread::JoinHandle<Memory>,
}

/// Memory in MiB.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Memory {
    /// Of its own.
    pub(crate) own: f64,
    /// With the pages of files that the system keeps for it and can take back.
    pub(crate) mapped: f64,
}

impl Memory {
    pub(crate) fn now() -> Self {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let line = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
            line.split_whitespace().next().and_then(|number| number.parse::<f64>().ok()).unwrap_or(0.0) / 1024.0
        };
        Self { own: line("RssAnon:"), mapped: line("VmRSS:") }
    }
}

impl MemoryWatch {
    pub(crate) fn begin() -> Self {
        let ended = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&ended);
        let watching = std::thread::spawn(move || {
            let mut most = Memory::default();
            while !told.load(Ordering::Relaxed) {
                let now = Memory::now();
                most = Memory { own: most.own.max(now.own), mapped: most.mapped.max(now.mapped) };
                std::thread::sleep(Duration::from_millis(100));
            }
            most
        });
        Self { ended, watching }
    }

    pub(crate) fn end(self) -> Memory {
        self.ended.store(true, Ordering::Relaxed);
        self.watching.join().unwrap()
    }
}
