//! Keeps one connection usable: gives every request its token, and renews tokens before they end.
//!
//! Each renewal disables the refresh token it used. So there is one at a time, across tasks by a lock here and across
//! processes by a lock on the file; room for the new file is made sure of first; and new tokens are on disk before
//! anything uses them. A process that ends in between finds the old refresh token, which the sign-in host takes again for
//! ten minutes.

mod credentials;
mod renewal;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Mutex as AsyncMutex;
use tokio_util::task::TaskTracker;
use url::Url;

use super::cabinet::{Cabinet, CabinetError, Stamp};
use super::host::{SignInError, SignInHost};
use super::record::{Access, ConnectionName, Record, State};
use super::sealed::Sealed;
use super::secrets::Secrets;
use crate::clock::Clock;
use crate::config::WayOut;
use crate::confluence::failure::Failure;
use crate::keys::{DataKey, KeepingError, KeyProvider, WrappedKey};

use renewal::Setbacks;

/// An access token that ends sooner than this is renewed first.
const MARGIN: Duration = Duration::from_secs(30);
/// How long a token that Confluence refuses is taken for a good one: it was only just given.
const JUST_GIVEN: Duration = Duration::from_mins(1);
/// How often it is looked whether it is time to renew; a machine that slept is up to date again after this.
const LOOK: Duration = Duration::from_secs(20);

/// One connection, opened.
pub struct Keeper {
    opened: Arc<Opened>,
    /// Renewals run to their ends, whoever waits for them: what the sign-in host has given must not be lost.
    renewals: TaskTracker,
}

/// What is kept of it here.
struct Opened {
    cabinet: Cabinet,
    name: ConnectionName,
    /// A file of the same name with another id is another connection's.
    id: String,
    keys: Arc<dyn KeyProvider>,
    host: Option<SignInHost>,
    clock: Arc<dyn Clock>,
    current: Mutex<Arc<Current>>,
    renewing: AsyncMutex<Setbacks>,
}

/// What a connection's file holds, opened.
struct Current {
    record: Record,
    secrets: Secrets,
    data_key: Arc<DataKey>,
    wrapped: WrappedKey,
    stamp: Option<Stamp>,
    /// How long the access token holds; nothing for what has no end.
    access: Option<Life>,
}

/// How long a token holds.
#[derive(Clone, Copy)]
struct Life {
    /// When it ends, in the clock's steady time. It may have been given before that time began.
    ends: Duration,
    /// From its beginning to its end.
    lasts: Duration,
}

impl Life {
    /// Whether it was given at most so long ago.
    fn is_younger(self, than: Duration, now: Duration) -> bool {
        now + self.lasts < self.ends + than
    }

    /// Whether at most this share of it is left.
    fn has_left(self, share: f64, now: Duration) -> bool {
        now + self.lasts.mul_f64(share) >= self.ends
    }
}

