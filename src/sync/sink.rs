//! Puts copies away: several changes with one commit, and only then what the store notes of them.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::{Mutex, mpsc, oneshot};

use crate::index::{Copies, CopiesError, Document, SpaceFacts};
use crate::store::Batch;

use super::plan::facts::{FileRow, PageRow};
use super::reader::Reader;
use super::shelf::{FILES, PAGES, Shelf};
use super::status::Stop;

/// How many changes are committed together at most.
const TOGETHER: usize = 1_000;
/// How many parts may wait.
const WAITING: usize = 16;
/// How long searches of a first copy wait at least for more of it.
const APART: Duration = Duration::from_secs(5);
/// How much longer they wait than it takes to let them see more, so that a large copy is not held up by that.
const SPARINGLY: u32 = 20;

/// One change of the copies.
#[derive(Debug)]
pub(super) enum Change {
    /// A copy is put in place of the one before.
    Put(Box<Document>),
    /// A copy is told what has changed around its body.
    Patch(Box<Patch>),
    /// A person has another name.
    Rename {
        /// The copy's id.
        id: String,
        /// The account.
        account_id: String,
        /// The name.
        name: String,
    },
    /// A copy goes.
    Remove(String),
}

/// What a copy says that is not its body's.
#[derive(Debug)]
pub(super) struct Patch {
    pub(super) id: String,
    pub(super) title: String,
    pub(super) labels: Vec<String>,
    pub(super) breadcrumb: Vec<String>,
    pub(super) ancestors: Vec<String>,
    pub(super) space: SpaceFacts,
    /// Its address, where it is another.
    pub(super) url: Option<String>,
    pub(super) restricted: bool,
    /// The title of a file's page.
    pub(super) page_title: Option<String>,
    pub(super) copied: jiff::Timestamp,
}

impl Patch {
    fn on(self, document: &mut Document) {
        document.title = self.title;
        document.labels = self.labels;
        document.breadcrumb = self.breadcrumb;
        document.ancestors = self.ancestors;
        document.space = self.space;
        document.restricted = self.restricted;
        document.copied = self.copied;
        if let Some(url) = self.url {
            document.url = url;
        }
        if let (Some(title), Some(file)) = (self.page_title, &mut document.file) {
            file.page_title = title;
        }
    }
}

/// Changes, and what the store notes once they are durable.
struct Work {
    changes: Vec<Change>,
    batch: Batch,
    done: oneshot::Sender<()>,
}

/// Where changes are brought.
#[derive(Clone)]
pub(super) struct Counter {
    to: mpsc::Sender<Work>,
    early: Arc<AtomicBool>,
}

/// A change that is under way.
#[must_use = "only when it has ended is the change durable"]
pub(super) struct Underway(oneshot::Receiver<()>);

impl Counter {
    /// From now on searches see what is brought soon after, and not only when the run has ended: of a first copy, some
    /// is better than none.
    pub(super) fn show_early(&self) {
        self.early.store(true, Ordering::Relaxed);
    }

    /// Brings changes; what the batch says happens after them.
    pub(super) async fn bring(&self, changes: Vec<Change>, batch: Batch) -> Result<Underway, Stop> {
        let (done, ended) = oneshot::channel();
        let work = Work { changes, batch, done };
        self.to.send(work).await.map_err(|_| Stop::Fault("copies are not taken in any more"))?;
        Ok(Underway(ended))
    }

    /// Brings changes and waits for them.
    pub(super) async fn put(&self, changes: Vec<Change>, batch: Batch) -> Result<(), Stop> {
        self.bring(changes, batch).await?.ended().await
    }
}

impl Underway {
    /// Waits until it is durable.
    pub(super) async fn ended(self) -> Result<(), Stop> {
        self.0.await.map_err(|_| Stop::Fault("copies are not taken in any more"))
    }
}

/// Puts away what is brought.
pub(super) struct Sink {
    copies: Arc<dyn Copies>,
    shelf: Shelf,
    /// Held by whoever changes the copies: what a run left under way when it was dropped ends before the next begins.
    writing: Arc<Mutex<()>>,
    brought: mpsc::Receiver<Work>,
    /// Whether searches see what was put away before the run has ended.
    early: Arc<AtomicBool>,
    /// Whether something was put away that searches do not see yet.
    unseen: bool,
    /// Steady time from which on they may see more.
    not_before: Duration,
}

impl Sink {
    /// A sink and where it takes things from.
    pub(super) fn new(copies: Arc<dyn Copies>, shelf: Shelf, writing: Arc<Mutex<()>>) -> (Self, Counter) {
        let (to, brought) = mpsc::channel(WAITING);
        let early = Arc::<AtomicBool>::default();
        let counter = Counter { to, early: Arc::clone(&early) };
        (Self { copies, shelf, writing, brought, early, unseen: false, not_before: Duration::ZERO }, counter)
    }

