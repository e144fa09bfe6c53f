//! Why a call was refused, in words an agent and its administrator can act on.

use super::ports::RecordError;
use super::profile::Profile;
use crate::domain::access::AccessClass;
use crate::domain::group::Group;

/// The rule that refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    /// `[tools] deny` names the tool.
    ToolDenied,
    /// The group is disabled or missing.
    GroupDisabled,
    /// The group is read-only.
    ReadOnly,
    /// The group's `allow_delete` is off.
    DeleteOff,
    /// Deleting a space; no profile can allow it.
    SpaceDelete,
    /// The target is in a space the profile hides; told as "not found".
    OutOfScope,
    /// `writes_per_hour` is used up.
    WritesSpent,
    /// `deletes_per_day` is used up.
    DeletesSpent,
}

impl Reason {
    /// Stable word for records and logs.
    pub const fn word(self) -> &'static str {
        match self {
            Self::ToolDenied => "tool_denied",
            Self::GroupDisabled => "group_disabled",
            Self::ReadOnly => "read_only",
            Self::DeleteOff => "delete_not_allowed",
            Self::SpaceDelete => "space_delete",
            Self::OutOfScope => "out_of_scope",
            Self::WritesSpent => "writes_per_hour",
            Self::DeletesSpent => "deletes_per_day",
        }
    }
}

/// A call that the gate stopped.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The profile says no.
    #[error("{}", said(*reason, profile, tool, *group, *class))]
    Profile {
        /// Which rule.
        reason: Reason,
        /// Name of the profile.
        profile: String,
        /// Name of the tool.
        tool: String,
        /// Its group.
        group: Group,
        /// What the call would have done.
        class: AccessClass,
    },
    /// The thing is not there, or not for this agent; the two look the same.
    #[error("not found, or no permission to see it")]
    NotFound,
    /// A person said no.
    #[error("{by} denied this write: {reason}")]
    Denied {
        /// Who decided.
        by: String,
        /// Why.
        reason: String,
    },
    /// The profile requires approval and nobody is set up to give it.
    #[error("profile `{profile}` requires a person's approval for this write and no approver is set up")]
    NoApprover {
        /// Name of the profile.
        profile: String,
    },
    /// Nobody has decided on it yet.
    #[error("nobody has decided on this write yet")]
    NotDecided,
    /// The write was withdrawn, has expired or is being sent already.
    #[error("this write may no longer be sent")]
    NotInForce,
    /// The record of the call could not be written, so the call does not happen.
    #[error("the audit record could not be written, so nothing was sent")]
    NotRecorded,
    /// The space of the target could not be looked up.
    #[error("the space of the target could not be looked up: {0}")]
    NotLocated(String),
}

impl From<RecordError> for Refusal {
    fn from(error: RecordError) -> Self {
        match error {
            RecordError::NotWritten => Self::NotRecorded,
            RecordError::NotInForce => Self::NotInForce,
        }
    }
}

impl Refusal {
    /// The refusal of `profile` for `reason`; out of scope becomes "not found".
    pub fn of(profile: &Profile, reason: Reason, tool: &str, group: Group, class: AccessClass) -> Self {
        match reason {
            Reason::OutOfScope => Self::NotFound,
            reason => Self::Profile { reason, profile: profile.name.clone(), tool: tool.to_owned(), group, class },
        }
    }

    /// What an administrator could change, or what the agent should do instead.
    pub fn hint(&self) -> String {
        match self {
            Self::Profile { reason, group, tool, .. } => match reason {
                Reason::ToolDenied => format!("an administrator can remove `{tool}` from [tools] deny in the profile"),
                Reason::GroupDisabled if *group == Group::Matched => {
                    "an administrator can enable a group in the profile".into()
                }
                Reason::GroupDisabled => format!("an administrator can set [{group}] mode in the profile"),
                Reason::ReadOnly => format!("an administrator can set [{group}] mode = \"read-write\" in the profile"),
                Reason::DeleteOff => format!("an administrator can set [{group}] allow_delete = true in the profile"),
                Reason::SpaceDelete => "no setting changes this; a person deletes a space in Confluence itself".into(),
                Reason::WritesSpent => "wait until the rolling hour has room, or ask an administrator for more".into(),
                Reason::DeletesSpent => "wait until the rolling day has room, or ask an administrator for more".into(),
                Reason::OutOfScope => String::new(),
            },
            Self::NotFound => "check the id, key or title, or search for it".into(),
            Self::Denied { .. } => "stop; do not send this write again unless a person asks for it".into(),
            Self::NoApprover { .. } => "tell your user that this write needs an approver".into(),
            Self::NotDecided | Self::NotInForce => "ask get_approval what became of it".into(),
            Self::NotRecorded => "tell the operator that the audit log cannot be written".into(),
            Self::NotLocated(_) => "try again later".into(),
        }
    }
}

fn said(reason: Reason, profile: &str, tool: &str, group: Group, class: AccessClass) -> String {
    match reason {
        Reason::ToolDenied => format!("profile `{profile}` denies the tool `{tool}`"),
        Reason::GroupDisabled if group == Group::Matched => format!("profile `{profile}` disables every group"),
        Reason::GroupDisabled => format!("profile `{profile}` disables the group {group}"),
        Reason::ReadOnly => {
            format!("profile `{profile}` lets you only read in the group {group}; `{tool}` is a {class}")
        }
        Reason::DeleteOff => {
            format!("profile `{profile}` does not allow deletes in the group {group}, and this is one")
        }
        Reason::SpaceDelete => "deleting a space is never possible".into(),
        Reason::OutOfScope => "not found, or no permission to see it".into(),
        Reason::WritesSpent => format!("profile `{profile}` allows no more writes in this hour"),
        Reason::DeletesSpent => format!("profile `{profile}` allows no more deletes today"),
    }
}
