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
        if !self.out.ends_with('\u{1}') {
            self.out.push('\u{1}');
        }
    }

    /// The edge where lines of text end: a line break shows nothing there.
    fn end_of_lines(&mut self) {
        self.edge();
        while let Some(text) = self.out.strip_suffix("<br>\u{1}").map(str::trim_end)
            && !text.ends_with(['\u{1}', '>'])
        {
            self.out.truncate(text.len());
            self.out.push('\u{1}');
        }
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
            // A link that leads nowhere is its words.
            "a" if element.attributes.is_empty() => return self.nodes(&element.children, false),
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
        let opened_at = self.out.len();
        self.out.extend(["<", name]);
        self.attributes(element);
        self.out.push('>');
        if on_its_own || name == "br" {
            self.edge();
        }
        match name {
            "li" | "cell" => self.lines(element),
            _ => self.nodes(&element.children, matches!(name, "ac:plain-text-body" | "pre")),
        }
        if on_its_own {
            self.end_of_lines();
            self.out.extend(["</", name, ">"]);
            self.edge();
        } else {
            self.close(name, opened_at);
        }
    }

    /// Ends a part of a line; white space at its ends stands outside of it.
    fn close(&mut self, name: &str, opened_at: usize) {
        if name == "br" {
            return;
        }
        if name.starts_with("ac:") || name == "code" {
            return self.out.extend(["</", name, ">"]);
        }
        let trailing = self.out.ends_with(' ');
        if trailing {
            self.out.pop();
        }
        self.out.extend(["</", name, ">"]);
        if trailing {
            self.out.push(' ');
        }
        let inside =
            self.out.get(opened_at..).and_then(|tag| tag.find('>')).map_or(opened_at, |end| opened_at + end + 1);
        if self.out.get(inside..).is_some_and(|text| text.starts_with(' ')) {
            self.out.remove(inside);
            if !self.out.get(..opened_at).is_some_and(|before| before.ends_with([' ', '\u{1}']) || before.is_empty()) {
                self.out.insert(opened_at, ' ');
            }
        }
    }

    /// Lines of an item or a cell are paragraphs, whether they are written so or not.
    fn lines(&mut self, element: &Element<'_>) {
        let is_own = |node: &Node<'_>| matches!(node, Node::Element(child) if is_block(child) || child.holds_blocks);
        let mut any = false;
        for run in element.children.chunk_by(|one, other| is_own(one) == is_own(other)) {
            let blank = run.iter().all(|node| matches!(node, Node::Text(text) if text.trim().is_empty()));
            if run.first().is_some_and(is_own) {
                any = true;
                self.nodes(run, false);
            } else if !blank {
                any = true;
                self.edge();
                self.out.push_str("<p>\u{1}");
                self.nodes(run, false);
                self.end_of_lines();
                self.out.push_str("</p>\u{1}");
            }
        }
        if !any {
            self.out.push_str("<p>\u{1}</p>\u{1}");
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
