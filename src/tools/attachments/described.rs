//! An attachment as tools answer it.

use schemars::JsonSchema;
use serde::Serialize;

use super::media::MediaType;
use crate::confluence::model::Attachment;
use crate::domain::text::{clean_text, quoted};
use crate::tools::Context;
use crate::tools::answer::Text;

/// A file on a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(super) struct Described {
    /// Its id, as other tools take it.
    id: String,
    /// Its file name.
    file_name: String,
    /// Its media type.
    media_type: String,
    /// Its size in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<u64>,
    /// Id of the page or blog post it is on.
    #[serde(skip_serializing_if = "Option::is_none")]
    page_id: Option<String>,
    /// Its version.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<u32>,
    /// When this version was uploaded.
    #[serde(skip_serializing_if = "Option::is_none")]
    modified: Option<String>,
    /// `current` or `trashed`.
    status: String,
    /// The uploader's note.
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<String>,
    /// Where people open it.
    url: String,
}

impl Described {
    /// The attachment of an answer.
    pub(super) fn of(attachment: &Attachment, context: &Context) -> Self {
        let clean = |text: &str| clean_text(text).text;
        let version = attachment.version.as_ref();
        let modified = version.and_then(|version| version.created_at).or(attachment.created_at);
        let comment = attachment.comment.as_deref().filter(|comment| !comment.trim().is_empty());
        Self {
            id: attachment.id.to_string(),
            file_name: clean(&attachment.title),
            media_type: MediaType::told(attachment.media_type.as_deref()).as_str().to_owned(),
            size: attachment.file_size,
            page_id: attachment.container().map(ToString::to_string),
            version: version.map(|version| version.number.0),
            modified: modified.map(|time| time.to_string()),
            status: clean(&attachment.status),
            comment: comment.map(clean),
            url: context.url(attachment.webui_link.as_deref()),
        }
    }
}

impl Text for Described {
    fn text(&self) -> String {
        let mut facts =
            vec![format!("attachment {} {}", self.id, quoted(&self.file_name, 255)), self.media_type.clone()];
        facts.extend(self.size.map(|size| format!("{size} bytes")));
        facts.extend(self.page_id.as_ref().map(|page| format!("on page {page}")));
        facts.extend(self.version.map(|version| format!("version {version}")));
        facts.extend(self.modified.as_ref().map(|modified| format!("uploaded {modified}")));
        if self.status != "current" {
            facts.push(format!("status {}", quoted(&self.status, 20)));
        }
        facts.extend(self.comment.as_ref().map(|comment| format!("comment {}", quoted(comment, 200))));
        facts.push(self.url.clone());
        facts.join(" · ")
    }
}
