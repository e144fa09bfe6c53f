//! What stands beside each other in a body or inside an element: blocks, and lines of text outside of any.

use std::ops::Range;

use crate::markup::storage::{Element, Node, is_block, is_line, stands_alone};

/// One block, or one line of text that no element holds.
#[derive(Debug, Clone)]
pub(in crate::markup) struct Unit<'t, 's> {
    /// Its bytes in the body.
    pub range: Range<usize>,
    /// What it is read from.
    pub nodes: &'t [Node<'s>],
    /// The one element it is, unless it is a loose line.
    pub element: Option<&'t Element<'s>>,
    /// Whether it is a part of a list or table, which is there even when it says nothing.
    pub is_part: bool,
}

impl Unit<'_, '_> {
    /// The name of its element, empty for a loose line.
    pub(in crate::markup) fn name(&self) -> &str {
        self.element.map_or("", |element| element.name)
    }
}

/// The parts of a list or table that are these children of an element.
pub(in crate::markup) fn parts<'t, 's>(
    element: &'t Element<'s>,
    is_one: impl Fn(&Element<'s>) -> bool,
) -> Vec<Unit<'t, 's>> {
    let nodes = element.children.iter();
    let part = |node: &'t Node<'s>| match node {
        Node::Element(child) if is_one(child) => Some(Unit {
            range: child.outer.clone(),
            nodes: std::slice::from_ref(node),
            element: Some(child),
            is_part: true,
        }),
        _ => None,
    };
    nodes.filter_map(part).collect()
}

/// The units that nodes make up; `within` are the bytes these nodes stand for. White space between units is part of none.
pub(in crate::markup) fn units<'t, 's>(
    nodes: &'t [Node<'s>],
    within: &Range<usize>,
    source: &str,
) -> Vec<Unit<'t, 's>> {
    let mut found = Vec::new();
    let mut run = 0;
    let mut run_start = within.start;
    for (at, node) in nodes.iter().enumerate() {
        let Node::Element(element) = node else { continue };
        if !is_unit(element) {
            continue;
        }
        found.extend(loose(nodes.get(run..at).unwrap_or_default(), run_start..element.outer.start, source));
        let nodes = std::slice::from_ref(node);
        found.push(Unit { range: element.outer.clone(), nodes, element: Some(element), is_part: false });
        run = at + 1;
        run_start = element.outer.end;
    }
    found.extend(loose(nodes.get(run..).unwrap_or_default(), run_start..within.end, source));
    found
}

/// Whether an element is a unit of its own, not a part of a line.
fn is_unit(element: &Element<'_>) -> bool {
    stands_alone(element) || (!is_line(element) && (is_block(element) || element.holds_blocks))
}

/// Nothing, where there is only white space.
fn loose<'t, 's>(nodes: &'t [Node<'s>], range: Range<usize>, source: &str) -> Option<Unit<'t, 's>> {
    let blank = |node: &Node<'_>| match node {
        Node::Text(text) | Node::Exact(text) => text.trim().is_empty(),
        Node::Element(_) => false,
    };
    if nodes.iter().all(blank) {
        return None;
    }
    let text = source.get(range.clone()).unwrap_or_default();
    let start = range.start + (text.len() - text.trim_start().len());
    let end = start + text.trim().len();
    Some(Unit { range: start..end, nodes, element: None, is_part: false })
}
