//! How records lie in the store: one by id, beside it the lists it stands in, changed together or not at all.

use jiff::Timestamp;

use crate::audit::Entry;
use crate::domain::digest::Digest;
use crate::domain::ids::ApprovalId;
use crate::store::{Batch, Expected, Key, Order, Scan, Store, StoreError, Table, Version};

use super::super::record::{Record, State};
use super::{Approvals, Change, Open, lock, usage};

/// Records by id.
const RECORDS: Table = Table::new("approval");
/// Ids of records that are not final.
const OPEN: Table = Table::new("approval-open");
/// Ids by agent, then time.
const BY_AGENT: Table = Table::new("approval-agent");
/// Ids by time.
pub(super) const BY_TIME: Table = Table::new("approval-time");
/// The latest id by what makes equal requests equal.
const SAME: Table = Table::new("approval-same");

/// A record and the version it was read at.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The record.
    pub record: Record,
    version: Version,
}

/// Why a record was not changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Stuck {
    /// Somebody else changed it first.
    #[error("somebody else changed the record first")]
    Moved,
    /// The state it would get does not follow the one it has.
    #[error("a record that is {from} never becomes {to}")]
    Impossible {
        /// The state it has.
        from: State,
        /// The state it would get.
        to: State,
    },
    /// The store did not take it.
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for Stuck {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Conflict { .. } => Self::Moved,
            error => Self::Store(error),
        }
    }
}

/// The record as the store keeps it.
fn written(record: &Record) -> Vec<u8> {
    // Records hold text, numbers and times alone.
    serde_json::to_vec(record).unwrap_or_default()
}

/// A time as a name that sorts.
pub(super) fn moment(at: Timestamp) -> [u8; 8] {
    // Milliseconds since the year 10000 BC fit, and are never negative.
    let since = at.as_millisecond().saturating_sub(Timestamp::MIN.as_millisecond());
    since.unsigned_abs().to_be_bytes()
}

fn by_agent(record: &Record) -> Key {
    let asked = &record.asked;
    let agent = asked.agent.as_str().as_bytes();
    Key::new(BY_AGENT, [agent, &[0], &moment(asked.at), asked.id.as_str().as_bytes()].concat())
}

fn by_time(record: &Record) -> Key {
    Key::new(BY_TIME, [&moment(record.asked.at), record.asked.id.as_str().as_bytes()].concat())
}

fn same(fingerprint: Digest) -> Key {
    Key::new(SAME, fingerprint.to_string())
}

/// When the newest row of the log was written.
pub(super) async fn latest(store: &dyn Store) -> Result<Option<Timestamp>, StoreError> {
    let (_, newest) = store.log_ends().await?;
    let rows = store.rows(newest.number, 1).await?;
    Ok(rows.first().and_then(|row| serde_json::from_slice::<Entry>(&row.text).ok()).map(|entry| entry.at))
}

impl Approvals {
    pub(in crate::approval) async fn load(&self, id: &ApprovalId) -> Result<Option<Loaded>, StoreError> {
        let Some(found) = self.store.get(&Key::new(RECORDS, id.as_str())).await? else { return Ok(None) };
        match serde_json::from_slice::<Record>(&found.value) {
            Ok(record) if record.asked.id == *id => Ok(Some(Loaded { record, version: found.version })),
            Ok(_) => {
                tracing::error!(%id, "the record of a write says that it is another's");
                Err(StoreError::Damaged { table: RECORDS.name() })
            }
            Err(error) => {
                tracing::error!(%id, %error, "the record of a write cannot be read");
                Err(StoreError::Damaged { table: RECORDS.name() })
            }
        }
    }

    /// The latest record of an equal request.
    pub(super) async fn latest_same(&self, fingerprint: Digest) -> Result<(Expected, Option<Record>), StoreError> {
        let Some(found) = self.store.get(&same(fingerprint)).await? else { return Ok((Expected::Absent, None)) };
        let id = String::from_utf8_lossy(&found.value).parse().ok();
        let known = match id {
            Some(id) => self.get(&id).await?,
            None => None,
        };
        Ok((Expected::At(found.version), known))
    }

