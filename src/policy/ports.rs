//! What the gate asks others: where a thing is, whether a person agrees, and that it be written down.

use futures_util::future::BoxFuture;

use crate::domain::access::AccessClass;
use crate::domain::digest::Digest;
use crate::domain::ids::{ApprovalId, ContentId, SpaceId, SpaceKey};
use crate::domain::place::Place;

use super::ask::{AgentId, Caller, Proposal, Usage};
use super::refusal::Reason;

/// How old an answer about a place may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// At most a minute: good enough for reads.
    Cached,
    /// At most five seconds: good enough for a write whose plan has just read it.
    Recent,
    /// Asked now: for a write that has waited.
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

    /// What is at a place, or what that hangs on, and everything it stands under; nothing for a space itself, and
    /// `None` where nobody can say. Whoever cannot say hides it.
    fn line_of<'a>(&'a self, _: &'a Place, _: Freshness) -> BoxFuture<'a, Result<Option<Vec<ContentId>>, LocateError>> {
        Box::pin(async { Ok(None) })
    }

    /// Whether all of these may be read by everybody who sees their space, each by its own restrictions. Whoever
    /// cannot say says no.
    fn are_open<'a>(&'a self, _: &'a [ContentId], _: Freshness) -> BoxFuture<'a, Result<bool, LocateError>> {
        Box::pin(async { Ok(false) })
    }

    /// Looks up together what is about to be asked about each of these, as far as that saves asking; `restrictions`
    /// says whether those will be asked for too. What cannot be learned so is looked up when it is asked for.
    fn look_ahead<'a>(&'a self, _: &'a [Place], _restrictions: bool) -> BoxFuture<'a, ()> {
        Box::pin(async {})
    }
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
    /// Nobody has decided yet.
    Waiting,
    /// Nobody is set up to decide.
    NoApprover,
}

/// Knows what a person has decided.
pub trait Approver: Send + Sync {
    /// The verdict on a planned write as its durable record has it now; it waits for nobody.
    fn ask<'a>(&'a self, caller: &'a Caller, proposal: &'a Proposal) -> BoxFuture<'a, Verdict>;
}

/// One line of the record.
#[derive(Clone, Debug)]
pub struct Row {
    /// Whose call.
    pub agent: AgentId,
    /// Under which profile.
    pub profile: String,
    /// Which revision of it.
    pub revision: Digest,
    /// Which tool.
    pub tool: String,
    /// What the call does.
    pub class: AccessClass,
    /// The durable record of the write, where it is one and has come so far.
    pub approval: Option<ApprovalId>,
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
    /// A call was admitted; a read may begin, a write may be planned.
    Admitted {
        /// Names, types and lengths of its arguments.
        shape: String,
    },
    /// A write is about to be sent; written before the first byte leaves.
    Intended {
        /// Fingerprint of the request.
        digest: Digest,
        /// Who approved, where approval was required.
        approved_by: Option<String>,
    },
    /// A call was answered.
    Answered {
        /// Code of the failure, where it failed.
        code: Option<String>,
    },
}

/// A row that was not written; what it was to announce does not happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// The record could not be written.
    #[error("the record could not be written")]
    NotWritten,
    /// The write was withdrawn, has expired or is being sent already.
    #[error("the write may no longer be sent")]
    NotInForce,
}

/// Writes down what was asked, decided and done, and counts it.
pub trait Recorder: Send + Sync {
    /// Writes one row. An intent counts against the limits from the moment of this call until it is known how the
    /// write ended, and the write is not sent before its row is durable.
    fn record(&self, row: Row) -> BoxFuture<'_, Result<(), RecordError>>;

    /// What the agent has done in the rolling windows of its limits.
    fn usage(&self, agent: &AgentId) -> Usage;
}
