//! Labels: read by v2, written by v1, which alone can.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::domain::access::{Create, Delete, Read};
use crate::domain::ids::{AttachmentId, ContentId, LabelName, SpaceId};

use super::Paging;
use crate::confluence::request::Request;

/// The labels of a page.
pub fn labels_of_page(page: &ContentId, paging: &Paging) -> Request<Read> {
    paging.on(Request::get("/wiki/api/v2/pages/{id}/labels", &[page.as_str()]))
}

/// The labels of an attachment.
pub fn labels_of_attachment(attachment: &AttachmentId, paging: &Paging) -> Request<Read> {
    paging.on(Request::get("/wiki/api/v2/attachments/{id}/labels", &[attachment.as_str()]))
}

/// The labels of a space itself.
pub fn labels_of_space(space: &SpaceId, paging: &Paging) -> Request<Read> {
    paging.on(Request::get("/wiki/api/v2/spaces/{id}/labels", &[space.as_str()]))
}

/// What carries labels, and can be given others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Labelled {
    /// A page.
    Page(ContentId),
    /// An attachment, by its whole id, `att…`.
    File(AttachmentId),
}

impl Labelled {
    /// Its id as text.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Page(page) => page.as_str(),
            Self::File(file) => file.as_str(),
        }
    }
}

/// Adds global labels to a page or an attachment; those it has stay.
pub fn add_labels(of: &Labelled, labels: &[LabelName]) -> Request<Create> {
    let labels: Vec<Value> = labels.iter().map(|name| json!({ "prefix": "global", "name": name })).collect();
    Request::create("/wiki/rest/api/content/{id}/label", &[of.as_str()]).json(&labels)
}

/// Removes a label from a page or an attachment; by query, which also takes names with a slash.
pub fn remove_label(of: &Labelled, label: &LabelName) -> Request<Delete> {
    Request::delete("/wiki/rest/api/content/{id}/label", &[of.as_str()]).with("name", label)
}
