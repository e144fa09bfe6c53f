//! Tools of the group Search.

mod excerpt;
mod get_sync_status;
mod hits;
pub mod library;
pub(super) mod scoped;
mod search_cql;
mod search_docs;
mod search_pages_by_label;
mod search_text;
mod standing;
mod sync_now;
mod verified;

use super::Entry;

/// The tools, in reading order.
pub const TOOLS: &[Entry] = &[
    Entry::read::<search_docs::SearchDocs>(),
    Entry::read::<search_text::SearchText>(),
    Entry::read::<search_cql::SearchCql>(),
    Entry::read::<search_pages_by_label::SearchPagesByLabel>(),
    Entry::read::<get_sync_status::GetSyncStatus>(),
    Entry::read::<sync_now::SyncNow>(),
];
