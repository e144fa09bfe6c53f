//! Elements of HTML made into elements of storage format, so that the same rules read them.

use std::collections::BTreeSet;

use super::concealed::{has_class, is_concealed, says_anything, words};
use super::names::is_never_shown;
use super::{boxes, media};
use crate::markup::shape::{Body, element, macro_element, mention, text_element, with};
use crate::markup::storage::{Element, Node, is_block};

/// Makes elements of storage format, and counts what it leaves out.
#[derive(Default)]
pub(super) struct Rewriting {
    /// Parts left out because people do not see them.
    pub hidden: usize,
    pub lossy: BTreeSet<String>,
}

impl Rewriting {
    /// What nodes say, in order.
    pub(super) fn nodes(&mut self, nodes: Vec<Node<'static>>) -> Vec<Node<'static>> {
        let mut made = Vec::with_capacity(nodes.len());
        for node in nodes {
            match node {
                Node::Element(element) => self.element(element, &mut made),
                text => made.push(text),
            }
        }
        made
    }

    fn element(&mut self, raw: Element<'static>, made: &mut Vec<Node<'static>>) {
        if is_never_shown(raw.name) {
            return;
        }
        if is_concealed(&raw) {
            if says_anything(&raw) {
                self.hidden += 1;
                self.lossy.insert("hidden text".to_owned());
            }
            return;
        }
        let raw = match boxes::rewrite(self, raw) {
            Ok(one) => return made.extend(one.map(Node::Element)),
            Err(raw) => raw,
        };
        match raw.name {
            "ul" if has_class(&raw, "inline-task-list") => made.push(Node::Element(self.tasks(raw))),
            "ul" | "ol" | "menu" | "dir" => self.list(raw, made),
            "tr" => {
                let row = self.row(raw);
                made.push(Node::Element(row));
            }
            "a" => {
                // Cards of files stand side by side.
                let gap = has_class(&raw, "confluence-embedded-file").then(|| Node::Text(" ".into()));
                made.push(Node::Element(self.anchor(raw)));
                made.extend(gap);
            }
            "img" => made.extend(media::image(&raw)),
            "iframe" | "embed" | "video" | "audio" | "object" => {
                made.extend(media::embedded(&raw));
                if raw.name != "iframe" {
                    made.append(&mut self.nodes(raw.children));
                }
            }
            "span" => self.span(raw, made),
            "input" => {}
            "option" => {
                made.append(&mut self.nodes(raw.children));
                made.push(Node::Text(" ".into()));
            }
            _ => made.push(Node::Element(self.plain(raw))),
        }
    }

    /// An element as it is, around what becomes of its children.
    pub(super) fn plain(&mut self, raw: Element<'static>) -> Element<'static> {
        let name = match raw.name {
            "aside" | "dialog" | "hgroup" | "legend" | "main" | "nav" => "div",
            "menu" | "dir" => "ul",
            "div" if has_class(&raw, "columnLayout") => "ac:layout-section",
            "div" if has_class(&raw, "innerCell") => "ac:layout-cell",
            name => name,
        };
        let mut made = element(name, self.nodes(raw.children));
        made.attributes = raw.attributes;
        made.is_block = is_block(&made);
        made
    }

    fn span(&mut self, raw: Element<'static>, made: &mut Vec<Node<'static>>) {
        let is_status = has_class(&raw, "status-macro") || has_class(&raw, "aui-lozenge");
        let reference = raw.attribute("data-ref").map(str::to_owned);
        if is_status && !words(&raw).is_empty() {
            made.push(Node::Element(status(&raw)));
        } else if let Some(reference) = reference.filter(|_| has_class(&raw, "inline-comment-marker")) {
            let marked = element("ac:inline-comment-marker", self.nodes(raw.children));
            made.push(Node::Element(with(marked, "ac:ref", reference)));
        } else {
            let plain = self.plain(raw);
            made.push(Node::Element(plain));
        }
    }

    fn anchor(&mut self, raw: Element<'static>) -> Element<'static> {
        let account = raw.attribute("data-account-id").or_else(|| raw.attribute("data-user-account-id"));
        if let Some(account) = account.filter(|account| !account.trim().is_empty()) {
            return mention(account.to_owned(), words(&raw));
        }
        let file = raw.attribute("data-linked-resource-default-alias").map(str::to_owned);
        let is_card = has_class(&raw, "confluence-embedded-file");
        let mut made = self.plain(raw);
        // The picture of a file's card is a preview.
        if let Some(file) = file.filter(|_| is_card) {
            made = Element { children: vec![Node::Text(file.into())], ..made };
        }
        made
    }

    /// A list; items that begin with a checkbox are tasks.
    fn list(&mut self, raw: Element<'static>, made: &mut Vec<Node<'static>>) {
        let are_tasks = raw.elements().next().is_some()
            && raw.elements().all(|item| item.name == "li" && checkbox(item, 3).is_some());
        let list = if are_tasks { self.tasks(raw) } else { self.plain(raw) };
        made.push(Node::Element(list));
    }

    fn tasks(&mut self, raw: Element<'static>) -> Element<'static> {
        let mut tasks = Vec::with_capacity(raw.children.len());
        for node in raw.children {
            let Node::Element(item) = node else { continue };
            if item.name == "ul" {
                let mut nested = Vec::new();
                self.element(item, &mut nested);
                tasks.append(&mut nested);
                continue;
            }
            let ticked = checkbox(&item, 3).is_some_and(|checkbox| checkbox.attribute("checked").is_some());
            let is_done = ticked || has_class(&item, "checked");
            let state = text_element("ac:task-status", if is_done { "complete" } else { "incomplete" });
            let body = element("ac:task-body", self.nodes(item.children));
            tasks.push(Node::Element(element("ac:task", vec![Node::Element(state), Node::Element(body)])));
        }
        element("ac:task-list", tasks)
    }

    /// A row: what stands in it outside of any cell goes into the cell before it.
    fn row(&mut self, raw: Element<'static>) -> Element<'static> {
        let mut cells: Vec<Element<'static>> = Vec::new();
        let mut waiting = vec![raw.children.into_iter()];
        while let Some(nodes) = waiting.last_mut() {
            match nodes.next() {
                None => {
                    waiting.pop();
                }
                Some(Node::Element(cell)) if matches!(cell.name, "td" | "th") => {
                    if is_concealed(&cell) {
                        self.hidden += usize::from(says_anything(&cell));
                        // Its neighbours stay in their columns.
                        cells.push(Element { children: Vec::new(), ..cell });
                    } else {
                        cells.push(self.plain(cell));
                    }
                }
                Some(Node::Element(other)) if other.elements().any(|cell| matches!(cell.name, "td" | "th")) => {
                    waiting.push(other.children.into_iter());
                }
                Some(Node::Text(text)) if text.trim().is_empty() => {}
                Some(other) => {
                    let mut stray = self.nodes(vec![other]);
                    match cells.last_mut() {
                        Some(cell) => cell.children.append(&mut stray),
                        None if stray.is_empty() => {}
                        None => cells.push(element("td", stray)),
                    }
                }
            }
        }
        let cells = cells.into_iter().map(|cell| {
            let Element { name, attributes, children, .. } = cell;
            Node::Element(Element { attributes, ..element(name, children) })
        });
        element("tr", cells.collect())
    }
}

/// The checkbox an item begins with, at most so many elements deep.
fn checkbox<'e>(item: &'e Element<'static>, depth: usize) -> Option<&'e Element<'static>> {
    let first = item.children.iter().find(|node| match node {
        Node::Element(_) => true,
        Node::Text(text) | Node::Exact(text) => !text.trim().is_empty(),
    });
    match first? {
        Node::Element(input) if input.name == "input" => {
            Some(input).filter(|input| input.attribute("type") == Some("checkbox"))
        }
        Node::Element(inner) if depth > 0 => checkbox(inner, depth - 1),
        _ => None,
    }
}

/// A status; its colour is told by the class.
fn status(raw: &Element<'_>) -> Element<'static> {
    let colours = [
        ("aui-lozenge-success", "Green"),
        ("aui-lozenge-error", "Red"),
        ("aui-lozenge-removed", "Red"),
        ("aui-lozenge-current", "Yellow"),
        ("aui-lozenge-moved", "Yellow"),
        ("aui-lozenge-inprogress", "Blue"),
        ("aui-lozenge-complete", "Blue"),
        ("aui-lozenge-progress", "Purple"),
        ("aui-lozenge-new", "Purple"),
    ];
    let colour = colours.iter().find(|(class, _)| has_class(raw, class)).map_or("Grey", |(_, colour)| *colour);
    macro_element("status", vec![("title".into(), words(raw).into()), ("colour".into(), colour.into())], Body::Nothing)
}
