//! Copies kept in memory, as the contract has them: gathered, committed, published.

use std::collections::BTreeMap;
use std::sync::Mutex;

use sluice::index::{Copies, CopiesError, Document};

/// What is kept.
#[derive(Default)]
pub(super) struct Shelf(Mutex<Held>);

#[derive(Default)]
struct Held {
    gathered: BTreeMap<String, Option<Document>>,
    committed: BTreeMap<String, Document>,
    published: BTreeMap<String, Document>,
    puts: usize,
    /// The commit from which on the disk is full, counted down.
    full_after: Option<usize>,
}

impl Shelf {
    /// What searches see.
    pub(super) fn published(&self) -> BTreeMap<String, Document> {
        self.0.lock().unwrap().published.clone()
    }

    /// What survives a crash.
    pub(super) fn committed(&self) -> Vec<String> {
        self.0.lock().unwrap().committed.keys().cloned().collect()
    }

    /// How many documents were put since the last look.
    pub(super) fn puts(&self) -> usize {
        std::mem::take(&mut self.0.lock().unwrap().puts)
    }

    /// Lets so many more commits through.
    pub(super) fn full_after(&self, commits: Option<usize>) {
        self.0.lock().unwrap().full_after = commits;
    }

    /// As after a crash: what was not committed is gone.
    pub(super) fn crash(&self) {
        self.0.lock().unwrap().gathered.clear();
    }
}

impl Copies for Shelf {
    fn put(&self, document: Document) -> Result<(), CopiesError> {
        let mut held = self.0.lock().unwrap();
        held.puts += 1;
        held.gathered.insert(document.id.clone(), Some(document));
        Ok(())
    }

    fn remove(&self, id: &str) -> Result<(), CopiesError> {
        self.0.lock().unwrap().gathered.insert(id.to_owned(), None);
        Ok(())
    }

    fn commit(&self) -> Result<(), CopiesError> {
        let mut held = self.0.lock().unwrap();
        if let Some(commits) = &mut held.full_after {
            *commits = commits.checked_sub(1).ok_or(CopiesError::Full)?;
        }
        for (id, document) in std::mem::take(&mut held.gathered) {
            match document {
                Some(document) => held.committed.insert(id, document),
                None => held.committed.remove(&id),
            };
        }
        Ok(())
    }

    fn publish(&self) -> Result<(), CopiesError> {
        let mut held = self.0.lock().unwrap();
        held.published = held.committed.clone();
        Ok(())
    }

    fn get(&self, id: &str) -> Result<Option<Document>, CopiesError> {
        Ok(self.0.lock().unwrap().committed.get(id).cloned())
    }

    fn by_account(&self, _account_id: &str) -> Result<Vec<String>, CopiesError> {
        Ok(Vec::new())
    }

    fn ids(&self, after: Option<&str>, limit: usize) -> Result<Vec<String>, CopiesError> {
        let held = self.0.lock().unwrap();
        let after = |id: &&String| after.is_none_or(|after| id.as_str() > after);
        Ok(held.committed.keys().filter(after).take(limit).cloned().collect())
    }

    fn clear(&self) -> Result<(), CopiesError> {
        *self.0.lock().unwrap() = Held::default();
        Ok(())
    }
}
