//! A mistake in a profile file: where it stands, what is wrong, and the word that was probably meant.

use std::fmt;

/// One mistake in a profile file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Name of the file, as the caller gave it.
    pub source: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong, on one line.
    pub message: String,
    /// The right word nearest to the wrong one.
    pub nearest: Option<String>,
}

impl fmt::Display for Mistake {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { source, line, column, message, nearest } = self;
        write!(formatter, "{source}:{line}:{column}: {message}")?;
        nearest.iter().try_for_each(|nearest| write!(formatter, "; did you mean `{nearest}`?"))
    }
}

impl std::error::Error for Mistake {}

/// Line and column, both from 1, of a byte offset; the column counts characters.
fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let start_of_line = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    (line, before.get(start_of_line..).map_or(0, |line| line.chars().count()) + 1)
}

/// More than this many mistakes in one file help nobody.
const MOST_MISTAKES: usize = 20;

/// The mistakes found so far in one text.
pub(super) struct Mistakes<'a> {
    source: &'a str,
    text: &'a str,
    found: Vec<Mistake>,
}

impl<'a> Mistakes<'a> {
    pub(super) fn of(source: &'a str, text: &'a str) -> Self {
        Self { source, text, found: Vec::new() }
    }

    pub(super) fn add(&mut self, offset: usize, message: &str, nearest: Option<String>) {
        if self.found.len() == MOST_MISTAKES {
            return;
        }
        let (line, column) = position(self.text, offset);
        let (source, message) = (self.source.to_owned(), on_one_line(message));
        self.found.push(Mistake { source, line, column, message, nearest });
    }

    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// In the order of the file, each once.
    pub(super) fn sorted(mut self) -> Vec<Mistake> {
        self.found.sort_by_key(|mistake| (mistake.line, mistake.column));
        self.found.dedup();
        self.found
    }
}

/// Whether a sign can make text look different from what it is: direction marks and overrides.
pub(super) fn turns_text_around(sign: char) -> bool {
    matches!(sign, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A message a terminal can show: no control or direction signs, and not without end.
fn on_one_line(message: &str) -> String {
    let fits = |sign: char| if sign.is_control() || turns_text_around(sign) { '\u{fffd}' } else { sign };
    let mut cut: String = message.chars().take(300).map(fits).collect();
    if message.chars().nth(300).is_some() {
        cut.push('…');
    }
    cut
}

/// A word of the file as a message quotes it.
pub(super) fn quoted(word: &str) -> String {
    let mut cut: String = word.chars().take(60).map(|sign| if sign == '`' { '\'' } else { sign }).collect();
    if word.chars().nth(60).is_some() {
        cut.push('…');
    }
    format!("`{cut}`")
}

/// The candidate that looks most like what was written, if any does.
pub(super) fn nearest<'c>(written: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<String> {
    if written.chars().nth(60).is_some() {
        return None;
    }
    let written = written.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(&written, &candidate.to_lowercase()), candidate))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, candidate)| candidate.to_owned())
}
