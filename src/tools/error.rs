//! Why a tool call failed, as the agent is told: a stable code, one line, a hint, and whether to try again.

use std::borrow::Cow;
use std::time::Duration;

use crate::approval::AskError;
use crate::confluence::failure::{Failure, TryAgain};
use crate::domain::text::visible;
use crate::policy::{Reason, Refusal};
use crate::store::StoreError;

/// A failed call.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ToolError {
    /// Stable, `snake_case`.
    pub code: Cow<'static, str>,
    /// One line, lower case, no full stop.
    pub message: String,
    /// What to do.
    pub hint: String,
    /// Whether sending the same call again can help.
    pub try_again: TryAgain,
}

impl ToolError {
    /// The arguments are wrong; the caller can mend them.
    pub fn input(message: impl Into<String>, hint: impl Into<String>) -> Self {
        // It repeats the caller's words, which may hold anything.
        let message = visible(&message.into());
        Self { code: "invalid_input".into(), message, hint: hint.into(), try_again: TryAgain::AfterFix }
    }

    /// What is missing and what is hidden are told alike.
    pub fn not_found() -> Self {
        Refusal::NotFound.into()
    }

    /// The page has moved on since the caller read it.
    pub fn conflict(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { code: "conflict".into(), message: message.into(), hint: hint.into(), try_again: TryAgain::AfterFix }
    }

    /// Never done, whatever the profile says.
    pub fn refused(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { code: "refused".into(), message: message.into(), hint: hint.into(), try_again: TryAgain::No }
    }

    /// A mistake of ours; the log has the details.
    pub fn fault() -> Self {
        Self {
            code: "bug".into(),
            message: "a fault in Sluice ended this call".into(),
            hint: "report it to the operator; if it was a write, read the target before sending it again".into(),
            try_again: TryAgain::No,
        }
    }

    /// The call was cancelled before anything was sent.
    pub fn cancelled() -> Self {
        Self {
            code: "cancelled".into(),
            message: "the call was cancelled before anything was sent".into(),
            hint: String::new(),
            try_again: TryAgain::No,
        }
    }
}

impl From<Refusal> for ToolError {
    fn from(refusal: Refusal) -> Self {
        let (code, try_again) = match &refusal {
            Refusal::NotFound => ("not_found", TryAgain::AfterFix),
            Refusal::Denied { .. } => ("denied", TryAgain::No),
            Refusal::NoApprover { .. } => ("approval_unavailable", TryAgain::No),
            Refusal::NotDecided => ("pending_approval", TryAgain::No),
            Refusal::NotInForce => ("not_in_force", TryAgain::No),
            Refusal::NotRecorded => ("not_recorded", TryAgain::No),
            Refusal::NotLocated(_) => ("unavailable", TryAgain::After(Duration::from_secs(10))),
            Refusal::Profile { reason: Reason::WritesSpent, .. } => {
                ("limit_reached", TryAgain::After(Duration::from_hours(1)))
            }
            Refusal::Profile { reason: Reason::DeletesSpent, .. } => {
                ("limit_reached", TryAgain::After(Duration::from_hours(24)))
            }
            Refusal::Profile { .. } => ("refused", TryAgain::No),
        };
        Self { code: code.into(), message: refusal.to_string(), hint: refusal.hint(), try_again }
    }
}

impl From<Failure> for ToolError {
    fn from(failure: Failure) -> Self {
        match failure {
            // Word for word what a hidden thing is answered with: no trace id, nothing to tell the two apart.
            Failure::NotFound(_) => Self::not_found(),
            failure => Self {
                code: failure.code().into(),
                message: failure.to_string(),
                hint: failure.hint().to_owned(),
                try_again: failure.try_again(),
            },
        }
    }
}

impl From<StoreError> for ToolError {
    fn from(error: StoreError) -> Self {
        Self {
            code: "not_recorded".into(),
            message: format!("nothing was sent: {error}"),
            hint: "tell the operator to look at the data directory".into(),
            try_again: TryAgain::No,
        }
    }
}

impl From<AskError> for ToolError {
    fn from(error: AskError) -> Self {
        let (code, hint, try_again) = match error {
            AskError::Store(error) => return error.into(),
            AskError::Paused { .. } => ("paused", "stop writing; a person resumes it", TryAgain::No),
            AskError::TooMuch => (
                "too_much_pending",
                "tell your user; wait until some are decided",
                TryAgain::After(Duration::from_mins(10)),
            ),
            AskError::TooMany => (
                "too_many_pending",
                "tell your user; wait until some are decided, or withdraw one with cancel_approval",
                TryAgain::After(Duration::from_mins(1)),
            ),
        };
        Self { code: code.into(), message: error.to_string(), hint: hint.into(), try_again }
    }
}
