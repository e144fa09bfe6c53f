//! Markdown read into the document tree: CommonMark with tables, task lists, footnotes, formulas and links by title.

use pulldown_cmark::{CodeBlockKind, Event, LinkType, Options, Parser, Tag};

use super::frames::{self, Footnotes, Frame, Kind, info_string};
use super::pieces::{self, Piece};
use super::{alerts, formulas, tags};
use crate::markup::MarkupError;
use crate::markup::document::tidy::tidy;
use crate::markup::document::{Block, Cell, CellKind, Document, Inline, Item, List, Mark, Table, Task};

/// Quotations, lists (two each, with their items) and marks open at once; well within the depth storage format may have.
pub(super) const MAX_NESTING: usize = 42;

const OPTIONS: Options = Options::ENABLE_TABLES
    .union(Options::ENABLE_TASKLISTS)
    .union(Options::ENABLE_STRIKETHROUGH)
    .union(Options::ENABLE_FOOTNOTES)
    .union(Options::ENABLE_WIKILINKS);

/// What Markdown is read for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    /// A whole body: markers and the anchors of comments are text.
    Plain,
    /// A part of a page: markers such as `{{macro drawio #h3f2a1}}` stand for what is kept, and `[text](comment:REF)` for
    /// the text an inline comment is about.
    ForEdit,
}

/// Reads Markdown; fails only where it nests too deeply. Comments of HTML are left out.
pub(crate) fn read(markdown: &str, reading: Reading) -> Result<Document, MarkupError> {
    let (source, has_formulas) = formulas::without_prose(markdown, OPTIONS);
    let options = if has_formulas { OPTIONS | Options::ENABLE_MATH } else { OPTIONS };
    let open = vec![Frame::new(Kind::Root)];
    let mut reader = Reader { source: &source, reading, open, footnotes: Footnotes::default() };
    for (event, range) in Parser::new_ext(&source, options).into_offset_iter() {
        reader.event(event, range.start);
        // A frame becomes at most two elements of storage format, but for the few of one table and the tags in a line.
        if reader.open.len() > MAX_NESTING {
            return Err(MarkupError::TooDeep);
        }
    }
    reader.close_html_frames();
    let mut root = reader.open.pop().unwrap_or_else(|| Frame::new(Kind::Root));
    root.end_paragraph(reading);
    let mut blocks = root.blocks;
    blocks.extend(reader.footnotes.into_blocks());
    Ok(Document { blocks })
}

pub(super) struct Reader<'m> {
    source: &'m str,
    pub reading: Reading,
    pub open: Vec<Frame>,
    footnotes: Footnotes,
}

