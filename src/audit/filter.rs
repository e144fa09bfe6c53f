//! Which rows of the trail someone wants to see.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Entry;
use crate::domain::ids::ApprovalId;

/// What a row must say; what is `None` may be anything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// By this agent, person or part of Sluice.
    pub who: Option<String>,
    /// About this tool.
    pub tool: Option<String>,
    /// About this write.
    pub approval: Option<ApprovalId>,
    /// This event.
    pub event: Option<String>,
    /// At this time or later.
    pub since: Option<Timestamp>,
}

impl Filter {
    /// Whether a row is wanted. A row that is no entry is wanted by those who want everything.
    pub(super) fn fits(&self, entry: Option<&Entry>) -> bool {
        let Some(entry) = entry else { return *self == Self::default() };
        let says =
            |wanted: &Option<String>, said: Option<&str>| wanted.as_deref().is_none_or(|wanted| said == Some(wanted));
        says(&self.who, Some(&entry.who))
            && says(&self.tool, entry.tool.as_deref())
            && says(&self.event, Some(&entry.event))
            && self.approval.as_ref().is_none_or(|wanted| entry.approval.as_ref() == Some(wanted))
            && self.since.is_none_or(|since| entry.at >= since)
    }
}
