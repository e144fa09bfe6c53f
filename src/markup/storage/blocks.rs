//! Paragraphs, headings, lists, tasks, layouts and panels of storage format, read into the document tree.

use std::collections::{BTreeSet, HashMap};

use super::elements::{Element, Node, parse_roots};
use super::{inlines, macros, tables};
use crate::domain::text::quoted;
use crate::markup::Names;
use crate::markup::blocks::label;
use crate::markup::document::tidy::collapsed;
use crate::markup::document::{Block, Code, Inline, Item, Kept, List, Mark, Task};
use crate::markup::hidden::is_hidden;

/// One body being read, and what was noticed on the way.
pub(crate) struct Reading<'n> {
    pub names: &'n dyn Names,
    /// For those who edit: the names of blocks and macros by where they begin in the body.
    pub ids: Option<&'n HashMap<usize, String>>,
    /// What Markdown cannot give back, in our words.
    pub lossy: BTreeSet<String>,
    /// The macros among it.
    lost_macros: Vec<String>,
    /// Parts left out because their style hides them.
    pub hidden: usize,
}

/// Blocks as they are found, with the line that is not yet a paragraph.
#[derive(Default)]
pub(super) struct Flow {
    pub blocks: Vec<Block>,
    pub run: Vec<Inline>,
    inside_paragraph: bool,
}

impl Flow {
    /// Ends the paragraph that is under way, if it says anything.
    pub(super) fn end_paragraph(&mut self) {
        let run = collapsed(std::mem::take(&mut self.run));
        if !run.is_empty() {
            self.blocks.push(Block::Paragraph(run));
        }
    }

    pub(super) fn push(&mut self, block: Block) {
        self.end_paragraph();
        self.blocks.push(block);
    }
}

/// What was noticed while a body was read.
pub(crate) struct Noticed {
    /// What was wrong with it.
    pub warnings: Vec<&'static str>,
    /// What Markdown cannot give back.
    pub lossy: BTreeSet<String>,
    /// Parts left out because their style hides them.
    pub hidden: usize,
}

/// Reads a body and gives away its blocks one after the other; never fails.
///
/// No more than one root of the body is held at a time.
pub(crate) fn read(storage: &str, names: &dyn Names, each: &mut dyn FnMut(Block)) -> Noticed {
    let mut reading = Reading::new(names);
    let mut flow = Flow::default();
    let warnings = parse_roots(storage, is_block, &mut |node| {
        reading.flow(std::slice::from_ref(&node), &mut flow);
        flow.blocks.drain(..).for_each(&mut *each);
    });
    flow.end_paragraph();
    flow.blocks.drain(..).for_each(each);
    Noticed { warnings, lossy: reading.lossy, hidden: reading.hidden }
}

