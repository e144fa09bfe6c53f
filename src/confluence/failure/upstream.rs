//! What Confluence said when it refused, made harmless.

use std::fmt;

use crate::domain::text::is_invisible;

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
        let mut out = String::new();
        for word in text.split(|sign: char| sign.is_whitespace() || sign.is_control()) {
            let word = word.chars().filter(|sign| !is_invisible(*sign)).map(|sign| match sign {
                '"' | '`' => '\'',
                other => other,
            });
            let before = out.len();
            if !out.is_empty() {
                out.push(' ');
            }
            let start = out.len();
            out.extend(word.take(Self::LENGTH));
            if out.len() == start {
                out.truncate(before);
            }
            if let Some((cut, _)) = out.char_indices().nth(Self::LENGTH) {
                out.truncate(cut);
                out.push('…');
                break;
            }
        }
        (!out.is_empty()).then_some(Self(out))
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
        assert_eq!(long.as_str().chars().count(), Quote::LENGTH + 1);
        let long = Quote::of(&"ä".repeat(100_000)).unwrap();
        assert!(long.as_str().chars().count() <= Quote::LENGTH + 1);
    }
}
