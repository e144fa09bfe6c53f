//! Wrapping keys that Sluice makes itself and keeps in one place, such as a file or an entry of the keyring.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::future::BoxFuture;
use secrecy::zeroize::Zeroizing;
use tokio::sync::Mutex;

use super::wrapping::WrappingKeys;
use super::{DataKey, KeepingError, KeyProvider, WrappedKey};
use crate::config::ProviderKind;

/// A place is waited for so long; people may have to unlock it.
const PATIENCE: Duration = Duration::from_mins(1);

/// A place for one text of secrets. Its methods may wait for a disk or a person, and are called one after another.
pub trait Place: Send + Sync + 'static {
    /// Which kind of provider it makes.
    fn kind(&self) -> ProviderKind;

    /// In words, such as ``the key file `/etc/sluice/key` ``.
    fn described(&self) -> String;

    /// The text; `None` where there is surely none yet.
    fn read(&self) -> Result<Option<Zeroizing<Vec<u8>>>, KeepingError>;

    /// Keeps the first text; false where somebody else was quicker.
    fn make(&self, text: &[u8]) -> Result<bool, KeepingError>;

    /// Keeps that text instead of the one before.
    fn exchange(&self, text: &[u8]) -> Result<(), KeepingError>;

    /// Forgets the text, where there is one.
    fn remove(&self) -> Result<(), KeepingError>;

    /// That the place has this problem, as words that follow its name.
    fn problem(&self, problem: String) -> KeepingError;
}

/// Wrapping keys in such a place: base64 lines, the present key first. The first is made when it is needed.
#[derive(Debug)]
pub struct KeptKeys<P> {
    place: Arc<P>,
    /// Whether they wrapped something already, so that missing ones are not to be replaced.
    used: AtomicBool,
    /// Held by whoever reads or changes them.
    turn: Arc<Mutex<()>>,
}

/// Keys, and whether the first was made just now.
struct Found {
    keys: WrappingKeys,
    made: bool,
}

impl<P: Place> KeptKeys<P> {
    /// The keys in that place; there need not be any yet.
    pub fn at(place: P) -> Self {
        Self { place: Arc::new(place), used: AtomicBool::new(false), turn: Arc::default() }
    }

    /// Does that with the place, on a thread that may wait. A place that hangs holds up one thread and no more.
    async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&P) -> Result<T, KeepingError> + Send + 'static,
    ) -> Result<T, KeepingError> {
        let (place, turn) = (Arc::clone(&self.place), Arc::clone(&self.turn));
        let working = async {
            let turn = turn.lock_owned().await;
            tokio::task::spawn_blocking(move || {
                let _turn = turn;
                work(&place)
            })
            .await
        };
        match tokio::time::timeout(PATIENCE, working).await {
            Ok(Ok(worked)) => worked,
            Ok(Err(error)) => Err(self.place.problem(format!("could not be used: {error}"))),
            Err(_) => Err(self.place.problem("did not answer in time; unlock it, and try again".to_owned())),
        }
    }

    async fn found_or_made(&self) -> Result<Found, KeepingError> {
        let used = self.used.load(Ordering::SeqCst);
        self.with(move |place| found_or_made(place, used)).await
    }

    async fn prepared(&self, kept: &[WrappedKey]) -> Result<Option<String>, KeepingError> {
        let name = self.place.kind().name();
        self.used.fetch_or(kept.iter().any(|wrapped| wrapped.provider == name), Ordering::SeqCst);
        let made = self.found_or_made().await?.made;
        Ok(made.then(|| format!("a key was made in {}; back it up", self.place.described())))
    }

    async fn wrapped(&self, key: &DataKey, bound: &str) -> Result<WrappedKey, KeepingError> {
        let found = self.found_or_made().await?;
        if found.made {
            tracing::warn!(place = self.place.described(), "a key was made; back it up");
        }
        let wrapped = found.keys.wrap(self.place.kind().name(), key, bound)?;
        self.used.store(true, Ordering::SeqCst);
        Ok(wrapped)
    }

    async fn unwrapped(&self, wrapped: &WrappedKey, bound: &str) -> Result<DataKey, KeepingError> {
        self.used.store(true, Ordering::SeqCst);
        let keys = self.with(|place| found(place)?.ok_or_else(|| missing(place))).await?;
        keys.unwrap(wrapped, bound).ok_or_else(|| KeepingError::Broken { key: self.place.described() })
    }

    async fn renewed(&self) -> Result<(), KeepingError> {
        let used = self.used.load(Ordering::SeqCst);
        let work = move |place: &P| match found_or_made(place, used)? {
            Found { made: true, .. } => Ok(()),
            Found { keys, .. } if keys.are_many() => {
                Err(place.problem("holds 8 keys already; finish a rotation, so that the older ones go".to_owned()))
            }
            Found { keys, .. } => place.exchange(keys.renewed()?.text().as_bytes()),
        };
        self.with(work).await
    }
}

fn found<P: Place>(place: &P) -> Result<Option<WrappingKeys>, KeepingError> {
    let Some(text) = place.read()? else { return Ok(None) };
    let keys = WrappingKeys::read(&text).map_err(|wrong| place.problem(format!("{wrong}; put the right one back")));
    keys.map(Some)
}

fn found_or_made<P: Place>(place: &P, used: bool) -> Result<Found, KeepingError> {
    if let Some(keys) = found(place)? {
        return Ok(Found { keys, made: false });
    }
    if used {
        return Err(missing(place));
    }
    let keys = WrappingKeys::generate()?;
    if place.make(keys.text().as_bytes())? {
        return Ok(Found { keys, made: true });
    }
    let keys = found(place)?.ok_or_else(|| missing(place))?;
    Ok(Found { keys, made: false })
}

fn missing<P: Place>(place: &P) -> KeepingError {
    place.problem("is missing, and what it sealed cannot be read without; put it back".to_owned())
}

impl<P: Place> KeyProvider for KeptKeys<P> {
    fn described(&self) -> String {
        self.place.described()
    }

    fn prepare<'a>(&'a self, kept: &'a [WrappedKey]) -> BoxFuture<'a, Result<Option<String>, KeepingError>> {
        Box::pin(self.prepared(kept))
    }

    fn wrap<'a>(&'a self, key: &'a DataKey, bound: &'a str) -> BoxFuture<'a, Result<WrappedKey, KeepingError>> {
        Box::pin(self.wrapped(key, bound))
    }

    fn unwrap<'a>(&'a self, wrapped: &'a WrappedKey, bound: &'a str) -> BoxFuture<'a, Result<DataKey, KeepingError>> {
        Box::pin(self.unwrapped(wrapped, bound))
    }

    fn renew(&self) -> BoxFuture<'_, Result<(), KeepingError>> {
        Box::pin(self.renewed())
    }

    fn retire(&self) -> BoxFuture<'_, Result<(), KeepingError>> {
        Box::pin(self.with(|place| {
            let retired = found(place)?.and_then(WrappingKeys::retired);
            retired.map_or(Ok(()), |keys| place.exchange(keys.text().as_bytes()))
        }))
    }

    fn forget(&self) -> BoxFuture<'_, Result<(), KeepingError>> {
        self.used.store(false, Ordering::SeqCst);
        Box::pin(self.with(P::remove))
    }
}
