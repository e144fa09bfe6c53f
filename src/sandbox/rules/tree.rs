//! The content tree: what stands above, beside and below a page.

use std::collections::BTreeMap;

use crate::sandbox::model::{Content, ContentStatus, Id, Site};

/// Deeper than any real tree; ends a walk should the data ever form a ring.
const DEEPEST: usize = 200;

/// Everything above a content, topmost first.
pub(crate) fn ancestors<'a>(site: &'a Site, content: &Content) -> Vec<&'a Content> {
    let mut above = Vec::new();
    let mut next = content.parent;
    while let Some(parent) = next.and_then(|id| site.contents.get(&id)) {
        if above.len() == DEEPEST {
            break;
        }
        above.push(parent);
        next = parent.parent;
    }
    above.reverse();
    above
}

fn is_listed(content: &Content) -> bool {
    matches!(content.status, ContentStatus::Current | ContentStatus::Archived)
}

/// The direct children that are current or archived, in their order.
pub(crate) fn children(site: &Site, parent: Id) -> Vec<&Content> {
    let child = |content: &&Content| content.parent == Some(parent) && is_listed(content);
    let mut found: Vec<&Content> = site.contents.values().filter(child).collect();
    found.sort_by_key(|content| (content.position, content.id));
    found
}

/// Everything below a content down to a depth, each with its depth, parents before children.
pub(crate) fn descendants(site: &Site, root: Id, depth: usize) -> Vec<(&Content, usize)> {
    let mut below: BTreeMap<Id, Vec<&Content>> = BTreeMap::new();
    for content in site.contents.values().filter(|content| is_listed(content)) {
        if let Some(parent) = content.parent {
            below.entry(parent).or_default().push(content);
        }
    }
    for siblings in below.values_mut() {
        siblings.sort_by_key(|content| (content.position, content.id));
    }
    let mut found = Vec::new();
    let mut open = vec![(root, 0)];
    while let Some((id, level)) = open.pop() {
        if let Some(content) = site.contents.get(&id).filter(|_| level > 0) {
            found.push((content, level));
        }
        if level < depth {
            // Taken out, so that a ring in the data ends.
            let children = below.remove(&id).unwrap_or_default();
            open.extend(children.into_iter().rev().map(|child| (child.id, level + 1)));
        }
    }
    found
}

/// Whether one content stands below another, or is it.
pub(crate) fn is_within(site: &Site, id: Id, root: Id) -> bool {
    id == root
        || site.contents.get(&id).is_some_and(|content| ancestors(site, content).iter().any(|above| above.id == root))
}

/// A position after all siblings.
pub(crate) fn last_position(site: &Site, space: Id, parent: Option<Id>) -> i64 {
    let siblings = site.contents.values().filter(|content| content.space == space && content.parent == parent);
    siblings.map(|content| content.position).max().unwrap_or_default().saturating_add(1)
}
