//! What the asker may see and asks for, as questions to the columns of each segment.

use jiff::Timestamp;
use tantivy::DocId;
use tantivy::columnar::{Column, StrColumn};

use super::columns::Columns;
use crate::index::analysis::folded;
use crate::index::query::{Filters, Sight, Spaces};
use crate::index::schema::kind_number;
use crate::index::shard::{CopiesError, Published};

/// The questions to every segment of a shard.
pub(super) struct Eyes(Vec<Look>);

/// The questions to one segment.
#[derive(Default)]
pub(super) struct Look {
    /// What the asker may see.
    sight: Vec<Question>,
    /// What the asker wants.
    filters: Vec<Question>,
}

enum Question {
    /// Whether one of its numbers is among these.
    Among(Column<u64>, Numbers),
    /// Whether none is.
    NotAmong(Column<u64>, Numbers),
    /// Whether one of either is.
    OneOf(Vec<Question>),
    /// Whether it lies there.
    Between(Column<i64>, i64, i64),
    /// No document does.
    Never,
}

/// A set of numbers.
enum Numbers {
    Few(Vec<u64>),
    Many(Vec<u64>),
}

impl Numbers {
    fn of(mut numbers: Vec<u64>) -> Self {
        numbers.sort_unstable();
        let highest = numbers.last().copied().unwrap_or(0);
        if numbers.len() <= 8 {
            return Self::Few(numbers);
        }
        let mut bits = vec![0; usize::try_from(highest / 64).unwrap_or(0) + 1];
        for number in numbers {
            if let Some(word) = usize::try_from(number / 64).ok().and_then(|word| bits.get_mut(word)) {
                *word |= 1 << (number % 64);
            }
        }
        Self::Many(bits)
    }

    fn hold(&self, number: u64) -> bool {
        match self {
            Self::Few(numbers) => numbers.contains(&number),
            Self::Many(bits) => {
                let word = usize::try_from(number / 64).ok().and_then(|word| bits.get(word));
                word.is_some_and(|word| word >> (number % 64) & 1 == 1)
            }
        }
    }
}

impl Question {
    fn yes(&self, document: DocId) -> bool {
        match self {
            Self::Among(column, numbers) => column.values_for_doc(document).any(|number| numbers.hold(number)),
            Self::NotAmong(column, numbers) => !column.values_for_doc(document).any(|number| numbers.hold(number)),
            Self::OneOf(questions) => questions.iter().any(|question| question.yes(document)),
            Self::Between(column, from, to) => column.first(document).is_some_and(|at| (*from..*to).contains(&at)),
            Self::Never => false,
        }
    }
}

impl Eyes {
    /// What that asker sees of the shard, and wants.
    pub(super) fn open(published: &Published, sight: &Sight, filters: &Filters) -> Result<Self, CopiesError> {
        let look = |columns| Ok(Look { sight: seen(columns, sight)?, filters: wanted(columns, filters)? });
        Ok(Self(published.columns.iter().map(look).collect::<Result<_, CopiesError>>()?))
    }

    /// Eyes that see nothing.
    pub(super) fn shut() -> Self {
        Self(Vec::new())
    }

    /// The questions to that segment.
    pub(super) fn look(&self, segment: usize) -> Option<&Look> {
        self.0.get(segment)
    }

    /// Whether the asker may see it.
    pub(super) fn see(&self, segment: usize, document: DocId) -> bool {
        self.look(segment).is_some_and(|look| look.sees(document))
    }
}

impl Look {
    /// Whether the asker may see it.
    pub(super) fn sees(&self, document: DocId) -> bool {
        self.sight.iter().all(|question| question.yes(document))
    }

    /// Whether the asker may see it and wants it.
    pub(super) fn wants(&self, document: DocId) -> bool {
        self.sees(document) && self.filters.iter().all(|question| question.yes(document))
    }

    /// Whether no document of the segment can be wanted.
    pub(super) fn is_blind(&self) -> bool {
        self.sight.iter().chain(&self.filters).any(|question| matches!(question, Question::Never))
    }
}

fn seen(columns: &Columns, sight: &Sight) -> Result<Vec<Question>, CopiesError> {
    let mut questions = Vec::new();
    if sight.visible_to_all_only {
        questions.push(numbers(columns.restricted.as_ref(), vec![0]));
    }
    match &sight.spaces {
        Spaces::All => {}
        Spaces::Only(ids) => questions.push(among(columns.space_id.as_ref(), ids)?),
        Spaces::Except(ids) => {
            // Where the segment has none of them, there is nothing to leave out.
            if let Question::Among(column, numbers) = among(columns.space_id.as_ref(), ids)? {
                questions.push(Question::NotAmong(column, numbers));
            }
        }
    }
    for within in &sight.within {
        questions.push(either([
            among(columns.space_id.as_ref(), &within.spaces)?,
            among(columns.line.as_ref(), &within.pages)?,
        ]));
    }
    Ok(questions)
}

fn wanted(columns: &Columns, filters: &Filters) -> Result<Vec<Question>, CopiesError> {
    let mut questions = Vec::new();
    if !filters.spaces.is_empty() {
        let mut keys = filters.spaces.clone();
        keys.extend(filters.spaces.iter().map(|key| key.to_uppercase()));
        questions.push(either([
            among(columns.space_key.as_ref(), &keys)?,
            among(columns.space_id.as_ref(), &filters.spaces)?,
        ]));
    }
    let plain = |words: &[String]| words.iter().map(|word| folded(word.trim())).collect::<Vec<_>>();
    if !filters.labels.is_empty() {
        questions.push(among(columns.labels.as_ref(), &plain(&filters.labels))?);
    }
    if !filters.authors.is_empty() {
        questions.push(among(columns.authors.as_ref(), &plain(&filters.authors))?);
    }
    if !filters.kinds.is_empty() {
        questions.push(numbers(columns.kind.as_ref(), filters.kinds.iter().map(|kind| kind_number(*kind)).collect()));
    }
    if filters.modified_after.is_some() || filters.modified_before.is_some() {
        let from = filters.modified_after.map_or(i64::MIN, Timestamp::as_microsecond);
        let to = filters.modified_before.map_or(i64::MAX, Timestamp::as_microsecond);
        questions.push(columns.modified.clone().map_or(Question::Never, |column| Question::Between(column, from, to)));
    }
    Ok(questions)
}

/// One of both; what no document of the segment answers with yes is left out.
fn either(both: [Question; 2]) -> Question {
    let either: Vec<Question> = both.into_iter().filter(|one| !matches!(one, Question::Never)).collect();
    if either.is_empty() { Question::Never } else { Question::OneOf(either) }
}

fn among(column: Option<&StrColumn>, words: &[String]) -> Result<Question, CopiesError> {
    let Some(column) = column else { return Ok(Question::Never) };
    let mut found = Vec::new();
    for word in words {
        found.extend(column.dictionary().term_ord(word)?);
    }
    Ok(numbers(Some(column.ords()), found))
}

fn numbers(column: Option<&Column<u64>>, numbers: Vec<u64>) -> Question {
    match column {
        Some(column) if !numbers.is_empty() => Question::Among(column.clone(), Numbers::of(numbers)),
        _ => Question::Never,
    }
}
