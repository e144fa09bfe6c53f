//! Names of blocks and kept macros: the local id Confluence gave them, or a short hash of their bytes.

use std::collections::HashMap;

use sha2::{Digest as _, Sha256};

use super::opaque;
use super::segments::{Segment, segments};
use crate::markup::storage::Element;

/// Digits of a local id that are enough where no other begins with them.
const SHORT: usize = 8;

/// The names of everything in one body that can be named, by where it begins.
#[derive(Debug, Default)]
pub(in crate::markup) struct Ids {
    /// For each name, how often it was wanted.
    wanted: HashMap<String, usize>,
    by_start: HashMap<usize, String>,
}

/// The blocks of a body and the names of everything in it.
pub(in crate::markup) fn named_segments<'t, 's>(root: &'t Element<'s>, source: &str) -> (Vec<Segment<'t, 's>>, Ids) {
    let segments = segments(root, source);
    let ids = Ids::of(&segments, root, source);
    (segments, ids)
}

impl Ids {
    /// Names all blocks, and all macros that are kept as they are wherever they stand.
    fn of(segments: &[Segment<'_, '_>], root: &Element<'_>, source: &str) -> Self {
        let mut ids = Self::default();
        ids.name_segments(segments, source);
        ids.name_kept(root, source);
        ids
    }

    pub(in crate::markup) fn by_start(&self) -> &HashMap<usize, String> {
        &self.by_start
    }

    /// The name of what begins there.
    pub(in crate::markup) fn get(&self, start: usize) -> String {
        self.by_start.get(&start).cloned().unwrap_or_default()
    }

    /// The name that is meant: of a whole local id, its beginning.
    pub(in crate::markup) fn short(name: &str) -> &str {
        let name = name.trim().trim_start_matches('#');
        if name.len() > 30 { name.get(..SHORT).unwrap_or(name) } else { name }
    }

    /// Whether what begins there has this name, or a local id that begins like it.
    pub(in crate::markup) fn is_called(&self, start: usize, name: &str) -> bool {
        let short = Self::short(name);
        !short.is_empty() && self.by_start.get(&start).is_some_and(|id| id == short)
    }

    fn name_segments(&mut self, segments: &[Segment<'_, '_>], source: &str) {
        for segment in segments {
            let local = segment.unit.element.and_then(local_id);
            self.name(segment.unit.range.start, local, source.get(segment.unit.range.clone()));
            self.name_segments(&segment.children, source);
        }
    }

    fn name_kept(&mut self, element: &Element<'_>, source: &str) {
        for child in element.elements() {
            if opaque::label(child).is_some() {
                self.name(child.outer.start, local_id(child), source.get(child.outer.clone()));
            }
            self.name_kept(child, source);
        }
    }

    fn name(&mut self, start: usize, local: Option<&str>, bytes: Option<&str>) {
        if self.by_start.contains_key(&start) {
            return;
        }
        let short =
            local.map_or_else(|| hashed(bytes.unwrap_or_default()), |local| local.chars().take(SHORT).collect());
        let wanted = self.wanted.entry(short.clone()).or_default();
        *wanted += 1;
        let name = if *wanted == 1 { short } else { format!("{short}-{wanted}") };
        self.by_start.insert(start, name);
    }
}

/// A name made of bytes: `h` and six hexadecimal digits of their hash.
fn hashed(bytes: &str) -> String {
    let hash = Sha256::digest(bytes.as_bytes());
    let number = hash.iter().take(3).fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
    format!("h{number:06x}")
}

/// The id Confluence gave an element, if it can stand in a comment of Markdown.
fn local_id<'e>(element: &'e Element<'_>) -> Option<&'e str> {
    let id = element.attribute("ac:local-id").or_else(|| element.attribute("local-id"))?;
    let digits = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    (id.len() >= SHORT && digits && !id.starts_with('-')).then_some(id)
}
