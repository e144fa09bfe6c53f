//! Keeps up with the files that say who is let in, and tells those whose tools are others for it.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use super::House;
use crate::people::roster::Looked;
use crate::telemetry::Reload;

/// How often the files are looked at: what is written holds within a second.
const LOOK: Duration = Duration::from_millis(500);

impl House {
    /// Looks again and again. Whoever is slow to hear of it holds up nobody's look.
    pub(super) async fn follow_roster(&self) {
        let changed = Notify::new();
        let looking = async {
            loop {
                self.parts.clock.sleep(LOOK).await;
                self.look().await;
                changed.notify_one();
            }
        };
        let telling = async {
            loop {
                changed.notified().await;
                // A credential ends with its time, whether or not a file has changed.
                tokio::join!(self.parts.protocol.turn_out(), self.parts.audience.tell());
                self.parts.audience.forget_those_that_left();
            }
        };
        tokio::join!(looking, telling);
    }

    async fn look(&self) {
        let (roster, now) = (Arc::clone(&self.parts.roster), self.parts.clock.now());
        match tokio::task::spawn_blocking(move || roster.look(now)).await {
            Ok(None) => {}
            Ok(Some(Looked { mistakes, others })) => {
                let reload = if mistakes.is_empty() { Reload::Done } else { Reload::Refused };
                if mistakes.is_empty() {
                    tracing::info!("who is let in, and what each may do, was read again");
                }
                for mistake in mistakes.iter().filter(|_| others) {
                    tracing::error!(mistake, "this cannot be used; what was good before goes on");
                }
                if mistakes.is_empty() || others {
                    self.parts.metrics.reloaded(reload);
                }
                self.bounds.keep(&self.parts.roster.agents());
            }
            Err(error) => tracing::error!(%error, "who is let in could not be read"),
        }
    }
}
