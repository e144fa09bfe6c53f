//! The states of a write's record, and which follows which.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How far a write has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It waits for a person.
    Pending,
    /// It may be sent: policy or a person said yes.
    Approved,
    /// Its intent is written down; it is being sent.
    Executing,
    /// It was sent and its fate is not known.
    Unknown,
    /// Sluice looks whether it took effect.
    Reconciling,
    /// Nothing that Sluice can read tells whether it took effect.
    NeedsHuman,
    /// It took effect, with proof.
    Succeeded,
    /// It took no effect.
    Failed,
    /// What it rests on has moved on; it took no effect.
    Conflict,
    /// The record is not what was asked; nothing was sent.
    RejectedTampered,
    /// A person said no.
    Denied,
    /// Nobody decided, or nothing was sent, in time.
    Expired,
    /// It was withdrawn, or may no longer happen.
    Cancelled,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 13] = [
        Self::Pending,
        Self::Approved,
        Self::Executing,
        Self::Unknown,
        Self::Reconciling,
        Self::NeedsHuman,
        Self::Succeeded,
        Self::Failed,
        Self::Conflict,
        Self::RejectedTampered,
        Self::Denied,
        Self::Expired,
        Self::Cancelled,
    ];

    /// Whether nothing follows any more.
    pub const fn is_final(self) -> bool {
        use State::{Cancelled, Conflict, Denied, Expired, Failed, RejectedTampered, Succeeded};
        matches!(self, Succeeded | Failed | Conflict | RejectedTampered | Denied | Expired | Cancelled)
    }

    /// Whether the agent has its answer: a final state, or one that only a person can end.
    pub const fn is_settled(self) -> bool {
        self.is_final() || matches!(self, Self::NeedsHuman)
    }

    /// Whether it may have been sent and its end is not known.
    pub const fn is_under_way(self) -> bool {
        matches!(self, Self::Executing | Self::Unknown | Self::Reconciling)
    }

    /// Whether `next` may follow.
    pub const fn may_become(self, next: Self) -> bool {
        use State::{
            Approved, Cancelled, Conflict, Denied, Executing, Expired, Failed, NeedsHuman, Pending, Reconciling,
            RejectedTampered, Succeeded, Unknown,
        };
        match self {
            Pending => matches!(next, Approved | Denied | Expired | Cancelled | RejectedTampered),
            // To unknown: it is not sent again, but an earlier sending may have taken effect.
            Approved => matches!(next, Executing | Unknown | Expired | Cancelled | RejectedTampered),
            // Back to approved: not one byte was sent, or it was turned away unread.
            Executing => matches!(next, Succeeded | Failed | Conflict | Unknown | Approved),
            Unknown => matches!(next, Reconciling | NeedsHuman),
            Reconciling => matches!(next, Succeeded | Approved | Failed | Conflict | NeedsHuman | Unknown),
            NeedsHuman => matches!(next, Succeeded | Failed),
            Succeeded | Failed | Conflict | RejectedTampered | Denied | Expired | Cancelled => false,
        }
    }

    /// The word of records, answers and tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Executing => "executing",
            Self::Unknown => "unknown",
            Self::Reconciling => "reconciling",
            Self::NeedsHuman => "needs_human",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Conflict => "conflict",
            Self::RejectedTampered => "rejected_tampered",
            Self::Denied => "denied",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_follows_a_final_state_and_something_every_other() {
        for state in State::ALL {
            let follows = State::ALL.into_iter().any(|next| state.may_become(next));
            assert_eq!(follows, !state.is_final(), "{state}");
            assert!(!state.may_become(state), "{state}");
            assert_eq!(serde_json::to_value(state).unwrap(), state.word());
        }
    }

    #[test]
    fn nothing_is_sent_that_was_not_approved_and_nothing_succeeds_that_was_not_sent() {
        let before = |next: State| State::ALL.into_iter().filter(move |state| state.may_become(next));
        assert!(before(State::Executing).eq([State::Approved]));
        assert!(before(State::Succeeded).eq([State::Executing, State::Reconciling, State::NeedsHuman]));
        assert!(before(State::Denied).eq([State::Pending]));
        assert!(before(State::Cancelled).eq([State::Pending, State::Approved]));
    }
}
