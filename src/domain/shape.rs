//! The shape of a call's arguments: names, types and lengths, never a value.

use std::fmt::Write as _;

use serde_json::{Map, Value};

/// A shape is never longer than this, in characters.
const LONGEST: usize = 1000;
/// A name that an argument of ours could have is never longer than this, in bytes.
const LONGEST_NAME: usize = 40;

/// What the audit trail says of arguments, such as `page_id: text 6, labels: list 3, version: number`.
///
/// Lengths are characters of a text, items of a list, members of an object. A caller chooses the names of arguments too:
/// one that is long or holds other signs than ours could carry a value, and is written `?`.
pub fn shape(arguments: &Map<String, Value>) -> String {
    let mut shape = String::new();
    let mut length = 0;
    for (name, value) in arguments {
        let mut part = String::from(if shape.is_empty() { "" } else { ", " });
        // Writing to a string cannot fail.
        let _ = write!(part, "{}: {}", harmless(name), kind(value));
        // Every part is ASCII; what begins is room for the mark of the cut.
        length += part.len();
        if length >= LONGEST {
            shape.push('…');
            break;
        }
        shape.push_str(&part);
    }
    shape
}

fn harmless(name: &str) -> &str {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if (1..=LONGEST_NAME).contains(&name.len()) && name.bytes().all(fits) { name } else { "?" }
}

fn kind(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) => "boolean".to_owned(),
        Value::Number(_) => "number".to_owned(),
        Value::String(text) => format!("text {}", text.chars().count()),
        Value::Array(items) => format!("list {}", items.len()),
        Value::Object(members) => format!("object {}", members.len()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shape_of(arguments: &Value) -> String {
        shape(arguments.as_object().unwrap())
    }

    #[test]
    fn a_shape_tells_names_types_and_lengths() {
        let arguments = json!({
            "page_id": "123456", "body": "größe", "labels": ["a", "b", "c"], "version": 7,
            "minor": true, "parent": null, "filter": {"a": 1, "b": 2},
        });
        let told = "page_id: text 6, body: text 5, labels: list 3, version: number, minor: boolean, parent: null, \
            filter: object 2";
        assert_eq!(shape_of(&arguments), told);
        assert_eq!(shape_of(&json!({})), "");
    }

    #[test]
    fn a_shape_never_holds_a_value_whatever_is_sent() {
        let secret = "canary";
        let long = secret.repeat(10);
        let odd = ["", "canary is here", "canary\n", "canary\u{202e}", "canary:", "größe canary", long.as_str()];
        for name in odd {
            assert_eq!(shape_of(&json!({ name: secret })), "?: text 6", "{name:?}");
        }
        let nested = json!({ "a": { "canary": ["canary"] }, "b": [{ "canary": "canary" }] });
        assert_eq!(shape_of(&nested), "a: object 1, b: list 1");
    }

    #[test]
    fn a_long_shape_is_cut() {
        let many: Map<String, Value> = (0..10_000).map(|number| (format!("a{number}"), json!(number))).collect();
        let shape = shape(&many);
        assert!(shape.ends_with(": number…") && shape.chars().count() <= LONGEST, "{shape}");
        assert!(shape.len() > LONGEST - 50);
    }
}
