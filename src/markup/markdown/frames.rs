//! What is open while Markdown is read: paragraphs, lists, tables, links.

use super::pieces::{self, Piece};
use crate::markup::document::{Block, Cell, CellKind, Item, Mark, Table, Task};
use crate::markup::tidy::tidy;

/// What is open around the place being read.
pub(super) enum Kind {
    Root,
    Quote,
    List(Option<u64>, Vec<Item>),
    Item(Option<Task>),
    Paragraph,
    Heading(u8),
    Code(String),
    Html(String),
    Expand(String),
    Table(Table),
    Row(CellKind, Vec<Cell>),
    Cell(CellKind),
    Marked(Mark),
    Link(String),
    Image {
        destination: String,
        title: String,
    },
    /// Kinds that are not switched on.
    Other,
}

pub(super) struct Frame {
    pub kind: Kind,
    pub blocks: Vec<Block>,
    pub pieces: Vec<Piece>,
}

impl Frame {
    pub(super) fn new(kind: Kind) -> Self {
        Self { kind, blocks: Vec::new(), pieces: Vec::new() }
    }

    /// Text directly inside an item or cell is a paragraph.
    pub(super) fn end_paragraph(&mut self) {
        let content = tidy(pieces::paired(std::mem::take(&mut self.pieces)));
        if !content.is_empty() {
            self.blocks.push(Block::Paragraph(content));
        }
    }
}

/// Language and title of a fence.
pub(super) fn info_string(info: &str) -> (Option<String>, Option<String>) {
    let language = info.split_whitespace().next().filter(|word| !word.starts_with("title=")).map(str::to_owned);
    let title =
        info.split_once("title=\"").and_then(|(_, rest)| rest.rsplit_once('"')).map(|(title, _)| title.to_owned());
    (language, title)
}

/// The colours Confluence knows, in its spelling; grey is what it shows without one.
pub(super) fn status_colour(word: &str) -> Option<String> {
    let known = ["Red", "Yellow", "Green", "Blue", "Purple"];
    known.iter().find(|colour| colour.eq_ignore_ascii_case(word)).map(|colour| (*colour).to_owned())
}
