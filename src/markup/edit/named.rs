//! The bytes of blocks by their names.

use std::collections::HashMap;

use crate::markup::blocks::{Ids, Segment, segments};
use crate::markup::storage::{is_block, parse};

/// A body whose blocks are found by name; headings by their words too.
pub(super) struct Named {
    bytes: HashMap<String, String>,
}

impl Named {
    pub(super) fn of(body: &str) -> Self {
        let parsed = parse(body, is_block);
        let segments = segments(&parsed.root, body);
        let ids = Ids::of(&segments, &parsed.root, body);
        let mut named = Self { bytes: HashMap::new() };
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
            self.collect(&segment.children, ids, body);
        }
    }

    pub(super) fn bytes(&self, name: &str) -> Option<String> {
        let short = Ids::short(name);
        self.bytes.get(short).or_else(|| self.bytes.get(&words(name))).cloned()
    }
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}
