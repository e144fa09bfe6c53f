//! What is asked for, as clauses of the search library: what must match, and what makes a match better.

use std::collections::BTreeMap;
use std::ops::Bound;

use tantivy::Term;
use tantivy::query::{
    AllQuery, BooleanQuery, BoostQuery, ConstScoreQuery, Occur, PhraseQuery, Query as Clause, RangeQuery, TermQuery,
};
use tantivy::schema::{Field, IndexRecordOption};

use super::better::Better;
use super::excluded::Excluded;
use crate::index::analysis::{Meant, stem};
use crate::index::language::{Asked, How};
use crate::index::schema::Fields;

/// What a word counts in the title, beside what it counts among all words.
const TITLE: f32 = 2.0;
/// In labels and breadcrumb.
const AROUND: f32 = 0.7;
/// In a heading.
const HEADINGS: f32 = 0.6;
/// As it is written.
const EXACT: f32 = 0.4;
/// All words one after the other in the title, and in a heading.
const TITLE_PHRASE: f32 = 1.5;
const HEADING_PHRASE: f32 = 1.0;
/// A likely word in the stead of one that occurs nowhere.
const LIKELY: f32 = 0.6;
/// Lifts documents that have all words over those that have some.
const ALL_WORDS: f32 = 1_000.0;
/// Pairs of signs that have to stand together; of more, each has to be there.
const MOST_TOGETHER: usize = 3;

type Parts = Vec<(Occur, Box<dyn Clause>)>;

/// Makes clauses.
pub(super) struct Clauses {
    fields: Fields,
    /// What is searched in the stead of words that occur nowhere.
    likely: BTreeMap<String, Vec<String>>,
}

/// Everything.
pub(super) fn everything() -> impl Clause {
    AllQuery
}

/// Whether some of it can be enough.
pub(super) fn relaxes(asked: &Asked) -> bool {
    let Asked::Group(parts) = asked else { return false };
    parts.iter().filter(|part| is_relaxed(part)).count() > 1
}

/// Words that only should be there are; phrases, prefixes and whatever stands between operators are meant.
fn is_relaxed((how, asked): &(How, Asked)) -> bool {
    *how == How::Preferred && matches!(asked, Asked::Word(_))
}

impl Clauses {
    pub(super) fn new(fields: Fields, likely: BTreeMap<String, Vec<String>>) -> Self {
        Self { fields, likely }
    }

    /// The clause of a whole search. Relaxed, one of the words that should be there is enough.
    pub(super) fn of(&self, asked: &Asked, relaxed: bool) -> Better {
        let mut better = Vec::new();
        let must = match asked {
            Asked::Group(parts) if relaxed => self.some(parts),
            asked => self.matching(asked),
        };
        self.better(asked, &mut better);
        let mut together = Vec::new();
        in_order(asked, &mut together);
        for (field, weight) in [(self.fields.title, TITLE_PHRASE), (self.fields.headings, HEADING_PHRASE)] {
            better.extend(phrase(field, &together).map(|clause| boosted(clause, weight)));
        }
        Better { must, better }
    }

    /// What has one of the words, and everything else that is asked for; what has all the words goes first.
    fn some(&self, parts: &[(How, Asked)]) -> Box<dyn Clause> {
        let (words, others): (Vec<_>, Vec<_>) = parts.iter().partition(|part| is_relaxed(part));
        let words = words.into_iter().map(|(_, word)| self.matching(word)).collect();
        let all = ConstScoreQuery::new(self.group(parts), ALL_WORDS);
        let mut clauses = self.group_parts(others);
        clauses.push((Occur::Must, Box::new(BooleanQuery::union(words))));
        Box::new(Better { must: Box::new(BooleanQuery::new(clauses)), better: vec![Box::new(all)] })
    }

    fn matching(&self, asked: &Asked) -> Box<dyn Clause> {
        match asked {
            Asked::Word(word) => self.word(word),
            Asked::Phrase(words) => {
                let parts = words.iter().flat_map(|word| &word.parts).cloned().collect::<Vec<_>>();
                phrase(self.fields.text, &parts).unwrap_or_else(|| Box::new(AllQuery))
            }
            Asked::Prefix(begin) => self.prefix(begin),
            Asked::Group(parts) => self.group(parts),
            Asked::Any(choices) => {
                Box::new(BooleanQuery::union(choices.iter().map(|choice| self.matching(choice)).collect()))
            }
        }
    }

    fn group(&self, parts: &[(How, Asked)]) -> Box<dyn Clause> {
        Box::new(BooleanQuery::new(self.group_parts(parts)))
    }

