//! Bodies of pages, posts and comments on their way to and from agents.

use std::borrow::Cow;
use std::fmt::Write as _;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de};

use crate::domain::limits::{BYTES_PER_TOKEN, PAGE_BODY, REPLY_TOKENS};
use crate::domain::text::is_invisible;
use crate::markup;
use crate::tools::{Context, ToolError};

use super::names::Names;

/// How a body is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum BodyFormat {
    /// Markdown.
    #[default]
    Markdown,
    /// Confluence storage format (XHTML).
    Storage,
}

/// A body as an agent reads it.
pub struct Readable {
    /// The text.
    pub text: String,
    /// What was left out or made visible, for the header.
    pub notes: Vec<String>,
    /// What writing this text back would lose.
    pub lossy: Vec<String>,
}

/// Renders a body with the names it does not say itself.
pub async fn readable(storage: &str, format: BodyFormat, context: &Context) -> Readable {
    match format {
        BodyFormat::Markdown => rendered(storage, &Names::of(storage, context).await),
        BodyFormat::Storage => exact(storage),
    }
}

/// The headings of a body, with their ids and the size of what stands under each.
pub async fn outlined(storage: &str, context: &Context) -> Readable {
    let names = Names::of(storage, context).await;
    let lines = markup::outline(storage, &names).into_iter().map(|heading| {
        let indent = "  ".repeat(usize::from(heading.level.saturating_sub(1)));
        let title = if heading.level == 0 { "(before the first heading)" } else { &heading.title };
        let id = if heading.id.is_empty() { String::new() } else { format!(" #{}", heading.id) };
        format!("{indent}- {title}{id} ({} blocks, {} bytes)\n", heading.blocks, heading.bytes)
    });
    Readable { text: lines.collect(), notes: Vec::new(), lossy: Vec::new() }
}

/// A heading with what stands under it, or one block; nothing where there is no such part.
pub async fn part_of(storage: &str, section: &str, context: &Context) -> Option<Readable> {
    let names = Names::of(storage, context).await;
    markup::section(storage, section, &names).map(readable_from)
}

/// A body, or a part of it, with the ids of its blocks; nothing where there is no such part.
pub async fn edited(storage: &str, section: Option<&str>, context: &Context) -> Option<Readable> {
    let names = Names::of(storage, context).await;
    markup::to_edit(storage, section, &names).map(readable_from)
}

/// Renders a body as Markdown with names that are known already.
pub fn rendered(storage: &str, names: &dyn markup::Names) -> Readable {
    readable_from(markup::markdown_from_storage(storage, names))
}

fn readable_from(rendered: markup::Rendered) -> Readable {
    let mut notes = rendered.warnings;
    if !rendered.lossy.is_empty() {
        let lossy = rendered.lossy.join(", ");
        notes.push(format!("not in this Markdown, but safe under edit_page: {lossy}"));
    }
    if rendered.stripped > 0 {
        notes.push(format!("{} invisible characters removed", rendered.stripped));
    }
    if rendered.hidden > 0 {
        notes.push(format!("{} hidden parts left out", rendered.hidden));
    }
    Readable { text: rendered.markdown, notes, lossy: rendered.lossy }
}

/// Storage format as it is, but with invisible characters written as character references: the same document,
/// nothing hidden.
fn exact(storage: &str) -> Readable {
    let mut shown = 0_usize;
    let mut text = String::with_capacity(storage.len());
    for sign in storage.chars() {
        if is_invisible(sign) {
            shown += 1;
            // Writing to a string cannot fail.
            let _ = write!(text, "&#x{:X};", u32::from(sign));
        } else {
            text.push(sign);
        }
    }
    let notes = if shown == 0 { Vec::new() } else { vec![format!("{shown} invisible characters shown as &#x…;")] };
    Readable { text, notes, lossy: Vec::new() }
}

/// A body from an agent, as Confluence stores it.
pub fn storage_from(body: &str, format: BodyFormat) -> Result<String, ToolError> {
    let storage = match format {
        BodyFormat::Markdown => markup::storage_from_markdown(body),
        BodyFormat::Storage => markup::check_storage(body).map(|()| body.to_owned()),
    }
    .map_err(|error| ToolError::input(format!("`body`: {error}"), "mend the body and call again"))?;
    if storage.len() > PAGE_BODY {
        let message = format!("`body` makes {} bytes of storage format; Confluence takes {PAGE_BODY}", storage.len());
        return Err(ToolError::input(message, "split it into several pages"));
    }
    Ok(storage)
}

/// Where a long body goes on: the number of bytes already answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Position(usize);

impl<'de> Deserialize<'de> for Position {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        let digits = text.len() <= 9 && text.bytes().all(|byte| byte.is_ascii_digit());
        let position = if digits { text.parse().ok() } else { None };
        position.map(Self).ok_or_else(|| de::Error::custom("pass the cursor exactly as the last answer gave it"))
    }
}

impl JsonSchema for Position {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        "Position".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string" })
    }
}

/// The part of a body that fits the reply budget, closed by a line that says how to go on where there is more.
/// Cuts at a line end where there is one in reach, never inside a character.
pub fn part(text: &str, start: Option<Position>) -> String {
    const BUDGET: usize = REPLY_TOKENS * BYTES_PER_TOKEN;
    let start = boundary_before(text, start.unwrap_or_default().0);
    let rest = text.get(start..).unwrap_or_default();
    let end = boundary_before(rest, BUDGET);
    let within = rest.get(..end).unwrap_or_default();
    if end == rest.len() {
        return within.to_owned();
    }
    let within = match within.rfind('\n') {
        Some(line_end) if line_end > BUDGET / 2 => within.get(..=line_end).unwrap_or(within),
        _ => within,
    };
    let next = start + within.len();
    format!("{within}\n[cut at {next} of {} bytes; for the rest call again with cursor \"{next}\"]", text.len())
}

/// The character boundary at or before a position, at most the end.
fn boundary_before(text: &str, position: usize) -> usize {
    let mut end = position.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_body_comes_in_parts_that_join_to_the_whole() {
        let text = "zwölf Boxkämpfer jagen Viktor\n".repeat(20_000);
        let mut joined = String::new();
        while joined.len() < text.len() {
            let part = part(&text, Some(Position(joined.len())));
            let body = part.rsplit_once("\n[cut at ").map_or(part.as_str(), |(body, _)| body);
            assert!(!body.is_empty());
            joined.push_str(body);
        }
        assert_eq!(joined, text);
    }

    #[test]
    fn a_position_past_the_end_or_inside_a_character_is_harmless() {
        assert_eq!(part("äb", Some(Position(1))), "äb");
        assert_eq!(part("äb", Some(Position(99))), "");
    }
}
