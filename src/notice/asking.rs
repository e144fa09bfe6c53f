//! Asks the command about each write that waits, a few at a time, and decides as it says and the rules let it.

use std::collections::{BTreeSet, VecDeque};

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::sync::broadcast::error::RecvError;
use tokio_util::sync::CancellationToken;

use super::{CommandHook, HookAnswer, Notice};
use crate::approval::record::Says;
use crate::approval::{Approvals, DecideError, Decider, State};
use crate::domain::ids::ApprovalId;

/// Commands that run at once.
const MOST_AT_ONCE: usize = 4;

/// Writes that wait, each asked about once.
#[derive(Default)]
struct Turns {
    queue: VecDeque<ApprovalId>,
    /// Everything that was queued and may still wait.
    known: BTreeSet<ApprovalId>,
}

impl Turns {
    fn note(&mut self, id: ApprovalId, state: State) {
        if state != State::Pending {
            self.known.remove(&id);
            self.queue.retain(|queued| *queued != id);
        } else if self.known.insert(id.clone()) {
            self.queue.push_back(id);
        }
    }

    /// Queues what waits; after changes were missed, or at the start.
    async fn look(&mut self, approvals: &Approvals) {
        match approvals.unfinished().await {
            Ok(records) => {
                let waiting = records.into_iter().filter(|record| record.state == State::Pending);
                let waiting: Vec<ApprovalId> = waiting.map(|record| record.asked.id).collect();
                self.known.retain(|id| waiting.contains(id));
                self.queue.retain(|id| waiting.contains(id));
                for id in waiting {
                    self.note(id, State::Pending);
                }
            }
            Err(error) => {
                tracing::error!(%error, "the writes that wait cannot be read; the approval command is not asked");
            }
        }
    }
}

/// Asks about every write that waits, and every later one as it comes, until `cancel` is called for. Commands that run
/// then are ended. `review` is the base of the pages where people decide.
///
/// A command that gives no answer leaves the write waiting; it is asked again after the next start.
pub async fn ask_about_all(
    approvals: &Approvals,
    hook: &CommandHook,
    review: Option<&str>,
    cancel: &CancellationToken,
) {
    let mut changes = approvals.changes();
    let mut turns = Turns::default();
    turns.look(approvals).await;
    let mut under_way = FuturesUnordered::new();
    loop {
        while under_way.len() < MOST_AT_ONCE
            && let Some(id) = turns.queue.pop_front()
        {
            under_way.push(ask_about(approvals, hook, review, id));
        }
        tokio::select! {
            biased;
            () = cancel.cancelled() => return,
            Some(()) = under_way.next() => {}
            change = changes.recv() => match change {
                Ok(change) => turns.note(change.id, change.state),
                Err(RecvError::Lagged(_)) => turns.look(approvals).await,
                Err(RecvError::Closed) => return,
            },
        }
    }
}

async fn ask_about(approvals: &Approvals, hook: &CommandHook, review: Option<&str>, id: ApprovalId) {
    match answer(approvals, hook, review, &id).await {
        Ok(()) | Err(DecideError::Absent(_)) => {}
        // A person was faster, or it ran out of time.
        Err(error @ (DecideError::Decided { .. } | DecideError::Over(_))) => {
            tracing::debug!(%id, %error, "the approval command came too late");
        }
        Err(error) => tracing::warn!(%id, %error, "what the approval command said was not taken"),
    }
}

/// The seal is of the record that the command was told of: if that is not what waits any more, nothing is decided.
async fn answer(
    approvals: &Approvals,
    hook: &CommandHook,
    review: Option<&str>,
    id: &ApprovalId,
) -> Result<(), DecideError> {
    let Some(record) = approvals.get(id).await?.filter(|record| record.state == State::Pending) else { return Ok(()) };
    let preview = record.asked.preview.text(approvals.store()).await?;
    let (says, reason) = match hook.ask(&Notice::of(&record, &preview, review)).await {
        HookAnswer::Approve => (Says::Yes, None),
        HookAnswer::Deny { reason } => (Says::No, Some(reason).filter(|reason| !reason.is_empty())),
        HookAnswer::None => return Ok(()),
    };
    approvals.decide(id, record.seal, &Decider::Hook, says, reason).await.map(drop)
}
