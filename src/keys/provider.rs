//! Who keeps keys as the settings say: one wraps, and each unwraps what it wrapped.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;

use super::{AzureKeyVault, DataKey, Given, KeepingError, KeyFile, KeyProvider, Keyring, Vault, WrappedKey};
use crate::clock::Clock;
use crate::config::{KeySettings, ProviderKind, Settings};
use crate::outside::Outside;

/// A key vault is given up after so long.
const PATIENCE: Duration = Duration::from_secs(15);

/// Everyone who is set, so that keys can move from one to another.
struct Providers {
    present: ProviderKind,
    wrapping: Arc<dyn KeyProvider>,
    others: BTreeMap<ProviderKind, Arc<dyn KeyProvider>>,
}

/// Who keeps keys as the settings say. It wraps with the provider that `key_provider` names and unwraps with whichever
/// wrapped: keys move to another when that is named, the settings of the one before stay, and each key is wrapped anew.
pub fn provider(settings: &Settings, clock: &Arc<dyn Clock>) -> Result<Arc<dyn KeyProvider>, KeepingError> {
    let KeySettings { provider: present, file, given, keyring_entry, azure, vault } = settings.keys()?;
    let mut all: BTreeMap<ProviderKind, Arc<dyn KeyProvider>> = BTreeMap::new();
    if let Some(path) = file {
        all.insert(ProviderKind::File, Arc::new(KeyFile::new(path)));
    }
    if given.present.is_some() || !given.previous.is_empty() {
        all.insert(ProviderKind::Given, Arc::new(Given::new(given)));
    }
    // It is not opened before it is needed.
    all.insert(ProviderKind::Keyring, Arc::new(Keyring::new(keyring_entry)));
    if azure.is_some() || vault.is_some() {
        let outside = Outside::new(&settings.way_out()?, PATIENCE)?;
        if let Some(azure) = azure {
            let azure = AzureKeyVault::new(azure, outside.clone(), Arc::clone(clock));
            all.insert(ProviderKind::Azure, Arc::new(azure));
        }
        if let Some(vault) = vault {
            all.insert(ProviderKind::Vault, Arc::new(Vault::new(vault, outside)));
        }
    }
    let wrapping = all.remove(&present).ok_or_else(|| elsewhere(present.name()))?;
    Ok(Arc::new(Providers { present, wrapping, others: all }))
}

impl Providers {
    /// The one of that name.
    fn of(&self, name: &str) -> Result<&dyn KeyProvider, KeepingError> {
        let kind = ProviderKind::of_name(name).ok_or_else(|| elsewhere(name))?;
        let found = if kind == self.present { Some(&self.wrapping) } else { self.others.get(&kind) };
        found.map(AsRef::as_ref).ok_or_else(|| elsewhere(name))
    }

    async fn prepared(&self, kept: &[WrappedKey]) -> Result<Option<String>, KeepingError> {
        for wrapped in kept {
            self.of(&wrapped.provider)?;
        }
        self.wrapping.prepare(kept).await
    }

    async fn forgotten(&self) -> Result<(), KeepingError> {
        self.wrapping.forget().await?;
        for (kind, other) in &self.others {
            match other.forget().await {
                // Where there is no keyring, no key is in it.
                Err(error) if *kind == ProviderKind::Keyring => {
                    tracing::debug!("the keyring was not asked to forget: {error}");
                }
                forgotten => forgotten?,
            }
        }
        Ok(())
    }
}

/// Nothing set unwraps what that one wrapped.
fn elsewhere(name: &str) -> KeepingError {
    let (wanted, remedy) = match ProviderKind::of_name(name) {
        Some(ProviderKind::File) => ("a key file", "name it with `key_file`"),
        Some(ProviderKind::Given) => (
            "a key or passphrase that is given",
            "set SLUICE_PREVIOUS_KEY or SLUICE_PREVIOUS_PASSPHRASE to the one it was sealed with",
        ),
        Some(ProviderKind::Keyring) => ("the keyring of this desktop", "name its entry with `keyring_entry`"),
        Some(ProviderKind::Azure) => ("Azure Key Vault", "name the key with `azure_key`"),
        Some(ProviderKind::Vault) => {
            ("HashiCorp Vault", "name the key with `vault_key`, and VAULT_ADDR and VAULT_TOKEN")
        }
        None => ("a provider that this version does not know", "use the version of Sluice that sealed it"),
    };
    KeepingError::Elsewhere { wanted: wanted.to_owned(), remedy }
}

impl KeyProvider for Providers {
    fn described(&self) -> String {
        self.wrapping.described()
    }

    fn prepare<'a>(&'a self, kept: &'a [WrappedKey]) -> BoxFuture<'a, Result<Option<String>, KeepingError>> {
        Box::pin(self.prepared(kept))
    }

    fn wrap<'a>(&'a self, key: &'a DataKey, bound: &'a str) -> BoxFuture<'a, Result<WrappedKey, KeepingError>> {
        self.wrapping.wrap(key, bound)
    }

    fn unwrap<'a>(&'a self, wrapped: &'a WrappedKey, bound: &'a str) -> BoxFuture<'a, Result<DataKey, KeepingError>> {
        Box::pin(async move { self.of(&wrapped.provider)?.unwrap(wrapped, bound).await })
    }

    fn renew(&self) -> BoxFuture<'_, Result<(), KeepingError>> {
        self.wrapping.renew()
    }

    fn retire(&self) -> BoxFuture<'_, Result<(), KeepingError>> {
        self.wrapping.retire()
    }

    fn forget(&self) -> BoxFuture<'_, Result<(), KeepingError>> {
        Box::pin(self.forgotten())
    }
}
