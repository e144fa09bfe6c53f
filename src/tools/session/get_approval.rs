//! Tells what became of a write of one's own, and waits a while for it.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::outcome::Outcome;
use crate::approval::State;
use crate::domain::access::AccessClass;
use crate::domain::ids::ApprovalId;
use crate::tools::{Begun, Call, Output as _, SessionTool, ToolError};

/// Tells what became of a write.
pub(super) struct GetApproval;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// The `approval_id` that the write answered.
    approval_id: ApprovalId,
    /// How long to wait for the outcome, in seconds.
    #[serde(default = "a_while")]
    #[schemars(range(min = 0, max = 25))]
    wait_seconds: u8,
}

const MOST: u8 = 25;

const fn a_while() -> u8 {
    20
}

impl SessionTool for GetApproval {
    const NAME: &'static str = "get_approval";
    const TITLE: &'static str = "Get approval";
    const DESCRIPTION: &'static str = "Tells what became of a write that answered pending_approval or unknown: whether \
        a person approved or denied it, and the write's own result. Waits up to wait_seconds. It never sends anything.";
    const CLASS: AccessClass = AccessClass::Read;
    type Input = Input;

    async fn run(input: Input, call: &Call<'_>) -> Result<Begun, ToolError> {
        let (agent, id) = (&call.caller.agent, &input.approval_id);
        // Another agent's is answered like one that is not there, before anything is waited for.
        call.approvals.own(agent, id).await?.ok_or_else(ToolError::not_found)?;
        let wait = Duration::from_secs(input.wait_seconds.min(MOST).into());
        let waiting = call.approvals.wait(id, wait, State::is_settled);
        let record = tokio::select! {
            record = waiting => record?,
            () = call.context.cancelled.cancelled() => return Err(ToolError::cancelled()),
        };
        let record = record.ok_or_else(ToolError::not_found)?;
        let mut outcome = Outcome::of(&record);
        if let Some(result) = outcome.result.take() {
            outcome.result = Some(call.followed_on(&record, result, wait).await?);
        }
        Ok(Begun::Ended(outcome.answer()))
    }

    fn output_schema() -> Map<String, Value> {
        Outcome::schema().unwrap_or_default()
    }
}