    /// Writes a new record, as long as the latest equal one still is what it was.
    pub(super) async fn add(&self, record: Record, same_is: Expected, batch: Batch) -> Result<Loaded, Stuck> {
        let id = record.asked.id.as_str();
        let key = Key::new(RECORDS, id);
        let batch = batch
            .expect(key.clone(), Expected::Absent)
            .expect(same(record.asked.same), same_is)
            .put(same(record.asked.same), id.to_owned())
            .put(Key::new(OPEN, id), Vec::new())
            .put(by_agent(&record), Vec::new())
            .put(by_time(&record), Vec::new())
            .put(key, written(&record));
        self.store.commit(batch).await?;
        self.tell(&record);
        self.load(&record.asked.id).await?.ok_or(Stuck::Moved)
    }

    /// Changes a record that nobody else has changed since it was read, and writes `entry` in the same moment.
    pub(super) async fn change(
        &self,
        loaded: &Loaded,
        entry: Entry,
        edit: impl FnOnce(&mut Record) + Send,
    ) -> Result<Loaded, Stuck> {
        let from = loaded.record.state;
        let mut record = loaded.record.clone();
        edit(&mut record);
        if record.state != from && !from.may_become(record.state) {
            return Err(Stuck::Impossible { from, to: record.state });
        }
        record.revision = record.revision.saturating_add(1);
        let id = record.asked.id.as_str();
        let key = Key::new(RECORDS, id);
        let mut batch = Batch::new()
            .expect(key.clone(), Expected::At(loaded.version))
            .put(key, written(&record))
            .append(entry.row());
        if record.state.is_final() {
            batch = batch.remove(Key::new(OPEN, id));
        }
        batch = usage::counted(batch, &record);
        if from == State::Pending && record.state != State::Pending {
            batch = self.announcer.withdraw(batch, &record);
        }
        self.store.commit(batch).await?;
        if usage::had_no_effect(&record) {
            self.uncount(&record.asked.agent, &record.asked.id);
        }
        self.tell(&record);
        self.load(&record.asked.id).await?.ok_or(Stuck::Moved)
    }

    /// Moves a record on while it is carried out, with a row about it.
    pub(in crate::approval) async fn moved(
        &self,
        loaded: &Loaded,
        state: State,
        code: Option<String>,
        edit: impl FnOnce(&mut Record) + Send,
    ) -> Result<Loaded, Stuck> {
        let entry = Entry { why: code, ..self.entry(&loaded.record, loaded.record.asked.agent.as_str(), state.word()) };
        self.change(loaded, entry, edit).await
    }

    /// Notes that a write was undone; one that is gone, or was changed at the same moment, is noted the next time.
    pub(in crate::approval) async fn mark_undone(&self, id: &ApprovalId, by: &ApprovalId) -> Result<(), StoreError> {
        let Some(loaded) = self.load(id).await? else { return Ok(()) };
        let entry = Entry { why: Some(by.to_string()), ..self.entry(&loaded.record, "sluice", "undone") };
        match self.change(&loaded, entry, |record| record.undone_by = Some(by.clone())).await {
            Ok(_) | Err(Stuck::Moved | Stuck::Impossible { .. }) => Ok(()),
            Err(Stuck::Store(error)) => Err(error),
        }
    }

    /// Tells whoever listens, and remembers what is open.
    fn tell(&self, record: &Record) {
        let asked = &record.asked;
        if record.state.is_final() {
            lock(&self.open).remove(&asked.id);
        } else {
            self.remember(record);
        }
        // Nobody has to listen.
        let _ = self.changes.send(Change { id: asked.id.clone(), agent: asked.agent.clone(), state: record.state });
    }

