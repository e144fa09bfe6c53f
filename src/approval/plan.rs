//! A planned write as data: the exact request, what it rests on, what it changes, and how to undo and prove it.

use serde::{Deserialize, Serialize};

use crate::confluence::Request;
use crate::domain::access::{AccessClass, WriteAccess};
use crate::domain::ids::{ApprovalId, AttachmentId, ContentId, LabelName, SpaceId, SpaceKey, VersionNumber};
use crate::domain::place::Place;
use crate::policy::{Proposal, ToolFacts};

/// A write that a tool has planned and the gate has not yet judged.
#[derive(Debug)]
#[must_use = "a plan does nothing until it is carried out"]
pub struct Plan<A: WriteAccess> {
    /// The exact request, bytes and all.
    pub request: Request<A>,
    /// Every place it touches: where the target is, and where it will be.
    pub places: Vec<Place>,
    /// The target in words, such as `page 123 "VPN runbook"`.
    pub target: String,
    /// The version it rests on.
    pub rests_on: Option<VersionNumber>,
    /// The body it replaces or removes, in storage format.
    pub before: Option<String>,
    /// What it amounts to beyond its class, seen against what is there.
    pub effect: AccessClass,
    /// One line for people.
    pub summary: String,
    /// What is there now and goes because Markdown cannot hold it, such as a macro.
    pub loses: Vec<String>,
    /// What will change, as Markdown for people.
    pub preview: String,
    /// How to undo it.
    pub undo: Undo,
    /// How to find out afterwards whether it happened.
    pub proof: Proof,
}

impl<A: WriteAccess> Plan<A> {
    /// What the write costs besides what was asked for, in words for people and agents.
    pub fn loss(&self) -> Option<String> {
        let kept = self.rests_on.map(|version| format!("; version {version} still has it")).unwrap_or_default();
        let lost = (!self.loses.is_empty()).then(|| self.loses.join(", "))?;
        Some(format!("Markdown cannot hold and this takes away: {lost}{kept}"))
    }

    /// The plan as policy sees it.
    pub fn proposal(&self, approval: ApprovalId, tool: ToolFacts) -> Proposal {
        Proposal {
            approval,
            tool,
            effect: self.effect.max(self.request.effect()),
            places: self.places.clone(),
            target: self.target.clone(),
            summary: self.summary.clone(),
            preview: self.shown(),
            digest: self.request.digest(),
        }
    }

    /// What people are shown: what it costs first, then what changes.
    pub fn shown(&self) -> String {
        self.loss().into_iter().chain([self.preview.clone()]).collect::<Vec<_>>().join("\n")
    }
}

/// How a write is undone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Undo {
    /// Trash what was made; its id is in the answer.
    TrashTheNewOne,
    /// Write the body before it back, as long as nothing came after.
    WriteBack {
        /// The page.
        page: ContentId,
        /// The version whose body comes back.
        version: VersionNumber,
    },
    /// Take the page out of the trash.
    RestorePage(ContentId),
    /// Take the attachment out of the trash.
    RestoreAttachment(AttachmentId),
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
    /// Give a space its name and description back.
    NameSpace {
        /// The space.
        space: SpaceKey,
        /// Its name before.
        name: String,
        /// Its description before.
        description: String,
    },
    /// Only a person in Confluence can.
    ByHand,
}

/// How to find out whether a write whose answer was lost has happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// The page has this version, with our note.
    PageHasVersion {
        /// The page.
        page: ContentId,
        /// The version it makes.
        version: VersionNumber,
    },
    /// A page or blog post of that title is in the space, made by us just now.
    TitleIsThere {
        /// The space.
        space: SpaceId,
        /// The title.
        title: String,
    },
    /// The page is in the trash.
    PageIsTrashed(ContentId),
    /// The attachment is in the trash.
    AttachmentIsTrashed(AttachmentId),
    /// The page has these labels.
    LabelsAreThere {
        /// The page.
        page: ContentId,
        /// The labels.
        labels: Vec<LabelName>,
    },
    /// The page no longer has this label.
    LabelIsGone {
        /// The page.
        page: ContentId,
        /// The label.
        label: LabelName,
    },
    /// The page has a file of this name and size.
    FileIsThere {
        /// The page.
        page: ContentId,
        /// The file name.
        file_name: String,
        /// Its size in bytes.
        size: u64,
    },
    /// A space with this key exists, with this name where one is given.
    SpaceIsNamed {
        /// The key.
        key: SpaceKey,
        /// The name it shall have.
        name: Option<String>,
    },
    /// Nothing proves it; a person must look. So it is with comments.
    AskAPerson,
}
