//! Keeps up with the files that say who is let in, and tells those whose tools are others for it.

use std::sync::Arc;
use std::time::Duration;

use super::House;
use crate::people::roster::Looked;
use crate::telemetry::Reload;

/// How often the files are looked at: what is written holds within a second.
const LOOK: Duration = Duration::from_millis(500);

impl House {
    /// Looks again and again.
    pub(super) async fn follow_roster(&self) {
        loop {
            self.parts.clock.sleep(LOOK).await;
            let (roster, now) = (Arc::clone(&self.parts.roster), self.parts.clock.now());
            let looked = tokio::task::spawn_blocking(move || roster.look(now)).await;
            match looked {
                Ok(Looked::Nothing) => {}
                Ok(Looked::Taken) => {
                    tracing::info!("who is let in, and what each may do, was read again");
                    self.parts.metrics.reloaded(Reload::Done);
                    self.bounds.keep(&self.parts.roster.agents());
                    self.parts.audience.tell().await;
                }
                Ok(Looked::Mistakes(mistakes)) => {
                    self.parts.metrics.reloaded(Reload::Refused);
                    for mistake in mistakes {
                        tracing::error!(mistake, "this cannot be used; what was good before goes on");
                    }
                    // What was right beside it was taken.
                    self.parts.audience.tell().await;
                }
                Err(error) => tracing::error!(%error, "who is let in could not be read"),
            }
            // A credential ends with its time as well.
            self.parts.protocol.turn_out().await;
        }
    }
}
