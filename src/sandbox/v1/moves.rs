//! Moving, archiving and deleting pages with everything below them.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::tasks;
use crate::sandbox::model::{ContentStatus, Id, Site};
use crate::sandbox::rules::edits::{self, PAGES};
use crate::sandbox::rules::sight::Sight;
use crate::sandbox::rules::tree;
use crate::sandbox::server::answer::{Answer, Answered, Failure};
use crate::sandbox::server::call::{Call, id_field};
use crate::sandbox::server::world::World;

/// The most pages archived at once.
const MOST_ARCHIVED: usize = 300;
/// Deeper than any real tree.
const WHOLE_TREE: usize = 200;

/// Moves a page before, after or below another; the version stays.
pub(super) fn relocate(call: &Call, world: &mut World) -> Answered {
    let site = &mut world.site;
    let (page, target) = (call.id("pageId")?, call.id("targetId")?);
    let sight = Sight::new(site, &call.caller);
    let moved = sight.changeable(PAGES, page)?;
    let aim = sight.content(super::content::ALL, target)?;
    sight.writable_space(aim.space)?;
    if tree::is_within(site, target, page) {
        return Err(Failure::bad_request("A page cannot be moved below itself"));
    }
    let (space, title, kind) = (aim.space, edits::title(moved).to_owned(), moved.kind);
    let parent = match call.variable("position") {
        "append" => Some(target),
        "before" | "after" => aim.parent,
        _ => return Err(Failure::bad_request("position must be before, after or append")),
    };
    if space != moved.space {
        edits::check_title(site, kind, space, &title, Some(page))?;
    }
    place(site, page, space, parent, call.variable("position"), target);
    Ok(Answer::ok(json!({ "pageId": page.to_string() })))
}

fn place(site: &mut Site, page: Id, space: Id, parent: Option<Id>, position: &str, target: Id) {
    let below: Vec<Id> = tree::descendants(site, page, WHOLE_TREE).into_iter().map(|(content, _)| content.id).collect();
    for id in below {
        if let Some(content) = site.contents.get_mut(&id) {
            content.space = space;
        }
    }
    let last = tree::last_position(site, space, parent);
    let mut siblings: Vec<(i64, Id)> = site
        .contents
        .values()
        .filter(|content| content.space == space && content.parent == parent && content.id != page)
        .map(|content| (content.position, content.id))
        .collect();
    siblings.sort_unstable();
    if let Some(content) = site.contents.get_mut(&page) {
        (content.space, content.parent, content.position) = (space, parent, last);
    }
    let Some(at) = siblings.iter().position(|(_, id)| *id == target) else { return };
    let at = if position == "before" { at } else { at + 1 };
    siblings.insert(at, (0, page));
    for (number, (_, id)) in (0_i64..).zip(siblings) {
        if let Some(content) = site.contents.get_mut(&id) {
            content.position = number;
        }
    }
}

/// Puts a page and everything below it into the trash.
pub(super) fn delete_tree(call: &Call, world: &mut World) -> Answered {
    let site = &mut world.site;
    let root = Sight::new(site, &call.caller).changeable(PAGES, call.first_id()?)?.id;
    let below = tree::descendants(site, root, WHOLE_TREE).into_iter().map(|(content, _)| content.id);
    let whole: BTreeSet<Id> = below.chain([root]).collect();
    for content in site.contents.values_mut().filter(|content| whole.contains(&content.id)) {
        content.status = ContentStatus::Trashed;
    }
    Ok(tasks::begun(world, "page.tree.delete"))
}

pub(super) fn archive(call: &Call, world: &mut World) -> Answered {
    let document = call.json()?;
    let pages = document.get("pages").and_then(Value::as_array);
    let pages = pages.filter(|pages| !pages.is_empty() && pages.len() <= MOST_ARCHIVED);
    let pages = pages.ok_or_else(|| Failure::bad_request("pages takes 1 to 300 pages"))?;
    let sight = Sight::new(&world.site, &call.caller);
    let mut ids = Vec::new();
    for page in pages {
        let id = id_field(page, "id")?.ok_or_else(|| Failure::bad_request("pages[].id must be provided"))?;
        ids.push(sight.changeable(PAGES, id)?.id);
    }
    for id in ids {
        if let Some(content) = world.site.contents.get_mut(&id).filter(|one| one.status == ContentStatus::Current) {
            content.status = ContentStatus::Archived;
        }
    }
    Ok(tasks::begun(world, "page.archive"))
}
