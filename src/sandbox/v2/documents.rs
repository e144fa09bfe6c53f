//! Pages and blog posts as lists and one by one.

use serde_json::{Value, json};

use super::render;
use crate::sandbox::model::{Content, ContentKind, ContentStatus, Id, Site};
use crate::sandbox::rules::edits::{self, BLOG_POSTS, PAGES};
use crate::sandbox::rules::sight::Sight;
use crate::sandbox::rules::tree;
use crate::sandbox::server::answer::{Answer, Answered, Failure};
use crate::sandbox::server::call::{Call, wrong_type};
use crate::sandbox::server::paging::{Key, Order, Row, listed};
use crate::sandbox::server::world::World;

const LIST_FORMATS: &[&str] = &["storage", "atlas_doc_format"];
const FORMATS: &[&str] =
    &["storage", "atlas_doc_format", "view", "export_view", "anonymous_export_view", "styled_view", "editor"];

/// The kinds an address is about.
pub(super) fn kinds(call: &Call) -> &'static [ContentKind] {
    if call.path.contains("/blogposts") { BLOG_POSTS } else { PAGES }
}

/// `body-format` of a list.
pub(super) fn list_format(call: &Call) -> Result<Option<&str>, Failure> {
    call.choice("body-format", LIST_FORMATS)
}

/// `body-format` of a single answer.
pub(super) fn single_format(call: &Call) -> Result<Option<&str>, Failure> {
    call.choice("body-format", FORMATS)
}

pub(super) fn list(call: &Call, world: &mut World) -> Answered {
    let spaces = call.ids("space-id", 100)?;
    answer_list(call, &world.site, |content| spaces.is_empty() || spaces.contains(&content.space))
}

pub(super) fn in_space(call: &Call, world: &mut World) -> Answered {
    let space = Sight::new(&world.site, &call.caller).space(call.first_id()?)?;
    let root_only = call.choice("depth", &["all", "root"])? == Some("root");
    answer_list(call, &world.site, |content| content.space == space.id && !(root_only && content.parent.is_some()))
}

/// Lists what the address is about, by the filters all such lists share.
pub(super) fn answer_list(call: &Call, site: &Site, admitted: impl Fn(&Content) -> bool) -> Answered {
    let sight = Sight::new(site, &call.caller);
    let ids = call.ids("id", 250)?;
    // The space's own id stands in the path under the same name.
    let ids = if call.variable("id").is_empty() { ids } else { Vec::new() };
    let statuses = statuses(call)?;
    let subtype = call.choice("subtype", &["live", "page"])?;
    let title = call.parameter("title");
    let format = list_format(call)?;
    let order = Order::read(call, sort_fields(call))?;
    let rows = site
        .contents
        .values()
        .filter(|content| kinds(call).contains(&content.kind) && statuses.contains(&content.status))
        .filter(|content| ids.is_empty() || ids.contains(&content.id))
        .filter(|content| title.is_none_or(|title| edits::title(content) == title))
        .filter(|content| subtype.is_none_or(|subtype| (subtype == "live") == (content.kind == ContentKind::LiveDoc)))
        .filter(|content| admitted(content) && sight.sees(content))
        .map(|content| Row { key: key(content, &order), id: content.id, item: content })
        .collect();
    listed(call, rows, &order, 25, |content| match edits::present(content) {
        Some(version) => render::document(site, content, version, format),
        None => Value::Null,
    })
}

fn sort_fields(call: &Call) -> &'static [&'static str] {
    if kinds(call) == PAGES {
        &["id", "created-date", "modified-date", "title"]
    } else {
        &["id", "created-date", "modified-date"]
    }
}

/// What a content is sorted by.
pub(super) fn key(content: &Content, order: &Order) -> Key {
    match order.field.as_str() {
        "created-date" => Key::Number(content.created.as_millisecond()),
        "modified-date" => Key::Number(edits::present(content).map_or(0, |version| version.created.as_millisecond())),
        "title" => Key::Text(edits::title(content).to_lowercase()),
        "child-position" => Key::Number(content.position),
        _ => Key::Number(i64::try_from(content.id).unwrap_or(i64::MAX)),
    }
}

