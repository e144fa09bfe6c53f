//! ADF, the JSON of page bodies, read into the document tree by way of the elements of storage format.

mod blocks;
mod cards;
mod escapes;
mod inlines;
mod json;
mod macros;
mod media;
mod tables;
mod values;

use std::collections::BTreeSet;

use super::Names;
use super::document::Block;
use super::storage::{self, Noticed};

/// Makes elements of nodes, and notes what elements cannot say.
struct Shaping<'n> {
    names: &'n dyn Names,
    lossy: BTreeSet<String>,
}

impl Shaping<'_> {
    /// Notes something that Markdown cannot give back.
    fn lost(&mut self, what: &str) {
        if !self.lossy.contains(what) {
            self.lossy.insert(what.to_owned());
        }
    }
}

/// Reads a document and gives away its blocks; beside what was noticed, what is wrong with the JSON. Never fails.
pub(super) fn read(adf: &str, names: &dyn Names, each: &mut dyn FnMut(Block)) -> (Noticed, Vec<String>) {
    let read = json::read(adf);
    let mut shaping = Shaping { names, lossy: BTreeSet::new() };
    let elements = shaping.nodes(read.content);
    let mut noticed = storage::read_elements(&elements, names, each);
    noticed.lossy.append(&mut shaping.lossy);
    (noticed, read.warnings)
}
