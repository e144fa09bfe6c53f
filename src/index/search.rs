//! A search over several shards as one ranking, with what the asker may see judged first.

mod better;
mod clauses;
mod columns;
mod excluded;
mod eyes;
mod gather;
mod likely;
mod plain;
mod snippet;
mod statistics;

use std::collections::BTreeMap;
use std::sync::Arc;

use tantivy::TantivyDocument;
use tantivy::query::{EnableScoring, Query as Clause};

use super::document::Document;
use super::error::IndexError;
use super::language::{Asked, asked, ranks};
use super::query::{Correction, DEEPEST, Facets, Found, Hit, MOST_HITS, Query, Sight};
use super::schema::Fields;
use super::shard::{Published, Shard};
use clauses::Clauses;
use eyes::Eyes;
use gather::{Gathered, Spot};
use statistics::Statistics;

pub(super) use columns::{Columns, Names};

/// With fewer documents that have all words, those that have some are shown too.
const ENOUGH: u64 = 3;

/// A shard that is searched.
pub(super) struct Searched {
    pub(super) shard: Arc<Shard>,
    pub(super) published: Arc<Published>,
    eyes: Eyes,
}

/// Searches these shards, each as far as the asker may see of it.
pub(super) fn search(query: &Query, shards: Vec<(Arc<Shard>, &Sight)>) -> Result<Found, IndexError> {
    let mut found = Found::default();
    let mut searched = Vec::with_capacity(shards.len());
    let asked = shards.len();
    for (shard, sight) in shards {
        let opened = shard.read(|published| Ok((Arc::clone(published), Eyes::open(published, sight, &query.filters)?)));
        match opened {
            Ok((published, eyes)) => searched.push(Searched { shard, published, eyes }),
            Err(error) => found.left_out.push((shard.name().clone(), error.to_string())),
        }
    }
    let mut run = Run { query, fields: Fields::new(), searched, left_out: Vec::new() };
    let gathered = run.answer(&mut found);
    found.left_out.append(&mut run.left_out);
    if found.left_out.len() == asked
        && let Some((name, why)) = found.left_out.first()
    {
        return Err(IndexError::Damaged { shard: name.to_string(), why: why.clone() });
    }
    found.total = gathered.total();
    found.facets = run.facets(&gathered);
    let shown = query.limit.min(MOST_HITS);
    let offset = query.offset.min(DEEPEST);
    let lights = snippet::Lights::of(&query.words, &found.corrected);
    for spot in gathered.best(offset, shown) {
        run.show(spot, &lights, &mut found);
    }
    let next = offset + shown;
    let more = shown > 0 && u64::try_from(next).is_ok_and(|next| next < found.total);
    found.next_offset = (more && next < DEEPEST).then_some(next);
    Ok(found)
}

/// One search under way.
struct Run<'a> {
    query: &'a Query,
    fields: Fields,
    searched: Vec<Searched>,
    left_out: Vec<(super::ShardName, String)>,
}

impl Run<'_> {
    /// Asks for all words; where that finds too little, for likely words, then for some of the words.
    fn answer(&mut self, found: &mut Found) -> Gathered {
        let Some(asked) = asked(&self.query.words) else { return self.gather(&clauses::everything(), false) };
        let mut clauses = Clauses::new(self.fields.clone(), BTreeMap::new());
        let strict = self.ask(&clauses, &asked, false);
        if strict.total() >= ENOUGH {
            return strict;
        }
        let likely = likely::words(&asked, &self.fields, &mut self.searched);
        let strict = if likely.is_empty() {
            strict
        } else {
            found.corrected = likely.iter().map(|(asked, searched)| correction(asked, searched)).collect();
            clauses = Clauses::new(self.fields.clone(), likely);
            self.ask(&clauses, &asked, false)
        };
        if strict.total() >= ENOUGH || !clauses::relaxes(&asked) {
            return strict;
        }
        let relaxed = self.ask(&clauses, &asked, true);
        if relaxed.total() <= strict.total() {
            return strict;
        }
        found.some_words = true;
        relaxed
    }

    fn ask(&mut self, clauses: &Clauses, asked: &Asked, relaxed: bool) -> Gathered {
        let clause = clauses.of(asked, relaxed);
        self.gather(&clause, ranks(asked))
    }

    /// Gathers what every shard has. Those that cannot be read are left out from then on.
    fn gather(&mut self, clause: &dyn Clause, ranked: bool) -> Gathered {
        let keep = self.query.offset.min(DEEPEST) + self.query.limit.min(MOST_HITS);
        let statistics = Statistics::of(clause, &self.searched);
        let mut gathered = Gathered::new(keep.min(DEEPEST), ranked);
        let mut kept = Vec::with_capacity(self.searched.len());
        for (number, one) in std::mem::take(&mut self.searched).into_iter().enumerate() {
            let done = one.shard.read(|_| {
                let searcher = &one.published.searcher;
                let scoring = EnableScoring::enabled_from_statistics_provider(&statistics, searcher);
                let weight = clause.weight(scoring)?;
                gathered.begin(&one.published);
                for (ordinal, segment) in searcher.segment_readers().iter().enumerate() {
                    gathered.segment(number, ordinal, segment, weight.as_ref(), &one.published, &one.eyes)?;
                }
                Ok(())
            });
            match done {
                Ok(()) => kept.push(one),
                Err(error) => {
                    gathered.forget(number);
                    self.left_out.push((one.shard.name().clone(), error.to_string()));
                    // Its place stays, so that the others keep their numbers.
                    kept.push(Searched { eyes: Eyes::shut(), ..one });
                }
            }
        }
        self.searched = kept;
        gathered
    }

    fn facets(&self, gathered: &Gathered) -> Facets {
        gathered.facets(&self.searched)
    }

    fn show(&mut self, spot: Spot, lights: &snippet::Lights, found: &mut Found) {
        let Some(one) = self.searched.get(spot.shard) else { return };
        let read = one.shard.read(|_| {
            let kept: TantivyDocument = one.published.searcher.doc(spot.address)?;
            self.fields.document(&kept)
        });
        match read {
            Ok(mut document) => {
                let body = std::mem::take(&mut document.body);
                let snippet = snippet::of(&body, lights);
                found.hits.push(Hit { shard: one.shard.name().clone(), document, score: spot.score, snippet });
            }
            Err(error) => {
                let left = (one.shard.name().clone(), error.to_string());
                if !found.left_out.contains(&left) {
                    found.left_out.push(left);
                }
            }
        }
    }
}

fn correction(asked: &str, searched: &[String]) -> Correction {
    Correction { asked: asked.to_owned(), searched: searched.to_vec() }
}

/// The copy of that id, as searches see it, if the asker may.
pub(super) fn copy(shard: &Shard, id: &str, sight: &Sight) -> Result<Option<Document>, super::CopiesError> {
    let fields = Fields::new();
    shard.read(|published| {
        let term = tantivy::Term::from_field_text(fields.id, id);
        let Some(at) = super::shard::alive(&published.searcher, &term)?.pop() else { return Ok(None) };
        let eyes = Eyes::open(published, sight, &super::Filters::default())?;
        if !eyes.see(at.segment_ord as usize, at.doc_id) {
            return Ok(None);
        }
        fields.document(&published.searcher.doc::<TantivyDocument>(at)?).map(Some)
    })
}
