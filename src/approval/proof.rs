//! What shows afterwards whether a write has happened.

use serde::{Deserialize, Serialize};

use crate::confluence::api::comments::CommentKind;
use crate::confluence::api::labels::Labelled;
use crate::confluence::api::pages::DocumentKind;
use crate::confluence::api::tree::Position;
use crate::confluence::api::upkeep::Owner;
use crate::domain::ids::{AttachmentId, CommentId, ContentId, LabelName, SpaceId, SpaceKey, TaskId, VersionNumber};
use crate::domain::place::{NodeKind, Parent};

/// How to find out whether a write whose answer was lost has happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// The page or blog post has this version, with our note.
    PageHasVersion {
        /// Which of the two.
        #[serde(default)]
        kind: DocumentKind,
        /// Its id.
        page: ContentId,
        /// The version it makes.
        version: VersionNumber,
    },
    /// A page or blog post of that title is in the space, made by us just now, with the body that was sent.
    TitleIsThere {
        /// Which of the two.
        kind: DocumentKind,
        /// The space.
        space: SpaceId,
        /// The title.
        title: String,
    },
    /// The page or blog post is in the trash.
    IsTrashed {
        /// Which of the two.
        kind: DocumentKind,
        /// Its id.
        id: ContentId,
        /// The version that was to go there, and no later one.
        version: VersionNumber,
    },
    /// The page is out of the trash.
    PageIsCurrent(ContentId),
    /// The attachment is in the trash.
    AttachmentIsTrashed {
        /// The attachment.
        attachment: AttachmentId,
        /// The version that was to go there, and no later one.
        version: Option<VersionNumber>,
    },
    /// The page or attachment has these labels.
    LabelsAreThere {
        /// The page or attachment.
        page: Labelled,
        /// The labels.
        labels: Vec<LabelName>,
    },
    /// The page or attachment no longer has this label.
    LabelIsGone {
        /// The page or attachment.
        page: Labelled,
        /// The label.
        label: LabelName,
    },
    /// The page has a file of this name and size, with our note.
    FileIsThere {
        /// The page.
        page: ContentId,
        /// The file name.
        file_name: String,
        /// Its size in bytes.
        size: u64,
    },
    /// A space with this key is there, made by us just now, with these words.
    SpaceIsMade {
        /// The key.
        key: SpaceKey,
        /// Its name and description.
        words: SpaceWords,
    },
    /// The space has these words.
    SpaceIsNamed {
        /// The key.
        key: SpaceKey,
        /// Its name and description before.
        before: SpaceWords,
        /// Its name and description as they shall be.
        after: SpaceWords,
    },
    /// The thread has a comment by us with the body that was sent.
    CommentIsThere(Thread),
    /// The comment has this version, with our note.
    CommentHasVersion {
        /// Where it stands.
        kind: CommentKind,
        /// The comment.
        comment: CommentId,
        /// The version it makes.
        version: VersionNumber,
    },
    /// The attachment has a version of this size after this one, with our note.
    FileHasVersion {
        /// The attachment.
        attachment: AttachmentId,
        /// The version before it.
        after: VersionNumber,
        /// Its size in bytes.
        size: u64,
    },
    /// The attachment has this name.
    FileIsNamed {
        /// The attachment.
        attachment: AttachmentId,
        /// Its name before.
        before: String,
        /// Its name as it shall be.
        after: String,
    },
    /// The property has the value that was sent, in this version or a later one.
    PropertyIsSet {
        /// What it is kept with.
        owner: Owner,
        /// Its key.
        key: String,
        /// The version it makes.
        version: VersionNumber,
    },
    /// The property of that id is gone, and what it was kept with is still there.
    PropertyIsGone {
        /// What it was kept with.
        owner: Owner,
        /// Its key.
        key: String,
        /// Its id.
        id: String,
    },
    /// The task is ticked off, or open again.
    TaskIs {
        /// The task.
        task: TaskId,
        /// Whether it is ticked off.
        complete: bool,
    },
    /// Our account watches the page, or does so no longer.
    IsWatched {
        /// The page.
        page: ContentId,
        /// Whether it watches.
        watched: bool,
    },
    /// The comment is gone, and what it hung on is still there.
    CommentIsGone {
        /// Where it stood.
        kind: CommentKind,
        /// The comment.
        comment: CommentId,
        /// The page it hung on.
        page: ContentId,
    },
    /// The page stands where it was moved to.
    PageIsMoved {
        /// The page.
        page: ContentId,
        /// What it stood under.
        from: Option<ContentId>,
        /// What it was moved under.
        to: Parent,
        /// Where there, and seen from what.
        position: Position,
        /// The target of the move.
        target: ContentId,
    },
    /// The page has its new title.
    PageIsRenamed {
        /// The page.
        page: ContentId,
        /// Its title before.
        before: String,
        /// Its title as it shall be.
        after: String,
    },
    /// A page of that title is in the space, made by us just now, that says what the copied one says.
    CopyIsThere {
        /// The space.
        space: SpaceId,
        /// The title.
        title: String,
        /// The page that was copied.
        source: ContentId,
        /// The version that was copied.
        version: VersionNumber,
    },
    /// The page is in the archive.
    PageIsArchived {
        /// The page.
        page: ContentId,
        /// The version that was to go there, and no later one.
        version: VersionNumber,
    },
    /// What was a draft is a current page.
    DraftIsPublished(ContentId),
    /// A folder or other node of that title stands under that parent, made by us just now.
    NodeIsThere {
        /// What it is.
        kind: NodeKind,
        /// What it stands under.
        under: Parent,
        /// Its title.
        title: String,
    },
    /// The folder or other node is in the trash.
    NodeIsTrashed {
        /// What it is.
        kind: NodeKind,
        /// Its id.
        id: ContentId,
    },
    /// Nothing proves it; a person must look.
    AskAPerson,
}

