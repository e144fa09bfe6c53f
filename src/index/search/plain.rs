//! Markdown without its marks, on one line.

use crate::domain::text::is_invisible;

/// The words of a piece of Markdown: no marks, no line breaks, no addresses of links; at most so many characters, cut
/// between words with `…`.
pub(super) fn plain(markdown: &str, most: usize) -> String {
    let mut plain = String::new();
    for line in markdown.lines() {
        let line = line.trim_start();
        let line = line.trim_start_matches(['#', '>']).trim_start();
        let line =
            ["- [ ] ", "- [x] ", "- ", "* ", "+ "].iter().find_map(|mark| line.strip_prefix(mark)).unwrap_or(line);
        if line.starts_with("```") || line.starts_with("~~~") || line.chars().all(|sign| "|-: =*_".contains(sign)) {
            continue;
        }
        plain.push(' ');
        words(line, &mut plain);
        if plain.len() > 5 * most {
            break;
        }
    }
    cut(&plain, most)
}

fn words(line: &str, plain: &mut String) {
    let mut rest = line;
    while let Some(sign) = rest.chars().next() {
        let after = rest.get(sign.len_utf8()..).unwrap_or_default();
        rest = after;
        match sign {
            '`' | '*' | '[' => {}
            '|' => plain.push(' '),
            '~' if after.starts_with('~') => {}
            '\\' if after.starts_with(|next: char| next.is_ascii_punctuation() && next != '\\') => {}
            '!' if after.starts_with('[') => {}
            ']' => {
                // The address of a link goes; one that is cut off too.
                if let Some(address) = after.strip_prefix('(') {
                    rest = address.split_once(')').map_or("", |(_, left)| left);
                }
            }
            '<' => match after.split_once('>') {
                Some((tag, left)) if is_tag(tag) => {
                    plain.push(' ');
                    rest = left;
                }
                _ => plain.push('<'),
            },
            sign if !matches!(sign, ' '..='~') && is_invisible(sign) => {}
            sign => plain.push(sign),
        }
    }
}

fn is_tag(text: &str) -> bool {
    let name = text.trim_start_matches('/');
    text.len() <= 200 && name.starts_with(|sign: char| sign.is_ascii_alphabetic()) && !text.contains('<')
}

/// The text with single spaces, cut between words.
fn cut(text: &str, most: usize) -> String {
    let mut line = String::new();
    let mut length = 0;
    for word in text.split_whitespace() {
        let signs = word.chars().count();
        if length > 0 && length + 1 + signs > most {
            line.push('…');
            return line;
        }
        if length > 0 {
            line.push(' ');
            length += 1;
        }
        // A word longer than a whole piece, or a script without spaces.
        line.extend(word.chars().take(most));
        length += signs;
        if signs > most {
            line.push('…');
            return line;
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_is_shown_without_its_marks() {
        for (markdown, text) in [
            ("## Reset `vpn`\n\n**Call** the [desk](https://example.org/a(b)) now", "Reset vpn Call the desk) now"),
            ("| Key | Value |\n|---|:--|\n| a | 1 |", "Key Value a 1"),
            ("- [ ] one\n- two\n> three", "one two three"),
            ("```sh\nls -la\n```", "ls -la"),
            ("a\\_b C:\\Windows a &lt; b", "a_b C:\\Windows a &lt; b"),
            ("![shot](x.png) <br> 1 < 2 <b>c</b>", "shot 1 < 2 c"),
            ("open [link](https://exam", "open link"),
            ("a\u{202e}b\u{0}c", "abc"),
        ] {
            assert_eq!(plain(markdown, 100), text, "{markdown}");
        }
        assert_eq!(plain("one two three", 8), "one two…");
        assert_eq!(plain(&"密".repeat(50), 8), format!("{}…", "密".repeat(8)));
    }
}
