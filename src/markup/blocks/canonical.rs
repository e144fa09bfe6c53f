//! Storage format in one spelling: two bodies that say the same with other entities, tags or identities become one.

use std::collections::HashMap;

use super::opaque;
use crate::markup::storage::{Element, KEPT, Node, is_block};

/// Attributes that name a thing without changing what it says; they stay where a block is edited.
const IDENTITIES: [&str; 6] =
    ["ac:local-id", "local-id", "ac:macro-id", "ac:schema-version", "ri:version-at-save", "id"];

/// The one spelling of nodes; macros that are kept are told by their names.
pub(super) fn canonical(nodes: &[Node<'_>], ids: &HashMap<usize, String>) -> String {
    let mut spelling = Spelling { out: String::new(), ids };
    spelling.nodes(nodes, false);
    spelling.out.trim_end().to_owned()
}

struct Spelling<'i> {
    out: String,
    ids: &'i HashMap<usize, String>,
}

impl Spelling<'_> {
    fn nodes(&mut self, nodes: &[Node<'_>], is_exact: bool) {
        for node in nodes {
            match node {
                Node::Text(text) | Node::Exact(text) if is_exact => self.out.push_str(text),
                Node::Text(text) | Node::Exact(text) => self.text(text),
                Node::Element(element) => self.element(element),
            }
        }
    }

    /// White space counts once, and not at all at the edge of a block.
    fn text(&mut self, text: &str) {
        for character in text.chars() {
            if !character.is_whitespace() {
                self.out.push(character);
            } else if !self.out.ends_with([' ', '\u{1}']) && !self.out.is_empty() {
                self.out.push(' ');
            }
        }
    }

    /// The edge of a block.
    fn edge(&mut self) {
        self.out.truncate(self.out.trim_end_matches(' ').len());
        self.out.push('\u{1}');
    }

    fn element(&mut self, element: &Element<'_>) {
        let kept = if element.name == KEPT {
            element.attribute("id")
        } else if opaque::label(element).is_some() {
            self.ids.get(&element.outer.start).map(String::as_str)
        } else {
            None
        };
        if let Some(id) = kept {
            self.out.extend(["{kept ", id, "}"]);
            return;
        }
        let name = match element.name {
            // These are carried over by the edits themselves, row by row and cell by cell.
            "tbody" | "thead" | "tfoot" => return self.nodes(&element.children, false),
            "td" | "th" => "cell",
            "ac:task-id" | "ac:task-uuid" => return,
            "b" => "strong",
            "i" => "em",
            "del" | "strike" => "s",
            "ins" => "u",
            "ac:plain-text-link-body" => "ac:link-body",
            other => other,
        };
        let on_its_own = is_block(element) || name.starts_with("ac:task");
        if on_its_own {
            self.edge();
        }
        self.out.extend(["<", name]);
        self.attributes(element);
        self.out.push('>');
        let lines =
            matches!(name, "li" | "cell") && !element.elements().any(|child| is_block(child) || child.holds_blocks);
        if on_its_own {
            self.edge();
        }
        let has_text =
            lines && element.children.iter().any(|node| !matches!(node, Node::Text(text) if text.trim().is_empty()));
        self.out.push_str(if has_text || (lines && element.children.is_empty()) { "<p>\u{1}" } else { "" });
        self.nodes(&element.children, matches!(name, "ac:plain-text-body" | "pre"));
        if on_its_own {
            self.edge();
        }
        if lines {
            self.out.push_str("</p>\u{1}");
        }
        self.out.extend(["</", name, ">"]);
        if on_its_own {
            self.edge();
        }
    }

    fn attributes(&mut self, element: &Element<'_>) {
        let mut attributes: Vec<(&str, &str)> = element
            .attributes
            .iter()
            .map(|(name, value)| (&**name, &**value))
            .filter(|(name, _)| !IDENTITIES.contains(name))
            .collect();
        attributes.sort_unstable();
        for (name, value) in attributes {
            self.out.extend([" ", name, "=", value]);
        }
    }
}
