//! Copying a page or a tree of them, and bringing an old version of it back.

use std::collections::BTreeMap;

use serde_json::Value;

use super::content::ALL;
use super::render::{self, Expand};
use super::tasks;
use crate::sandbox::model::{Content, Id, Site};
use crate::sandbox::rules::edits::{self, DOCUMENTS, Edit, NewContent, PAGES};
use crate::sandbox::rules::sight::Sight;
use crate::sandbox::rules::{storage, tree};
use crate::sandbox::server::answer::{Answer, Answered, Failure};
use crate::sandbox::server::call::{Call, id_field, number, text};
use crate::sandbox::server::world::World;

/// Deeper than any real tree.
const WHOLE_TREE: usize = 200;

/// Where a copy goes.
enum Destination {
    Over(Id),
    Below { space: Id, parent: Option<Id> },
}

fn destination(sight: &Sight<'_>, document: &Value) -> Result<Destination, Failure> {
    let missing = || Failure::bad_request("destination must be provided");
    let destination = document.get("destination").ok_or_else(missing)?;
    let value = destination.get("value").map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    let value = value.ok_or_else(missing)?;
    match text(destination, "type") {
        Some("space") => {
            let space = sight.space_by_key(&value)?;
            sight.writable_space(space.id)?;
            Ok(Destination::Below { space: space.id, parent: space.homepage })
        }
        Some("parent_page" | "parent_content") => {
            let parent = sight.content(ALL, number("destination.value", &value)?)?;
            sight.writable_space(parent.space)?;
            Ok(Destination::Below { space: parent.space, parent: Some(parent.id) })
        }
        Some("existing_page") => {
            Ok(Destination::Over(sight.changeable(PAGES, number("destination.value", &value)?)?.id))
        }
        _ => Err(Failure::bad_request("destination.type must be space, existing_page, parent_page or parent_content")),
    }
}

pub(super) fn copy(call: &Call, world: &mut World) -> Answered {
    let document = call.json()?;
    let site = &mut world.site;
    let sight = Sight::new(site, &call.caller);
    let source = sight.content(PAGES, call.first_id()?)?.clone();
    let destination = destination(&sight, &document)?;
    let title =
        text(&document, "pageTitle").map_or_else(|| format!("Copy of {}", edits::title(&source)), str::to_owned);
    let body = match document.get("body") {
        Some(body) => storage::read_body(body)?,
        None => edits::present(&source).map(|version| version.body.clone()).unwrap_or_default(),
    };
    let id = match destination {
        Destination::Over(id) => {
            let kept = site.contents.get(&id).map_or("", edits::title).to_owned();
            let title = text(&document, "pageTitle").map_or(kept, str::to_owned);
            let edit = Edit { title, body, message: String::new(), minor: false };
            edits::save(site, id, &call.caller.account, call.now, edit);
            id
        }
        Destination::Below { space, parent } => {
            edits::check_title(site, source.kind, space, &title, None)?;
            let new = NewContent { kind: source.kind, space, parent, status: source.status, title, body };
            edits::create(site, call, new)
        }
    };
    carry_over(site, &document, &source, id);
    let content = site.contents.get(&id).ok_or_else(|| Failure::not_found("content"))?;
    let expand = Expand::read(call, &["space", "version", "history"]);
    Ok(Answer::ok(render::content(call, site, content, &expand)))
}

/// Copies labels, restrictions and files, as far as asked.
fn carry_over(site: &mut Site, document: &Value, source: &Content, copy: Id) {
    let asked = |field: &str| document.get(field).and_then(Value::as_bool).unwrap_or_default();
    if let Some(content) = site.contents.get_mut(&copy) {
        if asked("copyLabels") {
            content.labels.clone_from(&source.labels);
        }
        if asked("copyPermissions") {
            content.readers.clone_from(&source.readers);
            content.writers.clone_from(&source.writers);
        }
    }
    if asked("copyAttachments") {
        let files = site.attachments.values().filter(|file| file.container == source.id);
        let files: Vec<_> = files.cloned().collect();
        for mut file in files {
            file.id = edits::next_id(site);
            file.container = copy;
            site.attachments.insert(file.id, file);
        }
    }
}

/// The title of a page in a copied tree.
fn retitled(document: &Value, title: &str) -> String {
    let options = document.get("titleOptions");
    let option = |name: &str| options.and_then(|options| text(options, name)).unwrap_or_default();
    let found = option("search");
    let title = if found.is_empty() { title.to_owned() } else { title.replace(found, option("replace")) };
    format!("{}{title}", option("prefix"))
}

/// Copies a page with everything below it that the caller sees. Either all titles are free, or nothing is copied.
pub(super) fn copy_tree(call: &Call, world: &mut World) -> Answered {
    let document = call.json()?;
    let site = &mut world.site;
    let sight = Sight::new(site, &call.caller);
    let root = sight.content(PAGES, call.first_id()?)?;
    let missing = || Failure::bad_request("destinationPageId must be provided");
    let target = sight.content(PAGES, id_field(&document, "destinationPageId")?.ok_or_else(missing)?)?;
    sight.writable_space(target.space)?;
    let (space, target) = (target.space, target.id);
    let below = document.get("copyDescendants").and_then(Value::as_bool).unwrap_or_default();
    let below = if below { tree::descendants(site, root.id, WHOLE_TREE) } else { Vec::new() };
    let whole = std::iter::once(root).chain(below.into_iter().map(|(content, _)| content));
    let whole: Vec<Content> = whole.filter(|content| sight.sees(content)).cloned().collect();
    for content in &whole {
        edits::check_title(site, content.kind, space, &retitled(&document, edits::title(content)), None)?;
    }
    let mut copies = BTreeMap::from([(root.parent, target)]);
    let mut made = None;
    for source in whole {
        let parent = copies.get(&source.parent).copied().unwrap_or(target);
        let (title, body) = edits::present(&source)
            .map(|version| (retitled(&document, &version.title), version.body.clone()))
            .unwrap_or_default();
        let new = NewContent { kind: source.kind, space, parent: Some(parent), status: source.status, title, body };
        let copy = edits::create(site, call, new);
        carry_over(site, &document, &source, copy);
        copies.insert(Some(source.id), copy);
        made = made.or(Some(copy));
    }
    Ok(tasks::begun_with(world, "page.tree.copy", made))
}

pub(super) fn restore(call: &Call, world: &mut World) -> Answered {
    let document = call.json()?;
    let site = &mut world.site;
    let id = call.first_id()?;
    let content = Sight::new(site, &call.caller).changeable(DOCUMENTS, id)?;
    let params = document.get("params").filter(|_| text(&document, "operationKey") == Some("restore"));
    let params = params.ok_or_else(|| Failure::bad_request("operationKey must be restore, with params"))?;
    let wanted = params.get("versionNumber").and_then(Value::as_u64);
    let old = content.versions.iter().find(|version| Some(u64::from(version.number)) == wanted);
    let old = old.ok_or_else(|| Failure::bad_request("There is no such version"))?;
    let own_title = params.get("restoreTitle").and_then(Value::as_bool).unwrap_or_default();
    let title = if own_title { old.title.clone() } else { edits::title(content).to_owned() };
    edits::check_title(site, content.kind, content.space, &title, Some(id))?;
    let message = text(params, "message").unwrap_or_default().to_owned();
    let edit = Edit { title, body: old.body.clone(), message, minor: false };
    edits::save(site, id, &call.caller.account, call.now, edit);
    let version = site.contents.get(&id).and_then(edits::present).ok_or_else(|| Failure::not_found("content"))?;
    Ok(Answer::ok(render::version(call, site, version)))
}
