//! Bodies changed by operations: what an operation does not name keeps its bytes.

mod glyphs;
mod lines;
mod merge;
mod parts;
mod patches;
mod seen;
mod sequence;
mod tags;
