//! A mistake in a profile file: where it stands, what is wrong, and the word that was probably meant.

use std::fmt;

use crate::domain::spelling::position;
use crate::domain::text;

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

/// More than this many mistakes in one file help nobody.
const MOST_MISTAKES: usize = 20;

/// The mistakes found so far in one text.
pub(crate) struct Mistakes<'a> {
    source: &'a str,
    text: &'a str,
    found: Vec<Mistake>,
}

impl<'a> Mistakes<'a> {
    /// None yet; `source` names the text in messages.
    pub(crate) fn of(source: &'a str, text: &'a str) -> Self {
        Self { source, text, found: Vec::new() }
    }

    /// Notes a mistake at this byte of the text.
    pub(crate) fn add(&mut self, offset: usize, message: &str, nearest: Option<&str>) {
        if self.found.len() == MOST_MISTAKES {
            return;
        }
        let (line, column) = position(self.text, offset);
        let (source, message) = (self.source.to_owned(), on_one_line(message));
        self.found.push(Mistake { source, line, column, message, nearest: nearest.map(str::to_owned) });
    }

    /// Whether none was found so far.
    pub(crate) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// In the order of the file, each once.
    pub(crate) fn sorted(mut self) -> Vec<Mistake> {
        self.found.sort_by_key(|mistake| (mistake.line, mistake.column));
        self.found.dedup();
        self.found
    }
}

/// A message a terminal can show: nothing invisible, and not without end.
fn on_one_line(message: &str) -> String {
    let fits = |sign: char| if sign.is_control() || text::is_invisible(sign) { '\u{fffd}' } else { sign };
    let mut cut: String = message.chars().take(300).map(fits).collect();
    if message.chars().nth(300).is_some() {
        cut.push('…');
    }
    cut
}

/// A word of the file as a message quotes it.
pub(super) fn quoted(word: &str) -> String {
    text::quoted(word, 60)
}
