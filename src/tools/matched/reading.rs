//! A raw read: what it may ask under a scope, and what of its answer the caller may see.

use serde_json::{Map, Value, json};

use super::eyes::Eyes;
use super::{shown, sites};
use crate::confluence::cql::Query;
use crate::domain::ids::Cursor;
use crate::domain::place::Place;
use crate::policy::Unsifted;
use crate::published::{Matched, Place as Stands};
use crate::tools::search::scoped;
use crate::tools::{Answer, ToolError};

/// What a raw read answers.
struct Found {
    value: Value,
    next_cursor: Option<Cursor>,
}

/// Sends the read and answers what the caller may see of it.
pub(super) async fn read(matched: Matched, select: Option<&str>, eyes: &Eyes<'_>) -> Result<Answer, ToolError> {
    let narrowed = eyes.are_narrowed();
    if narrowed {
        within_scope(&matched)?;
        eyes.tell_no_pages_apart()?;
    }
    let place = sites::of_request(&matched, eyes).await?;
    if let Some(place) = &place {
        eyes.sees(place).await?;
    }
    let Some(matched) = with_scope(matched, eyes).await? else {
        return shown::found(json!({ "results": [] }), None, select);
    };
    let stands = matched.row().place;
    let reply = eyes.send(&matched).await?;
    let next_cursor = reply.next_cursor();
    let value: Value = if reply.body.is_empty() { Value::Null } else { reply.json()? };
    let found = Found { value, next_cursor };
    let unsifted = match (place, stands) {
        (Some(place), _) => Unsifted::one(place, found),
        (None, Stands::Spaces) => sifted(found, sites::of_space, narrowed),
        (None, Stands::Unsaid) => Unsifted::one(Place::Nowhere, found),
        (None, _) => sifted(without_people(found), sites::of_item, narrowed),
    };
    let Found { value, next_cursor } = eyes.call.gate.sift(eyes.call.caller, unsifted).await?;
    shown::found(value, next_cursor.as_ref(), select)
}

/// Under a scope a raw read may not ask for what shows more than the thing itself, or for what nobody can place.
fn within_scope(matched: &Matched) -> Result<(), ToolError> {
    let row = matched.row();
    let refuse =
        |why: String| Err(ToolError::refused(why, "use a tool for it, or ask an administrator about the scope"));
    if row.place == Stands::Unsaid {
        return refuse(format!("your profile is limited to some spaces, and of {} {}", row.name(), row.why));
    }
    // A rendered body shows what it includes from pages of other spaces.
    let rendered = |format: &str| !matches!(format, "storage" | "atlas_doc_format");
    if matched.parameter("body-format").is_some_and(rendered) {
        return refuse("your profile is limited to some spaces; `body-format` is storage or atlas_doc_format".into());
    }
    let expands = matched.parameter("expand").is_some() && row.place != Stands::Nowhere;
    if expands {
        return refuse("your profile is limited to some spaces, so nothing is expanded".into());
    }
    Ok(())
}

/// CQL joined with the scope; `None` where nothing can be found.
async fn with_scope(matched: Matched, eyes: &Eyes<'_>) -> Result<Option<Matched>, ToolError> {
    if matched.row().place != Stands::Cql || !eyes.are_narrowed() {
        return Ok(Some(matched));
    }
    let written = matched.parameter("cql").unwrap_or_default();
    let query: Query = written.parse().map_err(|error| {
        ToolError::input(
            format!("`query.cql`: {error}"),
            "your profile is limited to some spaces, so queries are read strictly, as search_cql does",
        )
    })?;
    let narrowed = scoped::within(query, eyes.call.context).await?;
    Ok(narrowed.map(|query| matched.with_parameter("cql", query.to_string())))
}

/// Each item of a list with where it is; what is no list is one thing. What counts all there is counts what is hidden
/// too, so that under a scope only the items are passed on.
fn sifted(found: Found, place: fn(&Value) -> Place, narrowed: bool) -> Unsifted<Found> {
    let Found { mut value, next_cursor } = found;
    let results = value.get_mut("results").and_then(Value::as_array_mut).map(std::mem::take);
    let (items, mut frame) = match (results, value) {
        (Some(items), Value::Object(frame)) => (items, frame),
        (None, Value::Array(items)) => (items, Map::new()),
        (_, value) => return Unsifted::one(place(&value), Found { value, next_cursor }),
    };
    if narrowed {
        frame = Map::new();
    }
    let placed: Vec<(Place, Value)> = items.into_iter().map(|item| (place(&item), item)).collect();
    Unsifted::many(placed, move |items| {
        frame.insert("results".into(), Value::Array(items));
        Found { value: Value::Object(frame), next_cursor }
    })
}

/// A search for content finds no people: those are found under the switch of their own group.
fn without_people(mut found: Found) -> Found {
    if let Some(Value::Array(items)) = found.value.get_mut("results") {
        items.retain(|item| item.get("user").is_none_or(Value::is_null));
    }
    found
}