/// A connection cannot be opened or changed.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// Its file.
    #[error(transparent)]
    Cabinet(#[from] CabinetError),
    /// Its data key, before there is a file of it.
    #[error("the connection `{name}` cannot be sealed: {source}")]
    Keys {
        /// Which.
        name: ConnectionName,
        /// Why.
        source: KeepingError,
    },
    /// Its data key or its secrets, where there is a file of it.
    #[error("the connection's file `{}` cannot be opened: {source}", path.display())]
    Closed {
        /// Which.
        path: PathBuf,
        /// Why.
        source: KeepingError,
    },
    /// The sign-in host.
    #[error(transparent)]
    SignIn(#[from] SignInError),
    /// There is none of that name.
    #[error("there is no connection `{0}`; `sluice sites list` shows those there are")]
    Missing(ConnectionName),
}

impl Keeper {
    /// Opens a connection; asks its key's provider, nobody else.
    pub async fn open(
        cabinet: Cabinet,
        name: ConnectionName,
        keys: Arc<dyn KeyProvider>,
        way: &WayOut,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, ConnectError> {
        let stamp = cabinet.stamp(&name);
        let sealed = cabinet.read(&name)?.ok_or_else(|| ConnectError::Missing(name.clone()))?;
        let host = sealed.connection.auth_host.as_deref().map(|host| {
            let base = Url::parse(host).map_err(|_| SignInError::Address("the sign-in host"))?;
            SignInHost::new(&base, way)
        });
        let current = opened(sealed, stamp, None, &*keys, &*clock).await;
        let current = current.map_err(|source| ConnectError::Closed { path: cabinet.path(&name), source })?;
        let opened = Opened {
            cabinet,
            name,
            id: current.record.id.clone(),
            keys,
            host: host.transpose()?,
            clock,
            current: Mutex::new(Arc::new(current)),
            renewing: AsyncMutex::default(),
        };
        Ok(Self { opened: Arc::new(opened), renewals: TaskTracker::new() })
    }

    /// What may be seen of it, as it is known here.
    pub fn record(&self) -> Record {
        self.opened.known().record.clone()
    }

    /// Whether the file still is that of this connection, to this site, by this account.
    pub async fn is_current(&self) -> bool {
        !matches!(self.opened.latest().await, Err(Failure::Disconnected { .. }))
    }

    /// Waits for a renewal that has begun.
    pub async fn finish(&self) {
        self.renewals.close();
        self.renewals.wait().await;
    }

    /// Renews tokens ahead of time until the connection is gone; ends at once where nothing is to be renewed. Whoever
    /// owns the data directory runs it.
    pub async fn keep(&self) {
        // Not every process at the same moment, nor every hour at the same minute.
        let share = 0.2 + 0.3 * fastrand::f64();
        while let Ok(current) = self.opened.latest().await {
            let Some(life) = current.access else { return };
            let usable = !matches!(current.record.state, State::ReconnectNeeded { .. });
            if usable && life.has_left(share, self.opened.clock.steady()) {
                // What went wrong has been written down; calls go on with the token there is.
                let _ = self.renew(current.record.generation).await;
            }
            self.opened.clock.sleep(LOOK).await;
        }
    }

    /// Renews the tokens of this generation, to the end, unless they have been meanwhile.
    async fn renew(&self, generation: u64) -> Result<Arc<Current>, Failure> {
        let opened = Arc::clone(&self.opened);
        let renewing = self.renewals.spawn(async move { opened.renew(generation).await });
        renewing.await.unwrap_or(Err(Failure::Bug { what: "a renewal broke off" }))
    }
}

impl Opened {
    /// The state of the file as it is now.
    async fn latest(&self) -> Result<Arc<Current>, Failure> {
        let (known, stamp) = (self.known(), self.cabinet.stamp(&self.name));
        let connection = self.name.to_string();
        if stamp == known.stamp {
            return Ok(known);
        }
        match self.read_again(stamp).await {
            Ok(current) => Ok(current),
            Err(ConnectError::Missing(_)) => Err(Failure::Disconnected { connection }),
            Err(error) => {
                tracing::error!(connection, %error, "a connection's file was changed and cannot be used");
                let why = "its file cannot be opened; the log says more".to_owned();
                Err(Failure::NotRenewed { connection, why, after: LOOK })
            }
        }
    }

    /// Takes what another process has written. Another connection that has its name now is none of ours: nothing of it
    /// is used, and nothing of this one is written into its file.
    async fn read_again(&self, stamp: Option<Stamp>) -> Result<Arc<Current>, ConnectError> {
        let sealed = self.cabinet.read(&self.name)?.filter(|sealed| sealed.connection.id == self.id);
        let sealed = sealed.ok_or_else(|| ConnectError::Missing(self.name.clone()))?;
        let known = self.known();
        let current = opened(sealed, stamp, Some(&known), &*self.keys, &*self.clock).await;
        let current = current.map_err(|source| ConnectError::Closed { path: self.cabinet.path(&self.name), source })?;
        Ok(self.take(current))
    }

    fn known(&self) -> Arc<Current> {
        Arc::clone(&self.current.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn take(&self, current: Current) -> Arc<Current> {
        let current = Arc::new(current);
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&current);
        current
    }
}

/// Opens what a file holds, with the data key that is known where it is the same one.
async fn opened(
    sealed: Sealed,
    stamp: Option<Stamp>,
    known: Option<&Current>,
    keys: &dyn KeyProvider,
    clock: &dyn Clock,
) -> Result<Current, KeepingError> {
    let data_key = match known.filter(|known| known.wrapped == sealed.key) {
        Some(known) => Arc::clone(&known.data_key),
        None => Arc::new(keys.unwrap(&sealed.key, &sealed.connection.id).await?),
    };
    let secrets = sealed.open(&data_key)?;
    let Sealed { connection: record, key: wrapped, .. } = sealed;
    let access = record.access.map(|access| life(access, clock.now(), clock.steady()));
    Ok(Current { record, secrets, data_key, wrapped, stamp, access })
}

/// How long a token holds that was given at some time of day.
fn life(access: Access, now: Timestamp, steady: Duration) -> Life {
    let lasts = access.ends_at.duration_since(access.given_at).try_into().unwrap_or_default();
    // A clock that was set back since would have it hold too long, and taken for new when it has ended.
    let latest =
        if access.given_at > now { steady + Duration::saturating_sub(lasts, JUST_GIVEN) } else { Duration::MAX };
    Life { ends: at(access.ends_at, now, steady).min(latest), lasts }
}

/// A time of day in steady time; what is past is the beginning.
fn at(moment: Timestamp, now: Timestamp, steady: Duration) -> Duration {
    let distance = moment.duration_since(now);
    let away = distance.unsigned_abs();
    if distance < SignedDuration::ZERO { steady.saturating_sub(away) } else { steady.saturating_add(away) }
}