    pub(super) fn remember(&self, record: &Record) {
        let seen = self.clock.steady();
        let asked = &record.asked;
        lock(&self.open)
            .entry(asked.id.clone())
            .or_insert_with(|| Open { agent: asked.agent.clone(), state: record.state, bytes: asked.beside(), seen })
            .state = record.state;
    }

    /// The ids of open records, as the store has them.
    pub(super) async fn open_ids(&self) -> Result<Vec<ApprovalId>, StoreError> {
        let found = self.store.scan(Scan::of(OPEN, usize::MAX)).await?;
        Ok(found.iter().filter_map(|(key, _)| id_at_end(&key.name)).collect())
    }

    /// Every record that is not final, oldest first. One that is damaged was reported when the queue was opened, and is
    /// passed over.
    pub async fn unfinished(&self) -> Result<Vec<Record>, StoreError> {
        let mut list = Vec::new();
        for id in self.open_ids().await? {
            match self.get(&id).await {
                Ok(record) => list.extend(record.filter(|record| !record.state.is_final())),
                Err(StoreError::Damaged { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        list.sort_by(|one, other| (one.asked.at, &one.asked.id).cmp(&(other.asked.at, &other.asked.id)));
        Ok(list)
    }

    /// Records from the newest on, of one agent or of all.
    pub async fn list(
        &self,
        agent: Option<&crate::policy::ask::AgentId>,
        fits: impl Fn(&Record) -> bool,
        limit: usize,
    ) -> Result<Vec<Record>, StoreError> {
        let (table, prefix) = match agent {
            Some(agent) => (BY_AGENT, [agent.as_str().as_bytes(), &[0]].concat()),
            None => (BY_TIME, Vec::new()),
        };
        let mut list = Vec::new();
        let mut after: Option<Box<[u8]>> = None;
        while list.len() < limit {
            let scan = Scan { table, prefix: &prefix, after: after.as_deref(), order: Order::Falling, limit: 256 };
            let found = self.store.scan(scan).await?;
            let Some((end, _)) = found.last() else { break };
            after = Some(end.name.clone());
            for (key, _) in &found {
                let Some(id) = id_at_end(&key.name) else { continue };
                list.extend(self.get(&id).await?.filter(&fits));
            }
        }
        list.truncate(limit);
        Ok(list)
    }

    /// Records from the oldest on, as long as they fit.
    pub(super) async fn oldest(&self, fits: impl Fn(&Record) -> bool, limit: usize) -> Result<Vec<Loaded>, StoreError> {
        let mut list = Vec::new();
        for (key, _) in self.store.scan(Scan::of(BY_TIME, limit)).await? {
            let Some(id) = id_at_end(&key.name) else { continue };
            match self.load(&id).await? {
                Some(loaded) if fits(&loaded.record) => list.push(loaded),
                _ => break,
            }
        }
        Ok(list)
    }

    /// Forgets a final record and everything that lies beside it.
    pub(super) async fn forget(&self, loaded: &Loaded) -> Result<(), Stuck> {
        let record = &loaded.record;
        let asked = &record.asked;
        for kept in self.parts(asked).await? {
            kept.forget(&*self.store).await?;
        }
        let key = Key::new(RECORDS, asked.id.as_str());
        let batch = Batch::new().expect(key.clone(), Expected::At(loaded.version)).remove(key);
        let batch = batch.remove(by_agent(record)).remove(by_time(record)).remove(Key::new(OPEN, asked.id.as_str()));
        let batch = usage::forgotten(batch, record);
        // An equal request may have a newer record by now.
        let (_, latest) = self.latest_same(asked.same).await?;
        let batch = match latest {
            Some(latest) if latest.asked.id != asked.id => batch,
            _ => batch.remove(same(asked.same)),
        };
        self.store.commit(batch).await?;
        self.uncount(&asked.agent, &asked.id);
        Ok(())
    }
}

pub(super) fn id_at_end(name: &[u8]) -> Option<ApprovalId> {
    let start = name.len().checked_sub("ap-".len() + 26)?;
    std::str::from_utf8(name.get(start..)?).ok()?.parse().ok()
}
