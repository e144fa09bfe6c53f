//! The local index: copies of documents, found by their words.
//!
//! Each connection and each other source of documentation has a [`Shard`] of its own, so that what is forgotten takes
//! its bytes along; a search goes over all the shards that its asker may see as if they were one.
//!
//! What an asker may not see is left out before anything is counted, ranked, quoted or taken for a likely word. Only
//! how rare a word is, which ranking reckons with, is reckoned over all documents of the shards that are searched.

mod analysis;
pub mod document;
pub mod error;
mod language;
pub mod later;
pub mod query;
mod schema;
mod search;
pub mod shard;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use document::{Document, DocumentKind, FileFacts, Name, SpaceFacts};
pub use error::{IndexError, Opened};
pub use later::Later;
pub use query::{Correction, DEEPEST, Facets, Filters, Found, Hit, MOST_HITS, Query, Sight, Spaces, Within};
pub use shard::{Copies, CopiesError, Shard, ShardName};

/// The index of a data directory, or one in memory. A clone is the same index. Its calls block and belong on a thread
/// that may.
#[derive(Clone)]
pub struct Index(Arc<Inner>);

struct Inner {
    folder: Option<PathBuf>,
    open: Mutex<BTreeMap<ShardName, Arc<Shard>>>,
}

impl Index {
    /// The index in that folder; it is made when something is put.
    pub fn in_folder(folder: PathBuf) -> Self {
        Self(Arc::new(Inner { folder: Some(folder), open: Mutex::default() }))
    }

    /// An empty index that is gone with its last clone.
    pub fn in_memory() -> Self {
        Self(Arc::new(Inner { folder: None, open: Mutex::default() }))
    }

    /// The shard of that name. It is opened or made when it is asked for first, which may take long where it has to be
    /// made anew; [`Shard::opened`] says so.
    pub fn shard(&self, name: &ShardName) -> Result<Arc<Shard>, IndexError> {
        self.opened(name).map_err(|error| IndexError::of(name.as_str(), error))
    }

    fn opened(&self, name: &ShardName) -> Result<Arc<Shard>, CopiesError> {
        let mut open = self.open();
        if let Some(shard) = open.get(name) {
            return Ok(Arc::clone(shard));
        }
        let shard = Arc::new(match &self.0.folder {
            Some(folder) => Shard::in_folder(name.clone(), folder.join(name.as_str()))?,
            None => Shard::in_memory(name.clone())?,
        });
        open.insert(name.clone(), Arc::clone(&shard));
        Ok(shard)
    }

    /// Removes the shard of that name and every byte of it, there or not.
    pub fn forget(&self, name: &ShardName) -> Result<(), IndexError> {
        let mut open = self.open();
        if let Some(shard) = open.remove(name) {
            shard.stop();
        }
        let Some(folder) = &self.0.folder else { return Ok(()) };
        let folder = folder.join(name.as_str());
        for folder in [folder.with_extension("new"), folder.with_extension("old"), folder] {
            match fs::remove_dir_all(folder) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(IndexError::system(&error)),
                _ => {}
            }
        }
        Ok(())
    }

    /// The names of the shards that are there, opened or not.
    pub fn shards(&self) -> Result<Vec<ShardName>, IndexError> {
        let mut names: Vec<ShardName> = self.open().keys().cloned().collect();
        let entries = match self.0.folder.as_ref().map(fs::read_dir) {
            Some(Ok(entries)) => Some(entries),
            Some(Err(error)) if error.kind() != io::ErrorKind::NotFound => return Err(IndexError::system(&error)),
            _ => None,
        };
        for entry in entries.into_iter().flatten() {
            let entry = entry.map_err(|error| IndexError::system(&error))?;
            names.extend(entry.file_name().to_str().and_then(ShardName::new));
        }
        names.sort_unstable();
        names.dedup();
        Ok(names)
    }

    /// Searches the shards that the query names, as searches see them: what was published last. A shard that cannot be
    /// searched is left out, and the answer says so; it is an error where none can be.
    pub fn search(&self, query: &Query) -> Result<Found, IndexError> {
        let shards = query.shards.iter().map(|(name, _)| self.shard(name)).collect::<Result<_, _>>()?;
        search::search(query, shards)
    }

    /// The copy of that id as searches see it, if the asker may; what is hidden is answered like what is not there.
    pub fn copy(&self, name: &ShardName, id: &str, sight: &Sight) -> Result<Option<Document>, IndexError> {
        let shard = self.shard(name)?;
        search::copy(&shard, id, sight).map_err(|error| IndexError::of(name.as_str(), error))
    }

    fn open(&self) -> MutexGuard<'_, BTreeMap<ShardName, Arc<Shard>>> {
        self.0.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
