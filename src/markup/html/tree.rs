//! Tags put into a tree, with the end tags that HTML leaves out.

use std::collections::HashMap;

use super::names::{belongs_to_head, ends_paragraph, is_cell_or_table, is_heading, is_special, is_void};
use crate::markup::storage::{Element, MAX_DEPTH, Node};

/// Elements kept of one document; a page as large as Confluence takes has fewer.
const MAX_ELEMENTS: usize = 400_000;

/// Elements as they are opened and closed.
#[derive(Default)]
pub(super) struct Tree {
    /// Each inside the one before it.
    open: Vec<Element<'static>>,
    roots: Vec<Node<'static>>,
    /// How many start tags of each name were skipped and not ended yet.
    skipped: HashMap<&'static str, usize>,
    count: usize,
    is_too_deep: bool,
    is_too_long: bool,
}

impl Tree {
    /// A start tag.
    pub(super) fn open(&mut self, element: Element<'static>, is_closed: bool) {
        // A form shows nothing of its own, and may stand where a table allows nothing else.
        if element.name == "form" {
            return;
        }
        let name = element.name;
        if matches!(name, "html" | "body") {
            return self.end_head();
        }
        if !belongs_to_head(name) {
            self.end_head();
        }
        self.imply_ends(name);
        let is_empty = is_void(name) || is_closed;
        self.is_too_deep |= self.open.len() >= MAX_DEPTH;
        self.is_too_long |= self.count >= MAX_ELEMENTS;
        if self.open.len() >= MAX_DEPTH || self.count >= MAX_ELEMENTS {
            if !is_empty {
                *self.skipped.entry(name).or_default() += 1;
            }
            return;
        }
        self.count += 1;
        self.open.push(element);
        if is_empty {
            self.pop();
        }
    }

    /// Ends what a start tag of this name ends (HTML, section 13.2.6.4).
    fn imply_ends(&mut self, name: &'static str) {
        if ends_paragraph(name) {
            self.end(|open| open == "p", is_cell_or_table);
        }
        match name {
            "li" => self.end(|open| open == "li", |open| is_special(open) && !matches!(open, "address" | "div" | "p")),
            "dt" | "dd" => self.end(
                |open| matches!(open, "dt" | "dd"),
                |open| is_special(open) && !matches!(open, "address" | "div" | "p"),
            ),
            "option" => self.end(|open| open == "option", is_special),
            "optgroup" => self.end(|open| matches!(open, "option" | "optgroup"), is_special),
            "a" => self.end(|open| open == "a", |open| is_cell_or_table(open) || open == "li"),
            "td" | "th" => self.end(|open| matches!(open, "td" | "th"), |open| matches!(open, "tr" | "table")),
            "tr" => self.end(|open| open == "tr", |open| open == "table"),
            "tbody" | "thead" | "tfoot" => {
                self.end(|open| matches!(open, "tbody" | "thead" | "tfoot"), |open| open == "table");
            }
            _ if is_heading(name) && self.open.last().is_some_and(|last| is_heading(last.name)) => self.pop(),
            _ => {}
        }
    }

    fn end_head(&mut self) {
        if self.open.iter().any(|open| open.name == "head") {
            self.end(|open| open == "head", |_| false);
        }
    }

    /// Closes everything down to the innermost element that is meant, unless something stands before it.
    fn end(&mut self, is_meant: impl Fn(&str) -> bool, is_barrier: impl Fn(&str) -> bool) {
        for at in (0..self.open.len()).rev() {
            let name = self.open.get(at).map_or("", |open| open.name);
            if is_meant(name) {
                while self.open.len() > at {
                    self.pop();
                }
                return;
            }
            if is_barrier(name) {
                return;
            }
        }
    }

    /// An end tag; one without its start says nothing.
    pub(super) fn close(&mut self, name: &'static str) {
        if let Some(count) = self.skipped.get_mut(name).filter(|count| **count > 0) {
            *count -= 1;
            return;
        }
        match name {
            "br" => self.open(Element { name, ..Element::default() }, true),
            "table" => self.end(|open| open == name, |_| false),
            "td" | "th" | "tr" | "tbody" | "thead" | "tfoot" | "caption" => {
                self.end(|open| open == name, |open| open == "table");
            }
            "li" => {
                self.end(|open| open == name, |open| is_cell_or_table(open) || matches!(open, "ul" | "ol" | "menu"));
            }
            _ if is_heading(name) => self.end(is_heading, is_cell_or_table),
            _ if is_special(name) => self.end(|open| open == name, |open| is_cell_or_table(open) && open != name),
            // A mark may end within paragraphs that began in it.
            _ => self.end(|open| open == name, |open| is_special(open) && !matches!(open, "p" | "div")),
        }
    }

    /// Text between tags.
    pub(super) fn text(&mut self, text: &str) {
        if !text.trim().is_empty() && self.open.last().is_some_and(|open| open.name == "head") {
            self.end_head();
        }
        let nodes = self.nodes();
        match nodes.last_mut() {
            Some(Node::Text(last)) => last.to_mut().push_str(text),
            _ => nodes.push(Node::Text(text.to_owned().into())),
        }
    }

    fn nodes(&mut self) -> &mut Vec<Node<'static>> {
        match self.open.last_mut() {
            Some(parent) => &mut parent.children,
            None => &mut self.roots,
        }
    }

    fn pop(&mut self) {
        if let Some(mut element) = self.open.pop() {
            // Long documents are held whole.
            element.children.shrink_to_fit();
            self.nodes().push(Node::Element(element));
        }
    }

    /// All elements outside of any other, and what was wrong with them.
    pub(super) fn finish(mut self) -> (Vec<Node<'static>>, Vec<String>) {
        while !self.open.is_empty() {
            self.pop();
        }
        let mut warnings = Vec::new();
        if self.is_too_deep {
            warnings.push("elements nest too deeply: the innermost were read as text".to_owned());
        }
        if self.is_too_long {
            warnings.push("the document has too many elements: the last were read as text".to_owned());
        }
        (self.roots, warnings)
    }
}
