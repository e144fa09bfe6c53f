//! HTML on lines of its own: expands and tables are built from its tags, all else is text.

use super::frames::{Frame, Kind};
use super::pieces;
use super::reader::{MAX_NESTING, Reader};
use crate::markup::document::{Block, Cell, CellKind, Inline, Item, Table};
use crate::markup::storage::resolve_entities;

/// A part of HTML, as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token<'h> {
    Text(&'h str),
    Tag(&'h str),
    Comment,
}

/// Splits HTML into tags and what is between them.
fn tokens(html: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = html;
    let mut text_end = 0;
    while let Some(open) = rest.get(text_end..).and_then(|tail| tail.find('<')).map(|at| at + text_end) {
        let tail = rest.get(open..).unwrap_or_default();
        let (length, token) = if tail.starts_with("<!--") {
            (tail.find("-->").map_or(tail.len(), |end| end + 3), Some(Token::Comment))
        } else {
            let length = tag_length(tail).unwrap_or(0);
            (length, tail.get(..length).filter(|tag| !tag.is_empty()).map(Token::Tag))
        };
        let Some(token) = token else {
            text_end = open + 1;
            continue;
        };
        tokens.extend(rest.get(..open).filter(|text| !text.is_empty()).map(Token::Text));
        tokens.push(token);
        rest = tail.get(length..).unwrap_or_default();
        text_end = 0;
    }
    tokens.extend(Some(rest).filter(|text| !text.is_empty()).map(Token::Text));
    tokens
}

/// The length of the tag a text begins with.
fn tag_length(text: &str) -> Option<usize> {
    let name = text.strip_prefix("</").or_else(|| text.strip_prefix('<'))?;
    if !name.starts_with(|first: char| first.is_ascii_alphabetic()) {
        return None;
    }
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(at + 1),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            (None, b'<') if at > 0 => return None,
            _ => {}
        }
    }
    None
}

/// A tag's name in lower case, with the slash of an end tag before it.
fn name(tag: &str) -> String {
    let inner = tag.trim_start_matches('<');
    let slash = inner.len() - inner.trim_start_matches('/').len();
    let end = inner.get(slash..).and_then(|rest| rest.find(|sign: char| !sign.is_ascii_alphanumeric()));
    inner.get(..end.map_or(inner.len(), |end| end + slash)).unwrap_or_default().to_ascii_lowercase()
}

/// How many columns or rows a cell's tag says it takes.
fn span(tag: &str, name: &str, most: usize) -> usize {
    let lower = tag.to_ascii_lowercase();
    let value = lower.split_once(name).map(|(_, rest)| rest.trim_start_matches(['=', '"', '\'', ' ']));
    let digits = value.map(|value| value.split(|sign: char| !sign.is_ascii_digit()).next().unwrap_or_default());
    digits.and_then(|digits| digits.parse().ok()).unwrap_or(1).clamp(1, most)
}

