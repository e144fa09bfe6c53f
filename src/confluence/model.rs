//! What Confluence answers, read leniently: only what Sluice uses, everything that may be null optional.
//!
//! Field names are those of the v2 document (`PageBulk`, `SpaceBulk`, `AttachmentBulk`, …) unless a type says v1.

use jiff::Timestamp;
use serde::Deserialize;

use crate::domain::ids::{AccountId, AttachmentId, CommentId, ContentId, SpaceId, SpaceKey, VersionNumber};
use crate::domain::place::Place;

/// A v2 list: `{results: […], _links}`; the cursor is taken from the reply, not from here.
#[derive(Clone, Debug, Deserialize)]
pub struct List<T> {
    /// The items of this page of the listing.
    pub results: Vec<T>,
}

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
        Place::Space(self.space_id.clone())
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

/// A folder or another node of the tree that is not a page.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Node {
    /// Its id.
    pub id: ContentId,
    /// The space it lives in.
    pub space_id: SpaceId,
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

/// A footer or inline comment, or a reply.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Comment {
    /// Its id.
    pub id: CommentId,
    /// The page it hangs on; replies and comments on other things have none.
    #[serde(default)]
    pub page_id: Option<ContentId>,
    /// The blog post it hangs on.
    #[serde(default)]
    pub blog_post_id: Option<ContentId>,
    /// The attachment it hangs on.
    #[serde(default)]
    pub attachment_id: Option<AttachmentId>,
    /// The comment it answers.
    #[serde(default)]
    pub parent_comment_id: Option<CommentId>,
    /// Its present version.
    #[serde(default)]
    pub version: Option<Version>,
    /// Its body.
    #[serde(default)]
    pub body: Option<BodySet>,
    /// Inline comments: `open`, `reopened`, `resolved`, `dangling`.
    #[serde(default)]
    pub resolution_status: Option<String>,
    /// Inline comments: what they are about.
    #[serde(default)]
    pub properties: Option<InlineProperties>,
    /// Links relative to the site.
    #[serde(default, rename = "_links")]
    pub links: Links,
}

impl Comment {
    /// The page or blog post it hangs on.
    pub fn container(&self) -> Option<&ContentId> {
        self.page_id.as_ref().or(self.blog_post_id.as_ref())
    }

    /// Where it is, as far as its own answer says.
    pub fn place(&self) -> Place {
        self.container().cloned().map_or(Place::Unknown, Place::Content)
    }
}

/// What an inline comment is about.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InlineProperties {
    /// The text it was put on.
    #[serde(default, alias = "inline-original-selection")]
    pub inline_original_selection: Option<String>,
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

/// A space.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Space {
    /// Its id.
    pub id: SpaceId,
    /// Its key.
    pub key: SpaceKey,
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// `global`, `collaboration`, `knowledge_base`, `personal`, ….
    #[serde(default, rename = "type")]
    pub kind: String,
    /// `current`, `archived` or `trashed`.
    #[serde(default)]
    pub status: String,
    /// Its homepage.
    #[serde(default)]
    pub homepage_id: Option<ContentId>,
    /// Its description, where asked for.
    #[serde(default)]
    pub description: Option<Description>,
    /// When it was made.
    #[serde(default)]
    pub created_at: Option<Timestamp>,
    /// Links relative to the site.
    #[serde(default, rename = "_links")]
    pub links: Links,
}

impl Space {
    /// The plain description, empty where there is none.
    pub fn plain_description(&self) -> &str {
        self.description.as_ref().and_then(|description| description.plain.as_ref()).map_or("", |text| &text.value)
    }
}

/// The description of a space.
#[derive(Clone, Debug, Deserialize)]
pub struct Description {
    /// As plain text.
    #[serde(default)]
    pub plain: Option<BodyText>,
}

/// A space as v1 answers it after a write; its id is a number there.
#[derive(Clone, Debug, Deserialize)]
pub struct WrittenSpace {
    /// Its id.
    #[serde(default)]
    pub id: Option<u64>,
    /// Its key.
    pub key: SpaceKey,
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// Links relative to the site.
    #[serde(default, rename = "_links")]
    pub links: Links,
}

/// A file on a page.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Attachment {
    /// Its id, `att…`.
    pub id: AttachmentId,
    /// `current` or `trashed`.
    #[serde(default)]
    pub status: String,
    /// Its file name.
    #[serde(default)]
    pub title: String,
    /// The page it is on.
    #[serde(default)]
    pub page_id: Option<ContentId>,
    /// The blog post it is on.
    #[serde(default)]
    pub blog_post_id: Option<ContentId>,
    /// Its media type.
    #[serde(default)]
    pub media_type: Option<String>,
    /// Its size in bytes.
    #[serde(default)]
    pub file_size: Option<u64>,
    /// The uploader's note.
    #[serde(default)]
    pub comment: Option<String>,
    /// Its present version.
    #[serde(default)]
    pub version: Option<Version>,
    /// When it was first uploaded.
    #[serde(default)]
    pub created_at: Option<Timestamp>,
    /// The page people open, relative to the site.
    #[serde(default)]
    pub webui_link: Option<String>,
}

