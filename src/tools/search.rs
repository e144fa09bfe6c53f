//! Tools of the group Search.

mod excerpt;
mod hits;
pub(super) mod scoped;
mod search_cql;
mod search_pages_by_label;
mod search_text;

use super::Entry;

/// The tools, in reading order.
pub const TOOLS: &[Entry] = &[
    Entry::read::<search_text::SearchText>(),
    Entry::read::<search_cql::SearchCql>(),
    Entry::read::<search_pages_by_label::SearchPagesByLabel>(),
];
