//! Comments: footer and inline comments, their replies, new ones (v2).

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::domain::access::{Create, Delete, Read, Update};
use crate::domain::ids::{AttachmentId, CommentId, ContentId, VersionNumber};

use super::Paging;
use crate::confluence::request::Request;

/// Where a comment stands; replies must go to the same kind of endpoint as the comment they answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CommentKind {
    /// Below the page.
    Footer,
    /// On a piece of its text.
    Inline,
}

/// How many of the latest are read to find one.
const NEWEST: u8 = 100;

/// The comments of a page, with bodies; replies come apart.
pub fn comments_of_page(kind: CommentKind, page: &ContentId, paging: &Paging) -> Request<Read> {
    let template = match kind {
        CommentKind::Footer => "/wiki/api/v2/pages/{id}/footer-comments",
        CommentKind::Inline => "/wiki/api/v2/pages/{id}/inline-comments",
    };
    paging.on(Request::get(template, &[page.as_str()]).with("body-format", "storage"))
}

/// The comments on an attachment, with bodies.
pub fn comments_of_attachment(attachment: &AttachmentId, paging: &Paging) -> Request<Read> {
    let request = Request::get("/wiki/api/v2/attachments/{id}/footer-comments", &[attachment.as_str()]);
    paging.on(request.with("body-format", "storage"))
}

/// The inline comments of a page in one state, such as `open`, or in any, with bodies.
pub fn inline_comments(page: &ContentId, state: Option<&str>, paging: &Paging) -> Request<Read> {
    comments_of_page(CommentKind::Inline, page, paging).with_some("resolution-status", state)
}

/// The replies to a comment, with bodies.
pub fn replies(kind: CommentKind, comment: &CommentId, paging: &Paging) -> Request<Read> {
    let template = match kind {
        CommentKind::Footer => "/wiki/api/v2/footer-comments/{id}/children",
        CommentKind::Inline => "/wiki/api/v2/inline-comments/{id}/children",
    };
    paging.on(Request::get(template, &[comment.as_str()]).with("body-format", "storage"))
}

/// The latest comments of a page, with bodies, newest first.
pub fn newest_comments(kind: CommentKind, page: &ContentId) -> Request<Read> {
    comments_of_page(kind, page, &Paging { limit: Some(NEWEST), cursor: None }).with("sort", "-created-date")
}

/// The latest replies to a comment, with bodies, newest first.
pub fn newest_replies(kind: CommentKind, comment: &CommentId) -> Request<Read> {
    replies(kind, comment, &Paging { limit: Some(NEWEST), cursor: None }).with("sort", "-created-date")
}

/// One comment, with its body.
pub fn get_comment(kind: CommentKind, comment: &CommentId) -> Request<Read> {
    Request::get(one(kind), &[comment.as_str()]).with("body-format", "storage")
}

const fn one(kind: CommentKind) -> &'static str {
    match kind {
        CommentKind::Footer => "/wiki/api/v2/footer-comments/{comment-id}",
        CommentKind::Inline => "/wiki/api/v2/inline-comments/{comment-id}",
    }
}

/// One version of a comment, without its body.
pub fn comment_version(kind: CommentKind, comment: &CommentId, version: VersionNumber) -> Request<Read> {
    let template = match kind {
        CommentKind::Footer => "/wiki/api/v2/footer-comments/{id}/versions/{version-number}",
        CommentKind::Inline => "/wiki/api/v2/inline-comments/{id}/versions/{version-number}",
    };
    Request::get(template, &[comment.as_str(), &version.to_string()])
}

/// Deletes a comment for good: comments have no trash.
pub fn delete_comment(kind: CommentKind, comment: &CommentId) -> Request<Delete> {
    Request::delete(one(kind), &[comment.as_str()])
}

/// Adds a footer comment to a page.
pub fn create_footer_comment(page: &ContentId, storage: &str) -> Request<Create> {
    Request::create("/wiki/api/v2/footer-comments", &[])
        .json(&json!({ "pageId": page, "body": { "representation": "storage", "value": storage } }))
}

/// Answers a comment.
pub fn create_reply(kind: CommentKind, parent: &CommentId, storage: &str) -> Request<Create> {
    let template = match kind {
        CommentKind::Footer => "/wiki/api/v2/footer-comments",
        CommentKind::Inline => "/wiki/api/v2/inline-comments",
    };
    Request::create(template, &[])
        .json(&json!({ "parentCommentId": parent, "body": { "representation": "storage", "value": storage } }))
}

/// A piece of a page's visible text, as an inline comment names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quote<'a> {
    /// The words as they are read.
    pub text: &'a str,
    /// How often they are on the page.
    pub count: usize,
    /// Which of them it is, counted from 0.
    pub index: usize,
}

/// Adds a comment on a piece of a page's text.
pub fn create_inline_comment(page: &ContentId, quote: &Quote<'_>, storage: &str) -> Request<Create> {
    Request::create("/wiki/api/v2/inline-comments", &[]).json(&json!({
        "pageId": page,
        "body": { "representation": "storage", "value": storage },
        "inlineCommentProperties": {
            "textSelection": quote.text,
            "textSelectionMatchCount": quote.count,
            "textSelectionMatchIndex": quote.index,
        },
    }))
}

/// A comment as it shall be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChangedComment<'a> {
    /// Where it stands.
    pub kind: CommentKind,
    /// Its id.
    pub id: &'a CommentId,
    /// Its body.
    pub storage: &'a str,
    /// The version it makes: one more than the present one.
    pub version: VersionNumber,
    /// The note in its history.
    pub message: &'a str,
}

/// Changes a comment's body; refused upstream unless the version is the next.
pub fn update_comment(changed: &ChangedComment<'_>) -> Request<Update> {
    Request::update(one(changed.kind), &[changed.id.as_str()]).json(&json!({
        "version": { "number": changed.version, "message": changed.message },
        "body": { "representation": "storage", "value": changed.storage },
    }))
}

/// Resolves an inline comment or opens it again, with the body that it has.
pub fn resolve_comment(changed: &ChangedComment<'_>, resolved: bool) -> Request<Update> {
    Request::update(one(changed.kind), &[changed.id.as_str()]).json(&json!({
        "version": { "number": changed.version, "message": changed.message },
        "body": { "representation": "storage", "value": changed.storage },
        "resolved": resolved,
    }))
}
