//! What to do next, given what is known and what was read: without a look at the clock or anything else outside.

pub mod above;
pub mod due;
pub mod facts;
pub mod guard;
pub mod legs;
pub mod listing;
pub mod share;
pub mod spaces;

use serde::{Deserialize, Serialize};

/// How thorough a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// What changed lately.
    Incremental,
    /// And whatever a look at every page finds: moves, labels, restrictions, deletions.
    Sweep,
    /// The same, asked for by a person: what the guard held back is removed.
    Full,
}

impl Kind {
    /// Whether every page is looked at.
    pub const fn sweeps(self) -> bool {
        matches!(self, Self::Sweep | Self::Full)
    }
}
