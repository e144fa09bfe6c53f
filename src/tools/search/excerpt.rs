//! Excerpts of hits as plain text: highlight marks dropped, character references read, one cut line.

use crate::domain::text::clean_text;

/// Longest excerpt, in characters.
const LENGTH: usize = 300;
/// Longest character reference, such as `hellip;`.
const REFERENCE: usize = 12;

/// An excerpt or title of a search as plain text on one line.
pub(super) fn plain(marked: &str) -> String {
    let unmarked = marked.replace("@@@hl@@@", "").replace("@@@endhl@@@", "");
    let text = clean_text(&decoded(&unmarked)).text;
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
        if let Some((cut, _)) = line.char_indices().nth(LENGTH) {
            line.truncate(cut);
            line.push('…');
            break;
        }
    }
    line
}

/// Reads character references once; what is none stays as it is.
fn decoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let end = after.bytes().take(REFERENCE).position(|byte| byte == b';');
        let name = end.and_then(|end| after.get(..end));
        if let Some((name, sign)) = name.and_then(|name| Some((name, character(name)?))) {
            out.push(sign);
            rest = after.get(name.len() + 1..).unwrap_or_default();
        } else {
            out.push('&');
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

fn character(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16),
            None => number.parse(),
        };
        return char::from_u32(code.ok()?);
    }
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        "hellip" => '…',
        "ndash" => '–',
        "mdash" => '—',
        "lsquo" => '‘',
        "rsquo" => '’',
        "ldquo" => '“',
        "rdquo" => '”',
        "bull" => '•',
        "middot" => '·',
        "auml" => 'ä',
        "ouml" => 'ö',
        "uuml" => 'ü',
        "Auml" => 'Ä',
        "Ouml" => 'Ö',
        "Uuml" => 'Ü',
        "szlig" => 'ß',
        "eacute" => 'é',
        "egrave" => 'è',
        "agrave" => 'à',
        "ccedil" => 'ç',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_is_plain_text_on_one_line() {
        let marked =
            "Reset the @@@hl@@@VPN@@@endhl@@@\n  for R&amp;D &lt;b&gt; &#8211; &#x2019;s\u{202e} &nope; & &amp;lt;";
        assert_eq!(plain(marked), "Reset the VPN for R&D <b> – ’s &nope; & &lt;");
    }

    #[test]
    fn invisible_characters_do_not_come_in_by_reference() {
        assert_eq!(plain("a&#x202e;b&#8203;c&#0;d&#xD800;"), "abcd&#xD800;");
    }

    #[test]
    fn hostile_excerpts_are_cut() {
        assert_eq!(plain(&"x".repeat(1 << 20)).chars().count(), LENGTH + 1);
        assert_eq!(plain(&"&".repeat(100_000)).chars().count(), LENGTH + 1);
        assert_eq!(plain(&"&#".repeat(100_000)).chars().count(), LENGTH + 1);
    }
}
