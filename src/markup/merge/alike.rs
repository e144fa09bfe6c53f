//! Parts that stand beside each other laid beside those they become: by how they read, and of what kind they are.

use super::seen;
use super::sequence::{Kind, Seen, Step, steps};
use crate::markup::blocks::Unit;

/// What a part is; only parts of one kind are taken for one another changed.
pub(in crate::markup) fn kind(unit: &Unit<'_, '_>) -> Kind {
    match unit.name() {
        "" | "p" | "ac:image" => Kind::Line,
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => Kind::Heading,
        "ul" | "ol" => Kind::List,
        "ac:task-list" => Kind::Tasks,
        "table" => Kind::Table,
        "blockquote" => Kind::Quote,
        "ac:structured-macro" | "ac:macro" => {
            let name = unit.element.and_then(|element| element.attribute("ac:name")).unwrap_or_default();
            match name {
                "info" | "note" | "tip" | "warning" | "panel" => Kind::Panel,
                "expand" => Kind::Expand,
                _ if unit.element.is_some_and(|element| element.child("ac:plain-text-body").is_some()) => Kind::Source,
                _ => Kind::Macro,
            }
        }
        "li" => Kind::Item,
        "td" | "th" => Kind::Cell,
        "tr" => Kind::Row,
        "ac:task" => Kind::Task,
        _ => Kind::Other,
    }
}

/// How parts read, each with its index. A paragraph around a macro, for one, reads as several blocks.
fn see(units: &[Unit<'_, '_>]) -> (Vec<Seen>, Vec<usize>) {
    let mut all = Vec::with_capacity(units.len());
    let mut indexes = Vec::with_capacity(units.len());
    for (at, unit) in units.iter().enumerate() {
        if unit.is_part {
            all.push(Seen { kind: kind(unit), text: unit.element.map(seen::element).unwrap_or_default() });
        } else {
            let mut each = seen::each(unit.nodes);
            if each.is_empty() {
                each.push(String::new());
            }
            let kind = if each.len() > 1 { Kind::Mixed } else { kind(unit) };
            all.extend(each.into_iter().map(|text| Seen { kind, text }));
        }
        indexes.resize(all.len(), at);
    }
    (all, indexes)
}

/// The steps from one row of parts to another.
pub(super) fn alike(old: &[Unit<'_, '_>], new: &[Unit<'_, '_>]) -> Vec<Step> {
    let ((old_seen, old_at), (new_seen, new_at)) = (see(old), see(new));
    let steps = steps(&old_seen, &new_seen);
    if old_seen.len() == old.len() && new_seen.len() == new.len() {
        return steps;
    }
    // A part stays only if all it reads as stayed.
    let mut missing = vec![0_usize; old.len()];
    for at in &old_at {
        if let Some(count) = missing.get_mut(*at) {
            *count += 1;
        }
    }
    for step in &steps {
        if let Step::Same(one, _) = step
            && let Some(count) = old_at.get(*one).and_then(|at| missing.get_mut(*at))
        {
            *count -= 1;
        }
    }
    let stays = |part: Option<&usize>| part.and_then(|part| missing.get(*part)) == Some(&0);
    let mut by_part = Vec::with_capacity(steps.len());
    let (mut last_old, mut last_new) = (None, None);
    for step in steps {
        let (part, new_part) = match step {
            Step::Same(one, other) | Step::Changed(one, other) => (old_at.get(one), new_at.get(other)),
            Step::Gone(one) => (old_at.get(one), None),
            Step::Come(other) => (None, new_at.get(other)),
        };
        // Each part takes one step, whatever it reads as.
        let one = part.copied().filter(|one| last_old.replace(*one) != Some(*one));
        let other = new_part.copied().filter(|other| last_new.replace(*other) != Some(*other));
        match (step, one, other) {
            (Step::Same(..), Some(one), Some(other)) if stays(part) => by_part.push(Step::Same(one, other)),
            // The rest of something that stayed.
            (Step::Same(..), None, _) if stays(part) => {}
            (Step::Changed(..), Some(one), Some(other)) => by_part.push(Step::Changed(one, other)),
            (_, one, other) => by_part.extend(one.map(Step::Gone).into_iter().chain(other.map(Step::Come))),
        }
    }
    by_part
}
