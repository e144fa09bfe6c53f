//! Requests to Confluence, one file per kind of thing; v2 first, v1 only where v2 lacks the operation.

pub mod around;
pub mod attachments;
pub mod blogs;
pub mod comments;
pub mod documents;
pub mod labels;
pub mod pages;
pub mod search;
pub mod spaces;
pub mod tree;
pub mod upkeep;
pub mod users;

use crate::domain::access::Read;
use crate::domain::ids::{Cursor, SpaceId};
use crate::domain::limits::Limit;

use super::request::Request;

/// A part of a listing: how many, and from where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Paging {
    /// At most this many; Confluence allows 1 to 250.
    pub limit: Option<u8>,
    /// Where the last part ended.
    pub cursor: Option<Cursor>,
}

impl Paging {
    /// At most this many, from there on.
    pub fn of(limit: Limit, cursor: Option<Cursor>) -> Self {
        Self { limit: Some(limit.get()), cursor }
    }

    fn on(&self, request: Request<Read>) -> Request<Read> {
        request.with_some("limit", self.limit).with_some("cursor", self.cursor.as_ref())
    }
}

/// How many spaces one list of pages or blog posts can be asked for (`space-id` of `GET /pages`).
pub const MOST_SPACES_NAMED: usize = 100;

fn joined(spaces: &[SpaceId]) -> Option<String> {
    let ids: Vec<&str> = spaces.iter().map(SpaceId::as_str).collect();
    (!ids.is_empty()).then(|| ids.join(","))
}

/// How many items fit into one answer of a v2 list.
pub const MOST_PER_LIST: u8 = 250;
