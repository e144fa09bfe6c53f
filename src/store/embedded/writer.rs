//! The one thread that writes: batch after batch, and one flush for all that wait.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, oneshot};

use super::change::NotApplied;
use super::guards::Disk;
use super::shelf::Shelf;
use crate::clock::{Clock as _, SystemClock};
use crate::store::StoreError;
use crate::store::batch::{Batch, When};

/// Room that is left free on the disk, in bytes.
const FLOOR: u64 = 16 << 20;
/// Most bytes between two syncs. sled writes in segments of half a megabyte and may use one again before what replaced
/// it is durable; below one segment it cannot come to that.
const GROUP: usize = 256 << 10;
/// A commit that need not be durable at once is so by then.
const SOON: Duration = Duration::from_secs(1);
/// After so many syncs it is written down where the store stands.
const MARKED: u32 = 1000;

const PANICKED: &str = "the writer panicked";

/// What the writer is asked to do.
pub(in crate::store) enum Job {
    /// Commit this, and say how it went. The permit bounds what waits.
    Commit(Batch, Reply, OwnedSemaphorePermit),
    /// Run this while nothing changes.
    Still(Box<dyn FnOnce() + Send>),
    /// Make everything durable and end.
    Close,
}

pub(in crate::store) type Reply = oneshot::Sender<Result<(), StoreError>>;

/// Why nothing more is written; set once.
pub(in crate::store) type Stop = Arc<OnceLock<String>>;

/// The writer's own things.
pub(in crate::store) struct Writer {
    shelf: Arc<Shelf>,
    disk: Box<dyn Disk>,
    stop: Stop,
    jobs: Receiver<Job>,
    /// Those whose batches are applied and not yet durable.
    waiting: Vec<Reply>,
    /// Bytes since the last sync, and when the first of them came.
    unsynced: usize,
    since: Option<Duration>,
    /// Syncs since it was last written down where the store stands.
    unmarked: u32,
    clock: SystemClock,
}

enum Next {
    GoOn,
    End,
}

impl Writer {
    /// A writer for these records.
    pub(in crate::store) fn new(shelf: Arc<Shelf>, disk: Box<dyn Disk>, stop: Stop, jobs: Receiver<Job>) -> Self {
        let (waiting, clock) = (Vec::new(), SystemClock::new());
        Self { shelf, disk, stop, jobs, waiting, unsynced: 0, since: None, unmarked: 0, clock }
    }

    /// Works until it is closed, or nobody can ask any more.
    pub(in crate::store) fn run(mut self) {
        loop {
            match catch_unwind(AssertUnwindSafe(|| self.step())) {
                Ok(Next::GoOn) => {}
                Ok(Next::End) => return,
                Err(_) => {
                    self.halt(PANICKED);
                    self.since = None;
                }
            }
        }
    }

    fn step(&mut self) -> Next {
        let job = match self.since {
            // Whoever waits for durability waits no longer than until the queue is empty.
            _ if !self.waiting.is_empty() || self.unsynced >= GROUP => self.jobs.try_recv().ok(),
            Some(since) => match self.jobs.recv_timeout(SOON.saturating_sub(self.clock.steady().saturating_sub(since)))
            {
                Ok(job) => Some(job),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => Some(Job::Close),
            },
            None => Some(self.jobs.recv().unwrap_or(Job::Close)),
        };
        match job {
            None => self.sync(),
            Some(Job::Commit(batch, reply, _permit)) => self.commit(batch, reply),
            Some(Job::Still(work)) => {
                self.sync();
                // It only reads; whoever asked for it hears of its end.
                let _ = catch_unwind(AssertUnwindSafe(work));
            }
            Some(Job::Close) => {
                self.sync();
                self.mark();
                self.halt("it was closed");
                return Next::End;
            }
        }
        Next::GoOn
    }

    fn commit(&mut self, batch: Batch, reply: Reply) {
        let (weight, when) = (batch.weight(), batch.when);
        if self.unsynced > 0 && self.unsynced.saturating_add(weight) > GROUP || self.is_late() {
            self.sync();
        }
        // Caught here as well, so that whoever brought the batch hears why.
        let done = catch_unwind(AssertUnwindSafe(|| self.apply(batch, weight))).unwrap_or_else(|_| {
            self.halt(PANICKED);
            self.stopped()
        });
        match (done, when) {
            (Ok(()), When::Durable) => self.waiting.push(reply),
            // Where nobody listens any more the answer is not missed; so everywhere below.
            (done, _) => drop(reply.send(done)),
        }
    }

    fn is_late(&self) -> bool {
        self.since.is_some_and(|since| self.clock.steady().saturating_sub(since) >= SOON)
    }

    fn apply(&mut self, batch: Batch, weight: usize) -> Result<(), StoreError> {
        self.stopped()?;
        // Whatever cannot measure the disk cannot promise room on it either.
        let room = self.disk.room().unwrap_or(0);
        let needed = FLOOR.saturating_add(2 * (weight + self.unsynced) as u64);
        if room < needed {
            return Err(StoreError::Full);
        }
        match self.shelf.apply(batch) {
            Ok(()) => {
                self.unsynced = self.unsynced.saturating_add(weight);
                self.since.get_or_insert_with(|| self.clock.steady());
                Ok(())
            }
            Err(NotApplied::Refused(error)) => Err(error),
            Err(NotApplied::Broken(error)) => {
                self.halt(&one_line(&error));
                self.stopped()
            }
        }
    }

    /// Makes everything so far durable, and tells those who wait. What failed once is not tried again: the system may
    /// have thrown away what it could not write.
    fn sync(&mut self) {
        let done = self.stopped().and_then(|()| {
            if self.unsynced == 0 {
                return Ok(());
            }
            let flushed = self.shelf.database.flush().map_err(|error| one_line(&error));
            let synced = flushed.and_then(|_| self.disk.sync().map_err(|error| error.to_string()));
            self.unmarked += 1;
            synced.or_else(|why| {
                self.halt(&why);
                self.stopped()
            })
        });
        self.unsynced = 0;
        self.since = None;
        for reply in self.waiting.drain(..) {
            drop(reply.send(done.clone()));
        }
        if self.unmarked >= MARKED {
            self.mark();
        }
    }

    /// Writes down where the store stands, once that is durable.
    fn mark(&mut self) {
        if self.unmarked > 0
            && self.stopped().is_ok()
            && let Some(mark) = self.shelf.mark()
        {
            self.disk.mark(&mark);
        }
        self.unmarked = 0;
    }

    fn halt(&mut self, why: &str) {
        if self.stop.set(why.to_owned()).is_ok() && why != "it was closed" {
            tracing::error!(why, "the store has stopped writing");
        }
        let stopped = self.stopped();
        for reply in self.waiting.drain(..) {
            drop(reply.send(stopped.clone()));
        }
    }

    fn stopped(&self) -> Result<(), StoreError> {
        match self.stop.get() {
            Some(why) => Err(StoreError::Stopped { why: why.clone() }),
            None => Ok(()),
        }
    }
}

fn one_line(error: &sled::Error) -> String {
    use std::io::ErrorKind;
    match error {
        sled::Error::Io(error)
            if matches!(error.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge) =>
        {
            "the disk that holds the data directory has no room left; make room there, then start Sluice again"
                .to_owned()
        }
        error => error.to_string().replace('\n', " "),
    }
}
