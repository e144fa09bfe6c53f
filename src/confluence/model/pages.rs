//! Pages, blog posts and what stands in the tree, as Confluence answers them.

use jiff::Timestamp;
use serde::Deserialize;

use crate::domain::ids::{AccountId, ContentId, SpaceId, VersionNumber};
use crate::domain::place::{NodeKind, Parent, Place};

use super::{BodySet, Label, Links, List, Version};

/// A page or blog post, with or without its body.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Page {
    /// Its id.
    pub id: ContentId,
    /// `current`, `draft`, `archived`, `trashed`, ….
    #[serde(default)]
    pub status: String,
    /// Its title; drafts may have none.
    #[serde(default)]
    pub title: String,
    /// The space it lives in.
    pub space_id: SpaceId,
    /// Its parent, a page or another node of the tree.
    #[serde(default)]
    pub parent_id: Option<ContentId>,
    /// What its parent is: `page`, `folder`, `whiteboard`, `database` or `embed`.
    #[serde(default)]
    pub parent_type: Option<String>,
    /// Who made it.
    #[serde(default)]
    pub author_id: Option<AccountId>,
    /// When it was made.
    #[serde(default)]
    pub created_at: Option<Timestamp>,
    /// Its present version.
    #[serde(default)]
    pub version: Option<Version>,
    /// Its body, where one was asked for.
    #[serde(default)]
    pub body: Option<BodySet>,
    /// Its labels, where they were asked for; cut at 50.
    #[serde(default)]
    pub labels: Option<List<Label>>,
    /// Links relative to the site.
    #[serde(default, rename = "_links")]
    pub links: Links,
}

impl Page {
    /// Whether it has this label; `None` where the answer was cut before it could say. Confluence keeps labels in
    /// lower case.
    pub fn has_label(&self, name: &str) -> Option<bool> {
        const CUT_AT: usize = 50;
        let labels = self.labels.as_ref().map_or(&[][..], |labels| &labels.results);
        let there = labels.iter().any(|label| label.name.eq_ignore_ascii_case(name));
        (there || labels.len() < CUT_AT).then_some(there)
    }

    /// Where it is.
    pub fn place(&self) -> Place {
        Place::of(Parent::Page(self.id.clone()), self.space_id.clone(), self.parent())
    }

    /// Wherever it is when somebody looks: what a write on it is judged by, which may be sent much later.
    pub fn itself(&self) -> Place {
        Place::Content(self.id.clone())
    }

    /// What it stands under; nothing at the top of its space.
    pub fn parent(&self) -> Option<Parent> {
        stands_under(self.parent_id.as_ref(), self.parent_type.as_deref())
    }

    /// The number of its present version; 1 where the answer leaves it out.
    pub fn version_number(&self) -> VersionNumber {
        self.version.as_ref().map_or(VersionNumber(1), |version| version.number)
    }

    /// The body in storage format, empty where none was asked for.
    pub fn storage(&self) -> &str {
        self.body.as_ref().map_or("", BodySet::storage)
    }
}

/// What something stands under, by its parent's id and type.
pub(super) fn stands_under(id: Option<&ContentId>, kind: Option<&str>) -> Option<Parent> {
    Some(standing(id?.clone(), kind))
}

/// Something in the tree by its id and type.
pub(super) fn standing(id: ContentId, kind: Option<&str>) -> Parent {
    match kind.and_then(NodeKind::called) {
        Some(kind) => Parent::Node(kind, id),
        None => Parent::Page(id),
    }
}

/// A child in the tree: a page, folder, whiteboard, …; a page too where `type` is missing.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Child {
    /// Its id.
    pub id: ContentId,
    /// Its title.
    #[serde(default)]
    pub title: String,
    /// `page`, `folder`, `whiteboard`, `database`, `embed`.
    #[serde(default, rename = "type")]
    pub kind: Option<String>,
    /// `current` or `archived`.
    #[serde(default)]
    pub status: Option<String>,
    /// The space it lives in, where the answer says so.
    #[serde(default)]
    pub space_id: Option<SpaceId>,
    /// How deep below it lies, where all that stands below something is listed.
    #[serde(default)]
    pub depth: Option<u8>,
}

impl Child {
    /// Where it is, directly under this parent.
    pub fn place(&self, parent: &Parent) -> Place {
        let itself = standing(self.id.clone(), self.kind.as_deref());
        match self.space_id.clone() {
            Some(space) => Place::of(itself, space, Some(parent.clone())),
            None => itself.itself(),
        }
    }
}

/// An ancestor: id and type, nothing else.
#[derive(Clone, Debug, Deserialize)]
pub struct Ancestor {
    /// Its id.
    pub id: ContentId,
    /// `page`, `folder`, ….
    #[serde(default, rename = "type")]
    pub kind: Option<String>,
}

impl Ancestor {
    /// It, as something that others stand under.
    pub fn itself(&self) -> Parent {
        standing(self.id.clone(), self.kind.as_deref())
    }
}
