//! Attachments as Confluence answers them.

use jiff::Timestamp;
use serde::Deserialize;

use crate::domain::ids::{AttachmentId, ContentId};
use crate::domain::place::Place;

use super::{Links, Version, WrittenVersion};

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
