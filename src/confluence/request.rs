//! A request to Confluence as a value: typed by access class, fixed to its bytes, not yet sent.
//!
//! Only this layer builds requests, each from a published template and checked ids, or from what the table of published
//! operations lets pass; there is no constructor for deleting a space and none that takes a path as text:
//!
//! ```compile_fail,E0624
//! use sluice::{confluence::Request, domain::access::Delete};
//! let by_hand = Request::<Delete>::delete("/wiki/rest/api/space/{key}", &["IT"]);
//! ```
//!
//! ```compile_fail,E0425
//! let gone = sluice::confluence::api::spaces::delete_space("IT".parse()?);
//! # Ok::<(), sluice::domain::ids::BadId>(())
//! ```
//!
//! ```
//! let page = sluice::confluence::api::pages::get_page(&"123".parse()?, None);
//! assert_eq!(page.path(), "/wiki/api/v2/pages/123");
//! # Ok::<(), sluice::domain::ids::BadId>(())
//! ```

mod body;
pub(in crate::confluence) mod form;
pub mod frozen;
mod method;
pub mod raw;

use std::fmt;
use std::marker::PhantomData;

use serde::Serialize;

use crate::domain::access::{Access, AccessClass, Create, Delete, Read, Update, WriteAccess};
use crate::domain::digest::Digest;
use crate::published::{self, Matched};

pub use body::Body;
use form::Form;
pub use frozen::{Frozen, NotThawed, Thawed};
pub use method::{Lane, Method};

/// A request of access class `A`.
#[derive(Clone, PartialEq, Eq)]
#[must_use = "a request does nothing until the client sends it"]
pub struct Request<A: Access> {
    method: Method,
    template: &'static str,
    path: String,
    query: Vec<(&'static str, String)>,
    body: Body,
    lane: Lane,
    effect: AccessClass,
    class: PhantomData<A>,
}

impl<A: Access> Request<A> {
    /// Fills the `{…}` of a published template, in order, with ids that fit into one path segment each.
    fn build(method: Method, template: &'static str, ids: &[&str], lane: Lane) -> Self {
        let mut path = String::with_capacity(template.len() + 24);
        let mut ids = ids.iter();
        for segment in template.split('/').skip(1) {
            path.push('/');
            match ids.as_slice().first() {
                Some(id) if segment.starts_with('{') => {
                    push_segment(&mut path, id);
                    ids.next();
                }
                _ => path.push_str(segment),
            }
        }
        Self {
            method,
            template,
            path,
            query: Vec::new(),
            body: Body::Empty,
            lane,
            effect: A::CLASS,
            class: PhantomData,
        }
    }

    /// Adds a query parameter; the key is ours, the value is encoded when the URL is made.
    pub(in crate::confluence) fn with(mut self, key: &'static str, value: impl fmt::Display) -> Self {
        self.query.push((key, value.to_string()));
        self
    }

    /// Adds a query parameter where there is a value.
    pub(in crate::confluence) fn with_some(self, key: &'static str, value: Option<impl fmt::Display>) -> Self {
        match value {
            Some(value) => self.with(key, value),
            None => self,
        }
    }

    /// Fixes the JSON body.
    pub(in crate::confluence) fn json(mut self, body: &impl Serialize) -> Self {
        // Serialising our own structs and values cannot fail; an empty body would be refused upstream, loudly.
        self.body = Body::Json(serde_json::to_vec(body).unwrap_or_default().into());
        self
    }

    /// The method.
    pub fn method(&self) -> Method {
        self.method
    }

    /// The published template, with its `{…}`.
    pub fn template(&self) -> &'static str {
        self.template
    }

    /// The path, from `/wiki` on, encoded.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The query parameters, in order, not yet encoded.
    pub fn query(&self) -> &[(&'static str, String)] {
        &self.query
    }

    /// The body.
    pub fn body(&self) -> &Body {
        &self.body
    }

    /// The rate-limit lane.
    pub fn lane(&self) -> Lane {
        self.lane
    }

    /// What sending it amounts to, as far as the request alone shows; never weaker than its class.
    pub fn effect(&self) -> AccessClass {
        self.effect
    }

    /// Fingerprint of everything that will be sent but the credentials.
    pub fn digest(&self) -> Digest {
        let count = (self.query.len() as u64).to_be_bytes();
        let content_type = self.body.content_type().unwrap_or_default();
        let pairs = self.query.iter().flat_map(|(key, value)| [key.as_bytes(), value.as_bytes()]);
        let head = [self.method.as_str().as_bytes(), self.path.as_bytes(), count.as_slice()];
        Digest::of(head.into_iter().chain(pairs).chain([content_type.as_bytes(), self.body.bytes()]))
    }
}

impl<A: WriteAccess> Request<A> {
    /// Says that this request amounts to more than its class, such as an update that empties a page.
    pub(in crate::confluence) fn raised_to(mut self, effect: AccessClass) -> Self {
        self.effect = self.effect.max(effect);
        self
    }

    /// Fixes a form with one file, as the attachment endpoints take it.
    pub(in crate::confluence) fn multipart(mut self, form: Form) -> Self {
        let (boundary, bytes) = form.encode();
        self.body = Body::Multipart { boundary, bytes };
        self
    }
}

impl Request<Read> {
    /// A GET.
    pub(in crate::confluence) fn get(template: &'static str, ids: &[&str]) -> Self {
        Self::build(Method::Get, template, ids, Lane::Read)
    }

