//! Wraps with a key or passphrase that somebody gives: from the environment, a file, or systemd.

mod passphrase;

use futures_util::future::BoxFuture;

use super::wrapping::{WrappingKey, WrappingKeys};
use super::{DataKey, KeepingError, KeyProvider, WrappedKey};
use crate::config::{GivenSecret, GivenSecrets, ProviderKind};
use passphrase::Passphrase;

/// What is said where nothing of it opens a wrapped key.
const DESCRIBED_KEY: &str = "the given key";
const DESCRIBED_PASSPHRASE: &str = "the given passphrase";

/// What somebody gave. Whoever gives it also changes it: nothing is made or forgotten here.
pub struct Given {
    present: Option<Present>,
    /// Every key, whenever it was given.
    keys: Option<WrappingKeys>,
    /// Every passphrase.
    passphrases: Vec<Passphrase>,
}

/// Which one wraps.
#[derive(Clone, Copy)]
enum Present {
    Key,
    Passphrase,
}

impl Given {
    /// What the settings give. Where only previous ones are given, it unwraps and does not wrap.
    pub fn new(given: GivenSecrets) -> Self {
        let present = given.present.as_ref().map(|secret| match secret {
            GivenSecret::Key(_) => Present::Key,
            GivenSecret::Passphrase(_) => Present::Passphrase,
        });
        let (mut keys, mut passphrases) = (Vec::new(), Vec::new());
        for secret in given.present.into_iter().chain(given.previous) {
            match secret {
                GivenSecret::Key(key) => keys.push(WrappingKey::of(key)),
                GivenSecret::Passphrase(words) => passphrases.push(Passphrase::new(words)),
            }
        }
        Self { present, keys: WrappingKeys::of(keys), passphrases }
    }

    async fn wrapped(&self, key: &DataKey, bound: &str) -> Result<WrappedKey, KeepingError> {
        let provider = ProviderKind::Given.name();
        match (self.present, &self.keys, self.passphrases.first()) {
            (Some(Present::Key), Some(keys), _) => keys.wrap(provider, key, bound),
            (Some(Present::Passphrase), _, Some(words)) => {
                let (named, wrapping) = words.present().await?;
                let wrapped = wrapping.wrap(key, &named, bound)?;
                Ok(WrappedKey { provider: provider.to_owned(), key: named, wrapped })
            }
            _ => Err(KeepingError::Provider {
                provider: self.described(),
                problem: "there is none to seal with; set SLUICE_KEY or SLUICE_PASSPHRASE".to_owned(),
            }),
        }
    }

    async fn unwrapped(&self, wrapped: &WrappedKey, bound: &str) -> Result<DataKey, KeepingError> {
        if !passphrase::is_named(&wrapped.key) {
            let opened = self.keys.as_ref().and_then(|keys| keys.unwrap(wrapped, bound));
            return opened.ok_or_else(|| KeepingError::Broken { key: DESCRIBED_KEY.to_owned() });
        }
        for words in &self.passphrases {
            if let Some(opened) = words.of(&wrapped.key).await?.unwrap(wrapped, bound) {
                return Ok(opened);
            }
        }
        Err(KeepingError::Broken { key: DESCRIBED_PASSPHRASE.to_owned() })
    }
}

impl KeyProvider for Given {
    fn described(&self) -> String {
        match self.present {
            Some(Present::Key) => DESCRIBED_KEY.to_owned(),
            Some(Present::Passphrase) => DESCRIBED_PASSPHRASE.to_owned(),
            None => "the given key or passphrase".to_owned(),
        }
    }

    fn wrap<'a>(&'a self, key: &'a DataKey, bound: &'a str) -> BoxFuture<'a, Result<WrappedKey, KeepingError>> {
        Box::pin(self.wrapped(key, bound))
    }

    fn unwrap<'a>(&'a self, wrapped: &'a WrappedKey, bound: &'a str) -> BoxFuture<'a, Result<DataKey, KeepingError>> {
        Box::pin(self.unwrapped(wrapped, bound))
    }
}
