//! Tables of storage format, read into the document tree.

use super::blocks::{Flow, Reading};
use super::elements::{Element, Node};
use crate::markup::document::{Block, Cell, CellKind, Table};

/// Reads a table, its caption before it.
pub(super) fn table(reading: &mut Reading<'_>, element: &Element<'_>, flow: &mut Flow) {
    flow.end_paragraph();
    let mut table = Table::default();
    section(reading, element, &mut table, flow);
    if table.rows.iter().any(|row| !row.is_empty()) {
        flow.push(Block::Table(table));
    }
}

fn section(reading: &mut Reading<'_>, element: &Element<'_>, table: &mut Table, flow: &mut Flow) {
    for node in &element.children {
        match node {
            Node::Element(child) => match child.name {
                "tbody" | "thead" | "tfoot" => section(reading, child, table, flow),
                "tr" => {
                    let row = row(reading, child, table.rows.is_empty());
                    table.rows.push(row);
                }
                "colgroup" | "col" => reading.lost("column widths"),
                _ => reading.apart(std::slice::from_ref(node), flow),
            },
            Node::Text(text) | Node::Exact(text) if text.trim().is_empty() => {}
            Node::Text(_) | Node::Exact(_) => reading.apart(std::slice::from_ref(node), flow),
        }
    }
}

/// How many columns and rows a cell spans.
pub(crate) fn spans(cell: &Element<'_>) -> (usize, usize) {
    let span = |name: &str, most: usize| {
        cell.attribute(name).and_then(|count| count.trim().parse().ok()).unwrap_or(1).clamp(1, most)
    };
    (span("colspan", 1000), span("rowspan", 65_534))
}

/// Whether a cell only numbers its row, as Confluence does by itself.
pub(crate) fn is_numbering(cell: &Element<'_>) -> bool {
    cell.attribute("class").is_some_and(|class| class.contains("numberingColumn"))
}

/// Most cells hold one short line, and a table is held as a whole.
fn shrink(blocks: &mut Vec<Block>) {
    blocks.shrink_to_fit();
    for block in blocks {
        if let Block::Paragraph(content) = block {
            content.shrink_to_fit();
        }
    }
}

fn row(reading: &mut Reading<'_>, element: &Element<'_>, is_first: bool) -> Vec<Cell> {
    let mut cells = Vec::new();
    for cell in element.elements().filter(|cell| matches!(cell.name, "td" | "th")) {
        if is_numbering(cell) {
            reading.lost("numbered table rows");
            continue;
        }
        let kind = if cell.name == "th" { CellKind::Header } else { CellKind::Value };
        if kind == CellKind::Header && !is_first {
            reading.lost("header cells below the first row");
        }
        if cell.attribute("data-highlight-colour").is_some() {
            reading.lost("cell colours");
        }
        let (columns, rows) = spans(cell);
        if columns > 1 || rows > 1 {
            reading.lost("merged cells");
        }
        let mut blocks = reading.blocks(&cell.children);
        shrink(&mut blocks);
        if blocks.len() > 1 || blocks.iter().any(|block| !matches!(block, Block::Paragraph(_))) {
            reading.lost("lists, code and several paragraphs inside table cells");
        }
        cells.push(Cell { kind, columns, rows, blocks });
    }
    cells
}
