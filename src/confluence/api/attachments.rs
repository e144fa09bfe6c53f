//! Attachments: metadata and trash by v2; bytes up and down by v1, which alone carries them.

use bytes::Bytes;
use serde_json::json;

use crate::domain::access::{Create, Delete, Read, Update};
use crate::domain::ids::{AttachmentId, ContentId, VersionNumber};

use super::Paging;
use crate::confluence::request::Request;
use crate::confluence::request::form::Form;

/// The current attachments of a page.
pub fn attachments_of_page(page: &ContentId, paging: &Paging) -> Request<Read> {
    paging.on(Request::get("/wiki/api/v2/pages/{id}/attachments", &[page.as_str()]).with("status", "current"))
}

/// The current attachment with this file name on a page, as a list of at most one.
pub fn attachment_named(page: &ContentId, file_name: &str) -> Request<Read> {
    Request::get("/wiki/api/v2/pages/{id}/attachments", &[page.as_str()])
        .with("status", "current")
        .with("filename", file_name)
        .with("limit", 2)
}

/// The attachments with this file name in the trash of a page.
pub fn trashed_attachment_named(page: &ContentId, file_name: &str) -> Request<Read> {
    Request::get("/wiki/api/v2/pages/{id}/attachments", &[page.as_str()])
        .with("status", "trashed")
        .with("filename", file_name)
        .with("sort", "-created-date")
        .with("limit", 10)
}

/// Metadata of one attachment as of a version.
pub fn get_attachment_version(id: &AttachmentId, version: VersionNumber) -> Request<Read> {
    get_attachment(id).with("version", version)
}

/// Metadata of one attachment.
pub fn get_attachment(id: &AttachmentId) -> Request<Read> {
    Request::get("/wiki/api/v2/attachments/{id}", &[id.as_str()])
}

/// The bytes of an attachment; answered by a redirect to the media host.
pub fn download_attachment(container: &ContentId, id: &AttachmentId) -> Request<Read> {
    let template = "/wiki/rest/api/content/{id}/child/attachment/{attachmentId}/download";
    Request::download(template, &[container.as_str(), id.as_str()])
}

/// The versions of an attachment, latest first.
pub fn versions_of_attachment(id: &AttachmentId, paging: &Paging) -> Request<Read> {
    paging.on(Request::get("/wiki/api/v2/attachments/{id}/versions", &[id.as_str()]).with("sort", "-modified-date"))
}

/// A small picture of an attachment; answered by a redirect to the media host.
pub fn attachment_thumbnail(id: &AttachmentId) -> Request<Read> {
    Request::download("/wiki/api/v2/attachments/{id}/thumbnail/download", &[id.as_str()])
}

/// A file to upload.
#[derive(Clone, Debug)]
pub struct Upload<'a> {
    /// Its name on the page.
    pub file_name: &'a str,
    /// Its media type.
    pub media_type: &'a str,
    /// Its bytes.
    pub content: Bytes,
    /// The note in its history.
    pub comment: &'a str,
}

/// Adds a file to a page; refused upstream where the page has one of that name.
pub fn create_attachment(page: &ContentId, upload: &Upload<'_>) -> Request<Create> {
    let form = Form::with_file(upload.file_name, upload.media_type, upload.content.clone())
        .field("comment", upload.comment)
        .field("minorEdit", "true");
    Request::create("/wiki/rest/api/content/{id}/child/attachment", &[page.as_str()]).multipart(form)
}

/// Gives an attachment new bytes, which make a new version; its name stays.
pub fn update_attachment(container: &ContentId, id: &AttachmentId, upload: &Upload<'_>) -> Request<Update> {
    let form = Form::with_file(upload.file_name, upload.media_type, upload.content.clone())
        .field("comment", upload.comment)
        .field("minorEdit", "true");
    let template = "/wiki/rest/api/content/{id}/child/attachment/{attachmentId}/data";
    Request::update_by_post(template, &[container.as_str(), id.as_str()]).multipart(form)
}

/// Gives an attachment another name; refused upstream unless `version` is the present one.
pub fn rename_attachment(
    container: &ContentId,
    id: &AttachmentId,
    version: VersionNumber,
    file_name: &str,
) -> Request<Update> {
    let template = "/wiki/rest/api/content/{id}/child/attachment/{attachmentId}";
    Request::update(template, &[container.as_str(), id.as_str()])
        .json(&json!({ "id": id, "type": "attachment", "title": file_name, "version": { "number": version } }))
}

/// Moves an attachment to the trash.
pub fn trash_attachment(id: &AttachmentId) -> Request<Delete> {
    Request::delete("/wiki/api/v2/attachments/{id}", &[id.as_str()])
}
