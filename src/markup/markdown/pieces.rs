//! Parts of a line as Markdown gives them, before the HTML tags among them are paired.

use super::reader::Reading;
use super::words::Words;
use super::{frames, targets};
use crate::domain::text::clean_text;
use crate::markup::document::tidy::tidy;
use crate::markup::document::{Image, ImageSource, Inline, Link, Mark, Target};

/// A part of a line, or a tag that may pair with another.
pub(super) enum Piece {
    Words(Words),
    Inline(Inline),
    Open(Tag, String),
    Close(Tag, String),
}

/// Tags of HTML that mean something inside a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tag {
    Mark(Mark),
    Code,
}

/// HTML inside a line: a line break, a mark, code, or text; nothing, where it is a comment.
pub(super) fn from_html(html: &str) -> Option<Piece> {
    if html.starts_with("<!--") {
        return None;
    }
    let closing = html.starts_with("</");
    let name = html.trim_start_matches("</").trim_start_matches('<').trim_end_matches('>').to_ascii_lowercase();
    let tag = match name.as_str() {
        "br" | "br/" | "br /" if !closing => return Some(Piece::Inline(Inline::Break)),
        "strong" | "b" => Tag::Mark(Mark::Strong),
        "em" | "i" => Tag::Mark(Mark::Emphasis),
        "s" | "del" => Tag::Mark(Mark::Strike),
        "u" | "ins" => Tag::Mark(Mark::Underline),
        "sup" => Tag::Mark(Mark::Superscript),
        "sub" => Tag::Mark(Mark::Subscript),
        "code" | "kbd" => Tag::Code,
        _ => return Some(Piece::Inline(Inline::Text(html.to_owned()))),
    };
    Some(if closing { Piece::Close(tag, html.to_owned()) } else { Piece::Open(tag, html.to_owned()) })
}

/// Tags nest this deep in a line; what is deeper stays text.
const MAX_TAGS: usize = 8;

