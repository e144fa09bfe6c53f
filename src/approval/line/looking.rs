//! Looks for the effect of a write whose answer was lost, until it is known, safe to send again, or a person's turn.

use jiff::SignedDuration;

use crate::domain::ids::ApprovalId;
use crate::domain::limits::SENDINGS;
use crate::store::StoreError;

use super::super::approvals::Loaded;
use super::super::find_out::{Again, Finding, Sent, find_out};
use super::super::record::{Known, Outcome, State};
use super::Line;

/// How long a request may still be on its way: before that, nothing is said to have had no effect.
const ON_ITS_WAY: SignedDuration = SignedDuration::from_secs(30);

impl Line {
    /// Looks once; whether the write may be sent again at once. What cannot be said yet is looked for by the next sweep.
    pub(super) async fn look(&self, id: &ApprovalId) -> Result<bool, StoreError> {
        let Some(unknown) = self.unknown(id).await? else { return Ok(false) };
        let reconciling = self.move_to(&unknown, State::Reconciling, unknown.record.outcome.clone()).await?;
        let Some(loaded) = reconciling else { return Ok(false) };
        if loaded.record.asked.steps.is_some() {
            return self.look_at_steps(&loaded).await;
        }
        let asked = &loaded.record.asked;
        let at = loaded.record.sent_at.unwrap_or(asked.at);
        let body = asked.body.read(self.approvals.store()).await.unwrap_or_default();
        let sent = Sent { approval: &asked.id, at, body: &body };
        match find_out(&self.client, &asked.proof, &sent).await {
            Ok(Finding::Happened { id, version }) => {
                let answered = self.answers.found(asked, id, version);
                self.succeeded(&loaded, answered, Known::Found).await?;
            }
            Ok(Finding::Superseded) if self.is_settled(&loaded) => {
                self.end(&loaded, State::Conflict, "conflict", "something else is there now").await?;
            }
            Ok(Finding::NotThere { again: Again::Safe }) => return self.not_there(&loaded).await,
            Ok(Finding::NotThere { again: Again::Unsafe } | Finding::CannotTell) if self.is_settled(&loaded) => {
                let why = "whether it took effect cannot be read; a person has to look";
                self.end(&loaded, State::NeedsHuman, "needs_human", why).await?;
            }
            // What is there now may go again before our request arrives.
            Ok(Finding::Superseded | Finding::NotThere { .. } | Finding::CannotTell) => self.later(&loaded).await?,
            Err(failure) => {
                tracing::warn!(id = %asked.id, code = failure.code(), "what became of a write could not be read yet");
                self.later(&loaded).await?;
            }
        }
        Ok(false)
    }

    /// The record where its fate is unknown, or nobody is left who was finding out: whoever calls keeps it busy.
    async fn unknown(&self, id: &ApprovalId) -> Result<Option<Loaded>, StoreError> {
        let Some(loaded) = self.approvals.load(id).await? else { return Ok(None) };
        match loaded.record.state {
            State::Unknown => Ok(Some(loaded)),
            State::Executing | State::Reconciling => {
                self.move_to(&loaded, State::Unknown, loaded.record.outcome.clone()).await
            }
            _ => Ok(None),
        }
    }

    /// Nothing is there: it is sent again as long as that is allowed, at once where Confluence refuses a second one
    /// whatever happens in between, and else when the first can no longer arrive.
    async fn not_there(&self, loaded: &Loaded) -> Result<bool, StoreError> {
        let record = &loaded.record;
        let in_time = record.execute_by.is_some_and(|moment| self.approvals.now() < moment);
        let settled = self.is_settled(loaded);
        if in_time && record.attempts < SENDINGS && (settled || record.asked.proof.is_guarded()) {
            return Ok(self.move_to(loaded, State::Approved, None).await?.is_some());
        }
        if settled {
            self.end(loaded, State::Failed, "not_applied", "it took no effect").await?;
        } else {
            self.later(loaded).await?;
        }
        Ok(false)
    }

    /// Whether the request can no longer be on its way.
    fn is_settled(&self, loaded: &Loaded) -> bool {
        let at = loaded.record.sent_at.unwrap_or(loaded.record.asked.at);
        self.approvals.now().duration_since(at) >= ON_ITS_WAY
    }

    async fn later(&self, loaded: &Loaded) -> Result<(), StoreError> {
        self.move_to(loaded, State::Unknown, loaded.record.outcome.clone()).await.map(drop)
    }

    async fn end(&self, loaded: &Loaded, state: State, code: &str, why: &str) -> Result<(), StoreError> {
        let outcome = Outcome {
            code: Some(code.to_owned()),
            message: Some(why.to_owned()),
            ..Outcome::known(self.approvals.now(), Known::Found)
        };
        self.move_to(loaded, state, Some(outcome)).await.map(drop)
    }
}
