//! Markdown: the document tree written as it, and read from it.

mod alerts;
mod cells;
mod escape;
mod formulas;
mod frames;
mod lines;
mod pieces;
mod reader;
mod tags;
mod targets;
mod words;
mod writer;

pub(super) use reader::{Reading, read};
pub(super) use targets::runs_script;
pub(super) use writer::Writer;
pub(super) use writer::{Written, write};
