//! Fills a source's part of the index: lists it, reads what changed, removes what is gone, and remembers where it is.
//!
//! A pass goes once through the listing. It is cut into steps, each durable on its own: first the copies, then what is
//! known of them and the cursor. A process that ends in between repeats that one step. What a complete listing did not
//! show is removed afterwards, see `sweep`.

mod known;
mod progress;
mod step;
mod sweep;

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::error::SourceError;
use super::source::Source;
use crate::clock::Clock;
use crate::index::{Copies, CopiesError};
use crate::store::{Store, StoreError};

pub use known::{Run, SourceState, doubt, forget, kept, state};
pub use progress::{Ended, Outcome, Phase, Progress, Snapshot, Standing};

use known::Ledger;
use step::Gathered;

/// No source has more articles: a list that is longer has no end.
const MOST_ARTICLES: u64 = 200_000;
/// So many pages are gone through without anything being written down.
const MOST_PAGES: u32 = 20;
/// How often in a row a cursor may lead nowhere before the listing begins anew.
const CURSOR_TRIES: u32 = 3;

/// Why a pass did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum FillError {
    /// The source.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The local index.
    #[error(transparent)]
    Copies(#[from] CopiesError),
    /// What is remembered of the pass.
    #[error("what is known of the copies cannot be kept: {0}")]
    Store(#[from] StoreError),
    /// Somebody ended it.
    #[error("it was ended before it was done; the next run goes on from there")]
    Cancelled,
    /// A thread broke off.
    #[error("copying broke off; the next run goes on from there")]
    Broken,
}

/// What a pass works with.
struct Pass<'a> {
    source: &'a dyn Source,
    copies: Arc<dyn Copies>,
    ledger: Ledger<'a>,
    clock: &'a dyn Clock,
    cancelled: &'a CancellationToken,
    progress: &'a Progress,
}

/// Goes through a source once, from its beginning or from where the run before was ended, and leaves the copies as it is.
/// Searches see what was done once the pass has come to its end; of a source that was never copied whole, as it is done.
/// One run at a time fills a source.
pub async fn fill(
    source: &dyn Source,
    copies: Arc<dyn Copies>,
    store: &dyn Store,
    clock: &dyn Clock,
    cancelled: &CancellationToken,
    progress: &Progress,
) -> Outcome {
    let begun = clock.now();
    progress.begin(begun);
    let record = source.record();
    let ledger = Ledger { store, name: &record.name };
    let mut pass = Pass { source, copies, ledger, clock, cancelled, progress };
    let done = pass.run().await;
    let outcome = progress.end(done.as_ref().copied());
    if let Err(error) = pass.ledger.note(&outcome, begun, clock.now(), &record.id).await {
        tracing::warn!(source = %record.name, %error, "the run of a source could not be written down");
    }
    outcome
}

/// Whether a pass saw everything there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Seen {
    Everything,
    NotEverything,
}

impl Pass<'_> {
    async fn run(&mut self) -> Result<Seen, FillError> {
        let mut state = self.state().await?;
        if state.cursor.is_none() {
            state.begin();
        }
        self.progress.phase(Phase::Listing);
        self.list(&mut state).await?;
        let seen = if state.holes { Seen::NotEverything } else { Seen::Everything };
        if seen == Seen::Everything {
            self.progress.phase(Phase::Sweeping);
            self.sweep(&state).await?;
        }
        self.on_copies(|copies| copies.publish()).await?;
        Ok(seen)
    }

    /// What is known; nothing where it is about another source of this name, or about copies that are gone.
    async fn state(&self) -> Result<SourceState, FillError> {
        let id = &self.source.record().id;
        let state = self.ledger.state().await?.unwrap_or_default();
        let none = self.on_copies(|copies| copies.ids(None, 1)).await?.is_empty();
        if state.source == *id && !none {
            return Ok(state);
        }
        if state.source != *id && !none {
            self.on_copies(|copies| copies.clear()).await?;
        }
        self.ledger.forget_known().await?;
        let runs = if state.source == *id { state.runs } else { Vec::new() };
        Ok(SourceState { source: id.clone(), runs, ..SourceState::default() })
    }

    /// Goes through the listing. What could not be written down is gone through again, so nothing is after that.
    async fn list(&self, state: &mut SourceState) -> Result<(), FillError> {
        let mut gathered = Gathered::default();
        let (mut idle, mut last) = (0, false);
        while !last {
            let page = match self.or_cancelled(self.source.list(state.cursor.as_deref())).await {
                Ok(page) => page,
                Err(error) => {
                    state.failures += 1;
                    if state.failures >= CURSOR_TRIES || matches!(error, FillError::Source(SourceError::Endless(_))) {
                        state.cursor = None;
                    }
                    self.write(&mut gathered, state).await?;
                    return Err(error);
                }
            };
            if let Some(total) = page.total {
                self.progress.total(total);
            }
            state.holes |= !page.holes.is_empty();
            page.holes.into_iter().chain(page.problems).for_each(|problem| self.progress.problem(problem));
            for article in page.articles {
                let taken = self.take(article, &mut gathered, state).await;
                if let Err(error) = taken {
                    if !matches!(error, FillError::Copies(_) | FillError::Store(_) | FillError::Broken) {
                        // What was read is kept; the page is gone through again.
                        self.write(&mut gathered, state).await?;
                    }
                    return Err(error);
                }
            }
            last = page.next.is_none();
            state.cursor = page.next;
            state.failures = 0;
            idle += 1;
            if state.seen > MOST_ARTICLES {
                state.cursor = None;
                self.write(&mut gathered, state).await?;
                return Err(SourceError::Endless("there are more than 200000 articles").into());
            }
            if last || gathered.is_enough() || idle >= MOST_PAGES {
                self.write(&mut gathered, state).await?;
                idle = 0;
            }
        }
        Ok(())
    }

    /// The source's answer, unless somebody ends the run before.
    async fn or_cancelled<T>(&self, asked: impl Future<Output = Result<T, SourceError>>) -> Result<T, FillError> {
        tokio::select! {
            biased;
            () = self.cancelled.cancelled() => Err(FillError::Cancelled),
            answered = asked => Ok(answered?),
        }
    }

    /// Does that with the copies, on a thread that may wait.
    async fn on_copies<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn Copies) -> Result<T, CopiesError> + Send + 'static,
    ) -> Result<T, FillError> {
        let copies = Arc::clone(&self.copies);
        let done = tokio::task::spawn_blocking(move || work(&*copies)).await;
        Ok(done.map_err(|_| FillError::Broken)??)
    }
}
