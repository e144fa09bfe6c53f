//! What must match, and what makes a match better, which is looked at only where something matches.

use tantivy::query::{EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::{DocId, DocSet, Score, SeekDangerResult, SegmentReader, TERMINATED, Term};

/// A clause that matches what `must` does; whichever of the others matches as well adds to the score.
///
/// The search library's own clause for that scores everything that the others have, thousands of documents ahead, even
/// where next to nothing matches.
#[derive(Debug)]
pub(super) struct Better {
    pub(super) must: Box<dyn Query>,
    pub(super) better: Vec<Box<dyn Query>>,
}

struct BetterWeight {
    must: Box<dyn Weight>,
    better: Vec<Box<dyn Weight>>,
}

struct BetterScorer {
    must: Box<dyn Scorer>,
    better: Vec<Beside>,
    /// The document that was scored last, and its score.
    scored: (DocId, Score),
}

/// One of the others.
struct Beside {
    scorer: Box<dyn Scorer>,
    /// It has no document before this one that was not asked for yet.
    next: DocId,
}

impl Clone for Better {
    fn clone(&self) -> Self {
        Self { must: self.must.box_clone(), better: self.better.iter().map(|clause| clause.box_clone()).collect() }
    }
}

impl Query for Better {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let better = if scoring.is_scoring_enabled() { self.better.as_slice() } else { &[] };
        let better = better.iter().map(|clause| clause.weight(scoring)).collect::<Result<_, _>>()?;
        Ok(Box::new(BetterWeight { must: self.must.weight(scoring)?, better }))
    }

    fn query_terms<'a>(&'a self, visit: &mut dyn FnMut(&'a Term, bool)) {
        self.must.query_terms(visit);
        self.better.iter().for_each(|clause| clause.query_terms(visit));
    }
}

impl Weight for BetterWeight {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let must = self.must.scorer(reader, boost)?;
        if must.doc() == TERMINATED {
            return Ok(must);
        }
        let mut better = Vec::with_capacity(self.better.len());
        for weight in &self.better {
            let (found, scorer) = weight.scorer_danger(reader, must.doc(), boost)?;
            match found {
                SeekDangerResult::Found => better.push(Beside { scorer, next: must.doc() }),
                SeekDangerResult::SeekLowerBound(TERMINATED) => {}
                SeekDangerResult::SeekLowerBound(next) => better.push(Beside { scorer, next }),
            }
        }
        Ok(Box::new(BetterScorer { must, better, scored: (TERMINATED, 0.0) }))
    }

    fn explain(&self, reader: &SegmentReader, document: DocId) -> tantivy::Result<Explanation> {
        self.must.explain(reader, document)
    }
}

impl DocSet for BetterScorer {
    fn advance(&mut self) -> DocId {
        self.must.advance()
    }

    fn seek(&mut self, target: DocId) -> DocId {
        self.must.seek(target)
    }

    fn seek_danger(&mut self, target: DocId) -> SeekDangerResult {
        self.must.seek_danger(target)
    }

    fn doc(&self) -> DocId {
        self.must.doc()
    }

    fn size_hint(&self) -> u32 {
        self.must.size_hint()
    }

    fn cost(&self) -> u64 {
        self.must.cost()
    }
}

impl Scorer for BetterScorer {
    fn score(&mut self) -> Score {
        let document = self.must.doc();
        if self.scored.0 != document {
            let beside: Score = self.better.iter_mut().map(|one| one.adds(document)).sum();
            self.scored = (document, self.must.score() + beside);
        }
        self.scored.1
    }
}

impl Beside {
    /// What it adds to the score of that document, each of which is asked for once and in rising order.
    fn adds(&mut self, document: DocId) -> Score {
        if self.next > document {
            return 0.0;
        }
        match self.scorer.seek_danger(document) {
            SeekDangerResult::Found => {
                self.next = document + 1;
                self.scorer.score()
            }
            SeekDangerResult::SeekLowerBound(next) => {
                self.next = next;
                0.0
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use tantivy::collector::TopDocs;
    use tantivy::query::{BooleanQuery, Occur, PhraseQuery, TermQuery};
    use tantivy::schema::{IndexRecordOption, Schema, TEXT};
    use tantivy::{DocAddress, Index, IndexWriter, doc};

    use super::*;

    #[test]
    fn what_matches_and_what_that_scores_is_as_the_library_has_it() {
        let mut schema = Schema::builder();
        let text = schema.add_text_field("text", TEXT);
        let index = Index::create_in_ram(schema.build());
        let mut writer: IndexWriter = index.writer_with_num_threads(1, 20 << 20).unwrap();
        let mut random = fastrand::Rng::with_seed(3);
        for number in 0..3_000 {
            let words: Vec<&str> = (0..6).map(|_| ["a", "b", "c", "d", "e", "f"][random.usize(..6)]).collect();
            writer.add_document(doc!(text => words.join(" "))).unwrap();
            if number % 1_100 == 0 {
                writer.commit().unwrap();
            }
        }
        writer.commit().unwrap();
        let searcher = index.reader().unwrap().searcher();
        let term = |word: &str| Term::from_field_text(text, word);
        let one = |word| -> Box<dyn Query> { Box::new(TermQuery::new(term(word), IndexRecordOption::WithFreqs)) };
        let both = |words: [&str; 2]| -> Box<dyn Query> { Box::new(PhraseQuery::new(words.map(term).to_vec())) };
        let beside = || vec![one("b"), both(["c", "d"]), one("nowhere"), both(["a", "a"]), one("f")];
        let both_words: Box<dyn Query> = Box::new(BooleanQuery::intersection(vec![one("a"), one("e")]));
        for must in [one("a"), both_words] {
            let mut clauses: Vec<(Occur, Box<dyn Query>)> = vec![(Occur::Must, must.box_clone())];
            clauses.extend(beside().into_iter().map(|clause| (Occur::Should, clause)));
            let found = |query: &dyn Query| -> BTreeMap<DocAddress, Score> {
                let best = searcher.search(query, &TopDocs::with_limit(10_000).order_by_score()).unwrap();
                best.into_iter().map(|(score, at)| (at, score)).collect()
            };
            let (ours, theirs) = (found(&Better { must, better: beside() }), found(&BooleanQuery::new(clauses)));
            assert!(ours.len() > 500 && ours.keys().eq(theirs.keys()), "{} {}", ours.len(), theirs.len());
            for (at, score) in &ours {
                assert!((score - theirs[at]).abs() < 1e-3, "{at:?} {score} {}", theirs[at]);
            }
        }
    }
}
