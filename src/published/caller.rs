//! A request as a caller wrote it, held against the table: what matches no row word for word is refused.

use serde_json::{Map, Value};

use crate::domain::limits::PAGE_BODY;
use crate::domain::method::Method;
use crate::domain::spelling::nearest;
use crate::domain::text::{is_invisible, quoted};

use super::known::{Variables, find, methods};
use super::path::segments;
use super::row::{Row, Verdict};

/// Longest value of a query, in bytes.
const LONGEST_VALUE: usize = 16_000;

/// A request that is one published operation, which the raw request reaches. Only [`matched`] makes one.
#[derive(Clone, Debug)]
pub struct Matched {
    row: &'static Row,
    variables: Variables,
    query: Vec<(&'static str, String)>,
    body: Option<Value>,
}

/// Why a request is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It is written in a way that is not taken; the caller can mend it.
    #[error("{0}")]
    Written(String),
    /// It is no published operation, or one that is not reached.
    #[error("{0}")]
    Operation(String),
}

impl Matched {
    /// The operation.
    pub fn row(&self) -> &'static Row {
        self.row
    }

    /// The values of the path's variables, in the order of the template.
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        self.variables.iter().map(|(_, value)| value.as_str())
    }

    /// The value of one of the path's variables.
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }

    /// The query, in the caller's order.
    pub fn query(&self) -> &[(&'static str, String)] {
        &self.query
    }

    /// The value of a query key.
    pub fn parameter(&self, key: &str) -> Option<&str> {
        self.query.iter().find(|(known, _)| *known == key).map(|(_, value)| value.as_str())
    }

    /// The body.
    pub fn body(&self) -> Option<&Value> {
        self.body.as_ref()
    }

    /// The same request with another value under a key that it has.
    #[must_use]
    pub fn with_parameter(mut self, key: &str, value: String) -> Self {
        if let Some((_, present)) = self.query.iter_mut().find(|(known, _)| *known == key) {
            *present = value;
        }
        self
    }
}

/// The operation that a method and path come to, as long as the raw request reaches it and takes this query and body.
pub fn matched(method: &str, path: &str, query: &Map<String, Value>, body: Option<&Value>) -> Result<Matched, Refused> {
    let written = |why: String| Err(Refused::Written(why));
    let Some(known) = Method::named(method) else {
        return written("`method` is GET, POST, PUT or DELETE, in capital letters".into());
    };
    let segments = match segments(path) {
        Ok(segments) => segments,
        Err(why) => return other_door(path).map_or_else(|| written(format!("`path`: {why}")), Err),
    };
    let Some((row, variables)) = find(known, &segments) else {
        return Err(other_door(path).unwrap_or_else(|| Refused::Operation(unknown(method, &segments))));
    };
    match row.verdict {
        Verdict::Allow => {}
        Verdict::Tool | Verdict::Never | Verdict::Gone => {
            return Err(Refused::Operation(format!("{} is not sent: {}", row.name(), row.why)));
        }
    }
    let query = parameters(row, query)?;
    let body = members(row, body)?;
    Ok(Matched { row, variables, query, body })
}

/// The ways into Confluence that are none of its published REST API, told by name.
fn other_door(path: &str) -> Option<Refused> {
    let lower = path.to_ascii_lowercase();
    let doors = [
        ("graphql", "GraphQL is never sent: one address does everything there, deleting spaces included"),
        (".action", "`.action` addresses are web pages, and none is ever asked for"),
        ("rpc", "RPC endpoints are never asked for"),
    ];
    let door = doors.into_iter().find(|(word, _)| lower.contains(word));
    door.map(|(_, why)| Refused::Operation(why.to_owned()))
}

fn unknown(method: &str, segments: &[String]) -> String {
    let methods = methods(segments);
    if methods.is_empty() {
        let start = segments.iter().map(String::as_str).take(3).collect::<Vec<_>>();
        return match start.as_slice() {
            ["wiki", "api", "v2"] | ["wiki", "rest", "api"] => {
                "no published operation of Confluence has this path; ids are digits, and words are written as published"
            }
            _ => "only the published REST API is reached, below `/wiki/api/v2/` and `/wiki/rest/api/`",
        }
        .into();
    }
    format!("no published operation has {method} on this path; it has {}", methods.join(", "))
}

