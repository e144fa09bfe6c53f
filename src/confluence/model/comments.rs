//! Comments as Confluence answers them.

use serde::Deserialize;

use crate::domain::ids::{AttachmentId, CommentId, ContentId};
use crate::domain::place::Place;

use super::{BodySet, Links, Version};

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
