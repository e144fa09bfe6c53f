//! Undoes a write of one's own by a new write, as long as nothing came after it and the profile allows the inverse.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::approval::record::Record;
use crate::approval::{NotUndone, Plan, Undo};
use crate::domain::access::{Access, AccessClass, WriteAccess};
use crate::domain::ids::ApprovalId;
use crate::policy::ToolFacts;
use crate::tools::submit::Submission;
use crate::tools::undo::AnyPlan;
use crate::tools::{Begun, Call, Output as _, SessionTool, ToolError, Written};

/// Undoes a write.
pub(super) struct UndoWrite;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// The `approval_id` of the write, as `list_approvals` gives it with which all.
    approval_id: ApprovalId,
}

impl SessionTool for UndoWrite {
    const NAME: &'static str = "undo_write";
    const TITLE: &'static str = "Undo write";
    const DESCRIPTION: &'static str = "Undoes a write of yours that was done in the last 30 days: brings back the body, \
        labels, names or the page in the trash, or removes what it made. It is a write of its own and needs what such \
        a write needs; what somebody changed since is never overwritten.";
    // What the inverse really is, is judged once it is planned.
    const CLASS: AccessClass = AccessClass::Update;
    type Input = Input;

    async fn run(input: Input, call: &Call<'_>) -> Result<Begun, ToolError> {
        let record = call.approvals.own(&call.caller.agent, &input.approval_id).await?;
        let record = record.ok_or_else(ToolError::not_found)?;
        Box::pin(call.undo(&record)).await
    }

    fn output_schema() -> Map<String, Value> {
        Written::schema().unwrap_or_default()
    }
}

impl Call<'_> {
    /// Plans the inverse of a write with the caller's own eyes and carries it out like any other write. Where it
    /// takes several, they go one after the other, and the first that waits or fails is the answer.
    pub(crate) async fn undo(&self, record: &Record) -> Result<Begun, ToolError> {
        let undo = Undo::of(record).map_err(|error| match error {
            NotUndone::ByHand(how) => ToolError::refused("no request undoes this write", how),
            error => ToolError::conflict(error.to_string(), "nothing was changed"),
        })?;
        let asked = &record.asked;
        let read = ToolFacts { name: UndoWrite::NAME, group: asked.group, class: AccessClass::Read };
        let arguments = json!({ "approval_id": asked.id });
        let arguments = arguments.as_object().cloned().unwrap_or_default();
        let (first, plans) = self.way_back(record, undo, read, &arguments).await?;
        let mut begun = Ok(Begun::Ended(Written::done().answer()));
        for (step, plan) in plans.into_iter().enumerate() {
            let mut arguments = arguments.clone();
            arguments.insert("step".into(), json!(step));
            let id = if step == 0 { first.clone() } else { self.approvals.new_id()? };
            begun = match plan {
                AnyPlan::Create(plan) => Box::pin(self.inverse(record, id, &arguments, plan)).await,
                AnyPlan::Update(plan) => Box::pin(self.inverse(record, id, &arguments, plan)).await,
                AnyPlan::Delete(plan) => Box::pin(self.inverse(record, id, &arguments, plan)).await,
            };
            if !matches!(begun, Ok(Begun::Ended(_))) {
                break;
            }
        }
        begun
    }

    async fn inverse<A: WriteAccess>(
        &self,
        record: &Record,
        id: ApprovalId,
        arguments: &Map<String, Value>,
        plan: Plan<A>,
    ) -> Result<Begun, ToolError> {
        let tool = ToolFacts { name: UndoWrite::NAME, group: record.asked.group, class: <A as Access>::CLASS };
        let undoes = Some(record.asked.id.clone());
        let submission = Submission::with_id(self, id, tool, arguments, undoes);
        self.submit(submission, plan).await
    }
}