    /// A GET that searches.
    pub(in crate::confluence) fn search(template: &'static str) -> Self {
        Self::build(Method::Get, template, &[], Lane::Search)
    }

    /// A GET whose answer is a file.
    pub(in crate::confluence) fn download(template: &'static str, ids: &[&str]) -> Self {
        Self::build(Method::Get, template, ids, Lane::Transfer)
    }

    /// One of the few reads that POST because their arguments are long.
    pub(in crate::confluence) fn post_read(read: PostRead) -> Self {
        Self::build(Method::Post, read.template(), &[], Lane::Read)
    }
}

impl<A: Access> Request<A> {
    /// A request that the table of published operations lets pass, as its caller wrote it; `None` where the operation
    /// is not of this class.
    pub(in crate::confluence) fn matched(matched: &Matched) -> Option<Self> {
        let row = matched.row();
        if row.access != A::CLASS {
            return None;
        }
        let lane = match (row.access, row.place) {
            (AccessClass::Read, published::Place::Cql) => Lane::Search,
            (AccessClass::Read, _) => Lane::Read,
            _ => Lane::Write,
        };
        let variables: Vec<&str> = matched.variables().collect();
        let request = Self::build(row.method, row.template, &variables, lane);
        let request = matched.query().iter().fold(request, |request, (key, value)| request.with(key, value));
        Some(match matched.body() {
            Some(body) => request.json(body),
            None => request,
        })
    }
}

/// The reviewed list of reads that POST.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::confluence) enum PostRead {
    /// `POST /users-bulk`: people by account id.
    UsersBulk,
}

impl PostRead {
    const fn template(self) -> &'static str {
        match self {
            Self::UsersBulk => "/wiki/api/v2/users-bulk",
        }
    }
}

impl Request<Create> {
    /// A POST that makes something.
    pub(in crate::confluence) fn create(template: &'static str, ids: &[&str]) -> Self {
        Self::build(Method::Post, template, ids, Lane::Write)
    }
}

impl Request<Update> {
    /// A PUT that changes something.
    pub(in crate::confluence) fn update(template: &'static str, ids: &[&str]) -> Self {
        Self::build(Method::Put, template, ids, Lane::Write)
    }

    /// One of the few changes that Confluence takes by POST.
    pub(in crate::confluence) fn update_by_post(template: &'static str, ids: &[&str]) -> Self {
        Self::build(Method::Post, template, ids, Lane::Write)
    }
}

impl Request<Delete> {
    /// A DELETE.
    pub(in crate::confluence) fn delete(template: &'static str, ids: &[&str]) -> Self {
        Self::build(Method::Delete, template, ids, Lane::Write)
    }

    /// One of the few POSTs that amount to a delete.
    pub(in crate::confluence) fn delete_by_post(delete: PostDelete) -> Self {
        Self::build(Method::Post, delete.template(), &[], Lane::Write)
    }
}

/// The reviewed list of deletes that POST.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::confluence) enum PostDelete {
    /// `POST /content/archive`: pages by id.
    ArchivePages,
}

impl PostDelete {
    const ALL: [Self; 1] = [Self::ArchivePages];

    const fn template(self) -> &'static str {
        match self {
            Self::ArchivePages => "/wiki/rest/api/content/archive",
        }
    }

    /// Whether a kept POST of this template is one.
    fn is_one(template: &str) -> bool {
        Self::ALL.into_iter().any(|known| known.template() == template)
    }
}

impl<A: Access> fmt::Debug for Request<A> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.method.as_str(), self.path)?;
        for (index, (key, value)) in self.query.iter().enumerate() {
            write!(formatter, "{}{key}={value}", if index == 0 { '?' } else { '&' })?;
        }
        if self.body == Body::Empty { Ok(()) } else { write!(formatter, " ({:?})", self.body) }
    }
}

/// Percent-encodes everything that RFC 3986 section 2.3 does not leave unreserved, so that no id leaves its segment.
fn push_segment(path: &mut String, segment: &str) {
    const HEX: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];
    for byte in segment.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'~') {
            path.push(char::from(byte));
        } else {
            path.push('%');
            path.extend([byte >> 4, byte & 15].iter().filter_map(|nibble| HEX.get(usize::from(*nibble))));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_never_leaves_its_place() {
        let request = Request::<Read>::get("/wiki/api/v2/pages/{id}/labels", &["../a?b#c/%2e"]);
        assert_eq!(request.path(), "/wiki/api/v2/pages/%2E%2E%2Fa%3Fb%23c%2F%252e/labels");
    }

    #[test]
    fn the_digest_covers_method_path_query_and_body() {
        let base = || Request::<Update>::update("/wiki/api/v2/pages/{id}", &["1"]);
        let variants = [
            base(),
            base().with("a", "b"),
            base().with("a", "c"),
            base().json(&1),
            Request::<Update>::update("/wiki/api/v2/pages/{id}", &["2"]),
            Request::<Update>::update("/wiki/api/v2/blogposts/{id}", &["1"]),
        ];
        let digests: std::collections::HashSet<_> = variants.iter().map(Request::digest).collect();
        assert_eq!(digests.len(), variants.len());
        assert_eq!(base().digest(), base().digest());
    }
}
