//! Tables written as Markdown: merged cells laid out, every cell on one line, no padding.

use super::lines::Place;
use super::writer::{Writer, panel_word};
use crate::markup::document::tidy::collapsed;
use crate::markup::document::{Block, Cell, CellKind, Inline, List, Mark, Table, Task};

/// Cells that spans may add to one table.
const MAX_ADDED_CELLS: usize = 100_000;

/// Writes a table. Values spanning rows are repeated in each, columns spanned stay blank.
pub(super) fn table(writer: &mut Writer, table: &Table) {
    let lines = lay_out(writer, table);
    let width = lines.iter().map(Vec::len).max().unwrap_or(0).max(1);
    let headed = table.rows.first().is_some_and(|row| row.iter().all(|cell| cell.kind == CellKind::Header));
    let mut lines = lines.into_iter();
    let mut first = if headed { lines.next().unwrap_or_default() } else { Vec::new() };
    first.resize(width, String::new());
    writer.line(&row_line(&first));
    writer.line(&format!("|{}", "-|".repeat(width)));
    for line in lines {
        writer.line(&row_line(&line));
    }
}

fn row_line(cells: &[String]) -> String {
    let mut line = "|".to_owned();
    for cell in cells {
        line.extend([if cell.is_empty() { "" } else { " " }, cell, " |"]);
    }
    if cells.is_empty() {
        line.push_str(" |");
    }
    line
}

/// A value that reaches into the rows below.
#[derive(Clone)]
struct Reach {
    rows_left: usize,
    text: String,
}

/// Every row's cells by column, blank columns at the end left out.
fn lay_out(writer: &mut Writer, table: &Table) -> Vec<Vec<String>> {
    let mut reaching: Vec<Option<Reach>> = Vec::new();
    let mut budget = MAX_ADDED_CELLS;
    let mut rows = Vec::with_capacity(table.rows.len());
    for (at, row) in table.rows.iter().enumerate() {
        let mut line: Vec<String> = Vec::new();
        let below = table.rows.len() - at - 1;
        for cell in row {
            repeat_reaching(&mut line, &mut reaching, &mut budget);
            let text = cell_text(writer, cell);
            let columns = cell.columns.min(budget.max(1));
            let rows_left = if budget == 0 { 0 } else { (cell.rows - 1).min(below) };
            budget -= columns - 1;
            for column in 0..columns {
                let shown = if column == 0 { text.clone() } else { String::new() };
                if rows_left > 0 {
                    reaching.resize(reaching.len().max(line.len() + 1), None);
                    if let Some(place) = reaching.get_mut(line.len()) {
                        *place = Some(Reach { rows_left, text: shown.clone() });
                    }
                }
                line.push(shown);
            }
        }
        while line.len() < reaching.len() && budget > 0 {
            let before = line.len();
            repeat_reaching(&mut line, &mut reaching, &mut budget);
            if line.len() == before {
                line.push(String::new());
                budget -= 1;
            }
        }
        if budget == 0 {
            reaching.clear();
        }
        // What begins in this row reaches from the next one on.
        for place in &mut reaching {
            *place = place.take().filter(|reach| reach.rows_left > 0);
        }
        while reaching.last().is_some_and(Option::is_none) {
            reaching.pop();
        }
        while line.last().is_some_and(String::is_empty) {
            line.pop();
        }
        rows.push(line);
    }
    rows
}

/// Fills the columns that values from rows above take.
fn repeat_reaching(line: &mut Vec<String>, reaching: &mut [Option<Reach>], budget: &mut usize) {
    while let Some(Some(reach)) = reaching.get_mut(line.len()) {
        if reach.rows_left == 0 || *budget == 0 {
            break;
        }
        reach.rows_left -= 1;
        // A long text must not make a small body a large one.
        *budget = budget.saturating_sub(1 + reach.text.len() / 16);
        line.push(reach.text.clone());
    }
}

fn cell_text(writer: &mut Writer, cell: &Cell) -> String {
    // All of it is written as the one line it is read back as.
    let line = collapsed(joined(content(&cell.blocks), &Inline::Break));
    writer.inline(&line, Place::OneLine).replace('|', "\\|")
}

/// Parts of a line with something between them.
fn joined(parts: Vec<Vec<Inline>>, between: &Inline) -> Vec<Inline> {
    let mut line = Vec::new();
    for part in parts {
        if !line.is_empty() {
            line.push(between.clone());
        }
        line.extend(part);
    }
    line
}

/// Every line of a cell by itself.
fn content(blocks: &[Block]) -> Vec<Vec<Inline>> {
    let mut parts = Vec::new();
    add(blocks, &mut parts);
    parts.retain(|part| !part.is_empty());
    parts
}

fn add(content: &[Block], parts: &mut Vec<Vec<Inline>>) {
    let strong = |text: String| vec![Inline::Marked(Mark::Strong, vec![Inline::Text(text)])];
    for block in content {
        match block {
            Block::Paragraph(content) => parts.push(content.clone()),
            Block::Heading { content, .. } => parts.push(vec![Inline::Marked(Mark::Strong, content.clone())]),
            Block::Rule | Block::Id(_) => {}
            Block::Quote(inside) => add(inside, parts),
            Block::List(inside) => list(inside, parts),
            Block::Code(code) => {
                let lines = code.text.split('\n').filter(|line| !line.trim().is_empty());
                parts.extend(lines.map(|line| vec![Inline::Code(line.to_owned())]));
            }
            Block::Table(table) => {
                for row in &table.rows {
                    let cells =
                        row.iter().map(|cell| joined(self::content(&cell.blocks), &Inline::Text(" ".to_owned())));
                    parts.push(joined(cells.collect(), &Inline::Text("; ".to_owned())));
                }
            }
            Block::Panel(panel) => {
                let title = panel.title.as_ref().map(|title| format!(" {title}")).unwrap_or_default();
                parts.push(strong(format!("{}{title}", panel_word(panel.kind))));
                add(&panel.blocks, parts);
            }
            Block::Expand { title, blocks: inside } => {
                parts.push(strong(title.clone()));
                add(inside, parts);
            }
            Block::Formula(source) => parts.push(vec![Inline::Text(format!("$${source}$$"))]),
            Block::Kept(kept) => parts.push(vec![Inline::Kept(kept.clone())]),
        }
    }
}

fn list(list: &List, parts: &mut Vec<Vec<Inline>>) {
    let mut number = list.start;
    for item in &list.items {
        let mut inside = content(&item.blocks);
        let marker = match (item.task, number) {
            (Some(Task::Open), _) => "[ ] ".to_owned(),
            (Some(Task::Complete), _) => "[x] ".to_owned(),
            (None, Some(number)) => format!("{number}. "),
            (None, None) => "- ".to_owned(),
        };
        if let Some(first) = inside.first_mut() {
            first.insert(0, Inline::Text(marker));
        }
        parts.append(&mut inside);
        number = number.map(|number| number.saturating_add(1));
    }
}
