//! Runs whenever one is due or asked for.

use std::sync::PoisonError;
use std::time::Duration;

use jiff::SignedDuration;
use tokio_util::sync::CancellationToken;

use crate::sync::plan::Kind;
use crate::sync::plan::due::{Rhythm, next};
use crate::sync::plan::facts::SiteRow;
use crate::sync::shelf::SITE;

use super::Sync;

impl Sync {
    /// Asks for a run as soon as may be. Asking again before it began makes it no second one, only a more thorough one.
    pub fn ask(&self, kind: Kind) {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        *asked = (*asked).max(Some(kind));
        self.asking.notify_one();
    }

    async fn asked(&self) -> Kind {
        loop {
            self.asking.notified().await;
            let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some(kind) = asked {
                return kind;
            }
        }
    }

    /// Runs whenever somebody asks, and only then, until it is stopped.
    pub async fn answer(&self, stopped: &CancellationToken) {
        if let Err(error) = self.recall().await {
            tracing::error!(%error, "how the last sync ended cannot be read");
        }
        loop {
            tokio::select! {
                biased;
                () = stopped.cancelled() => return,
                kind = self.asked() => drop(self.run(kind, stopped).await),
            }
        }
    }

    /// Keeps the copies current until it is stopped: a run at once where there never was one, then one a while after
    /// another, and whenever somebody asks.
    pub async fn follow(&self, stopped: &CancellationToken) {
        let signed = |duration: Duration| SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX);
        let rhythm = Rhythm { every: signed(self.settings.every), sweep_every: signed(self.settings.sweep_every) };
        if let Err(error) = self.recall().await {
            tracing::error!(%error, "how the last sync ended cannot be read");
        }
        let mut ended = None;
        while !stopped.is_cancelled() {
            let site: SiteRow = self.shelf.get(SITE, "").await.ok().flatten().unwrap_or_default();
            let now = self.reader.clock.now();
            let (at, kind) = next(&site, ended, rhythm, now, fastrand::f64());
            self.reader.status.send_modify(|status| status.next = Some(at));
            let wait = Duration::try_from(at.duration_since(now)).unwrap_or_default();
            let kind = tokio::select! {
                biased;
                () = stopped.cancelled() => return,
                asked = self.asked() => asked.max(Kind::Incremental),
                () = self.reader.clock.sleep(wait) => kind,
            };
            self.run(kind, stopped).await;
            ended = Some(self.reader.clock.now());
        }
    }
}
