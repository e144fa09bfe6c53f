//! New storage format put in place of old so that everything that reads the same keeps its bytes.
//!
//! Blocks are laid beside blocks, items beside items, cells beside cells, and in a line words beside words: what is the same
//! to those who read Markdown stays as it is, down to entities, attributes and comments' anchors.

mod glyphs;
mod lines;
mod parts;
mod patches;
mod seen;
mod sequence;
mod tags;

use std::ops::Range;

pub(super) use parts::{cells, rows};
pub(super) use patches::{Overlap, Patch, apply, in_order};
pub(super) use sequence::{Seen, Step, steps};
pub(super) use {seen::blocks as seen_blocks, tags::opened};

use crate::markup::blocks::{Unit, units};
use crate::markup::storage::Element;

/// One body being changed towards another.
pub(in crate::markup) struct Merge<'s> {
    pub old: &'s str,
    pub new: &'s str,
    /// The operation the patches are part of.
    pub operation: usize,
    pub patches: Vec<Patch>,
}

/// Only parts of one kind are taken for one another changed.
pub(in crate::markup) fn kind(unit: &Unit<'_, '_>) -> u8 {
    match unit.name() {
        "" | "p" | "ac:image" => 0,
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => 1,
        "ul" | "ol" => 2,
        "ac:task-list" => 3,
        "table" => 4,
        "blockquote" => 5,
        "ac:structured-macro" | "ac:macro" => {
            let name = unit.element.and_then(|element| element.attribute("ac:name")).unwrap_or_default();
            match name {
                "info" | "note" | "tip" | "warning" | "panel" => 7,
                "expand" => 8,
                _ if unit.element.is_some_and(|element| element.child("ac:plain-text-body").is_some()) => 9,
                _ => 10,
            }
        }
        "li" => 11,
        "td" | "th" => 12,
        "tr" => 13,
        "ac:task" => 14,
        _ => 15,
    }
}

/// Items, rows, cells and tasks, which are there even when they are empty.
fn is_part(unit: &Unit<'_, '_>) -> bool {
    unit.is_part
}

/// Several blocks that one element reads as are changed together or not at all.
const MIXED: u8 = 0xff;

/// How parts read, each with its index. A paragraph around a macro, for one, reads as several blocks.
fn see(units: &[Unit<'_, '_>]) -> (Vec<Seen>, Vec<usize>) {
    let mut all = Vec::with_capacity(units.len());
    let mut indexes = Vec::with_capacity(units.len());
    for (at, unit) in units.iter().enumerate() {
        if is_part(unit) {
            all.push(Seen { kind: kind(unit), text: unit.element.map(seen::element).unwrap_or_default() });
        } else {
            let mut each = seen::each(unit.nodes);
            if each.is_empty() {
                each.push(String::new());
            }
            let kind = if each.len() > 1 { MIXED } else { kind(unit) };
            all.extend(each.into_iter().map(|text| Seen { kind, text }));
        }
        indexes.resize(all.len(), at);
    }
    (all, indexes)
}

