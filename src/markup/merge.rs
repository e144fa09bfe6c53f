//! New storage format put in place of old so that everything that reads the same keeps its bytes.
//!
//! Blocks are laid beside blocks, items beside items, cells beside cells, and in a line words beside words: what is the same
//! to those who read Markdown stays as it is, down to entities, attributes and comments' anchors.

mod alike;
mod glyphs;
mod lines;
mod parts;
mod patches;
mod seen;
mod sequence;
mod tags;

use std::ops::Range;

pub(super) use alike::kind;
pub(super) use parts::{cells, rows};
pub(super) use patches::{Overlap, Patch, apply, in_order};
pub(super) use sequence::{Seen, Step, steps};
pub(super) use {seen::blocks as seen_blocks, tags::filled};

use alike::alike;

use crate::markup::blocks::{Unit, parts, units};
use crate::markup::storage::Element;

/// One body being changed towards another.
pub(in crate::markup) struct Merge<'s> {
    pub old: &'s str,
    pub new: &'s str,
    /// The operation the patches are part of.
    pub operation: usize,
    pub patches: Vec<Patch>,
}

impl<'s> Merge<'s> {
    pub(in crate::markup) fn new(old: &'s str, new: &'s str, operation: usize) -> Self {
        Self { old, new, operation, patches: Vec::new() }
    }

    pub(in crate::markup) fn patch(&mut self, range: Range<usize>, text: impl Into<String>) {
        let text = text.into();
        if self.old.get(range.clone()) != Some(text.as_str()) {
            self.patches.push(Patch { range, text, operation: self.operation });
        }
    }