impl Reader<'_> {
    fn event(&mut self, event: Event<'_>, at: usize) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(_) => self.end(),
            Event::Code(code) => self.inline(Inline::Code(code.into_string())),
            Event::InlineHtml(html) => {
                if let Some(piece) = pieces::from_html(&html) {
                    self.piece(piece);
                }
            }
            Event::SoftBreak => self.text("\n", false),
            Event::HardBreak => self.inline(Inline::Break),
            Event::Rule => self.block(Block::Rule),
            Event::TaskListMarker(done) => self.checkbox(if done { Task::Complete } else { Task::Open }),
            Event::FootnoteReference(label) => {
                let number = self.footnotes.number(&label);
                self.inline(Inline::Marked(Mark::Superscript, vec![Inline::Text(format!("[{number}]"))]));
            }
            Event::InlineMath(source) => self.inline(Inline::Formula(formulas::spaced(&source))),
            Event::DisplayMath(source) => self.inline(Inline::Text(format!("$${source}$$"))),
            Event::Text(text) | Event::Html(text) => {
                let is_literal = self.is_literal(&text, at);
                self.text(&text, is_literal);
            }
        }
    }

    /// Whether the first character of a text has a backslash before it in the source, or is written as an entity.
    fn is_literal(&self, text: &str, at: usize) -> bool {
        self.source.get(..at).is_some_and(|before| before.ends_with('\\'))
            || self.source.get(at..).is_some_and(|here| here.chars().next() != text.chars().next())
    }

    fn checkbox(&mut self, task: Task) {
        let item = self.open.iter_mut().rev().find_map(|frame| match &mut frame.kind {
            Kind::Item(state) => Some(state),
            _ => None,
        });
        if let Some(state) = item {
            *state = Some(task);
        }
    }

    fn text(&mut self, text: &str, is_literal: bool) {
        let Some(frame) = self.open.last_mut() else { return };
        match &mut frame.kind {
            Kind::Code(code) => code.push_str(text),
            Kind::Html(html) => html.push_str(text),
            _ => frame.words(text, is_literal),
        }
    }

    pub(super) fn piece(&mut self, piece: Piece) {
        if let Some(frame) = self.open.last_mut() {
            frame.pieces.push(piece);
        }
    }

    pub(super) fn inline(&mut self, inline: Inline) {
        self.piece(Piece::Inline(inline));
    }

    pub(super) fn block(&mut self, block: Block) {
        let reading = self.reading;
        if let Some(frame) = self.open.last_mut() {
            frame.end_paragraph(reading);
            frame.blocks.push(block);
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        let kind = match tag {
            Tag::Paragraph => Kind::Paragraph,
            Tag::Heading { level, .. } => Kind::Heading(level as u8),
            Tag::BlockQuote(_) => Kind::Quote,
            Tag::CodeBlock(kind) => {
                self.block(Block::Code(match &kind {
                    CodeBlockKind::Fenced(info) => info_string(info),
                    CodeBlockKind::Indented => info_string(""),
                }));
                Kind::Code(String::new())
            }
            Tag::HtmlBlock => Kind::Html(String::new()),
            Tag::List(start) => Kind::List(start, Vec::new()),
            Tag::Item => Kind::Item(None),
            Tag::Table(_) => Kind::Table(Table::default()),
            Tag::TableHead => Kind::Row(CellKind::Header, Vec::new()),
            Tag::TableRow => Kind::Row(CellKind::Value, Vec::new()),
            Tag::TableCell => match self.open.last().map(|frame| &frame.kind) {
                Some(Kind::Row(kind, _)) => Kind::Cell(*kind, 1, 1),
                _ => Kind::Cell(CellKind::Value, 1, 1),
            },
            Tag::Emphasis => Kind::Marked(Mark::Emphasis),
            Tag::Strong => Kind::Marked(Mark::Strong),
            Tag::Strikethrough => Kind::Marked(Mark::Strike),
            Tag::Superscript => Kind::Marked(Mark::Superscript),
            Tag::Subscript => Kind::Marked(Mark::Subscript),
            Tag::Link { link_type: LinkType::WikiLink { has_pothole }, dest_url, .. } => {
                Kind::PageLink(dest_url.into_string(), has_pothole)
            }
            Tag::Link { link_type, dest_url, .. } => {
                let scheme = if link_type == LinkType::Email { "mailto:" } else { "" };
                Kind::Link(format!("{scheme}{dest_url}"))
            }
            Tag::Image { dest_url, title, .. } => {
                Kind::Image { destination: dest_url.into_string(), title: title.into_string() }
            }
            Tag::FootnoteDefinition(label) => Kind::Footnote(label.into_string()),
            Tag::DefinitionList | Tag::DefinitionListTitle | Tag::DefinitionListDefinition | Tag::MetadataBlock(_) => {
                Kind::Other
            }
        };
        self.open.push(Frame::new(kind));
    }

    /// What tags opened and none closed ends with what is around it.
    fn close_html_frames(&mut self) {
        while self.open.last().is_some_and(|frame| frame.is_html) {
            self.end_frame();
        }
    }

    fn end(&mut self) {
        self.close_html_frames();
        self.end_frame();
    }

    pub(super) fn end_frame(&mut self) {
        let Some(mut frame) = self.open.pop() else { return };
        if let Kind::Image { destination, title } = frame.kind {
            let alt = self.alternative(frame.pieces);
            return self.inline(pieces::image(&destination, title, alt));
        }
        if let (Kind::Paragraph, Some(Piece::Words(words))) = (&frame.kind, frame.pieces.first())
            && words.begins_literally()
            && let Some(Frame { kind: kind @ Kind::Quote, blocks, .. }) = self.open.last_mut()
            && blocks.is_empty()
        {
            *kind = Kind::PlainQuote;
        }
        match frame.kind {
            Kind::Paragraph | Kind::Heading(_) | Kind::Marked(_) | Kind::Link(_) | Kind::PageLink(..) => {
                let content = pieces::paired(frame.pieces, self.reading);
                return self.end_line(frame.kind, content);
            }
            Kind::Html(html) => return self.html(&html),
            Kind::Code(text) => return self.code(text),
            _ => frame.end_paragraph(self.reading),
        }
        tags::adopt_stray(&mut frame);
        match frame.kind {
            Kind::Quote => self.block(alerts::quotation(frame.blocks)),
            Kind::PlainQuote => self.block(Block::Quote(frame.blocks)),
            Kind::Expand(title) => self.block(Block::Expand { title, blocks: frame.blocks }),
            Kind::List(start, items) if !items.is_empty() => self.block(Block::List(List { start, items })),
            Kind::Item(task) => {
                if let Some(Kind::List(_, items)) = self.open.last_mut().map(|frame| &mut frame.kind) {
                    items.push(Item { task, blocks: frame.blocks });
                }
            }
            Kind::Cell(kind, columns, rows) => {
                if let Some(Kind::Row(_, cells)) = self.open.last_mut().map(|frame| &mut frame.kind) {
                    cells.push(Cell { kind, columns, rows, blocks: frame.blocks });
                }
            }
            Kind::Row(kind, cells) => {
                // A header that says nothing only stands there because Markdown wants one.
                let is_blank = kind == CellKind::Header && cells.iter().all(|cell| cell.blocks.is_empty());
                if let Some(Kind::Table(table)) = self.open.last_mut().map(|frame| &mut frame.kind)
                    && !is_blank
                {
                    table.rows.push(cells);
                }
            }
            Kind::Table(table) => self.table(table),
            Kind::Footnote(label) => self.footnotes.define(&label, frame.blocks),
            _ => {
                for block in frame.blocks {
                    self.block(block);
                }
            }
        }
    }

    fn end_line(&mut self, kind: Kind, content: Vec<Inline>) {
        match kind {
            Kind::Paragraph => {
                let is_quoted =
                    matches!(self.open.last(), Some(Frame { kind: Kind::Quote, blocks, .. }) if blocks.is_empty());
                // The first line of a quotation may make it a panel; its line ends must still be there to tell.
                let content = if is_quoted { pieces::joined(content) } else { tidy(content) };
                if let Some(block) = frames::paragraph(content) {
                    self.block(block);
                }
            }
            Kind::Heading(level) => {
                let content = tidy(content);
                if !content.is_empty() {
                    self.block(Block::Heading { level, content });
                }
            }
            Kind::Marked(mark) => self.inline(Inline::Marked(mark, content)),
            Kind::Link(destination) => self.inlines(pieces::link(&destination, content, self.reading)),
            Kind::PageLink(page, has_words) => {
                self.inlines(pieces::page_link(&page, has_words.then_some(content)));
            }
            _ => {}
        }
    }

    fn inlines(&mut self, line: Vec<Inline>) {
        for part in line {
            self.inline(part);
        }
    }

    /// The words of an image, which name nothing.
    fn alternative(&self, pieces: Vec<Piece>) -> String {
        let named = pieces.into_iter().map(|piece| match piece {
            Piece::Words(words) => Piece::Inline(Inline::Text(words.into_text())),
            other => other,
        });
        pieces::plain(&tidy(pieces::paired(named.collect(), self.reading)))
    }

    fn code(&mut self, text: String) {
        if let Some(Block::Code(code)) = self.open.last_mut().and_then(|frame| frame.blocks.last_mut()) {
            code.text = text.strip_suffix('\n').map(str::to_owned).unwrap_or(text);
        }
    }
}
