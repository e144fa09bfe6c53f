//! What Markdown can hold of a block.

use std::collections::HashMap;

use super::canonical::canonical;
use super::units::Unit;
use crate::markup::document::Document;
use crate::markup::storage::{Reading, is_block, parse};
use crate::markup::{NoNames, markdown, storage};

/// Whether writing a block's own Markdown would give the block back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Grade {
    /// It would.
    Exact,
    /// Its words, but not all else; what would go, in our words.
    Lossy(Vec<String>),
    /// Markdown only names it.
    Opaque,
}

impl Grade {
    /// Its word in listings.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Lossy(_) => "lossy",
            Self::Opaque => "opaque",
        }
    }
}

/// Grades one block by writing what it reads as.
pub(super) fn grade(unit: &Unit<'_, '_>, ids: &HashMap<usize, String>) -> Grade {
    if unit.element.is_some_and(|element| super::label(element).is_some()) {
        return Grade::Opaque;
    }
    let mut reading = Reading::new(&NoNames);
    reading.ids = Some(ids);
    let document = Document { blocks: reading.blocks(unit.nodes) };
    let text = markdown::write(&document).text;
    let written =
        markdown::read(&text, markdown::Reading::ForEdit).map(|document| storage::write(&document)).unwrap_or_default();
    let again = parse(&written, is_block);
    let old = canonical(unit.nodes, ids);
    let new = canonical(&again.root.children, &HashMap::new());
    // A line outside of any element comes back as a paragraph.
    let is_loose = unit.element.is_none() && new == format!("\u{1}<p>\u{1}{old}\u{1}</p>\u{1}");
    if old == new || is_loose {
        return Grade::Exact;
    }
    let mut lost: Vec<String> = reading.lossy.into_iter().collect();
    if lost.is_empty() {
        lost.push("details of storage format".to_owned());
    }
    Grade::Lossy(lost)
}
