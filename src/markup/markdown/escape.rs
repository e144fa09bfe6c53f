//! Page text made safe inside Markdown: a backslash only where the text would otherwise become structure.

use std::borrow::Cow;

use super::formulas::formula_at;
use super::words;

/// Writes text; `after` is the character that follows it.
pub(super) fn text(out: &mut String, text: &str, after: Option<char>, signs: Signs, within: Within) {
    let mut rest = text;
    while let Some(at) = rest.bytes().position(may_be_markup) {
        let (plain, here) = rest.split_at(at);
        out.push_str(plain);
        let before = out.chars().next_back();
        // Between its dollar signs a formula is left as it is.
        if let Some(length) = formula_at(here, before, after) {
            let (formula, further) = here.split_at(length);
            out.push_str(formula);
            rest = further;
            continue;
        }
        let mut characters = here.chars();
        let Some(character) = characters.next() else { return };
        rest = characters.as_str();
        let next = characters.next().or(after);
        // A line end stands for a break, which is written with a sign of its own.
        let open =
            next.is_none_or(|next| next.is_whitespace() && next != '\n') && before.is_none_or(char::is_whitespace);
        let escaped = match character {
            '\\' => next.is_none_or(|next| next.is_ascii_punctuation() || next == '\n'),
            '`' => true,
            '*' => !open,
            '_' => !open && (before.is_none_or(|c| !c.is_alphanumeric()) || next.is_none_or(|c| !c.is_alphanumeric())),
            '~' => signs.tildes == Tildes::Several && !open,
            '$' => {
                signs.dollars == Dollars::Paired && next.is_some_and(|next| next == '\n' || !next.is_ascii_whitespace())
            }
            ':' => words::emoji_at(here, before).is_some(),
            '@' => words::mention_at(here).is_some(),
            '{' => words::marker_at(here).is_some(),
            '[' => within == Within::Link || next == Some('['),
            ']' => within == Within::Link || matches!(next, Some('(' | ':' | '[')),
            '<' => next.is_some_and(|next| next.is_ascii_alphabetic() || matches!(next, '/' | '!' | '?')),
            '&' => is_reference(rest),
            '!' => next == Some('[') && rest.is_empty(),
            _ => false,
        };
        if escaped {
            out.push('\\');
        }
        out.push(character);
    }
    out.push_str(rest);
}

fn may_be_markup(byte: u8) -> bool {
    #[expect(clippy::indexing_slicing, reason = "worked out by the compiler")]
    const KNOWN: [bool; 256] = {
        let mut known = [false; 256];
        let signs = b"\\`*_~$:@{[]<&!";
        let mut at = 0;
        while at < signs.len() {
            known[signs[at] as usize] = true;
            at += 1;
        }
        known
    };
    KNOWN.get(usize::from(byte)).copied().unwrap_or(true)
}

/// Signs that mean something only where a line has several of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Signs {
    pub tildes: Tildes,
    pub dollars: Dollars,
}

/// Whether a line has dollar signs that could hold a formula between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dollars {
    Apart,
    Paired,
}

/// Whether a line has so many tildes that two could strike out what is between them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tildes {
    AtMostOne,
    Several,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Within {
    Line,
    Link,
}

/// Whether what follows an `&` makes it an entity.
fn is_reference(rest: &str) -> bool {
    let name = rest.strip_prefix('#').unwrap_or(rest);
    let end = name.bytes().take(34).position(|byte| !byte.is_ascii_alphanumeric());
    end.is_some_and(|end| end > 0 && name.as_bytes().get(end) == Some(&b';'))
}

/// Escapes what would make a rendered line a heading, list item, quotation, rule, table or checkbox.
pub(super) fn line_start(line: &str) -> Cow<'_, str> {
    if !line.starts_with(|first: char| first.is_ascii_digit() || first.is_ascii_punctuation()) {
        return Cow::Borrowed(line);
    }
    let first_word = line.split(' ').next().unwrap_or_default();
    let bare = |marks: &str| line.chars().all(|character| character == ' ' || marks.contains(character));
    let first = line.chars().next().unwrap_or(' ');
    let structural = match first {
        '#' => first_word.len() <= 6 && first_word.chars().all(|character| character == '#'),
        '>' => true,
        '-' | '+' | '*' => first_word.len() == 1 || bare("-") || bare("|-:"),
        '=' => bare("="),
        '|' | ':' => bare("|-:"),
        '[' => is_bracketed_word(line),
        '~' => line.starts_with("~~~"),
        '0'..='9' => {
            let digits = first_word.trim_start_matches(|character: char| character.is_ascii_digit());
            let delimiter = first_word.len() - digits.len();
            if delimiter <= 9 && matches!(digits, "." | ")") {
                let (number, rest) = line.split_at(delimiter);
                return Cow::Owned(format!("{number}\\{rest}"));
            }
            false
        }
        _ => false,
    };
    if structural { Cow::Owned(format!("\\{line}")) } else { Cow::Borrowed(line) }
}

