//! The queue of writes: every write has a durable record here, and every view of it reads this one truth.

mod announcer;
mod ask;
mod decide;
mod forget;
mod ports;
mod profiles;
mod shelf;
mod steps;
mod sweep;
mod usage;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use tokio::sync::broadcast;
use tokio_util::task::TaskTracker;

use crate::audit::Entry;
use crate::clock::Clock;
use crate::domain::digest::Digest;
use crate::domain::ids::ApprovalId;
use crate::policy::ask::AgentId;
use crate::store::{Store, StoreError};

use super::record::{Record, State};
use usage::Counts;

pub use announcer::{Announcer, Quiet};
pub use ask::{AskError, Wanted};
pub use decide::{DecideError, Pause};
pub use forget::Forgotten;
pub use shelf::{Loaded, Stuck};

/// How many changes a slow listener may be behind before it has to read anew.
const CHANGES: usize = 1024;

/// All writes of one data directory.
pub struct Approvals {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    announcer: Arc<dyn Announcer>,
    open: Mutex<BTreeMap<ApprovalId, Open>>,
    counts: Mutex<Counts>,
    lines: Mutex<BTreeMap<String, Weak<dyn Carrier>>>,
    changes: broadcast::Sender<Change>,
    latest: Mutex<(Timestamp, Duration)>,
    texts: Mutex<BTreeSet<Digest>>,
    tasks: TaskTracker,
    busy: Mutex<BTreeSet<ApprovalId>>,
    farewells: Mutex<BTreeMap<ApprovalId, Record>>,
    /// Held while a disconnected site is forgotten, so that what is counted is counted once.
    forgetting: tokio::sync::Mutex<()>,
}

/// What is remembered of a record that is not final.
struct Open {
    agent: AgentId,
    state: State,
    /// How many bytes of its request lie beside it.
    bytes: usize,
    /// When this process first saw it, by the clock that nobody can set back.
    seen: Duration,
}

/// A record has changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Which.
    pub id: ApprovalId,
    /// Whose.
    pub agent: AgentId,
    /// How far it has come.
    pub state: State,
}

/// Carries approved writes of one connection out, and finds out what became of those whose answer was lost.
pub trait Carrier: Send + Sync {
    /// Sends an approved write, or does nothing where it may not be sent.
    fn carry_out(self: Arc<Self>, id: ApprovalId) -> BoxFuture<'static, ()>;

    /// Reads what became of a write whose fate is unknown.
    fn reconcile(self: Arc<Self>, id: ApprovalId) -> BoxFuture<'static, ()>;
}

/// Marks a record as busy until it is dropped: whatever the number of lines, one of them is at it.
pub(super) struct Busy<'a> {
    approvals: &'a Approvals,
    id: ApprovalId,
}

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        lock(&self.approvals.busy).remove(&self.id);
    }
}

impl Approvals {
    /// Opens the queue of a store. What was being sent when the last process ended has an unknown fate from now on.
    /// The announcer has its say in every commit by which a write begins or ceases to wait for a person.
    pub async fn open(
        store: Arc<dyn Store>,
        clock: Arc<dyn Clock>,
        announcer: Arc<dyn Announcer>,
    ) -> Result<Arc<Self>, StoreError> {
        let (changes, _) = broadcast::channel(CHANGES);
        let latest = shelf::latest(&*store).await?.unwrap_or(Timestamp::MIN).max(clock.now());
        let steady = clock.steady();
        let approvals = Self {
            counts: Mutex::new(usage::read(&*store, latest).await?),
            store,
            clock,
            announcer,
            open: Mutex::default(),
            lines: Mutex::default(),
            changes,
            latest: Mutex::new((latest, steady)),
            texts: Mutex::default(),
            tasks: TaskTracker::new(),
            busy: Mutex::default(),
            farewells: Mutex::default(),
            forgetting: tokio::sync::Mutex::default(),
        };
        approvals.recover().await?;
        Ok(Arc::new(approvals))
    }

    /// The record of that id, whoever asks; of one that went with its site, how it ended.
    pub async fn get(&self, id: &ApprovalId) -> Result<Option<Record>, StoreError> {
        Ok(self.load(id).await?.map(|loaded| loaded.record).or_else(|| self.farewell(id)))
    }

    /// The agent's own record of that id; another's looks like none.
    pub async fn own(&self, agent: &AgentId, id: &ApprovalId) -> Result<Option<Record>, StoreError> {
        Ok(self.get(id).await?.filter(|record| record.asked.agent == *agent))
    }

