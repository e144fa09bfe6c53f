//! Writing, changing, resolving and deleting comments.

use serde_json::Value;

use super::comments::{about_inline, found};
use super::render;
use crate::sandbox::model::{Comment, CommentPlace, Id, Resolution, Site, Version};
use crate::sandbox::rules::comments::{self, Selection};
use crate::sandbox::rules::edits::{BLOG_POSTS, PAGES};
use crate::sandbox::rules::sight::Sight;
use crate::sandbox::rules::storage;
use crate::sandbox::server::answer::{Answer, Answered, Failure};
use crate::sandbox::server::call::{Call, id_field, text, wrong_type};
use crate::sandbox::server::world::World;

pub(super) fn create(call: &Call, world: &mut World) -> Answered {
    let document = call.json()?;
    let body = document.get("body").ok_or_else(|| Failure::bad_request("body must be provided"))?;
    let body = storage::read_body(body)?;
    let site = &mut world.site;
    let (container, parent) = place(call, site, &document)?;
    let place = match parent.and_then(|parent| site.comments.get(&parent)) {
        Some(parent) => parent.place.clone(),
        None if about_inline(call) => comments::mark(site, container, selection(&document)?)?,
        None => CommentPlace::Footer,
    };
    let id = comments::create(site, call, container, parent, place, body);
    rendered(call, site, id, 201)
}

/// What a new comment hangs on: the page, and the comment it answers if any.
fn place(call: &Call, site: &Site, document: &Value) -> Result<(Id, Option<Id>), Failure> {
    let sight = Sight::new(site, &call.caller);
    let page = id_field(document, "pageId")?;
    let blog_post = id_field(document, "blogPostId")?;
    let parent = id_field(document, "parentCommentId")?;
    let attachment = text(document, "attachmentId").filter(|_| !about_inline(call));
    let given = [page.is_some(), blog_post.is_some(), parent.is_some(), attachment.is_some()];
    if given.into_iter().filter(|one| *one).count() != 1 {
        return Err(Failure::bad_request(
            "Exactly one of pageId, blogPostId, attachmentId, parentCommentId must be provided",
        ));
    }
    if let Some(parent) = parent {
        let comment = sight.comment(parent)?;
        let inline = matches!(comment.place, CommentPlace::Inline { .. });
        if inline && !about_inline(call) {
            // Confluence answers an inline comment here with a footer comment on its page.
            return Ok((comment.container, None));
        }
        if inline != about_inline(call) {
            return Err(Failure::not_found("comment"));
        }
        return Ok((comment.container, Some(parent)));
    }
    if let Some(attachment) = attachment {
        let id =
            attachment.strip_prefix("att").unwrap_or(attachment).parse().map_err(|_| wrong_type("attachmentId"))?;
        return Ok((sight.attachment(id)?.container, None));
    }
    let content = match (page, blog_post) {
        (Some(page), _) => sight.content(PAGES, page)?,
        (None, blog_post) => sight.content(BLOG_POSTS, blog_post.unwrap_or_default())?,
    };
    Ok((content.id, None))
}

fn selection(document: &Value) -> Result<Selection, Failure> {
    let missing = || Failure::bad_request("inlineCommentProperties must be provided");
    let properties = document.get("inlineCommentProperties").ok_or_else(missing)?;
    let count =
        |field: &str| properties.get(field).and_then(Value::as_u64).and_then(|count| usize::try_from(count).ok());
    Ok(Selection {
        text: text(properties, "textSelection").ok_or_else(missing)?.to_owned(),
        count: count("textSelectionMatchCount").ok_or_else(missing)?,
        index: count("textSelectionMatchIndex").ok_or_else(missing)?,
    })
}

fn rendered(call: &Call, site: &Site, id: Id, status: u16) -> Answered {
    let comment = site.comments.get(&id).ok_or_else(|| Failure::not_found("comment"))?;
    let version = comment.versions.last().ok_or_else(|| Failure::not_found("comment"))?;
    let rendered = render::comment(site, comment, version, Some("storage"));
    Ok(Answer::json(status, render::with_base(rendered, &call.site_base)))
}

fn own<'a>(call: &Call, site: &'a mut Site) -> Result<&'a mut Comment, Failure> {
    let comment = found(call, site)?;
    if comment.author != call.caller.account && !call.caller.admin {
        return Err(Failure::forbidden("comment"));
    }
    let id = comment.id;
    site.comments.get_mut(&id).ok_or_else(|| Failure::not_found("comment"))
}

pub(super) fn update(call: &Call, world: &mut World) -> Answered {
    let document = call.json()?;
    let comment = own(call, &mut world.site)?;
    let version = document.get("version").ok_or_else(|| Failure::bad_request("version must be provided"))?;
    let number = version.get("number").and_then(Value::as_u64).ok_or_else(|| wrong_type("version.number"))?;
    let current = comment.versions.last().map_or(0, |version| version.number);
    if number != u64::from(current) + 1 {
        return Err(Failure::conflict(format!(
            "Version must be incremented. Current Version: [{current}]. Provided version: [{number}]"
        )));
    }
    let dangling = matches!(&comment.place, CommentPlace::Inline { resolution: Resolution::Dangling, .. });
    if dangling && document.get("resolved").is_some() {
        return Err(Failure::bad_request("A dangling comment cannot be updated"));
    }
    let before = comment.versions.last().map(|version| version.body.clone()).unwrap_or_default();
    let body = document.get("body").map_or(Ok(before), storage::read_body)?;
    comment.versions.push(Version {
        number: current + 1,
        title: String::new(),
        body,
        author: call.caller.account.clone(),
        created: call.now,
        message: text(version, "message").unwrap_or_default().to_owned(),
        minor_edit: false,
    });
    if let Some(resolved) = document.get("resolved") {
        comments::set_resolved(comment, resolved.as_bool().ok_or_else(|| wrong_type("resolved"))?);
    }
    let id = comment.id;
    rendered(call, &world.site, id, 200)
}

pub(super) fn delete(call: &Call, world: &mut World) -> Answered {
    let id = own(call, &mut world.site)?.id;
    comments::remove(&mut world.site, id);
    Ok(Answer::empty(204))
}
