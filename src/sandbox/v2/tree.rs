//! Children, descendants and ancestors of pages and folders.

use serde_json::{Map, Value, json};

use super::documents::key;
use super::render;
use crate::sandbox::model::{CommentPlace, Content, ContentKind, Site};
use crate::sandbox::rules::edits::{self, PAGES};
use crate::sandbox::rules::sight::Sight;
use crate::sandbox::rules::tree;
use crate::sandbox::server::answer::{Answer, Answered, Failure};
use crate::sandbox::server::call::{Call, number};
use crate::sandbox::server::paging::{Key, Order, Row, limit, list, listed};
use crate::sandbox::server::world::World;

/// Levels of descendants given unless asked otherwise.
const DEFAULT_DEPTH: u64 = 2;
/// The deepest level ever given; what lies deeper is left out without a word.
const GREATEST_DEPTH: u64 = 10;

/// The kinds an address is about.
pub(super) fn kinds(call: &Call) -> &'static [ContentKind] {
    match call.path.split('/').nth(4) {
        Some("folders") => &[ContentKind::Folder],
        Some("whiteboards") => &[ContentKind::Whiteboard],
        Some("databases") => &[ContentKind::Database],
        Some("embeds") => &[ContentKind::Embed],
        _ => PAGES,
    }
}

/// A child in a list of mixed kinds.
pub(super) fn child(content: &Content) -> Value {
    json!({
        "id": content.id.to_string(),
        "status": render::status(content.status),
        "title": edits::title(content),
        "type": render::kind(content.kind),
        "spaceId": content.space.to_string(),
        "childPosition": content.position,
    })
}

fn list_children(call: &Call, world: &World, pages_only: bool, render: impl Fn(&Content) -> Value) -> Answered {
    let site = &world.site;
    let sight = Sight::new(site, &call.caller);
    let parent = sight.content(kinds(call), call.first_id()?)?;
    let order = Order::read(call, &["child-position", "created-date", "id", "modified-date", "title"])?;
    let rows = tree::children(site, parent.id)
        .into_iter()
        .filter(|content| sight.sees(content) && (!pages_only || PAGES.contains(&content.kind)))
        .map(|content| Row { key: key(content, &order), id: content.id, item: content })
        .collect();
    listed(call, rows, &order, 25, render)
}

pub(super) fn direct_children(call: &Call, world: &mut World) -> Answered {
    list_children(call, world, false, child)
}

pub(super) fn child_pages(call: &Call, world: &mut World) -> Answered {
    let answer = list_children(call, world, true, |content| {
        let mut rendered = child(content);
        rendered.as_object_mut().and_then(|object| object.shift_remove("type"));
        rendered
    })?;
    Ok(answer.with("warning", "299 - \"Deprecated API, use direct-children\""))
}

pub(super) fn descendants(call: &Call, world: &mut World) -> Answered {
    let site = &world.site;
    let sight = Sight::new(site, &call.caller);
    let root = sight.content(kinds(call), call.first_id()?)?;
    let depth = call.parameter("depth").map_or(Ok(DEFAULT_DEPTH), |text| number("depth", text))?;
    if depth == 0 || depth > GREATEST_DEPTH {
        return Err(Failure::bad_request("Provided value for 'depth' must be between 1 and 10"));
    }
    let found = tree::descendants(site, root.id, usize::try_from(depth).unwrap_or_default());
    let rows = (0_i64..)
        .zip(found)
        .filter(|(_, (content, _))| sight.sees(content))
        .map(|(place, (content, level))| Row { key: Key::Number(place), id: content.id, item: (content, level) })
        .collect();
    listed(call, rows, &Order::by("tree"), 25, |(content, level)| {
        json!({
            "id": content.id.to_string(),
            "status": render::status(content.status),
            "title": edits::title(content),
            "type": render::kind(content.kind),
            "parentId": content.parent.map(|parent| parent.to_string()),
            "depth": level,
            "childPosition": content.position,
        })
    })
}

pub(super) fn ancestors(call: &Call, world: &mut World) -> Answered {
    let site = &world.site;
    let content = Sight::new(site, &call.caller).content(kinds(call), call.first_id()?)?;
    let limit = limit(call, 25)?;
    let above = tree::ancestors(site, content);
    // The nearest ones, still topmost first.
    let nearest = above.into_iter().rev().take(limit).collect::<Vec<_>>().into_iter().rev();
    let results = nearest.map(|one| json!({ "id": one.id.to_string(), "type": render::kind(one.kind) })).collect();
    Ok(list(call, results, None))
}

pub(super) fn types_of_ids(call: &Call, world: &mut World) -> Answered {
    let document = call.json()?;
    let ids = document.get("contentIds").and_then(Value::as_array);
    let ids =
        ids.filter(|ids| ids.len() <= 100).ok_or_else(|| Failure::bad_request("contentIds takes at most 100 ids"))?;
    let sight = Sight::new(&world.site, &call.caller);
    let mut results = Map::new();
    for id in ids {
        let text = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
        let kind = kind_of_id(&world.site, &sight, &text);
        results.insert(text, json!(kind));
    }
    Ok(Answer::ok(json!({ "results": results })))
}

/// What an id stands for, if the caller may know.
fn kind_of_id(site: &Site, sight: &Sight<'_>, id: &str) -> Option<&'static str> {
    if let Some(number) = id.strip_prefix("att") {
        return sight.attachment(number.parse().ok()?).ok().map(|_| "attachment");
    }
    let id = id.parse().ok()?;
    if let Ok(comment) = sight.comment(id) {
        let inline = matches!(comment.place, CommentPlace::Inline { .. });
        return Some(if inline { "inline-comment" } else { "footer-comment" });
    }
    let content = site.contents.get(&id).filter(|content| sight.sees(content))?;
    Some(render::kind(content.kind))
}
