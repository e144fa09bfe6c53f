//! Keeps wrapping keys in the desktop's keyring: the Keychain, the Credential Manager, or the Secret Service.

use std::fmt;

use keyring::Error;
use secrecy::zeroize::Zeroizing;

use super::KeepingError;
use super::kept::{KeptKeys, Place};
use super::wrapping::WrappingKeys;
use crate::config::ProviderKind;
use crate::domain::text::one_line;

/// Whose entries they are.
const SERVICE: &str = "sluice";
/// Most of what the system says is wrong, in characters.
const LONGEST_WORDS: usize = 160;

/// Keys in the desktop's keyring.
pub type Keyring = KeptKeys<KeyringPlace>;

/// Opens the entry of that name.
type Open = dyn Fn(&str) -> keyring::Result<keyring::Entry> + Send + Sync;

/// An entry of the keyring as a place for keys.
pub struct KeyringPlace {
    entry: String,
    open: Box<Open>,
}

impl fmt::Debug for KeyringPlace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "KeyringPlace({})", self.entry)
    }
}

impl Keyring {
    /// The entry of that name in this desktop's keyring; neither need be there.
    pub fn new(entry: impl Into<String>) -> Self {
        Self::at(KeyringPlace { entry: entry.into(), open: Box::new(|entry| keyring::Entry::new(SERVICE, entry)) })
    }
}

impl KeyringPlace {
    fn with<T>(&self, work: impl FnOnce(&keyring::Entry) -> keyring::Result<T>) -> Result<Option<T>, KeepingError> {
        match (self.open)(&self.entry).and_then(|entry| work(&entry)) {
            Ok(worked) => Ok(Some(worked)),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(self.problem(said(&error))),
        }
    }
}

impl Place for KeyringPlace {
    fn kind(&self) -> ProviderKind {
        ProviderKind::Keyring
    }

    fn described(&self) -> String {
        format!("the entry `{}` of this desktop's keyring", self.entry)
    }

    fn read(&self) -> Result<Option<Zeroizing<Vec<u8>>>, KeepingError> {
        let found = self.with(|entry| entry.get_secret().map(Zeroizing::new))?;
        match found {
            Some(text) if text.len() > WrappingKeys::LONGEST => {
                Err(self.problem("is too long to hold keys".to_owned()))
            }
            found => Ok(found),
        }
    }

    fn make(&self, text: &[u8]) -> Result<bool, KeepingError> {
        self.exchange(text)?;
        // Of two who make it at once, the later one stays.
        Ok(self.read()?.is_some_and(|found| found.as_slice() == text))
    }

    fn exchange(&self, text: &[u8]) -> Result<(), KeepingError> {
        let kept = self.with(|entry| entry.set_secret(text))?;
        kept.ok_or_else(|| self.problem("cannot be made".to_owned()))
    }

    fn remove(&self) -> Result<(), KeepingError> {
        self.with(keyring::Entry::delete_credential).map(|_| ())
    }

    fn problem(&self, problem: String) -> KeepingError {
        KeepingError::Provider { provider: self.described(), problem: format!("it {problem}") }
    }
}

/// What is wrong, as words that follow the entry; what the entry holds is not repeated.
fn said(error: &Error) -> String {
    match error {
        Error::NoDefaultStore => {
            "cannot be used: there is no keyring here; start Sluice where a desktop has one, or name another \
            `key_provider`"
                .to_owned()
        }
        Error::NoStorageAccess(_) => "is locked, or not for us; unlock the keyring, and try again".to_owned(),
        Error::Ambiguous(_) => "is there more than once; delete the ones that are not needed".to_owned(),
        Error::BadEncoding(_) | Error::BadDataFormat(..) => "holds what is no key; put the right one back".to_owned(),
        error => format!("cannot be used: {}", one_line(&error.to_string(), LONGEST_WORDS)),
    }
}

