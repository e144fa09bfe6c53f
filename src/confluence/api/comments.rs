//! Comments: footer and inline comments, their replies, new ones (v2).

use serde_json::json;

use crate::domain::access::{Create, Read};
use crate::domain::ids::{CommentId, ContentId};

use super::Paging;
use crate::confluence::request::Request;

/// Where a comment stands; replies must go to the same kind of endpoint as the comment they answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommentKind {
    /// Below the page.
    Footer,
    /// On a piece of its text.
    Inline,
}

/// The comments of a page, with bodies; replies come apart.
pub fn comments_of_page(kind: CommentKind, page: &ContentId, paging: &Paging) -> Request<Read> {
    let template = match kind {
        CommentKind::Footer => "/wiki/api/v2/pages/{id}/footer-comments",
        CommentKind::Inline => "/wiki/api/v2/pages/{id}/inline-comments",
    };
    paging.on(Request::get(template, &[page.as_str()]).with("body-format", "storage"))
}

/// The replies to a comment, with bodies.
pub fn replies(kind: CommentKind, comment: &CommentId, paging: &Paging) -> Request<Read> {
    let template = match kind {
        CommentKind::Footer => "/wiki/api/v2/footer-comments/{id}/children",
        CommentKind::Inline => "/wiki/api/v2/inline-comments/{id}/children",
    };
    paging.on(Request::get(template, &[comment.as_str()]).with("body-format", "storage"))
}

/// One comment, with its body.
pub fn get_comment(kind: CommentKind, comment: &CommentId) -> Request<Read> {
    let template = match kind {
        CommentKind::Footer => "/wiki/api/v2/footer-comments/{comment-id}",
        CommentKind::Inline => "/wiki/api/v2/inline-comments/{comment-id}",
    };
    Request::get(template, &[comment.as_str()]).with("body-format", "storage")
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