/// Makes pairs of tags marks, lonely tags text, and words what they name.
pub(super) fn paired(pieces: Vec<Piece>, reading: Reading) -> Vec<Inline> {
    let mut open: Vec<(Tag, String, Vec<Inline>)> = Vec::new();
    let mut line = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Words(words) => line.extend(words.into_line(reading)),
            Piece::Inline(inline) => line.push(inline),
            Piece::Open(mark, tag) if open.len() < MAX_TAGS => open.push((mark, tag, std::mem::take(&mut line))),
            Piece::Close(mark, _) if open.iter().any(|(other, ..)| *other == mark) => {
                while let Some((other, start, before)) = open.pop() {
                    let inside = std::mem::replace(&mut line, before);
                    if other == mark {
                        match mark {
                            Tag::Mark(mark) => line.push(Inline::Marked(mark, inside)),
                            Tag::Code => line.extend(joined(inside).into_iter().map(as_code)),
                        }
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

fn as_code(part: Inline) -> Inline {
    match part {
        Inline::Text(text) => Inline::Code(text),
        Inline::Marked(mark, content) => Inline::Marked(mark, content.into_iter().map(as_code).collect()),
        other => other,
    }
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
            Inline::Marked(_, content) | Inline::Link(Link { content, .. }) | Inline::Comment { content, .. } => {
                text.push_str(&plain(content));
            }
            Inline::Status { title, .. } => text.push_str(title),
            Inline::Image(image) => text.push_str(&image.alt),
            Inline::Mention { account_id, name } => {
                text.extend(["@", name.as_deref().unwrap_or(account_id)]);
            }
            Inline::Break => text.push(' '),
            Inline::Date(day) => text.push_str(day),
            Inline::Formula(source) => text.extend(["$", source, "$"]),
            Inline::Kept(kept) => text.extend(["{{", &kept.label, " #", &kept.id, "}}"]),
        }
    }
    text
}

/// What a link says: a mention, a status, a date, the text a comment is about, or a link.
pub(super) fn link(destination: &str, content: Vec<Inline>, reading: Reading) -> Vec<Inline> {
    let content = tidy(content);
    let destination = clean_text(destination).text;
    let destination = destination.trim();
    if let Some(account_id) = destination.strip_prefix("user:").filter(|id| !id.is_empty()) {
        let name = plain(&content).strip_prefix('@').map(str::to_owned);
        return vec![Inline::Mention { account_id: account_id.to_owned(), name }];
    }
    if let Some(colour) = destination.strip_prefix("status:") {
        return vec![Inline::Status { title: plain(&content), colour: frames::status_colour(colour) }];
    }
    if let Some(day) = destination.strip_prefix("date:") {
        let shown = plain(&content);
        let day = if day.is_empty() { shown.trim() } else { day };
        return if is_day(day) { vec![Inline::Date(day.to_owned())] } else { content };
    }
    if let Some(reference) = destination.strip_prefix("comment:") {
        let is_wanted = reading == Reading::ForEdit && !reference.is_empty() && !content.is_empty();
        return if is_wanted { vec![Inline::Comment { reference: reference.to_owned(), content }] } else { content };
    }
    match targets::target(destination) {
        Some(target) => {
            let content = without_mentions(content);
            let content = if is_own_title(&target, &content) { Vec::new() } else { content };
            vec![Inline::Link(Link { target, content })]
        }
        None => content,
    }
}

/// Whether a link only says the name of what it leads to.
fn is_own_title(target: &Target, content: &[Inline]) -> bool {
    match (target, content) {
        (Target::Page { title: own, anchor: None, .. } | Target::Attachment(own), [Inline::Text(text)]) => own == text,
        _ => false,
    }
}

/// Links do not nest, and a mention is one.
fn without_mentions(content: Vec<Inline>) -> Vec<Inline> {
    let flat = content.into_iter().map(|part| match part {
        Inline::Mention { .. } => Inline::Text(plain(&[part])),
        Inline::Marked(mark, inside) => Inline::Marked(mark, without_mentions(inside)),
        other => other,
    });
    joined(flat.collect())
}

/// A link between double square brackets: `Page title` or `KEY:Page title`, with words of its own or without.
pub(super) fn page_link(page: &str, content: Option<Vec<Inline>>) -> Vec<Inline> {
    let is_key = |key: &str| {
        key.starts_with(|first: char| first.is_ascii_uppercase() || first == '~')
            && key
                .chars()
                .skip(1)
                .all(|sign| sign.is_ascii_uppercase() || sign.is_ascii_digit() || key.starts_with('~'))
    };
    let page = clean_text(page).text;
    let (space, title) = match page.trim().split_once(':') {
        Some((key, title)) if is_key(key) && !title.is_empty() && !title.starts_with(char::is_whitespace) => {
            (Some(key.to_owned()), title)
        }
        _ => (None, page.trim()),
    };
    if title.is_empty() {
        return content.unwrap_or_default();
    }
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
    let target = Target::Page { space, title, anchor: None };
    let content = without_mentions(tidy(content.unwrap_or_default()));
    let content = if is_own_title(&target, &content) { Vec::new() } else { content };
    vec![Inline::Link(Link { target, content })]
}

/// Whether this is a day as `2026-01-31`.
fn is_day(day: &str) -> bool {
    let parts: Vec<&str> = day.split('-').collect();
    let number = |part: &str, digits: usize| {
        (part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit())).then(|| part.parse::<u32>().ok())?
    };
    match parts.as_slice() {
        [year, month, date] => {
            number(year, 4).is_some()
                && number(month, 2).is_some_and(|month| (1..=12).contains(&month))
                && number(date, 2).is_some_and(|date| (1..=31).contains(&date))
        }
        _ => false,
    }
}

/// An image: a file attached to the page, or one from elsewhere.
pub(super) fn image(destination: &str, title: String, alt: String) -> Inline {
    if destination.is_empty() || targets::runs_script(destination) {
        return Inline::Text(alt);
    }
    let is_address = destination.starts_with("//") || destination.contains("://");
    let source = if is_address {
        ImageSource::Address(destination.to_owned())
    } else {
        let file = destination.strip_prefix("attachment:").unwrap_or(destination);
        match targets::decode(file.rsplit('/').next().unwrap_or(file)) {
            file if file.is_empty() => return Inline::Text(alt),
            file => ImageSource::Attachment(file),
        }
    };
    Inline::Image(Image { source, alt, caption: Some(title).filter(|title| !title.is_empty()) })
}
