//! What a site leaves when it is disconnected: what waits is ended, and what is known of its writes is removed.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::audit::Entry;
use crate::domain::digest::Digest;
use crate::domain::ids::ApprovalId;
use crate::store::{Batch, Key, Order, Scan, StoreError, Table};

use super::super::record::{Kept, Known, Outcome, Record, State};
use super::super::undo::Undo;
use super::shelf::{BY_TIME, id_at_end};
use super::{Approvals, Loaded, Stuck, lock};

/// Connections of which something is still to be removed, by the fingerprint of their name.
const DISCONNECTED: Table = Table::new("disconnected");
/// Ids that are remembered as left; where there are more, the records are looked through anew.
const MOST_LEFT: usize = 2000;
/// Records read from the store at once.
const PAGE: usize = 256;
/// Endings that are kept in memory for agents that may still ask.
const MOST_FAREWELLS: usize = 1000;

/// What became of a connection's records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forgotten {
    /// Waited, or were approved and not sent, and are cancelled.
    pub closed: usize,
    /// Are no longer in the store, those that were closed among them.
    pub removed: usize,
    /// Are being sent, or need a person to look, and go as soon as their end is known.
    pub left: usize,
}

/// A connection whose records go. Those of a later connection of the same name stay.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Disconnected {
    connection: String,
    by: String,
    at: Timestamp,
    /// Those that were not at their end; `None` before all were looked through.
    left: Option<Vec<ApprovalId>>,
}

impl Disconnected {
    fn key(&self) -> Key {
        Key::new(DISCONNECTED, Digest::of([self.connection.as_bytes()]).to_string())
    }

    fn written(&self) -> Vec<u8> {
        // Strings and times can always be written.
        serde_json::to_vec(self).unwrap_or_default()
    }

    fn concerns(&self, record: &Record) -> bool {
        record.asked.connection == self.connection && record.asked.at <= self.at
    }
}

impl Approvals {
    /// Forgets a connection: nothing is sent over it any more, what waits or was approved is cancelled, and every record
    /// at its end is removed with all that lies beside it. What is being sent is left to finish, and what only a person
    /// can tell about is left to that person; both go then, after a restart as well. The audit trail keeps its rows.
    ///
    /// Nobody reads what was removed through the store any more. On disk its sealed bytes last until the database writes
    /// over them, which cannot be asked for; a store that is made anew from a backup is without them.
    ///
    /// Agents that wait are told: until the process ends, their own records can be read as they ended.
    pub async fn forget_connection(&self, connection: &str, who: &str) -> Result<Forgotten, StoreError> {
        let _alone = self.forgetting.lock().await;
        lock(&self.lines).remove(connection);
        let (connection, by, at) = (connection.to_owned(), who.to_owned(), self.now());
        let gone = Disconnected { connection, by, at, left: None };
        let entry = Entry { why: Some(gone.connection.clone()), ..Entry::new(at, who, "disconnected") };
        self.store.commit(Batch::new().put(gone.key(), gone.written()).append(entry.row())).await?;
        self.forget_all(gone).await
    }

    /// Goes on where something of a disconnected site was left.
    pub(super) async fn forget_rest(&self) -> Result<(), StoreError> {
        let Ok(_alone) = self.forgetting.try_lock() else { return Ok(()) };
        for (key, found) in self.store.scan(Scan::of(DISCONNECTED, PAGE)).await? {
            if let Ok(gone) = serde_json::from_slice::<Disconnected>(&found.value) {
                self.forget_all(gone).await?;
            } else {
                tracing::error!("which site was disconnected cannot be read; disconnect it again");
                self.store.commit(Batch::new().remove(key)).await?;
            }
        }
        Ok(())
    }

    async fn forget_all(&self, gone: Disconnected) -> Result<Forgotten, StoreError> {
        let ids = match &gone.left {
            Some(left) => left.clone(),
            None => self.ids_of(&gone).await?,
        };
        let (mut forgotten, mut left) = (Forgotten::default(), Vec::new());
        for id in ids {
            // A damaged one was reported; what became of it nobody can say.
            let Ok(Some(loaded)) = self.load(&id).await else { continue };
            let was_open = !loaded.record.state.is_final() || gone.left.is_some();
            let closed = self.close(&loaded, &gone.by).await?;
            forgotten.closed += usize::from(closed);
            let Some(loaded) = self.load(&id).await? else { continue };
            if !loaded.record.state.is_final() {
                left.push(id);
                continue;
            }
            if was_open {
                self.say_farewell(&loaded.record);
            }
            match self.forget(&loaded).await {
                Ok(()) => forgotten.removed += 1,
                Err(Stuck::Moved | Stuck::Impossible { .. }) => left.push(id),
                Err(Stuck::Store(error)) => return Err(error),
            }
        }
        forgotten.left = left.len();
        self.note_forgotten(gone, forgotten, left).await?;
        Ok(forgotten)
    }