#[cfg(test)]
mod tests {
    use keyring_core::api::CredentialStoreApi as _;
    use keyring_core::mock;

    use super::*;
    use crate::keys::{DataKey, KeyProvider as _};

    /// A keyring in memory, and the entry that the keys are in.
    fn in_memory() -> (Keyring, keyring_core::Entry) {
        let store = mock::Store::new().unwrap();
        let entry = store.build(SERVICE, "sluice", None).unwrap();
        let open = move |name: &str| Ok(keyring::Entry { inner: store.build(SERVICE, name, None)? });
        (Keyring::at(KeyringPlace { entry: "sluice".to_owned(), open: Box::new(open) }), entry)
    }

    fn fails_next(entry: &keyring_core::Entry, error: Error) {
        entry.as_any().downcast_ref::<mock::Cred>().unwrap().set_error(error);
    }

    #[tokio::test]
    async fn an_entry_keeps_keys_and_is_made_once() {
        let (keyring, entry) = in_memory();
        let told = keyring.prepare(&[]).await.unwrap().unwrap();
        assert_eq!(told, "a key was made in the entry `sluice` of this desktop's keyring; back it up");
        assert_eq!(keyring.prepare(&[]).await.unwrap(), None);
        let key = DataKey::generate().unwrap();
        let wrapped = keyring.wrap(&key, "acme 1").await.unwrap();
        assert_eq!(wrapped.provider, "keyring");
        keyring.renew().await.unwrap();
        assert_eq!(keyring.unwrap(&wrapped, "acme 1").await.unwrap().expose(), key.expose());
        assert!(keyring.unwrap(&wrapped, "acme 2").await.is_err());
        keyring.retire().await.unwrap();
        assert!(keyring.unwrap(&wrapped, "acme 1").await.is_err());
        keyring.forget().await.unwrap();
        keyring.forget().await.unwrap();
        assert!(matches!(entry.get_secret(), Err(Error::NoEntry)));
    }

    #[tokio::test]
    async fn what_is_wrong_with_a_keyring_is_told_and_nothing_is_overwritten() {
        let (keyring, entry) = in_memory();
        keyring.prepare(&[]).await.unwrap();
        let before = entry.get_secret().unwrap();
        for (error, told) in [
            (Error::NoDefaultStore, "there is no keyring here"),
            (Error::NoStorageAccess("no".into()), "unlock the keyring"),
            (Error::Ambiguous(Vec::new()), "more than once"),
            (Error::BadEncoding(b"canary".to_vec()), "holds what is no key"),
            (Error::BadDataFormat(b"canary".to_vec(), "canary".into()), "holds what is no key"),
            (Error::PlatformFailure("the bus\nis gone".into()), "the bus"),
        ] {
            fails_next(&entry, error);
            let error = keyring.renew().await.unwrap_err().to_string();
            assert!(error.contains(told) && !error.contains("canary") && !error.contains('\n'), "{error}");
        }
        assert_eq!(entry.get_secret().unwrap(), before);
        for wrong in [&b"hunter2"[..], b"", &[b'A'; 4096]] {
            entry.set_secret(wrong).unwrap();
            let error = keyring.prepare(&[]).await.unwrap_err().to_string();
            assert!(error.starts_with("the entry `sluice`") && !error.contains("hunter2"), "{error}");
            assert_eq!(entry.get_secret().unwrap(), wrong);
        }
    }

    #[tokio::test]
    async fn a_missing_entry_is_not_replaced_once_it_sealed_something() {
        let (keyring, entry) = in_memory();
        let wrapped = keyring.wrap(&DataKey::generate().unwrap(), "acme 1").await.unwrap();
        entry.delete_credential().unwrap();
        assert!(keyring.unwrap(&wrapped, "acme 1").await.unwrap_err().to_string().contains("is missing"));
        assert!(keyring.prepare(&[wrapped]).await.is_err());
    }
}
