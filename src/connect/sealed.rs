//! The file of a connection: what may be seen, the wrapped data key, and the sealed secrets, bound to one another.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::zeroize::Zeroizing;
use serde::{Deserialize, Serialize};

use super::record::Record;
use super::secrets::Secrets;
use crate::keys::{DataKey, KeepingError, WrappedKey, envelope};

/// Version of the format.
const FORMAT: u32 = 1;

/// A connection's file. Nobody without its data key can read the secrets, change the record, or put parts of two files
/// together unseen.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sealed {
    format: u32,
    /// What may be seen.
    pub connection: Record,
    /// The data key, wrapped by whoever keeps the key for that.
    pub key: WrappedKey,
    secrets: String,
}

/// A file that is no connection's.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// It is cut short, or something else.
    #[error("is damaged: {0}")]
    Damaged(String),
    /// A later version wrote it.
    #[error("has format {0}, which a later version of Sluice wrote: use that one")]
    Later(u32),
}

#[derive(Deserialize)]
struct Format {
    format: u32,
}

impl Sealed {
    /// Seals a connection's secrets together with its record.
    pub fn close(
        connection: Record,
        secrets: &Secrets,
        data_key: &DataKey,
        key: WrappedKey,
    ) -> Result<Self, KeepingError> {
        let text = serde_json::to_vec(secrets).map(Zeroizing::new).unwrap_or_default();
        let secrets = envelope::close(data_key, &bound(&connection), &text)?;
        Ok(Self { format: FORMAT, connection, key, secrets: STANDARD.encode(secrets) })
    }

    /// The same under another wrapped form of the same data key.
    #[must_use]
    pub fn wrapped_anew(self, key: WrappedKey) -> Self {
        Self { key, ..self }
    }

    /// The secrets.
    pub fn open(&self, data_key: &DataKey) -> Result<Secrets, KeepingError> {
        let broken = || KeepingError::Broken { key: "its data key".to_owned() };
        let sealed = STANDARD.decode(&self.secrets).map_err(|_| broken())?;
        let text = envelope::open(data_key, &bound(&self.connection), &sealed)?;
        serde_json::from_slice(&text).map_err(|_| broken())
    }

    /// As it is written.
    pub fn bytes(&self) -> Vec<u8> {
        // Strings, numbers and lists of them: nothing that could fail.
        let mut bytes = serde_json::to_vec_pretty(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    /// What [`bytes`](Self::bytes) wrote.
    pub fn read(bytes: &[u8]) -> Result<Self, Unreadable> {
        let damaged = |error: serde_json::Error| Unreadable::Damaged(error.to_string());
        let Format { format } = serde_json::from_slice(bytes).map_err(damaged)?;
        if format != FORMAT {
            return Err(Unreadable::Later(format));
        }
        serde_json::from_slice(bytes).map_err(damaged)
    }
}

/// What the secrets are bound to: the format, the connection's id, and everything that may be seen of it.
fn bound(record: &Record) -> Vec<u8> {
    let seen = serde_json::to_vec(record).unwrap_or_default();
    [b"sluice connection\0".as_slice(), &FORMAT.to_be_bytes(), record.id.as_bytes(), &[0], &seen].concat()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::connect::record::{Method, Place, State};

    fn record(name: &str) -> Record {
        Record {
            id: format!("id of {name}"),
            name: name.parse().unwrap(),
            method: Method::ApiToken,
            place: Place {
                site: "https://acme.atlassian.net".into(),
                cloud_id: None,
                gateway: None,
                account_id: "5b10".into(),
                account_name: "Mia".into(),
            },
            auth_host: None,
            scopes: Vec::new(),
            connected_at: Timestamp::UNIX_EPOCH,
            access: None,
            generation: 0,
            state: State::Connected,
        }
    }

    fn sealed(name: &str, key: &DataKey) -> Sealed {
        let secrets =
            Secrets::ApiToken { email: "a@b.example".into(), token: secrecy::SecretString::from("canary-4711").into() };
        let wrapped = WrappedKey { provider: "p".into(), key: "k".into(), wrapped: "w".into() };
        Sealed::close(record(name), &secrets, key, wrapped).unwrap()
    }

    #[test]
    fn what_was_sealed_is_read_again_and_shows_no_secret() {
        let key = DataKey::generate().unwrap();
        let bytes = sealed("acme", &key).bytes();
        assert!(!String::from_utf8_lossy(&bytes).contains("canary"));
        let read = Sealed::read(&bytes).unwrap();
        assert_eq!(read.connection, record("acme"));
        assert!(matches!(read.open(&key).unwrap(), Secrets::ApiToken { email, .. } if email == "a@b.example"));
        assert!(read.open(&DataKey::generate().unwrap()).is_err());
    }

    #[test]
    fn a_record_that_was_changed_does_not_open() {
        let key = DataKey::generate().unwrap();
        let (mut one, other) = (sealed("acme", &key), sealed("other", &key));
        one.connection.place.site = "https://evil.example".into();
        assert!(one.open(&key).is_err());
        let mixed = Sealed { secrets: other.secrets, ..sealed("acme", &key) };
        assert!(mixed.open(&key).is_err());
    }

    #[test]
    fn a_file_that_was_cut_or_comes_from_later_is_told_apart() {
        let key = DataKey::generate().unwrap();
        let bytes = sealed("acme", &key).bytes();
        for length in (0..bytes.len() - 2).step_by(7) {
            assert!(matches!(Sealed::read(&bytes[..length]), Err(Unreadable::Damaged(_))), "{length}");
        }
        let later = String::from_utf8(bytes).unwrap().replace("\"format\": 1", "\"format\": 2, \"more\": 1");
        assert!(matches!(Sealed::read(later.as_bytes()), Err(Unreadable::Later(2))));
    }
}