    /// Works until nobody can bring anything any more.
    pub(super) async fn work(mut self, reader: &Reader) -> Result<(), Stop> {
        loop {
            let wait = self.not_before.saturating_sub(reader.clock.steady());
            let is_early = self.unseen && self.early.load(Ordering::Relaxed);
            let first = tokio::select! {
                biased;
                first = self.brought.recv(), if !(is_early && wait.is_zero()) => first,
                () = reader.clock.sleep(wait), if is_early => {
                    self.show(reader).await?;
                    continue;
                }
            };
            let Some(first) = first else { return Ok(()) };
            let mut count = first.changes.len();
            let mut works = vec![first];
            while count < TOGETHER {
                let Ok(work) = self.brought.try_recv() else { break };
                count += work.changes.len();
                works.push(work);
            }
            self.put_away(works, reader).await?;
            self.unseen |= count > 0;
        }
    }

    /// Lets searches see what was put away so far.
    async fn show(&mut self, reader: &Reader) -> Result<(), Stop> {
        let copies = Arc::clone(&self.copies);
        let before = reader.clock.steady();
        self.with_copies(move || copies.publish_so_far()).await?;
        let now = reader.clock.steady();
        self.unseen = false;
        self.not_before = now.saturating_add(APART.max(now.saturating_sub(before).saturating_mul(SPARINGLY)));
        Ok(())
    }

    async fn put_away(&self, mut works: Vec<Work>, reader: &Reader) -> Result<(), Stop> {
        let changes: Vec<Change> = works.iter_mut().flat_map(|work| std::mem::take(&mut work.changes)).collect();
        let removed = changes.iter().filter(|change| matches!(change, Change::Remove(_))).count() as u64;
        let written = changes.len() as u64 - removed;
        let lost = if changes.is_empty() { Vec::new() } else { self.change(changes).await? };
        for work in works {
            self.shelf.commit(work.batch).await?;
            // Whoever brought it may be gone.
            let _ = work.done.send(());
        }
        for id in lost {
            self.note_gap(&id).await?;
        }
        reader.status.send_modify(|status| {
            status.written += written;
            status.removed += removed;
        });
        Ok(())
    }

    async fn change(&self, all: Vec<Change>) -> Result<Vec<String>, Stop> {
        let copies = Arc::clone(&self.copies);
        self.with_copies(move || change(&*copies, all)).await
    }

    /// Does something with the copies on a thread that may wait, while nobody else changes them.
    async fn with_copies<T: Send + 'static>(
        &self,
        act: impl FnOnce() -> Result<T, CopiesError> + Send + 'static,
    ) -> Result<T, Stop> {
        let writing = Arc::clone(&self.writing).lock_owned().await;
        let done = tokio::task::spawn_blocking(move || {
            let done = act();
            drop(writing);
            done
        });
        Ok(done.await.map_err(|_| Stop::Fault("the local index broke off"))??)
    }

    /// The copy that should have been changed is not there: its page is read again by the next sweep.
    async fn note_gap(&self, id: &str) -> Result<(), Stop> {
        let (table, digits) = id.strip_prefix("att").map_or((PAGES, id), |digits| (FILES, digits));
        let name = super::shelf::of_number(digits.parse().unwrap_or_default());
        let batch = if table == PAGES {
            let Some(row) = self.shelf.get::<PageRow>(table, &name).await? else { return Ok(()) };
            self.shelf.put(Batch::new(), table, &name, &PageRow { gap: true, ..row })
        } else {
            let Some(row) = self.shelf.get::<FileRow>(table, &name).await? else { return Ok(()) };
            self.shelf.put(Batch::new(), table, &name, &FileRow { gap: true, ..row })
        };
        Ok(self.shelf.commit(batch).await?)
    }
}

/// Makes changes durable; answers which copies were to be changed and are not there.
fn change(copies: &dyn Copies, changes: Vec<Change>) -> Result<Vec<String>, CopiesError> {
    let mut lost = Vec::new();
    // Only what is committed can be read, so what was touched since the last commit is committed before it is read.
    let mut touched = HashSet::new();
    for change in changes {
        match change {
            Change::Put(document) => {
                touched.insert(document.id.clone());
                copies.put(*document)?;
            }
            Change::Remove(id) => {
                copies.remove(&id)?;
                touched.insert(id);
            }
            Change::Patch(patch) => match latest(copies, &patch.id, &mut touched)? {
                Some(mut document) => {
                    patch.on(&mut document);
                    copies.put(document)?;
                }
                None => lost.push(patch.id),
            },
            Change::Rename { id, account_id, name } => {
                let Some(mut document) = latest(copies, &id, &mut touched)? else { continue };
                for person in [&mut document.author, &mut document.editor].into_iter().flatten() {
                    if person.account_id == account_id {
                        person.name.clone_from(&name);
                    }
                }
                copies.put(document)?;
            }
        }
    }
    copies.commit()?;
    Ok(lost)
}

/// The copy of that id as it was put last.
fn latest(copies: &dyn Copies, id: &str, touched: &mut HashSet<String>) -> Result<Option<Document>, CopiesError> {
    if touched.contains(id) {
        copies.commit()?;
        touched.clear();
    }
    touched.insert(id.to_owned());
    copies.get(id)
}
