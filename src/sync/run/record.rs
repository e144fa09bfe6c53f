//! What is kept of a run that has ended.

use jiff::Timestamp;

use crate::store::Batch;
use crate::sync::plan::Kind;
use crate::sync::plan::facts::SiteRow;
use crate::sync::shelf::{HISTORY, SITE, of_number};
use crate::sync::status::{Ended, Outcome, Phase, RunRecord, Stop};

use super::Sync;
use super::work::Whole;

impl Sync {
    /// Writes down how a run ended and tells the status.
    pub(super) async fn record(&self, kind: Kind, began: Timestamp, done: Result<Whole, Stop>) -> Outcome {
        let status = self.status();
        let site = self.shelf.get::<SiteRow>(SITE, "").await.ok().flatten().unwrap_or_default();
        let (how, stopped) = match done {
            Ok(Whole::Yes) => (Ended::Done, None),
            Ok(Whole::No) => (Ended::Incomplete, None),
            Err(Stop::Cancelled) => (Ended::Cancelled, Some(Stop::Cancelled)),
            Err(stop) => (Ended::Failed, Some(stop)),
        };
        let first_trouble = || status.troubles.first().map(|trouble| trouble.what.clone());
        let why = match (how, &stopped) {
            (_, Some(stop)) => Some(stop.to_string()),
            (Ended::Incomplete, None) => first_trouble(),
            _ => None,
        };
        let is_down = stopped.as_ref().is_some_and(Stop::is_down);
        let ended = self.reader.clock.now();
        let record = RunRecord {
            number: site.runs + 1,
            kind,
            began,
            ended,
            how,
            why,
            written: status.written,
            removed: status.removed,
            requests: status.requests,
            points: status.points,
            errors: status.errors,
            down_since: is_down.then(|| status.down_since().unwrap_or(ended)),
            troubles: status.troubles,
        };
        let numbered = SiteRow { runs: record.number, ..site };
        let batch = self.shelf.put(Batch::new(), SITE, "", &numbered);
        let batch = self.shelf.put(batch, HISTORY, &of_number(record.number), &record);
        if let Err(error) = self.shelf.commit(batch).await {
            tracing::error!(%error, "the end of a sync could not be written down");
        }
        self.reader.status.send_modify(|status| {
            (status.phase, status.kind, status.waits_until, status.seconds_left) = (Phase::Idle, None, None, None);
            (status.synced, status.swept, status.last) = (numbered.synced, numbered.swept, Some(record.clone()));
            status.damage = super::mend::of(&numbered);
        });
        tracing::info!(?kind, ?how, why = record.why, written = record.written, removed = record.removed, "sync ended");
        Outcome { record, stopped }
    }
}
