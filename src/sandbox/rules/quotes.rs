//! Where words stand in the visible text of a body: across marks, within one line, with entities read and white space as one blank.

use std::ops::Range;

use quick_xml::escape::unescape;

/// Stands where a line ends or something stands that is no text.
const END: char = '\n';
/// Elements that are a part of the line they stand in.
const MARKS: [&str; 18] = [
    "a",
    "b",
    "big",
    "code",
    "del",
    "em",
    "font",
    "i",
    "ins",
    "s",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "sup",
    "u",
    "ac:inline-comment-marker",
];
/// Elements whose text is not shown as text of the page.
const HIDDEN: [&str; 7] = [
    "ac:default-parameter",
    "ac:parameter",
    "ac:placeholder",
    "ac:plain-text-body",
    "ac:task-id",
    "ac:task-status",
    "ac:task-uuid",
];

/// Each place where `quote` is read, as the pieces of the body that hold it.
pub(crate) fn places(storage: &str, quote: &str) -> Vec<Vec<Range<usize>>> {
    let wanted: Vec<char> = quote.split_whitespace().collect::<Vec<_>>().join(" ").chars().collect();
    let text = visible(storage);
    let mut found = Vec::new();
    let mut start = 0;
    while !wanted.is_empty() && start + wanted.len() <= text.len() {
        let here = text.get(start..start + wanted.len()).unwrap_or_default();
        if here.iter().map(|(sign, _)| sign).eq(&wanted) {
            found.push(pieces(here));
            start += wanted.len();
        } else {
            start += 1;
        }
    }
    found
}

/// Joins what lies side by side.
fn pieces(signs: &[(char, Range<usize>)]) -> Vec<Range<usize>> {
    let mut pieces: Vec<Range<usize>> = Vec::new();
    for (_, range) in signs {
        match pieces.last_mut() {
            Some(last) if last.end == range.start => last.end = range.end,
            _ => pieces.push(range.clone()),
        }
    }
    pieces
}

/// The characters that are seen, each with its bytes in the body.
fn visible(storage: &str) -> Vec<(char, Range<usize>)> {
    let mut signs: Vec<(char, Range<usize>)> = Vec::new();
    let mut hidden = 0_usize;
    let mut at = 0;
    while let Some(rest) = storage.get(at..).filter(|rest| !rest.is_empty()) {
        let end = at + token(rest);
        let token = storage.get(at..end).unwrap_or_default();
        if token.starts_with("<!") {
            signs.push((END, at..at));
        } else if let Some(tag) = token.strip_prefix('<') {
            let closes = tag.starts_with('/');
            let name = tag.trim_start_matches('/').split([' ', '/', '>', '\n']).next().unwrap_or_default();
            if HIDDEN.contains(&name) && !tag.ends_with("/>") {
                hidden = if closes { hidden.saturating_sub(1) } else { hidden + 1 };
            }
            if !MARKS.contains(&name) {
                signs.push((END, at..at));
            }
        } else if hidden == 0 {
            let read = if token.starts_with('&') { named(token) } else { token.chars().next().unwrap_or(END) };
            let sign = if read.is_whitespace() { ' ' } else { read };
            match signs.last_mut() {
                Some((' ', last)) if sign == ' ' => last.end = end,
                _ => signs.push((sign, at..end)),
            }
        }
        at = end;
    }
    signs
}

/// How many bytes the next tag, entity or character takes.
fn token(rest: &str) -> usize {
    let up_to = |end: &str| rest.find(end).map_or(rest.len(), |found| found + end.len());
    match rest {
        _ if rest.starts_with("<![CDATA[") => up_to("]]>"),
        _ if rest.starts_with("<!--") => up_to("-->"),
        _ if rest.starts_with('<') => up_to(">"),
        _ if rest.starts_with('&') && rest.find(';').is_some_and(|end| end < 12) => up_to(";"),
        _ => rest.chars().next().map_or(1, char::len_utf8),
    }
}

fn named(entity: &str) -> char {
    match (entity, unescape(entity)) {
        ("&nbsp;", _) => ' ',
        (_, Ok(text)) => text.chars().next().unwrap_or(END),
        (_, Err(_)) => char::REPLACEMENT_CHARACTER,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_across_marks_and_not_across_lines() {
        let body =
            "<p>Call the <b>night</b> desk &amp; wait.</p><p>Call  the night</p><ac:parameter>night</ac:parameter>";
        let marked = places(body, "the night desk & wait");
        let read: Vec<&str> = marked[0].iter().map(|piece| &body[piece.clone()]).collect();
        assert_eq!(read, ["the ", "night", " desk &amp; wait"]);
        assert_eq!((places(body, "call the night").len(), places(body, "Call the night").len()), (0, 2));
        assert_eq!((places(body, "wait. Call").len(), places(body, "night").len(), places(body, " ").len()), (0, 2, 0));
    }
}
