//! How a write is undone, as data; `tools::undo` plans it.

use serde::{Deserialize, Serialize};

use crate::confluence::api::comments::CommentKind;
use crate::confluence::api::pages::DocumentKind;
use crate::domain::ids::{ApprovalId, ContentId, LabelName, SpaceKey, VersionNumber};

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
        /// The page.
        page: ContentId,
        /// The version whose body comes back.
        version: VersionNumber,
    },
    /// Take the page out of the trash.
    RestorePage(ContentId),
    /// Remove labels that were not there before.
    RemoveLabels {
        /// The page.
        page: ContentId,
        /// The labels that are new.
        labels: Vec<LabelName>,
    },
    /// Put a label back.
    AddLabel {
        /// The page.
        page: ContentId,
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
    /// Only a person in Confluence can; a sentence says how.
    ByHand(String),
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
