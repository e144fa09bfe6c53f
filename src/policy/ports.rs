//! What the gate asks others: where a thing is, whether a person agrees, and that it be written down.

use futures_util::future::BoxFuture;

use crate::domain::access::AccessClass;
use crate::domain::digest::Digest;
use crate::domain::ids::{SpaceId, SpaceKey};
use crate::domain::place::Place;

use super::ask::{AgentId, Caller, Proposal, Usage};
use super::refusal::Reason;

/// How old an answer about a place may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// At most a minute: good enough for reads.
    Cached,
    /// Asked now: for writes.
    Live,
}

/// The place could not be looked up; one line without secrets.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub struct LocateError(pub String);

/// Says where a thing is.
pub trait Locator: Send + Sync {
    /// The space a place lies in, or `None` where the connected account sees nothing there.
    fn space_of<'a>(
        &'a self,
        place: &'a Place,
        freshness: Freshness,
    ) -> BoxFuture<'a, Result<Option<SpaceId>, LocateError>>;

    /// The key of a space, or `None` where the account sees no such space. It may be remembered for a minute even for
    /// a write: an id is never given out twice, and a space keeps its key.
    fn key_of<'a>(&'a self, space: &'a SpaceId) -> BoxFuture<'a, Result<Option<SpaceKey>, LocateError>>;
}

/// What a person, or the absence of one, says to a planned write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Yes.
    Approved {
        /// Who.
        by: String,
    },
    /// No.
    Denied {
        /// Who.
        by: String,
        /// Why.
        reason: String,
    },
    /// Nobody is set up to decide.
    NoApprover,
}

/// Asks a person.
pub trait Approver: Send + Sync {
    /// Waits for a verdict on a planned write.
    fn ask<'a>(&'a self, caller: &'a Caller, proposal: &'a Proposal) -> BoxFuture<'a, Verdict>;
}

/// One line of the record.
#[derive(Clone, Debug)]
pub struct Row {
    /// Whose call.
    pub agent: AgentId,
    /// Under which profile.
    pub profile: String,
    /// Which tool.
    pub tool: String,
    /// What the call does.
    pub class: AccessClass,
    /// What became of it.
    pub event: Event,
}

/// What became of a call.
#[derive(Clone, Debug)]
pub enum Event {
    /// The profile refused it.
    Refused(Reason),
    /// A person, or the lack of one, refused it.
    NotApproved(Verdict),
    /// A read was admitted.
    Reading,
    /// A write is about to be sent; written before the first byte leaves.
    Intended {
        /// Fingerprint of the request.
        digest: Digest,
        /// The target in words.
        target: String,
        /// Who approved, where approval was required.
        approved_by: Option<String>,
    },
    /// A write was answered with success.
    Done {
        /// Fingerprint of the request.
        digest: Digest,
    },
    /// A write was answered with a refusal, or its fate is unknown.
    Failed {
        /// Fingerprint of the request.
        digest: Digest,
        /// Code of the failure.
        code: &'static str,
    },
}

/// The record could not be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the record could not be written")]
pub struct RecordError;

/// Writes down what was asked, decided and done, and counts it.
pub trait Recorder: Send + Sync {
    /// Writes one row; a write is not sent before its row is durable.
    fn record(&self, row: Row) -> BoxFuture<'_, Result<(), RecordError>>;

    /// What the agent has done in the rolling windows of its limits.
    fn usage(&self, agent: &AgentId) -> Usage;
}
