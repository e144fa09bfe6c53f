//! A shard as the place where copies are put.

use std::collections::BTreeSet;
use std::sync::PoisonError;

use tantivy::schema::IndexRecordOption;
use tantivy::{DocAddress, DocSet, Searcher, SegmentReader, TERMINATED, TantivyDocument, Term};

use super::filling::Filling;
use super::kept::{Shard, guarded};
use super::{Copies, CopiesError};
use crate::index::document::Document;

impl Copies for Shard {
    fn put(&self, document: Document) -> Result<(), CopiesError> {
        self.change(|filling, committed| filling.put(&self.fields, committed, document))
    }

    fn remove(&self, id: &str) -> Result<(), CopiesError> {
        self.change(|filling, committed| filling.remove(&self.fields, committed, id))
    }

    fn commit(&self) -> Result<(), CopiesError> {
        let mut slot = self.filling();
        let Some(filling) = slot.as_mut() else { return Ok(()) };
        let done = guarded(|| filling.commit());
        if done.is_err() {
            *slot = None;
        }
        drop(slot);
        self.noted(done)?;
        self.noted(guarded(|| self.reload()))
    }

    fn publish(&self) -> Result<(), CopiesError> {
        self.noted(self.show())
    }

    fn get(&self, id: &str) -> Result<Option<Document>, CopiesError> {
        self.committed(|searcher| {
            let Some(at) = alive(searcher, &Term::from_field_text(self.fields.id, id))?.pop() else { return Ok(None) };
            self.fields.document(&searcher.doc::<TantivyDocument>(at)?).map(Some)
        })
    }

    fn by_account(&self, account_id: &str) -> Result<Vec<String>, CopiesError> {
        self.committed(|searcher| {
            let mut ids = Vec::new();
            for at in alive(searcher, &Term::from_field_text(self.fields.accounts, account_id))? {
                ids.push(self.fields.document(&searcher.doc::<TantivyDocument>(at)?)?.id);
            }
            ids.sort_unstable();
            Ok(ids)
        })
    }

    fn ids(&self, after: Option<&str>, limit: usize) -> Result<Vec<String>, CopiesError> {
        self.committed(|searcher| {
            let mut ids = BTreeSet::new();
            for segment in searcher.segment_readers() {
                let index = segment.inverted_index(self.fields.id)?;
                let mut range = index.terms().range();
                if let Some(after) = after {
                    range = range.gt(after);
                }
                let mut terms = range.into_stream()?;
                let mut taken = 0;
                while taken < limit && terms.advance() {
                    let postings = index.read_postings_from_terminfo(terms.value(), IndexRecordOption::Basic)?;
                    if first_alive(segment, postings).is_some() {
                        ids.insert(String::from_utf8_lossy(terms.key()).into_owned());
                        taken += 1;
                    }
                }
            }
            Ok(ids.into_iter().take(limit).collect())
        })
    }

    fn clear(&self) -> Result<(), CopiesError> {
        // What is on its way in would come after the removal: it goes first.
        *self.filling() = None;
        self.change(|filling, _| {
            filling.remove_all()?;
            filling.commit()
        })?;
        self.noted(guarded(|| self.reload()))?;
        self.publish()
    }

    fn damage(&self) -> Option<String> {
        self.noted_damage()
    }

    fn mend(&self) -> Result<(), CopiesError> {
        self.rebuild().map(drop)
    }
}

impl Shard {
    /// Ends a run: waits for merges, gives back what filling needs. What was not committed is dropped.
    pub fn release(&self) -> Result<(), CopiesError> {
        let Some(filling) = self.filling().take() else { return Ok(()) };
        guarded(|| filling.end())?;
        self.noted(guarded(|| self.reload()))?;
        // Merged segments hold the same documents.
        let unpublished = self.open.read().unwrap_or_else(PoisonError::into_inner).unpublished;
        if unpublished { Ok(()) } else { self.publish() }
    }

    /// Removes from the disk what was removed from the shard, so that nothing of it is left. Commits and publishes.
    pub fn purge(&self) -> Result<(), CopiesError> {
        self.commit()?;
        self.publish()?;
        self.release()?;
        let with_removed: Vec<_> = self.committed(|searcher| {
            let segments = searcher.segment_readers().iter().filter(|segment| segment.has_deletes());
            Ok(segments.map(SegmentReader::segment_id).collect())
        })?;
        if !with_removed.is_empty() {
            self.change(|filling, _| filling.rewrite(&with_removed))?;
            self.release()?;
        }
        Ok(())
    }

    /// Changes something. After an error everything since the last commit is gone.
    fn change(&self, work: impl FnOnce(&mut Filling, &Searcher) -> Result<(), CopiesError>) -> Result<(), CopiesError> {
        let mut slot = self.filling();
        let (index, committed) = {
            let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
            (open.index.clone(), open.reader.searcher())
        };
        let done = guarded(|| {
            let filling = match slot.as_mut() {
                Some(filling) => filling,
                None => slot.insert(Filling::begin(&index)?),
            };
            work(filling, &committed)
        });
        if done.is_err() {
            *slot = None;
        }
        drop(slot);
        self.noted(done)
    }

    fn committed<T>(&self, work: impl FnOnce(&Searcher) -> Result<T, CopiesError>) -> Result<T, CopiesError> {
        let searcher = self.open.read().unwrap_or_else(PoisonError::into_inner).reader.searcher();
        self.noted(guarded(|| work(&searcher)))
    }

    fn reload(&self) -> Result<(), CopiesError> {
        let reader = self.open.read().unwrap_or_else(PoisonError::into_inner).reader.clone();
        reader.reload()?;
        self.open.write().unwrap_or_else(PoisonError::into_inner).unpublished = true;
        Ok(())
    }
}

/// Where the documents with that term are.
pub(in crate::index) fn alive(searcher: &Searcher, term: &Term) -> Result<Vec<DocAddress>, CopiesError> {
    let mut found = Vec::new();
    for (ordinal, segment) in (0..).zip(searcher.segment_readers()) {
        let index = segment.inverted_index(term.field())?;
        let Some(mut postings) = index.read_postings(term, IndexRecordOption::Basic)? else { continue };
        while postings.doc() != TERMINATED {
            if !segment.is_deleted(postings.doc()) {
                found.push(DocAddress::new(ordinal, postings.doc()));
            }
            postings.advance();
        }
    }
    Ok(found)
}

fn first_alive(segment: &SegmentReader, mut postings: impl DocSet) -> Option<u32> {
    while postings.doc() != TERMINATED {
        if !segment.is_deleted(postings.doc()) {
            return Some(postings.doc());
        }
        postings.advance();
    }
    None
}
