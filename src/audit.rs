//! What was asked, decided and done: rows of the audit trail, and the counts that limits of profiles are held against.

pub mod entry;

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::BoxFuture;
use jiff::{SignedDuration, Timestamp};

use crate::clock::Clock;
use crate::domain::access::AccessClass;
use crate::policy::Usage;
use crate::policy::ask::AgentId;
use crate::policy::ports::{Event, RecordError, Recorder, Row};

pub use entry::Entry;

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Writes rows to the log under the target `sluice::audit` and keeps the counts of the rolling windows in memory.
pub struct LogRecorder {
    clock: Arc<dyn Clock>,
    counts: Mutex<BTreeMap<AgentId, Counts>>,
}

/// An agent's writes: those that succeeded, by time, and those under way, which already count.
#[derive(Default)]
struct Counts {
    writes: VecDeque<Timestamp>,
    deletes: VecDeque<Timestamp>,
    writes_under_way: u32,
    deletes_under_way: u32,
}

impl LogRecorder {
    /// A recorder that takes its time from `clock`.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, counts: Mutex::default() }
    }

    fn count(&self, row: &Row) {
        let delete = u32::from(row.class == AccessClass::Delete);
        let now = self.clock.now();
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let counts = counts.entry(row.agent.clone()).or_default();
        match row.event {
            Event::Intended { .. } => {
                counts.writes_under_way += 1;
                counts.deletes_under_way += delete;
            }
            Event::Done { .. } | Event::Failed { .. } => {
                counts.writes_under_way = counts.writes_under_way.saturating_sub(1);
                counts.deletes_under_way = counts.deletes_under_way.saturating_sub(delete);
                // A write whose fate is unknown counts: it may have happened.
                if matches!(row.event, Event::Done { .. } | Event::Failed { code: "unknown", .. }) {
                    counts.writes.push_back(now);
                    counts.deletes.extend((delete == 1).then_some(now));
                }
            }
            Event::Refused(_) | Event::NotApproved(_) | Event::Reading => {}
        }
    }
}

/// How many of `times` lie within `window` before `now`; forgets the older ones.
fn within(times: &mut VecDeque<Timestamp>, now: Timestamp, window: SignedDuration) -> u32 {
    while times.front().is_some_and(|time| now.duration_since(*time) >= window) {
        times.pop_front();
    }
    u32::try_from(times.len()).unwrap_or(u32::MAX)
}

impl Recorder for LogRecorder {
    fn record(&self, row: Row) -> BoxFuture<'_, Result<(), RecordError>> {
        self.count(&row);
        tracing::info!(
            target: "sluice::audit",
            agent = %row.agent, profile = row.profile, tool = row.tool, class = %row.class, event = ?row.event
        );
        Box::pin(async { Ok(()) })
    }

    fn usage(&self, agent: &AgentId) -> Usage {
        let now = self.clock.now();
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.get_mut(agent).map_or_else(Usage::default, |counts| Usage {
            writes_last_hour: within(&mut counts.writes, now, HOUR).saturating_add(counts.writes_under_way),
            deletes_last_day: within(&mut counts.deletes, now, DAY).saturating_add(counts.deletes_under_way),
        })
    }
}
