//! Copies of a simulated site: whatever happens to it and to the runs, in the end they are those of a fresh sync.

mod clocks;
pub(crate) mod edits;
mod ends;
mod faults;
mod first;
mod history;
mod house;
mod memory;
mod named;
