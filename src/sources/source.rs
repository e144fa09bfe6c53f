//! The port: what every source can be asked for, and what it answers.

use futures_util::future::BoxFuture;
use jiff::Timestamp;

use super::error::SourceError;
use super::record::SourceRecord;
use crate::index::SpaceFacts;

/// A source of documentation. It can only be read. Every method ends within bounded time and memory, whatever the other
/// side sends.
pub trait Source: Send + Sync {
    /// Which source it is.
    fn record(&self) -> &SourceRecord;

    /// Looks whether everything that is needed may be read, with as few questions as possible. A right without which
    /// nothing can be copied is an error.
    fn check(&self) -> BoxFuture<'_, Result<Checked, SourceError>>;

    /// Lists what there is, a page at a time: the first without a cursor, each further one with the cursor of the page
    /// before. Cursors stay good across processes.
    fn list<'a>(&'a self, cursor: Option<&'a str>) -> BoxFuture<'a, Result<SourcePage, SourceError>>;

    /// The content of an article whose listing came without.
    fn read<'a>(&'a self, article: &'a Article) -> BoxFuture<'a, Result<Content, SourceError>>;

    /// Whether the article of that id is still one to be copied.
    fn is_there<'a>(&'a self, id: &'a str) -> BoxFuture<'a, Result<bool, SourceError>>;
}

/// What a look at a source found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// What can be read, in words.
    pub found: String,
    /// What is lacking although articles can be copied, a sentence each.
    pub lacking: Vec<String>,
}

/// One page of a listing.
#[derive(Clone, Debug, Default)]
pub struct SourcePage {
    /// Its articles.
    pub articles: Vec<Article>,
    /// For the next page; `None` after the last.
    pub next: Option<String>,
    /// How many articles there are altogether, where the source says so.
    pub total: Option<u64>,
    /// What could not be listed, so that nothing follows from what is missing.
    pub holes: Vec<Problem>,
    /// What else is wrong; [`Source::is_there`] knows of what is missing all the same.
    pub problems: Vec<Problem>,
}

/// Something about one article or one part of a listing; the rest goes on.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Problem {
    /// What it is about, quoted where it is not ours.
    pub what: String,
    /// What is wrong.
    pub why: String,
}

/// An article as it was listed. Its texts are the source's own and not cleaned yet.
#[derive(Clone, Debug)]
pub struct Article {
    /// Its id, unique in its source.
    pub id: String,
    /// Its title; empty where only its content tells.
    pub title: String,
    /// Changes whenever its content does, such as the time of its last change.
    pub stamp: String,
    /// The titles of what it stands under, topmost first, without its space.
    pub breadcrumb: Vec<String>,
    /// The ids of what it stands under, in the same order.
    pub ancestors: Vec<String>,
    /// The organization, company or folder it belongs to.
    pub space: SpaceFacts,
    /// When it was made.
    pub created: Option<Timestamp>,
    /// When it was changed last.
    pub modified: Option<Timestamp>,
    /// Its address for people.
    pub url: String,
    /// Whether not everybody who sees the space may read it.
    pub restricted: bool,
    /// Its content, where the listing had it.
    pub content: Option<Content>,
}

/// What an article says.
#[derive(Clone, Debug)]
pub struct Content {
    /// Its text.
    pub text: Text,
    /// Its title, where the content has it.
    pub title: Option<String>,
    /// Its labels.
    pub labels: Vec<String>,
}

/// A text in one of the formats that sources have.
#[derive(Clone, Debug)]
pub enum Text {
    /// HTML.
    Html(String),
    /// Markdown.
    Markdown(String),
}

impl Text {
    /// Its length in bytes.
    pub const fn len(&self) -> usize {
        match self {
            Self::Html(text) | Self::Markdown(text) => text.len(),
        }
    }

    /// Whether there is nothing.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
