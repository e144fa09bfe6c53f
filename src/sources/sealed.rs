//! The file of a source: what may be seen and, where it is read with a key, that key, sealed and bound to the rest.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};

use super::record::SourceRecord;
use crate::connect::ConnectionName;
use crate::connect::cabinet::Filed;
use crate::connect::sealed::Unreadable;
use crate::keys::{DataKey, KeepingError, WrappedKey, envelope};

/// Version of the format.
const FORMAT: u32 = 1;

/// A source's file. Nobody without its data key can read the key, or have it sent to another address unseen.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealedSource {
    format: u32,
    /// What may be seen.
    pub source: SourceRecord,
    sealed: Option<SealedKey>,
}

/// A key for the source's API, and the data key that opens it, wrapped by whoever keeps the key for that.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SealedKey {
    data_key: WrappedKey,
    api_key: String,
}

#[derive(Deserialize)]
struct Format {
    format: u32,
}

impl SealedSource {
    /// A source that is read without a key.
    pub const fn open(source: SourceRecord) -> Self {
        Self { format: FORMAT, source, sealed: None }
    }

    /// Seals a source's key together with its record.
    pub fn close(
        source: SourceRecord,
        api_key: &SecretString,
        data_key: &DataKey,
        wrapped: WrappedKey,
    ) -> Result<Self, KeepingError> {
        let sealed = envelope::close(data_key, &bound(&source), api_key.expose_secret().as_bytes())?;
        let sealed = SealedKey { data_key: wrapped, api_key: STANDARD.encode(sealed) };
        Ok(Self { format: FORMAT, source, sealed: Some(sealed) })
    }

    /// The same under another wrapped form of the same data key.
    #[must_use]
    pub fn wrapped_anew(mut self, wrapped: WrappedKey) -> Self {
        if let Some(sealed) = &mut self.sealed {
            sealed.data_key = wrapped;
        }
        self
    }

    /// The key, where there is one.
    pub fn api_key(&self, data_key: &DataKey) -> Result<SecretString, KeepingError> {
        let broken = || KeepingError::Broken { key: "its data key".to_owned() };
        let sealed = self.sealed.as_ref().ok_or_else(broken)?;
        let sealed = STANDARD.decode(&sealed.api_key).map_err(|_| broken())?;
        let text = envelope::open(data_key, &bound(&self.source), &sealed)?;
        std::str::from_utf8(&text).map(SecretString::from).map_err(|_| broken())
    }
}

impl Filed for SealedSource {
    const ENDING: &'static str = ".source";
    const WHOSE: &'static str = "source's";

    fn name(&self) -> &ConnectionName {
        self.source.name.file()
    }

    fn wrapped_key(&self) -> Option<&WrappedKey> {
        self.sealed.as_ref().map(|sealed| &sealed.data_key)
    }

    fn bytes(&self) -> Vec<u8> {
        // Texts and times: nothing that could fail.
        let mut bytes = serde_json::to_vec_pretty(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    fn read(bytes: &[u8]) -> Result<Self, Unreadable> {
        let damaged = |error: serde_json::Error| Unreadable::Damaged(error.to_string());
        let Format { format } = serde_json::from_slice(bytes).map_err(damaged)?;
        if format != FORMAT {
            return Err(Unreadable::Later(format));
        }
        serde_json::from_slice(bytes).map_err(damaged)
    }
}

/// What the key is bound to: the format, the source's id, and everything that may be seen of it.
fn bound(source: &SourceRecord) -> Vec<u8> {
    let seen = serde_json::to_vec(source).unwrap_or_default();
    [b"sluice source\0".as_slice(), &FORMAT.to_be_bytes(), source.id.as_bytes(), &[0], &seen].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sources::record::SourceKind;

    #[test]
    fn a_key_opens_only_with_the_record_it_was_sealed_with() {
        let source = SourceRecord {
            id: "1".into(),
            name: "hudu".parse().unwrap(),
            kind: SourceKind::Hudu,
            place: "https://hudu.example.com".into(),
            links: None,
            added_at: jiff::Timestamp::UNIX_EPOCH,
        };
        let (key, other) = (DataKey::generate().unwrap(), DataKey::generate().unwrap());
        let wrapped = WrappedKey { provider: "p".into(), key: "k".into(), wrapped: "w".into() };
        let sealed = SealedSource::close(source, &"canary".into(), &key, wrapped).unwrap();
        let bytes = sealed.bytes();
        assert!(!String::from_utf8_lossy(&bytes).contains("canary"));
        let read = SealedSource::read(&bytes).unwrap();
        assert_eq!(read.api_key(&key).unwrap().expose_secret(), "canary");
        assert!(read.api_key(&other).is_err());
        let moved = String::from_utf8(bytes).unwrap().replace("hudu.example.com", "evil.example.com");
        assert!(SealedSource::read(moved.as_bytes()).unwrap().api_key(&key).is_err());
        assert!(SealedSource::read(b"{\"format\": 2}").is_err() && SealedSource::read(b"").is_err());
    }
}
