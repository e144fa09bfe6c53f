//! The old reads of pages, blog posts, comments and files.

use serde_json::{Value, json};

use super::attachments;
use super::render::{self, Expand, offset_list};
use crate::sandbox::model::{Content, ContentKind};
use crate::sandbox::rules::edits::{self, BLOG_POSTS, PAGES};
use crate::sandbox::rules::sight::Sight;
use crate::sandbox::rules::tree;
use crate::sandbox::server::answer::{Answer, Answered, Failure};
use crate::sandbox::server::call::Call;
use crate::sandbox::server::world::World;

/// Every kind of the tree.
pub(super) const ALL: &[ContentKind] = &[
    ContentKind::Page,
    ContentKind::LiveDoc,
    ContentKind::BlogPost,
    ContentKind::Folder,
    ContentKind::Whiteboard,
    ContentKind::Database,
    ContentKind::Embed,
];

fn asked_statuses(call: &Call) -> Vec<&str> {
    let given = call.parameters("status");
    if given.is_empty() { vec!["current"] } else { given }
}

fn fits(statuses: &[&str], content: &Content) -> bool {
    statuses.contains(&"any") || statuses.contains(&render::status(content.status))
}

fn listed(call: &Call, world: &World, kinds: &[ContentKind], admitted: impl Fn(&Content) -> bool) -> Answer {
    let sight = Sight::new(&world.site, &call.caller);
    let statuses = asked_statuses(call);
    let expand = Expand::read(call, &[]);
    let title = call.parameter("title");
    let results = world
        .site
        .contents
        .values()
        .filter(|content| kinds.contains(&content.kind) && fits(&statuses, content) && admitted(content))
        .filter(|content| title.is_none_or(|title| edits::title(content).eq_ignore_ascii_case(title)))
        .filter(|content| sight.sees(content))
        .map(|content| render::content(call, &world.site, content, &expand))
        .collect();
    Answer::ok(offset_list(call, results))
}

fn kinds_of(word: Option<&str>) -> Result<&'static [ContentKind], Failure> {
    match word {
        None | Some("page") => Ok(PAGES),
        Some("blogpost") => Ok(BLOG_POSTS),
        Some(_) => Err(Failure::bad_request("No ContentType can be found for the given type")),
    }
}

pub(super) fn list(call: &Call, world: &mut World) -> Answered {
    let kinds = kinds_of(call.parameter("type"))?;
    let sight = Sight::new(&world.site, &call.caller);
    let space = call.parameter("spaceKey").map(|key| sight.space_by_key(key)).transpose()?.map(|space| space.id);
    Ok(listed(call, world, kinds, |content| space.is_none_or(|space| content.space == space)))
}

pub(super) fn in_space(call: &Call, world: &mut World) -> Answered {
    let kinds = kinds_of(Some(call.variable("type")).filter(|given| !given.is_empty()))?;
    let space = Sight::new(&world.site, &call.caller).space_by_key(call.variable("spaceKey"))?.id;
    Ok(listed(call, world, kinds, |content| content.space == space))
}

pub(super) fn get(call: &Call, world: &mut World) -> Answered {
    let site = &world.site;
    let sight = Sight::new(site, &call.caller);
    let id = call.first_id()?;
    let expand = Expand::read(call, &["space", "history", "version", "extensions"]);
    if call.variable("id").starts_with("att") {
        return Ok(Answer::ok(attachments::rendered(call, site, sight.attachment(id)?)));
    }
    if let Ok(comment) = sight.comment(id) {
        return Ok(Answer::ok(render::comment(call, site, comment, &expand)));
    }
    let content = sight.content(ALL, id)?;
    let statuses = asked_statuses(call);
    if let Some(number) = call.parameter("version") {
        return Ok(Answer::ok(as_of(call, world, content, number, &expand)?));
    }
    let archived_by_id = statuses == ["current"] && render::status(content.status) == "archived";
    if !fits(&statuses, content) && !archived_by_id {
        return Err(Failure::not_found("content"));
    }
    Ok(Answer::ok(render::content(call, site, content, &expand)))
}

