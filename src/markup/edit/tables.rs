//! Single cells, rows and tasks changed by operations.

use super::error::EditError;
use super::plan::Planner;
use crate::domain::text::quoted;
use crate::markup::blocks::{BlockKind, plain_words};
use crate::markup::merge::{cells, rows};
use crate::markup::storage::{Element, is_numbering, spans};

/// Cells of one row laid out with spans; each column's cell, nothing where a cell from above reaches in.
type Columns<'t, 's> = Vec<Option<&'t Element<'s>>>;

/// Widest table that is laid out.
const MOST_COLUMNS: usize = 1000;

impl<'t, 's> Planner<'_, 't, 's> {
    fn table(&self, name: &str) -> Result<&'t Element<'s>, EditError> {
        match self.block(name)? {
            segment if segment.kind == BlockKind::Table => {
                segment.unit.element.ok_or_else(|| self.impossible("no table"))
            }
            segment => Err(self.impossible(format!("{} is a {}, no table", quoted(name, 40), segment.kind.word()))),
        }
    }

    pub(super) fn set_cell(&mut self, table: &str, row: usize, column: usize, text: &str) -> Result<(), EditError> {
        let grid = grid(self.table(table)?);
        let rows = grid.len();
        let Some(columns) = row.checked_sub(1).and_then(|row| grid.get(row)) else {
            return Err(self.impossible(format!("the table has {rows} rows")));
        };
        match column.checked_sub(1).and_then(|column| columns.get(column)) {
            Some(Some(cell)) => self.fill(cell, text),
            Some(None) => {
                Err(self.impossible("this cell belongs to a merged one; name the row and column it begins in"))
            }
            None => Err(self.impossible(format!("row {row} has {} columns", columns.len()))),
        }
    }

    pub(super) fn set_row(&mut self, table: &str, row: usize, texts: &[String]) -> Result<(), EditError> {
        let grid = grid(self.table(table)?);
        let rows = grid.len();
        let Some(columns) = row.checked_sub(1).and_then(|row| grid.get(row)) else {
            return Err(self.impossible(format!("the table has {rows} rows")));
        };
        let own: Vec<_> = columns.iter().flatten().collect();
        if own.len() != texts.len() {
            let (own, given) = (own.len(), texts.len());
            return Err(self.impossible(format!("row {row} has {own} cells of its own, {given} were given")));
        }
        own.into_iter().zip(texts).try_for_each(|(cell, text)| self.fill(cell, text))
    }

    fn fill(&mut self, cell: &Element<'_>, text: &str) -> Result<(), EditError> {
        let fresh = self.page.fresh(text)?;
        let fresh = if fresh.is_empty() { "<p />".to_owned() } else { fresh };
        self.replace_inside(cell, &fresh);
        Ok(())
    }

    /// The new row has the kinds of cells that the last one has.
    pub(super) fn append_row(&mut self, table: &str, texts: &[String]) -> Result<(), EditError> {
        let table = self.table(table)?;
        let grid = grid(table);
        let width = grid.iter().map(Vec::len).max().unwrap_or(0);
        if texts.is_empty() || texts.len() > width {
            return Err(self.impossible(format!("the table has {width} columns, {} cells were given", texts.len())));
        }
        let all = rows(table);
        let Some(last) = all.last().and_then(|row| row.element) else {
            return Err(self.impossible("the table has no row to add one after"));
        };
        let is_header = |at: usize| {
            all.len() > 1
                && grid
                    .last()
                    .and_then(|row| row.get(at))
                    .is_some_and(|cell| cell.is_some_and(|cell| cell.name == "th"))
        };
        let mut row = "<tr>".to_owned();
        if last.elements().any(is_numbering) {
            row.extend(["<td class=\"numberingColumn\">", &all.len().to_string(), "</td>"]);
        }
        for at in 0..width {
            let text = texts.get(at).map_or("", String::as_str);
            let fresh = self.page.fresh(text)?;
            let name = if is_header(at) { "th" } else { "td" };
            let fresh = if fresh.is_empty() { "<p />" } else { &fresh };
            row.extend(["<", name, ">", fresh, "</", name, ">"]);
        }
        row.push_str("</tr>");
        let at = last.outer.end;
        self.patch(at..at, row);
        Ok(())
    }

    pub(super) fn set_task(&mut self, block: &str, task: &str, done: bool) -> Result<(), EditError> {
        let segment = self.block(block)?;
        let Some(list) = segment.unit.element.filter(|element| element.name == "ac:task-list") else {
            return Err(self.impossible(format!("{} is no task list", quoted(block, 40))));
        };
        let mut tasks = Vec::new();
        collect_tasks(list, &mut tasks);
        let wanted = plain_words(task);
        let body =
            |task: &Element<'_>| task.child("ac:task-body").map(|body| plain_words(&body.text())).unwrap_or_default();
        let by_words = |is_it: &dyn Fn(&str) -> bool| {
            let found: Vec<_> = tasks.iter().filter(|task| is_it(&body(task))).collect();
            match found.as_slice() {
                [one] => Some(**one),
                _ => None,
            }
        };
        let by_number = task.trim().parse::<usize>().ok().and_then(|number| tasks.get(number.checked_sub(1)?).copied());
        let found = by_words(&|body| body == wanted).or(by_number).or_else(|| by_words(&|body| body.contains(&wanted)));
        let Some(status) = found.and_then(|task| task.child("ac:task-status")) else {
            let message = format!("no one task is {}; the list has {} tasks", quoted(task, 60), tasks.len());
            return Err(self.impossible(message));
        };
        let state = if done { "complete" } else { "incomplete" };
        if status.text().trim() != state {
            self.patch(status.inner.clone(), state.to_owned());
        }
        Ok(())
    }
}

