//! What there is to know of the program itself: its tools, and its command line for shells.

pub(super) mod completions;
pub(super) mod tools;
