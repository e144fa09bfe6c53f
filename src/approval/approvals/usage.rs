//! How much each agent has written lately: what may have happened counts, what certainly has not does not.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::domain::access::AccessClass;
use crate::domain::ids::ApprovalId;
use crate::policy::Usage;
use crate::policy::ask::AgentId;
use crate::store::{Batch, Key, Scan, Store, StoreError, Table};

use super::super::record::{Record, State};
use super::shelf::moment;

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);
/// Writes that were sent, by time; older ones than a day are dropped.
const SENT: Table = Table::new("approval-sent");

/// A write that was sent.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Sent {
    id: ApprovalId,
    agent: AgentId,
    at: Timestamp,
    class: AccessClass,
}

/// The writes of the last day, by agent.
#[derive(Debug, Default)]
pub(super) struct Counts(BTreeMap<AgentId, BTreeMap<ApprovalId, (Timestamp, AccessClass)>>);

impl Counts {
    /// Counts a write that is about to be sent.
    pub(super) fn add(&mut self, agent: &AgentId, id: &ApprovalId, at: Timestamp, class: AccessClass) {
        self.0.entry(agent.clone()).or_default().insert(id.clone(), (at, class));
    }

    /// Counts a write no longer: it took no effect.
    pub(super) fn remove(&mut self, agent: &AgentId, id: &ApprovalId) {
        if let Some(writes) = self.0.get_mut(agent) {
            writes.remove(id);
        }
    }

    /// What an agent has used; forgets what is older than a day.
    pub(super) fn of(&mut self, agent: &AgentId, now: Timestamp) -> Usage {
        let Some(writes) = self.0.get_mut(agent) else { return Usage::default() };
        writes.retain(|_, (at, _)| now.duration_since(*at) < DAY);
        let count = |fits: &dyn Fn(&(Timestamp, AccessClass)) -> bool| {
            u32::try_from(writes.values().filter(|write| fits(write)).count()).unwrap_or(u32::MAX)
        };
        Usage {
            writes_last_hour: count(&|(at, _)| now.duration_since(*at) < HOUR),
            deletes_last_day: count(&|(_, class)| *class == AccessClass::Delete),
        }
    }
}

fn key(record: &Record, at: Timestamp) -> Key {
    Key::new(SENT, [&moment(at), record.asked.id.as_str().as_bytes()].concat())
}

/// Counts in the same commit what a record's new state says of it.
pub(super) fn counted(batch: Batch, record: &Record) -> Batch {
    let Some(at) = record.sent_at else { return batch };
    match record.state {
        State::Executing => {
            let asked = &record.asked;
            let sent = Sent { id: asked.id.clone(), agent: asked.agent.clone(), at, class: asked.effect };
            batch.put(key(record, at), serde_json::to_vec(&sent).unwrap_or_default())
        }
        _ if had_no_effect(record) => batch.remove(key(record, at)),
        _ => batch,
    }
}

/// Counts a write no longer whose record goes.
pub(super) fn forgotten(batch: Batch, record: &Record) -> Batch {
    match record.sent_at {
        Some(at) => batch.remove(key(record, at)),
        None => batch,
    }
}

/// Whether the record says that the write certainly took no effect.
pub(super) const fn had_no_effect(record: &Record) -> bool {
    use State::{Approved, Cancelled, Conflict, Expired, Failed};
    matches!(record.state, Approved | Failed | Conflict | Expired | Cancelled)
}

/// The counts as the store has them.
pub(super) async fn read(store: &dyn Store, now: Timestamp) -> Result<Counts, StoreError> {
    let mut counts = Counts::default();
    let since = moment(now - DAY);
    let scan = Scan { after: Some(&since), ..Scan::of(SENT, usize::MAX) };
    for (_, record) in store.scan(scan).await? {
        if let Ok(sent) = serde_json::from_slice::<Sent>(&record.value) {
            counts.add(&sent.agent, &sent.id, sent.at, sent.class);
        }
    }
    Ok(counts)
}

/// Drops from the store what no window holds any more.
pub(super) async fn drop_old(store: &dyn Store, now: Timestamp) -> Result<(), StoreError> {
    let before = moment(now - DAY);
    let found = store.scan(Scan::of(SENT, 1000)).await?;
    let old = found.into_iter().map(|(key, _)| key).take_while(|key| &*key.name < before.as_slice());
    let batch = old.fold(Batch::new().soon(), Batch::remove);
    store.commit(batch).await
}
