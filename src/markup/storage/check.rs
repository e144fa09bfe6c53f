//! Storage format given by a caller, checked before it is sent: well formed, or refused with line and column.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::elements::MAX_DEPTH;
use super::entities;
use crate::domain::limits::PAGE_BODY;
use crate::markup::MarkupError;

/// More attributes than any element of Confluence has.
const MAX_ATTRIBUTES: usize = 64;

/// Refuses a body that is not well formed, nests too deeply or is too large.
pub fn check_storage(storage: &str) -> Result<(), MarkupError> {
    if storage.len() > PAGE_BODY {
        return Err(MarkupError::TooLarge { bytes: storage.len() });
    }
    if let Some(at) = storage.find(is_forbidden) {
        return Err(malformed(storage, at, "a control character"));
    }
    let mut reader = Reader::from_str(storage);
    reader.config_mut().check_comments = true;
    let mut open: Vec<usize> = Vec::new();
    loop {
        let before = usize::try_from(reader.buffer_position()).unwrap_or(storage.len());
        let event = reader.read_event().map_err(|error| malformed(storage, before, &error.to_string()))?;
        let after = usize::try_from(reader.buffer_position()).unwrap_or(storage.len());
        match event {
            Event::Eof => break,
            Event::Start(start) => {
                check_tag(&start).map_err(|problem| malformed(storage, before, problem))?;
                open.push(before);
                if open.len() > MAX_DEPTH {
                    return Err(MarkupError::TooDeep);
                }
            }
            Event::Empty(start) => check_tag(&start).map_err(|problem| malformed(storage, before, problem))?,
            Event::End(_) => {
                open.pop();
            }
            Event::GeneralRef(_) => {
                let reference = storage.get(before + 1..after.saturating_sub(1)).unwrap_or_default();
                if !is_known(reference) {
                    return Err(malformed(storage, before, "an entity that storage format does not know"));
                }
            }
            Event::Text(_) if storage.get(before..after).is_some_and(|text| text.contains("]]>")) => {
                return Err(malformed(storage, before, "`]]>` outside of CDATA"));
            }
            Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {
                return Err(malformed(storage, before, "a declaration or processing instruction"));
            }
            Event::Text(_) | Event::CData(_) | Event::Comment(_) => {}
        }
    }
    match open.pop() {
        Some(at) => Err(malformed(storage, at, "an element that is never closed")),
        None => Ok(()),
    }
}

fn is_forbidden(character: char) -> bool {
    matches!(character, '\u{0}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
}

fn is_known(reference: &str) -> bool {
    entities::character(reference).is_some_and(|character| !is_forbidden(character))
}

fn check_tag(start: &BytesStart<'_>) -> Result<(), &'static str> {
    if !is_name(start.name().into_inner()) {
        return Err("a tag without a proper name");
    }
    if start.attributes().with_checks(false).take(MAX_ATTRIBUTES + 1).count() > MAX_ATTRIBUTES {
        return Err("an element with too many attributes");
    }
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|_| "a broken or repeated attribute")?;
        if !is_name(attribute.key.into_inner()) {
            return Err("an attribute without a proper name");
        }
        if attribute.value.contains('<') {
            return Err("`<` inside an attribute");
        }
        let mut parts = attribute.value.split('&');
        parts.next();
        if !parts.all(|part| part.split_once(';').is_some_and(|(reference, _)| is_known(reference))) {
            return Err("an entity in an attribute that storage format does not know");
        }
    }
    Ok(())
}

fn is_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_alphabetic() || first == '_')
        && name.chars().all(|character| character.is_alphanumeric() || matches!(character, '_' | '-' | '.' | ':'))
        && !name.ends_with(':')
        && name.matches(':').count() <= 1
}

fn malformed(storage: &str, at: usize, problem: &str) -> MarkupError {
    let before = storage.get(..at).unwrap_or(storage);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |last| last.chars().count()) + 1;
    MarkupError::Malformed { line, column, problem: problem.lines().next().unwrap_or_default().to_owned() }
}
