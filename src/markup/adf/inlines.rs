//! Lines of ADF: marks nested around text, mentions, dates and the like.

use std::collections::VecDeque;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::json::Node;
use super::{Shaping, cards, macros, media};
use crate::markup::shape::{Body, element, macro_element, mention, with};
use crate::markup::storage::{Element, Node as Made};

/// Marks read of one node; an editor sets at most one of each kind.
const MAX_MARKS: usize = 16;

/// What one piece of a line is marked with: an element's name, and what sets it apart from others of that name.
type MarkOf = (&'static str, String);

struct Piece {
    marks: Vec<MarkOf>,
    made: Made<'static>,
}

/// One line. Neighbours with the same mark or link share one element around them.
pub(super) fn line(shaping: &mut Shaping<'_>, nodes: Vec<Node>) -> Vec<Made<'static>> {
    let mut pieces = VecDeque::with_capacity(nodes.len());
    let mut was_box = false;
    for node in nodes {
        let marks = marks(shaping, &node);
        let is_box = matches!(node.kind.as_str(), "inlineCard" | "mediaInline" | "status" | "date" | "inlineExtension");
        if let Some(made) = piece(shaping, node) {
            // What is drawn as a box of its own does not touch the words around it.
            let before = pieces.back().map(|piece: &Piece| &piece.made);
            if (is_box && before.is_some_and(ends_in_word)) || (was_box && begins_with_word(&made)) {
                pieces.push_back(Piece { marks: marks.clone(), made: Made::Text(" ".into()) });
            }
            pieces.push_back(Piece { marks, made });
            was_box = is_box;
        }
    }
    nest(pieces)
}

fn ends_in_word(made: &Made<'_>) -> bool {
    matches!(made, Made::Text(text) if text.chars().next_back().is_some_and(char::is_alphanumeric))
}

fn begins_with_word(made: &Made<'_>) -> bool {
    matches!(made, Made::Text(text) if text.chars().next().is_some_and(char::is_alphanumeric))
}

/// A thing with the link around it that is among its marks.
pub(super) fn linked(node: &Node, made: Made<'static>) -> Made<'static> {
    match node.mark("link", "href") {
        Some(address) => Made::Element(with(element("a", vec![made]), "href", address.to_owned())),
        None => made,
    }
}

/// Puts elements around the longest runs of pieces that share a mark.
fn nest(mut pieces: VecDeque<Piece>) -> Vec<Made<'static>> {
    let mut made = Vec::with_capacity(pieces.len());
    while let Some(first) = pieces.front() {
        let run_of = |mark: &MarkOf| pieces.iter().take_while(|piece| piece.marks.contains(mark)).count();
        // Of equally long ones the first: marks are in order from the outside in.
        let longest = first
            .marks
            .iter()
            .map(|mark| (run_of(mark), mark))
            .reduce(|best, other| if other.0 > best.0 { other } else { best });
        let Some((length, mark)) = longest.map(|(length, mark)| (length, mark.clone())) else {
            made.extend(pieces.pop_front().map(|piece| piece.made));
            continue;
        };
        let mut run: VecDeque<Piece> = pieces.drain(..length).collect();
        for piece in &mut run {
            piece.marks.retain(|other| *other != mark);
        }
        let (name, value) = mark;
        let around = element(name, nest(run));
        made.push(Made::Element(match name {
            "a" => with(around, "href", value),
            "ac:inline-comment-marker" => with(around, "ac:ref", value),
            "span" => with(around, "style", "color"),
            _ => around,
        }));
    }
    made
}

/// What a node is marked with, from the outside in.
fn marks(shaping: &mut Shaping<'_>, node: &Node) -> Vec<MarkOf> {
    let mut marks: Vec<(u8, MarkOf)> = Vec::new();
    for (kind, attributes) in node.marks().take(MAX_MARKS) {
        let said = |name: &str| attributes.and_then(|all| all.get(name)?.as_str()).unwrap_or_default();
        let plain = |name: &'static str| (name, String::new());
        let (rank, mark) = match kind {
            "annotation" if said("annotationType") == "inlineComment" => {
                (0, ("ac:inline-comment-marker", said("id").to_owned()))
            }
            "link" if !said("href").trim().is_empty() => (1, ("a", said("href").to_owned())),
            "textColor" | "backgroundColor" => (2, plain("span")),
            "strong" => (3, plain("strong")),
            "em" => (4, plain("em")),
            "strike" => (5, plain("s")),
            "underline" => (6, plain("u")),
            "subsup" => (7, plain(if said("type") == "sup" { "sup" } else { "sub" })),
            "code" => (8, plain("code")),
            "annotation" => {
                shaping.lost("annotations");
                continue;
            }
            _ => continue,
        };
        if !marks.iter().any(|(_, other)| *other == mark || other.0 == "a" && mark.0 == "a") {
            marks.push((rank, mark));
        }
    }
    marks.sort_by_key(|(rank, _)| *rank);
    marks.into_iter().map(|(_, mark)| mark).collect()
}

/// One thing of a line; nothing, where it says nothing to readers.
fn piece(shaping: &mut Shaping<'_>, node: Node) -> Option<Made<'static>> {
    Some(Made::Element(match node.kind.as_str() {
        "text" => return Some(Made::Text(node.text.into())),
        "hardBreak" => element("br", Vec::new()),
        "mention" => return person(&node),
        "emoji" => return emoji(&node),
        "date" => with(element("time", Vec::new()), "datetime", day(&node)?),
        "status" => status(&node)?,
        "inlineCard" => return Some(cards::card(shaping, &node)),
        "mediaInline" => return Some(media::inline(shaping, &node)),
        "inlineExtension" => return Some(macros::inline(shaping, &node)),
        // What an author is to fill in.
        _ => {
            shaping.lost("placeholders");
            return None;
        }
    }))
}

fn person(node: &Node) -> Option<Made<'static>> {
    let shown = node.say("text").unwrap_or_default().to_owned();
    match node.say("id") {
        Some(account) => Some(Made::Element(mention(account.to_owned(), shown))),
        None if shown.is_empty() => None,
        None => Some(Made::Text(shown.into())),
    }
}

/// The character of an emoji; the short name of one that has none, or whose variation only the name tells.
fn emoji(node: &Node) -> Option<Made<'static>> {
    let short = node.say("shortName").map(|name| name.trim_matches(':'));
    let id = node.say("id").filter(|id| id.contains('-') || short.is_none_or(|name| !name.contains("::")));
    let of_id = id.and_then(|id| {
        let code = |part| u32::from_str_radix(part, 16).ok().filter(|code| *code > 0x7f).and_then(char::from_u32);
        id.split('-').map(code).collect::<Option<String>>()
    });
    let said = node.say("text").filter(|text| !text.starts_with(':'));
    let shown = said.map(str::to_owned).or(of_id).or_else(|| short.map(|name| format!(":{name}:")))?;
    Some(Made::Text(shown.into()))
}

fn status(node: &Node) -> Option<Element<'static>> {
    let title = node.say("text")?.to_owned();
    let colour = match node.say("color") {
        None | Some("neutral") => "Grey".to_owned(),
        Some(colour) => colour.to_owned(),
    };
    let parameters = vec![("title".into(), title.into()), ("colour".into(), colour.into())];
    Some(macro_element("status", parameters, Body::Nothing))
}

/// The day of a date, which is kept as milliseconds; some tools write seconds.
fn day(node: &Node) -> Option<String> {
    let Some(count) = node.number("timestamp") else {
        return node.say("timestamp").map(str::to_owned);
    };
    let milliseconds = if count.unsigned_abs() > 100_000_000_000 { count } else { count.saturating_mul(1000) };
    let moment = Timestamp::from_millisecond(milliseconds).ok()?;
    Some(moment.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d").to_string())
}
