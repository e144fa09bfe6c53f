//! How a write's record looks to the agent it belongs to.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::approval::record::{Record, Says, State};
use crate::domain::text::{one_line, visible};
use crate::tools::answer::Text;

/// What became of a write.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Outcome {
    /// Its id.
    pub approval_id: String,
    /// `pending` (waits for a person), `approved`, `executing`, `unknown`, `reconciling`, `succeeded`, `failed`,
    /// `conflict`, `denied`, `expired`, `cancelled`, `needs_human`, `rejected_tampered`.
    pub outcome: String,
    /// Whether it has taken effect; absent where that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub executed: Option<bool>,
    /// What it is, in one line.
    pub action: String,
    /// The tool.
    pub tool: String,
    /// When it was asked.
    pub asked_at: String,
    /// When it is given up, while it waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
    /// Who decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<String>,
    /// Why it was denied or failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The tool's own answer, where it succeeded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<Map<String, Value>>,
    /// What to do next.
    pub next: String,
}

impl Outcome {
    /// What the record says.
    pub fn of(record: &Record) -> Self {
        let asked = &record.asked;
        let decision = record.decision.as_ref();
        let denial = decision.filter(|decision| decision.says == Says::No).and_then(|decision| decision.reason.clone());
        let outcome = record.outcome.as_ref();
        Self {
            approval_id: asked.id.to_string(),
            outcome: record.state.word().to_owned(),
            executed: executed(record.state),
            action: asked.summary.clone(),
            tool: asked.tool.clone(),
            asked_at: asked.at.to_string(),
            expires_at: (record.state == State::Pending).then(|| asked.decide_by.to_string()),
            decided_by: decision.map(|decision| visible(&decision.by)),
            reason: denial.or_else(|| outcome?.message.clone()).map(|reason| one_line(&reason, 1000)),
            result: outcome.and_then(|outcome| outcome.answer.as_ref()?.structured.clone()),
            next: next(record.state).to_owned(),
        }
    }
}

const fn executed(state: State) -> Option<bool> {
    match state {
        State::Succeeded => Some(true),
        State::Executing | State::Unknown | State::Reconciling | State::NeedsHuman => None,
        _ => Some(false),
    }
}

const fn next(state: State) -> &'static str {
    match state {
        State::Pending => {
            "NOT DONE YET: a person has to decide. Call get_approval again, or go on with other work and tell your user"
        }
        State::Approved | State::Executing => "it is being sent; call get_approval again",
        State::Unknown | State::Reconciling => "what became of it is being found out; call get_approval again",
        State::NeedsHuman => "do not send it again; tell your user that a person has to look whether it took effect",
        State::Succeeded => "done; go on",
        State::Failed => "it took no effect; read the reason",
        State::Conflict => "it took no effect; read the target again and make the change on its current version",
        State::RejectedTampered => "nothing was sent; tell your user that an administrator has to look",
        State::Denied => "stop; do not send it again unless a person asks for it",
        State::Expired => "nothing was sent; ask your user before you send it again",
        State::Cancelled => "nothing was sent; it was withdrawn or is no longer allowed",
    }
}

impl Text for Outcome {
    fn text(&self) -> String {
        let mut parts = vec![format!("{}: {}", self.outcome, self.action), self.approval_id.clone()];
        parts.extend(self.expires_at.as_ref().map(|at| format!("expires {at}")));
        parts.extend(self.decided_by.as_ref().map(|by| format!("decided by {by}")));
        parts.extend(self.reason.clone());
        let value = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let pairs = self.result.iter().flatten().filter(|(name, _)| *name != "status");
        parts.extend(pairs.map(|(name, held)| format!("{name} {}", value(held))));
        parts.push(self.next.clone());
        parts.join(" · ")
    }
}
