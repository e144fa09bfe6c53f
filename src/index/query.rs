//! What is asked of the index, who asks, and what is found.

use jiff::Timestamp;

use super::document::{Document, DocumentKind};
use super::shard::ShardName;

/// The last hit that can be asked for, counted from the best one.
pub const DEEPEST: usize = 10_000;
/// Hits in one answer.
pub const MOST_HITS: usize = 100;

/// A search.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// Words, `"phrases"`, `AND`, `OR`, `NOT`, `-word`, `prefix*` and parentheses. What is not well formed is searched as
    /// words. Without any word everything is found, newest first.
    pub words: String,
    /// What the documents have to be.
    pub filters: Filters,
    /// The shards that are searched as if they were one, and what the asker may see of each. Name each once.
    pub shards: Vec<(ShardName, Sight)>,
    /// How many of the best hits to leave out, at most [`DEEPEST`].
    pub offset: usize,
    /// How many hits to show, at most [`MOST_HITS`].
    pub limit: usize,
}

/// What documents have to be. An empty list asks for nothing; one of a list is enough.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filters {
    /// Keys or ids of spaces.
    pub spaces: Vec<String>,
    /// Labels.
    pub labels: Vec<String>,
    /// Account ids or names of authors, in any case; a part of a name is enough where it is a word of it.
    pub authors: Vec<String>,
    /// Kinds.
    pub kinds: Vec<DocumentKind>,
    /// Changed then or later.
    pub modified_after: Option<Timestamp>,
    /// Changed before then.
    pub modified_before: Option<Timestamp>,
}

/// What an asker may see of a shard. It is judged before anything is counted, ranked or quoted; only how rare a word is
/// may be reckoned over all documents.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sight {
    /// The spaces.
    pub spaces: Spaces,
    /// Only what is in every one of these.
    pub within: Vec<Within>,
    /// Only what everybody who sees the space may read.
    pub visible_to_all_only: bool,
}

/// Whole spaces, and pages with what stands under them; an empty one holds nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Within {
    /// Ids of the spaces.
    pub spaces: Vec<String>,
    /// Ids of the pages.
    pub pages: Vec<String>,
}

/// Which spaces, by their ids.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Spaces {
    /// All.
    #[default]
    All,
    /// These.
    Only(Vec<String>),
    /// All but these.
    Except(Vec<String>),
}

/// What a search found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// The hits that were asked for, best first.
    pub hits: Vec<Hit>,
    /// How many documents there are, exactly.
    pub total: u64,
    /// Whether too few documents have all the words, so that some of them were enough. Those with all of them come first.
    pub some_words: bool,
    /// Words that occur nowhere where the asker sees, and what was searched in their stead.
    pub corrected: Vec<Correction>,
    /// What the documents are.
    pub facets: Facets,
    /// The offset of the next hits, where there are any that can be asked for.
    pub next_offset: Option<usize>,
    /// Shards that could not be searched, and why; what they hold is missing from the answer.
    pub left_out: Vec<(ShardName, String)>,
}

/// A document that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// Its shard.
    pub shard: ShardName,
    /// Its copy, without the body.
    pub document: Document,
    /// How well it fits, comparable within one answer. Without words it is 0.
    pub score: f32,
    /// A piece of its body on one line, without Markdown, what was asked for between `**`; `None` where the body is empty.
    pub snippet: Option<String>,
}

/// A word that occurs nowhere, and the likely ones that were searched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Correction {
    /// As it was asked for.
    pub asked: String,
    /// As it occurs.
    pub searched: Vec<String>,
}

/// How many of the found documents are what: the ten most frequent of each, most frequent first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facets {
    /// Keys of spaces.
    pub spaces: Vec<(String, u64)>,
    /// Labels.
    pub labels: Vec<(String, u64)>,
    /// Kinds, by their words.
    pub kinds: Vec<(String, u64)>,
}
