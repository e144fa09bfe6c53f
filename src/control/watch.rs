//! Shows what waits, and then whatever is asked or changes, as it happens.

use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc;

use super::{ControlError, Desk, Reply};
use crate::approval::State;
use crate::approval::record::Record;

/// How many that wait are shown at first.
const MOST: usize = 500;

impl Desk {
    pub(super) async fn watch(&self, replies: &mpsc::Sender<Reply>) -> Result<(), ControlError> {
        let approvals = &self.parts.approvals;
        let mut changes = approvals.changes();
        if !self.show_waiting(replies).await? {
            return Ok(());
        }
        loop {
            let change = tokio::select! {
                change = changes.recv() => change,
                () = replies.closed() => return Ok(()),
            };
            let going = match change {
                Ok(change) => match approvals.get(&change.id).await? {
                    Some(record) => self.tell(&record, replies).await?,
                    None => true,
                },
                // Some were missed: whatever waits is shown again.
                Err(RecvError::Lagged(_)) => self.show_waiting(replies).await?,
                Err(RecvError::Closed) => return Ok(()),
            };
            if !going {
                return Ok(());
            }
        }
    }

    /// Everything that waits for a person, oldest first; whether anybody still listens.
    async fn show_waiting(&self, replies: &mpsc::Sender<Reply>) -> Result<bool, ControlError> {
        let waits = |record: &Record| matches!(record.state, State::Pending | State::NeedsHuman);
        for record in self.parts.approvals.list(None, waits, MOST).await?.iter().rev() {
            if !self.tell(record, replies).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn tell(&self, record: &Record, replies: &mpsc::Sender<Reply>) -> Result<bool, ControlError> {
        let shown = self.show(record).await?;
        Ok(replies.send(Reply::Shown(Box::new(shown))).await.is_ok())
    }
}
