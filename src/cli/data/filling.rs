//! Keeps the copies of other sources of documentation current, on the schedule of the sites'.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::clock::Clock;
use crate::index::{Copies, Index};
use crate::sources::{Configured, Ended, Progress, Sources, fill};
use crate::store::Store;

/// What the copies of other sources are made with.
pub(super) struct Filling {
    /// The sources.
    pub(super) sources: Sources,
    /// Where their copies are.
    pub(super) index: Index,
    /// What is known of them.
    pub(super) store: Arc<dyn Store>,
    /// The time.
    pub(super) clock: Arc<dyn Clock>,
    /// From the end of one look at all of them to the next.
    pub(super) every: Duration,
}

impl Filling {
    /// Goes through all sources again and again until `ending`; those added meanwhile come along, those removed are
    /// forgotten.
    pub(super) async fn keep(self, ending: CancellationToken) {
        while !ending.is_cancelled() {
            match self.sources.open().await {
                Ok(configured) => self.each(configured, &ending).await,
                Err(error) => tracing::error!(%error, "the other sources of documentation cannot be read"),
            }
            tokio::select! {
                () = self.clock.sleep(self.every) => {}
                () = ending.cancelled() => {}
            }
        }
    }

    async fn each(&self, configured: Vec<Configured>, ending: &CancellationToken) {
        self.forget_all_but(&configured).await;
        for Configured { name, source } in configured {
            let source = match source {
                Ok(source) => source,
                Err(error) => {
                    tracing::error!(source = %name, %error, "a source of documentation cannot be opened");
                    continue;
                }
            };
            let copies: Arc<dyn Copies> = Arc::new(self.index.filling(name.shard()));
            let progress = Progress::default();
            let outcome = fill(&*source, copies, &*self.store, &*self.clock, ending, &progress).await;
            if let Ended::Failed { why } = outcome.ended {
                tracing::warn!(source = %name, why, "a source of documentation could not be copied to the end; the next run goes on");
            }
        }
    }

    /// Searches go over whatever is there: what was removed must not be, nor what was known of it.
    async fn forget_all_but(&self, configured: &[Configured]) {
        match fill::kept(&*self.store).await {
            Ok(kept) => {
                for name in kept.iter().filter(|name| configured.iter().all(|known| known.name != **name)) {
                    if let Err(error) = fill::forget(&*self.store, name).await {
                        tracing::error!(source = %name, %error, "what is known of a removed source could not be removed");
                    }
                }
            }
            Err(error) => tracing::error!(%error, "what is known of other sources cannot be read"),
        }
        let gone = self
            .index
            .shards()
            .unwrap_or_default()
            .into_iter()
            .filter(|shard| shard.source().is_some() && configured.iter().all(|known| known.name.shard() != shard));
        for shard in gone {
            if let Err(error) = self.index.forget(&shard) {
                tracing::error!(%shard, %error, "the copies of a removed source could not be removed");
            }
        }
    }
}
