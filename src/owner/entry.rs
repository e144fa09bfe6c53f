//! The way to a data directory: as its owner, or through whoever owns it.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::hello::{GreetingError, Purpose, greet};
use super::lock::{Holder, Lock, LockError};
use super::socket::{Connection, connect};
use crate::clock::Clock;
use crate::config::Carried;

/// How long to look for a place: a new owner may have to finish with what the former left.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long to wait at first before looking again; doubled each time.
const FIRST_WAIT: Duration = Duration::from_millis(50);
/// How long to wait at most before looking again.
const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// What it takes to come to a data directory.
pub struct Entry {
    /// The data directory.
    pub folder: PathBuf,
    /// What we do, as one would type it.
    pub what: &'static str,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// How we came in.
pub enum Place {
    /// The data directory is ours.
    Owner(Lock),
    /// Its owner serves in our place.
    Bridge(Through),
}

/// A connection whose other end serves MCP.
pub struct Through {
    pub(super) connection: Connection,
    /// Who is there.
    pub(super) by: String,
}

/// Why there is no place for us.
#[derive(Debug, thiserror::Error)]
pub enum EnterError {
    /// The data directory cannot be used, or is held by something that lets nobody in.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The owner does not serve us.
    #[error("the owner of the data directory, {by}, refuses: {why}")]
    Refused {
        /// Who.
        by: String,
        /// Its words.
        why: String,
    },
}

impl Entry {
    /// Takes the data directory or a seat at its owner's; where it is held and nobody listens, looks again for a while.
    pub async fn enter(&self, settings: &Carried) -> Result<Place, EnterError> {
        let since = self.clock.steady();
        let mut wait = FIRST_WAIT;
        loop {
            let (folder, by) = match Lock::take(&self.folder, self.what, self.clock.now()) {
                Ok(lock) => return Ok(Place::Owner(lock)),
                Err(LockError::Held { folder, by }) => (folder, by),
                Err(error) => return Err(error.into()),
            };
            let left = PATIENCE.saturating_sub(self.clock.steady().saturating_sub(since));
            if left.is_zero() || cfg!(not(unix)) {
                return Err(LockError::Held { folder, by }.into());
            }
            let holder = by.as_deref();
            if let Ok(mut connection) = connect(&folder, holder).await {
                let purpose = Purpose::Serve(settings.clone().into());
                match greet(&mut connection, purpose, self.clock.as_ref(), left).await {
                    Ok(()) => return Ok(Place::Bridge(Through { connection, by: named(holder) })),
                    Err(GreetingError::Refused(why)) => return Err(EnterError::Refused { by: named(holder), why }),
                    Err(GreetingError::Broken(error)) => tracing::debug!(%error, "the owner is not ready"),
                }
            }
            // Several wait for the same place; they need not all come at once.
            self.clock.sleep(wait.mul_f64(0.5 + fastrand::f64() / 2.0)).await;
            wait = (wait * 2).min(LONGEST_WAIT);
        }
    }
}

fn named(holder: Option<&Holder>) -> String {
    holder.map_or_else(|| "another process".to_owned(), ToString::to_string)
}