    pub(in crate::markup) fn new_bytes(&self, range: &Range<usize>) -> &'s str {
        self.new.get(range.clone()).unwrap_or_default()
    }

    pub(in crate::markup) fn old_bytes(&self, range: &Range<usize>) -> &'s str {
        self.old.get(range.clone()).unwrap_or_default()
    }

    /// Changes parts that stand beside each other; `start` is where new ones go that come before all old ones, `change`
    /// makes one part another of its kind.
    pub(in crate::markup) fn sequence(
        &mut self,
        old: &[Unit<'_, '_>],
        new: &[Unit<'_, '_>],
        start: usize,
        change: fn(&mut Self, &Unit<'_, '_>, &Unit<'_, '_>),
    ) {
        let mut at = start;
        let mut came = String::new();
        for step in alike(old, new) {
            let one = match step {
                Step::Come(other) => {
                    came.push_str(new.get(other).map_or("", |unit| self.new_bytes(&unit.range)));
                    continue;
                }
                Step::Same(one, _) | Step::Changed(one, _) | Step::Gone(one) => one,
            };
            let Some(unit) = old.get(one) else { continue };
            match step {
                // What cannot be seen, such as a table of contents, was not meant to go.
                Step::Gone(_) if !unit.is_part && seen::blocks(unit.nodes).is_empty() => {}
                Step::Gone(_) => {
                    self.patch(unit.range.clone(), "");
                    at = unit.range.end;
                    continue;
                }
                _ => {}
            }
            self.patch(at..at, std::mem::take(&mut came));
            if let Step::Changed(_, other) = step
                && let Some(other) = new.get(other)
            {
                change(self, unit, other);
            }
            at = unit.range.end;
        }
        self.patch(at..at, came);
    }

    /// Changes one unit into another of its kind.
    pub(in crate::markup) fn unit(&mut self, old: &Unit<'_, '_>, new: &Unit<'_, '_>) {
        if seen::blocks(old.nodes) == seen::blocks(new.nodes) {
            return;
        }
        match (old.element, new.element) {
            (Some(one), Some(other)) => self.element(one, other),
            _ => self.line(old, new),
        }
    }

    fn element(&mut self, old: &Element<'_>, new: &Element<'_>) {
        match (old.name, new.name) {
            ("p", "p" | "ac:image") | ("ac:image", "p") => self.line_between(&line_of(old), &line_of(new)),
            ("h1" | "h2" | "h3" | "h4" | "h5" | "h6", "h1" | "h2" | "h3" | "h4" | "h5" | "h6") => {
                self.rename(old, new.name);
                self.line_between(&line_of(old), &line_of(new));
            }
            ("ul" | "ol", "ul" | "ol") => self.list(old, new),
            ("blockquote", "blockquote") => self.inside(old, new),
            ("table", "table") => self.table(old, new),
            ("ac:task-list", "ac:task-list") => self.items(old, new, "ac:task"),
            ("ac:structured-macro" | "ac:macro", "ac:structured-macro" | "ac:macro") => self.structured_macro(old, new),
            _ if old.name == new.name => self.patch(old.outer.clone(), tags::carried(old, new, self.old, self.new)),
            _ => self.patch(old.outer.clone(), self.new_bytes(&new.outer)),
        }
    }

    /// Changes the line that two units are.
    fn line(&mut self, old: &Unit<'_, '_>, new: &Unit<'_, '_>) {
        let whole = |unit: &Unit<'_, '_>| unit.element.map_or_else(|| unit.range.clone(), line_of);
        self.line_between(&whole(old), &whole(new));
    }

    pub(in crate::markup) fn line_between(&mut self, old: &Range<usize>, new: &Range<usize>) {
        // The one white space that reads as none at the edges stays.
        let bytes = self.old_bytes(old);
        let text = bytes.trim();
        let start = old.start + (bytes.len() - bytes.trim_start().len());
        let kept = if text.is_empty() { old.clone() } else { start..start + text.len() };
        let merged = lines::merge(self.old, &kept, self.new, new);
        self.patch(kept, merged);
    }

    /// Changes the blocks inside an element.
    pub(in crate::markup) fn inside(&mut self, old: &Element<'_>, new: &Element<'_>) {
        let old_units = units(&old.children, &old.inner, self.old);
        let new_units = units(&new.children, &new.inner, self.new);
        if let Some(filled) = filled(old, self.old, self.new_bytes(&new.inner)) {
            return self.patch(old.outer.clone(), filled);
        }
        self.sequence(&old_units, &new_units, old.inner.start, Self::unit);
    }

    fn list(&mut self, old: &Element<'_>, new: &Element<'_>) {
        let start = new.attribute("start");
        if old.name != new.name || old.attribute("start").unwrap_or("1") != start.unwrap_or("1") {
            self.rename(old, new.name);
            let tag = tags::with_attribute(&tags::renamed(self.start_tag(old), old.name, new.name), "start", start);
            self.patches.retain(|patch| patch.range != self_range(old));
            self.patch(self_range(old), tag);
        }
        self.items(old, new, "li");
    }

    /// Changes the children of one name, each of which holds blocks or lines.
    pub(in crate::markup) fn items(&mut self, old: &Element<'_>, new: &Element<'_>, name: &str) {
        let (old_items, new_items) = (parts(old, |child| child.name == name), parts(new, |child| child.name == name));
        self.sequence(&old_items, &new_items, old.inner.start, Self::item);
    }

    pub(in crate::markup) fn item(&mut self, old: &Unit<'_, '_>, new: &Unit<'_, '_>) {
        let (Some(one), Some(other)) = (old.element, new.element) else { return };
        match one.name {
            "tr" => self.row(one, other),
            "ac:task" => self.task(one, other),
            _ => self.inside(one, other),
        }
    }

    pub(in crate::markup) fn start_tag(&self, element: &Element<'_>) -> &'s str {
        self.old_bytes(&self_range(element))
    }

    /// Gives an element another name, its attributes kept.
    pub(in crate::markup) fn rename(&mut self, old: &Element<'_>, name: &str) {
        if old.name == name {
            return;
        }
        let tag = tags::renamed(self.start_tag(old), old.name, name);
        self.patch(self_range(old), tag);
        if old.inner.end < old.outer.end {
            self.patch(old.inner.end..old.outer.end, format!("</{name}>"));
        }
    }
}

/// The bytes of the line that an element holds, or that it is.
fn line_of(element: &Element<'_>) -> Range<usize> {
    if element.name == "ac:image" { element.outer.clone() } else { element.inner.clone() }
}

/// The bytes of its start tag.
pub(in crate::markup) fn self_range(element: &Element<'_>) -> Range<usize> {
    element.outer.start..element.inner.start
}
