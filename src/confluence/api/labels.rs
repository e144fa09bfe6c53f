//! Labels: read by v2, written by v1, which alone can.

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

/// Adds global labels to a page; those it has stay.
pub fn add_labels(page: &ContentId, labels: &[LabelName]) -> Request<Create> {
    let labels: Vec<Value> = labels.iter().map(|name| json!({ "prefix": "global", "name": name })).collect();
    Request::create("/wiki/rest/api/content/{id}/label", &[page.as_str()]).json(&labels)
}

/// Removes a label from a page; by query, which also takes names with a slash.
pub fn remove_label(page: &ContentId, label: &LabelName) -> Request<Delete> {
    Request::delete("/wiki/rest/api/content/{id}/label", &[page.as_str()]).with("name", label)
}
