//! What an answer, or the lack of one, says about a write that was sent.

use bytes::Bytes;

use crate::confluence::failure::Failure;
use crate::confluence::reply::Reply;
use crate::domain::ids::ApprovalId;
use crate::domain::limits::SENDINGS;
use crate::store::StoreError;

use super::super::approvals::{Loaded, Stuck};
use super::super::record::{Known, Outcome, Record, State, Via};
use super::{Answered, Line, ToAnswer};

/// What a failure says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// Not one byte was carried out, and it may well go through later.
    NotYet,
    /// It took no effect.
    Never,
    /// What it rests on has moved on.
    MovedOn,
    /// It may have taken effect.
    Unknown,
}

/// Reads a failure of one sending.
const fn fate(failure: &Failure) -> Fate {
    match failure {
        Failure::TooFast { .. } | Failure::NotStarted { .. } => Fate::NotYet,
        Failure::Refused { .. }
        | Failure::Bug { .. }
        | Failure::NotSignedIn(_)
        | Failure::ScopeMissing(_)
        | Failure::Forbidden(_)
        | Failure::NotFound(_)
        | Failure::Gone(_)
        | Failure::TooLarge(_)
        | Failure::Invalid(_) => Fate::Never,
        Failure::Conflict(_) => Fate::MovedOn,
        _ => Fate::Unknown,
    }
}

impl Line {
    /// Writes down what became of a write that was just sent. Whether it may be sent once more at once.
    pub(super) async fn settle(&self, id: &ApprovalId, sent: Result<Reply, Failure>) -> Result<bool, StoreError> {
        let Some(loaded) = self.approvals.load(id).await? else { return Ok(false) };
        let asked = &loaded.record.asked;
        let store = self.approvals.store();
        let arguments = asked.arguments.read(store).await.unwrap_or_default();
        // A file is large, and no answer is compared with it.
        let body =
            if asked.request.has_json() { asked.body.read(store).await.unwrap_or_default() } else { Bytes::new() };
        let request = ToAnswer { arguments: &arguments, body: &body };
        let answered = sent.and_then(|reply| self.answers.answer(asked, &request, &reply));
        match answered {
            Ok(answered) => self.succeeded(&loaded, answered, Known::Answered).await.map(|()| false),
            Err(failure) => self.failed(&loaded, &failure).await,
        }
    }

    async fn failed(&self, loaded: &Loaded, failure: &Failure) -> Result<bool, StoreError> {
        let record = &loaded.record;
        let by_policy = record.decision.as_ref().is_none_or(|decision| decision.via == Via::Policy);
        let again = record.attempts < SENDINGS && !by_policy;
        let state = match fate(failure) {
            // A person has said yes once and is not asked again; the agent that waits can try again itself.
            Fate::NotYet if again => State::Approved,
            // An earlier sending may have taken effect, or take it yet: a refusal may be the echo of our own success.
            _ if record.doubt.is_some() => State::Unknown,
            Fate::NotYet | Fate::Never => State::Failed,
            Fate::MovedOn => State::Conflict,
            Fate::Unknown => State::Unknown,
        };
        let outcome = Outcome {
            code: Some(failure.code().to_owned()),
            message: Some(failure.to_string()),
            hint: Some(failure.hint().to_owned()),
            try_again: failure.try_again(),
            ..Outcome::known(self.approvals.now(), Known::Answered)
        };
        self.move_to(loaded, state, Some(outcome)).await?;
        // What was turned away for now waits for the next sweep.
        Ok(state == State::Unknown)
    }

    /// Writes a success down.
    pub(super) async fn succeeded(&self, loaded: &Loaded, answered: Answered, known: Known) -> Result<(), StoreError> {
        let Answered { told, id, version } = answered;
        let outcome = Outcome { answer: Some(told), id, version, ..Outcome::known(self.approvals.now(), known) };
        self.move_to(loaded, State::Succeeded, Some(outcome)).await?;
        if let Some(undone) = &loaded.record.asked.undoes {
            self.approvals.mark_undone(undone, &loaded.record.asked.id).await?;
        }
        Ok(())
    }

    /// Moves a record on; one that somebody else moved is left alone.
    pub(super) async fn move_to(
        &self,
        loaded: &Loaded,
        state: State,
        outcome: Option<Outcome>,
    ) -> Result<Option<Loaded>, StoreError> {
        let code = outcome.as_ref().and_then(|outcome| outcome.code.clone());
        let edit = |record: &mut Record| {
            if state == State::Unknown {
                record.becomes_unknown();
            }
            record.state = state;
            record.outcome = outcome;
        };
        match self.approvals.moved(loaded, state, code, edit).await {
            Ok(loaded) => Ok(Some(loaded)),
            Err(Stuck::Moved | Stuck::Impossible { .. }) => Ok(None),
            Err(Stuck::Store(error)) => Err(error),
        }
    }
}
