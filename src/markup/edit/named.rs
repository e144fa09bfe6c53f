//! The bytes of blocks by their names.

use std::collections::HashMap;
use std::ops::Range;

use crate::markup::blocks::{Ids, Segment, segments};
use crate::markup::merge::seen_blocks;
use crate::markup::merge::{Seen, Step, steps};
use crate::markup::storage::{is_block, parse};

/// A body whose blocks are found by name; headings by their words too.
pub(super) struct Named<'b> {
    body: &'b str,
    places: HashMap<String, Range<usize>>,
    /// The names and the Markdown of all blocks without blocks of their own, in order.
    order: Vec<String>,
    seen: Vec<Seen>,
}

impl<'b> Named<'b> {
    pub(super) fn of(body: &'b str) -> Self {
        let parsed = parse(body, is_block);
        let segments = segments(&parsed.root, body);
        let ids = Ids::of(&segments, &parsed.root, body);
        let mut named = Self { body, places: HashMap::new(), order: Vec::new(), seen: Vec::new() };
        named.collect(&segments, &ids);
        named
    }

    fn collect(&mut self, segments: &[Segment<'_, '_>], ids: &Ids) {
        for segment in segments {
            let range = segment.unit.range.clone();
            self.places.insert(ids.get(range.start), range.clone());
            if let Some(element) = segment.unit.element
                && matches!(segment.kind, crate::markup::BlockKind::Heading(_))
            {
                self.places.entry(words(&element.text())).or_insert_with(|| range.clone());
            }
            if segment.children.is_empty() {
                self.order.push(ids.get(range.start));
                let text = seen_blocks(segment.unit.nodes);
                self.seen.push(Seen { kind: crate::markup::merge::kind(&segment.unit), text });
            }
            self.collect(&segment.children, ids);
        }
    }

    pub(super) fn bytes(&self, name: &str) -> Option<&'b str> {
        let place = self.places.get(Ids::short(name)).or_else(|| self.places.get(&words(name)))?;
        self.body.get(place.clone())
    }
}

impl Named<'_> {
    /// How a block reads in another version where it is another one.
    pub(super) fn changed(&self, name: &str, other: &Self) -> Option<String> {
        let at = self.order.iter().position(|known| known == Ids::short(name))?;
        steps(&self.seen, &other.seen).into_iter().find_map(|step| match step {
            Step::Changed(one, now) if one == at => Some(other.seen.get(now)?.text.clone()),
            _ => None,
        })
    }
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}