fn collect_tasks<'t, 's>(list: &'t Element<'s>, tasks: &mut Vec<&'t Element<'s>>) {
    for child in list.elements() {
        match child.name {
            "ac:task" => {
                tasks.push(child);
                collect_tasks(child, tasks);
            }
            "ac:task-list" => collect_tasks(child, tasks),
            _ => {}
        }
    }
}

/// The cells of every row by column, as they are read.
fn grid<'t, 's>(table: &'t Element<'s>) -> Vec<Columns<'t, 's>> {
    let mut reaching: Vec<usize> = Vec::new();
    let mut grid = Vec::new();
    for row in rows(table) {
        let Some(row) = row.element else { continue };
        let mut columns: Columns<'t, 's> = Vec::new();
        let mut below: Vec<(usize, usize)> = Vec::new();
        let reached = |columns: &mut Columns<'t, 's>, reaching: &[usize]| {
            while reaching.get(columns.len()).is_some_and(|rows| *rows > 0) {
                columns.push(None);
            }
        };
        for cell in cells(row) {
            let Some(cell) = cell.element else { continue };
            reached(&mut columns, &reaching);
            let (wide, high) = spans(cell);
            for at in 0..wide.min(MOST_COLUMNS.saturating_sub(columns.len())) {
                below.push((columns.len(), high));
                columns.push((at == 0).then_some(cell));
            }
        }
        reached(&mut columns, &reaching);
        for rows in &mut reaching {
            *rows = rows.saturating_sub(1);
        }
        for (column, high) in below {
            if reaching.len() <= column {
                reaching.resize(column + 1, 0);
            }
            if let Some(rows) = reaching.get_mut(column) {
                *rows = high - 1;
            }
        }
        grid.push(columns);
    }
    grid
}

/// How many tasks are numbered on a page: the largest number there is.
pub(super) fn last_task(root: &Element<'_>) -> usize {
    let own = root.elements().filter(|child| child.name == "ac:task-id").filter_map(|id| id.text().trim().parse().ok());
    own.chain(root.elements().map(last_task)).max().unwrap_or(0)
}
