//! The five groups of operations an administrator switches.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A group of operations; each tool belongs to exactly one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// Pages and blog posts with their comments, labels and versions.
    Pages,
    /// Space metadata.
    Spaces,
    /// CQL and text search; read-only by nature.
    Search,
    /// Files on pages.
    Attachments,
    /// People; read-only by nature.
    Users,
    /// The caller's own writes and approvals; always on, and no profile names it.
    Session,
    /// The raw request: each is judged by the group of its own operation, and no profile names it.
    Matched,
}

impl Group {
    /// Every group an administrator switches, in reading order.
    pub const ALL: [Self; 5] = [Self::Pages, Self::Spaces, Self::Search, Self::Attachments, Self::Users];

    /// The word used in profiles, logs and tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pages => "pages",
            Self::Spaces => "spaces",
            Self::Search => "search",
            Self::Attachments => "attachments",
            Self::Users => "users",
            Self::Session => "session",
            Self::Matched => "matched",
        }
    }

    /// Whether `read-write` grants no more than `read-only`, because the group has nothing to write.
    pub const fn read_only_by_nature(self) -> bool {
        matches!(self, Self::Search | Self::Users)
    }
}

impl fmt::Display for Group {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.word())
    }
}