/// Reads elements that the reader of another format made, as those of a body are read.
pub(crate) fn read_elements(roots: &[Node<'_>], names: &dyn Names, each: &mut dyn FnMut(Block)) -> Noticed {
    let mut reading = Reading::new(names);
    reading.blocks(roots).into_iter().for_each(each);
    Noticed { warnings: Vec::new(), lossy: reading.lossy, hidden: reading.hidden }
}

/// Whether an element stands on lines of its own.
pub(crate) fn is_block(element: &Element<'_>) -> bool {
    match element.name {
        "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "ul" | "ol" | "li" | "table" | "tbody" | "thead" | "tfoot"
        | "tr" | "td" | "th" | "caption" | "pre" | "blockquote" | "hr" | "div" | "dl" | "dt" | "dd" | "section"
        | "article" | "header" | "footer" | "figure" | "figcaption" | "details" | "summary" | "fieldset" | "form"
        | "address" | "center" | "ac:task-list" | "ac:task" | "ac:layout" | "ac:layout-section" | "ac:layout-cell"
        | "ac:adf-extension" => true,
        "ac:structured-macro" | "ac:macro" => macros::is_block(element),
        _ => false,
    }
}

/// Whether an element is part of a line whatever is inside.
pub(crate) fn is_line(element: &Element<'_>) -> bool {
    matches!(element.name, "a" | "ac:link" | "ac:image" | "ac:emoticon" | "ac:placeholder" | "ac:parameter")
}

/// Whether an element outside of any paragraph is one of its own.
pub(crate) fn stands_alone(element: &Element<'_>) -> bool {
    matches!(element.name, "ac:image" | "ac:structured-macro" | "ac:macro")
        && element.attribute("ac:name") != Some("status")
}

impl<'n> Reading<'n> {
    /// Begins to read with these names of people.
    pub(crate) fn new(names: &'n dyn Names) -> Self {
        Self { names, ids: None, lossy: BTreeSet::new(), lost_macros: Vec::new(), hidden: 0 }
    }

    /// What stands for a macro that is kept as it is, when somebody reads to edit.
    pub(super) fn kept(&self, element: &Element<'_>) -> Option<Kept> {
        let id = self.ids?.get(&element.outer.start)?;
        Some(Kept { label: label(element)?, id: id.clone() })
    }
}

impl Reading<'_> {
    /// Notes something that Markdown cannot give back.
    pub(super) fn lost(&mut self, what: &str) {
        if self.lossy.len() < 40 && !self.lossy.contains(what) {
            self.lossy.insert(what.to_owned());
        }
    }

    /// Notes a macro that Markdown cannot give back.
    pub(super) fn lost_macro(&mut self, name: &str) {
        if self.lossy.len() < 40 && !self.lost_macros.iter().any(|known| known == name) {
            self.lost_macros.push(name.to_owned());
            self.lost(&format!("macro {}", quoted(name, 40)));
        }
    }

    /// Whether its style hides the element; it is left out then, and counted.
    pub(super) fn hides(&mut self, element: &Element<'_>) -> bool {
        let hidden = matches!(element.name, "span" | "div" | "p") && element.attribute("style").is_some_and(is_hidden);
        if hidden {
            self.hidden += 1;
            self.lost("hidden text");
        }
        hidden
    }

    /// The blocks that nodes make up.
    pub(crate) fn blocks(&mut self, nodes: &[Node<'_>]) -> Vec<Block> {
        let mut flow = Flow::default();
        self.flow(nodes, &mut flow);
        flow.end_paragraph();
        flow.blocks
    }

    pub(super) fn flow(&mut self, nodes: &[Node<'_>], flow: &mut Flow) {
        for node in nodes {
            match node {
                Node::Text(text) if flow.run.is_empty() && text.trim_start().is_empty() => {}
                Node::Text(text) | Node::Exact(text) => flow.run.push(Inline::Text(text.to_string())),
                Node::Element(element) if self.hides(element) => {}
                Node::Element(element) if is_line(element) => self.inline_in_flow(element, flow),
                Node::Element(element) if element.is_block || element.holds_blocks => self.block(element, flow),
                Node::Element(element) => self.inline_in_flow(element, flow),
            }
        }
    }

    /// Images and macros outside of any paragraph stand alone.
    fn inline_in_flow(&mut self, element: &Element<'_>, flow: &mut Flow) {
        if !flow.inside_paragraph && stands_alone(element) {
            flow.end_paragraph();
            inlines::inline(self, element, &mut flow.run);
            flow.end_paragraph();
        } else {
            inlines::inline(self, element, &mut flow.run);
        }
    }

    /// Reads what is inside as paragraphs of its own.
    pub(super) fn apart(&mut self, nodes: &[Node<'_>], flow: &mut Flow) {
        flow.end_paragraph();
        let outside = std::mem::replace(&mut flow.inside_paragraph, false);
        self.flow(nodes, flow);
        flow.end_paragraph();
        flow.inside_paragraph = outside;
    }

    fn block(&mut self, element: &Element<'_>, flow: &mut Flow) {
        if element.attribute("style").is_some() {
            self.lost("text colours and alignment");
        }
        match element.name {
            "p" => {
                flow.end_paragraph();
                let outside = std::mem::replace(&mut flow.inside_paragraph, true);
                self.flow(&element.children, flow);
                flow.end_paragraph();
                flow.inside_paragraph = outside;
            }
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                let level = element.name.as_bytes().get(1).map_or(1, |digit| digit.saturating_sub(b'0'));
                let content = inlines::content(self, &element.children);
                if content.is_empty() { flow.end_paragraph() } else { flow.push(Block::Heading { level, content }) }
            }
            "hr" => flow.push(Block::Rule),
            "blockquote" => {
                let blocks = self.blocks(&element.children);
                flow.push(Block::Quote(blocks));
            }
            "ul" | "ol" => self.list(element, flow),
            "table" => tables::table(self, element, flow),
            "pre" => {
                self.lost("preformatted text outside of code blocks");
                flow.push(Block::Code(Code { text: element.text(), ..Code::default() }));
            }
            "dt" => {
                self.lost("definition lists");
                let content = inlines::content(self, &element.children);
                flow.end_paragraph();
                flow.run.push(Inline::Marked(Mark::Strong, content));
                flow.end_paragraph();
            }
            "details" => {
                let title = element.child("summary").map(Element::text).unwrap_or_default();
                let blocks = self.blocks(&element.children);
                flow.push(Block::Expand { title, blocks });
            }
            "summary" | "colgroup" | "script" | "style" | "head" => {}
            "ac:task-list" => self.tasks(element, flow),
            "ac:structured-macro" | "ac:macro" => macros::block(self, element, flow),
            "ac:adf-extension" => match self.kept(element) {
                Some(kept) => flow.push(Block::Kept(kept)),
                None => self.extension(element, flow),
            },
            name => {
                if name.starts_with("ac:layout") {
                    self.lost("layout columns");
                }
                self.apart(&element.children, flow);
            }
        }
    }

    fn list(&mut self, element: &Element<'_>, flow: &mut Flow) {
        let start = (element.name == "ol")
            .then(|| element.attribute("start").and_then(|start| start.parse().ok()).unwrap_or(1));
        let mut items: Vec<Item> = Vec::new();
        for node in &element.children {
            match node {
                Node::Element(child) if child.name == "li" => {
                    items.push(Item { task: None, blocks: self.blocks(&child.children) });
                }
                // Lists directly inside lists belong to the item before them.
                Node::Element(_) | Node::Text(_) | Node::Exact(_) => {
                    let blocks = self.blocks(std::slice::from_ref(node));
                    match items.last_mut() {
                        _ if blocks.is_empty() => {}
                        Some(last) => last.blocks.extend(blocks),
                        None => items.push(Item { task: None, blocks }),
                    }
                }
            }
        }
        if !items.is_empty() {
            flow.push(Block::List(List { start, items }));
        }
    }

    fn tasks(&mut self, element: &Element<'_>, flow: &mut Flow) {
        let mut items: Vec<Item> = Vec::new();
        for child in element.elements() {
            if child.name == "ac:task-list" {
                let mut nested = Flow::default();
                self.tasks(child, &mut nested);
                match items.last_mut() {
                    Some(last) => last.blocks.extend(nested.blocks),
                    None => flow.blocks.extend(nested.blocks),
                }
                continue;
            }
            let state = child.child("ac:task-status").map(|status| status.text().trim() == "complete");
            let task = if state == Some(true) { Task::Complete } else { Task::Open };
            let mut blocks = child.child("ac:task-body").map(|body| self.blocks(&body.children)).unwrap_or_default();
            for nested in child.elements().filter(|nested| nested.name == "ac:task-list") {
                let mut inner = Flow::default();
                self.tasks(nested, &mut inner);
                blocks.extend(inner.blocks);
            }
            items.push(Item { task: Some(task), blocks });
        }
        if items.is_empty() {
            flow.end_paragraph();
        } else {
            flow.push(Block::List(List { start: None, items }));
        }
    }
}
