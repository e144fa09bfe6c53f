//! What is open while Markdown is read: paragraphs, lists, tables, links; and the footnotes read so far.

use std::collections::HashMap;

use super::pieces::{self, Piece};
use super::reader::Reading;
use super::words::Words;
use crate::domain::text::clean_text;
use crate::markup::document::tidy::tidy;
use crate::markup::document::{Block, Cell, CellKind, Code, Inline, Item, List, Mark, Table, Task};

/// What is open around the place being read.
pub(super) enum Kind {
    Root,
    /// Its first line may make it a panel.
    Quote,
    /// Its first line begins with an escaped character: it is no panel.
    PlainQuote,
    List(Option<u64>, Vec<Item>),
    Item(Option<Task>),
    Paragraph,
    Heading(u8),
    Code(String),
    Html(String),
    Expand(String),
    Table(Table),
    Row(CellKind, Vec<Cell>),
    /// With the columns and rows it takes.
    Cell(CellKind, usize, usize),
    Marked(Mark),
    Link(String),
    /// A page's title between double brackets, and whether words of its own follow.
    PageLink(String, bool),
    Image {
        destination: String,
        title: String,
    },
    Footnote(String),
    /// Kinds that are not switched on.
    Other,
}

pub(super) struct Frame {
    pub kind: Kind,
    pub blocks: Vec<Block>,
    pub pieces: Vec<Piece>,
    /// Whether a tag of HTML opened it: then it ends with what is around it.
    pub is_html: bool,
}

impl Frame {
    pub(super) fn new(kind: Kind) -> Self {
        Self { kind, blocks: Vec::new(), pieces: Vec::new(), is_html: false }
    }

    /// Text directly inside an item or cell is a paragraph.
    pub(super) fn end_paragraph(&mut self, reading: Reading) {
        let content = tidy(pieces::paired(std::mem::take(&mut self.pieces), reading));
        self.blocks.extend(paragraph(content));
    }

    /// Adds words; the first character means nothing but itself where `is_literal`.
    pub(super) fn words(&mut self, text: &str, is_literal: bool) {
        if let Some(Piece::Words(words)) = self.pieces.last_mut() {
            words.add(text, is_literal);
        } else {
            let mut words = Words::default();
            words.add(text, is_literal);
            self.pieces.push(Piece::Words(words));
        }
    }
}

/// A line as a block: a paragraph, unless a formula or something kept is all it says.
pub(super) fn paragraph(mut content: Vec<Inline>) -> Option<Block> {
    match content.as_mut_slice() {
        [] => None,
        [Inline::Kept(_)] => match content.pop() {
            Some(Inline::Kept(kept)) => Some(Block::Kept(kept)),
            _ => None,
        },
        _ => Some(Block::Paragraph(content)),
    }
}

/// Footnotes, numbered in the order in which they are first referred to.
#[derive(Default)]
pub(super) struct Footnotes {
    numbers: HashMap<String, usize>,
    definitions: Vec<(String, Vec<Block>)>,
}

impl Footnotes {
    /// The number of a footnote that is referred to.
    pub(super) fn number(&mut self, label: &str) -> usize {
        let next = self.numbers.len() + 1;
        *self.numbers.entry(label.to_lowercase()).or_insert(next)
    }

    pub(super) fn define(&mut self, label: &str, blocks: Vec<Block>) {
        self.definitions.push((label.to_lowercase(), blocks));
    }

    /// The list of all footnotes, below a rule; those that nothing refers to come last.
    pub(super) fn into_blocks(mut self) -> Vec<Block> {
        if self.definitions.is_empty() {
            return Vec::new();
        }
        let numbers = self.numbers;
        self.definitions.sort_by_key(|(label, _)| numbers.get(label).copied().unwrap_or(usize::MAX));
        let items = self.definitions.into_iter().map(|(_, blocks)| Item { task: None, blocks }).collect();
        vec![Block::Rule, Block::List(List { start: Some(1), items })]
    }
}

/// How a code block may be shown, by the names of the macro's parameters.
const DISPLAY: [&str; 4] = ["linenumbers", "firstline", "collapse", "theme"];

/// What a fence says of its code: language, title, how it is shown. Other attributes are left out.
pub(super) fn info_string(info: &str) -> Code {
    let mut code = Code::default();
    let info = clean_text(info).text;
    let mut rest = info.trim();
    let first = rest.split_whitespace().next().unwrap_or_default();
    let is_attribute = first.split_once('=').is_some_and(|(key, _)| key == "title" || DISPLAY.contains(&key));
    if !first.is_empty() && !is_attribute {
        code.language = Some(first.to_owned());
        rest = rest.get(first.len()..).unwrap_or_default().trim_start();
    }
    while !rest.is_empty() {
        let end = rest.find(|sign: char| sign == '=' || sign.is_whitespace()).unwrap_or(rest.len());
        let (key, further) = rest.split_at(end);
        let key = key.to_ascii_lowercase();
        let (value, further) = match further.strip_prefix('=') {
            Some(further) => attribute_value(further),
            // `title` alone takes the rest of the line, as mark writes it.
            None if key == "title" => (further.trim(), ""),
            None => ("true", further),
        };
        let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
        match DISPLAY.iter().find(|known| **known == key) {
            _ if value.is_empty() => {}
            Some(known) if code.display.iter().all(|(other, _)| other != known) => {
                code.display.push(((*known).to_owned(), value));
            }
            None if key == "title" => code.title = Some(unambiguous(value)),
            _ => {}
        }
        rest = further.trim_start();
    }
    code.display.sort_by_key(|(key, _)| DISPLAY.iter().position(|known| known == key));
    code
}

/// The value behind a `=`, and what follows it. Backslashes were resolved before: a quotation mark ends the value only
/// where another attribute or nothing follows.
fn attribute_value(text: &str) -> (&str, &str) {
    let quote = text.chars().next().filter(|first| matches!(first, '"' | '\''));
    let Some(quote) = quote else {
        return text.split_at(text.find(char::is_whitespace).unwrap_or(text.len()));
    };
    let inside = text.get(1..).unwrap_or_default();
    let ends = inside.match_indices(quote).find(|(at, _)| {
        let further = inside.get(at + 1..).unwrap_or_default();
        further.trim().is_empty()
            || (further.starts_with(char::is_whitespace) && begins_attribute(further.trim_start()))
    });
    match ends {
        Some((at, _)) => (inside.get(..at).unwrap_or_default(), inside.get(at + 1..).unwrap_or_default()),
        None => (inside, ""),
    }
}

/// A title within which no quotation mark would be taken for its end.
fn unambiguous(title: String) -> String {
    let ends = |(at, _): (usize, &str)| {
        let further = title.get(at + 1..).unwrap_or_default();
        further.starts_with(char::is_whitespace) && begins_attribute(further.trim_start())
    };
    if title.match_indices('"').any(ends) { title.replace('"', "'") } else { title }
}

fn begins_attribute(text: &str) -> bool {
    let word = text.split(|sign: char| sign == '=' || sign.is_whitespace()).next().unwrap_or_default();
    let is_set = text.get(word.len()..).is_some_and(|rest| rest.starts_with('='));
    is_set || DISPLAY.contains(&word) || text.starts_with('{')
}

/// The colours Confluence knows, in its spelling; grey is what it shows without one.
pub(super) fn status_colour(word: &str) -> Option<String> {
    let known = ["Red", "Yellow", "Green", "Blue", "Purple"];
    known.iter().find(|colour| colour.eq_ignore_ascii_case(word)).map(|colour| (*colour).to_owned())
}
