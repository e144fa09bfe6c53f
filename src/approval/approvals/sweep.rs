//! What happens without anybody asking: recovery at start, expiry, writes that wait for their connection, forgetting.

use jiff::SignedDuration;

use crate::store::StoreError;

use super::super::record::{Record, State};
use super::{Approvals, Loaded, Stuck, usage};

/// How long final records, and with them the way to undo them, are kept.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);
/// How many old records one sweep forgets at most.
const FORGOTTEN_AT_ONCE: usize = 200;

impl Approvals {
    /// Reads what is open. What was being sent, or looked after, when the last process ended has an unknown fate.
    pub(super) async fn recover(&self) -> Result<(), StoreError> {
        for id in self.open_ids().await? {
            let loaded = match self.load(&id).await {
                Ok(Some(loaded)) => loaded,
                Ok(None) => continue,
                Err(StoreError::Damaged { .. }) => {
                    tracing::error!(%id, "the record of a write is damaged; it is not sent");
                    continue;
                }
                Err(error) => return Err(error),
            };
            self.remember(&loaded.record);
            if matches!(loaded.record.state, State::Executing | State::Reconciling) {
                let mut entry = self.entry(&loaded.record, "sluice", "unknown");
                entry.why = Some("the process ended before it was known".into());
                match self.change(&loaded, entry, Record::becomes_unknown).await {
                    Ok(_) | Err(Stuck::Moved | Stuck::Impossible { .. }) => {}
                    Err(Stuck::Store(error)) => return Err(error),
                }
            }
        }
        Ok(())
    }

    /// Carries out and looks after whatever waits for a connection that is open.
    pub async fn take_up(&self) {
        if let Err(error) = self.sweep().await {
            tracing::error!(%error, "the queue of writes cannot be swept");
        }
    }

    /// Ends what ran out of time, begins what waits, forgets what is old. Call it every few seconds.
    pub async fn sweep(&self) -> Result<(), StoreError> {
        for id in self.open_ids().await? {
            // A damaged record is reported when it is opened; the others go on.
            let Ok(Some(loaded)) = self.load(&id).await else { continue };
            self.sweep_one(&loaded).await?;
        }
        self.forget_rest().await?;
        usage::drop_old(self.store(), self.now()).await?;
        self.drop_ended_grants().await
    }

    async fn sweep_one(&self, loaded: &Loaded) -> Result<(), StoreError> {
        let record = &loaded.record;
        match record.state {
            State::Pending if self.is_past(record, record.asked.decide_by) => {
                self.end(loaded, State::Expired, "sluice", "nobody decided in time").await
            }
            State::Approved if record.execute_by.is_some_and(|moment| self.now() >= moment) => {
                self.end(loaded, State::Expired, "sluice", "it could not be sent in time").await
            }
            State::Approved => {
                self.start(record);
                Ok(())
            }
            // Sent or looked for, but by nobody any more: whoever is at it keeps it busy.
            State::Unknown | State::Executing | State::Reconciling => {
                self.look_after(record);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Forgets final records that are older than 30 days, and with them the way to undo them; how many.
    pub async fn forget_old(&self) -> Result<usize, StoreError> {
        let now = self.now();
        let old = |record: &Record| record.state.is_final() && now.duration_since(record.asked.at) >= KEPT;
        let found = self.oldest(old, FORGOTTEN_AT_ONCE).await?;
        for loaded in &found {
            match self.forget(loaded).await {
                Ok(()) | Err(Stuck::Moved | Stuck::Impossible { .. }) => {}
                Err(Stuck::Store(error)) => return Err(error),
            }
        }
        Ok(found.len())
    }
}
