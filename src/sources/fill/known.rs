//! What is remembered of a source: where the pass is, how the runs went, and in which state each article was copied.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::progress::Outcome;
use crate::sources::record::SourceName;
use crate::store::{Batch, Key, Order, Scan, Store, StoreError, Table};

const STATES: Table = Table::new("source-state");
const KNOWN: Table = Table::new("source-known");
/// Records that are gone through at a time.
const MANY: usize = 500;
/// So many runs are remembered.
const MOST_RUNS: usize = 20;

/// Where a source stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SourceState {
    /// The id of the source; one of the same name that was added later has another.
    pub source: String,
    /// Which pass this is or was.
    pub pass: u64,
    /// Where it goes on; `None` between passes.
    pub cursor: Option<String>,
    /// How often in a row the cursor led nowhere.
    pub failures: u32,
    /// Whether something could not be listed in this pass.
    pub holes: bool,
    /// How many articles this pass has seen.
    pub seen: u64,
    /// When the source was last seen from beginning to end.
    pub complete: Option<Timestamp>,
    /// The latest runs, newest last.
    pub runs: Vec<Run>,
}

/// How a run went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// When it began.
    pub begun: Timestamp,
    /// When it ended.
    pub ended: Timestamp,
    /// How.
    pub outcome: Outcome,
}

impl SourceState {
    /// A new pass.
    pub(super) fn begin(&mut self) {
        self.pass += 1;
        self.failures = 0;
        self.holes = false;
        self.seen = 0;
    }
}

/// In which state an article was copied.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Known {
    /// The article.
    pub(super) id: String,
    /// The fingerprint of that state; empty where it could not be read.
    pub(super) fingerprint: String,
    /// The pass that saw it last.
    pub(super) pass: u64,
    /// How many complete listings in a row have not shown it.
    pub(super) missed: u32,
}

/// What is remembered of one source.
pub(super) struct Ledger<'a> {
    pub(super) store: &'a dyn Store,
    pub(super) name: &'a SourceName,
}

impl Ledger<'_> {
    pub(super) async fn state(&self) -> Result<Option<SourceState>, StoreError> {
        state(self.store, self.name).await
    }

    /// What is known of that article.
    pub(super) async fn known(&self, id: &str) -> Result<Option<Known>, StoreError> {
        let found = self.store.get(&self.key(id)).await?;
        // Two ids with one hash there are none; a record that cannot be read is as good as none.
        Ok(found.and_then(|record| serde_json::from_slice(&record.value).ok()))
    }

    /// Adds what is known of an article to a batch.
    pub(super) fn put(&self, batch: Batch, known: &Known) -> Batch {
        batch.put(self.key(&known.id), json(known))
    }

    /// Forgets an article.
    pub(super) fn remove(&self, batch: Batch, id: &str) -> Batch {
        batch.remove(self.key(id))
    }

    /// Adds where the pass is to a batch.
    pub(super) fn put_state(&self, batch: Batch, state: &SourceState) -> Batch {
        batch.put(Key::new(STATES, self.name.as_str()), json(state))
    }

    /// Records after that one, in the order of their keys, with the key to go on after; none at the end.
    pub(super) async fn page(&self, after: Option<&[u8]>) -> Result<(Vec<Known>, Option<Box<[u8]>>), StoreError> {
        let prefix = self.prefix();
        let scan = Scan { table: KNOWN, prefix: &prefix, after, order: Order::Rising, limit: MANY };
        let found = self.store.scan(scan).await?;
        let last = found.last().map(|(key, _)| key.name.clone());
        Ok((found.iter().filter_map(|(_, record)| serde_json::from_slice(&record.value).ok()).collect(), last))
    }

    /// Forgets in which state everything was copied.
    pub(super) async fn forget_known(&self) -> Result<(), StoreError> {
        let prefix = self.prefix();
        loop {
            let scan = Scan { table: KNOWN, prefix: &prefix, after: None, order: Order::Rising, limit: MANY };
            let found = self.store.scan(scan).await?;
            if found.is_empty() {
                return Ok(());
            }
            let batch = found.into_iter().fold(Batch::new(), |batch, (key, _)| batch.remove(key));
            self.store.commit(batch).await?;
        }
    }

    /// Writes down how a run went.
    pub(super) async fn note(
        &self,
        outcome: &Outcome,
        begun: Timestamp,
        ended: Timestamp,
        source: &str,
    ) -> Result<(), StoreError> {
        // What is remembered of another source of this name is not of this one.
        let Some(mut state) = self.state().await?.filter(|state| state.source == source) else { return Ok(()) };
        if outcome.is_complete() {
            state.complete = Some(ended);
        }
        state.runs.push(Run { begun, ended, outcome: outcome.clone() });
        state.runs.drain(..state.runs.len().saturating_sub(MOST_RUNS));
        self.store.commit(self.put_state(Batch::new(), &state)).await
    }

    fn prefix(&self) -> Vec<u8> {
        // No name has a zero in it, so that none is the beginning of another.
        [self.name.as_str().as_bytes(), b"\0"].concat()
    }

    fn key(&self, id: &str) -> Key {
        // Ids may be longer than a key, such as paths.
        Key::new(KNOWN, [self.prefix().as_slice(), &Sha256::digest(id)].concat())
    }
}

/// Where a source stands; `None` before its first run.
pub async fn state(store: &dyn Store, name: &SourceName) -> Result<Option<SourceState>, StoreError> {
    let found = store.get(&Key::new(STATES, name.as_str())).await?;
    Ok(found.and_then(|record| serde_json::from_slice(&record.value).ok()))
}

/// The sources of which something is remembered, whether they are there or not.
pub async fn kept(store: &dyn Store) -> Result<Vec<SourceName>, StoreError> {
    let found = store.scan(Scan::of(STATES, MANY)).await?;
    Ok(found.iter().filter_map(|(key, _)| std::str::from_utf8(&key.name).ok()?.parse().ok()).collect())
}

/// Forgets everything about a source that was removed. Its copies are the index's to delete.
pub async fn forget(store: &dyn Store, name: &SourceName) -> Result<(), StoreError> {
    Ledger { store, name }.forget_known().await?;
    store.commit(Batch::new().remove(Key::new(STATES, name.as_str()))).await
}

/// Notes that copies of a source may be missing: the next pass begins anew and reads every article again.
pub async fn doubt(store: &dyn Store, name: &SourceName) -> Result<(), StoreError> {
    let ledger = Ledger { store, name };
    let mut after: Option<Box<[u8]>> = None;
    loop {
        let (known, last) = ledger.page(after.as_deref()).await?;
        let unread = known.into_iter().map(|known| Known { fingerprint: String::new(), ..known });
        store.commit(unread.fold(Batch::new(), |batch, known| ledger.put(batch, &known))).await?;
        if last.is_none() {
            break;
        }
        after = last;
    }
    let Some(state) = ledger.state().await? else { return Ok(()) };
    store.commit(ledger.put_state(Batch::new(), &SourceState { cursor: None, ..state })).await
}

fn json(value: &impl Serialize) -> Vec<u8> {
    // Texts, numbers and times: nothing that could fail.
    serde_json::to_vec(value).unwrap_or_default()
}
