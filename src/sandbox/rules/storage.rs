//! Bodies: well-formed storage format is kept byte for byte, anything else is refused or made into a paragraph.

use std::fmt::Write as _;

use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::{Value, json};

use crate::sandbox::server::answer::Failure;

/// Reads a body of a write: `{representation, value}`, flat or under the name of its representation.
pub(crate) fn read_body(body: &Value) -> Result<String, Failure> {
    let forms = ["storage", "atlas_doc_format", "wiki", "editor", "view"];
    let nested = forms.iter().find_map(|form| body.get(*form).map(|inner| (*form, inner)));
    let (representation, value) = match nested {
        Some((form, inner)) => (Some(form), inner.get("value")),
        None => (body.get("representation").and_then(Value::as_str), body.get("value")),
    };
    let value = value.and_then(Value::as_str).ok_or_else(|| Failure::bad_request("body.value must be a string"))?;
    match representation {
        Some("storage" | "editor" | "view") => {
            check(value)?;
            Ok(value.to_owned())
        }
        Some("wiki") => Ok(paragraph(value)),
        Some("atlas_doc_format") => {
            let document: Value = serde_json::from_str(value)
                .map_err(|_| Failure::bad_request("Content body cannot be converted to new editor format"))?;
            Ok(paragraph(&text_of(&document)))
        }
        _ => Err(Failure::bad_request("body.representation must be one of storage, atlas_doc_format, wiki")),
    }
}

/// Colours of text written as `#ff0000` are kept as `rgb(255,0,0)`.
pub(crate) fn with_rgb(storage: &str) -> String {
    let mut kept = String::with_capacity(storage.len());
    let mut rest = storage;
    while let Some((before, after)) = rest.split_once("color: #") {
        let hex = after.get(..6).and_then(|hex| u32::from_str_radix(hex, 16).ok());
        kept.push_str(before);
        if let Some(hex) = hex.filter(|_| after.get(6..).is_some_and(|end| end.starts_with([';', '"']))) {
            let [_, red, green, blue] = hex.to_be_bytes();
            // Writing to a string cannot fail.
            let _ = write!(kept, "color: rgb({red},{green},{blue})");
            rest = after.get(6..).unwrap_or_default();
        } else {
            kept.push_str("color: #");
            rest = after;
        }
    }
    kept + rest
}

/// Refuses what is not well-formed; named HTML entities and the `ac:` and `ri:` prefixes are fine.
pub(crate) fn check(storage: &str) -> Result<(), Failure> {
    let wrong = |reason: String| Failure::bad_request(format!("Error parsing xhtml: {reason}"));
    let mut reader = Reader::from_str(storage);
    let mut depth = 0_usize;
    loop {
        match reader.read_event() {
            Ok(Event::Eof) if depth == 0 => return Ok(()),
            Ok(Event::Eof) => return Err(wrong("an element is not closed".to_owned())),
            Ok(Event::Start(start)) => {
                depth += 1;
                attributes(start.attributes()).map_err(wrong)?;
            }
            Ok(Event::Empty(start)) => attributes(start.attributes()).map_err(wrong)?,
            Ok(Event::End(_)) => depth = depth.saturating_sub(1),
            Ok(Event::DocType(_)) => return Err(wrong("a document type is not allowed".to_owned())),
            Ok(_) => {}
            Err(error) => return Err(wrong(error.to_string())),
        }
    }
}

fn attributes(mut attributes: quick_xml::events::attributes::Attributes<'_>) -> Result<(), String> {
    attributes.find_map(Result::err).map_or(Ok(()), |error| Err(error.to_string()))
}

/// The words of a storage body, without any markup.
pub(crate) fn plain_text(storage: &str) -> String {
    let mut text = String::with_capacity(storage.len());
    let mut reader = Reader::from_str(storage);
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Eof => break,
            Event::Text(piece) => text.push_str(&piece),
            Event::CData(piece) => text.push_str(&piece),
            Event::End(_) | Event::Empty(_) => text.push(' '),
            _ => {}
        }
    }
    text
}

/// A body in another representation: words only, in one paragraph.
pub(crate) fn document(storage: &str) -> String {
    let words = plain_text(storage);
    let content = if words.trim().is_empty() { json!([]) } else { json!([{ "type": "text", "text": words.trim() }]) };
    json!({ "type": "doc", "version": 1, "content": [{ "type": "paragraph", "content": content }] }).to_string()
}

fn paragraph(words: &str) -> String {
    format!("<p>{}</p>", words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"))
}

fn text_of(document: &Value) -> String {
    let mut words = Vec::new();
    let mut open = vec![document];
    while let Some(node) = open.pop() {
        if let Some(text) = node.get("text").and_then(Value::as_str) {
            words.push(text);
        }
        if let Some(content) = node.get("content").and_then(Value::as_array) {
            open.extend(content.iter().rev());
        }
    }
    words.join(" ")
}
