//! Parts of a line as Markdown gives them, before the HTML tags among them are paired.

use crate::markup::document::{Inline, Link, Mark};

/// A part of a line, or a tag that may pair with another.
pub(super) enum Piece {
    Inline(Inline),
    Open(Mark, String),
    Close(Mark, String),
}

/// HTML inside a line: a line break, a mark, or text.
pub(super) fn from_html(html: &str) -> Piece {
    let closing = html.starts_with("</");
    let mark = match html.trim_start_matches("</").trim_start_matches('<').trim_end_matches('>') {
        "br" | "br/" | "br /" if !closing => return Piece::Inline(Inline::Break),
        "strong" | "b" => Mark::Strong,
        "em" | "i" => Mark::Emphasis,
        "s" | "del" => Mark::Strike,
        "u" | "ins" => Mark::Underline,
        "sup" => Mark::Superscript,
        "sub" => Mark::Subscript,
        _ => return Piece::Inline(Inline::Text(html.to_owned())),
    };
    if closing { Piece::Close(mark, html.to_owned()) } else { Piece::Open(mark, html.to_owned()) }
}

/// Tags nest this deep in a line; what is deeper stays text.
const MAX_TAGS: usize = 8;

/// Makes pairs of tags marks, and lonely tags text.
pub(super) fn paired(pieces: Vec<Piece>) -> Vec<Inline> {
    let mut open: Vec<(Mark, String, Vec<Inline>)> = Vec::new();
    let mut line = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Inline(inline) => line.push(inline),
            Piece::Open(mark, tag) if open.len() < MAX_TAGS => open.push((mark, tag, std::mem::take(&mut line))),
            Piece::Close(mark, _) if open.iter().any(|(other, ..)| *other == mark) => {
                while let Some((other, start, before)) = open.pop() {
                    let inside = std::mem::replace(&mut line, before);
                    if other == mark {
                        line.push(Inline::Marked(mark, inside));
                        break;
                    }
                    line.push(Inline::Text(start));
                    line.extend(inside);
                }
            }
            Piece::Open(_, tag) | Piece::Close(_, tag) => line.push(Inline::Text(tag)),
        }
    }
    while let Some((_, start, before)) = open.pop() {
        let inside = std::mem::replace(&mut line, before);
        line.push(Inline::Text(start));
        line.extend(inside);
    }
    line
}

/// Joins neighbouring texts, line ends kept.
pub(super) fn joined(line: Vec<Inline>) -> Vec<Inline> {
    let mut joined: Vec<Inline> = Vec::with_capacity(line.len());
    for part in line {
        match (joined.last_mut(), part) {
            (Some(Inline::Text(before)), Inline::Text(text)) => before.push_str(&text),
            (_, part) => joined.push(part),
        }
    }
    joined
}

/// The words of a line without its marks.
pub(super) fn plain(line: &[Inline]) -> String {
    let mut text = String::new();
    for part in line {
        match part {
            Inline::Text(words) | Inline::Code(words) => text.push_str(words),
            Inline::Marked(_, content) | Inline::Link(Link { content, .. }) => text.push_str(&plain(content)),
            Inline::Status { title, .. } => text.push_str(title),
            Inline::Image(image) => text.push_str(&image.alt),
            Inline::Mention { name, .. } => text.push_str(name.as_deref().unwrap_or_default()),
            Inline::Break => text.push(' '),
            Inline::Date(day) => text.push_str(day),
            Inline::Comment { content, .. } => text.push_str(&plain(content)),
            Inline::Formula(_) | Inline::Kept(_) => {}
        }
    }
    text
}
