//! Formulas between dollar signs, told apart from amounts of money and names of variables.
//!
//! Storage format holds a formula as the very text, dollar signs included: no app is needed to read the page, and the text
//! comes back as the formula it was.

use std::borrow::Cow;
use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser};

/// Each pass ends at least half of the pairs that are none; where more are needed, nothing in the text is a formula.
const MAX_PASSES: usize = 12;
/// Braces within each other that the reader of Markdown counts exactly.
const MAX_BRACES: usize = 20;

/// The Markdown with a backslash before every dollar sign that would begin a formula and does not, and whether formulas may
/// be read from it.
pub(super) fn without_prose(markdown: &str, options: Options) -> (Cow<'_, str>, bool) {
    let mut source = Cow::Borrowed(markdown);
    if markdown.bytes().filter(|byte| *byte == b'$').count() < 2 {
        return (source, true);
    }
    for _ in 0..MAX_PASSES {
        let events = Parser::new_ext(&source, options | Options::ENABLE_MATH).into_offset_iter();
        let mut prose: Vec<usize> = Vec::new();
        for (event, range) in events {
            match event {
                Event::InlineMath(inside) if !is_inline(&source, &range, &inside) => prose.push(range.start),
                Event::DisplayMath(inside) if !is_source(&spaced(&inside)) => {
                    prose.extend([range.start, range.start + 1]);
                }
                _ => {}
            }
        }
        if prose.is_empty() {
            return (source, true);
        }
        // Footnotes come when they are referred to, not in their order.
        prose.sort_unstable();
        let mut escaped = String::with_capacity(source.len() + prose.len());
        let mut from = 0;
        for at in prose {
            escaped.extend([source.get(from..at).unwrap_or_default(), "\\"]);
            from = at;
        }
        escaped.push_str(source.get(from..).unwrap_or_default());
        source = Cow::Owned(escaped);
    }
    (source, false)
}

fn is_inline(source: &str, range: &Range<usize>, inside: &str) -> bool {
    let before = source.get(..range.start).and_then(|text| text.chars().next_back());
    let after = source.get(range.end..).and_then(|text| text.chars().next());
    let formula = format!("${}$", spaced(inside));
    formula_at(&formula, before, after) == Some(formula.len())
}

/// A formula's source on one line, as storage format keeps it.
pub(super) fn spaced(source: &str) -> String {
    source.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The length of the formula, dollar signs included, that a text beginning with one starts with; `before` and `after` are
/// the characters around the text.
pub(super) fn formula_at(text: &str, before: Option<char>, after: Option<char>) -> Option<usize> {
    if matches!(before, Some('$' | '\\')) {
        return None;
    }
    let (delimiter, rest) = match text.strip_prefix("$$") {
        Some(rest) => ("$$", rest),
        None => ("$", text.strip_prefix('$')?),
    };
    let end = rest.find('$')?;
    let (source, further) = rest.split_at(end);
    let further = further.strip_prefix(delimiter)?;
    let after = further.chars().next().or(after);
    let holds = is_source(source.trim()) && after != Some('$');
    let alphanumeric = |side: Option<char>| side.is_some_and(char::is_alphanumeric);
    let is_formula = delimiter == "$$" || (!alphanumeric(before) && !alphanumeric(after) && !is_prose(source));
    (holds && is_formula).then_some(source.len() + 2 * delimiter.len())
}

/// Whether two dollar signs around this would be taken for a formula whatever stands around them.
fn is_source(source: &str) -> bool {
    let mut depth = 0_usize;
    let mut characters = source.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '$' | '`' => return false,
            '\\' => match characters.peek() {
                None | Some('$') => return false,
                Some(next) if next.is_ascii_punctuation() => drop(characters.next()),
                Some(_) => {}
            },
            '{' => depth += 1,
            '}' if depth == 0 => return false,
            '}' => depth -= 1,
            _ if character.is_control() => return false,
            _ => {}
        }
        if depth > MAX_BRACES {
            return false;
        }
    }
    depth == 0 && !source.trim().is_empty()
}

/// Words with spaces between them and nothing mathematical are no formula.
fn is_prose(source: &str) -> bool {
    let at_end = source.starts_with(char::is_whitespace) || source.ends_with(char::is_whitespace);
    at_end || (source.contains(char::is_whitespace) && !source.contains(['\\', '^', '_', '=', '+', '<', '>', '{']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_told_from_money_and_variables() {
        for formula in ["$x$", "$a_1 + b^2$", "$\\frac{a}{b}$", "$$ x y $$", "$f(x)$"] {
            assert_eq!(formula_at(formula, None, None), Some(formula.len()), "{formula}");
        }
        for prose in ["$5 and $6", "$5 or 6$", "$ x$", "$}$", "$HOME/bin:$PATH", "$$", "$5** or **$6"] {
            assert_eq!(formula_at(prose, None, None), None, "{prose}");
        }
        assert_eq!(formula_at("$x$", Some('a'), None), None);
    }

    #[test]
    fn dollars_that_begin_no_formula_get_a_backslash() {
        let options = Options::ENABLE_TABLES;
        for (markdown, kept) in [
            ("**$5** or **$6**", "**\\$5** or **$6**"),
            ("`$a` and $x^2$", "`$a` and $x^2$"),
            ("$HOME/bin:$PATH", "\\$HOME/bin:$PATH"),
            ("$5 and $6", "$5 and $6"),
        ] {
            assert_eq!(without_prose(markdown, options), (Cow::Borrowed(kept), true));
        }
    }
}
