//! Storage format, the XML dialect of page bodies: read, checked and written.

mod blocks;
mod check;
mod elements;
mod emoji;
mod entities;
mod inlines;
mod macros;
mod tables;
mod tokens;
mod writer;
mod xml;

pub(super) use blocks::{Noticed, is_block, read, read_elements};
pub use check::check_storage;
pub(super) use elements::{Element, MAX_DEPTH, Node};
pub(super) use entities::resolve as resolve_entities;
pub(super) use inlines::mentioned_accounts;
pub(super) use writer::write;
