//! Other sources of documentation beside Confluence: which there are, how each is read, and how its copies are kept.
//!
//! A [`Source`] can be listed and read, nothing else: what speaks HTTP has only GET. [`fill()`] copies one into its part of
//! the index, [`Sources`] opens those that were added, and [`visible`] says which of them an agent may search.

mod asking;
mod content;
mod error;
pub mod fill;
mod folder;
mod hudu;
mod it_glue;
pub mod open;
pub mod record;
pub mod sealed;
pub mod source;

pub use error::SourceError;
pub use fill::{Ended, Outcome, Phase, Progress, Snapshot, Standing, fill};
pub use open::{Configured, Sources, SourcesError};
pub use record::{SourceKind, SourceName, SourceRecord, visible};
pub use source::{Article, Checked, Content, Problem, Source, SourcePage, Text};
