//! What a changed body must still be before it is sent: well formed, the same elsewhere, and without anything gone unasked.

use std::collections::BTreeMap;
use std::ops::Range;

use super::error::EditError;
use crate::domain::limits::PAGE_BODY;
use crate::domain::text::quoted;
use crate::markup::MarkupError;
use crate::markup::blocks::label;
use crate::markup::merge::Patch;
use crate::markup::storage::{Element, check_storage};

/// What a body refers to that Markdown cannot make anew.
#[derive(Debug, Default)]
pub(super) struct References {
    /// Kept macros by their bytes: how to call them, and how many there are.
    macros: BTreeMap<String, (String, usize)>,
    /// Texts of inline comments by reference.
    comments: BTreeMap<String, String>,
}

impl References {
    pub(super) fn of(root: &Element<'_>, source: &str, but: &[Range<usize>]) -> Self {
        let mut references = Self::default();
        references.collect(root, source, but);
        references
    }

    fn collect(&mut self, element: &Element<'_>, source: &str, but: &[Range<usize>]) {
        for child in element.elements() {
            if but.iter().any(|range| range.start <= child.outer.start && child.outer.end <= range.end) {
                continue;
            }
            if let Some(label) = label(child) {
                let bytes = source.get(child.outer.clone()).unwrap_or_default().to_owned();
                self.macros.entry(bytes).or_insert((label, 0)).1 += 1;
            }
            if child.name == "ac:inline-comment-marker"
                && let Some(reference) = child.attribute("ac:ref")
                && !child.text().trim().is_empty()
            {
                self.comments.entry(reference.to_owned()).or_default().push_str(&child.text());
            }
            self.collect(child, source, but);
        }
    }

    /// What is here and not there, in words.
    pub(super) fn missing_in(&self, other: &Self) -> Vec<String> {
        let count = |bytes: &String| other.macros.get(bytes).map_or(0, |(_, count)| *count);
        let macros = self.macros.iter().filter(|(bytes, (_, there))| count(bytes) < *there);
        let comments = self.comments.iter().filter(|(reference, _)| !other.comments.contains_key(*reference));
        macros
            .map(|(_, (label, _))| label.clone())
            .chain(comments.map(|(_, text)| format!("the inline comment on {}", quoted(text, 60))))
            .collect()
    }

    /// Fails where the new body has a macro more often than the old one, or a comment the old one does not have.
    pub(super) fn nothing_added(&self, new: &Self) -> Result<(), EditError> {
        for (bytes, (label, count)) in &new.macros {
            if self.macros.get(bytes).is_some_and(|(_, there)| there < count) {
                return Err(EditError::Marker(format!("{label} would stand twice; use each marker once")));
            }
        }
        match new.comments.keys().find(|reference| !self.comments.contains_key(*reference)) {
            Some(reference) => Err(EditError::Marker(format!("the page has no comment {}", quoted(reference, 60)))),
            None => Ok(()),
        }
    }
}

/// The new body is what Confluence takes.
pub(super) fn well_formed(new: &str) -> Result<(), EditError> {
    if new.len() > PAGE_BODY {
        return Err(MarkupError::TooLarge { bytes: new.len() }.into());
    }
    Ok(check_storage(new)?)
}

/// All bytes that no patch names are in the new body as they were, in the same order; the patches are in order.
pub(super) fn is_same_elsewhere(old: &str, new: &str, patches: &[Patch]) -> bool {
    let (mut from, mut there) = (0, 0);
    for patch in patches {
        let untouched = old.get(from..patch.range.start).unwrap_or_default();
        if !new.get(there..).is_some_and(|rest| rest.starts_with(untouched)) {
            return false;
        }
        there += untouched.len() + patch.text.len();
        from = patch.range.end;
    }
    new.get(there..) == old.get(from..)
}
