//! The keys that wrap data keys where Sluice has them itself: one present key, and those before it.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use secrecy::SecretBox;
use secrecy::zeroize::Zeroizing;
use sha2::{Digest as _, Sha256};

use super::{DataKey, KeepingError, LENGTH, WrappedKey, envelope};

/// The form of what is wrapped, and what a wrapping key is used for; never changed.
const FORM: &[u8] = b"sluice wrapped key 1\0";
/// What a fingerprint is taken with, so that it is no hash of the key for anything else.
const FINGERPRINT: &[u8] = b"sluice: fingerprint of a wrapping key\0";
/// Bytes of a fingerprint.
const FINGERPRINT_LENGTH: usize = 16;
/// Nothing wrapped is longer, in characters.
const LONGEST: usize = 8 * 1024;
/// One present key and those before; a rotation that is not finished leaves one more each time.
const MOST: usize = 8;

/// A key that wraps data keys. It cannot print itself.
pub(super) struct WrappingKey(DataKey);

impl WrappingKey {
    /// A new one.
    pub(super) fn generate() -> Result<Self, KeepingError> {
        DataKey::generate().map(Self)
    }

    /// The key of these bytes.
    pub(super) fn of(bytes: SecretBox<[u8; LENGTH]>) -> Self {
        Self(DataKey::of(bytes))
    }

    /// Says which key it is, and nothing of it.
    pub(super) fn fingerprint(&self) -> String {
        let hash = Sha256::new().chain_update(FINGERPRINT).chain_update(self.0.expose()).finalize();
        URL_SAFE_NO_PAD.encode(hash.get(..FINGERPRINT_LENGTH).unwrap_or_default())
    }

    /// The wrapped bytes, base64, bound to that id and to how the key is named.
    pub(super) fn wrap(&self, key: &DataKey, named: &str, bound: &str) -> Result<String, KeepingError> {
        envelope::close(&self.0, &binding(named, bound), key.expose()).map(|sealed| STANDARD.encode(sealed))
    }

    /// The data key; `None` where it does not open.
    pub(super) fn unwrap(&self, wrapped: &WrappedKey, bound: &str) -> Option<DataKey> {
        let sealed = decoded(&wrapped.wrapped)?;
        let opened = envelope::open(&self.0, &binding(&wrapped.key, bound), &sealed).ok()?;
        data_key(&opened)
    }
}

/// A name holds no zero, so that no two pairs have the same binding.
fn binding(named: &str, bound: &str) -> Vec<u8> {
    [FORM, named.as_bytes(), b"\0", bound.as_bytes()].concat()
}

/// The bytes of what is wrapped.
pub(super) fn decoded(wrapped: &str) -> Option<Vec<u8>> {
    (wrapped.len() <= LONGEST).then(|| STANDARD.decode(wrapped).ok()).flatten()
}

/// The data key of exactly these bytes.
pub(super) fn data_key(bytes: &[u8]) -> Option<DataKey> {
    (bytes.len() == LENGTH)
        .then(|| DataKey::of(SecretBox::init_with_mut(|key: &mut [u8; LENGTH]| key.copy_from_slice(bytes))))
}

/// The present key first, then those before it; never none.
pub(super) struct WrappingKeys(Vec<WrappingKey>);

impl WrappingKeys {
    /// A text is never longer than this, in bytes.
    pub(super) const LONGEST: usize = MOST * 64;

    /// A new key alone.
    pub(super) fn generate() -> Result<Self, KeepingError> {
        Ok(Self(vec![WrappingKey::generate()?]))
    }

    /// These keys, where there are any.
    pub(super) fn of(keys: Vec<WrappingKey>) -> Option<Self> {
        (!keys.is_empty()).then_some(Self(keys))
    }

    /// The keys of a text: base64 lines, the first is the present key. Otherwise says what is wrong with it.
    pub(super) fn read(text: &[u8]) -> Result<Self, &'static str> {
        let text = std::str::from_utf8(text).map_err(|_| "is not text")?;
        let mut keys = Vec::new();
        for line in text.lines() {
            let bytes = STANDARD.decode(line).map(Zeroizing::new).ok();
            let key = bytes.and_then(|bytes| data_key(&bytes));
            keys.push(WrappingKey(key.ok_or("holds a line that is not 32 bytes as base64")?));
        }
        if keys.len() > MOST {
            return Err("holds more than 8 keys");
        }
        Self::of(keys).ok_or("is empty")
    }

    /// The text of the keys.
    pub(super) fn text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(Self::LONGEST));
        for WrappingKey(key) in &self.0 {
            STANDARD.encode_string(key.expose(), &mut text);
            text.push('\n');
        }
        text
    }

    /// With a new key before all others.
    pub(super) fn renewed(mut self) -> Result<Self, KeepingError> {
        self.0.insert(0, WrappingKey::generate()?);
        Ok(self)
    }

    /// Whether there are as many as there may be.
    pub(super) fn are_many(&self) -> bool {
        self.0.len() >= MOST
    }

    /// The present key alone, where there are others.
    pub(super) fn retired(mut self) -> Option<Self> {
        let others = self.0.len() > 1;
        self.0.truncate(1);
        others.then_some(self)
    }

    /// Wraps with the present key, in the name of that provider.
    pub(super) fn wrap(&self, provider: &str, key: &DataKey, bound: &str) -> Result<WrappedKey, KeepingError> {
        let none = || KeepingError::Provider { provider: provider.to_owned(), problem: "it has no key".to_owned() };
        let present = self.0.first().ok_or_else(none)?;
        let named = present.fingerprint();
        Ok(WrappedKey { wrapped: present.wrap(key, &named, bound)?, provider: provider.to_owned(), key: named })
    }

    /// Unwraps with the key that wrapped it; `None` where none of them did, or where it was changed.
    pub(super) fn unwrap(&self, wrapped: &WrappedKey, bound: &str) -> Option<DataKey> {
        self.0.iter().find(|key| key.fingerprint() == wrapped.key)?.unwrap(wrapped, bound)
    }
}
