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

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

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
    /// The shards that are there, opened or not, once the folder was read; this process alone makes and removes them.
    there: Mutex<Option<BTreeSet<ShardName>>>,
}

impl Index {
    /// The index in that folder; it is made when something is put.
    pub fn in_folder(folder: PathBuf) -> Self {
        Self::at(Some(folder))
    }

    /// An empty index that is gone with its last clone.
    pub fn in_memory() -> Self {
        Self::at(None)
    }

    fn at(folder: Option<PathBuf>) -> Self {
        let there = Mutex::new(folder.is_none().then(BTreeSet::new));
        Self(Arc::new(Inner { folder, open: Mutex::default(), there }))
    }

    /// The shard of that name. It is opened or made when it is asked for first, which may take long where it has to be
    /// made anew; [`Shard::opened`] says so.
    pub fn shard(&self, name: &ShardName) -> Result<Arc<Shard>, IndexError> {
        self.opened(name).map_err(|error| IndexError::of(name.as_str(), error))
    }

    fn opened(&self, name: &ShardName) -> Result<Arc<Shard>, CopiesError> {
        self.opened_among(&mut self.open(), name)
    }

    /// The shard of that name for searches, which make none.
    fn existing(&self, name: &ShardName) -> Result<Option<Arc<Shard>>, IndexError> {
        let mut open = self.open();
        if !open.contains_key(name) && !self.shards()?.contains(name) {
            return Ok(None);
        }
        self.opened_among(&mut open, name).map(Some).map_err(|error| IndexError::of(name.as_str(), error))
    }

    fn opened_among(
        &self,
        open: &mut BTreeMap<ShardName, Arc<Shard>>,
        name: &ShardName,
    ) -> Result<Arc<Shard>, CopiesError> {
        if let Some(shard) = open.get(name) {
            return Ok(Arc::clone(shard));
        }
        let shard = Arc::new(match &self.0.folder {
            Some(folder) => Shard::in_folder(name.clone(), folder.join(name.as_str()))?,
            None => Shard::in_memory(name.clone())?,
        });
        open.insert(name.clone(), Arc::clone(&shard));
        // Where the folder was not read yet, it shows the shard when it is.
        if let Some(there) = &mut *self.there() {
            there.insert(name.clone());
        }
        Ok(shard)
    }

    /// Removes the shard of that name and every byte of it, there or not.
    pub fn forget(&self, name: &ShardName) -> Result<(), IndexError> {
        let mut open = self.open();
        if let Some(shard) = open.remove(name) {
            shard.stop();
        }
        if let Some(there) = &mut *self.there() {
            there.remove(name);
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

    /// The names of the shards that are there, opened or not. The disk is asked the first time alone.
    pub fn shards(&self) -> Result<Vec<ShardName>, IndexError> {
        let mut there = self.there();
        if there.is_none() {
            *there = Some(self.read_folder()?);
        }
        Ok(there.iter().flatten().cloned().collect())
    }

    fn read_folder(&self) -> Result<BTreeSet<ShardName>, IndexError> {
        let mut names = BTreeSet::new();
        let entries = match self.0.folder.as_ref().map(fs::read_dir) {
            Some(Ok(entries)) => Some(entries),
            Some(Err(error)) if error.kind() != io::ErrorKind::NotFound => return Err(IndexError::system(&error)),
            _ => None,
        };
        for entry in entries.into_iter().flatten() {
            let entry = entry.map_err(|error| IndexError::system(&error))?;
            // Where an exchange of folders was cut off, the former one stands for the shard.
            let name = entry.file_name();
            let name = name.to_str().map(|name| name.strip_suffix(".old").unwrap_or(name));
            names.extend(name.and_then(ShardName::new));
        }
        Ok(names)
    }

    /// Searches the shards that the query names, as searches see them: what was published last. A shard that cannot be
    /// searched is left out, and the answer says so; it is an error where none can be.
    pub fn search(&self, query: &Query) -> Result<Found, IndexError> {
        let mut shards = Vec::with_capacity(query.shards.len());
        for (name, sight) in &query.shards {
            shards.extend(self.existing(name)?.map(|shard| (shard, sight)));
        }
        search::search(query, shards)
    }

    /// The copy of that id as searches see it, if the asker may; what is hidden is answered like what is not there.
    pub fn copy(&self, name: &ShardName, id: &str, sight: &Sight) -> Result<Option<Document>, IndexError> {
        let Some(shard) = self.existing(name)? else { return Ok(None) };
        search::copy(&shard, id, sight).map_err(|error| IndexError::of(name.as_str(), error))
    }

    /// What was seen to be wrong with a shard that is open. It waits for nobody who opens one.
    fn damage(&self, name: &ShardName) -> Option<String> {
        let open = match self.0.open.try_lock() {
            Ok(open) => open,
            Err(TryLockError::Poisoned(open)) => open.into_inner(),
            Err(TryLockError::WouldBlock) => return None,
        };
        open.get(name)?.damage()
    }

    fn there(&self) -> MutexGuard<'_, Option<BTreeSet<ShardName>>> {
        self.0.there.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn open(&self) -> MutexGuard<'_, BTreeMap<ShardName, Arc<Shard>>> {
        self.0.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
