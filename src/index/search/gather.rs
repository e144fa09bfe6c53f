//! The documents that have the words: judged one by one, counted, the best of them kept.

use std::cmp::Reverse;
use std::collections::HashMap;

use tantivy::query::Weight;
use tantivy::{DocAddress, DocId, Score, SegmentReader, TERMINATED};

use super::Searched;
use super::columns::{Columns, Names};
use super::eyes::{Eyes, Look};
use crate::index::document::DocumentKind;
use crate::index::query::Facets;
use crate::index::schema::kind_number;
use crate::index::shard::{CopiesError, Published};

/// Names of one facet.
const MOST_NAMES: usize = 10;

/// Where a document that was found is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spot {
    /// The number of its shard in the search.
    pub(super) shard: usize,
    pub(super) address: DocAddress,
    pub(super) score: Score,
    /// What it is ordered by: the score, or when it was changed.
    order: u64,
}

/// What was found so far.
pub(super) struct Gathered {
    keep: usize,
    ranked: bool,
    best: Vec<Spot>,
    /// What the worst of the best has, once there are enough.
    least: u64,
    counts: Vec<Counts>,
}

/// How many there are in one shard.
#[derive(Default)]
struct Counts {
    total: u64,
    spaces: Vec<u64>,
    labels: Vec<u64>,
    kinds: [u64; DocumentKind::ALL.len()],
}

impl Gathered {
    /// Nothing yet. The best so many are kept; unranked, the newest.
    pub(super) fn new(keep: usize, ranked: bool) -> Self {
        Self { keep, ranked, best: Vec::new(), least: 0, counts: Vec::new() }
    }

    /// Begins with the next shard.
    pub(super) fn begin(&mut self, published: &Published) {
        let zeros = |names: &[String]| vec![0; names.len()];
        let Published { names, .. } = published;
        let counts = Counts { spaces: zeros(&names.spaces), labels: zeros(&names.labels), ..Counts::default() };
        self.counts.push(counts);
    }

    /// Forgets what that shard had.
    pub(super) fn forget(&mut self, shard: usize) {
        self.best.retain(|spot| spot.shard != shard);
        self.counts.resize_with(shard + 1, Counts::default);
        if let Some(counts) = self.counts.get_mut(shard) {
            *counts = Counts::default();
        }
    }

    /// Gathers what one segment has.
    pub(super) fn segment(
        &mut self,
        shard: usize,
        ordinal: usize,
        segment: &SegmentReader,
        weight: &dyn Weight,
        published: &Published,
        eyes: &Eyes,
    ) -> Result<(), CopiesError> {
        let (Some(columns), Some(look)) = (published.columns.get(ordinal), eyes.look(ordinal)) else { return Ok(()) };
        let Some(mut counts) = self.counts.pop() else { return Ok(()) };
        if !look.is_blind() {
            let place = (shard, u32::try_from(ordinal).unwrap_or(u32::MAX));
            self.documents(place, segment, weight, columns, look, &mut counts)?;
        }
        self.counts.push(counts);
        Ok(())
    }

    fn documents(
        &mut self,
        (shard, ordinal): (usize, u32),
        segment: &SegmentReader,
        weight: &dyn Weight,
        columns: &Columns,
        look: &Look,
        counts: &mut Counts,
    ) -> Result<(), CopiesError> {
        let alive = segment.alive_bitset();
        let mut having = weight.scorer(segment, 1.0)?;
        while having.doc() != TERMINATED {
            let document = having.doc();
            if alive.is_none_or(|alive| alive.is_alive(document)) && look.wants(document) {
                counts.count(columns, document);
                // What is neither seen nor wanted has no need of a score.
                let score = if self.ranked { having.score() } else { 0.0 };
                let order = if self.ranked { u64::from(score.max(0.0).to_bits()) } else { newest(columns, document) };
                if order > self.least || self.best.len() < self.keep {
                    self.offer(Spot { shard, address: DocAddress::new(ordinal, document), score, order });
                }
            }
            having.advance();
        }
        Ok(())
    }

    fn offer(&mut self, spot: Spot) {
        self.best.push(spot);
        if self.best.len() >= 2 * self.keep.max(32) {
            self.cut();
        }
    }

