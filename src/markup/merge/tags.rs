//! Start tags changed by a name or an attribute, everything else in them left as it is.

use crate::markup::storage::{Element, escaped_value};

/// A tag under another name.
pub(in crate::markup) fn renamed(tag: &str, from: &str, to: &str) -> String {
    match tag.strip_prefix('<').and_then(|rest| rest.strip_prefix(from)) {
        Some(rest) => format!("<{to}{rest}"),
        None => tag.to_owned(),
    }
}

/// An element written with this inside, if it is one like `<td />` that has no inside to put anything into.
pub(in crate::markup) fn filled(element: &Element<'_>, source: &str, inside: &str) -> Option<String> {
    let tag = source.get(element.outer.clone()).filter(|_| element.inner.start == element.outer.end)?;
    Some(format!("{}{inside}</{}>", opened(tag), element.name))
}

/// A tag without the slash of one that is empty.
fn opened(tag: &str) -> String {
    match tag.strip_suffix("/>") {
        Some(start) => format!("{}>", start.trim_end()),
        None => tag.to_owned(),
    }
}

/// A start tag with this value of an attribute, or without the attribute.
pub(in crate::markup) fn with_attribute(tag: &str, name: &str, value: Option<&str>) -> String {
    let new = value.map(|value| format!(" {name}=\"{}\"", escaped_value(value))).unwrap_or_default();
    let (start, end) = attribute_place(tag, name).unwrap_or_else(|| {
        let end = tag.trim_end_matches(['>', '/', ' ']).len();
        (end, end)
    });
    format!("{}{new}{}", tag.get(..start).unwrap_or_default(), tag.get(end..).unwrap_or_default())
}

/// Where ` name="value"` stands in a tag.
fn attribute_place(tag: &str, name: &str) -> Option<(usize, usize)> {
    let mut quote = None;
    let bytes = tag.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match (quote, byte) {
            (Some(open), byte) if open == *byte => quote = None,
            (None, b'"' | b'\'') => quote = Some(*byte),
            (None, byte) if byte.is_ascii_whitespace() => {
                let rest = tag.get(at + 1..).unwrap_or_default();
                let value = rest.strip_prefix(name).map(str::trim_start).and_then(|rest| rest.strip_prefix('='));
                if let Some(value) = value.map(str::trim_start)
                    && let Some(mark) = value.chars().next().filter(|mark| matches!(mark, '"' | '\''))
                {
                    let end = value.get(1..)?.find(mark)? + 2;
                    return Some((at, tag.len() - value.len() + end));
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// The new element with what the old one's start tag says besides.
pub(in crate::markup) fn carried(old: &Element<'_>, new: &Element<'_>, old_source: &str, new_source: &str) -> String {
    let start = new_source.get(new.outer.start..new.inner.start).unwrap_or_default();
    let rest = new_source.get(new.inner.start..new.outer.end).unwrap_or_default();
    let mut tag = old_source.get(old.outer.start..old.inner.start).unwrap_or_default().to_owned();
    for (name, value) in &new.attributes {
        tag = with_attribute(&tag, name, Some(value));
    }
    let tag = if start.ends_with("/>") == tag.ends_with("/>") { tag } else { opened(&tag) };
    if rest.is_empty() && !tag.ends_with("/>") { format!("{tag}</{}>", old.name) } else { format!("{tag}{rest}") }
}
