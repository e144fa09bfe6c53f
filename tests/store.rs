//! What Sluice keeps: one suite for every store, and what only the one on disk must stand.

mod backup;
mod conformance;
mod crash;
mod disk;
mod keys;
mod log;
mod model;
mod pieces;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use sluice::store::embedded::EmbeddedStore;
use sluice::store::keys::MasterKey;
use sluice::store::memory::MemoryStore;
use sluice::store::{Key, Scan, Store, Table};

const PAGES: Table = Table::new("pages");
const SPACES: Table = Table::new("spaces");

/// A folder of its own, gone when it is dropped.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static MADE: AtomicUsize = AtomicUsize::new(0);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("store-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// The store in this folder.
    pub(crate) fn open(&self) -> EmbeddedStore {
        EmbeddedStore::open(&self.path("store"), &key(7)).unwrap()
    }

    /// The database beneath the store, while that is closed.
    fn raw(&self) -> sled::Db {
        let config = sled::Config::new().path(self.path("store/records")).flush_every_ms(None);
        loop {
            match config.open() {
                // Whoever has just closed the store lets it go a moment later.
                Err(sled::Error::Io(error)) if error.to_string().contains("could not acquire lock") => {
                    std::thread::yield_now();
                }
                opened => return opened.unwrap(),
            }
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

pub(crate) fn key(byte: u8) -> MasterKey {
    MasterKey::new(Box::new([byte; 32]))
}

/// Every implementation, empty, with what it lives in.
fn stores() -> Vec<(Arc<dyn Store>, Option<Folder>)> {
    let folder = Folder::new();
    vec![(Arc::new(MemoryStore::new()), None), (Arc::new(folder.open()), Some(folder))]
}

fn page(name: impl AsRef<[u8]>) -> Key {
    Key::new(PAGES, name)
}

/// Names and values of a scan.
async fn read(store: &dyn Store, scan: Scan<'_>) -> Vec<(Vec<u8>, Vec<u8>)> {
    let found = store.scan(scan).await.unwrap();
    found.into_iter().map(|(key, record)| (key.name.to_vec(), record.value.to_vec())).collect()
}
