//! Markdown read into the document tree: CommonMark, tables, task lists and strikethrough.

use pulldown_cmark::{CodeBlockKind, Event, LinkType, Options, Parser, Tag};

use super::frames::{Frame, Kind, info_string, status_colour};
use super::{alerts, pieces, targets};
use crate::markup::MarkupError;
use crate::markup::document::{
    Block, Cell, CellKind, Code, Document, Image, ImageSource, Inline, Item, Link, List, Mark, Table, Target, Task,
};
use crate::markup::tidy::tidy;
use pieces::Piece;

/// Quotations, lists (two each, with their items) and marks open at once; well within the depth storage format may have.
const MAX_NESTING: usize = 42;

/// Reads Markdown; fails only where it nests too deeply.
pub(crate) fn read(markdown: &str) -> Result<Document, MarkupError> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_TASKLISTS | Options::ENABLE_STRIKETHROUGH;
    let mut reader = Reader { open: vec![Frame::new(Kind::Root)] };
    for event in Parser::new_ext(markdown, options) {
        reader.event(event);
        // A frame becomes at most two elements of storage format, but for the few of one table and the tags in a line.
        if reader.open.len() > MAX_NESTING {
            return Err(MarkupError::TooDeep);
        }
    }
    reader.close_expands();
    let mut root = reader.open.pop().unwrap_or_else(|| Frame::new(Kind::Root));
    root.end_paragraph();
    Ok(Document { blocks: root.blocks })
}

/// Reads Markdown that may name comments and macros of a page.
pub(crate) fn read_to_edit(markdown: &str) -> Result<Document, MarkupError> {
    read(markdown)
}

struct Reader {
    open: Vec<Frame>,
}

