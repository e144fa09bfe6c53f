//! The local index: copies of documents, found by their words.
//!
//! Each connection and each other source of documentation has a [`Shard`] of its own, so that what is forgotten takes
//! its bytes along; a search goes over all the shards that its asker may see as if they were one.

pub mod document;
pub mod shard;

pub use document::{Document, DocumentKind, FileFacts, Name, SpaceFacts};
pub use shard::{Copies, CopiesError, ShardName};
