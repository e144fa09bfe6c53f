//! The durable record of a write: what was asked, frozen; who decided; what became of it.

pub mod kept;
pub mod outcome;
pub mod state;
pub mod steps;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::confluence::request::Frozen;
use crate::domain::access::AccessClass;
use crate::domain::digest::Digest;
use crate::domain::group::Group;
use crate::domain::ids::{ApprovalId, SpaceId, SpaceKey, VersionNumber};
use crate::domain::place::Place;
use crate::policy::ask::AgentId;
use crate::policy::profile::ApprovedBy;

use super::proof::Proof;
use super::undo::Undo;

pub use kept::Kept;
pub use outcome::{Known, Outcome, Told};
pub use state::State;
pub use steps::Steps;

/// A write and all that is known of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// What was asked; never changed.
    pub asked: Asked,
    /// Fingerprint of what was asked: what a decision must bring back.
    pub seal: Digest,
    /// How far it has come.
    pub state: State,
    /// Counts the changes.
    pub revision: u32,
    /// Who decided, once somebody has.
    pub decision: Option<Decision>,
    /// When an approved write that was not sent expires.
    pub execute_by: Option<Timestamp>,
    /// When it was last sent.
    pub sent_at: Option<Timestamp>,
    /// How often it was sent.
    pub attempts: u32,
    /// When a sending left whose answer is not known; none where each one so far was certainly turned away.
    pub doubt: Option<Timestamp>,
    /// What became of it.
    pub outcome: Option<Outcome>,
    /// The write that undid it.
    pub undone_by: Option<ApprovalId>,
}

/// What was asked, as it was frozen when it was asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Asked {
    /// Its id.
    pub id: ApprovalId,
    /// When.
    pub at: Timestamp,
    /// When it expires undecided.
    pub decide_by: Timestamp,
    /// Over which connection: site and account.
    pub connection: String,
    /// By which agent.
    pub agent: AgentId,
    /// Whose agent it is.
    pub owner: String,
    /// What its profile was made of, to judge again when it is sent.
    pub profiles: Vec<ProfileThen>,
    /// Name of the profile it was judged by.
    pub profile: String,
    /// Revision of that profile.
    pub revision: Digest,
    /// Who may approve.
    pub by: ApprovedBy,
    /// Whether the agent's own user may approve it in the client.
    pub client_may: ClientMay,
    /// Which tool.
    pub tool: String,
    /// The group whose switches apply.
    pub group: Group,
    /// The class the tool declares.
    pub class: AccessClass,
    /// What the request amounts to.
    pub effect: AccessClass,
    /// Fingerprint of the tool's name and input schema.
    pub schema: Digest,
    /// Every place it touches.
    pub places: Vec<Place>,
    /// The spaces of those places, where they had to be known.
    pub spaces: Vec<Touched>,
    /// The target in words.
    pub target: String,
    /// One line for people.
    pub summary: String,
    /// What it costs besides what was asked for.
    pub loss: Option<String>,
    /// What will change, as Markdown for people.
    pub preview: Kept,
    /// The version it rests on.
    pub rests_on: Option<VersionNumber>,
    /// The arguments, normalised.
    pub arguments: Kept,
    /// Names, types and lengths of the arguments.
    pub shape: String,
    /// What makes an equal request equal.
    pub same: Digest,
    /// The exact request.
    pub request: Frozen,
    /// The bytes of its body.
    pub body: Kept,
    /// The body it replaces or removes, in storage format.
    pub before: Option<Kept>,
    /// How to undo it.
    pub undo: Undo,
    /// How to find out whether it happened.
    pub proof: Proof,
    /// The write that it undoes.
    pub undoes: Option<ApprovalId>,
    /// The writes that it is made of, where it is several decided on as one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub steps: Option<Box<Steps>>,
    /// The record of several writes that it is one of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part_of: Option<ApprovalId>,
}

/// A profile as it was when a write was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileThen {
    /// Where it is read from.
    pub from: String,
    /// Fingerprint of its text, which the store keeps.
    pub text: Digest,
}

/// Whether the agent's own user may approve a write in the client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClientMay {
    /// Only where the profile says so, and then not what deletes unless it says that too.
    Approve,
    /// No.
    OnlyDeny,
}

/// A space that a write touches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Touched {
    /// Its id.
    pub id: SpaceId,
    /// Its key.
    pub key: SpaceKey,
}

/// Who said what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Yes or no.
    pub says: Says,
    /// Who: a person's name, or `policy`.
    pub by: String,
    /// Where.
    pub via: Via,
    /// When.
    pub at: Timestamp,
    /// Why; for a denial it is told to the agent.
    pub reason: Option<String>,
    /// The fingerprint that was on the screen.
    pub seal: Digest,
}

/// Yes or no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Says {
    /// It may be sent.
    Yes,
    /// It may not.
    No,
}

/// Where a decision was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Via {
    /// The profile requires no approval.
    Policy,
    /// The command line.
    Terminal,
    /// The dashboard.
    Dashboard,
    /// The agent's own client.
    Client,
    /// The command that the operator set up.
    Hook,
    /// A standing grant.
    Grant,
}

impl Via {
    /// The word of records and tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Policy => "policy",
            Self::Terminal => "terminal",
            Self::Dashboard => "dashboard",
            Self::Client => "client",
            Self::Hook => "hook",
            Self::Grant => "grant",
        }
    }
}

impl Asked {
    /// Fingerprint of everything that was asked.
    pub fn seal(&self) -> Digest {
        // Field by field in their order; no map is among them.
        Digest::of([serde_json::to_vec(self).unwrap_or_default().as_slice()])
    }

    /// The long texts, each in the record or beside it.
    pub fn parts(&self) -> impl Iterator<Item = &Kept> {
        let steps = self.steps.as_ref().map(|steps| &steps.list);
        [Some(&self.preview), Some(&self.arguments), Some(&self.body), self.before.as_ref(), steps]
            .into_iter()
            .flatten()
    }

    /// How many bytes of what will be sent lie beside the record.
    pub fn beside(&self) -> usize {
        self.body.beside() + self.steps.as_ref().map_or(0, |steps| steps.beside)
    }

    /// The target by type and id alone, such as `page 123`: what the audit trail may hold.
    pub fn target_id(&self) -> String {
        self.target.split('`').next().unwrap_or_default().trim().to_owned()
    }
}

impl Record {
    /// A record of what was just asked.
    pub fn new(asked: Asked, state: State, decision: Option<Decision>, execute_by: Option<Timestamp>) -> Self {
        let seal = asked.seal();
        Self {
            asked,
            seal,
            state,
            revision: 1,
            decision,
            execute_by,
            sent_at: None,
            attempts: 0,
            doubt: None,
            outcome: None,
            undone_by: None,
        }
    }

    /// Says that nobody knows what became of the last sending.
    pub fn becomes_unknown(&mut self) {
        self.state = State::Unknown;
        self.doubt = self.sent_at;
    }

    /// Whether it still is what was asked and, where it was decided, what was on the screen.
    pub fn is_intact(&self) -> bool {
        let decided = self.decision.as_ref().is_none_or(|decision| decision.seal == self.seal);
        self.asked.seal() == self.seal && decided
    }
}
