//! The words Confluence has for kinds and statuses, in both of its interfaces and in CQL.

use crate::sandbox::model::{ContentKind, ContentStatus, SpaceKind};

/// The status of a content or attachment.
pub(crate) fn status(status: ContentStatus) -> &'static str {
    match status {
        ContentStatus::Current => "current",
        ContentStatus::Draft => "draft",
        ContentStatus::Archived => "archived",
        ContentStatus::Trashed => "trashed",
    }
}

/// The kind of a content in the tree; a live doc is a page.
pub(crate) fn kind(kind: ContentKind) -> &'static str {
    match kind {
        ContentKind::Page | ContentKind::LiveDoc => "page",
        ContentKind::BlogPost => "blogpost",
        ContentKind::Folder => "folder",
        ContentKind::Whiteboard => "whiteboard",
        ContentKind::Database => "database",
        ContentKind::Embed => "embed",
    }
}

/// The type of a space.
pub(crate) fn space_kind(kind: SpaceKind) -> &'static str {
    match kind {
        SpaceKind::Global => "global",
        SpaceKind::Collaboration => "collaboration",
        SpaceKind::KnowledgeBase => "knowledge_base",
        SpaceKind::Personal => "personal",
        SpaceKind::System => "system",
        SpaceKind::Onboarding => "onboarding",
        SpaceKind::XflowSampleSpace => "xflow_sample_space",
    }
}
