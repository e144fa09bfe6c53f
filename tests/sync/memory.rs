//! Copies in memory, which keep what is committed apart from what is not.

use std::collections::BTreeMap;
use std::sync::Mutex;

use sluice::index::{Copies, CopiesError, Document};

/// Copies by id.
#[derive(Default)]
pub(crate) struct Memory(Mutex<Held>);

#[derive(Default)]
struct Held {
    pending: BTreeMap<String, Option<Document>>,
    committed: BTreeMap<String, Document>,
    published: BTreeMap<String, Document>,
    fails: Option<CopiesError>,
    damage: Option<String>,
}

impl Memory {
    /// What searches see, without the time each was copied.
    pub(crate) fn seen(&self) -> BTreeMap<String, Document> {
        let held = self.0.lock().unwrap();
        let timeless = |document: &Document| Document { copied: jiff::Timestamp::UNIX_EPOCH, ..document.clone() };
        held.published.iter().map(|(id, document)| (id.clone(), timeless(document))).collect()
    }

    /// What is committed.
    pub(crate) fn count(&self) -> usize {
        self.0.lock().unwrap().committed.len()
    }

    /// Loses a copy.
    pub(crate) fn lose(&self, id: &str) {
        self.0.lock().unwrap().committed.remove(id);
    }

    /// Somebody finds a damage, which costs every third copy once it is mended.
    pub(crate) fn harm(&self) {
        self.0.lock().unwrap().damage = Some("bits".into());
    }

    /// Fails from now on, or no longer.
    pub(crate) fn fail(&self, fails: Option<CopiesError>) {
        self.0.lock().unwrap().fails = fails;
    }
}

impl Copies for Memory {
    fn put(&self, document: Document) -> Result<(), CopiesError> {
        let mut held = self.0.lock().unwrap();
        held.pending.insert(document.id.clone(), Some(document));
        held.fails.clone().map_or(Ok(()), Err)
    }

    fn remove(&self, id: &str) -> Result<(), CopiesError> {
        self.0.lock().unwrap().pending.insert(id.to_owned(), None);
        Ok(())
    }

    fn commit(&self) -> Result<(), CopiesError> {
        let mut held = self.0.lock().unwrap();
        for (id, change) in std::mem::take(&mut held.pending) {
            match change {
                Some(document) => drop(held.committed.insert(id, document)),
                None => drop(held.committed.remove(&id)),
            }
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

    fn by_account(&self, account_id: &str) -> Result<Vec<String>, CopiesError> {
        let held = self.0.lock().unwrap();
        let of = |document: &&Document| {
            [&document.author, &document.editor].into_iter().flatten().any(|name| name.account_id == account_id)
        };
        Ok(held.committed.values().filter(of).map(|document| document.id.clone()).collect())
    }

    fn ids(&self, after: Option<&str>, limit: usize) -> Result<Vec<String>, CopiesError> {
        let held = self.0.lock().unwrap();
        let later = held.committed.keys().filter(|id| after.is_none_or(|after| id.as_str() > after));
        Ok(later.take(limit).cloned().collect())
    }

    fn clear(&self) -> Result<(), CopiesError> {
        let mut held = self.0.lock().unwrap();
        held.pending.clear();
        held.committed.clear();
        held.published.clear();
        Ok(())
    }

    fn damage(&self) -> Option<String> {
        self.0.lock().unwrap().damage.clone()
    }

    fn mend(&self) -> Result<(), CopiesError> {
        if self.damage().is_none() {
            return self.clear();
        }
        let mut held = self.0.lock().unwrap();
        (held.damage, held.pending) = (None, BTreeMap::new());
        let mut number = 0_usize;
        held.committed.retain(|_, _| {
            number += 1;
            !number.is_multiple_of(3)
        });
        held.published = held.committed.clone();
        Ok(())
    }
}
