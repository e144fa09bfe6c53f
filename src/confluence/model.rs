//! What Confluence answers, read leniently: only what Sluice uses, everything that may be null optional.
//!
//! Field names are those of the v2 document (`PageBulk`, `SpaceBulk`, `AttachmentBulk`, …) unless a type says v1.

mod around;
mod attachments;
mod comments;
mod hits;
mod nodes;
mod pages;
mod people;
mod spaces;
mod tree;

use jiff::Timestamp;
use serde::Deserialize;

use crate::domain::ids::{AccountId, VersionNumber};

pub use around::{
    Allowed, Count, LetThrough, Liker, PeopleGroup, Permission, Principal, Property, Restriction, Restrictions, Task,
    Template, Watch, Watching,
};
pub use attachments::{Attachment, WrittenContent};
pub use comments::{Comment, InlineProperties};
pub use hits::{Found, Hit, HitContent, HitDetails, HitMetadata, HitSpace};
pub use nodes::{Descendant, TreeNode};
pub use pages::{Ancestor, Child, Page};
pub use people::User;
pub use spaces::{Description, Space, WrittenSpace};
pub use tree::{Begun, CopiedPage, LongTask};

/// A v2 list: `{results: […], _links}`; the cursor is taken from the reply, not from here.
#[derive(Clone, Debug, Deserialize)]
pub struct List<T> {
    /// The items of this page of the listing.
    pub results: Vec<T>,
}

/// The version of a page, comment or attachment.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Version {
    /// Counts from 1.
    pub number: VersionNumber,
    /// When it was saved.
    #[serde(default)]
    pub created_at: Option<Timestamp>,
    /// The editor's note.
    #[serde(default)]
    pub message: Option<String>,
    /// Whether watchers were spared.
    #[serde(default)]
    pub minor_edit: Option<bool>,
    /// Who saved it.
    #[serde(default)]
    pub author_id: Option<AccountId>,
}

/// The version in a v1 answer.
#[derive(Clone, Debug, Deserialize)]
pub struct WrittenVersion {
    /// Counts from 1.
    pub number: VersionNumber,
}

/// The representations of a body that were asked for.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct BodySet {
    /// Storage format.
    #[serde(default)]
    pub storage: Option<BodyText>,
}

impl BodySet {
    /// The storage format, empty where it was not asked for.
    pub fn storage(&self) -> &str {
        self.storage.as_ref().map_or("", |body| body.value.as_str())
    }
}

/// One representation of a body.
#[derive(Clone, Debug, Deserialize)]
pub struct BodyText {
    /// The text.
    #[serde(default)]
    pub value: String,
}

/// Links of a thing, relative to the site's base.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Links {
    /// The page people open.
    #[serde(default)]
    pub webui: Option<String>,
}

/// A label.
#[derive(Clone, Debug, Deserialize)]
pub struct Label {
    /// Its name.
    pub name: String,
    /// `global`, `my`, `team`, `system`.
    #[serde(default)]
    pub prefix: Option<String>,
}
