//! Takes a write of one's own back before it is sent.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::outcome::Outcome;
use crate::domain::access::AccessClass;
use crate::domain::ids::ApprovalId;
use crate::tools::{Begun, Call, Output as _, SessionTool, ToolError};

/// Withdraws a write.
pub(super) struct CancelApproval;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// The `approval_id` that the write answered.
    approval_id: ApprovalId,
}

impl SessionTool for CancelApproval {
    const NAME: &'static str = "cancel_approval";
    const TITLE: &'static str = "Cancel approval";
    const DESCRIPTION: &'static str = "Withdraws a write of yours that has not been sent yet, such as one that still \
        waits for a person. Answers what became of it; what was sent already is not taken back.";
    const CLASS: AccessClass = AccessClass::Delete;
    type Input = Input;

    async fn run(input: Input, call: &Call<'_>) -> Result<Begun, ToolError> {
        let record = call.approvals.withdraw(&call.caller.agent, &input.approval_id).await?;
        let record = record.ok_or_else(ToolError::not_found)?;
        Ok(Begun::Ended(Outcome::of(&record).answer()))
    }

    fn output_schema() -> Map<String, Value> {
        Outcome::schema().unwrap_or_default()
    }
}
