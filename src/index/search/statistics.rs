//! How rare words are over all shards that are searched, so that scores can be compared.

use std::collections::HashMap;

use tantivy::Term;
use tantivy::query::{Bm25StatisticsProvider, Query as Clause};
use tantivy::schema::Field;

use super::Searched;

/// What ranking reckons with. All documents count, those that the asker does not see too.
#[derive(Default)]
pub(super) struct Statistics {
    documents: u64,
    words: HashMap<Field, u64>,
    having: HashMap<Term, u64>,
}

impl Statistics {
    /// Those of the words of that clause.
    pub(super) fn of(clause: &dyn Clause, searched: &[Searched]) -> Self {
        let mut statistics = Self::default();
        clause.query_terms(&mut |term, _| {
            statistics.having.entry(term.clone()).or_default();
            statistics.words.entry(term.field()).or_default();
        });
        for one in searched {
            // A shard that cannot be read says so when it is searched.
            let _ = one.shard.read(|published| {
                let documents = &published.searcher;
                statistics.documents += documents.total_num_docs()?;
                for (field, words) in &mut statistics.words {
                    *words += documents.total_num_tokens(*field)?;
                }
                for (term, having) in &mut statistics.having {
                    *having += documents.doc_freq(term)?;
                }
                Ok(())
            });
        }
        statistics
    }
}

impl Bm25StatisticsProvider for Statistics {
    fn total_num_tokens(&self, field: Field) -> tantivy::Result<u64> {
        Ok(self.words.get(&field).copied().unwrap_or(0).max(1))
    }

    fn total_num_docs(&self) -> tantivy::Result<u64> {
        Ok(self.documents.max(1))
    }

    fn doc_freq(&self, term: &Term) -> tantivy::Result<u64> {
        // A document more than there are would have the library end.
        Ok(self.having.get(term).copied().unwrap_or(0).min(self.documents))
    }
}
