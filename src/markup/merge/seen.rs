//! How parts of a body read: what reads the same is the same to those who edit Markdown.

use crate::markup::Names;
use crate::markup::document::{Block, Document};
use crate::markup::markdown;
use crate::markup::storage::{Element, Node, Reading};

/// Everybody has one name here: a mention is told by its account.
struct Somebody;

impl Names for Somebody {
    fn person(&self, _account_id: &str) -> Option<String> {
        Some("user".to_owned())
    }
}

/// The Markdown of some nodes of a body, without names of people or blocks.
pub(in crate::markup) fn blocks(nodes: &[Node<'_>]) -> String {
    let blocks = Reading::new(&Somebody).blocks(nodes);
    markdown::write(&Document { blocks }).text
}

/// How what is inside an element reads.
pub(in crate::markup) fn inside(element: &Element<'_>) -> String {
    blocks(&element.children)
}

/// How an element reads; of rows and tasks every part, empty ones too.
pub(in crate::markup) fn element(element: &Element<'_>) -> String {
    let child = |name: &str| element.child(name).map(inside).unwrap_or_default();
    match element.name {
        "tr" => element.elements().map(|cell| inside(cell) + "\u{1}").collect(),
        "ac:task" => {
            let state = element.child("ac:task-status").map(|status| status.text().trim().to_owned());
            let below: String = element.elements().filter(|child| child.name == "ac:task-list").map(list).collect();
            format!("{}\u{1}{}\u{1}{below}", state.unwrap_or_default(), child("ac:task-body"))
        }
        "ac:task-list" => list(element),
        _ => inside(element),
    }
}

fn list(tasks: &Element<'_>) -> String {
    tasks.elements().map(|task| element(task) + "\u{1}").collect()
}

/// How each block reads that some nodes make up.
pub(in crate::markup) fn each(nodes: &[Node<'_>]) -> Vec<String> {
    let blocks = Reading::new(&Somebody).blocks(nodes);
    blocks.into_iter().map(|block| markdown::write(&Document { blocks: vec![block] }).text).collect()
}

/// The Markdown of a part of a line.
pub(in crate::markup) fn line(nodes: &[Node<'_>]) -> String {
    let mut blocks = Reading::new(&Somebody).blocks(nodes);
    // A block inside a line is told by what it holds.
    blocks.retain(|block| !matches!(block, Block::Rule));
    markdown::write(&Document { blocks }).text.trim().to_owned()
}