    fn group_parts<'b>(&self, parts: impl IntoIterator<Item = &'b (How, Asked)>) -> Parts {
        let mut clauses = Parts::new();
        let mut wanted = false;
        for (how, asked) in parts {
            let excluded = *how == How::Excluded;
            wanted |= !excluded;
            let clause = self.matching(asked);
            clauses.push(if excluded { (Occur::MustNot, Box::new(Excluded(clause))) } else { (Occur::Must, clause) });
        }
        if !wanted {
            clauses.push((Occur::Must, Box::new(ConstScoreQuery::new(Box::new(AllQuery), 0.0))));
        }
        clauses
    }

    fn word(&self, word: &Meant) -> Box<dyn Clause> {
        let text = self.fields.text;
        if let [one] = word.parts.as_slice() {
            let Some(likely) = self.likely.get(one) else { return term(text, &stem(one)) };
            let likely = likely.iter().map(|word| boosted(term(text, &stem(word)), LIKELY)).collect();
            return Box::new(BooleanQuery::union(likely));
        }
        if word.unspaced && word.parts.len() > MOST_TOGETHER {
            return Box::new(BooleanQuery::intersection(word.parts.iter().map(|part| term(text, part)).collect()));
        }
        let whole = word.whole.as_ref().map(|whole| term(text, whole));
        let either: Vec<_> = whole.into_iter().chain(phrase(text, &word.parts)).collect();
        Box::new(BooleanQuery::union(either))
    }

    fn prefix(&self, begin: &str) -> Box<dyn Clause> {
        let field = self.fields.exact;
        let from = Bound::Included(Term::from_field_text(field, begin));
        // No letter comes after this one.
        let to = Bound::Excluded(Term::from_field_text(field, &format!("{begin}\u{10ffff}")));
        Box::new(ConstScoreQuery::new(Box::new(RangeQuery::new(from, to)), 1.0))
    }

    /// What makes a match better: where the words stand, and that they stand there as they are asked for.
    fn better(&self, asked: &Asked, better: &mut Vec<Box<dyn Clause>>) {
        let Fields { title, around, headings, exact, .. } = self.fields;
        match asked {
            Asked::Word(word) if !word.unspaced => {
                for part in &word.parts {
                    let stem = stem(part);
                    for (field, weight) in [(title, TITLE), (around, AROUND), (headings, HEADINGS)] {
                        better.push(boosted(term(field, &stem), weight));
                    }
                }
                let whole = word.whole.as_ref().or(word.parts.first());
                better.extend(whole.map(|whole| boosted(term(exact, whole), EXACT)));
            }
            Asked::Word(_) | Asked::Phrase(_) => {
                let words: Vec<String> = parts(asked).cloned().collect();
                for (field, weight) in [(title, TITLE), (headings, HEADINGS)] {
                    better.extend(phrase(field, &words).map(|clause| boosted(clause, weight)));
                }
            }
            Asked::Prefix(_) => {}
            Asked::Group(all) => {
                let wanted = all.iter().filter(|(how, _)| *how != How::Excluded);
                wanted.for_each(|(_, asked)| self.better(asked, better));
            }
            Asked::Any(choices) => choices.iter().for_each(|choice| self.better(choice, better)),
        }
    }
}

fn phrase(field: Field, words: &[String]) -> Option<Box<dyn Clause>> {
    let terms: Vec<Term> = words.iter().map(|word| Term::from_field_text(field, &stem(word))).collect();
    match terms.len() {
        0 | 1 => terms.into_iter().next().map(boxed),
        _ => Some(Box::new(PhraseQuery::new(terms))),
    }
}

/// The words of a word or phrase.
fn parts(asked: &Asked) -> impl Iterator<Item = &String> {
    let words = match asked {
        Asked::Word(word) => std::slice::from_ref(word),
        Asked::Phrase(words) => words.as_slice(),
        _ => &[],
    };
    words.iter().flat_map(|word| &word.parts)
}

/// The words of the top, if they are all there is and several.
fn in_order(asked: &Asked, words: &mut Vec<String>) {
    if let Asked::Group(all) = asked {
        words.extend(all.iter().filter(|(how, _)| *how != How::Excluded).flat_map(|(_, one)| parts(one)).cloned());
    }
    if words.len() == 1 {
        words.clear();
    }
}

fn term(field: Field, word: &str) -> Box<dyn Clause> {
    boxed(Term::from_field_text(field, word))
}

fn boxed(term: Term) -> Box<dyn Clause> {
    Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs))
}

fn boosted(clause: Box<dyn Clause>, weight: f32) -> Box<dyn Clause> {
    Box::new(BoostQuery::new(clause, weight))
}
