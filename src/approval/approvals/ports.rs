//! What the gate asks the queue: has a person agreed, is it written down, how much was written lately.

use futures_util::future::BoxFuture;

use crate::audit::Entry;
use crate::domain::digest::Digest;
use crate::domain::ids::ApprovalId;
use crate::policy::ask::AgentId;
use crate::policy::ports::{Approver, Event, RecordError, Recorder, Row, Verdict};
use crate::policy::{Caller, Proposal, Usage};
use crate::store::Batch;

use super::super::record::{Decision, Says, State, Via};
use super::{Approvals, Stuck, lock};

impl Approver for Approvals {
    fn ask<'a>(&'a self, _: &'a Caller, proposal: &'a Proposal) -> BoxFuture<'a, Verdict> {
        Box::pin(async move {
            let Ok(Some(record)) = self.get(&proposal.approval).await else { return Verdict::Waiting };
            // Nobody approved more than the record says.
            if record.asked.effect < proposal.effect || record.asked.request.digest() != proposal.digest {
                return Verdict::Waiting;
            }
            match record.decision {
                // Policy is no person: the profile has come to require one since.
                Some(Decision { says: Says::Yes, via: Via::Policy, .. }) | None => Verdict::Waiting,
                Some(Decision { says: Says::Yes, by, .. }) => Verdict::Approved { by },
                Some(Decision { says: Says::No, by, reason, .. }) => {
                    Verdict::Denied { by, reason: reason.unwrap_or_default() }
                }
            }
        })
    }
}

impl Recorder for Approvals {
    fn record(&self, row: Row) -> BoxFuture<'_, Result<(), RecordError>> {
        let (who, class) = (row.agent.clone(), row.class);
        let entry = Entry {
            tool: Some(row.tool),
            class: Some(class),
            profile: Some(row.profile),
            revision: Some(row.revision),
            approval: row.approval.clone(),
            ..Entry::new(self.now(), who.as_str(), "")
        };
        let (event, shape, why) = match row.event {
            Event::Intended { digest, approved_by } => {
                let Some(id) = row.approval else { return Box::pin(async { Err(RecordError::NotInForce) }) };
                lock(&self.counts).add(&who, &id, entry.at, class);
                let entry = Entry { event: "intended".into(), digest: Some(digest), why: approved_by, ..entry };
                return Box::pin(self.intend(who, id, digest, entry));
            }
            Event::Refused(reason) => ("refused", None, Some(reason.word().to_owned())),
            Event::NotApproved(verdict) => ("not_approved", None, Some(word(&verdict).to_owned())),
            Event::Admitted { shape } => ("called", Some(shape), None),
            Event::Answered { code } => ("answered", None, code),
        };
        let entry = Entry { event: event.into(), shape, why, ..entry };
        Box::pin(async move {
            let noted = self.store.commit(Batch::new().append(entry.row()).soon()).await;
            noted.map_err(|error| {
                tracing::error!(%error, "the audit trail cannot be written");
                RecordError::NotWritten
            })
        })
    }

    fn usage(&self, agent: &AgentId) -> Usage {
        let now = self.now();
        lock(&self.counts).of(agent, now)
    }
}

const fn word(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Approved { .. } => "approved",
        Verdict::Denied { .. } => "denied",
        Verdict::Waiting => "waiting",
        Verdict::NoApprover => "no_approver",
    }
}

impl Approvals {
    /// Writes the intent down: the one moment in which an approved write becomes one that is being sent.
    async fn intend(&self, agent: AgentId, id: ApprovalId, digest: Digest, entry: Entry) -> Result<(), RecordError> {
        let at = entry.at;
        let intended = self.intended(&id, digest, entry, at).await;
        if intended.is_err() {
            lock(&self.counts).remove(&agent, &id);
        }
        intended
    }

    async fn intended(
        &self,
        id: &ApprovalId,
        digest: Digest,
        entry: Entry,
        at: jiff::Timestamp,
    ) -> Result<(), RecordError> {
        let not_written = |error: &dyn std::fmt::Display| {
            tracing::error!(%error, "the intent of a write cannot be written down; it is not sent");
            RecordError::NotWritten
        };
        let loaded = self.load(id).await.map_err(|error| not_written(&error))?;
        let Some(loaded) = loaded.filter(|loaded| loaded.record.state == State::Approved) else {
            return Err(RecordError::NotInForce);
        };
        let record = &loaded.record;
        if self.paused().await.map_err(|error| not_written(&error))?.is_some() {
            return Err(RecordError::NotInForce);
        }
        let in_time = record.execute_by.is_some_and(|moment| at < moment);
        if !in_time || record.asked.request.digest() != digest || !record.is_intact() {
            return Err(RecordError::NotInForce);
        }
        let changed = self.change(&loaded, entry, |record| {
            record.state = State::Executing;
            record.sent_at = Some(at);
            record.attempts = record.attempts.saturating_add(1);
        });
        match changed.await {
            Ok(_) => Ok(()),
            Err(Stuck::Moved | Stuck::Impossible { .. }) => Err(RecordError::NotInForce),
            Err(Stuck::Store(error)) => Err(not_written(&error)),
        }
    }

    /// Whether deletes and other writes of this class are counted against an agent.
    pub(super) fn uncount(&self, agent: &AgentId, id: &ApprovalId) {
        lock(&self.counts).remove(agent, id);
    }
}
