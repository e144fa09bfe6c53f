//! A line of storage format as single characters and things, each with its bytes and the marks around it.

use std::ops::Range;

use super::seen;
use crate::markup::hidden::is_hidden;
use crate::markup::storage::{Element, Node, Token, Tokens, is_block, parse, resolve_entities};

/// One character, or one thing such as a mention or an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::markup) struct Glyph {
    /// How it reads; empty for what cannot be seen.
    pub text: String,
    pub range: Range<usize>,
    /// The marks around it, outermost first, as indexes of [`Line::marks`].
    pub around: Vec<usize>,
    /// Whether it is a thing, not a character.
    pub is_thing: bool,
}

/// An element around a part of the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::markup) struct Mark {
    pub name: String,
    /// The bytes of its start tag.
    pub start: Range<usize>,
    /// What Markdown shows of it: equal marks have equal ones. Nothing for what only storage format knows.
    pub shows: Option<String>,
}

/// A line taken apart.
#[derive(Debug, Default)]
pub(in crate::markup) struct Line {
    pub glyphs: Vec<Glyph>,
    pub marks: Vec<Mark>,
}

/// Takes the bytes of a line apart; the body is well formed.
pub(in crate::markup) fn line(source: &str, within: &Range<usize>) -> Line {
    let mut line = Line::default();
    let mut around: Vec<usize> = Vec::new();
    // Inside a thing nothing is taken apart; how many of its elements are open, and where it begins.
    let mut thing: Option<(usize, usize)> = None;
    for (token, at) in Tokens::of(source.get(within.clone()).unwrap_or_default()) {
        let at = within.start + at.start..within.start + at.end;
        match (&mut thing, token) {
            (Some((depth, _)), Token::Start { is_empty: false, .. }) => *depth += 1,
            (Some((depth, start)), Token::End(_)) => {
                *depth -= 1;
                if *depth == 0 {
                    let range = *start..at.end;
                    thing = None;
                    line.thing(source, range, &around);
                }
            }
            (Some(_), _) => {}
            (None, Token::Start { is_empty: false, .. }) => {
                match mark(source.get(at.clone()).unwrap_or_default(), at.clone()) {
                    Some(mark) => {
                        around.push(line.marks.len());
                        line.marks.push(mark);
                    }
                    None => thing = Some((1, at.start)),
                }
            }
            (None, Token::End(_)) => {
                around.pop();
            }
            (None, Token::Text(text) | Token::Broken(text)) => line.characters(text, at.start, &around),
            (None, Token::Reference(_)) => {
                let text = resolve_entities(source.get(at.clone()).unwrap_or_default());
                let text = if text.trim().is_empty() { " ".to_owned() } else { text };
                line.push(Glyph { text, range: at, around: around.clone(), is_thing: false });
            }
            (None, _) => line.thing(source, at, &around),
        }
    }
    line
}

impl Line {
    fn push(&mut self, glyph: Glyph) {
        self.glyphs.push(glyph);
    }

    /// A run of white space is one character.
    fn characters(&mut self, piece: &str, start: usize, around: &[usize]) {
        let mut characters = piece.char_indices().peekable();
        while let Some((at, character)) = characters.next() {
            let mut end = at + character.len_utf8();
            let is_blank = character.is_whitespace();
            while is_blank && let Some((at, next)) = characters.next_if(|(_, next)| next.is_whitespace()) {
                end = at + next.len_utf8();
            }
            let text = if is_blank { " ".to_owned() } else { character.to_string() };
            self.push(Glyph { text, range: start + at..start + end, around: around.to_vec(), is_thing: false });
        }
    }

    fn thing(&mut self, source: &str, range: Range<usize>, around: &[usize]) {
        let parsed = parse(source.get(range.clone()).unwrap_or_default(), is_block);
        let text = match parsed.root.children.as_slice() {
            [Node::Element(Element { name: "br", .. })] => "\n".to_owned(),
            nodes => seen::line(nodes),
        };
        self.push(Glyph { text, range, around: around.to_vec(), is_thing: true });
    }
}

/// The mark a start tag opens, if what is inside is a part of the line.
fn mark(tag: &str, start: Range<usize>) -> Option<Mark> {
    let parsed = parse(tag, is_block);
    let Some(Node::Element(element)) = parsed.root.children.first() else { return None };
    let shows = match element.name {
        "strong" | "b" => Some("strong"),
        "em" | "i" => Some("em"),
        "s" | "del" | "strike" => Some("s"),
        "u" | "ins" => Some("u"),
        "sup" => Some("sup"),
        "sub" => Some("sub"),
        "code" | "tt" | "kbd" | "samp" => Some("code"),
        "a" => element.attribute("href"),
        // What is hidden is no part of the line as it is read.
        "span" if element.attribute("style").is_some_and(is_hidden) => return None,
        "span" | "font" | "small" | "big" | "ac:inline-comment-marker" => None,
        _ => return None,
    };
    let shows = shows.map(|shows| if element.name == "a" { format!("a {shows}") } else { shows.to_owned() });
    Some(Mark { name: element.name.to_owned(), start, shows })
}
