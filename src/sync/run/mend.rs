//! Makes damaged copies anew from what can still be read of them, and has the next run look for the rest.

use std::sync::Arc;

use crate::index::CopiesError;
use crate::store::{Batch, StoreError};
use crate::sync::plan::Kind;
use crate::sync::plan::facts::SiteRow;
use crate::sync::shelf::{RUN, SITE};

use super::Sync;

/// What is told of copies some of which may be missing.
const DOUBTFUL: &str = "the local index was damaged and made anew; what it lost is copied by the sync";

/// What is told of copies that are damaged now.
pub(super) fn damaged(why: &str) -> String {
    format!("the local index is damaged, and the next sync makes it anew ({why})")
}

/// What is told of copies by what is known of the site.
pub(super) fn of(site: &SiteRow) -> Option<String> {
    site.doubtful.then(|| DOUBTFUL.to_owned())
}

/// Where a damage was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// The copies say so themselves.
    InTheCopies,
    /// Something that was done to them failed.
    InARun,
}

impl Sync {
    /// Makes good what was seen to be wrong with the copies. A run of this kind then has to be as thorough as that.
    pub(super) async fn mended(&self, kind: Kind) -> Kind {
        if self.copies.damage().is_some() {
            self.mend(Seen::InTheCopies).await;
        }
        let site = self.shelf.get::<SiteRow>(SITE, "").await.ok().flatten();
        if site.is_some_and(|site| site.doubtful) { kind.max(Kind::Sweep) } else { kind }
    }

    /// Makes the copies anew from what can be read of them, from nothing where that is nothing.
    pub(super) async fn mend(&self, seen: Seen) {
        tracing::error!("the local index is damaged and made anew; the next sync copies what it lost");
        // Before, so that whatever ends the process, it is known.
        if let Err(error) = self.doubt().await {
            tracing::error!(%error, "that the index is damaged could not be noted");
        }
        let copies = Arc::clone(&self.copies);
        let writing = Arc::clone(&self.writing).lock_owned().await;
        let mended = tokio::task::spawn_blocking(move || {
            // A run that was cut off may have had it done meanwhile.
            let is_done = seen == Seen::InTheCopies && copies.damage().is_none();
            let mended = match if is_done { Ok(()) } else { copies.mend() } {
                Err(CopiesError::Damaged(_)) => copies.clear(),
                mended => mended,
            };
            drop(writing);
            mended
        });
        match mended.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(%error, "the damaged index could not be made anew yet"),
            Err(_) => tracing::error!("the damaged index could not be made anew yet: that broke off"),
        }
    }

    /// Notes that copies may be missing, because the index was made anew: the next run compares them with what is known,
    /// and copies those again.
    pub async fn doubt(&self) -> Result<(), StoreError> {
        let site = self.shelf.get::<SiteRow>(SITE, "").await?.unwrap_or_default();
        let site = SiteRow { doubtful: true, ..site };
        // A run that was cut off compares nothing: it begins anew.
        let batch = self.shelf.remove(Batch::new(), RUN, "");
        self.shelf.commit(self.shelf.put(batch, SITE, "", &site)).await?;
        self.reader.status.send_modify(|status| status.damage = of(&site));
        Ok(())
    }
}
