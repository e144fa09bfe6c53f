//! Words that occur nowhere where the asker sees, and those that do and are written almost so.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use tantivy::query::FuzzyTermQuery;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocSet, TERMINATED, Term};

use super::Searched;
use crate::index::analysis::{Meant, stem};
use crate::index::language::{Asked, How};
use crate::index::schema::Fields;
use crate::index::shard::CopiesError;

/// Words of one search that are looked up.
const MOST_ASKED: usize = 4;
/// Words that are looked at for one that is asked.
const MOST_LOOKED_AT: usize = 5_000;
/// Of those, the likeliest that are judged.
const MOST_JUDGED: usize = 40;
/// Words that are searched for one that is asked.
const MOST_SEARCHED: usize = 5;

/// For each word that occurs nowhere the ones that do and are written almost so. What the asker does not see decides
/// nothing here: neither that a word occurs nor that another one is likely.
pub(super) fn words(asked: &Asked, fields: &Fields, searched: &mut [Searched]) -> BTreeMap<String, Vec<String>> {
    let mut all = Vec::new();
    asked_words(asked, &mut all);
    all.truncate(MOST_ASKED);
    let mut likely = BTreeMap::new();
    for word in all {
        let Some(distance) = distance(&word) else { continue };
        if occurs(fields.text, &stem(&word), searched) {
            continue;
        }
        let found = near(&word, distance, fields.exact, searched);
        let mut seen: Vec<String> = Vec::new();
        let mut nearest = None;
        for (apart, one) in found {
            // Farther words only where no nearer one occurs.
            if seen.len() == MOST_SEARCHED || nearest.is_some_and(|nearest| apart > nearest) {
                break;
            }
            if occurs(fields.exact, &one, searched) {
                nearest = Some(apart);
                seen.push(one);
            }
        }
        if !seen.is_empty() {
            likely.insert(word, seen);
        }
    }
    likely
}

fn asked_words(asked: &Asked, words: &mut Vec<String>) {
    match asked {
        Asked::Word(Meant { parts, whole: None, unspaced: false }) => words.extend(parts.first().cloned()),
        Asked::Group(parts) => {
            let wanted = parts.iter().filter(|(how, _)| *how != How::Excluded);
            wanted.for_each(|(_, asked)| asked_words(asked, words));
        }
        Asked::Any(choices) => choices.iter().for_each(|choice| asked_words(choice, words)),
        _ => {}
    }
}

/// How many letters may be wrong. A number is right or another one.
fn distance(word: &str) -> Option<u8> {
    let letters = word.chars().count();
    match letters {
        _ if word.chars().any(char::is_numeric) => None,
        4..=7 => Some(1),
        8..=40 => Some(2),
        _ => None,
    }
}

/// Whether the asker sees a document with that term.
fn occurs(field: Field, word: &str, searched: &[Searched]) -> bool {
    let term = Term::from_field_text(field, word);
    searched.iter().any(|one| one.shard.read(|_| in_shard(&term, one)).unwrap_or(false))
}

fn in_shard(term: &Term, one: &Searched) -> Result<bool, CopiesError> {
    for (ordinal, segment) in one.published.searcher.segment_readers().iter().enumerate() {
        let Some(look) = one.eyes.look(ordinal) else { continue };
        let Some(mut having) = segment.inverted_index(term.field())?.read_postings(term, IndexRecordOption::Basic)?
        else {
            continue;
        };
        while having.doc() != TERMINATED {
            if !segment.is_deleted(having.doc()) && look.sees(having.doc()) {
                return Ok(true);
            }
            having.advance();
        }
    }
    Ok(false)
}

/// The words that are written almost so, nearest first, with how far they are.
fn near(word: &str, distance: u8, field: Field, searched: &[Searched]) -> Vec<(usize, String)> {
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    for one in searched {
        let _ = one.shard.read(|_| {
            for segment in one.published.searcher.segment_readers() {
                let asked = FuzzyTermQuery::new(Term::from_field_text(field, word), distance, true);
                let index = segment.inverted_index(field)?;
                let mut terms = index.terms().search(asked.automaton()?).into_stream()?;
                while found.len() < MOST_LOOKED_AT && terms.advance() {
                    let term = String::from_utf8_lossy(terms.key()).into_owned();
                    found.entry(term).or_insert_with_key(|term| strsim::osa_distance(word, term));
                }
            }
            Ok(())
        });
    }
    let mut found: Vec<(usize, String)> = found.into_iter().map(|(term, apart)| (apart, term)).collect();
    // Those who mistype mostly have the first letter right.
    let begins = |term: &str| Reverse(term.chars().next() == word.chars().next());
    found.sort_by(|(apart, term), (other_apart, other)| {
        (apart, begins(term), term).cmp(&(other_apart, begins(other), other))
    });
    found.truncate(MOST_JUDGED);
    found
}
