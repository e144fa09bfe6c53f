//! Pages of lists: sorting, keyset cursors and the relative links to the next page.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE},
};
use serde_json::{Value, json};
use url::form_urlencoded;

use super::answer::{Answer, Failure};
use super::call::{Call, number};
use crate::sandbox::model::Id;

/// What a list is sorted by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Key {
    Number(i64),
    Text(String),
}

/// One entry of a list before it is cut into pages.
pub(crate) struct Row<T> {
    pub(crate) key: Key,
    pub(crate) id: Id,
    pub(crate) item: T,
}

/// The order of a list.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    pub(crate) field: String,
    pub(crate) descending: bool,
}

impl Order {
    /// Reads `sort`, one of the fields with or without `-`; the first field is the default.
    pub(crate) fn read(call: &Call, fields: &[&str]) -> Result<Self, Failure> {
        let given = call.parameter("sort").unwrap_or_else(|| fields.first().copied().unwrap_or("id"));
        let (field, descending) = given.strip_prefix('-').map_or((given, false), |field| (field, true));
        if !fields.contains(&field) {
            return Err(Failure::bad_request(format!("Provided value for 'sort' is not valid: {given}")));
        }
        Ok(Self { field: field.to_owned(), descending })
    }

    /// By one field upwards, whatever the caller says.
    pub(crate) fn by(field: &str) -> Self {
        Self { field: field.to_owned(), descending: false }
    }
}

/// Reads `limit`; above 250 is refused.
pub(crate) fn limit(call: &Call, default: usize) -> Result<usize, Failure> {
    let Some(given) = call.parameter("limit") else { return Ok(default) };
    match number("limit", given)? {
        limit @ 1..=250 => Ok(usize::try_from(limit).unwrap_or(default)),
        _ => Err(Failure::bad_request("Provided value for 'limit' must be between 1 and 250")),
    }
}

/// Sorts a list and cuts out the page the caller asks for, with the cursor of the next page.
pub(crate) fn cut<T>(
    call: &Call,
    mut rows: Vec<Row<T>>,
    order: &Order,
    limit: usize,
) -> Result<(Vec<T>, Option<String>), Failure> {
    rows.sort_by(|a, b| {
        let upwards = (&a.key, a.id).cmp(&(&b.key, b.id));
        if order.descending { upwards.reverse() } else { upwards }
    });
    if let Some(cursor) = call.parameter("cursor") {
        let (key, id) = read_cursor(cursor, order)?;
        rows.retain(|row| {
            let side = (&row.key, row.id).cmp(&(&key, id));
            if order.descending { side.is_lt() } else { side.is_gt() }
        });
    }
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = if more { rows.last().map(|row| write_cursor(&row.key, row.id, order)) } else { None };
    Ok((rows.into_iter().map(|row| row.item).collect(), next))
}

fn write_cursor(key: &Key, id: Id, order: &Order) -> String {
    let value = match key {
        Key::Number(number) => json!(number),
        Key::Text(text) => json!(text),
    };
    let sign = if order.descending { "-" } else { "" };
    let cursor =
        json!({ "id": id.to_string(), "contentOrder": format!("{sign}{}", order.field), "contentOrderValue": value });
    STANDARD.encode(cursor.to_string())
}

fn read_cursor(text: &str, order: &Order) -> Result<(Key, Id), Failure> {
    let wrong = || Failure::bad_request("Provided value for 'cursor' is not the correct type. Expected type is Cursor");
    let bytes = STANDARD.decode(text).or_else(|_| URL_SAFE.decode(text)).map_err(|_| wrong())?;
    let cursor: Value = serde_json::from_slice(&bytes).map_err(|_| wrong())?;
    let sign = if order.descending { "-" } else { "" };
    if cursor.get("contentOrder").and_then(Value::as_str) != Some(format!("{sign}{}", order.field).as_str()) {
        return Err(wrong());
    }
    let id = cursor.get("id").and_then(Value::as_str).ok_or_else(wrong)?;
    let key = match cursor.get("contentOrderValue") {
        Some(Value::Number(value)) => Key::Number(value.as_i64().ok_or_else(wrong)?),
        Some(Value::String(value)) => Key::Text(value.clone()),
        _ => return Err(wrong()),
    };
    Ok((key, number("cursor", id)?))
}

/// The path of the next page: relative, with `/wiki` and without the gateway's prefix.
pub(crate) fn next_path(call: &Call, cursor: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("cursor", cursor);
    for (name, value) in call.query.iter().filter(|(name, _)| name != "cursor") {
        query.append_pair(name, value);
    }
    format!("{}?{}", call.path, query.finish())
}

/// A v2 list: results, links and the `Link` header.
pub(crate) fn list(call: &Call, results: Vec<Value>, cursor: Option<String>) -> Answer {
    let mut links = serde_json::Map::new();
    let mut header = format!("<{}>; rel=\"base\"", call.site_base);
    if let Some(cursor) = cursor {
        let next = next_path(call, &cursor);
        header = format!("<{next}>; rel=\"next\", {header}");
        links.insert("next".to_owned(), json!(next));
    }
    links.insert("base".to_owned(), json!(call.site_base));
    Answer::ok(json!({ "results": Value::Array(results), "_links": links })).with("link", header)
}

/// Cuts a page and renders each entry of it.
pub(crate) fn listed<T>(
    call: &Call,
    rows: Vec<Row<T>>,
    order: &Order,
    default_limit: usize,
    render: impl Fn(T) -> Value,
) -> Result<Answer, Failure> {
    let limit = limit(call, default_limit)?;
    let (items, cursor) = cut(call, rows, order, limit)?;
    Ok(list(call, items.into_iter().map(render).collect(), cursor))
}
