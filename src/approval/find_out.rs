//! Finds out what became of a write whose answer was lost, by reading what it should have changed.

use bytes::Bytes;
use jiff::Timestamp;

use crate::confluence::client::Client;
use crate::confluence::failure::Failure;
use crate::domain::ids::{ApprovalId, VersionNumber};

use super::plan::Proof;

/// What was sent.
#[derive(Clone, Debug)]
pub struct Sent<'a> {
    /// Its record.
    pub approval: &'a ApprovalId,
    /// When the intent was written down.
    pub at: Timestamp,
    /// The bytes of its body.
    pub body: &'a Bytes,
}

/// What the site shows of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// It took effect.
    Happened {
        /// Id of what it made or changed.
        id: Option<String>,
        /// Its version.
        version: Option<VersionNumber>,
    },
    /// There is nothing of it.
    NotThere {
        /// Whether it may be sent once more.
        again: Again,
    },
    /// Something else stands in its place.
    Superseded,
    /// Nothing that can be read tells.
    CannotTell,
}

/// Whether sending the same bytes once more has at most one effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// Confluence itself refuses the second one.
    Safe,
    /// There could be two.
    Unsafe,
}

/// Reads what became of a write.
pub async fn find_out(_: &Client, _: &Proof, _: &Sent<'_>) -> Result<Finding, Failure> {
    Ok(Finding::CannotTell)
}