impl Reader<'_> {
    /// Reads a block of HTML into what is open.
    pub(super) fn html(&mut self, html: &str) {
        let mut summary: Option<String> = None;
        for token in tokens(html) {
            match (token, summary.as_mut()) {
                (Token::Comment, _) => {}
                (Token::Text(text), Some(title)) => title.push_str(text),
                (Token::Tag(tag), Some(title)) => {
                    if name(tag) == "/summary" {
                        self.title(title);
                        summary = None;
                    } else if matches!(name(tag).as_str(), "br" | "p") {
                        title.push(' ');
                    }
                }
                (Token::Tag(tag), None) if name(tag) == "summary" && self.awaits_title() => {
                    summary = Some(String::new());
                }
                (Token::Tag(tag), None) => self.tag(tag),
                (Token::Text(text), None) => self.html_text(text),
            }
        }
        if let Some(title) = summary {
            self.title(&title);
        }
        self.end_paragraph();
    }

    fn title(&mut self, text: &str) {
        if let Some(Frame { kind: Kind::Expand(title), .. }) = self.open.last_mut() {
            *title = resolve_entities(text).split_whitespace().collect::<Vec<_>>().join(" ");
        }
    }

    /// Whether an expand was just opened.
    fn awaits_title(&self) -> bool {
        matches!(self.open.last(), Some(Frame { kind: Kind::Expand(title), blocks, pieces, .. })
            if title.is_empty() && blocks.is_empty() && pieces.is_empty())
    }

    fn html_text(&mut self, text: &str) {
        match self.open.last().map(|frame| &frame.kind) {
            Some(Kind::Table(_) | Kind::Row(..) | Kind::List(..)) if text.trim().is_empty() => {}
            Some(Kind::Expand(_)) if self.awaits_title() && text.trim().is_empty() => {}
            _ if self.is_in_html() => self.inline(Inline::Text(resolve_entities(text))),
            _ => self.inline(Inline::Text(text.to_owned())),
        }
    }

    fn is_in_html(&self) -> bool {
        self.open.last().is_some_and(|frame| frame.is_html)
    }

    fn is_in_table(&self) -> bool {
        self.open.iter().rev().take_while(|frame| frame.is_html).any(|frame| matches!(frame.kind, Kind::Table(_)))
    }

    fn tag(&mut self, tag: &str) {
        let name = name(tag);
        let done = match name.as_str() {
            "details" => self.open_html(Kind::Expand(String::new())),
            "/details" => self.close_html(|kind| matches!(kind, Kind::Expand(_))),
            "table" => self.open_html(Kind::Table(Table::default())),
            "/table" => self.close_html(|kind| matches!(kind, Kind::Table(_))),
            _ if self.is_in_table() => self.table_tag(&name, tag),
            _ => false,
        };
        if !done && let Some(piece) = pieces::from_html(tag) {
            self.piece(piece);
        }
    }

    /// A tag inside a table.
    fn table_tag(&mut self, name: &str, tag: &str) -> bool {
        let is_cell = |kind: &Kind| matches!(kind, Kind::Cell(..));
        let is_row = |kind: &Kind| matches!(kind, Kind::Row(..));
        match name {
            "thead" | "tbody" | "tfoot" | "/thead" | "/tbody" | "/tfoot" | "colgroup" | "/colgroup" | "col" => true,
            "tr" => {
                self.close_html(is_row);
                self.open_html(Kind::Row(CellKind::Value, Vec::new()))
            }
            "td" | "th" => {
                self.close_html(is_cell);
                if matches!(self.open.last().map(|frame| &frame.kind), Some(Kind::Table(_))) {
                    self.open_html(Kind::Row(CellKind::Value, Vec::new()));
                }
                let kind = if name == "th" { CellKind::Header } else { CellKind::Value };
                self.open_html(Kind::Cell(kind, span(tag, "colspan", 1000), span(tag, "rowspan", 65_534)))
            }
            "/td" | "/th" => self.close_html(is_cell),
            "/tr" => self.close_html(is_row),
            "p" | "/p" | "div" | "/div" => {
                self.end_paragraph();
                true
            }
            "ul" => self.open_html(Kind::List(None, Vec::new())),
            "ol" => self.open_html(Kind::List(Some(1), Vec::new())),
            "/ul" | "/ol" => self.close_html(|kind| matches!(kind, Kind::List(..))),
            "li" if matches!(self.open.last().map(|frame| &frame.kind), Some(Kind::Item(_))) => {
                self.end_frame();
                self.open_html(Kind::Item(None))
            }
            "li" if matches!(self.open.last().map(|frame| &frame.kind), Some(Kind::List(..))) => {
                self.open_html(Kind::Item(None))
            }
            "/li" => self.close_html(|kind| matches!(kind, Kind::Item(_))),
            _ => false,
        }
    }

    /// Opens what a tag begins; not where it would nest too deeply: then the tag is text.
    fn open_html(&mut self, kind: Kind) -> bool {
        if self.open.len() >= MAX_NESTING {
            return false;
        }
        self.end_paragraph();
        self.open.push(Frame { is_html: true, ..Frame::new(kind) });
        true
    }

    /// Ends what is open up to the innermost of that kind, as far as tags opened it, but never a table around it.
    fn close_html(&mut self, is_wanted: impl Fn(&Kind) -> bool) -> bool {
        let html = self.open.iter().rev().take_while(|frame| frame.is_html);
        let mut kinds = html.map(|frame| &frame.kind).enumerate();
        let found = kinds.find(|(_, kind)| is_wanted(kind) || matches!(kind, Kind::Table(_) | Kind::Expand(_)));
        let Some((above, _)) = found.filter(|(_, kind)| is_wanted(kind)) else { return false };
        (0..=above).for_each(|_| self.end_frame());
        true
    }

    /// A table, if it has any cell.
    pub(super) fn table(&mut self, mut table: Table) {
        let is_blank = |cell: &Cell| cell.kind == CellKind::Header && cell.blocks.is_empty();
        table.rows.retain(|row| !row.iter().all(is_blank));
        if !table.rows.is_empty() {
            self.block(Block::Table(table));
        }
    }

    fn end_paragraph(&mut self) {
        let reading = self.reading;
        if let Some(frame) = self.open.last_mut() {
            frame.end_paragraph(reading);
        }
    }
}

/// What stands between the tags of a table, but in no cell, becomes one.
pub(super) fn adopt_stray(frame: &mut Frame) {
    if frame.blocks.is_empty() {
        return;
    }
    let blocks = std::mem::take(&mut frame.blocks);
    match &mut frame.kind {
        Kind::Row(_, cells) => cells.push(Cell { kind: CellKind::Value, columns: 1, rows: 1, blocks }),
        Kind::Table(table) => table.rows.push(vec![Cell { kind: CellKind::Value, columns: 1, rows: 1, blocks }]),
        Kind::List(_, items) => items.push(Item { task: None, blocks }),
        _ => frame.blocks = blocks,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_falls_into_tags_and_text() {
        assert_eq!(
            tokens("a<td title=\">\">b < c<!-- x -->d<"),
            [Token::Text("a"), Token::Tag("<td title=\">\">"), Token::Text("b < c"), Token::Comment, Token::Text("d<")]
        );
        assert_eq!(name("</TD >"), "/td");
        assert_eq!(span("<td rowspan='3' colspan=\"2\">", "colspan", 9), 2);
    }
}
