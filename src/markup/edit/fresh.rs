//! New Markdown made storage format for one page: markers become the bytes they stand for.

use std::collections::HashMap;
use std::ops::Range;

use super::error::EditError;
use crate::domain::text::quoted;
use crate::markup::document::titles::untitled;
use crate::markup::storage::{self, KEPT};
use crate::markup::{MarkupError, Names, markdown};

/// What new content may refer to.
pub(super) struct Page<'s> {
    pub source: &'s str,
    /// The titles that links show which have no words of their own.
    pub names: &'s dyn Names,
    /// The bytes of every macro that is kept, by its name.
    pub kept: HashMap<String, Range<usize>>,
    /// The largest number of a task.
    pub last_task: usize,
}

impl Page<'_> {
    /// Storage format for this Markdown; tasks are numbered after those the page has.
    pub(super) fn fresh(&mut self, text: &str) -> Result<String, EditError> {
        if text.len() > crate::domain::limits::PAGE_BODY {
            return Err(MarkupError::TooLarge { bytes: text.len() }.into());
        }
        if let Some(line) = elided(text, self.source) {
            return Err(EditError::Elided { line });
        }
        let mut document = markdown::read(text, markdown::Reading::ForEdit)?;
        untitled(&mut document.blocks, self.names);
        let (written, last_task) = storage::write_after(&document, self.last_task);
        self.last_task = last_task;
        self.expanded(&written)
    }

    fn expanded(&self, written: &str) -> Result<String, EditError> {
        let start = format!("<{KEPT} id=\"");
        let mut out = String::with_capacity(written.len());
        let mut rest = written;
        while let Some((before, after)) = rest.split_once(start.as_str()) {
            let (id, after) = after.split_once("\" />").unwrap_or((after, ""));
            let bytes = self.kept.get(id).and_then(|range| self.source.get(range.clone()));
            let Some(bytes) = bytes else {
                return Err(EditError::Marker(format!(
                    "the page has no macro {}; copy markers as they are",
                    quoted(id, 40)
                )));
            };
            out.extend([before, bytes]);
            rest = after;
        }
        out.push_str(rest);
        Ok(out)
    }
}

/// A line that stands for text left out, unless the page itself has it.
fn elided(text: &str, page: &str) -> Option<String> {
    const WORDS: [&str; 12] = [
        "unchanged",
        "rest of",
        "remaining",
        "omitted",
        "existing content",
        "same as before",
        "as before",
        "truncated",
        "previous content",
        "keep the rest",
        "no changes",
        "elided",
    ];
    let mut in_code = false;
    for line in text.lines() {
        let trimmed = line.trim();
        if trimmed.starts_with("```") || trimmed.starts_with("~~~") {
            in_code = !in_code;
        }
        let bare = trimmed.trim_matches(|sign: char| !sign.is_alphanumeric() && sign != '…' && sign != '.');
        let dotted = ["...", "…"].iter().any(|dots| bare.starts_with(dots) || bare.ends_with(dots));
        let lower = bare.to_lowercase();
        let says = WORDS.iter().any(|word| lower.contains(word));
        let is_note = trimmed.starts_with("<!--") && says;
        if !in_code && bare.chars().count() <= 120 && ((dotted && says) || is_note || is_dots(trimmed)) {
            let words = bare.trim_matches(['.', '…', ' ']);
            if words.is_empty() || !page.contains(words) {
                return Some(trimmed.chars().take(80).collect());
            }
        }
    }
    None
}

/// A line, or a row of a table, of nothing but dots.
fn is_dots(line: &str) -> bool {
    let signs = line.chars().filter(|sign| !sign.is_whitespace() && *sign != '|');
    let mut dots = 0;
    for sign in signs {
        match sign {
            '…' => dots += 3,
            '.' => dots += 1,
            _ => return false,
        }
    }
    dots >= 3
}
