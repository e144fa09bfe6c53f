//! The words a reader sees in a storage-format body: tags gone, code kept.

/// The text of a storage-format body in one line.
///
/// Tags, comments and the settings of macros are left out; the text of code blocks is kept and entities are resolved.
/// Whatever the body holds, the result is no longer than the body and takes one pass.
pub fn plain_text(storage: &str) -> String {
    let mut text = String::with_capacity(storage.len() / 2);
    let mut rest = storage;
    while let Some(start) = rest.find(['<', '&']) {
        let (before, from) = rest.split_at(start);
        text.push_str(before);
        rest = if from.starts_with('&') {
            entity(from, &mut text)
        } else if let Some(verbatim) = from.strip_prefix("<![CDATA[") {
            let (code, after) = verbatim.split_once("]]>").unwrap_or((verbatim, ""));
            text.push_str(code);
            // A CDATA end inside code is written as two sections back to back.
            if !after.starts_with("<![CDATA[") {
                text.push(' ');
            }
            after
        } else if let Some(comment) = from.strip_prefix("<!--") {
            comment.split_once("-->").map_or("", |(_, after)| after)
        } else {
            tag(from, &mut text)
        };
    }
    text.push_str(rest);
    let mut line = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

/// Skips the tag that `from` begins with, and the content of tags that hold settings.
fn tag<'a>(from: &'a str, text: &mut String) -> &'a str {
    let end = tag_end(from);
    let (whole, after) = from.split_at(end);
    let inside = whole.trim_start_matches(['<', '/']).trim_end_matches(['>', '/']);
    let name = inside.split(|character: char| character.is_whitespace()).next().unwrap_or_default();
    if !INLINE.contains(&name) {
        text.push(' ');
    }
    if name == "time" {
        let day = inside.split("datetime=\"").nth(1).and_then(|rest| rest.split('"').next());
        text.push_str(day.unwrap_or_default());
    }
    let opens = !whole.starts_with("</") && !whole.ends_with("/>");
    let shown = inside.contains("ac:name=\"title\"");
    if opens && SETTINGS.contains(&name) && !shown {
        return after.find("</").map_or("", |close| after.get(close..).unwrap_or_default());
    }
    after
}

const INLINE: [&str; 11] =
    ["strong", "em", "u", "s", "code", "sub", "sup", "span", "a", "b", "ac:inline-comment-marker"];
const SETTINGS: [&str; 4] = ["ac:parameter", "ac:task-id", "ac:task-uuid", "ac:task-status"];

fn tag_end(from: &str) -> usize {
    let mut quote = None;
    for (at, byte) in from.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return at + 1,
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), close) if open == close => quote = None,
            _ => {}
        }
    }
    from.len()
}

fn entity<'a>(from: &'a str, text: &mut String) -> &'a str {
    let longest = from.bytes().take(12).position(|byte| byte == b';');
    let Some((name, after)) = longest.and_then(|end| Some((from.get(1..end)?, from.get(end + 1..)?))) else {
        text.push('&');
        return from.get(1..).unwrap_or_default();
    };
    match character(name) {
        Some(character) => text.push(character),
        None => text.push(' '),
    }
    after
}

fn character(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code);
    }
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "ndash" => '–',
        "mdash" => '—',
        "lsquo" => '‘',
        "rsquo" => '’',
        "ldquo" => '“',
        "rdquo" => '”',
        "hellip" => '…',
        "rarr" => '→',
        "larr" => '←',
        "times" => '×',
        "deg" => '°',
        "euro" => '€',
        "auml" => 'ä',
        "ouml" => 'ö',
        "uuml" => 'ü',
        "szlig" => 'ß',
        "eacute" => 'é',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_go_and_text_and_code_stay() {
        let body = "<h1>Wi<strong>Fi</strong></h1><p>a &amp; b&nbsp;c&rsquo;s</p><ac:structured-macro ac:name=\"code\">\
            <ac:parameter ac:name=\"language\">bash</ac:parameter><ac:plain-text-body><![CDATA[ls <dir> ]]]]><![CDATA[> x]]>\
            </ac:plain-text-body></ac:structured-macro><!-- gone --><a title=\"x > y\">link</a> <time datetime=\"2026-04-01\" />";
        assert_eq!(plain_text(body), "WiFi a & b c’s ls <dir> ]]> x link 2026-04-01");
    }

    #[test]
    fn the_title_of_a_status_is_text_and_its_colour_is_not() {
        let body =
            "<ac:parameter ac:name=\"title\">DONE</ac:parameter><ac:parameter ac:name=\"colour\">Green</ac:parameter>";
        assert_eq!(plain_text(body), "DONE");
    }

    #[test]
    fn broken_markup_is_read_to_its_end() {
        for body in [
            "<",
            "<p",
            "<p title=\"",
            "&",
            "&amp",
            "&#xFFFFFFFF;",
            "<![CDATA[x",
            "<!--",
            "a<b>",
            "<ac:parameter>x",
            "</",
            "&€€€€€€;",
        ] {
            assert!(plain_text(body).len() <= body.len() + 1, "{body}");
        }
    }
}
