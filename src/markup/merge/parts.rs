//! Tables, tasks and macros changed part by part: cells, checkboxes, titles, code.

use super::{Merge, seen, self_range, tags};
use crate::markup::blocks::{Unit, parts};
use crate::markup::storage::{Element, is_numbering, parameter};

/// The parameters of a code block that its fence shows.
const CODE_PARAMETERS: [&str; 6] = ["title", "language", "linenumbers", "firstline", "collapse", "theme"];

impl Merge<'_> {
    /// Rows are laid beside rows, and in a changed row cells beside cells.
    pub(in crate::markup) fn table(&mut self, old: &Element<'_>, new: &Element<'_>) {
        let old_rows = rows(old);
        let start = old_rows.first().map_or(old.inner.start, |row| row.range.start);
        self.sequence(&old_rows, &rows(new), start, Self::item);
    }

    pub(in crate::markup) fn row(&mut self, old: &Element<'_>, new: &Element<'_>) {
        let (one, other) = (cells(old), cells(new));
        if one.len() == other.len() {
            for (old, new) in one.iter().zip(&other) {
                self.cell(old, new);
            }
        } else {
            self.sequence(&one, &other, old.inner.start, Self::cell);
        }
    }

    fn cell(&mut self, old: &Unit<'_, '_>, new: &Unit<'_, '_>) {
        if let (Some(one), Some(other)) = (old.element, new.element)
            && seen::inside(one) != seen::inside(other)
        {
            self.inside(one, other);
        }
    }

    /// Checkbox, words and the list below are changed each for itself; the task keeps its id.
    pub(in crate::markup) fn task(&mut self, old: &Element<'_>, new: &Element<'_>) {
        if let (Some(one), Some(other)) = (old.child("ac:task-status"), new.child("ac:task-status"))
            && one.text().trim() != other.text().trim()
        {
            self.patch(one.inner.clone(), other.text().trim());
        }
        if let (Some(one), Some(other)) = (old.child("ac:task-body"), new.child("ac:task-body"))
            && seen::inside(one) != seen::inside(other)
        {
            self.inside(one, other);
        }
        match (old.child("ac:task-list"), new.child("ac:task-list")) {
            (Some(one), Some(other)) => self.items(one, other, "ac:task"),
            (Some(one), None) => self.patch(one.outer.clone(), ""),
            (None, Some(other)) => self.patch(old.inner.end..old.inner.end, self.new_bytes(&other.outer)),
            (None, None) => {}
        }
    }

    pub(in crate::markup) fn structured_macro(&mut self, old: &Element<'_>, new: &Element<'_>) {
        let name = |element: &Element<'_>| element.attribute("ac:name").unwrap_or_default().to_owned();
        let is_panel = |name: &str| matches!(name, "info" | "note" | "tip" | "warning" | "panel");
        let (one, other) = (name(old), name(new));
        let bodies = |body: &str| Some((old.child(body)?, new.child(body)?));
        if let Some((old_body, new_body)) = bodies("ac:plain-text-body") {
            let shown: &[&str] = if one == "code" { &CODE_PARAMETERS } else { &["title"] };
            for name in shown {
                self.parameter(old, new, name);
            }
            if old_body.text() != new_body.text() {
                self.patch(old_body.inner.clone(), self.new_bytes(&new_body.inner));
            }
        } else if (one == other || (is_panel(&one) && is_panel(&other)))
            && let Some((old_body, new_body)) = bodies("ac:rich-text-body")
        {
            if one != other {
                self.patch(self_range(old), tags::with_attribute(self.start_tag(old), "ac:name", Some(&other)));
            }
            self.parameter(old, new, "title");
            self.inside(old_body, new_body);
        } else {
            self.patch(old.outer.clone(), self.new_bytes(&new.outer));
        }
    }

    fn parameter(&mut self, old: &Element<'_>, new: &Element<'_>, name: &str) {
        let (one, other) = (parameter(old, name), parameter(new, name));
        match (one, other) {
            (Some(one), Some(other)) if one.text().trim() != other.text().trim() => {
                self.patch(one.inner.clone(), self.new_bytes(&other.inner));
            }
            (Some(one), None) if !one.text().trim().is_empty() => self.patch(one.outer.clone(), ""),
            (None, Some(other)) => self.patch(old.inner.start..old.inner.start, self.new_bytes(&other.outer)),
            _ => {}
        }
    }
}

/// The rows of a table wherever its sections hold them.
pub(in crate::markup) fn rows<'t, 's>(table: &'t Element<'s>) -> Vec<Unit<'t, 's>> {
    let mut found = parts(table, |child| child.name == "tr");
    let sections = table.elements().filter(|child| matches!(child.name, "tbody" | "thead" | "tfoot"));
    found.extend(sections.flat_map(|section| parts(section, |child| child.name == "tr")));
    found.sort_by_key(|row| row.range.start);
    found
}

/// The cells of a row, those apart that only number it.
pub(in crate::markup) fn cells<'t, 's>(row: &'t Element<'s>) -> Vec<Unit<'t, 's>> {
    parts(row, |cell| matches!(cell.name, "td" | "th") && !is_numbering(cell))
}
