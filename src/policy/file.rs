//! Reads a profile file: all of its mistakes with line and column, or the checked profile and where each setting stands.

mod check;
mod misfit;
mod mistake;
mod raw;
pub mod shipped;

use std::collections::BTreeMap;

use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use serde_json::Value;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::profile::Profile;
use crate::domain::text::turns_text_around;
pub use mistake::Mistake;
pub(crate) use mistake::Mistakes;

/// A profile file is never longer than this; a longer one is refused unread.
pub const LONGEST_FILE: usize = 64 * 1024;

/// A profile has nine tables. The parser caps neither how often dotted keys and inline tables nest in one another
/// nor what that costs of the stack, so the inline tables are counted before.
const MOST_INLINE_TABLES: usize = 10;

/// A checked profile and where its settings stand in the file.
#[derive(Clone, Debug)]
pub struct Source {
    /// Name of the file, as the caller gave it.
    pub file: String,
    /// What the file says.
    pub profile: Profile,
    lines: BTreeMap<String, usize>,
}

impl Source {
    /// The line, from 1, of a table (`pages`), a key (`pages.mode`) or an entry of a list (`tools.deny.move_page`).
    pub fn line(&self, key: &str) -> Option<usize> {
        self.lines.get(key).copied()
    }
}

/// Reads a profile from its text; `source` names the file in messages.
pub fn read(text: &str, source: &str, known_tools: &[&str]) -> Result<Profile, Vec<Mistake>> {
    read_source(text, source, known_tools).map(|source| source.profile)
}

/// Reads a profile from its text and keeps where each setting stands.
pub fn read_source(text: &str, source: &str, known_tools: &[&str]) -> Result<Source, Vec<Mistake>> {
    let mut mistakes = Mistakes::of(source, text);
    if text.len() > LONGEST_FILE {
        mistakes.add(0, "the file is longer than 64 KiB", None);
        return Err(mistakes.sorted());
    }
    if let Some((offset, _)) = text.match_indices('{').nth(MOST_INLINE_TABLES) {
        mistakes.add(offset, "more than 10 of the sign `{`; write tables as [tables]", None);
        return Err(mistakes.sorted());
    }
    // Such signs could show an administrator another profile than the one that is read.
    for (offset, sign) in text.char_indices().filter(|(_, sign)| turns_text_around(*sign)) {
        mistakes.add(offset, &format!("the invisible sign U+{:04X} changes how text looks", u32::from(sign)), None);
    }
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        mistakes.add(error.span().map_or(0, |span| span.start), &format!("not TOML: {}", error.message()), None);
    }
    if !mistakes.is_empty() {
        return Err(mistakes.sorted());
    }
    let lines = lines(text, table.get_ref());
    let (file, misfits) = misfit::fit(table, &mut mistakes);
    let profile = check::profile(file, text, known_tools, &misfits, &mut mistakes);
    if mistakes.is_empty() { Ok(Source { file: source.to_owned(), profile, lines }) } else { Err(mistakes.sorted()) }
}

/// The JSON Schema of a profile file, for editors.
pub fn schema() -> Value {
    // TOML has no null: what may be left out is left out.
    let settings = SchemaSettings::draft07().with_transform(RecursiveTransform(without_null)).for_deserialize();
    settings.into_generator().into_root_schema_for::<raw::File>().to_value()
}

fn without_null(schema: &mut Schema) {
    let is_null = |kind: &Value| *kind == "null" || kind.get("type").is_some_and(|kind| kind == "null");
    for keyword in ["anyOf", "type"] {
        let Some(Value::Array(kinds)) = schema.get_mut(keyword) else { continue };
        kinds.retain(|kind| !is_null(kind));
        if let ("type", [kind]) = (keyword, kinds.as_slice()) {
            let kind = kind.clone();
            schema.insert(keyword.to_owned(), kind);
        }
    }
}

/// Where each table, key and entry of a list stands.
fn lines(text: &str, table: &DeTable<'_>) -> BTreeMap<String, usize> {
    let newlines: Vec<usize> = text.match_indices('\n').map(|(offset, _)| offset).collect();
    let line = |offset: usize| newlines.partition_point(|newline| *newline < offset) + 1;
    let mut lines = BTreeMap::new();
    for (name, value) in table {
        lines.insert(name.get_ref().to_string(), line(name.span().start));
        for (key, value) in value.get_ref().as_table().into_iter().flatten() {
            let key_path = format!("{}.{}", name.get_ref(), key.get_ref());
            for entry in value.get_ref().as_array().into_iter().flatten() {
                lines.extend(word(entry).map(|word| (format!("{key_path}.{word}"), line(entry.span().start))));
            }
            lines.insert(key_path, line(key.span().start));
        }
    }
    lines
}

fn word<'a>(entry: &'a Spanned<DeValue<'_>>) -> Option<&'a str> {
    entry.get_ref().as_str()
}
