//! A write as people are shown it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::approval::record::{Decision, Known, Outcome, Record};
use crate::approval::{State, Undo};
use crate::domain::access::AccessClass;
use crate::domain::digest::Digest;
use crate::domain::ids::{ApprovalId, VersionNumber};
use crate::policy::ask::AgentId;
use crate::policy::profile::ApprovedBy;
use crate::store::{Store, StoreError};

/// A write in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// Its id.
    pub id: ApprovalId,
    /// How far it is.
    pub state: State,
    /// Whose it is.
    pub agent: AgentId,
    /// The tool.
    pub tool: String,
    /// What it amounts to.
    pub effect: AccessClass,
    /// What it is, in one line.
    pub summary: String,
    /// When it was asked.
    pub asked_at: Timestamp,
    /// When it expires undecided.
    pub decide_by: Timestamp,
    /// Who decided.
    pub decided_by: Option<String>,
}

/// Everything a person needs to decide on a write, or to see what became of it. Its texts are as they were asked: whoever
/// shows them makes them harmless for where they are shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shown {
    /// Its id.
    pub id: ApprovalId,
    /// Fingerprint of all that was asked: what a decision brings back.
    pub seal: Digest,
    /// How far it is.
    pub state: State,
    /// Whose it is.
    pub agent: AgentId,
    /// Whose agent that is.
    pub owner: String,
    /// The profile it was judged by.
    pub profile: String,
    /// Who may approve.
    pub by: ApprovedBy,
    /// Site and account.
    pub connection: String,
    /// Whether that is open, so that an approved write is sent at once.
    pub reached: Reached,
    /// The tool.
    pub tool: String,
    /// The class the tool declares.
    pub class: AccessClass,
    /// What the request amounts to.
    pub effect: AccessClass,
    /// The target in words.
    pub target: String,
    /// What it is, in one line.
    pub summary: String,
    /// What it costs besides what was asked for.
    pub loss: Option<String>,
    /// What will change, as Markdown; empty where nobody had to be asked.
    pub preview: String,
    /// Keys of the spaces it touches, where they had to be known.
    pub spaces: Vec<String>,
    /// The request.
    pub request: Request,
    /// When it was asked.
    pub asked_at: Timestamp,
    /// When it expires undecided.
    pub decide_by: Timestamp,
    /// When it expires approved and not sent.
    pub execute_by: Option<Timestamp>,
    /// Who decided.
    pub decision: Option<Decision>,
    /// What became of it.
    pub outcome: Option<Ended>,
    /// Whether it can be undone.
    pub undo: UndoNow,
    /// The write that it undoes.
    pub undoes: Option<ApprovalId>,
    /// The write that undid it.
    pub undone_by: Option<ApprovalId>,
}

/// Whether a connection is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reached {
    /// It is.
    Yes,
    /// It is not.
    No,
}

/// A request as people are shown it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Method and path.
    pub line: String,
    /// Its fingerprint.
    pub digest: Digest,
}

/// What became of a write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// When it was known.
    pub at: Timestamp,
    /// Stable code of what went wrong.
    pub code: Option<String>,
    /// The same in one line.
    pub message: Option<String>,
    /// What to do about it.
    pub hint: Option<String>,
    /// Id of what was made or changed.
    pub id: Option<String>,
    /// Its version now.
    pub version: Option<VersionNumber>,
    /// How it is known.
    pub known: Known,
}

/// Whether a write can be undone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UndoNow {
    /// As long as nothing came after it.
    Possible,
    /// Why not.
    Not(String),
}

impl Listed {
    /// Whether it waits for a person.
    pub fn waits(&self) -> bool {
        matches!(self.state, State::Pending | State::NeedsHuman)
    }

    pub(super) fn of(record: &Record) -> Self {
        let asked = &record.asked;
        Self {
            id: asked.id.clone(),
            state: record.state,
            agent: asked.agent.clone(),
            tool: asked.tool.clone(),
            effect: asked.effect,
            summary: asked.summary.clone(),
            asked_at: asked.at,
            decide_by: asked.decide_by,
            decided_by: record.decision.as_ref().map(|decision| decision.by.clone()),
        }
    }
}

impl Shown {
    pub(super) async fn of(record: &Record, reached: Reached, store: &dyn Store) -> Result<Self, StoreError> {
        let asked = &record.asked;
        Ok(Self {
            id: asked.id.clone(),
            seal: record.seal,
            state: record.state,
            agent: asked.agent.clone(),
            owner: asked.owner.clone(),
            profile: asked.profile.clone(),
            by: asked.by,
            connection: asked.connection.clone(),
            reached,
            tool: asked.tool.clone(),
            class: asked.class,
            effect: asked.effect,
            target: asked.target.clone(),
            summary: asked.summary.clone(),
            loss: asked.loss.clone(),
            preview: asked.preview.text(store).await?,
            spaces: asked.spaces.iter().map(|space| space.key.to_string()).collect(),
            request: Request { line: asked.request.line(), digest: asked.request.digest() },
            asked_at: asked.at,
            decide_by: asked.decide_by,
            execute_by: record.execute_by,
            decision: record.decision.clone(),
            outcome: record.outcome.as_ref().map(Ended::of),
            undo: Undo::of(record).map_or_else(|error| UndoNow::Not(error.to_string()), |_| UndoNow::Possible),
            undoes: asked.undoes.clone(),
            undone_by: record.undone_by.clone(),
        })
    }
}

impl Ended {
    fn of(outcome: &Outcome) -> Self {
        let Outcome { at, code, message, hint, id, version, known, .. } = outcome.clone();
        Self { at, code, message, hint, id, version, known }
    }
}
