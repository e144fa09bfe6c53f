//! Pages and blog posts in bulk, as those read them who keep copies of whole spaces (v2; labels and restrictions by v1).

use std::fmt;

use crate::domain::access::Read;
use crate::domain::ids::{ContentId, SpaceId};

use super::pages::DocumentKind;
use super::{MOST_PER_LIST, Paging};
use crate::confluence::request::Request;

/// What a search expands to tell who alone may read something.
const READERS: &str = "restrictions.read.restrictions.user,restrictions.read.restrictions.group";

/// Whether bodies come along, in storage format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bodies {
    /// They do.
    With,
    /// They do not.
    Without,
}

impl Bodies {
    fn on(self, request: Request<Read>) -> Request<Read> {
        match self {
            Self::With => request.with("body-format", "storage"),
            Self::Without => request,
        }
    }
}

fn of_kind(kind: DocumentKind) -> Request<Read> {
    let template = match kind {
        DocumentKind::Page => "/wiki/api/v2/pages",
        DocumentKind::BlogPost => "/wiki/api/v2/blogposts",
    };
    Request::get(template, &[]).with("status", "current")
}

/// The current pages or posts of these spaces, at most [`super::MOST_SPACES_NAMED`], by id.
pub fn documents_of_spaces(kind: DocumentKind, spaces: &[SpaceId], bodies: Bodies, paging: &Paging) -> Request<Read> {
    let request = of_kind(kind).with_some("space-id", super::joined(spaces)).with("sort", "id");
    paging.on(bodies.on(request))
}

/// The same, latest change first.
pub fn changed_documents(kind: DocumentKind, spaces: &[SpaceId], bodies: Bodies, paging: &Paging) -> Request<Read> {
    let request = of_kind(kind).with_some("space-id", super::joined(spaces)).with("sort", "-modified-date");
    paging.on(bodies.on(request))
}

/// The current pages or posts with these ids, at most 250.
pub fn documents_by_id(kind: DocumentKind, ids: &[ContentId], bodies: Bodies) -> Request<Read> {
    bodies.on(of_kind(kind).with("id", listed(ids)).with("limit", MOST_PER_LIST))
}

/// A page or post without its body, but with its labels.
pub fn document_with_labels(kind: DocumentKind, id: &ContentId) -> Request<Read> {
    let template = match kind {
        DocumentKind::Page => "/wiki/api/v2/pages/{id}",
        DocumentKind::BlogPost => "/wiki/api/v2/blogposts/{id}",
    };
    Request::get(template, &[id.as_str()]).with("include-labels", true)
}

/// Labels and read restrictions of these pages and posts, as far as the search knows them yet. Ancestors' restrictions
/// are not asked for: with them, one bad page fails the whole answer (CONFCLOUD-77618).
pub fn labels_and_restrictions(ids: &[ContentId], paging: &Paging) -> Request<Read> {
    expanded(ids, &format!("metadata.labels,{READERS}"), paging)
}

/// The read restrictions of these pages, posts and nodes, each its own, as far as the search knows them yet.
pub fn restrictions(ids: &[ContentId], paging: &Paging) -> Request<Read> {
    expanded(ids, READERS, paging)
}

/// What a search for these brings along of each.
fn expanded(ids: &[ContentId], expand: &str, paging: &Paging) -> Request<Read> {
    let request = Request::search("/wiki/rest/api/content/search").with("cql", format!("id in ({})", listed(ids)));
    paging.on(request.with("expand", expand))
}

/// How many current pages and posts these spaces hold, as the search counts them: a list of one.
pub fn count_documents(spaces: &[impl fmt::Display]) -> Request<Read> {
    let keys: Vec<String> = spaces.iter().map(|key| format!("\"{key}\"")).collect();
    let cql = format!("space in ({}) and type in (page, blogpost)", keys.join(","));
    Request::search("/wiki/rest/api/search").with("cql", cql).with("limit", 1).with("excerpt", "none")
}

/// The current attachments of the whole site, in an order of Confluence's own.
pub fn attachments_of_site(paging: &Paging) -> Request<Read> {
    paging.on(Request::get("/wiki/api/v2/attachments", &[]).with("status", "current"))
}

/// The same, latest change first.
pub fn changed_attachments(paging: &Paging) -> Request<Read> {
    let request = Request::get("/wiki/api/v2/attachments", &[]).with("status", "current");
    paging.on(request.with("sort", "-modified-date"))
}

fn listed(ids: &[ContentId]) -> String {
    let ids: Vec<&str> = ids.iter().map(ContentId::as_str).collect();
    ids.join(",")
}
