//! A whole page given as Markdown, made into changes of the blocks that differ.

use super::error::EditError;
use super::merge::Merge;
use super::{Edited, finish, planner, seen};
use crate::markup::blocks::{BlockKind, Ids, Segment, Unit, segments, units};
use crate::markup::storage::{Element, check_storage, is_block, parse};
use crate::markup::{NoNames, storage::Reading};

/// Changes a body so that it reads as this Markdown, which may be what reading it plainly or to edit it gave. Blocks that
/// read the same keep their bytes. Refused where something would go that Markdown does not show or cannot hold, unless
/// `allow_loss`.
pub fn rewrite(storage: &str, markdown: &str, allow_loss: bool) -> Result<Edited, EditError> {
    check_storage(storage)?;
    let parsed = parse(storage, is_block);
    let segments = segments(&parsed.root, storage);
    let ids = Ids::of(&segments, &parsed.root, storage);
    let mut planner = planner(storage, &parsed.root, &segments, &ids);
    let fresh = planner.page.fresh(markdown)?;
    let new = parse(&fresh, is_block);
    let new_units = units(&new.root.children, &(0..fresh.len()), &fresh);
    let mut old_units = Vec::new();
    shown(&segments, &mut old_units);
    let mut merge = Merge::new(storage, &fresh, 1);
    let start = old_units.first().map_or_else(|| empty_place(&parsed.root), |unit| unit.range.start);
    merge.sequence(&old_units, &new_units, start, Merge::unit);
    let edited = finish(storage, &parsed.root, merge.patches, &[], allow_loss)?;
    let lost = losses(&parsed.root, &edited.storage, &new.root);
    if lost.is_empty() || allow_loss {
        return Ok(Edited { lost: edited.lost.into_iter().chain(lost).collect(), ..edited });
    }
    Err(EditError::Loses(lost))
}

/// The blocks that a page reads as, one after the other: those of layouts and of macros that are not shown themselves.
pub(super) fn shown<'t, 's>(segments: &[Segment<'t, 's>], found: &mut Vec<Unit<'t, 's>>) {
    for segment in segments {
        let is_seen =
            !matches!(segment.kind, BlockKind::Layout | BlockKind::Cell | BlockKind::Macro | BlockKind::Other);
        if is_seen || segment.content.is_none() || titled(segment) {
            found.push(segment.unit.clone());
        } else {
            shown(&segment.children, found);
        }
    }
}

/// Whether a macro reads as more than its blocks.
fn titled(segment: &Segment<'_, '_>) -> bool {
    let mut inside = String::new();
    for child in &segment.children {
        if !inside.is_empty() {
            inside.push('\n');
        }
        inside.push_str(&seen::blocks(child.unit.nodes));
    }
    segment.kind == BlockKind::Macro && seen::blocks(segment.unit.nodes) != inside
}

/// Where the first block of a page without any goes: into its first column, if it has one.
fn empty_place(root: &Element<'_>) -> usize {
    root.descendant("ac:layout-cell").map_or(root.inner.start, |cell| cell.inner.start)
}

/// Kinds of things that were on the page, are on it no more, and could not be in the new Markdown.
fn losses(old: &Element<'_>, new: &str, asked: &Element<'_>) -> Vec<String> {
    let kinds = |element: &Element<'_>| {
        let mut reading = Reading::new(&NoNames);
        reading.blocks(&element.children);
        reading.lossy
    };
    let (before, asked) = (kinds(old), kinds(asked));
    let again = parse(new, is_block);
    let after = kinds(&again.root);
    before.into_iter().filter(|kind| !after.contains(kind) && !asked.contains(kind)).collect()
}
