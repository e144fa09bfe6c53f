//! Bodies changed by operations: what no operation names keeps its bytes.
//!
//! An operation becomes patches, bytes to put in place of others. New Markdown is written as storage format and merged into
//! the old: what reads the same keeps its bytes, and in a changed line every word that stayed keeps its marks, anchors and
//! colours. Before a body is given out it passes the gates: it is well formed, untouched bytes are untouched, and no macro and
//! no comment's anchor went unasked.

mod error;
mod fresh;
mod gates;
mod operations;
mod plan;
mod rewrite;
mod tables;
mod version;
mod words;

use std::collections::HashMap;
use std::ops::Range;

pub use error::EditError;
pub use operations::Operation;
pub use rewrite::rewrite;
pub use words::occurrences;

use gates::References;
use plan::Planner;
use version::Version;

use crate::markup::blocks::{Ids, Segment, label, named_segments};
use crate::markup::merge::{Overlap, Patch, apply, in_order};
use crate::markup::storage::{Element, check_storage, is_block, parse};
use crate::markup::{Names, NoNames, markdown_from_storage};

/// Operations of one edit.
pub const MOST_OPERATIONS: usize = 100;

/// A body after an edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edited {
    /// The new body in storage format.
    pub storage: String,
    /// The bytes of the old body that were replaced, in order; empty ranges are places where something was put in.
    pub changed: Vec<Range<usize>>,
    /// What went that Markdown cannot make anew, in words.
    pub lost: Vec<String>,
}

/// Changes a body by operations, which all name blocks of the body as it is given. `allow_loss` lets macros and comments'
/// anchors go that the new content leaves out. `names` are those the body was read with.
pub fn edit(storage: &str, operations: &[Operation], names: &dyn Names, allow_loss: bool) -> Result<Edited, EditError> {
    if operations.is_empty() || operations.len() > MOST_OPERATIONS {
        return Err(EditError::Count { most: MOST_OPERATIONS });
    }
    check_storage(storage)?;
    let parsed = parse(storage, is_block);
    let (segments, ids) = named_segments(&parsed.root, storage);
    let mut planner = planner(storage, names, &parsed.root, &segments, &ids);
    planner.allow_loss = allow_loss;
    for (at, operation) in operations.iter().enumerate() {
        planner.operation = at + 1;
        planner.plan(operation)?;
    }
    let Planner { patches, deleted, .. } = planner;
    finish(storage, &parsed.root, patches, &deleted, allow_loss)
}

fn planner<'a, 't, 's>(
    source: &'s str,
    names: &'s dyn Names,
    root: &Element<'_>,
    segments: &'a [Segment<'t, 's>],
    ids: &'a Ids,
) -> Planner<'a, 't, 's> {
    let mut kept = HashMap::new();
    collect_kept(root, ids, &mut kept);
    let page = fresh::Page { source, names, kept, last_task: tables::last_task(root) };
    Planner { page, segments, ids, operation: 1, allow_loss: false, patches: Vec::new(), deleted: Vec::new() }
}

fn collect_kept(element: &Element<'_>, ids: &Ids, kept: &mut HashMap<String, Range<usize>>) {
    for child in element.elements() {
        if label(child).is_some() {
            kept.insert(ids.get(child.outer.start), child.outer.clone());
        }
        collect_kept(child, ids, kept);
    }
}

/// Applies patches and sends the outcome through the gates.
fn finish(
    storage: &str,
    root: &Element<'_>,
    patches: Vec<Patch>,
    deleted: &[Range<usize>],
    allow_loss: bool,
) -> Result<Edited, EditError> {
    let patches = in_order(patches).map_err(|Overlap(one, other)| EditError::Overlap { one, other })?;
    let new = apply(storage, &patches);
    if new == storage {
        return Err(EditError::Unchanged);
    }
    gates::well_formed(&new)?;
    if !gates::is_same_elsewhere(storage, &new, &patches) {
        return Err(EditError::Marker(
            "the change would reach further than it says; change fewer blocks at once".to_owned(),
        ));
    }
    let again = parse(&new, is_block);
    let before = References::of(root, storage, &[]);
    let after = References::of(&again.root, &new, &[]);
    before.nothing_added(&after)?;
    let unasked = References::of(root, storage, deleted).missing_in(&after);
    if !unasked.is_empty() && !allow_loss {
        return Err(EditError::Loses(unasked));
    }
    let changed = patches.into_iter().map(|patch| patch.range).collect();
    Ok(Edited { storage: new, changed, lost: before.missing_in(&after) })
}

/// How a block that operations name reads in two versions of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The block.
    pub block: String,
    /// Its Markdown in the version that was read.
    pub read: String,
    /// Its Markdown now; nothing where it is gone.
    pub now: Option<String>,
}

/// The first block that operations name and that is not the same in both bodies. Where there is none, the operations mean
/// the same on the second body as on the first.
pub fn conflict(read: &str, now: &str, operations: &[Operation]) -> Option<Conflict> {
    let (read_body, now_body) = (parse(read, is_block), parse(now, is_block));
    let read_page = Version::of(&read_body.root, read);
    let now_page = Version::of(&now_body.root, now);
    operations.iter().flat_map(Operation::blocks).find_map(|block| {
        let (before, after) = (read_page.bytes(block), now_page.bytes(block));
        let markdown = |bytes: &str| markdown_from_storage(bytes, &NoNames).markdown;
        (before != after).then(|| Conflict {
            block: block.to_owned(),
            read: before.map(markdown).unwrap_or_default(),
            now: after.map(markdown).or_else(|| read_page.changed(block, &now_page)),
        })
    })
}
