//! Folders, whiteboards, databases and smart links: a title in the tree.

use serde_json::json;

use super::document_edits::PARENTS;
use super::render;
use super::tree::kinds;
use crate::sandbox::model::{ContentKind, ContentStatus};
use crate::sandbox::rules::edits::{self, NewContent};
use crate::sandbox::rules::sight::Sight;
use crate::sandbox::server::answer::{Answer, Answered, Failure};
use crate::sandbox::server::call::{Call, id_field, text};
use crate::sandbox::server::world::World;

pub(super) fn create(call: &Call, world: &mut World) -> Answered {
    let document = call.json()?;
    let site = &mut world.site;
    let space = id_field(&document, "spaceId")?.ok_or_else(|| Failure::bad_request("spaceId must be provided"))?;
    let sight = Sight::new(site, &call.caller);
    let homepage = sight.writable_space(space)?.homepage;
    let parent = match id_field(&document, "parentId")? {
        Some(parent) => Some(sight.content(PARENTS, parent)?).filter(|content| content.space == space),
        None => homepage.and_then(|homepage| site.contents.get(&homepage)),
    };
    let parent = parent.map(|content| content.id);
    let title = text(&document, "title").unwrap_or("Untitled").to_owned();
    let kind = kinds(call).first().copied().unwrap_or(ContentKind::Folder);
    edits::check_title(site, kind, space, &title, None)?;
    let status = ContentStatus::Current;
    let id = edits::create(site, call, NewContent { kind, space, parent, status, title, body: String::new() });
    let content = site.contents.get(&id).ok_or_else(|| Failure::not_found("content"))?;
    Ok(Answer::ok(render::with_base(render::node(site, content), &call.site_base)))
}

pub(super) fn get(call: &Call, world: &mut World) -> Answered {
    let content = Sight::new(&world.site, &call.caller).content(kinds(call), call.first_id()?)?;
    Ok(Answer::ok(render::with_base(render::node(&world.site, content), &call.site_base)))
}

pub(super) fn delete(call: &Call, world: &mut World) -> Answered {
    let content = Sight::new(&world.site, &call.caller).changeable(kinds(call), call.first_id()?)?;
    if content.status != ContentStatus::Current {
        return Err(Failure::not_found("content"));
    }
    let id = content.id;
    edits::trash(&mut world.site, id);
    Ok(Answer::empty(204))
}

pub(super) fn operations(call: &Call, world: &mut World) -> Answered {
    let sight = Sight::new(&world.site, &call.caller);
    let content = sight.content(kinds(call), call.first_id()?)?;
    let permitted = render::operations(render::kind(content.kind), sight.may_change(content));
    Ok(Answer::ok(json!({ "operations": permitted })))
}
