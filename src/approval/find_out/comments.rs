//! Comments: by author, time and text among the newest of their thread. Nothing upstream keeps one from being made twice.

use crate::confluence::api::comments::{CommentKind, comment_version, get_comment, newest_comments, newest_replies};
use crate::confluence::api::pages::get_page_head;
use crate::confluence::failure::Failure;
use crate::confluence::model::{Comment, List, Page, Version};
use crate::domain::ids::{CommentId, ContentId, VersionNumber};

use super::{Finding, Site};
use crate::approval::proof::Thread;

/// A new comment or reply: exactly one by our account since, with that text. Earlier ones say nothing, whatever the
/// clocks, since the same may have been said before.
pub(super) async fn is_there(site: &Site<'_>, thread: &Thread) -> Result<Finding, Failure> {
    let Some(account) = site.account().await? else { return Ok(Finding::CannotTell) };
    let request = match thread {
        Thread::Page(page) => newest_comments(CommentKind::Footer, page),
        Thread::Text(page) => newest_comments(CommentKind::Inline, page),
        Thread::Comment { kind, comment } => newest_replies(*kind, comment),
    };
    let Some(reply) = site.reply(request).await? else { return Ok(Finding::CannotTell) };
    let newest = reply.json::<List<Comment>>()?.results;
    let since = |comment: &Comment| {
        let made = comment.version.as_ref().and_then(|version| version.created_at);
        made.is_some_and(|made| made >= site.sent.at)
    };
    // Where all that was read is newer, an older one could be a second.
    if reply.next_cursor().is_some() && newest.iter().all(since) {
        return Ok(Finding::CannotTell);
    }
    let by_us = |comment: &Comment| {
        comment.version.as_ref().is_some_and(|version| version.author_id.as_ref() == Some(&account))
    };
    let text = |comment: &Comment| comment.body.as_ref().is_some_and(|body| site.says_the_same(body.storage()));
    let mut ours = newest.iter().filter(|comment| since(comment) && by_us(comment) && text(comment));
    Ok(match (ours.next(), ours.next()) {
        (Some(one), None) => Finding::happened(&one.id, one.version.as_ref().map(|version| version.number)),
        _ => Finding::CannotTell,
    })
}

/// A comment changed, by the version it makes and the note in it.
pub(super) async fn has_version(
    site: &Site<'_>,
    kind: CommentKind,
    id: &CommentId,
    version: VersionNumber,
) -> Result<Finding, Failure> {
    let Some(present) = site.read::<Comment>(get_comment(kind, id)).await?.and_then(|comment| comment.version) else {
        return Ok(Finding::CannotTell);
    };
    if present.number < version {
        return Ok(Finding::NOT_THERE);
    }
    let made = if present.number == version {
        Some(present)
    } else {
        site.read::<Version>(comment_version(kind, id, version)).await?
    };
    Ok(site.in_history(made, id, version))
}

/// A comment deleted. It leaves nothing behind, so what it hung on must be shown still.
pub(super) async fn is_gone(
    site: &Site<'_>,
    kind: CommentKind,
    comment: &CommentId,
    page: &ContentId,
) -> Result<Finding, Failure> {
    if site.read::<Comment>(get_comment(kind, comment)).await?.is_some() {
        return Ok(Finding::NOT_THERE);
    }
    Ok(match site.read::<Page>(get_page_head(page)).await? {
        Some(_) => Finding::happened(comment, None),
        None => Finding::CannotTell,
    })
}