/// The steps from one row of parts to another.
fn alike(old: &[Unit<'_, '_>], new: &[Unit<'_, '_>]) -> Vec<Step> {
    let ((old_seen, old_at), (new_seen, new_at)) = (see(old), see(new));
    let steps = steps(&old_seen, &new_seen);
    if old_seen.len() == old.len() && new_seen.len() == new.len() {
        return steps;
    }
    // A part stays only if all it reads as stayed.
    let mut stayed = vec![(0, None, true); old.len()];
    for step in &steps {
        if let Step::Same(one, other) = step
            && let (Some(one), Some(other)) = (old_at.get(*one), new_at.get(*other))
            && let Some((count, first, _)) = stayed.get_mut(*one)
        {
            *count += 1;
            first.get_or_insert(*other);
        }
    }
    let mut all = vec![0; old.len()];
    for at in &old_at {
        if let Some(count) = all.get_mut(*at) {
            *count += 1;
        }
    }
    for ((count, _, is_same), all) in stayed.iter_mut().zip(all) {
        *is_same = *count == all;
    }
    let mut by_part = Vec::with_capacity(steps.len());
    let (mut last_old, mut last_new) = (None, None);
    for step in steps {
        let (one, other) = match step {
            Step::Same(one, other) | Step::Changed(one, other) => (old_at.get(one), new_at.get(other)),
            Step::Gone(one) => (old_at.get(one), None),
            Step::Come(other) => (None, new_at.get(other)),
        };
        let one = one.copied().filter(|one| last_old.replace(*one) != Some(*one));
        let other = other.copied().filter(|other| last_new.replace(*other) != Some(*other));
        let is_same = one.and_then(|one| stayed.get(one)).is_some_and(|(_, _, is_same)| *is_same);
        match (step, one, other) {
            (Step::Same(..), Some(one), Some(other)) if is_same => by_part.push(Step::Same(one, other)),
            // The rest of something that stayed.
            (Step::Same(part, _), None, _)
                if old_at.get(part).and_then(|at| stayed.get(*at)).is_some_and(|at| at.2) => {}
            (Step::Changed(..), Some(one), Some(other)) => by_part.push(Step::Changed(one, other)),
            (_, one, other) => by_part.extend(one.map(Step::Gone).into_iter().chain(other.map(Step::Come))),
        }
    }
    by_part
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
                Step::Gone(_) if !is_part(unit) && seen::blocks(unit.nodes).is_empty() => {}
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
            ("p", "p" | "ac:image") | ("ac:image", "p") => self.text(old, new),
            ("h1" | "h2" | "h3" | "h4" | "h5" | "h6", "h1" | "h2" | "h3" | "h4" | "h5" | "h6") => {
                self.rename(old, new.name);
                self.text(old, new);
            }
            ("ul" | "ol", "ul" | "ol") => self.list(old, new),
            ("blockquote", "blockquote") => self.inside(old, new),
            ("table", "table") => self.table(old, new),
            ("ac:task-list", "ac:task-list") => self.tasks(old, new),
            ("ac:structured-macro" | "ac:macro", "ac:structured-macro" | "ac:macro") => self.structured_macro(old, new),
            _ if old.name == new.name => self.patch(old.outer.clone(), tags::carried(old, new, self.old, self.new)),
            _ => self.patch(old.outer.clone(), self.new_bytes(&new.outer)),
        }
    }

    /// Changes the line inside an element.
    fn text(&mut self, old: &Element<'_>, new: &Element<'_>) {
        let whole = |element: &Element<'_>| {
            if element.name == "ac:image" { element.outer.clone() } else { element.inner.clone() }
        };
        self.line_between(&whole(old), &whole(new));
    }

    fn line(&mut self, old: &Unit<'_, '_>, new: &Unit<'_, '_>) {
        let whole = |unit: &Unit<'_, '_>| match unit.element {
            Some(element) if element.name != "ac:image" => element.inner.clone(),
            _ => unit.range.clone(),
        };
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
        if old.inner.start == old.outer.end {
            // `<td />` has no inside to put anything into.
            let start = opened(self.old_bytes(&old.outer));
            let text = format!("{start}{}</{}>", self.new_bytes(&new.inner), old.name);
            return self.patch(old.outer.clone(), text);
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
        self.sequence(&children(old, name), &children(new, name), old.inner.start, Self::item);
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

/// The bytes of its start tag.
pub(in crate::markup) fn self_range(element: &Element<'_>) -> Range<usize> {
    element.outer.start..element.inner.start
}

/// The child elements of one name as units.
pub(in crate::markup) fn children<'t, 's>(element: &'t Element<'s>, name: &str) -> Vec<Unit<'t, 's>> {
    let nodes = element.children.iter();
    nodes
        .filter_map(|node| match node {
            crate::markup::storage::Node::Element(child) if child.name == name => Some(Unit {
                range: child.outer.clone(),
                nodes: std::slice::from_ref(node),
                element: Some(child),
                is_part: true,
            }),
            _ => None,
        })
        .collect()
}
