//! A long text of a record: inside it where it is short, in pieces beside it where it is not.

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::domain::digest::Digest;
use crate::domain::ids::ApprovalId;
use crate::store::{Store, StoreError, Table, pieces};

/// What is longer, written as JSON, is kept beside the record, in bytes.
const SHORT: usize = 24 << 10;
/// Where it is kept then.
pub(super) const PIECES: Table = Table::new("approval-pieces");

/// A text or other bytes of a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kept {
    /// In the record itself.
    Here(String),
    /// Beside it.
    Apart {
        /// Under which name.
        name: String,
        /// Fingerprint of the bytes.
        digest: Digest,
        /// How many bytes.
        length: usize,
    },
}

impl Kept {
    /// Keeps `bytes` as the part `part` of a record. What goes beside it is durable when this returns.
    pub async fn keep(store: &dyn Store, id: &ApprovalId, part: &str, bytes: Bytes) -> Result<Self, StoreError> {
        if let Ok(text) = std::str::from_utf8(&bytes)
            && bytes.len() <= SHORT
            && serde_json::to_string(text).is_ok_and(|json| json.len() <= SHORT)
        {
            return Ok(Self::Here(text.to_owned()));
        }
        let name = format!("{id}.{part}");
        let (digest, length) = (Digest::of([&*bytes]), bytes.len());
        pieces::write(store, PIECES, &name, bytes).await?;
        Ok(Self::Apart { name, digest, length })
    }

    /// How many bytes lie beside the record.
    pub const fn beside(&self) -> usize {
        match self {
            Self::Here(_) => 0,
            Self::Apart { length, .. } => *length,
        }
    }

    /// The bytes; damaged where they are not those that were kept.
    pub async fn read(&self, store: &dyn Store) -> Result<Bytes, StoreError> {
        match self {
            Self::Here(text) => Ok(Bytes::copy_from_slice(text.as_bytes())),
            Self::Apart { name, digest, .. } => match pieces::read(store, PIECES, name).await? {
                Some(bytes) if Digest::of([&*bytes]) == *digest => Ok(bytes),
                _ => Err(StoreError::Damaged { table: PIECES.name() }),
            },
        }
    }

    /// The bytes as text.
    pub async fn text(&self, store: &dyn Store) -> Result<String, StoreError> {
        Ok(String::from_utf8_lossy(&self.read(store).await?).into_owned())
    }

    /// Forgets what lies beside the record.
    pub async fn forget(&self, store: &dyn Store) -> Result<(), StoreError> {
        match self {
            Self::Here(_) => Ok(()),
            Self::Apart { name, .. } => pieces::remove(store, PIECES, name).await,
        }
    }
}
