//! The store on disk: an embedded database behind one writer, sealed record by record.

pub(in crate::store) mod change;
pub(in crate::store) mod guards;
pub(in crate::store) mod layout;
pub(in crate::store) mod seal;
pub(in crate::store) mod shelf;
pub(in crate::store) mod state;
mod writer;

use std::path::Path;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::JoinHandle;

use futures_util::future::BoxFuture;
use tokio::sync::{Semaphore, oneshot};

use super::batch::{Batch, Key};
use super::chain::{Chain, Head, Row};
use super::keys::MasterKey;
use super::{Record, Scan, Store, StoreError};
use change::NotApplied;
use guards::{Disk, Folder, RealDisk};
use shelf::{LOG, Shelf};
use writer::{Job, Stop, Writer};

pub use guards::OpenError;

/// Kibibytes of batches that may wait; whoever brings more waits with it.
const QUEUE: u32 = 16 << 10;

/// Keeps records on disk. Dropping it closes it, and waits for that.
pub struct EmbeddedStore {
    shelf: Arc<Shelf>,
    jobs: Sender<Job>,
    room: Arc<Semaphore>,
    stop: Stop,
    writer: Mutex<Option<JoinHandle<()>>>,
}

impl EmbeddedStore {
    /// Opens the store in that folder, or makes one. It blocks, for a minute at most, so call it where that is allowed.
    pub fn open(directory: &Path, master: &MasterKey) -> Result<Self, OpenError> {
        let folder = Folder::new(directory);
        let shelf = if folder.holds_a_store()? {
            Shelf::new(folder.open()?, master).resume(folder.mark()?.as_deref())?
        } else {
            folder.prepare()?;
            let shelf = Shelf::new(folder.open()?, master);
            shelf.load(|_| Ok(())).map_err(not_begun)?;
            finish(&folder, &shelf)?;
            shelf
        };
        let disk = RealDisk::of(&folder)?;
        Self::start(shelf, Box::new(disk)).map_err(OpenError::system(directory))
    }

    pub(super) fn start(shelf: Shelf, disk: Box<dyn Disk>) -> std::io::Result<Self> {
        let shelf = Arc::new(shelf);
        let stop: Stop = Arc::new(OnceLock::new());
        let (jobs, received) = channel();
        let writer = Writer::new(Arc::clone(&shelf), disk, Arc::clone(&stop), received);
        let writer = std::thread::Builder::new().name("store-writer".to_owned()).spawn(move || writer.run())?;
        let room = Arc::new(Semaphore::new(QUEUE as usize));
        Ok(Self { shelf, jobs, room, stop, writer: Mutex::new(Some(writer)) })
    }

    /// Makes everything durable and ends the writer. What is committed later is refused.
    pub async fn close(&self) {
        if let Some(writer) = self.ending() {
            // Neither the writer nor waiting for it can panic.
            let _ = tokio::task::spawn_blocking(move || writer.join()).await;
        }
    }

    fn ending(&self) -> Option<JoinHandle<()>> {
        // A writer that is gone needs no telling.
        let _ = self.jobs.send(Job::Close);
        self.writer.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn stopped(&self) -> StoreError {
        let why = self.stop.get().map_or("the writer is gone", String::as_str);
        StoreError::Stopped { why: why.to_owned() }
    }

    async fn committed(&self, batch: Batch) -> Result<(), StoreError> {
        batch.check_lengths()?;
        let weight = u32::try_from(batch.weight() >> 10).unwrap_or(QUEUE).saturating_add(1).min(QUEUE);
        let permit = Arc::clone(&self.room).acquire_many_owned(weight).await.map_err(|_| self.stopped())?;
        let (reply, answer) = oneshot::channel();
        self.jobs.send(Job::Commit(batch, reply, permit)).map_err(|_| self.stopped())?;
        answer.await.unwrap_or_else(|_| Err(self.stopped()))
    }

    /// Runs this while nothing changes and everything so far is durable. Reads go on meanwhile.
    pub(super) async fn still<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Shelf) -> T + Send + 'static,
    ) -> Result<T, StoreError> {
        let (reply, answer) = oneshot::channel();
        let held = Arc::clone(&self.shelf);
        let work = move || drop(reply.send(work(&held)));
        self.jobs.send(Job::Still(Box::new(work))).map_err(|_| self.stopped())?;
        // Where it still writes, only the work can have panicked, because the database read nonsense.
        answer
            .await
            .map_err(|_| if self.stop.get().is_some() { self.stopped() } else { StoreError::Damaged { table: LOG } })
    }

    /// Reads in a thread that may wait for the disk. A panic of the database means that it read nonsense.
    async fn read<T: Send + 'static>(
        &self,
        table: &'static str,
        read: impl FnOnce(&Shelf) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let held = Arc::clone(&self.shelf);
        let read = tokio::task::spawn_blocking(move || read(&held)).await;
        read.unwrap_or(Err(StoreError::Damaged { table }))
    }
}

impl Drop for EmbeddedStore {
    fn drop(&mut self) {
        if let Some(writer) = self.ending() {
            let _ = writer.join();
        }
    }
}

/// Makes a new store durable, then says that it is one.
pub(super) fn finish(folder: &Folder, shelf: &Shelf) -> Result<(), OpenError> {
    shelf.database.flush().map_err(|error| not_begun(NotApplied::Broken(error)))?;
    folder.sync_new()?;
    folder.finish()
}

/// A new store could not be written to.
pub(super) fn not_begun(why: NotApplied) -> OpenError {
    OpenError::Damaged(match why {
        NotApplied::Refused(error) => error.to_string(),
        NotApplied::Broken(error) => error.to_string().replace('\n', " "),
    })
}

impl Store for EmbeddedStore {
    fn get<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Option<Record>, StoreError>> {
        let key = key.clone();
        Box::pin(self.read(key.table.name(), move |shelf| shelf.get(&key)))
    }

    fn scan<'a>(&'a self, scan: Scan<'a>) -> BoxFuture<'a, Result<Vec<(Key, Record)>, StoreError>> {
        let Scan { table, order, limit, .. } = scan;
        let (prefix, after) = (scan.prefix.to_vec(), scan.after.map(<[u8]>::to_vec));
        Box::pin(self.read(table.name(), move |shelf| {
            shelf.scan(&Scan { table, prefix: &prefix, after: after.as_deref(), order, limit })
        }))
    }

    fn commit(&self, batch: Batch) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(self.committed(batch))
    }

    fn rows(&self, from: u64, limit: usize) -> BoxFuture<'_, Result<Vec<Row>, StoreError>> {
        Box::pin(self.read(LOG, move |shelf| shelf.rows(from, limit)))
    }

    fn log_ends(&self) -> BoxFuture<'_, Result<(Head, Head), StoreError>> {
        Box::pin(self.read(LOG, |shelf| Ok(shelf.read(|state| (state.oldest, state.newest)))))
    }

    fn chain(&self) -> &Chain {
        &self.shelf.chain
    }
}

#[cfg(test)]
mod tests;
