//! All blocks of a body in order, for those who look at its structure.

use std::ops::Range;

use super::grade::{Grade, grade};
use super::names::{Ids, named_segments};
use super::segments::{BlockKind, Segment};
use crate::markup::MarkupError;
use crate::markup::storage::{check_storage, is_block, parse};

/// One block of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockInfo {
    /// Its name: the same as long as the block is unchanged.
    pub id: String,
    /// What it is.
    pub kind: BlockKind,
    /// How many blocks it stands in.
    pub depth: usize,
    /// Its bytes.
    pub range: Range<usize>,
    /// The bytes its own blocks stand in, if it can have any.
    pub content: Option<Range<usize>>,
    /// What Markdown can hold of it; for a block with blocks of its own, of all of them together.
    pub grade: Grade,
}

/// The blocks of a body, each before those inside of it. Fails where the body is not well formed.
pub fn blocks(storage: &str) -> Result<Vec<BlockInfo>, MarkupError> {
    check_storage(storage)?;
    let parsed = parse(storage, is_block);
    let (segments, ids) = named_segments(&parsed.root, storage);
    let mut found = Vec::new();
    list(&segments, &ids, 0, &mut found);
    Ok(found)
}

fn list(segments: &[Segment<'_, '_>], ids: &Ids, depth: usize, found: &mut Vec<BlockInfo>) {
    for segment in segments {
        let range = segment.unit.range.clone();
        found.push(BlockInfo {
            id: ids.get(range.start),
            kind: segment.kind,
            depth,
            range,
            content: segment.content.clone(),
            grade: grade(&segment.unit, ids.by_start()),
        });
        list(&segment.children, ids, depth + 1, found);
    }
}