/// A content as one of its past versions had it.
fn as_of(call: &Call, world: &World, content: &Content, number: &str, expand: &Expand) -> Result<Value, Failure> {
    let past = content.versions.iter().position(|version| version.number.to_string() == number);
    let past = past.ok_or_else(|| Failure::not_found("version"))?;
    let mut earlier = content.clone();
    earlier.versions.truncate(past + 1);
    let mut rendered = render::content(call, &world.site, &earlier, expand);
    if past + 1 < content.versions.len()
        && let Some(object) = rendered.as_object_mut()
    {
        object.insert("status".to_owned(), json!("historical"));
    }
    Ok(rendered)
}

fn page<'a>(call: &Call, world: &'a World) -> Result<&'a Content, Failure> {
    let id = call.first_id()?;
    Sight::new(&world.site, &call.caller).content(ALL, id)?;
    world.site.contents.get(&id).ok_or_else(|| Failure::not_found("content"))
}

pub(super) fn all_children(call: &Call, world: &mut World) -> Answered {
    let content = page(call, world)?;
    let inner = Expand::read(call, &[]);
    let mut rendered = json!({ "_expandable": {}, "_links": {} });
    for name in ["page", "comment", "attachment"] {
        if let (true, Some(object)) = (inner.wants(name), rendered.as_object_mut()) {
            object.insert(name.to_owned(), render::list(call, child_list(call, world, content, name), 0, 25));
        }
    }
    Ok(Answer::ok(rendered))
}

fn child_list(call: &Call, world: &World, content: &Content, name: &str) -> Vec<Value> {
    let site = &world.site;
    let sight = Sight::new(site, &call.caller);
    let expand = Expand::read(call, &[]);
    match name {
        "page" => tree::children(site, content.id)
            .into_iter()
            .filter(|child| PAGES.contains(&child.kind) && sight.sees(child))
            .map(|child| render::content(call, site, child, &expand))
            .collect(),
        "comment" => {
            let all = call.parameter("depth") == Some("all");
            let comments = site.comments.values().filter(|comment| comment.container == content.id);
            let shown = comments.filter(|comment| all || comment.parent.is_none());
            shown.map(|comment| render::comment(call, site, comment, &expand)).collect()
        }
        _ => {
            let files = site.attachments.values().filter(|file| file.container == content.id);
            let current = files.filter(|file| render::status(file.status) == "current");
            let named = current.filter(|file| call.parameter("filename").is_none_or(|name| file.title == name));
            named.map(|file| attachments::rendered(call, site, file)).collect()
        }
    }
}

fn children_of(call: &Call, world: &World, name: &str) -> Answered {
    let content = page(call, world)?;
    Ok(Answer::ok(offset_list(call, child_list(call, world, content, name))))
}

pub(super) fn child_pages(call: &Call, world: &mut World) -> Answered {
    children_of(call, world, "page")
}

pub(super) fn child_comments(call: &Call, world: &mut World) -> Answered {
    children_of(call, world, "comment")
}

pub(super) fn child_attachments(call: &Call, world: &mut World) -> Answered {
    children_of(call, world, "attachment")
}

pub(super) fn history(call: &Call, world: &mut World) -> Answered {
    let content = page(call, world)?;
    Ok(Answer::ok(render::history(call, &world.site, content)))
}

pub(super) fn versions(call: &Call, world: &mut World) -> Answered {
    let content = page(call, world)?;
    let newest_first = content.versions.iter().rev();
    let versions = newest_first.map(|version| render::version(call, &world.site, version)).collect();
    Ok(Answer::ok(offset_list(call, versions)))
}

pub(super) fn version(call: &Call, world: &mut World) -> Answered {
    let content = page(call, world)?;
    let number = call.variable("versionNumber");
    let version = content.versions.iter().find(|version| version.number.to_string() == number);
    let version = version.ok_or_else(|| Failure::not_found("version"))?;
    Ok(Answer::ok(render::version(call, &world.site, version)))
}

/// No content has properties here.
pub(super) fn properties(call: &Call, world: &mut World) -> Answered {
    page(call, world)?;
    Ok(Answer::ok(offset_list(call, Vec::new())))
}

pub(super) fn property(call: &Call, world: &mut World) -> Answered {
    page(call, world)?;
    Err(Failure::not_found("property"))
}
