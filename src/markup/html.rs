//! HTML, what Confluence shows or anybody else wrote, read into the document tree by way of the elements of storage format.

mod boxes;
mod concealed;
mod media;
mod names;
mod rewrite;
mod tokens;
mod tree;

use super::Names;
use super::document::Block;
use super::storage::{self, Noticed};

/// Reads HTML and gives away its blocks; never fails.
pub(super) fn read(html: &str, names: &dyn Names, each: &mut dyn FnMut(Block)) -> (Noticed, Vec<String>) {
    let (raw, warnings) = tokens::read(html);
    let mut rewriting = rewrite::Rewriting::default();
    let elements = rewriting.nodes(raw);
    let mut noticed = storage::read_elements(&elements, names, each);
    noticed.hidden += rewriting.hidden;
    noticed.lossy.append(&mut rewriting.lossy);
    (noticed, warnings)
}
