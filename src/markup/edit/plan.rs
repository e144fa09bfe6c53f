//! Operations made into patches on one body.

use std::ops::Range;

use super::error::EditError;
use super::fresh::Page;
use super::operations::Operation;
use super::rewrite::shown;
use super::words;
use crate::domain::text::quoted;
use crate::markup::blocks::{BlockKind, Ids, Segment, Unit, find_part, label, units};
use crate::markup::merge::{Merge, Patch, apply, filled, seen_blocks};
use crate::markup::storage::{Element, is_block, parse};

/// What operations are planned on.
pub(super) struct Planner<'a, 't, 's> {
    pub page: Page<'s>,
    pub segments: &'a [Segment<'t, 's>],
    pub ids: &'a Ids,
    /// The operation being planned, from 1.
    pub operation: usize,
    pub patches: Vec<Patch>,
    /// Whether macros may go that new content leaves out.
    pub allow_loss: bool,
    /// Blocks that are to go by name.
    pub deleted: Vec<Range<usize>>,
}

impl<'a, 't, 's> Planner<'a, 't, 's> {
    pub(super) fn plan(&mut self, operation: &Operation) -> Result<(), EditError> {
        match operation {
            Operation::ReplaceBlock { block, markdown } => self.replace_block(block, markdown),
            Operation::InsertBefore { block, markdown } => {
                let at = self.block(block)?.unit.range.start;
                self.insert(at, markdown)
            }
            Operation::InsertAfter { block, markdown } => {
                let at = self.block(block)?.unit.range.end;
                self.insert(at, markdown)
            }
            Operation::AppendToSection { block, markdown } => {
                let at = self.end_of_section(block)?;
                self.insert(at, markdown)
            }
            Operation::DeleteBlock { block } => {
                let range = self.movable(block)?;
                self.deleted.push(range.clone());
                self.patch(range, String::new());
                Ok(())
            }
            Operation::MoveBlock { block, before, after } => {
                self.move_block(block, before.as_deref(), after.as_deref())
            }
            Operation::ReplaceText { find, replace, count, block } => {
                self.replace_text(find, replace, count.unwrap_or(1), block.as_deref())
            }
            Operation::SetTask { block, task, done } => self.set_task(block, task, *done),
            Operation::SetCell { block, row, column, markdown } => self.set_cell(block, *row, *column, markdown),
            Operation::SetRow { block, row, cells } => self.set_row(block, *row, cells),
            Operation::AppendRow { block, cells } => self.append_row(block, cells),
        }
    }

    pub(super) fn impossible(&self, problem: impl Into<String>) -> EditError {
        EditError::Impossible { operation: self.operation, problem: problem.into() }
    }

    pub(super) fn patch(&mut self, range: Range<usize>, text: String) {
        self.patches.push(Patch { range, text, operation: self.operation });
    }