/// The statuses asked for; by default current and archived.
fn statuses(call: &Call) -> Result<Vec<ContentStatus>, Failure> {
    let given = call.parameters("status");
    if given.is_empty() {
        return Ok(vec![ContentStatus::Current, ContentStatus::Archived]);
    }
    let mut statuses = Vec::new();
    for word in given {
        match word {
            "current" => statuses.push(ContentStatus::Current),
            "archived" if kinds(call) == PAGES => statuses.push(ContentStatus::Archived),
            "trashed" => statuses.push(ContentStatus::Trashed),
            "draft" => statuses.push(ContentStatus::Draft),
            "deleted" => {}
            _ => return Err(wrong_type("status")),
        }
    }
    Ok(statuses)
}

pub(super) fn get(call: &Call, world: &mut World) -> Answered {
    let site = &world.site;
    let id = call.first_id()?;
    let sight = Sight::new(site, &call.caller);
    let content = sight.content(kinds(call), id)?;
    let asked = call.parameters("status");
    let draft = call.flag("get-draft")?;
    let fits = if asked.is_empty() {
        content.status != ContentStatus::Draft || draft
    } else {
        asked.contains(&render::status(content.status)) || asked.contains(&"historical")
    };
    if !fits {
        return Err(Failure::not_found("content"));
    }
    let version = match call.parameter("version") {
        None => edits::present(content),
        Some(text) => {
            let number = text.parse::<u32>().map_err(|_| wrong_type("version"))?;
            content.versions.iter().find(|version| version.number == number)
        }
    };
    let version = version.ok_or_else(|| Failure::not_found("version"))?;
    let mut rendered = render::document(site, content, version, single_format(call)?);
    include(call, site, &sight, content, &mut rendered)?;
    Ok(Answer::ok(render::with_base(rendered, &call.site_base)))
}

/// The lists a single answer carries on request.
fn include(
    call: &Call,
    site: &Site,
    sight: &Sight<'_>,
    content: &Content,
    rendered: &mut Value,
) -> Result<(), Failure> {
    let mut add = |parameter: &str, field: &str, items: Vec<Value>| -> Result<(), Failure> {
        if call.flag(parameter)? {
            let itself = format!("{}/{field}", call.path);
            render::put(rendered, field, render::included(items, &itself));
        }
        Ok(())
    };
    add("include-labels", "labels", content.labels.iter().map(render::label).collect())?;
    add("include-properties", "properties", Vec::new())?;
    add("include-operations", "operations", permitted(sight, content))?;
    add("include-likes", "likes", Vec::new())?;
    add("include-versions", "versions", content.versions.iter().rev().map(render::version).collect())?;
    let children = tree::children(site, content.id).into_iter().filter(|child| sight.sees(child));
    add("include-direct-children", "directChildren", children.map(super::tree::child).collect())?;
    if call.flag("include-favorited-by-current-user-status")? {
        render::put(rendered, "isFavoritedByCurrentUser", json!(false));
    }
    if call.parameter("include-version") == Some("false") {
        rendered.as_object_mut().and_then(|object| object.remove("version"));
    }
    Ok(())
}

fn permitted(sight: &Sight<'_>, content: &Content) -> Vec<Value> {
    render::operations(render::kind(content.kind), sight.may_change(content))
}

pub(super) fn operations(call: &Call, world: &mut World) -> Answered {
    let sight = Sight::new(&world.site, &call.caller);
    let content = sight.content(kinds(call), call.first_id()?)?;
    Ok(Answer::ok(json!({ "operations": permitted(&sight, content) })))
}

/// The rendered present version of a document, as an edit answers it.
pub(super) fn single(call: &Call, site: &Site, id: Id) -> Answered {
    let content = site.contents.get(&id).ok_or_else(|| Failure::not_found("content"))?;
    let version = edits::present(content).ok_or_else(|| Failure::not_found("content"))?;
    let rendered = render::document(site, content, version, Some("storage"));
    Ok(Answer::ok(render::with_base(rendered, &call.site_base)))
}
