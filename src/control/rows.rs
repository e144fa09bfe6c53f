//! Shows and checks the audit trail, and checks and backs up the store it lies in.

use std::path::Path;
use std::sync::Arc;

use tokio::sync::mpsc;

use super::{ControlError, Desk, Reply};
use crate::audit::{Broken, Filter, Known, Shown};
use crate::store::backup::backup;
use crate::store::check::{Checked, check};
use crate::store::embedded::EmbeddedStore;

/// Bytes of rows that are read at once.
const AT_ONCE: usize = 256 * 1024;
/// How many of the newest rows are shown at most.
const MOST: usize = 10_000;

impl Desk {
    pub(super) async fn newest_rows(
        &self,
        filter: &Filter,
        limit: usize,
        replies: &mpsc::Sender<Reply>,
    ) -> Result<(), ControlError> {
        let shown = self.parts.trail.show(filter, limit.min(MOST)).await?;
        send(shown, replies).await;
        // Whoever left needs no end.
        let _ = replies.send(Reply::Done).await;
        Ok(())
    }

    pub(super) async fn all_rows(&self, filter: &Filter, replies: &mpsc::Sender<Reply>) -> Result<(), ControlError> {
        let mut after = Some(0);
        while let Some(number) = after.filter(|_| !replies.is_closed()) {
            let (rows, next) = self.parts.trail.next(filter, number, AT_ONCE).await?;
            send(rows, replies).await;
            after = next;
        }
        let _ = replies.send(Reply::Done).await;
        Ok(())
    }

    pub(super) async fn verify(&self, head: Option<&str>, moved_away: u64) -> Result<Reply, ControlError> {
        let head = match head.map(str::parse).transpose() {
            Ok(head) => head,
            Err(error) => return Err(ControlError::NotUnderstood(format!("{error}"))),
        };
        match self.parts.trail.verify(&Known { head, moved_away }).await {
            Ok(verified) => Ok(Reply::Verified {
                after: verified.after.number,
                last: verified.last.number,
                head: verified.last.to_string(),
            }),
            Err(Broken::Unreadable(error)) => Err(error.into()),
            Err(broken) => Ok(Reply::Broken { why: broken.to_string() }),
        }
    }

    pub(super) async fn check(&self) -> Result<Reply, ControlError> {
        let Checked { counts, damage } = check(self.store()?).await?;
        Ok(damage.map_or(Reply::Counted(counts), |why| Reply::Broken { why }))
    }

    pub(super) async fn backup(&self, file: &Path) -> Result<Reply, ControlError> {
        Ok(Reply::Counted(backup(self.store()?, file).await?))
    }

    fn store(&self) -> Result<&Arc<EmbeddedStore>, ControlError> {
        self.parts.store.as_ref().ok_or(ControlError::NoFiles)
    }
}

async fn send(rows: Vec<Shown>, replies: &mpsc::Sender<Reply>) {
    for shown in rows {
        let json = shown.json();
        let row = Reply::Row { number: shown.row.head.number, entry: shown.entry.map(Box::new), json };
        if replies.send(row).await.is_err() {
            return;
        }
    }
}
