//! Spaces the old way: reading, making, changing, and the one call no client of ours may ever make.

use serde_json::{Value, json};

use super::render::{self, Expand, offset_list};
use super::tasks;
use crate::sandbox::model::{Id, Site, Space, SpaceKind, SpaceStatus};
use crate::sandbox::rules::edits::PAGES;
use crate::sandbox::rules::sight::Sight;
use crate::sandbox::rules::spaces::{self, Audience};
use crate::sandbox::server::answer::{Answer, Answered, Failure};
use crate::sandbox::server::call::{Call, Caller, id_field, text};
use crate::sandbox::server::world::World;

fn rendered(call: &Call, world: &World, id: Id) -> Answered {
    let space = world.site.spaces.get(&id).ok_or_else(|| Failure::not_found("space"))?;
    let expand = Expand::read(call, &["description.plain", "homepage"]);
    Ok(Answer::ok(rendered_space(call, &world.site, space, &expand)))
}

pub(super) fn list(call: &Call, world: &mut World) -> Answered {
    let sight = Sight::new(&world.site, &call.caller);
    let keys = call.parameters("spaceKey");
    let kind = call.parameter("type");
    let archived = call.choice("status", &["current", "archived"])? == Some("archived");
    let expand = Expand::read(call, &[]);
    let wanted = if archived { SpaceStatus::Archived } else { SpaceStatus::Current };
    let shown = world.site.spaces.values().filter(|space| sight.sees_space(space) && space.status == wanted);
    let named = shown.filter(|space| keys.is_empty() || keys.contains(&space.key.as_str()));
    let results = named.map(|space| rendered_space(call, &world.site, space, &expand));
    let results = results.filter(|space| kind.is_none_or(|kind| text(space, "type") == Some(kind))).collect();
    Ok(Answer::ok(offset_list(call, results)))
}

pub(super) fn get(call: &Call, world: &mut World) -> Answered {
    let space = Sight::new(&world.site, &call.caller).space_by_key(call.variable("spaceKey"))?;
    let id = space.id;
    rendered(call, world, id)
}

fn made(call: &Call, world: &mut World, audience: Audience) -> Answered {
    let document = call.json()?;
    let name = text(&document, "name").ok_or_else(|| Failure::bad_request("name must be provided"))?;
    let key = text(&document, "key").or_else(|| text(&document, "alias"));
    let key = key.ok_or_else(|| Failure::bad_request("key must be provided"))?;
    let description = description(&document).unwrap_or_default();
    let id = spaces::create(&mut world.site, call, key, name, &description, audience)?;
    rendered(call, world, id)
}

fn description(document: &Value) -> Option<String> {
    text(document.get("description")?.get("plain")?, "value").map(str::to_owned)
}

pub(super) fn create(call: &Call, world: &mut World) -> Answered {
    made(call, world, Audience::Everyone)
}

pub(super) fn create_private(call: &Call, world: &mut World) -> Answered {
    made(call, world, Audience::OnlyTheAuthor)
}

pub(super) fn update(call: &Call, world: &mut World) -> Answered {
    let document = call.json()?;
    let sight = Sight::new(&world.site, &call.caller);
    let id = sight.space_by_key(call.variable("spaceKey"))?.id;
    if !sight.administers(id) {
        return Err(Failure::not_found("space"));
    }
    let homepage = document.get("homepage").map_or(Ok(None), |homepage| id_field(homepage, "id"))?;
    if let Some(homepage) = homepage
        && sight.content(PAGES, homepage)?.space != id
    {
        return Err(Failure::bad_request("The homepage must be a page of the space"));
    }
    let status = match text(&document, "status").map(str::to_lowercase).as_deref() {
        None => None,
        Some("current") => Some(SpaceStatus::Current),
        Some("archived") => Some(SpaceStatus::Archived),
        Some(_) => return Err(Failure::bad_request("status must be CURRENT or ARCHIVED")),
    };
    let space = world.site.spaces.get_mut(&id).ok_or_else(|| Failure::not_found("space"))?;
    if let Some(name) = text(&document, "name") {
        name.clone_into(&mut space.name);
    }
    if let Some(description) = description(&document) {
        space.description = description;
    }
    space.homepage = homepage.or(space.homepage);
    space.status = status.unwrap_or(space.status);
    rendered(call, world, id)
}

/// Deletes a space with all it holds.
pub(super) fn delete_called(call: &Call, world: &mut World) -> Answered {
    delete(world, &call.caller, call.variable("spaceKey"))
}

/// Deletes a space with all it holds, for whoever administers it.
pub(crate) fn delete(world: &mut World, caller: &Caller, key: &str) -> Answered {
    let site = &mut world.site;
    let sight = Sight::new(site, caller);
    let space = site.spaces.values().find(|space| space.key.eq_ignore_ascii_case(key) && sight.sees_space(space));
    let id = match space {
        Some(space) if sight.administers(space.id) => space.id,
        // A door other than the REST interface names no key; whoever administers the site gets through it.
        None if caller.admin && key.contains(' ') => 0,
        _ => return Err(Failure::not_found("space")),
    };
    site.spaces.remove(&id);
    site.contents.retain(|_, content| content.space != id);
    let contents = &site.contents;
    site.comments.retain(|_, comment| contents.contains_key(&comment.container));
    site.attachments.retain(|_, attachment| contents.contains_key(&attachment.container));
    Ok(tasks::begun(world, "space.delete"))
}

/// A space as v1 shows it.
pub(super) fn rendered_space(call: &Call, site: &Site, space: &Space, expand: &Expand) -> Value {
    let kind = match space.kind {
        SpaceKind::Global => "global",
        SpaceKind::Collaboration => "collaboration",
        SpaceKind::KnowledgeBase => "knowledge_base",
        SpaceKind::Personal => "personal",
        SpaceKind::System => "system",
        SpaceKind::Onboarding => "onboarding",
        SpaceKind::XflowSampleSpace => "xflow_sample_space",
    };
    let state = match space.status {
        SpaceStatus::Current => "current",
        SpaceStatus::Archived => "archived",
        SpaceStatus::Trashed => "trashed",
    };
    let itself = format!("/rest/api/space/{}", space.key);
    let mut rendered = json!({
        "id": space.id,
        "key": space.key,
        "alias": space.key,
        "name": space.name,
        "type": kind,
        "status": state,
        "_expandable": {
            "settings": format!("{itself}/settings"), "metadata": "", "operations": "", "lookAndFeel": "",
            "permissions": "", "icon": "", "description": "", "theme": "", "history": "", "homepage": "", "identifiers": "",
        },
        "_links": render::links(call, &itself, &format!("/spaces/{}", space.key)),
    });
    if expand.wants("description") {
        let plain = json!({ "value": space.description, "representation": "plain", "embeddedContent": [] });
        render::set(&mut rendered, "description", json!({ "plain": plain, "_expandable": { "view": "" } }));
    }
    if expand.wants("homepage")
        && let Some(homepage) = space.homepage.and_then(|homepage| site.contents.get(&homepage))
    {
        render::set(&mut rendered, "homepage", render::content(call, site, homepage, &expand.inside("homepage")));
    }
    rendered
}