fn parameters(row: &'static Row, query: &Map<String, Value>) -> Result<Vec<(&'static str, String)>, Refused> {
    let mut parameters = Vec::with_capacity(query.len());
    for (key, value) in query {
        let Some(known) = row.query.iter().find(|known| *known == key) else {
            return Err(Refused::Written(not_known("query", key, &row.query, row)));
        };
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Bool(value) => value.to_string(),
            Value::Null | Value::Array(_) | Value::Object(_) => {
                let why =
                    format!("`query.{known}` is one text, number or boolean; several values are joined by commas");
                return Err(Refused::Written(why));
            }
        };
        if text.len() > LONGEST_VALUE || text.chars().any(|sign| sign.is_control() || is_invisible(sign)) {
            return Err(Refused::Written(format!("`query.{known}` is too long or has signs that nobody sees")));
        }
        parameters.push((*known, text));
    }
    Ok(parameters)
}

fn members(row: &'static Row, body: Option<&Value>) -> Result<Option<Value>, Refused> {
    let Some(body) = body else { return Ok(None) };
    if row.body.is_empty() {
        return Err(Refused::Written(format!("{} takes no body", row.name())));
    }
    if body.to_string().len() > PAGE_BODY {
        return Err(Refused::Written("`body` is larger than the 5 MiB that Confluence takes".into()));
    }
    let things: Vec<&Map<String, Value>> = match body {
        Value::Object(thing) => vec![thing],
        Value::Array(things) => things.iter().filter_map(Value::as_object).collect(),
        _ => Vec::new(),
    };
    if things.is_empty() || body.as_array().is_some_and(|items| items.len() != things.len()) {
        return Err(Refused::Written("`body` is an object, or a list of objects".into()));
    }
    for key in things.into_iter().flat_map(Map::keys) {
        if !row.body.contains(&key.as_str()) {
            return Err(Refused::Written(not_known("body", key, &row.body, row)));
        }
    }
    Ok(Some(body.clone()))
}

fn not_known(part: &str, key: &str, known: &[&'static str], row: &Row) -> String {
    let meant = match nearest(key, known.iter().copied()) {
        Some(near) => format!("; did you mean `{near}`"),
        None if known.is_empty() => String::new(),
        None => format!("; it takes {}", known.join(", ")),
    };
    format!("`{part}`: {} takes no {}{meant}", row.name(), quoted(key, 60))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn why(method: &str, path: &str, query: Value, body: Option<&Value>) -> String {
        let Value::Object(query) = query else { panic!() };
        matched(method, path, &query, body).unwrap_err().to_string()
    }

    #[test]
    fn a_refusal_says_what_is_wrong_and_what_there_is_instead() {
        for (method, path, said) in [
            ("get", "/wiki/api/v2/pages", "capital letters"),
            ("GET", "https://acme.atlassian.net/wiki/api/v2/pages", "it is an address"),
            ("POST", "/gateway/api/graphql", "GraphQL is never sent"),
            ("GET", "/wiki/spaces/removespace.action", "web pages"),
            ("POST", "/rpc/xmlrpc", "RPC endpoints"),
            ("GET", "/wiki/rest/ui/1", "only the published REST API"),
            ("GET", "/wiki/api/v2/nothing", "no published operation of Confluence has this path"),
            ("POST", "/wiki/api/v2/pages/1", "it has GET, PUT, DELETE"),
            ("DELETE", "/wiki/rest/api/space/IT", "no request deletes a space"),
            ("DELETE", "/api/v2/pages/1", "delete_page"),
            ("GET", "/wiki/rest/api/content/1", "Confluence has removed it"),
        ] {
            let why = why(method, path, json!({}), None);
            assert!(why.contains(said), "{path}: {why}");
        }
    }

    #[test]
    fn keys_are_those_of_the_operation_and_a_slip_is_recognised() {
        let pages = "/wiki/api/v2/pages";
        assert!(why("GET", pages, json!({ "space_id": 1 }), None).ends_with("did you mean `space-id`"));
        assert!(why("GET", pages, json!({ "id": [1, 2] }), None).contains("joined by commas"));
        assert!(why("DELETE", "/wiki/api/v2/blogposts/1", json!({ "purge": true }), None).contains("takes no `purge`"));
        assert!(why("GET", pages, json!({}), Some(&json!({}))).contains("takes no body"));
        assert!(why("POST", pages, json!({}), Some(&json!({ "spaceID": "1" }))).ends_with("did you mean `spaceId`"));
        assert!(why("POST", pages, json!({}), Some(&json!("text"))).contains("an object"));
        let label = Some(json!([{ "name": "x" }, 1]));
        assert!(why("POST", "/wiki/rest/api/content/1/label", json!({}), label.as_ref()).contains("a list of objects"));
    }
}
