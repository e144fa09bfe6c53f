//! Changes on their way into a shard: gathered in memory, written in segments, committed together.

use std::collections::HashSet;

use tantivy::index::SegmentId;
use tantivy::indexer::{IndexWriterOptions, LogMergePolicy, NoMergePolicy};
use tantivy::{Index, IndexWriter, Searcher, Term};

use super::CopiesError;
use super::room::{Place, Room};
use crate::index::document::Document;
use crate::index::schema::{Fields, Filed};

/// Bytes of words that are gathered before they are written as a segment.
const GATHERED: usize = 48 << 20;
/// Documents of a segment that is merged with no other any more.
const LARGEST_MERGED: usize = 500_000;

/// Changes since the last commit. Dropped, they are as if they had never been made.
pub(super) struct Filling {
    writer: IndexWriter<Filed<Place>>,
    room: Room,
    /// The ids that were put since the last commit.
    put: HashSet<String>,
}

impl Filling {
    /// Begins to fill the index. One process can at a time.
    pub(super) fn begin(index: &Index) -> Result<Self, CopiesError> {
        let options = IndexWriterOptions::builder()
            .num_worker_threads(1)
            .num_merge_threads(1)
            .memory_budget_per_thread(GATHERED)
            .build();
        let writer = index.writer_with_options(options)?;
        let mut merging = LogMergePolicy::default();
        merging.set_max_docs_before_merge(LARGEST_MERGED);
        // A removed copy is on the disk until its segment is merged.
        merging.set_del_docs_ratio_before_merge(0.2);
        writer.set_merge_policy(Box::new(merging));
        // What a process that was killed left behind may have the names of what is made next.
        writer.garbage_collect_files().wait()?;
        Ok(Self { writer, room: Room::default(), put: HashSet::new() })
    }

    /// Puts a document in the place of the committed or put one with its id.
    pub(super) fn put(&mut self, fields: &Fields, committed: &Searcher, document: Document) -> Result<(), CopiesError> {
        self.remove(fields, committed, &document.id)?;
        self.put.insert(document.id.clone());
        self.add(fields, document)
    }

    /// Adds a document whose id is new.
    pub(super) fn add(&mut self, fields: &Fields, document: Document) -> Result<(), CopiesError> {
        let place = self.room.enter(document.body.len() + 4096);
        let filed = Filed::new(fields, document, place).map_err(|error| CopiesError::System(error.to_string()))?;
        match self.writer.add_document(filed) {
            Ok(_) => Ok(()),
            // It says only that its thread has ended; why, it says when it is asked to commit.
            Err(error) => Err(self.writer.prepare_commit().err().unwrap_or(error).into()),
        }
    }

    /// Removes the document of that id.
    pub(super) fn remove(&mut self, fields: &Fields, committed: &Searcher, id: &str) -> Result<(), CopiesError> {
        let term = Term::from_field_text(fields.id, id);
        // Each removal is looked up in every segment when that is written: the first sync shall have none.
        if self.put.remove(id) || committed.doc_freq(&term)? > 0 {
            self.writer.delete_term(term);
        }
        Ok(())
    }

    /// Removes all.
    pub(super) fn remove_all(&mut self) -> Result<(), CopiesError> {
        self.writer.delete_all_documents()?;
        Ok(())
    }

    /// Makes it durable.
    pub(super) fn commit(&mut self) -> Result<(), CopiesError> {
        self.writer.commit()?;
        self.put.clear();
        Ok(())
    }

    /// Ends, after the merges that are under way.
    pub(super) fn end(self) -> Result<(), CopiesError> {
        self.writer.wait_merging_threads()?;
        Ok(())
    }

    /// Writes each of these segments anew, without what was removed from it.
    pub(super) fn rewrite(&mut self, segments: &[SegmentId]) -> Result<(), CopiesError> {
        // A merge of its own accord would take the segments away.
        self.writer.set_merge_policy(Box::new(NoMergePolicy));
        for segment in segments {
            self.writer.merge(&[*segment]).wait()?;
        }
        Ok(())
    }
}
