//! What the writer does when the disk fails it.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::*;
use crate::store::Table;

const PAGES: Table = Table::new("pages");
const PLENTY: u64 = 1 << 40;

/// A disk that has as much room as it is told, and fails or panics when it is told.
#[derive(Default)]
struct Told {
    room: AtomicU64,
    fails: AtomicBool,
    panics: AtomicBool,
    syncs: AtomicU64,
    marks: AtomicU64,
}

impl Disk for Arc<Told> {
    fn room(&self) -> io::Result<u64> {
        assert!(!self.panics.load(Ordering::SeqCst), "as it was told");
        Ok(self.room.load(Ordering::SeqCst))
    }

    fn sync(&self) -> io::Result<()> {
        self.syncs.fetch_add(1, Ordering::SeqCst);
        if self.fails.load(Ordering::SeqCst) { Err(io::Error::from_raw_os_error(5)) } else { Ok(()) }
    }

    fn mark(&self, _mark: &[u8]) {
        self.marks.fetch_add(1, Ordering::SeqCst);
    }
}

/// A store in a folder of its own, on a disk that can be told.
struct Bench {
    store: EmbeddedStore,
    disk: Arc<Told>,
    path: std::path::PathBuf,
}

impl Bench {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("sluice-writer-{name}-{}", std::process::id()));
        let folder = Folder::new(&path);
        folder.prepare().unwrap();
        let shelf = Shelf::new(folder.open().unwrap(), &MasterKey::new(Box::new([1; 32])));
        let disk = Arc::new(Told { room: AtomicU64::new(PLENTY), ..Told::default() });
        let store = EmbeddedStore::start(shelf, Box::new(Arc::clone(&disk))).unwrap();
        Self { store, disk, path }
    }

    async fn put(&self, name: &str) -> Result<(), StoreError> {
        self.store.commit(Batch::new().put(Key::new(PAGES, name), "x")).await
    }

    async fn has(&self, name: &str) -> bool {
        self.store.get(&Key::new(PAGES, name)).await.unwrap().is_some()
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

#[tokio::test]
async fn a_full_disk_refuses_what_does_not_fit_and_takes_it_when_there_is_room_again() {
    let bench = Bench::new("full");
    bench.put("before").await.unwrap();
    bench.disk.room.store(16 << 20, Ordering::SeqCst);
    assert_eq!(bench.put("during").await, Err(StoreError::Full));
    assert!(bench.has("before").await && !bench.has("during").await);
    bench.disk.room.store(PLENTY, Ordering::SeqCst);
    assert_eq!(bench.put("after").await, Ok(()));
}

#[tokio::test]
async fn after_a_failed_sync_nothing_is_written_any_more_and_reads_go_on() {
    let bench = Bench::new("sync");
    bench.put("before").await.unwrap();
    bench.disk.fails.store(true, Ordering::SeqCst);
    assert!(matches!(bench.put("during").await, Err(StoreError::Stopped { .. })));
    let syncs = bench.disk.syncs.load(Ordering::SeqCst);
    bench.disk.fails.store(false, Ordering::SeqCst);
    assert!(matches!(bench.put("after").await, Err(StoreError::Stopped { .. })));
    assert!(bench.has("before").await && !bench.has("after").await);
    bench.store.close().await;
    assert_eq!(bench.disk.syncs.load(Ordering::SeqCst), syncs, "what failed is not tried again");
    assert_eq!(bench.disk.marks.load(Ordering::SeqCst), 0, "nothing is said to be durable");
}

#[tokio::test]
async fn a_panic_in_the_writer_stops_writing_and_leaves_nobody_waiting() {
    let bench = Bench::new("panic");
    bench.put("before").await.unwrap();
    bench.disk.panics.store(true, Ordering::SeqCst);
    let stopped = Err(StoreError::Stopped { why: "the writer panicked".to_owned() });
    assert_eq!(bench.put("during").await, stopped);
    bench.disk.panics.store(false, Ordering::SeqCst);
    assert_eq!(bench.put("after").await, stopped);
    assert!(bench.has("before").await);
}

#[tokio::test]
async fn many_who_wait_share_one_sync() {
    let bench = Bench::new("group");
    let names: Vec<String> = (0..50).map(|number| number.to_string()).collect();
    // While this runs, the writer takes nothing else, so that the fifty wait together.
    let (done, wait) = channel();
    let busy = bench.store.still(move |_| wait.recv());
    let commits = futures_util::future::join_all(names.iter().map(|name| bench.put(name)));
    let release = async {
        tokio::task::yield_now().await;
        done.send(()).unwrap();
    };
    let (_, commits, ()) = tokio::join!(busy, commits, release);
    assert!(commits.iter().all(Result::is_ok));
    assert_eq!(bench.disk.syncs.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn what_need_not_be_durable_at_once_is_synced_without_another_commit() {
    let bench = Bench::new("soon");
    bench.store.commit(Batch::new().put(Key::new(PAGES, "a"), "x").soon()).await.unwrap();
    let before = bench.disk.syncs.load(Ordering::SeqCst);
    bench.store.close().await;
    assert_eq!((before, bench.disk.syncs.load(Ordering::SeqCst)), (0, 1));
    assert_eq!(bench.disk.marks.load(Ordering::SeqCst), 1);
}
