//! The bytes of blocks by their names.

use std::collections::HashMap;

use crate::markup::blocks::{Ids, Segment, segments};
use crate::markup::merge::seen_blocks;
use crate::markup::merge::{Seen, Step, steps};
use crate::markup::storage::{is_block, parse};

/// A body whose blocks are found by name; headings by their words too.
pub(super) struct Named {
    bytes: HashMap<String, String>,
    /// The names and the Markdown of all blocks without blocks of their own, in order.
    order: Vec<String>,
    seen: Vec<Seen>,
}

impl Named {
    pub(super) fn of(body: &str) -> Self {
        let parsed = parse(body, is_block);
        let segments = segments(&parsed.root, body);
        let ids = Ids::of(&segments, &parsed.root, body);
        let mut named = Self { bytes: HashMap::new(), order: Vec::new(), seen: Vec::new() };
        named.collect(&segments, &ids, body);
        named
    }

    fn collect(&mut self, segments: &[Segment<'_, '_>], ids: &Ids, body: &str) {
        for segment in segments {
            let range = segment.unit.range.clone();
            let bytes = body.get(range.clone()).unwrap_or_default();
            self.bytes.insert(ids.get(range.start), bytes.to_owned());
            if let Some(element) = segment.unit.element
                && matches!(segment.kind, crate::markup::BlockKind::Heading(_))
            {
                self.bytes.entry(words(&element.text())).or_insert_with(|| bytes.to_owned());
            }
            if segment.children.is_empty() {
                self.order.push(ids.get(range.start));
                let text = seen_blocks(segment.unit.nodes);
                self.seen.push(Seen { kind: crate::markup::merge::kind(&segment.unit), text });
            }
            self.collect(&segment.children, ids, body);
        }
    }

    pub(super) fn bytes(&self, name: &str) -> Option<String> {
        let short = Ids::short(name);
        self.bytes.get(short).or_else(|| self.bytes.get(&words(name))).cloned()
    }
}

impl Named {
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
