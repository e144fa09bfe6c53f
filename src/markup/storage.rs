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

pub(super) use blocks::{Reading, is_block, is_line, read, stands_alone};
pub use check::check_storage;
pub(super) use elements::{Element, Node, Parsed, parse};
pub(super) use emoji::known_emoji;
pub(super) use entities::resolve as resolve_entities;
pub(super) use inlines::mentioned_accounts;
pub(super) use writer::{KEPT, write, write_after};
