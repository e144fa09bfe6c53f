//! A whole page given as Markdown, made into changes of the blocks that differ.

use std::collections::BTreeSet;

use super::error::EditError;
use super::plan::local;
use super::{Edited, finish, planner};
use crate::markup::blocks::{BlockKind, Segment, Unit, named_segments, units};
use crate::markup::merge::{Merge, Patch, seen_blocks};
use crate::markup::storage::{Element, Node, Reading, check_storage, is_block, parse};
use crate::markup::{Names, NoNames};

/// Changes a body so that it reads as this Markdown, which may be what reading it plainly or to edit it gave. Blocks that
/// read the same keep their bytes. Refused where something would go that Markdown does not show or cannot hold, unless
/// `allow_loss`. `names` are those the body was read with.
pub fn rewrite(storage: &str, markdown: &str, names: &dyn Names, allow_loss: bool) -> Result<Edited, EditError> {
    check_storage(storage)?;
    let parsed = parse(storage, is_block);
    let (segments, ids) = named_segments(&parsed.root, storage);
    let mut planner = planner(storage, names, &parsed.root, &segments, &ids);
    let fresh = planner.page.fresh(markdown)?;
    let new = parse(&fresh, is_block);
    let new_units = units(&new.root.children, &(0..fresh.len()), &fresh);
    let mut old_units = Vec::new();
    shown(&segments, &mut old_units);
    let mut merge = Merge::new(storage, &fresh, 1);
    let start = old_units.first().map_or_else(|| empty_place(&parsed.root), |unit| unit.range.start);
    merge.sequence(&old_units, &new_units, start, Merge::unit);
    let rewritten = rewritten(storage, &old_units, &merge.patches, &new.root);
    let edited = finish(storage, &parsed.root, merge.patches, &[], allow_loss)?;
    if !rewritten.is_empty() && !allow_loss {
        return Err(EditError::Loses(rewritten.into_iter().collect()));
    }
    let again = parse(&edited.storage, is_block);
    let gone: Vec<String> = kinds(&parsed.root.children).difference(&kinds(&again.root.children)).cloned().collect();
    Ok(Edited { lost: edited.lost.into_iter().chain(gone).collect(), ..edited })
}

/// What blocks that change, but do not go, hold that is in neither their new form nor the Markdown that was given.
fn rewritten(storage: &str, old: &[Unit<'_, '_>], patches: &[Patch], asked: &Element<'_>) -> BTreeSet<String> {
    let asked = kinds(&asked.children);
    let mut patches: Vec<&Patch> = patches.iter().collect();
    patches.sort_by_key(|patch| patch.range.start);
    let mut lost = BTreeSet::new();
    for unit in old {
        let first = patches.partition_point(|patch| patch.range.start < unit.range.start);
        let inside = patches.iter().skip(first).take_while(|patch| patch.range.start <= unit.range.end);
        let own = inside.filter(|patch| patch.range.end <= unit.range.end && !patch.range.is_empty());
        let own: Vec<Patch> = own.map(|patch| (*patch).clone()).collect();
        let goes = own.iter().any(|patch| patch.range == unit.range && patch.text.is_empty());
        if own.is_empty() || goes {
            continue;
        }
        let new = local(storage, &unit.range, &own);
        let again = parse(&new, is_block);
        let after = kinds(&again.root.children);
        lost.extend(kinds(unit.nodes).into_iter().filter(|kind| !after.contains(kind) && !asked.contains(kind)));
    }
    lost
}

/// The kinds of things that Markdown cannot hold.
fn kinds(nodes: &[Node<'_>]) -> BTreeSet<String> {
    let mut reading = Reading::new(&NoNames);
    reading.blocks(nodes);
    reading.lossy
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
    if segment.kind != BlockKind::Macro {
        return false;
    }
    let mut inside = String::new();
    for child in &segment.children {
        if !inside.is_empty() {
            inside.push('\n');
        }
        inside.push_str(&seen_blocks(child.unit.nodes));
    }
    seen_blocks(segment.unit.nodes) != inside
}

/// Where the first block of a page without any goes: into its first column, if it has one.
fn empty_place(root: &Element<'_>) -> usize {
    root.descendant("ac:layout-cell").map_or(root.inner.start, |cell| cell.inner.start)
}
