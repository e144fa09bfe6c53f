//! What was asked, decided and done: the rows of the audit trail.

pub mod entry;

pub use entry::Entry;
