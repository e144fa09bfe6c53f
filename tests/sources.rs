//! Other sources of documentation: what is copied of each, and what becomes of it where one misbehaves.

mod command;
mod copies;
mod filling;
mod folder;
mod host;
mod hudu;
mod it_glue;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use secrecy::SecretString;
use sluice::clock::Clock;
use sluice::config::{DataFolder, Environment, Flags, Settings, WayOut};
use sluice::index::{Copies, Document};
use sluice::keys::{KeyFile, KeyProvider};
use sluice::sources::{Ended, Outcome, Progress, Source, SourceKind, Sources, SourcesError, fill};
use sluice::store::memory::MemoryStore;
use tokio_util::sync::CancellationToken;

use copies::Shelf;

/// A key that is good at every stand-in.
const KEY: &str = "ITG.canary-key";

/// A clock that whoever waits moves.
#[derive(Default)]
struct Jumping {
    passed: Mutex<Duration>,
    waits: Mutex<Vec<Duration>>,
}

impl Jumping {
    /// The waits that were longer than what keeps requests apart.
    fn pauses(&self) -> Vec<u64> {
        let waits = std::mem::take(&mut *self.waits.lock().unwrap());
        waits.into_iter().filter(|wait| *wait >= Duration::from_secs(1)).map(|wait| wait.as_secs()).collect()
    }
}

impl Clock for Jumping {
    fn now(&self) -> Timestamp {
        "2026-11-22T10:30:00Z".parse::<Timestamp>().unwrap() + self.steady()
    }

    fn steady(&self) -> Duration {
        *self.passed.lock().unwrap()
    }

    fn sleep(&self, wait: Duration) -> BoxFuture<'static, ()> {
        *self.passed.lock().unwrap() += wait;
        self.waits.lock().unwrap().push(wait);
        Box::pin(std::future::ready(()))
    }
}

/// A data directory with sources, and where their copies go.
struct Home {
    folder: PathBuf,
    clock: Arc<Jumping>,
    keys: Arc<dyn KeyProvider>,
    sources: Sources,
    copies: Arc<Shelf>,
    store: MemoryStore,
    progress: Progress,
}

impl Home {
    async fn new() -> Self {
        let folder = folder();
        let keys: Arc<dyn KeyProvider> = Arc::new(KeyFile::new(folder.join("wrapping.key")));
        keys.prepare(&[]).await.unwrap();
        let clock = Arc::new(Jumping::default());
        let out = WayOut { proxy: None, authority: None };
        let sources = Sources::of(&data(&folder), Arc::clone(&keys), out, Arc::clone(&clock) as Arc<dyn Clock>);
        let (copies, store, progress) = (Arc::new(Shelf::default()), MemoryStore::new(), Progress::default());
        Self { folder, clock, keys, sources, copies, store, progress }
    }

    /// A source that is not kept.
    fn make(&self, kind: SourceKind, place: &str, key: &str) -> Result<Arc<dyn Source>, SourcesError> {
        let name = kind.word().parse().unwrap();
        let record = self.sources.new_record(name, kind, Some(place.to_owned()), None)?;
        self.sources.make(record, Some(&SecretString::from(key)))
    }

    async fn fill(&self, source: &Arc<dyn Source>) -> Outcome {
        self.fill_until(source, &CancellationToken::new()).await
    }

    async fn fill_until(&self, source: &Arc<dyn Source>, cancelled: &CancellationToken) -> Outcome {
        let copies = Arc::clone(&self.copies) as Arc<dyn Copies>;
        sendable(fill(&**source, copies, &self.store, &*self.clock, cancelled, &self.progress)).await
    }

    /// Fills to the end; everything was seen.
    async fn filled(&self, source: &Arc<dyn Source>) -> Outcome {
        let outcome = self.fill(source).await;
        assert_eq!(outcome.ended, Ended::Complete, "{outcome:?}");
        outcome
    }

    /// The copy of that id, as searches see it.
    fn copy(&self, id: &str) -> Document {
        self.copies.published().remove(id).unwrap_or_else(|| panic!("there is no copy `{id}`"))
    }

    /// Their ids.
    fn ids(&self) -> Vec<String> {
        self.copies.published().into_keys().collect()
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn data(folder: &Path) -> DataFolder {
    let folder = folder.to_str().unwrap();
    let environment: Environment = [("SLUICE_DATA_DIR", folder)].into_iter().collect();
    Settings::load(&Flags::default(), &environment).unwrap().data_folder().unwrap()
}

/// Whoever fills on a schedule does so in a task.
fn sendable<T: Send>(future: T) -> T {
    future
}

/// Why a run failed.
fn why(outcome: &Outcome) -> &str {
    match &outcome.ended {
        Ended::Failed { why } => why,
        ended => panic!("it ended {ended:?}"),
    }
}

/// An empty folder of its own.
fn folder() -> PathBuf {
    static MADE: AtomicU64 = AtomicU64::new(0);
    let name = format!("sources-{}-{}", std::process::id(), MADE.fetch_add(1, Ordering::SeqCst));
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}
