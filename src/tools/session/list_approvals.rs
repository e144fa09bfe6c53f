//! Lists the caller's own writes, those that wait first.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::approval::Record;
use crate::domain::access::AccessClass;
use crate::domain::limits::Limit;
use crate::tools::answer::Text;
use crate::tools::{Begun, Call, Output as _, SessionTool, ToolError};

/// Lists writes.
pub(super) struct ListApprovals;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// `open`: those that wait or whose end is not known; `all`: every write of the last 30 days.
    #[serde(default)]
    which: Which,
    /// At most this many.
    #[serde(default)]
    limit: Limit,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
enum Which {
    #[default]
    Open,
    All,
}

/// The list, latest first.
#[derive(Debug, Serialize, JsonSchema)]
struct Listed {
    /// The writes.
    approvals: Vec<Line>,
}

/// One write.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(inline)]
struct Line {
    /// What `get_approval` takes.
    approval_id: String,
    /// How far it is.
    outcome: String,
    /// What it is, in one line.
    action: String,
    /// When it was asked.
    asked_at: String,
}

impl Line {
    fn of(record: &Record) -> Self {
        let asked = &record.asked;
        Self {
            approval_id: asked.id.to_string(),
            outcome: record.state.word().to_owned(),
            action: asked.summary.clone(),
            asked_at: asked.at.to_string(),
        }
    }
}

impl Text for Listed {
    fn text(&self) -> String {
        if self.approvals.is_empty() {
            return "none".into();
        }
        let line = |Line { approval_id, outcome, action, asked_at }: &Line| {
            format!("- {approval_id} · {outcome} · {action} · {asked_at}")
        };
        self.approvals.iter().map(line).collect::<Vec<_>>().join("\n")
    }
}

impl SessionTool for ListApprovals {
    const NAME: &'static str = "list_approvals";
    const TITLE: &'static str = "List approvals";
    const DESCRIPTION: &'static str = "Lists your own writes, latest first: those that wait for a person or whose end \
        is not known, or with which all those of the last 30 days.";
    const CLASS: AccessClass = AccessClass::Read;
    type Input = Input;

    async fn run(input: Input, call: &Call<'_>) -> Result<Begun, ToolError> {
        let fits = |record: &Record| input.which == Which::All || !record.state.is_final();
        let limit = usize::from(input.limit.get());
        let records = call.approvals.list(Some(&call.caller.agent), fits, limit).await?;
        Ok(Begun::Ended(Listed { approvals: records.iter().map(Line::of).collect() }.answer()))
    }

    fn output_schema() -> Map<String, Value> {
        Listed::schema().unwrap_or_default()
    }
}
