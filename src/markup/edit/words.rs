//! Words found on a page as they are read, and replaced where they stand.

use std::ops::Range;

use crate::markup::merge::Patch;
use crate::markup::storage::{Token, Tokens, escaped_exact, escaped_text, resolve_entities};

/// Stands where a line ends or something stands that is no text.
const GAP: char = '\u{1}';

/// The text of a body and where each piece of it comes from.
#[derive(Default)]
struct Text {
    out: String,
    pieces: Vec<Piece>,
}

struct Piece {
    /// Where it begins in the text.
    at: usize,
    /// Its bytes in the body.
    range: Range<usize>,
    /// Whether each of its bytes stands for itself.
    is_plain: bool,
    in_cdata: bool,
}

/// All places where `find` is read within these bytes, each with the patches that put `replace` there.
pub(super) fn replacements(
    source: &str,
    within: &Range<usize>,
    find: &str,
    replace: &str,
    operation: usize,
) -> Vec<Vec<Patch>> {
    let text = text(source, within);
    let spaced = find.split_whitespace().collect::<Vec<_>>().join(" ");
    let exact: Vec<usize> = text.out.match_indices(find).map(|(at, _)| at).collect();
    let (found, length) = if exact.is_empty() && !spaced.is_empty() {
        (text.out.match_indices(&spaced).map(|(at, _)| at).collect(), spaced.len())
    } else {
        (exact, find.len())
    };
    found.into_iter().map(|at| text.patches(&(at..at + length), replace, operation)).collect()
}

/// How often `quote` is read on a page, a run of white space counted as one space; words in code, which cannot carry a
/// comment, are not. With it the words as the page has them.
pub fn occurrences(source: &str, quote: &str) -> (usize, String) {
    let spaced = quote.split_whitespace().collect::<Vec<_>>().join(" ");
    if spaced.is_empty() {
        return (0, spaced);
    }
    let text = text(source, &(0..source.len()));
    let mut read = String::with_capacity(text.out.len());
    let ends = text.pieces.iter().skip(1).map(|piece| piece.at).chain([text.out.len()]);
    for (piece, end) in text.pieces.iter().zip(ends) {
        let words = text.out.get(piece.at..end).unwrap_or_default();
        let is_second_space = words == " " && read.ends_with(' ');
        if piece.in_cdata {
            read.push(GAP);
        } else if !is_second_space {
            read.push_str(words);
        }
    }
    (read.matches(&spaced).count(), spaced)
}

impl Text {
    fn push(&mut self, text: &str, range: Range<usize>, in_cdata: bool) {
        let is_plain = text.len() == range.len();
        self.pieces.push(Piece { at: self.out.len(), range, is_plain, in_cdata });
        self.out.push_str(text);
    }

    fn gap(&mut self) {
        if !self.out.ends_with(GAP) {
            self.out.push(GAP);
        }
    }

    /// Characters as they are; a run of white space is one space.
    fn characters(&mut self, piece: &str, start: usize) {
        let mut rest = piece;
        let mut at = start;
        while !rest.is_empty() {
            let blank = rest.len() - rest.trim_start().len();
            let length = if blank > 0 { blank } else { rest.find(char::is_whitespace).unwrap_or(rest.len()) };
            let (run, after) = rest.split_at(length);
            self.push(if blank > 0 { " " } else { run }, at..at + length, false);
            at += length;
            rest = after;
        }
    }

    fn patches(&self, found: &Range<usize>, replace: &str, operation: usize) -> Vec<Patch> {
        let first = self.pieces.partition_point(|piece| piece.at <= found.start).saturating_sub(1);
        let mut ranges: Vec<(Range<usize>, bool)> = Vec::new();
        let rest = self.pieces.get(first..).unwrap_or_default();
        let ends = rest.iter().skip(1).map(|piece| piece.at).chain([self.out.len()]);
        for (piece, end) in rest.iter().zip(ends) {
            if piece.at >= found.end {
                break;
            }
            let (from, to) = (found.start.max(piece.at) - piece.at, found.end.min(end) - piece.at);
            let range =
                if piece.is_plain { piece.range.start + from..piece.range.start + to } else { piece.range.clone() };
            match ranges.last_mut() {
                Some((last, _)) if last.end == range.start => last.end = range.end,
                _ => ranges.push((range, piece.in_cdata)),
            }
        }
        let mut text = Some(replace);
        let patch = |(range, in_cdata): (Range<usize>, bool)| {
            let escaped = if in_cdata { escaped_exact } else { escaped_text };
            let text = text.take().map(escaped).unwrap_or_default();
            Patch { range, text, operation }
        };
        ranges.into_iter().map(patch).collect()
    }
}

/// Elements whose text nobody reads.
fn is_unread(name: &str) -> bool {
    matches!(
        name,
        "ac:parameter"
            | "ac:default-parameter"
            | "ac:task-id"
            | "ac:task-uuid"
            | "ac:task-status"
            | "ac:placeholder"
            | "ac:adf-attribute"
            | "ac:adf-mark"
            | "ac:adf-fallback"
            | "script"
            | "style"
    )
}

/// Elements that are a part of the line they stand in.
fn is_in_line(name: &str) -> bool {
    matches!(
        name,
        "strong"
            | "b"
            | "em"
            | "i"
            | "u"
            | "ins"
            | "s"
            | "del"
            | "strike"
            | "sub"
            | "sup"
            | "code"
            | "span"
            | "a"
            | "small"
            | "big"
            | "font"
            | "tt"
            | "ac:inline-comment-marker"
            | "ac:link-body"
            | "ac:plain-text-link-body"
    )
}

fn text(source: &str, within: &Range<usize>) -> Text {
    let mut text = Text::default();
    let slice = source.get(within.clone()).unwrap_or_default();
    let mut unread = 0_usize;
    for (token, at) in Tokens::of(slice) {
        let at = within.start + at.start..within.start + at.end;
        match token {
            Token::Start { is_empty: true, .. } => text.gap(),
            Token::Start { name, .. } => {
                if unread > 0 || is_unread(name) {
                    unread += 1;
                }
                if !is_in_line(name) {
                    text.gap();
                }
            }
            Token::End(name) => {
                unread = unread.saturating_sub(1);
                if !is_in_line(name) {
                    text.gap();
                }
            }
            _ if unread > 0 => {}
            Token::Text(characters) | Token::Broken(characters) => text.characters(characters, at.start),
            Token::Reference(_) => {
                let sign = resolve_entities(source.get(at.clone()).unwrap_or_default());
                let sign = if sign.trim().is_empty() { " ".to_owned() } else { sign };
                text.push(&sign, at, false);
            }
            Token::Exact(exact) => {
                let start = at.start + "<![CDATA[".len();
                text.push(exact, start..start + exact.len(), true);
            }
            Token::Nothing => {}
        }
    }
    text
}
