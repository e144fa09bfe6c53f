//! Footer and inline comments as lists and one by one.

use serde_json::{Value, json};

use super::documents::{kinds, list_format, single_format};
use super::render;
use crate::sandbox::model::{Comment, CommentPlace, Site};
use crate::sandbox::rules::sight::Sight;
use crate::sandbox::server::answer::{Answer, Answered, Failure};
use crate::sandbox::server::call::{Call, wrong_type};
use crate::sandbox::server::paging::{Key, Order, Row, list as answer_list, listed};
use crate::sandbox::server::world::World;

/// Whether the address is about inline comments.
pub(super) fn about_inline(call: &Call) -> bool {
    call.path.contains("/inline-comments")
}

fn fits(call: &Call, comment: &Comment) -> bool {
    matches!(comment.place, CommentPlace::Inline { .. }) == about_inline(call)
}

fn answer(call: &Call, site: &Site, admitted: impl Fn(&Comment) -> bool) -> Answered {
    let sight = Sight::new(site, &call.caller);
    let order = Order::read(call, &["created-date", "modified-date"])?;
    let format = list_format(call)?;
    let states = call.parameters("resolution-status");
    if states.iter().any(|state| !["open", "reopened", "resolved", "dangling"].contains(state)) {
        return Err(wrong_type("resolution-status"));
    }
    let rows = site
        .comments
        .values()
        .filter(|comment| fits(call, comment) && admitted(comment) && sight.sees_comment(comment))
        .filter(|comment| states.is_empty() || state(comment).is_some_and(|state| states.contains(&state)))
        .map(|comment| Row { key: key(comment, &order), id: comment.id, item: comment })
        .collect();
    listed(call, rows, &order, 25, |comment| match comment.versions.last() {
        Some(version) => render::comment(site, comment, version, format),
        None => Value::Null,
    })
}

fn state(comment: &Comment) -> Option<&'static str> {
    match &comment.place {
        CommentPlace::Inline { resolution, .. } => Some(render::resolution(*resolution)),
        CommentPlace::Footer => None,
    }
}

fn key(comment: &Comment, order: &Order) -> Key {
    let time = match order.field.as_str() {
        "modified-date" => comment.versions.last().map_or(comment.created, |version| version.created),
        _ => comment.created,
    };
    Key::Number(time.as_millisecond())
}

pub(super) fn list(call: &Call, world: &mut World) -> Answered {
    answer(call, &world.site, |_| true)
}

pub(super) fn of_document(call: &Call, world: &mut World) -> Answered {
    let content = Sight::new(&world.site, &call.caller).content(kinds(call), call.first_id()?)?;
    answer(call, &world.site, |comment| comment.container == content.id && comment.parent.is_none())
}

/// Comments hang on pages here, so a file itself has none.
pub(super) fn of_attachment(call: &Call, world: &mut World) -> Answered {
    Sight::new(&world.site, &call.caller).attachment(call.first_id()?)?;
    Ok(answer_list(call, Vec::new(), None))
}

pub(super) fn children(call: &Call, world: &mut World) -> Answered {
    let parent = found(call, &world.site)?;
    answer(call, &world.site, |comment| comment.parent == Some(parent.id))
}

/// The comment an address names, if it stands where the address says.
pub(super) fn found<'a>(call: &Call, site: &'a Site) -> Result<&'a Comment, Failure> {
    let id = call.first_id()?;
    let caller = &call.caller;
    Sight::new(site, caller).comment(id)?;
    let comment = site.comments.get(&id).filter(|comment| fits(call, comment));
    comment.ok_or_else(|| Failure::not_found("comment"))
}

pub(super) fn get(call: &Call, world: &mut World) -> Answered {
    let comment = found(call, &world.site)?;
    let version = match call.parameter("version") {
        None => comment.versions.last(),
        Some(text) => {
            let number = text.parse::<u32>().map_err(|_| wrong_type("version"))?;
            comment.versions.iter().find(|version| version.number == number)
        }
    };
    let version = version.ok_or_else(|| Failure::not_found("version"))?;
    let rendered = render::comment(&world.site, comment, version, single_format(call)?);
    Ok(Answer::ok(render::with_base(rendered, &call.site_base)))
}

pub(super) fn operations(call: &Call, world: &mut World) -> Answered {
    let comment = found(call, &world.site)?;
    let own = comment.author == call.caller.account || call.caller.admin;
    Ok(Answer::ok(json!({ "operations": render::operations("comment", own) })))
}
