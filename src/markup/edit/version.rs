//! A version of a page in which blocks are found by their names, to be laid beside another one.

use crate::markup::blocks::{Ids, Segment, find_part, named_segments};
use crate::markup::merge::{Seen, Step, kind, seen_blocks, steps};
use crate::markup::storage::Element;

/// One version of a page.
pub(super) struct Version<'t, 's> {
    body: &'s str,
    segments: Vec<Segment<'t, 's>>,
    ids: Ids,
}

impl<'t, 's> Version<'t, 's> {
    pub(super) fn of(root: &'t Element<'s>, body: &'s str) -> Self {
        let (segments, ids) = named_segments(root, body);
        Self { body, segments, ids }
    }

    /// The bytes of the block of this name, or of the heading with these words.
    pub(super) fn bytes(&self, name: &str) -> Option<&'s str> {
        let block = find_part(&self.segments, &self.ids, name)?.first()?;
        self.body.get(block.unit.range.clone())
    }

    /// How a block reads in another version where it is another one.
    pub(super) fn changed(&self, name: &str, other: &Self) -> Option<String> {
        let (own, others) = (leaves(&self.segments), leaves(&other.segments));
        let at = own.iter().position(|block| self.ids.is_called(block.unit.range.start, name))?;
        let others = seen(&others);
        steps(&seen(&own), &others).into_iter().find_map(|step| match step {
            Step::Changed(one, now) if one == at => Some(others.get(now)?.text.clone()),
            _ => None,
        })
    }
}

/// The blocks without blocks of their own, in order.
fn leaves<'a, 't, 's>(segments: &'a [Segment<'t, 's>]) -> Vec<&'a Segment<'t, 's>> {
    let inside = |segment: &'a Segment<'t, 's>| {
        if segment.children.is_empty() { vec![segment] } else { leaves(&segment.children) }
    };
    segments.iter().flat_map(inside).collect()
}

fn seen(blocks: &[&Segment<'_, '_>]) -> Vec<Seen> {
    blocks.iter().map(|block| Seen { kind: kind(&block.unit), text: seen_blocks(block.unit.nodes) }).collect()
}
