//! How a write is undone, as data; `tools::undo` plans it.

use serde::{Deserialize, Serialize};

use crate::confluence::api::comments::CommentKind;
use crate::confluence::api::labels::Labelled;
use crate::confluence::api::pages::DocumentKind;
use crate::confluence::api::upkeep::Owner;
use crate::domain::ids::{ApprovalId, AttachmentId, CommentId, ContentId, LabelName, SpaceKey, TaskId, VersionNumber};
use crate::domain::place::{NodeKind, Parent};

use super::proof::SpaceWords;
use super::record::{Record, State};

/// How a write is undone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Undo {
    /// Trash the page or blog post that was made; its id is in the answer.
    TrashTheNewOne(DocumentKind),
    /// Trash the attachment that was made; its id is in the answer.
    TrashTheNewFile,
    /// Delete the comment that was made, for good: comments have no trash. Its id is in the answer.
    DeleteTheNewComment(CommentKind),
    /// Write the body before it back, as long as nothing came after.
    WriteBack {
        /// Whether it is a page or a blog post.
        #[serde(default)]
        kind: DocumentKind,
        /// The page or blog post.
        page: ContentId,
        /// The version whose body comes back.
        version: VersionNumber,
    },
    /// Take the page out of the trash.
    RestorePage(ContentId),
    /// Remove labels that were not there before.
    RemoveLabels {
        /// The page or attachment.
        page: Labelled,
        /// The labels that are new.
        labels: Vec<LabelName>,
    },
    /// Put a label back.
    AddLabel {
        /// The page or attachment.
        page: Labelled,
        /// The label.
        label: LabelName,
    },
    /// Give a space its name and description back, as long as they are those we gave it.
    NameSpace {
        /// The space.
        space: SpaceKey,
        /// What they were.
        before: SpaceWords,
        /// What we made of them.
        after: SpaceWords,
    },
    /// Move the page back to where it stood, as long as nobody moved it on.
    MoveBack {
        /// The page.
        page: ContentId,
        /// Where it stood.
        stood: Stood,
        /// What it was moved under.
        now_under: ContentId,
    },
    /// Give a page its title back, as long as it has the one we gave it.
    RenamePage {
        /// The page.
        page: ContentId,
        /// What it was.
        before: String,
        /// What we made of it.
        after: String,
    },
    /// Write a comment's body before it back, as long as nothing came after.
    WriteCommentBack {
        /// Where it stands.
        kind: CommentKind,
        /// The comment.
        comment: CommentId,
    },
    /// Resolve an inline comment again, or open it again.
    Resolve {
        /// The comment.
        comment: CommentId,
        /// Whether it shall be resolved.
        resolved: bool,
    },
    /// Give an attachment its name back, as long as it has the one we gave it.
    NameFile {
        /// The attachment.
        attachment: AttachmentId,
        /// What it was.
        before: String,
        /// What we made of it.
        after: String,
    },
    /// Trash the folder or other node that was made, as long as nothing stands below it; its id is in the answer.
    TrashTheNewNode(NodeKind),
    /// Give a property the value it had, or make it anew, as long as nothing came after.
    SetProperty {
        /// What it is kept with.
        owner: Owner,
        /// Its key.
        key: String,
    },
    /// Delete the property of a page that was made, as long as nothing came after.
    DeleteProperty {
        /// The page.
        page: ContentId,
        /// Its key.
        key: String,
    },
    /// Tick a task off again, or open it again.
    SetTask {
        /// The task.
        task: TaskId,
        /// Whether it shall be ticked off.
        complete: bool,
    },
    /// Watch a page again, or no longer.
    Watch {
        /// The page.
        page: ContentId,
        /// Whether it shall be watched.
        watched: bool,
    },
    /// Only a person in Confluence can; a sentence says how.
    ByHand(String),
}

/// Where a page stood in the tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stood {
    /// Under what.
    pub under: Parent,
    /// The sibling before it.
    pub after: Option<ContentId>,
    /// The sibling after it.
    pub before: Option<ContentId>,
}

/// Why a write cannot be undone.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotUndone {
    /// It is not known to have taken effect.
    #[error("only what succeeded can be undone, and this is {0}")]
    NotDone(State),
    /// It was undone before.
    #[error("it was undone already by {0}")]
    Already(ApprovalId),
    /// No request undoes it.
    #[error("no request undoes it: {0}")]
    ByHand(String),
}

impl Undo {
    /// Whether a write can be undone at all; what came after it is found out when it is tried.
    pub fn of(record: &Record) -> Result<&Self, NotUndone> {
        match (record.state, &record.undone_by, &record.asked.undo) {
            (State::Succeeded, Some(by), _) => Err(NotUndone::Already(by.clone())),
            (State::Succeeded, None, Self::ByHand(how)) => Err(NotUndone::ByHand(how.clone())),
            (State::Succeeded, None, undo) => Ok(undo),
            (state, ..) => Err(NotUndone::NotDone(state)),
        }
    }
}
