//! One row of the audit trail: who did what under which rule, never with the words of an argument or a page.

use bytes::Bytes;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::access::AccessClass;
use crate::domain::digest::Digest;
use crate::domain::ids::ApprovalId;

/// One row. What makes no sense for an event is left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When.
    pub at: Timestamp,
    /// Who: an agent, a person, or a part of Sluice.
    pub who: String,
    /// What happened, as one stable word such as `read`, `refused`, `asked`, `approved`, `intended`, `succeeded`.
    pub event: String,
    /// Which tool.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool: Option<String>,
    /// What the call does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<AccessClass>,
    /// Name of the profile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// Revision of the profile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<Digest>,
    /// The write's durable record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<ApprovalId>,
    /// Fingerprint of the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest>,
    /// The target by type and id, such as `page 123`, without its title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// The shape of the arguments: names, types and lengths.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shape: Option<String>,
    /// Why, or with which result: a stable code, or a person's reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

impl Entry {
    /// A row that says only when, who and what; fill in the rest.
    pub fn new(at: Timestamp, who: impl Into<String>, event: impl Into<String>) -> Self {
        Self {
            at,
            who: who.into(),
            event: event.into(),
            tool: None,
            class: None,
            profile: None,
            revision: None,
            approval: None,
            digest: None,
            target: None,
            shape: None,
            why: None,
        }
    }

    /// The row as the chained log keeps it: one line of JSON.
    pub fn row(&self) -> Bytes {
        // Strings, numbers and times can always be written.
        serde_json::to_vec(self).unwrap_or_default().into()
    }
}
