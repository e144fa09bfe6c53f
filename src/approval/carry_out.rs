//! The write's way out: judged, approved, recorded, sent once, recorded again.

use crate::confluence::client::Client;
use crate::confluence::failure::Failure;
use crate::confluence::reply::Reply;
use crate::domain::access::WriteAccess;
use crate::policy::{Caller, Gate, Permit, Refusal, ToolFacts};

use super::plan::Plan;

/// Why a planned write did not come to a good end.
#[derive(Debug, thiserror::Error)]
pub enum Halt {
    /// The gate stopped it; nothing was sent.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It was sent and failed, or its fate is unknown.
    #[error(transparent)]
    Failed(#[from] Failure),
}

/// Carries a planned write out: DECIDE on the built request, APPROVE, RECORD, send, RECORD.
pub async fn carry_out<A: WriteAccess>(
    gate: &Gate,
    client: &Client,
    caller: &Caller,
    tool: ToolFacts,
    plan: Plan<A>,
) -> Result<Reply, Halt> {
    let proposal = plan.proposal(tool);
    let permit: Permit<A> = gate.pass(caller, &proposal).await?;
    let sent = client.send(permit, plan.request).await;
    gate.settle(caller, &proposal, sent.as_ref().err().map(Failure::code)).await;
    Ok(sent?)
}