impl Proof {
    /// Whether Confluence refuses a second sending even where somebody took back what the first had done: by version,
    /// by a name that is taken once, or because the thing never comes back.
    pub const fn is_guarded(&self) -> bool {
        match self {
            Self::PageHasVersion { .. }
            | Self::TitleIsThere { .. }
            | Self::FileIsThere { .. }
            | Self::SpaceIsMade { .. }
            | Self::CommentHasVersion { .. }
            | Self::PropertyIsSet { .. }
            | Self::PropertyIsGone { .. }
            | Self::CommentIsGone { .. } => true,
            Self::IsTrashed { .. }
            | Self::PageIsCurrent(_)
            | Self::AttachmentIsTrashed { .. }
            | Self::LabelsAreThere { .. }
            | Self::LabelIsGone { .. }
            | Self::SpaceIsNamed { .. }
            | Self::CommentIsThere(_)
            | Self::PageIsMoved { .. }
            | Self::PageIsRenamed { .. }
            | Self::CopyIsThere { .. }
            | Self::PageIsArchived { .. }
            | Self::DraftIsPublished(_)
            | Self::NodeIsThere { .. }
            | Self::NodeIsTrashed { .. }
            | Self::FileHasVersion { .. }
            | Self::FileIsNamed { .. }
            | Self::TaskIs { .. }
            | Self::IsWatched { .. }
            | Self::AskAPerson => false,
        }
    }
}

/// Name and description of a space.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpaceWords {
    /// Its name.
    pub name: String,
    /// Its plain description; empty where it has none.
    pub description: String,
}

/// Where a new comment hangs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Thread {
    /// Below this page.
    Page(ContentId),
    /// On a piece of this page's text.
    Text(ContentId),
    /// Under this comment.
    Comment {
        /// Where that comment stands.
        kind: CommentKind,
        /// The comment.
        comment: CommentId,
    },
}
