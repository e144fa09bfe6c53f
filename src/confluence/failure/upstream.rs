//! What Confluence said when it refused, made harmless.

use std::fmt;

use crate::domain::text::one_line;

/// What Confluence said when it refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upstream {
    /// The HTTP status.
    pub status: u16,
    /// Its words, made harmless.
    pub said: Option<Quote>,
    /// Confluence's name for the request.
    pub trace: Option<String>,
}

impl Upstream {
    /// The words as the end of a sentence of ours.
    pub(super) fn saying(&self) -> String {
        self.said.as_ref().map(|quote| format!(": {quote}")).unwrap_or_default()
    }
}

/// Somebody else's words: one line, cut, without control characters, always shown in quotation marks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quote(String);

impl Quote {
    const LENGTH: usize = 240;

    /// Makes text harmless; `None` where nothing is left.
    pub fn of(text: &str) -> Option<Self> {
        let line = one_line(text, Self::LENGTH).replace('"', "'");
        (!line.is_empty()).then_some(Self(line))
    }

    /// The words, without quotation marks.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Quote {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "\"{}\"", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_words_are_cut_quoted_and_cannot_hide_anything() {
        let quote = Quote::of("  a\r\n\u{1b}[31m\"b\"\u{202e}c`d` \u{200b} e\u{0}\u{3164}\u{fe0f}\u{34f} ").unwrap();
        assert_eq!(quote.to_string(), "\"a [31m'b'c'd' e\"");
        assert_eq!(Quote::of(" \u{200b}\n\u{7}"), None);
        let long = Quote::of(&"x ".repeat(100_000)).unwrap();
        assert!(long.as_str().ends_with("x x…") && long.as_str().chars().count() <= Quote::LENGTH + 1);
        let long = Quote::of(&"ä".repeat(100_000)).unwrap();
        assert!(long.as_str().chars().count() <= Quote::LENGTH + 1);
    }
}
