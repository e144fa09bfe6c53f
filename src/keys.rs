//! Data keys, each sealing the secrets of one connection, and who keeps the keys that wrap them.
//!
//! Envelope encryption: secrets are sealed under a random [`DataKey`], which is kept beside them only as a
//! [`WrappedKey`]. Whoever unwraps it is a [`KeyProvider`]. A change of the wrapping key touches the wrapped keys alone.

mod asking;
mod azure;
pub mod envelope;
mod error;
mod given;
mod kept;
mod key_file;
mod keyring;
mod provider;
mod vault;
mod wrapping;

use std::fmt;

use futures_util::future::BoxFuture;
use secrecy::{ExposeSecret as _, SecretBox};
use serde::{Deserialize, Serialize};

pub use azure::AzureKeyVault;
pub use error::KeepingError;
pub use given::Given;
pub use kept::{KeptKeys, Place};
pub use key_file::{FilePlace, KeyFile};
pub use keyring::{Keyring, KeyringPlace};
pub use provider::provider;
pub use vault::Vault;

/// Bytes of a key.
pub const LENGTH: usize = 32;

/// The key that seals one connection's secrets. It cannot print itself.
pub struct DataKey(SecretBox<[u8; LENGTH]>);

impl DataKey {
    /// A new one, from the system's random bytes.
    pub fn generate() -> Result<Self, KeepingError> {
        let mut made = Ok(());
        let key = SecretBox::init_with_mut(|key: &mut [u8; LENGTH]| made = getrandom::fill(key));
        made.map_err(|error| KeepingError::Random(error.to_string()))?;
        Ok(Self(key))
    }

    /// The key of these bytes.
    pub fn of(bytes: SecretBox<[u8; LENGTH]>) -> Self {
        Self(bytes)
    }

    /// For whoever wraps or seals with it.
    pub fn expose(&self) -> &[u8; LENGTH] {
        self.0.expose_secret()
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("DataKey(…)")
    }
}

/// A data key as its provider gave it out; whoever has it needs the provider to use it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrappedKey {
    /// Which kind of provider wrapped it, by the name it has in settings.
    pub provider: String,
    /// Which of the provider's keys, where it has several: a fingerprint, a version, the address of a key.
    pub key: String,
    /// The wrapped bytes, base64.
    pub wrapped: String,
}

/// Keeps the key that wraps data keys. What concerns keys that Sluice makes itself does nothing where it makes none.
pub trait KeyProvider: Send + Sync {
    /// In words, such as ``the key file `/etc/sluice/key` ``.
    fn described(&self) -> String;

    /// Looks, before anything is wrapped, whether the wrapping key is there. Where it is to be made here and nothing in
    /// `kept`, which is every wrapped key there is, was wrapped with it, it is made, and the answer says so in a
    /// sentence for people. A key that is missing and was used is never made anew.
    fn prepare<'a>(&'a self, kept: &'a [WrappedKey]) -> BoxFuture<'a, Result<Option<String>, KeepingError>> {
        let _ = kept;
        Box::pin(std::future::ready(Ok(None)))
    }

    /// Wraps a data key for `bound`, the id of what it seals; under any other it does not unwrap.
    fn wrap<'a>(&'a self, key: &'a DataKey, bound: &'a str) -> BoxFuture<'a, Result<WrappedKey, KeepingError>>;

    /// Unwraps a data key that this provider wrapped, with its present key or the one before.
    fn unwrap<'a>(&'a self, wrapped: &'a WrappedKey, bound: &'a str) -> BoxFuture<'a, Result<DataKey, KeepingError>>;

    /// Makes a new wrapping key the present one, and keeps the one before for what it wrapped. Providers whose keys are
    /// changed elsewhere do nothing: they wrap with the newest anyway.
    fn renew(&self) -> BoxFuture<'_, Result<(), KeepingError>> {
        Box::pin(std::future::ready(Ok(())))
    }

    /// Forgets wrapping keys before the present one; nothing they wrapped is left.
    fn retire(&self) -> BoxFuture<'_, Result<(), KeepingError>> {
        Box::pin(std::future::ready(Ok(())))
    }

    /// Forgets every key that Sluice made here itself; nothing any of them wrapped is left.
    fn forget(&self) -> BoxFuture<'_, Result<(), KeepingError>> {
        Box::pin(std::future::ready(Ok(())))
    }
}