    fn cut(&mut self) {
        if self.best.len() > self.keep {
            self.best.select_nth_unstable_by_key(self.keep, rank);
            self.best.truncate(self.keep);
            self.least = self.best.iter().map(|spot| spot.order).min().unwrap_or(0);
        }
    }

    /// How many there are.
    pub(super) fn total(&self) -> u64 {
        self.counts.iter().map(|counts| counts.total).sum()
    }

    /// The best ones after the first `offset`, best first.
    pub(super) fn best(mut self, offset: usize, limit: usize) -> Vec<Spot> {
        self.best.sort_unstable_by_key(rank);
        self.best.into_iter().skip(offset).take(limit).collect()
    }

    /// The most frequent names, with how many there are of each.
    pub(super) fn facets(&self, searched: &[Searched]) -> Facets {
        let (mut spaces, mut labels, mut kinds) = (Vec::new(), Vec::new(), Vec::new());
        for (counts, one) in self.counts.iter().zip(searched) {
            let Names { spaces: of_spaces, labels: of_labels } = &one.published.names;
            spaces.extend(occurring(of_spaces.iter().map(String::as_str), &counts.spaces));
            labels.extend(occurring(of_labels.iter().map(String::as_str), &counts.labels));
            kinds.extend(occurring(DocumentKind::ALL.iter().map(|kind| kind.word()), &counts.kinds));
        }
        let several = searched.len() > 1;
        Facets { spaces: most(spaces, several), labels: most(labels, several), kinds: most(kinds, several) }
    }
}

impl Counts {
    fn count(&mut self, columns: &Columns, document: DocId) {
        self.total += 1;
        let raise = |counts: &mut [u64], names: &[usize], number: u64| {
            let name = usize::try_from(number).ok().and_then(|number| names.get(number));
            if let Some(count) = name.and_then(|name| counts.get_mut(*name)) {
                *count += 1;
            }
        };
        if let Some(space) = columns.space_key.as_ref().and_then(|column| column.ords().first(document)) {
            raise(&mut self.spaces, &columns.space_names, space);
        }
        for label in columns.labels.iter().flat_map(|column| column.term_ords(document)) {
            raise(&mut self.labels, &columns.label_names, label);
        }
        let kind = columns.kind.as_ref().and_then(|column| column.first(document));
        if let Some(count) = kind.and_then(|kind| self.kinds.get_mut(usize::try_from(kind).unwrap_or(usize::MAX))) {
            *count += 1;
        }
    }
}

/// Best first; among equals the order of shards and documents, which stays from page to page.
fn rank(spot: &Spot) -> (Reverse<u64>, usize, DocAddress) {
    (Reverse(spot.order), spot.shard, spot.address)
}

/// Higher for what was changed later; lowest where that is unknown.
fn newest(columns: &Columns, document: DocId) -> u64 {
    let at = columns.modified.as_ref().and_then(|column| column.first(document));
    at.map_or(0, |at| at.cast_unsigned() ^ (1 << 63))
}

fn occurring<'a>(names: impl Iterator<Item = &'a str>, counts: &[u64]) -> impl Iterator<Item = (&'a str, u64)> {
    names.zip(counts.iter().copied()).filter(|(_, count)| *count > 0)
}

/// The most frequent names. Of several shards, each may have counted the same name.
fn most(mut counts: Vec<(&str, u64)>, several: bool) -> Vec<(String, u64)> {
    if several {
        let mut sums: HashMap<&str, u64> = HashMap::new();
        counts.drain(..).for_each(|(name, count)| *sums.entry(name).or_default() += count);
        counts.extend(sums);
    }
    let order = |(name, count): &(&str, u64), (other, others): &(&str, u64)| others.cmp(count).then(name.cmp(other));
    if counts.len() > MOST_NAMES {
        counts.select_nth_unstable_by(MOST_NAMES, order);
        counts.truncate(MOST_NAMES);
    }
    counts.sort_unstable_by(order);
    counts.into_iter().map(|(name, count)| (name.to_owned(), count)).collect()
}

const _: () = assert!(kind_number(DocumentKind::Article) == 3, "kinds are counted in the order of their numbers");
