//! What an agent is told of a write's record: done, not done and why, or not yet and what to do next.

use std::borrow::Cow;

use crate::approval::record::{Known, Outcome, Record, Says, State, Told};
use crate::confluence::failure::TryAgain;

use crate::tools::ToolError;
use crate::tools::answer::{Answer, Content, Output as _, Status, Written};

/// The answer of a call whose write has come to an end, or the failure it ended in. `replayed` says that the call
/// found the record of an equal one.
pub fn settled(record: &Record, replayed: Replayed) -> Result<Answer, ToolError> {
    let outcome = record.outcome.as_ref();
    match record.state {
        State::Succeeded => {
            let answer = outcome.and_then(|outcome| outcome.answer.as_ref()).map_or_else(|| seen(record), stored);
            let notes = [record.asked.loss.clone(), note(record, replayed)];
            Ok(notes.into_iter().flatten().fold(answer, Answer::noting))
        }
        state => Err(failure(record, state)),
    }
}

/// Whether an answer was given before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replayed {
    /// The call itself led to it.
    No,
    /// An equal call did, a short while ago.
    Yes,
}

fn stored(told: &Told) -> Answer {
    Answer { content: vec![Content::Text(told.text.clone())], structured: told.structured.clone() }
}

/// A person looked and said that it happened.
fn seen(_: &Record) -> Answer {
    Written::done().answer()
}

fn note(record: &Record, replayed: Replayed) -> Option<String> {
    let outcome = record.outcome.as_ref()?;
    match (replayed, outcome.known) {
        (Replayed::Yes, _) => {
            Some(format!("replayed: this very write was done at {}; nothing was sent again", outcome.at))
        }
        (Replayed::No, Known::Found) => Some("its answer was lost; its effect was found".into()),
        (Replayed::No, Known::Seen) => outcome.message.clone(),
        (Replayed::No, Known::Answered | Known::NotSent) => None,
    }
}

/// Why a write did not come to a good end, or is not known to.
fn failure(record: &Record, state: State) -> ToolError {
    let id = &record.asked.id;
    let outcome = record.outcome.as_ref();
    let told = |code: &'static str, message: String, hint: &str| ToolError {
        code: code.into(),
        message,
        hint: hint.to_owned(),
        try_again: TryAgain::No,
    };
    let why = |outcome: Option<&Outcome>| {
        outcome.and_then(|outcome| outcome.message.clone()).unwrap_or_else(|| "no reason was given".into())
    };
    match state {
        State::Denied => {
            let decision = record.decision.as_ref().filter(|decision| decision.says == Says::No);
            let by = decision.map_or("a person", |decision| decision.by.as_str());
            let reason = decision.and_then(|decision| decision.reason.as_deref()).unwrap_or("no reason was given");
            let hint = "stop; do not send this write again unless a person asks for it";
            told("denied", format!("{by} denied this write: {reason}"), hint)
        }
        State::Expired => {
            told("expired", format!("nothing was sent: {}", why(outcome)), "ask your user before you send it again")
        }
        State::Cancelled => {
            told("cancelled", format!("nothing was sent: {}", why(outcome)), "stop; ask your user what to do")
        }
        State::RejectedTampered => told(
            "rejected_tampered",
            "nothing was sent: the record of this write was changed from outside".into(),
            "tell your user; an administrator has to look",
        ),
        State::NeedsHuman => told(
            "needs_human",
            format!("the write was sent, and whether it took effect cannot be read ({id})"),
            "do not send it again; tell your user that a person has to look",
        ),
        State::Failed | State::Conflict => ended(outcome),
        _ => told(
            "unknown",
            format!("the write was sent, and whether it took effect is being found out ({id})"),
            "ask get_approval for the outcome; do not send it again",
        ),
    }
}

fn ended(outcome: Option<&Outcome>) -> ToolError {
    let Some(outcome) = outcome else { return ToolError::fault() };
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    ToolError {
        code: outcome.code.clone().map_or(Cow::Borrowed("failed"), Cow::Owned),
        message: text(&outcome.message),
        hint: text(&outcome.hint),
        try_again: outcome.try_again,
    }
}

/// The answer of a call that waited long enough: what waits for a person, or what is being found out about.
pub fn unsettled(record: &Record, review: Option<String>) -> Result<Answer, ToolError> {
    match record.state {
        State::Pending | State::Approved => Ok(waiting(record, review)),
        state => Err(failure(record, state)),
    }
}

/// The answer of a call whose write still waits: no error, and nothing that could be taken for success.
fn waiting(record: &Record, review: Option<String>) -> Answer {
    let asked = &record.asked;
    let place = review
        .as_deref()
        .map_or_else(|| format!("with `sluice approvals approve {}`", asked.id), |url| format!("at {url}"));
    let next = format!(
        "Tell your user that a person has to approve it {place}. Then call get_approval with this \
         approval_id. Do not send the write again with other arguments."
    );
    Written {
        status: Status::PendingApproval,
        executed: Some(false),
        approval_id: Some(asked.id.to_string()),
        title: Some(asked.summary.clone()),
        review_url: review,
        expires_at: Some(asked.decide_by.to_string()),
        next: Some(next),
        ..Written::done()
    }
    .answer()
}
