//! What people are shown of a write, and how what they decide reaches the queue.

use jiff::Timestamp;
use serde::Serialize;

use crate::approval::record::{Decision, Known, Record, Says, State, Touched, Via};
use crate::approval::{Approvals, DecideError, Decider, Rights};
use crate::domain::access::AccessClass;
use crate::domain::digest::Digest;
use crate::domain::ids::{ApprovalId, VersionNumber};
use crate::domain::place::Place;
use crate::domain::text::one_line;
use crate::people::Approver;
use crate::policy::ask::AgentId;
use crate::store::{Store, StoreError};

/// Longest reason, in characters.
const LONGEST_REASON: usize = 500;

/// A write on one line of a list.
#[derive(Debug, Serialize)]
pub struct Listed<'a> {
    /// Its id.
    pub id: &'a ApprovalId,
    /// How far it has come.
    pub state: State,
    /// Which agent asks.
    pub agent: &'a AgentId,
    /// Whose agent it is.
    pub owner: &'a str,
    /// With which tool.
    pub tool: &'a str,
    /// What it amounts to.
    pub class: AccessClass,
    /// The target in words.
    pub target: &'a str,
    /// One line for people.
    pub summary: &'a str,
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// Until when it may be decided.
    pub decide_by: Timestamp,
    /// What was decided, once it was.
    pub decision: Option<Decided<'a>>,
}

/// What was decided.
#[derive(Debug, Serialize)]
pub struct Decided<'a> {
    /// Yes or no.
    pub says: Says,
    /// Who.
    pub by: &'a str,
    /// Where.
    pub via: Via,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: Option<&'a str>,
}

/// Everything about a write that a person needs to decide on it.
#[derive(Debug, Serialize)]
pub struct Shown<'a> {
    /// As in a list.
    #[serde(flatten)]
    pub listed: Listed<'a>,
    /// Fingerprint of all of this: what a decision must bring back.
    pub seal: Digest,
    /// What will change, as Markdown; words from Confluence stand in it as they are.
    pub preview: String,
    /// What it costs besides what was asked for.
    pub loss: Option<&'a str>,
    /// The spaces it touches.
    pub spaces: &'a [Touched],
    /// Every place it touches.
    pub places: &'a [Place],
    /// Over which connection.
    pub connection: &'a str,
    /// By which profile it was judged.
    pub profile: &'a str,
    /// The version it rests on.
    pub rests_on: Option<VersionNumber>,
    /// Method and path of the request.
    pub request: String,
    /// Fingerprint of the request with its body.
    pub digest: Digest,
    /// The write that it undoes.
    pub undoes: Option<&'a ApprovalId>,
    /// When an approved write that was not sent expires.
    pub execute_by: Option<Timestamp>,
    /// What became of it, once that is known.
    pub outcome: Option<Became<'a>>,
}

/// What became of a write.
#[derive(Debug, Serialize)]
pub struct Became<'a> {
    /// When it was known.
    pub at: Timestamp,
    /// Stable code of what went wrong.
    pub code: Option<&'a str>,
    /// The same in one line.
    pub message: Option<&'a str>,
    /// Id of what was made or changed.
    pub id: Option<&'a str>,
    /// Its version now.
    pub version: Option<VersionNumber>,
    /// How it is known.
    pub known: Known,
}

/// A write as lists show it.
pub fn listed(record: &Record) -> Listed<'_> {
    let asked = &record.asked;
    Listed {
        id: &asked.id,
        state: record.state,
        agent: &asked.agent,
        owner: &asked.owner,
        tool: &asked.tool,
        class: asked.effect,
        target: &asked.target,
        summary: &asked.summary,
        asked_at: asked.at,
        decide_by: asked.decide_by,
        decision: record.decision.as_ref().map(decided),
    }
}

fn decided(decision: &Decision) -> Decided<'_> {
    let Decision { says, by, via, at, reason, .. } = decision;
    Decided { says: *says, by, via: *via, at: *at, reason: reason.as_deref() }
}

/// A write with everything that a decision rests on.
pub async fn shown<'a>(record: &'a Record, store: &dyn Store) -> Result<Shown<'a>, StoreError> {
    let asked = &record.asked;
    let outcome = record.outcome.as_ref().map(|outcome| Became {
        at: outcome.at,
        code: outcome.code.as_deref(),
        message: outcome.message.as_deref(),
        id: outcome.id.as_deref(),
        version: outcome.version,
        known: outcome.known,
    });
    Ok(Shown {
        listed: listed(record),
        seal: record.seal,
        preview: asked.preview.text(store).await?,
        loss: asked.loss.as_deref(),
        spaces: &asked.spaces,
        places: &asked.places,
        connection: &asked.connection,
        profile: &asked.profile,
        rests_on: asked.rests_on,
        request: asked.request.line(),
        digest: asked.request.digest(),
        undoes: asked.undoes.as_ref(),
        execute_by: record.execute_by,
        outcome,
    })
}

/// What a person who has proven to be an approver says to a write. `seal` is the fingerprint of what was shown.
pub async fn decide(
    approvals: &Approvals,
    id: &ApprovalId,
    seal: Digest,
    approver: Approver,
    says: Says,
    reason: Option<&str>,
) -> Result<Record, DecideError> {
    let Approver { name, classes, spaces } = approver;
    let who = Decider::Approver { name, via: Via::Dashboard, rights: Rights { classes, spaces } };
    let reason = reason.map(|reason| one_line(reason, LONGEST_REASON)).filter(|reason| !reason.is_empty());
    approvals.decide(id, seal, &who, says, reason).await
}