impl Reader {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(_) => self.end(),
            Event::Code(code) => self.piece(Piece::Inline(Inline::Code(code.into_string()))),
            Event::InlineHtml(html) => self.piece(pieces::from_html(&html)),
            Event::SoftBreak => self.piece(Piece::Inline(Inline::Text("\n".to_owned()))),
            Event::HardBreak => self.piece(Piece::Inline(Inline::Break)),
            Event::Rule => self.block(Block::Rule),
            Event::TaskListMarker(done) => {
                let task = if done { Task::Complete } else { Task::Open };
                let item = self.open.iter_mut().rev().find_map(|frame| match &mut frame.kind {
                    Kind::Item(state) => Some(state),
                    _ => None,
                });
                if let Some(state) = item {
                    *state = Some(task);
                }
            }
            Event::Text(text)
            | Event::Html(text)
            | Event::FootnoteReference(text)
            | Event::InlineMath(text)
            | Event::DisplayMath(text) => self.text(&text),
        }
    }

    fn text(&mut self, text: &str) {
        match self.open.last_mut().map(|frame| &mut frame.kind) {
            Some(Kind::Code(code)) => code.push_str(text),
            Some(Kind::Html(html)) => html.push_str(text),
            _ => self.piece(Piece::Inline(Inline::Text(text.to_owned()))),
        }
    }

    fn piece(&mut self, piece: Piece) {
        if let Some(frame) = self.open.last_mut() {
            frame.pieces.push(piece);
        }
    }

    fn inline(&mut self, inline: Inline) {
        self.piece(Piece::Inline(inline));
    }

    fn block(&mut self, block: Block) {
        if let Some(frame) = self.open.last_mut() {
            frame.end_paragraph();
            frame.blocks.push(block);
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        let kind = match tag {
            Tag::Paragraph => Kind::Paragraph,
            Tag::Heading { level, .. } => Kind::Heading(level as u8),
            Tag::BlockQuote(_) => Kind::Quote,
            Tag::CodeBlock(kind) => {
                let (language, title) = match &kind {
                    CodeBlockKind::Fenced(info) => info_string(info),
                    CodeBlockKind::Indented => (None, None),
                };
                self.block(Block::Code(Code { language, title, text: String::new() }));
                Kind::Code(String::new())
            }
            Tag::HtmlBlock => Kind::Html(String::new()),
            Tag::List(start) => Kind::List(start, Vec::new()),
            Tag::Item => Kind::Item(None),
            Tag::Table(_) => Kind::Table(Table::default()),
            Tag::TableHead => Kind::Row(CellKind::Header, Vec::new()),
            Tag::TableRow => Kind::Row(CellKind::Value, Vec::new()),
            Tag::TableCell => match self.open.last().map(|frame| &frame.kind) {
                Some(Kind::Row(kind, _)) => Kind::Cell(*kind),
                _ => Kind::Cell(CellKind::Value),
            },
            Tag::Emphasis => Kind::Marked(Mark::Emphasis),
            Tag::Strong => Kind::Marked(Mark::Strong),
            Tag::Strikethrough => Kind::Marked(Mark::Strike),
            Tag::Superscript => Kind::Marked(Mark::Superscript),
            Tag::Subscript => Kind::Marked(Mark::Subscript),
            Tag::Link { link_type, dest_url, .. } => {
                let scheme = if link_type == LinkType::Email { "mailto:" } else { "" };
                Kind::Link(format!("{scheme}{dest_url}"))
            }
            Tag::Image { dest_url, title, .. } => {
                Kind::Image { destination: dest_url.into_string(), title: title.into_string() }
            }
            Tag::FootnoteDefinition(_)
            | Tag::DefinitionList
            | Tag::DefinitionListTitle
            | Tag::DefinitionListDefinition
            | Tag::MetadataBlock(_) => Kind::Other,
        };
        self.open.push(Frame::new(kind));
    }

    /// Expands that nobody closed end with what is around them.
    fn close_expands(&mut self) {
        while matches!(self.open.last().map(|frame| &frame.kind), Some(Kind::Expand(_))) {
            self.end_frame();
        }
    }

    fn end(&mut self) {
        self.close_expands();
        self.end_frame();
    }

    fn end_frame(&mut self) {
        let Some(mut frame) = self.open.pop() else { return };
        match frame.kind {
            Kind::Paragraph | Kind::Heading(_) | Kind::Marked(_) | Kind::Link(_) | Kind::Image { .. } => {
                let content = pieces::paired(frame.pieces);
                return self.end_line(frame.kind, content);
            }
            Kind::Html(html) => return self.html(&html),
            Kind::Code(text) => return self.code(text),
            _ => frame.end_paragraph(),
        }
        match frame.kind {
            Kind::Quote => self.block(alerts::quotation(frame.blocks)),
            Kind::Expand(title) => self.block(Block::Expand { title, blocks: frame.blocks }),
            Kind::List(start, items) => self.block(Block::List(List { start, items })),
            Kind::Item(task) => {
                if let Some(Kind::List(_, items)) = self.open.last_mut().map(|frame| &mut frame.kind) {
                    items.push(Item { task, blocks: frame.blocks });
                }
            }
            Kind::Cell(kind) => {
                if let Some(Kind::Row(_, cells)) = self.open.last_mut().map(|frame| &mut frame.kind) {
                    cells.push(Cell { kind, columns: 1, rows: 1, blocks: frame.blocks });
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
            Kind::Table(table) => self.block(Block::Table(table)),
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
                if !content.is_empty() {
                    self.block(Block::Paragraph(content));
                }
            }
            Kind::Heading(level) => self.block(Block::Heading { level, content: tidy(content) }),
            Kind::Marked(mark) => self.inline(Inline::Marked(mark, content)),
            Kind::Link(destination) => self.link(&destination, content),
            Kind::Image { destination, title } => self.image(&destination, title, &content),
            _ => {}
        }
    }

    fn html(&mut self, html: &str) {
        if let Some(title) = alerts::expand_title(html) {
            self.open.push(Frame::new(Kind::Expand(title)));
        } else if html.trim() == "</details>"
            && matches!(self.open.last().map(|frame| &frame.kind), Some(Kind::Expand(_)))
        {
            self.end_frame();
        } else {
            let content = tidy(vec![Inline::Text(html.to_owned())]);
            self.block(Block::Paragraph(content));
        }
    }

    fn code(&mut self, text: String) {
        if let Some(Block::Code(code)) = self.open.last_mut().and_then(|frame| frame.blocks.last_mut()) {
            code.text = text.strip_suffix('\n').map(str::to_owned).unwrap_or(text);
        }
    }

    fn link(&mut self, destination: &str, content: Vec<Inline>) {
        let content = tidy(content);
        if let Some(account_id) = destination.strip_prefix("user:").filter(|id| !id.is_empty()) {
            let name = pieces::plain(&content).strip_prefix('@').map(str::to_owned);
            return self.inline(Inline::Mention { account_id: account_id.to_owned(), name });
        }
        if let Some(colour) = destination.strip_prefix("status:") {
            return self.inline(Inline::Status { title: pieces::plain(&content), colour: status_colour(colour) });
        }
        let content = match targets::target(destination) {
            Some(target) => {
                let is_own_title = match (&target, content.as_slice()) {
                    (Target::Page { title: own, anchor: None, .. } | Target::Attachment(own), [Inline::Text(text)]) => {
                        own == text
                    }
                    _ => false,
                };
                let content = if is_own_title { Vec::new() } else { content };
                return self.inline(Inline::Link(Link { target, content }));
            }
            None => content,
        };
        for part in content {
            self.inline(part);
        }
    }

    fn image(&mut self, destination: &str, title: String, content: &[Inline]) {
        let alt = pieces::plain(content);
        if destination.is_empty() || targets::runs_script(destination) {
            return self.inline(Inline::Text(alt));
        }
        let is_address = destination.starts_with("//") || destination.contains("://");
        let source = if is_address {
            ImageSource::Address(destination.to_owned())
        } else {
            let file = destination.strip_prefix("attachment:").unwrap_or(destination);
            ImageSource::Attachment(targets::decode(file.rsplit('/').next().unwrap_or(file)))
        };
        self.inline(Inline::Image(Image { source, alt, caption: Some(title).filter(|title| !title.is_empty()) }));
    }
}