/// Whether a line begins with a checkbox or with the word of a panel.
fn is_bracketed_word(line: &str) -> bool {
    let Some((word, rest)) = line.strip_prefix('[').and_then(|line| line.split_once(']')) else { return false };
    let is_panel = word.strip_prefix('!').is_some_and(|word| word.chars().all(char::is_alphabetic));
    (is_panel || matches!(word, " " | "x" | "X")) && !rest.starts_with('(')
}

/// Text inside the info string of a fence or a title in quotes.
pub(super) fn quoted_title(title: &str) -> String {
    let mut out = String::with_capacity(title.len());
    let mut rest = title;
    while let Some(character) = rest.chars().next() {
        rest = rest.get(character.len_utf8()..).unwrap_or_default();
        match character {
            '`' => out.push('\''),
            '"' | '\\' => out.extend(['\\', character]),
            '&' if is_reference(rest) => out.push_str("\\&"),
            _ if character.is_whitespace() => out.push(' '),
            _ => out.push(character),
        }
    }
    out
}

/// The address of a link or image, in pointed brackets where needed.
pub(super) fn destination(address: &str) -> String {
    let mut depth = 0_i32;
    let mut plain = !address.is_empty() && !address.starts_with('<');
    for character in address.chars() {
        match character {
            '(' => depth += 1,
            ')' => depth -= 1,
            '\\' | '*' | '`' | '[' | ']' => plain = false,
            _ if character.is_whitespace() || character.is_control() => plain = false,
            _ => {}
        }
        plain &= (0..=8).contains(&depth);
    }
    plain &= depth == 0;
    let mut out = String::with_capacity(address.len() + 2);
    let mut rest = address;
    while let Some(character) = rest.chars().next() {
        rest = rest.get(character.len_utf8()..).unwrap_or_default();
        match character {
            '\n' | '\r' => out.push_str("%0A"),
            '<' | '>' | '\\' if !plain => out.extend(['\\', character]),
            '&' if is_reference(rest) => out.push_str("\\&"),
            _ => out.push(character),
        }
    }
    if plain { out } else { format!("<{out}>") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn escaped(plain: &str) -> String {
        let mut out = String::new();
        let signs = Signs { tildes: Tildes::AtMostOne, dollars: Dollars::Paired };
        text(&mut out, plain, None, signs, Within::Line);
        line_start(&out).into_owned()
    }

    #[test]
    fn text_that_looks_like_structure_is_escaped() {
        for (plain, expected) in [
            ("# no heading", "\\# no heading"),
            ("- no item", "\\- no item"),
            ("1. no item", "1\\. no item"),
            ("> no quotation", "\\> no quotation"),
            ("---", "\\---"),
            ("| - |", "\\| - |"),
            ("[ ] no task", "\\[ ] no task"),
            ("[!NOTE]", "\\[!NOTE]"),
            ("a `b` *c* _d_", "a \\`b\\` \\*c\\* \\_d\\_"),
            ("[a](b)", "[a\\](b)"),
            ("<b> &amp;", "\\<b> \\&amp;"),
            ("[[Page]]", "\\[[Page]]"),
            (":tick: 10:30:", "\\:tick: 10:30:"),
            ("{{macro x #h1}} {{x}}", "\\{{macro x #h1}} {{x}}"),
            ("@[712020:a] @[b]", "\\@[712020:a] @[b]"),
            ("$a_*b*$ but $5 or 6$", "$a_*b*$ but \\$5 or 6$"),
        ] {
            assert_eq!(escaped(plain), expected);
        }
    }

    #[test]
    fn ordinary_text_stays_as_it_is() {
        for plain in
            ["snake_case_name", "2 * 3", "a < b & c", "C:\\temp", "#hash", "-5 °C", "[TODO] x", "1.5 GB", "~5 min"]
        {
            assert_eq!(escaped(plain), plain);
        }
    }
}
