//! Messages as bytes: what is one, whether it comes as a line or in a body, and how lines are carried.

pub(crate) mod lines;
pub(super) mod message;
pub(super) mod transport;
mod unambiguous;