    /// Waits until `enough` holds of the record, or for so long, and gives the record as it is then.
    pub async fn wait(
        &self,
        id: &ApprovalId,
        how_long: Duration,
        enough: impl Fn(State) -> bool,
    ) -> Result<Option<Record>, StoreError> {
        let mut changes = self.changes.subscribe();
        let over = self.clock.sleep(how_long);
        tokio::pin!(over);
        loop {
            match self.get(id).await? {
                Some(record) if !enough(record.state) => {}
                settled => return Ok(settled),
            }
            loop {
                tokio::select! {
                    biased;
                    change = changes.recv() => match change {
                        Ok(change) if change.id != *id => {}
                        // One of ours, or some were missed: read again.
                        _ => break,
                    },
                    () = &mut over => return self.get(id).await,
                }
            }
        }
    }

    /// Every change from now on.
    pub fn changes(&self) -> broadcast::Receiver<Change> {
        self.changes.subscribe()
    }

    /// Lets a connection's writes be carried out by `line` as long as it lives, beginning with those that wait for it.
    pub fn attach(self: &Arc<Self>, connection: &str, line: &Arc<impl Carrier + 'static>) {
        let line: Arc<dyn Carrier> = Arc::clone(line) as Arc<dyn Carrier>;
        lock(&self.lines).insert(connection.to_owned(), Arc::downgrade(&line));
        let approvals = Arc::clone(self);
        self.tasks.spawn(async move { approvals.take_up().await });
    }

    /// The line to a connection, where it is open.
    fn line(&self, connection: &str) -> Option<Arc<dyn Carrier>> {
        lock(&self.lines).get(connection)?.upgrade()
    }

    /// Begins with a record, unless somebody is at it.
    pub(super) fn begin(&self, id: &ApprovalId) -> Option<Busy<'_>> {
        lock(&self.busy).insert(id.clone()).then(|| Busy { approvals: self, id: id.clone() })
    }

    /// Begins to carry an approved write out, whether or not anybody waits for it.
    pub(super) fn start(&self, record: &Record) {
        if let Some(line) = self.line(&record.asked.connection) {
            self.tasks.spawn(line.carry_out(record.asked.id.clone()));
        }
    }

    /// Begins to find out what became of a write.
    pub(super) fn look_after(&self, record: &Record) {
        if let Some(line) = self.line(&record.asked.connection) {
            self.tasks.spawn(line.reconcile(record.asked.id.clone()));
        }
    }

    /// Waits until everything that was begun has ended.
    pub async fn finish(&self) {
        self.tasks.close();
        self.tasks.wait().await;
        self.tasks.reopen();
    }

    /// Random, so that nobody can guess one.
    pub fn new_id(&self) -> Result<ApprovalId, StoreError> {
        let mut bits = [0; 16];
        getrandom::fill(&mut bits)
            .map_err(|_| StoreError::Stopped { why: "the system gives no random bits".into() })?;
        Ok(ApprovalId::of(u128::from_be_bytes(bits)))
    }

    /// What these writes are kept in.
    pub fn store(&self) -> &dyn Store {
        &*self.store
    }

    /// The time, never earlier than anything that was written down, and never at a stand: a clock that is set back
    /// revives nothing, and nothing waits until it has caught up.
    pub fn now(&self) -> Timestamp {
        let mut latest = lock(&self.latest);
        let steady = self.clock.steady();
        let (then, seen) = *latest;
        let since = then.saturating_add(steady.saturating_sub(seen)).unwrap_or(then);
        *latest = (since.max(self.clock.now()), steady);
        latest.0
    }

    /// Whether a moment that a record names has passed, by the calendar or by the clock that cannot be set.
    fn is_past(&self, record: &Record, moment: Timestamp) -> bool {
        let allowed = moment.duration_since(record.asked.at).unsigned_abs();
        let seen = lock(&self.open).get(&record.asked.id).map(|open| open.seen);
        let waited = seen.map(|seen| self.clock.steady().saturating_sub(seen));
        self.now() >= moment || waited.is_some_and(|waited| waited >= allowed)
    }

    /// A row about a record.
    fn entry(&self, record: &Record, who: &str, event: &str) -> Entry {
        let asked = &record.asked;
        Entry {
            tool: Some(asked.tool.clone()),
            class: Some(asked.effect),
            profile: Some(asked.profile.clone()),
            revision: Some(asked.revision),
            approval: Some(asked.id.clone()),
            digest: Some(asked.request.digest()),
            target: Some(asked.target_id()),
            ..Entry::new(self.now(), who, event)
        }
    }

    /// The fingerprint by which equal requests find the same record.
    pub fn same(agent: &AgentId, tool: &str, arguments: &str, connection: &str) -> Digest {
        Digest::of([agent.as_str().as_bytes(), tool.as_bytes(), arguments.as_bytes(), connection.as_bytes()])
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