    /// Keeps how a record ended in memory, without what lay beside it, so that whoever waits for it is told.
    fn say_farewell(&self, record: &Record) {
        let mut record = record.clone();
        let asked = &mut record.asked;
        for kept in [&mut asked.preview, &mut asked.arguments, &mut asked.body] {
            *kept = Kept::Here(String::new());
        }
        (asked.before, asked.steps) = (None, None);
        asked.undo = Undo::ByHand("the site was disconnected".to_owned());
        let mut farewells = lock(&self.farewells);
        if farewells.len() >= MOST_FAREWELLS {
            farewells.pop_first();
        }
        farewells.insert(record.asked.id.clone(), record);
    }

    /// How a record ended that is no longer in the store.
    pub(super) fn farewell(&self, id: &ApprovalId) -> Option<Record> {
        lock(&self.farewells).get(id).cloned()
    }

    /// Ends what was not sent; whether it did. What nobody can look after any more is a person's turn.
    async fn close(&self, loaded: &Loaded, who: &str) -> Result<bool, StoreError> {
        let id = &loaded.record.asked.id;
        if loaded.record.state.may_become(State::Cancelled) {
            self.end(loaded, State::Cancelled, who, "the site was disconnected").await?;
        }
        let Some(now) = self.load(id).await? else { return Ok(false) };
        if now.record.state.is_under_way()
            && self.line(&now.record.asked.connection).is_none()
            && let Some(_busy) = self.begin(id)
        {
            self.leave_to_a_person(now).await?;
            return Ok(false);
        }
        Ok(loaded.record.state != State::Cancelled && now.record.state == State::Cancelled)
    }

    async fn leave_to_a_person(&self, mut loaded: Loaded) -> Result<(), StoreError> {
        let now = self.now();
        let why = "the site was disconnected before it was known whether it took effect";
        for state in [State::Unknown, State::NeedsHuman] {
            if !loaded.record.state.may_become(state) {
                continue;
            }
            let edit = |record: &mut Record| {
                if state == State::Unknown {
                    record.becomes_unknown();
                }
                record.state = state;
                record.outcome = Some(Outcome {
                    code: Some("needs_human".to_owned()),
                    message: Some(why.to_owned()),
                    ..Outcome::known(now, Known::Found)
                });
            };
            loaded = match self.moved(&loaded, state, Some("needs_human".to_owned()), edit).await {
                Ok(loaded) => loaded,
                Err(Stuck::Moved | Stuck::Impossible { .. }) => return Ok(()),
                Err(Stuck::Store(error)) => return Err(error),
            };
        }
        Ok(())
    }

    /// Remembers what is left, or that nothing is; what was done stands in the trail.
    async fn note_forgotten(
        &self,
        gone: Disconnected,
        forgotten: Forgotten,
        left: Vec<ApprovalId>,
    ) -> Result<(), StoreError> {
        let Forgotten { closed, removed, left: many } = forgotten;
        let batch = match left.len() {
            0 => Batch::new().remove(gone.key()),
            number => {
                let left = (number <= MOST_LEFT).then_some(left);
                if gone.left == left {
                    return Ok(());
                }
                let gone = Disconnected { left, ..gone.clone() };
                Batch::new().put(gone.key(), gone.written())
            }
        };
        let why = format!("{}: {closed} cancelled, {removed} removed, {many} left", gone.connection);
        let entry = Entry { why: Some(why), ..Entry::new(self.now(), gone.by, "forgotten") };
        self.store.commit(batch.append(entry.row())).await
    }

    /// The ids of a connection's records, oldest first.
    async fn ids_of(&self, gone: &Disconnected) -> Result<Vec<ApprovalId>, StoreError> {
        let mut ids = Vec::new();
        let mut after: Option<Box<[u8]>> = None;
        loop {
            let scan = Scan { table: BY_TIME, prefix: &[], after: after.as_deref(), order: Order::Rising, limit: PAGE };
            let found = self.store.scan(scan).await?;
            let Some((end, _)) = found.last() else { return Ok(ids) };
            after = Some(end.name.clone());
            for (key, _) in &found {
                let Some(id) = id_at_end(&key.name) else { continue };
                match self.load(&id).await {
                    Ok(loaded) => ids.extend(loaded.filter(|loaded| gone.concerns(&loaded.record)).map(|_| id)),
                    Err(StoreError::Damaged { .. }) => {}
                    Err(error) => return Err(error),
                }
            }
        }
    }
}