impl Attachment {
    /// The page or blog post it is on.
    pub fn container(&self) -> Option<&ContentId> {
        self.page_id.as_ref().or(self.blog_post_id.as_ref())
    }

    /// Where it is, as far as its own answer says.
    pub fn place(&self) -> Place {
        self.container().cloned().map_or(Place::Unknown, Place::Content)
    }
}

/// A content as v1 answers it after an upload.
#[derive(Clone, Debug, Deserialize)]
pub struct WrittenContent {
    /// Its id.
    pub id: AttachmentId,
    /// Its title.
    #[serde(default)]
    pub title: String,
    /// Its version.
    #[serde(default)]
    pub version: Option<WrittenVersion>,
    /// Links relative to the site.
    #[serde(default, rename = "_links")]
    pub links: Links,
}

/// The version in a v1 answer.
#[derive(Clone, Debug, Deserialize)]
pub struct WrittenVersion {
    /// Counts from 1.
    pub number: VersionNumber,
}

/// A person, by v2 (`users-bulk`) or v1 (`user`, `user/current`, `search/user`).
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// The account.
    #[serde(default)]
    pub account_id: Option<AccountId>,
    /// `atlassian`, `app`, ….
    #[serde(default)]
    pub account_type: Option<String>,
    /// `active`, `inactive`, `closed`, `unknown` (v2 only).
    #[serde(default)]
    pub account_status: Option<String>,
    /// The name shown to others; null by privacy.
    #[serde(default)]
    pub display_name: Option<String>,
    /// The public name.
    #[serde(default)]
    pub public_name: Option<String>,
    /// The address; null by privacy.
    #[serde(default)]
    pub email: Option<String>,
    /// The time zone; null by privacy.
    #[serde(default)]
    pub time_zone: Option<String>,
}

impl User {
    /// The name to show: display name, else public name.
    pub fn name(&self) -> Option<&str> {
        let shown = |name: &'_ Option<String>| name.as_deref().is_some_and(|name| !name.trim().is_empty());
        if shown(&self.display_name) { self.display_name.as_deref() } else { self.public_name.as_deref() }
    }
}

/// One hit of a v1 search.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Hit {
    /// The content found; spaces and people have none.
    #[serde(default)]
    pub content: Option<HitContent>,
    /// The space found.
    #[serde(default)]
    pub space: Option<HitSpace>,
    /// The person found.
    #[serde(default)]
    pub user: Option<User>,
    /// Its title, with `@@@hl@@@` marks.
    #[serde(default)]
    pub title: String,
    /// An excerpt, with `@@@hl@@@` marks.
    #[serde(default)]
    pub excerpt: String,
    /// The page people open, relative to the site.
    #[serde(default)]
    pub url: String,
    /// `content`, `space` or `user`.
    #[serde(default)]
    pub entity_type: String,
    /// When it was last changed.
    #[serde(default)]
    pub last_modified: Option<String>,
}

impl Hit {
    /// Where the hit is; people are nowhere.
    pub fn place(&self) -> Place {
        let space = self.content.as_ref().and_then(|content| content.space.as_ref()).or(self.space.as_ref());
        match (space, &self.content) {
            (Some(space), _) => Place::SpaceKey(space.key.clone()),
            (None, Some(content)) => content.id.parse().map_or(Place::Unknown, Place::Content),
            (None, None) if self.user.is_some() => Place::Nowhere,
            (None, None) => Place::Unknown,
        }
    }
}

/// The content of a v1 hit; attachments have ids like `att1`.
#[derive(Clone, Debug, Deserialize)]
pub struct HitContent {
    /// Its id.
    pub id: String,
    /// `page`, `blogpost`, `comment`, `attachment`, `folder`, ….
    #[serde(default, rename = "type")]
    pub kind: String,
    /// Its title.
    #[serde(default)]
    pub title: String,
    /// Its space, where expanded.
    #[serde(default)]
    pub space: Option<HitSpace>,
    /// Its version, where expanded.
    #[serde(default)]
    pub version: Option<WrittenVersion>,
}

/// The space of a v1 hit.
#[derive(Clone, Debug, Deserialize)]
pub struct HitSpace {
    /// Its key.
    pub key: SpaceKey,
    /// Its name.
    #[serde(default)]
    pub name: String,
}
