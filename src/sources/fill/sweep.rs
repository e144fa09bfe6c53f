//! Removes copies of what is gone: what a complete listing did not show, and the source itself says is not there.
//!
//! Listings by page number skip an article when another before it goes meanwhile, so that each is asked for by itself
//! before its copy is removed. Where the source does not answer that, the next complete listing decides. Where more than
//! a fifth of all would go, so it does, too: then something else is wrong more often than not.

use super::known::{Known, SourceState};
use super::{FillError, Pass};
use crate::sources::error::SourceError;
use crate::store::Batch;

/// Copies that are gone through at a time.
const MANY: usize = 500;
/// So few go without a second look, however few there are.
const FEW: usize = 10;

/// What becomes of a copy that was not shown.
enum Fate {
    Stays,
    Waits,
    Goes,
}

impl Pass<'_> {
    /// Goes through the copies once the listing was complete.
    pub(super) async fn sweep(&self, state: &SourceState) -> Result<(), FillError> {
        let (missing, all) = self.missing(state).await?;
        let many = missing.len() > FEW && missing.len() > all / 5;
        for some in missing.chunks(MANY) {
            let mut gone = Vec::new();
            let mut batch = Batch::new();
            for known in some {
                match self.fate(known, many).await? {
                    Fate::Goes => {
                        batch = self.ledger.remove(batch, &known.id);
                        gone.push(known.id.clone());
                    }
                    Fate::Waits => batch = self.ledger.put(batch, &Known { missed: known.missed + 1, ..known.clone() }),
                    Fate::Stays => batch = self.ledger.put(batch, &Known { missed: 0, ..known.clone() }),
                }
            }
            self.progress.removed(u64::try_from(gone.len()).unwrap_or(u64::MAX));
            self.on_copies(move |copies| {
                gone.iter().try_for_each(|id| copies.remove(id))?;
                copies.commit()
            })
            .await?;
            self.ledger.store.commit(batch).await?;
        }
        self.forget_strangers(state).await
    }

    async fn fate(&self, known: &Known, many: bool) -> Result<Fate, FillError> {
        let second_look = known.missed > 0;
        if many && !second_look {
            return Ok(Fate::Waits);
        }
        match self.or_cancelled(self.source.is_there(&known.id)).await {
            Ok(true) => Ok(Fate::Stays),
            Ok(false) => Ok(Fate::Goes),
            Err(FillError::Source(error))
                if !error.is_about_all() || matches!(error, SourceError::KeyRefused { .. }) =>
            {
                Ok(if second_look { Fate::Goes } else { Fate::Waits })
            }
            Err(error) => Err(error),
        }
    }

    /// The copies that this pass has not seen, and the number of all.
    async fn missing(&self, state: &SourceState) -> Result<(Vec<Known>, usize), FillError> {
        let (mut missing, mut all) = (Vec::new(), 0);
        let mut after: Option<String> = None;
        loop {
            let from = after.clone();
            let ids = self.on_copies(move |copies| copies.ids(from.as_deref(), MANY)).await?;
            let Some(last) = ids.last() else { return Ok((missing, all)) };
            if after.as_ref().is_some_and(|after| last <= after) {
                return Ok((missing, all));
            }
            after = Some(last.clone());
            all += ids.len();
            for id in ids {
                let known = self.ledger.known(&id).await?.unwrap_or(Known { id, ..Known::default() });
                if known.pass < state.pass {
                    missing.push(known);
                }
            }
        }
    }

    /// Forgets what was seen long ago and has no copy, such as what could never be read.
    async fn forget_strangers(&self, state: &SourceState) -> Result<(), FillError> {
        let mut after: Option<Box<[u8]>> = None;
        loop {
            let (known, last) = self.ledger.page(after.as_deref()).await?;
            if last.is_none() {
                return Ok(());
            }
            after = last;
            let old: Vec<String> =
                known.into_iter().filter(|known| known.pass < state.pass).map(|known| known.id).collect();
            let strangers = self
                .on_copies(move |copies| {
                    let mut strangers = Vec::new();
                    for id in old {
                        if copies.get(&id)?.is_none() {
                            strangers.push(id);
                        }
                    }
                    Ok(strangers)
                })
                .await?;
            let batch = strangers.iter().fold(Batch::new(), |batch, id| self.ledger.remove(batch, id));
            self.ledger.store.commit(batch).await?;
        }
    }
}
