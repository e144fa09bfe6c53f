//! The old writes of pages, blog posts and comments.

use serde_json::Value;

use super::content::ALL;
use super::render::{self, Expand};
use crate::sandbox::model::{CommentPlace, Content, ContentKind, ContentStatus, Id, Site};
use crate::sandbox::rules::edits::{self, DOCUMENTS, Edit, NewContent};
use crate::sandbox::rules::sight::Sight;
use crate::sandbox::rules::{comments, storage, tree};
use crate::sandbox::server::answer::{Answer, Answered, Failure};
use crate::sandbox::server::call::{Call, id_field, text};
use crate::sandbox::server::world::World;

/// What an edit answers with.
const WHOLE: &[&str] = &["space", "history", "version", "ancestors", "body.storage"];

fn body(document: &Value) -> Result<Option<String>, Failure> {
    document.get("body").map(storage::read_body).transpose()
}

/// The nearest of the ancestors a document names.
fn parent(document: &Value) -> Result<Option<Id>, Failure> {
    let ancestors = document.get("ancestors").and_then(Value::as_array);
    ancestors.and_then(|ancestors| ancestors.last()).map_or(Ok(None), |last| id_field(last, "id"))
}

pub(super) fn create(call: &Call, world: &mut World) -> Answered {
    let document = call.json()?;
    let kind = match text(&document, "type") {
        Some("page") => ContentKind::Page,
        Some("blogpost") => ContentKind::BlogPost,
        Some("comment") => return create_comment(call, world, &document),
        _ => return Err(Failure::bad_request("type must be page, blogpost or comment")),
    };
    let site = &mut world.site;
    let sight = Sight::new(site, &call.caller);
    let parent = parent(&document)?.map(|id| sight.content(ALL, id)).transpose()?;
    let key = document.get("space").and_then(|space| text(space, "key"));
    let space = match (key, parent) {
        (Some(key), _) => sight.space_by_key(key)?.id,
        (None, Some(parent)) => parent.space,
        (None, None) => return Err(Failure::bad_request("space.key must be provided")),
    };
    let homepage = sight.writable_space(space)?.homepage;
    let parent = match parent {
        Some(parent) if parent.space == space => Some(parent.id),
        Some(_) => return Err(Failure::bad_request("The parent must be in the same space")),
        None if kind == ContentKind::BlogPost => None,
        None => homepage,
    };
    let draft = text(&document, "status") == Some("draft");
    let status = if draft { ContentStatus::Draft } else { ContentStatus::Current };
    let title = text(&document, "title").unwrap_or_default().to_owned();
    if status == ContentStatus::Current {
        edits::check_title(site, kind, space, &title, None)?;
    }
    let body = body(&document)?.unwrap_or_default();
    let id = edits::create(site, call, NewContent { kind, space, parent, status, title, body });
    rendered(call, site, id)
}

fn create_comment(call: &Call, world: &mut World, document: &Value) -> Answered {
    let site = &mut world.site;
    let container = document.get("container").map_or(Ok(None), |container| id_field(container, "id"))?;
    let container = container.ok_or_else(|| Failure::bad_request("container.id must be provided"))?;
    let sight = Sight::new(site, &call.caller);
    let parent = parent(document)?.map(|id| sight.comment(id)).transpose()?.map(|comment| comment.id);
    let container = sight.content(DOCUMENTS, container)?.id;
    let inline = document.get("extensions").and_then(|extensions| text(extensions, "location")) == Some("inline");
    if inline && parent.is_none() {
        let title = "Method Not Allowed".to_owned();
        return Err(Failure { status: 405, code: "METHOD_NOT_ALLOWED", title });
    }
    let place = parent.and_then(|parent| site.comments.get(&parent)).map(|parent| parent.place.clone());
    let body = body(document)?.unwrap_or_default();
    let id = comments::create(site, call, container, parent, place.unwrap_or(CommentPlace::Footer), body);
    let comment = site.comments.get(&id).ok_or_else(|| Failure::not_found("comment"))?;
    let expand = Expand::read(call, WHOLE);
    Ok(Answer::ok(render::comment(call, site, comment, &expand)))
}

fn rendered(call: &Call, site: &Site, id: Id) -> Answered {
    let content = site.contents.get(&id).ok_or_else(|| Failure::not_found("content"))?;
    Ok(Answer::ok(render::content(call, site, content, &Expand::read(call, WHOLE))))
}

pub(super) fn update(call: &Call, world: &mut World) -> Answered {
    let document = call.json()?;
    let id = call.first_id()?;
    let site = &mut world.site;
    let sight = Sight::new(site, &call.caller);
    let content = sight.changeable(DOCUMENTS, id)?;
    let version = document.get("version").ok_or_else(|| Failure::bad_request("version must be provided"))?;
    let number = version.get("number").and_then(Value::as_u64);
    let number = number.ok_or_else(|| Failure::bad_request("version.number must be provided"))?;
    check_version(content, number)?;
    let present = edits::present(content);
    let before = present.map(|version| version.body.clone()).unwrap_or_default();
    let title = text(&document, "title").map_or_else(|| edits::title(content).to_owned(), str::to_owned);
    edits::check_title(site, content.kind, content.space, &title, Some(id))?;
    let parent = match parent(&document)? {
        Some(parent) if tree::is_within(site, parent, id) => {
            return Err(Failure::bad_request("A page cannot stand below itself"));
        }
        Some(parent) => Some(sight.content(ALL, parent)?).filter(|parent| parent.space == content.space),
        None => None,
    };
    let parent = parent.map(|parent| parent.id);
    let edit = Edit {
        title,
        body: body(&document)?.unwrap_or(before),
        message: text(version, "message").unwrap_or_default().to_owned(),
        minor: version.get("minorEdit").and_then(Value::as_bool).unwrap_or_default(),
    };
    if let Some(content) = site.contents.get_mut(&id) {
        content.status = ContentStatus::Current;
        content.parent = parent.or(content.parent);
    }
    edits::save(site, id, &call.caller.account, call.now, edit);
    rendered(call, site, id)
}

fn check_version(content: &Content, number: u64) -> Result<(), Failure> {
    let current = edits::present(content).map_or(0, |version| version.number);
    if number == u64::from(current) + 1 {
        return Ok(());
    }
    Err(Failure::conflict(format!("Version must be incremented on update. Current version is: {current}")))
}

pub(super) fn delete(call: &Call, world: &mut World) -> Answered {
    let id = call.first_id()?;
    let site = &mut world.site;
    let sight = Sight::new(site, &call.caller);
    if let Ok(comment) = sight.comment(id) {
        if comment.author != call.caller.account && !call.caller.admin {
            return Err(Failure::forbidden("comment"));
        }
        comments::remove(site, id);
        return Ok(Answer::empty(204));
    }
    let content = sight.changeable(DOCUMENTS, id)?;
    match (content.status, call.parameter("status")) {
        (ContentStatus::Trashed, Some("trashed")) if sight.administers(content.space) => edits::purge(site, id),
        (ContentStatus::Draft, Some("draft")) => edits::purge(site, id),
        (ContentStatus::Trashed, Some("trashed")) => return Err(Failure::forbidden("content")),
        (ContentStatus::Current | ContentStatus::Archived, None | Some("current")) => edits::trash(site, id),
        _ => return Err(Failure::not_found("content")),
    }
    Ok(Answer::empty(204))
}
