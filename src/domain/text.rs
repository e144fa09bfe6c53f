//! Text from a site made safe to show: invisible characters removed, quotations cut to one line.

/// A text without invisible characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cleaned {
    /// What is left.
    pub text: String,
    /// How many characters were removed.
    pub stripped: usize,
}

/// Removes control characters (line breaks and tabs stay), zero-width and bidirectional characters, tag characters and
/// other invisible format characters. A carriage return before a line break goes uncounted; the joiners and variation marks
/// that emoji and some scripts are written with stay.
pub fn clean_text(text: &str) -> Cleaned {
    let mut cleaned = Cleaned { text: String::with_capacity(text.len()), stripped: 0 };
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\r' if characters.peek() == Some(&'\n') => {}
            '\r' => cleaned.text.push('\n'),
            _ if is_invisible(character) && !joins(cleaned.text.chars().next_back(), character, characters.peek()) => {
                cleaned.stripped += 1;
            }
            _ => cleaned.text.push(character),
        }
    }
    cleaned
}

/// Writes what [`clean_text`] would remove as `shown` says, so that people see it.
pub fn replace_invisible(text: &str, mut shown: impl FnMut(char) -> String) -> String {
    let mut replaced = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\r' if characters.peek() == Some(&'\n') => {}
            _ if is_invisible(character) && !joins(replaced.chars().next_back(), character, characters.peek()) => {
                replaced.push_str(&shown(character));
            }
            _ => replaced.push(character),
        }
    }
    replaced
}

/// A text in which invisible and bidirectional characters are seen as `\u{202e}`.
pub fn escaped(text: &str) -> String {
    replace_invisible(text, |character| character.escape_unicode().to_string())
}

/// Whether an invisible character does its honest work: one joiner inside an emoji or between letters of scripts that need
/// it, or the mark that asks for an emoji's coloured form.
fn joins(before: Option<char>, character: char, after: Option<&char>) -> bool {
    let written =
        |side: Option<char>| side.is_some_and(|side| !side.is_ascii() && side > '\u{5ff}' && !side.is_whitespace());
    match character {
        '\u{200c}' | '\u{200d}' => {
            let before = before.filter(|before| *before == '\u{fe0f}' || !is_invisible(*before));
            written(before) && written(after.copied().filter(|after| !is_invisible(*after)))
        }
        '\u{fe0f}' => before.is_some_and(|before| {
            !is_invisible(before)
                && (written(Some(before)) || before.is_ascii_digit() || matches!(before, '#' | '*' | '©' | '®'))
        }),
        _ => false,
    }
}

/// Whether a reader cannot see the character although a machine reads it.
pub fn is_invisible(character: char) -> bool {
    match character {
        '\n' | '\t' => false,
        '\u{ad}'
        | '\u{34f}'
        | '\u{61c}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}' => true,
        other => other.is_control(),
    }
}

/// Whether a character that begins with this byte in UTF-8 can be invisible, or white space other than a space.
///
/// Most writing has no such byte, which a look at its bytes tells sooner than one at its characters.
pub fn may_be_invisible(first: u8) -> bool {
    #[expect(clippy::indexing_slicing, reason = "worked out by the compiler")]
    const KNOWN: [bool; 256] = {
        let mut known = [false; 256];
        let mut first = 0;
        while first < known.len() {
            known[first] = matches!(first, 0..=0x1f | 0x7f | 0xc2 | 0xcd | 0xd8 | 0xe1..=0xe3 | 0xef | 0xf0 | 0xf3);
            first += 1;
        }
        known
    };
    KNOWN.get(usize::from(first)).copied().unwrap_or(true)
}

/// Whether a sign can make text look different from what it is: direction marks and overrides.
pub fn turns_text_around(sign: char) -> bool {
    matches!(sign, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A text as one line of ours repeats it: without control, invisible and bidirectional characters.
pub fn visible(text: &str) -> String {
    text.chars().filter(|sign| !sign.is_control() && !is_invisible(*sign)).collect()
}

/// Quotes a text that is not ours inside a sentence of ours: one line, cleaned, cut to `max_chars`, between backticks.
pub fn quoted(text: &str, max_chars: usize) -> String {
    format!("`{}`", one_line(text, max_chars))
}

/// A text that is not ours on one line: cleaned, without backticks, cut to `max_chars`.
pub fn one_line(text: &str, max_chars: usize) -> String {
    let mut visible = String::new();
    let mut length = 0;
    let mut gap = false;
    for character in text.chars() {
        if character.is_whitespace() || character.is_control() {
            gap = length > 0;
            continue;
        }
        if is_invisible(character) {
            continue;
        }
        length += usize::from(gap) + 1;
        if length > max_chars {
            visible.push('…');
            break;
        }
        if gap {
            visible.push(' ');
        }
        gap = false;
        visible.push(if character == '`' { '\'' } else { character });
    }
    visible
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invisible_characters_are_removed_and_counted() {
        let cleaned = clean_text("a\u{200b}b\u{202e}c\u{e0041}\u{7}\tx\r\ny");
        assert_eq!(cleaned, Cleaned { text: "abc\tx\ny".into(), stripped: 4 });
    }

    #[test]
    fn ordinary_writing_stays_as_it_is() {
        let text = "Größe → 漢字 한국어 עברית 😀 naïve ⚠️ 👩‍💻 می‌خواهم 1️⃣";
        assert_eq!(clean_text(text), Cleaned { text: text.into(), stripped: 0 });
    }

    #[test]
    fn no_first_byte_of_an_invisible_character_is_missed() {
        let mut bytes = [0; 4];
        for sign in '\0'..=char::MAX {
            if is_invisible(sign) || (sign.is_whitespace() && sign != ' ') {
                assert!(may_be_invisible(sign.encode_utf8(&mut bytes).as_bytes()[0]), "{sign:?}");
            }
        }
        assert!((0x80..=0xbf).all(|further| !may_be_invisible(further)));
    }

    #[test]
    fn joiners_and_variation_marks_hide_nothing() {
        assert_eq!(clean_text("a\u{200d}b\u{fe0f}").text, "ab");
        assert_eq!(clean_text("😀\u{fe0f}\u{fe0f}\u{fe01}\u{200d}\u{200d}").text, "😀\u{fe0f}");
    }

    #[test]
    fn a_quotation_is_one_cut_line_without_backticks() {
        assert_eq!(quoted("a `b`\n\n c", 40), "`a 'b' c`");
        assert_eq!(quoted("abcdefgh", 5), "`abcde…`");
        assert_eq!(quoted("ab cd ef", 6), "`ab cd…`");
        assert_eq!(quoted("now\u{1b}[2J", 9), "`now [2J`");
        assert_eq!(quoted("\u{202e}", 5), "``");
    }
}