    /// The block of this name, or of a name that begins like a whole local id.
    pub(super) fn block(&self, name: &str) -> Result<&'a Segment<'t, 's>, EditError> {
        find(self.segments, self.ids, name).ok_or_else(|| self.unknown(name))
    }

    fn unknown(&self, name: &str) -> EditError {
        let near = self.ids.by_start().values().map(|id| (strsim::osa_distance(id, name), id)).min();
        let nearest = near.filter(|(distance, _)| *distance <= 2).map(|(_, id)| format!("; did you mean {id}?"));
        EditError::NoBlock { operation: self.operation, block: quoted(name, 60), nearest: nearest.unwrap_or_default() }
    }

    /// The bytes of a block that may go elsewhere: all but the columns of a layout, which hold it together.
    fn movable(&self, name: &str) -> Result<Range<usize>, EditError> {
        let segment = self.block(name)?;
        if segment.kind == BlockKind::Cell {
            return Err(self.impossible("a column of a layout stays; delete or move the blocks in it"));
        }
        Ok(segment.unit.range.clone())
    }

    fn insert(&mut self, at: usize, markdown: &str) -> Result<(), EditError> {
        let fresh = self.page.fresh(markdown)?;
        if fresh.is_empty() {
            return Err(self.impossible("the new content is empty"));
        }
        self.patch(at..at, fresh);
        Ok(())
    }

    /// Where the part under a heading ends, among the heading's neighbours.
    fn end_of_section(&self, heading: &str) -> Result<usize, EditError> {
        let part = find_part(self.segments, self.ids, heading).ok_or_else(|| self.unknown(heading))?;
        match part {
            [first, ..] if !matches!(first.kind, BlockKind::Heading(_)) => {
                Err(self.impossible(format!("{} is no heading", quoted(heading, 60))))
            }
            [.., last] => Ok(last.unit.range.end),
            [] => Err(self.unknown(heading)),
        }
    }

    fn move_block(&mut self, block: &str, before: Option<&str>, after: Option<&str>) -> Result<(), EditError> {
        let range = self.movable(block)?;
        let at = match (before, after) {
            (Some(target), None) => self.block(target)?.unit.range.start,
            (None, Some(target)) => self.block(target)?.unit.range.end,
            _ => return Err(self.impossible("give either before or after")),
        };
        if at > range.start && at < range.end {
            return Err(self.impossible("a block cannot move into itself"));
        }
        let bytes = self.page.source.get(range.clone()).unwrap_or_default().to_owned();
        if at != range.start && at != range.end {
            self.patch(range, String::new());
            self.patch(at..at, bytes);
        }
        Ok(())
    }

    fn replace_text(&mut self, find: &str, replace: &str, count: usize, block: Option<&str>) -> Result<(), EditError> {
        if find.trim().is_empty() {
            return Err(self.impossible("give the text to find"));
        }
        let within = match block {
            Some(block) => self.block(block)?.unit.range.clone(),
            None => 0..self.page.source.len(),
        };
        let found = words::replacements(self.page.source, &within, find, replace, self.operation);
        if found.len() != count {
            return Err(EditError::Occurs { operation: self.operation, found: found.len(), wanted: count });
        }
        self.patches.extend(found.into_iter().flatten());
        Ok(())
    }

    fn replace_block(&mut self, block: &str, markdown: &str) -> Result<(), EditError> {
        let segment = self.block(block)?;
        if matches!(segment.kind, BlockKind::Layout | BlockKind::Cell) {
            return Err(self.impossible("a layout and its columns stay; replace the blocks in it"));
        }
        let fresh = self.page.fresh(markdown)?;
        if fresh.is_empty() {
            return Err(self.impossible("the new content is empty; use delete_block"));
        }
        match segment.unit.element.and_then(label) {
            Some(label) if !self.allow_loss => return Err(EditError::Loses(vec![label])),
            Some(_) => self.patch(segment.unit.range.clone(), fresh),
            None => {
                let mut old = Vec::new();
                shown(std::slice::from_ref(segment), &mut old);
                self.replace_units(&old, &segment.unit.range, &fresh);
            }
        }
        Ok(())
    }

    /// Puts storage format in place of units, sparing what reads the same; where that does not read as asked, all of it.
    pub(super) fn replace_units(&mut self, old: &[Unit<'_, '_>], within: &Range<usize>, fresh: &str) {
        let parsed = parse(fresh, is_block);
        let shown: String = old.iter().map(|unit| seen_blocks(unit.nodes)).collect::<Vec<_>>().join("\n");
        if shown == seen_blocks(&parsed.root.children) {
            return;
        }
        let new = units(&parsed.root.children, &(0..fresh.len()), fresh);
        let mut merge = Merge::new(self.page.source, fresh, self.operation);
        merge.sequence(old, &new, within.start, Merge::unit);
        let merged = local(self.page.source, within, &merge.patches);
        let again = parse(&merged, is_block);
        if seen_blocks(&again.root.children) == seen_blocks(&parsed.root.children) {
            self.patches.append(&mut merge.patches);
        } else {
            self.patch(within.clone(), fresh.to_owned());
        }
    }

    /// Puts storage format in place of what an element holds.
    pub(super) fn replace_inside(&mut self, element: &Element<'_>, fresh: &str) {
        if let Some(filled) = filled(element, self.page.source, fresh) {
            return self.patch(element.outer.clone(), filled);
        }
        let old = units(&element.children, &element.inner, self.page.source);
        self.replace_units(&old, &element.inner, fresh);
    }
}

/// Some bytes of a body with the patches that lie in them.
pub(super) fn local(source: &str, within: &Range<usize>, patches: &[Patch]) -> String {
    let mut patches: Vec<Patch> = patches
        .iter()
        .map(|patch| Patch {
            range: patch.range.start.saturating_sub(within.start)..patch.range.end.saturating_sub(within.start),
            ..patch.clone()
        })
        .collect();
    patches.sort_by_key(|patch| (patch.range.start, patch.range.end));
    apply(source.get(within.clone()).unwrap_or_default(), &patches)
}

/// The block of this name at any depth.
fn find<'a, 't, 's>(segments: &'a [Segment<'t, 's>], ids: &Ids, name: &str) -> Option<&'a Segment<'t, 's>> {
    segments.iter().find_map(|segment| {
        let is_it = ids.is_called(segment.unit.range.start, name);
        if is_it { Some(segment) } else { find(&segment.children, ids, name) }
    })
}
