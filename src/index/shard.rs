//! One part of the index, as those who fill it see it.

mod filling;
mod home;
mod kept;
mod reading;
mod rescue;
mod room;
mod whole;

use std::fmt;

use super::document::Document;

pub(super) use kept::Published;
pub use kept::Shard;
pub(super) use reading::alive;

/// How the names of other sources' shards begin.
const SOURCE: &str = "source-";

/// The name of a shard: the id of a connection, or `source-` and the name of another source. It is a folder's name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ShardName(String);

impl ShardName {
    /// A name of lower-case letters, digits and dashes, at most 100; anything else is no name.
    pub fn new(name: &str) -> Option<Self> {
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        ((1..=100).contains(&name.len()) && name.bytes().all(fits)).then(|| Self(name.to_owned()))
    }

    /// The name of the shard of another source that is called so.
    pub fn of_source(source: &str) -> Option<Self> {
        Self::new(&format!("{SOURCE}{source}"))
    }

    /// What the other source is called whose shard it is; `None` where it is a site's.
    pub fn source(&self) -> Option<&str> {
        self.0.strip_prefix(SOURCE)
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ShardName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Where copies are put. Changes are gathered until [`Copies::commit`]; searches see them once [`Copies::publish`] ran.
/// Calls block and belong on a thread that may. One process fills a shard at a time.
pub trait Copies: Send + Sync {
    /// Adds a copy, or puts it in the place of the one with the same id.
    fn put(&self, document: Document) -> Result<(), CopiesError>;

    /// Removes the copy of that id, there or not.
    fn remove(&self, id: &str) -> Result<(), CopiesError>;

    /// Makes everything since the last commit durable, or nothing of it.
    fn commit(&self) -> Result<(), CopiesError>;

    /// Lets searches see everything that was committed, all at once.
    fn publish(&self) -> Result<(), CopiesError>;

    /// The same in the midst of a run, which goes on.
    fn publish_so_far(&self) -> Result<(), CopiesError> {
        self.publish()
    }

    /// The copy of that id as it was committed last.
    fn get(&self, id: &str) -> Result<Option<Document>, CopiesError>;

    /// The ids of the committed copies whose author or last editor has this account.
    fn by_account(&self, account_id: &str) -> Result<Vec<String>, CopiesError>;

    /// Ids of committed copies in rising order, after this one, at most `limit`.
    fn ids(&self, after: Option<&str>, limit: usize) -> Result<Vec<String>, CopiesError>;

    /// Removes everything, durably and for searches too.
    fn clear(&self) -> Result<(), CopiesError>;

    /// What was seen to be wrong with them, by whoever read or filled them. It does not block.
    fn damage(&self) -> Option<String> {
        None
    }

    /// Makes damaged copies anew from those that can still be read; what is missing afterwards has to be put again.
    fn mend(&self) -> Result<(), CopiesError> {
        self.clear()
    }
}

/// Why copies could not be kept or read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CopiesError {
    /// The disk has no room; what was committed can be read.
    #[error("the disk has no room for the local index; make room, the next sync goes on")]
    Full,
    /// What is kept is not what was written; it has to be made anew.
    #[error("the local index is damaged and is made anew: {0}")]
    Damaged(String),
    /// The system does not let us.
    #[error("the local index cannot be read or written: {0}")]
    System(String),
}
