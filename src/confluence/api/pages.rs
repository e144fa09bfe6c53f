//! Pages: read, list, walk the tree, create, update, trash (v2 `/pages`).

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::domain::access::{AccessClass, Create, Delete, Read, Update};
use crate::domain::ids::{ContentId, SpaceId, VersionNumber};

use super::Paging;
use crate::confluence::request::Request;

/// The two kinds of content with a body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// A page; its title is unique among the current and archived pages of its space.
    #[default]
    Page,
    /// A blog post.
    BlogPost,
}

impl DocumentKind {
    /// What people call it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::BlogPost => "blog post",
        }
    }

    const fn list(self) -> &'static str {
        match self {
            Self::Page => "/wiki/api/v2/pages",
            Self::BlogPost => "/wiki/api/v2/blogposts",
        }
    }

    /// Asks for what is in the trash too; posts are not archived.
    pub(super) fn in_any_status(self, request: Request<Read>) -> Request<Read> {
        let request = request.with("status", "current").with("status", "trashed");
        match self {
            Self::Page => request.with("status", "archived"),
            Self::BlogPost => request,
        }
    }
}

/// A page, with its body in storage format; an older version where one is named.
pub fn get_page(id: &ContentId, version: Option<VersionNumber>) -> Request<Read> {
    Request::get("/wiki/api/v2/pages/{id}", &[id.as_str()]).with("body-format", "storage").with_some("version", version)
}

/// A page without its body.
pub fn get_page_head(id: &ContentId) -> Request<Read> {
    Request::get("/wiki/api/v2/pages/{id}", &[id.as_str()])
}

/// A page without its body, in the archive and in the trash too.
pub fn get_page_head_in_any_status(id: &ContentId) -> Request<Read> {
    DocumentKind::Page.in_any_status(get_page_head(id))
}

/// A page with its body in storage format, in the archive and in the trash too.
pub fn get_page_in_any_status(id: &ContentId) -> Request<Read> {
    DocumentKind::Page.in_any_status(get_page(id, None))
}

/// A page without its body, but with its labels.
pub fn get_page_labels(id: &ContentId) -> Request<Read> {
    get_page_head(id).with("include-labels", true)
}

/// The current pages of a space.
pub fn list_pages_in_space(space: &SpaceId, paging: &Paging) -> Request<Read> {
    paging.on(Request::get("/wiki/api/v2/spaces/{id}/pages", &[space.as_str()]).with("status", "current"))
}

/// The current pages of these spaces, or of every space where none is named, latest change first.
pub fn list_pages(spaces: &[SpaceId], paging: &Paging) -> Request<Read> {
    let request = Request::get("/wiki/api/v2/pages", &[]).with_some("space-id", super::joined(spaces));
    paging.on(request.with("status", "current").with("sort", "-modified-date"))
}

/// The current pages with one of these ids, at most 250.
pub fn pages_by_id(ids: &[ContentId]) -> Request<Read> {
    let ids: Vec<&str> = ids.iter().map(ContentId::as_str).collect();
    Request::get("/wiki/api/v2/pages", &[])
        .with("id", ids.join(","))
        .with("status", "current")
        .with("limit", super::MOST_PER_LIST)
}

/// The current page with this title in a space, with its body.
pub fn page_by_title(space: &SpaceId, title: &str) -> Request<Read> {
    Request::get("/wiki/api/v2/pages", &[])
        .with("space-id", space)
        .with("title", title)
        .with("status", "current")
        .with("body-format", "storage")
        .with("limit", 2)
}

/// The pages or blog posts with this title in a space, with their bodies, in the archive and in the trash too.
pub fn documents_titled(kind: DocumentKind, space: &SpaceId, title: &str) -> Request<Read> {
    let request = Request::get(kind.list(), &[]).with("space-id", space).with("title", title);
    newest(kind, request)
}

/// The pages or blog posts of a space made last, with their bodies, in the archive and in the trash too.
pub fn newest_documents(kind: DocumentKind, space: &SpaceId) -> Request<Read> {
    newest(kind, Request::get(kind.list(), &[]).with("space-id", space))
}

fn newest(kind: DocumentKind, request: Request<Read>) -> Request<Read> {
    kind.in_any_status(request).with("sort", "-created-date").with("body-format", "storage").with("limit", 25)
}

/// The direct children of a page: pages, folders and others.
pub fn children(id: &ContentId, paging: &Paging) -> Request<Read> {
    paging.on(Request::get("/wiki/api/v2/pages/{id}/direct-children", &[id.as_str()]))
}

/// The pages at the top of a space, which lie under nothing.
pub fn top_pages(space: &SpaceId) -> Request<Read> {
    Request::get("/wiki/api/v2/spaces/{id}/pages", &[space.as_str()])
        .with("depth", "root")
        .with("status", "current")
        .with("limit", super::MOST_PER_LIST)
}

/// The pages in the trash of a space.
pub fn trashed_pages(space: &SpaceId, paging: &Paging) -> Request<Read> {
    let request = Request::get("/wiki/api/v2/spaces/{id}/pages", &[space.as_str()]).with("status", "trashed");
    paging.on(request.with("sort", "-modified-date"))
}

/// A part of what stands below a page, down to a number of levels from 1 to 10.
pub fn descendants_to(id: &ContentId, depth: u8, paging: &Paging) -> Request<Read> {
    paging.on(Request::get("/wiki/api/v2/pages/{id}/descendants", &[id.as_str()]).with("depth", depth))
}

/// What stands below a page, at most 250 and ten levels deep.
pub fn descendants(id: &ContentId) -> Request<Read> {
    let request = Request::get("/wiki/api/v2/pages/{id}/descendants", &[id.as_str()]).with("depth", 10);
    request.with("limit", super::MOST_PER_LIST)
}

/// The versions of a page, latest first.
pub fn versions(id: &ContentId, paging: &Paging) -> Request<Read> {
    paging.on(Request::get("/wiki/api/v2/pages/{id}/versions", &[id.as_str()]).with("sort", "-modified-date"))
}

/// One version of a page: its note, author and time.
pub fn page_version(id: &ContentId, version: VersionNumber) -> Request<Read> {
    let template = "/wiki/api/v2/pages/{page-id}/versions/{version-number}";
    Request::get(template, &[id.as_str(), &version.to_string()])
}

/// A page that was never published, with its body; of a published page, what is published or its draft.
pub fn get_draft(id: &ContentId) -> Request<Read> {
    get_page(id, None).with("get-draft", true)
}

/// What a new page or blog post is made of.
#[derive(Clone, Debug)]
pub struct NewPage<'a> {
    /// The space it will live in.
    pub space: &'a SpaceId,
    /// Its title.
    pub title: &'a str,
    /// Its parent; without one it goes under the space's homepage.
    pub parent: Option<&'a ContentId>,
    /// Its body in storage format.
    pub storage: &'a str,
}

impl NewPage<'_> {
    pub(super) fn body(&self) -> serde_json::Value {
        let mut body = json!({
            "spaceId": self.space,
            "status": "current",
            "title": self.title,
            "body": { "representation": "storage", "value": self.storage },
        });
        if let (Some(parent), Some(fields)) = (self.parent, body.as_object_mut()) {
            fields.insert("parentId".into(), json!(parent));
        }
        body
    }
}

/// Makes a page.
pub fn create_page(page: &NewPage<'_>) -> Request<Create> {
    Request::create("/wiki/api/v2/pages", &[]).json(&page.body())
}

/// Makes a live doc: a page that people edit together, without publishing.
pub fn create_live_doc(page: &NewPage<'_>) -> Request<Create> {
    let mut body = page.body();
    if let Some(fields) = body.as_object_mut() {
        fields.insert("subtype".into(), json!("live"));
    }
    Request::create("/wiki/api/v2/pages", &[]).json(&body)
}

/// A page as it shall be.
#[derive(Clone, Debug)]
pub struct ChangedPage<'a> {
    /// Which page.
    pub id: &'a ContentId,
    /// Its title.
    pub title: &'a str,
    /// Its body in storage format.
    pub storage: &'a str,
    /// The version this makes: the present one plus 1.
    pub version: VersionNumber,
    /// The note in the page's history.
    pub message: &'a str,
}

impl ChangedPage<'_> {
    pub(super) fn body(&self) -> serde_json::Value {
        json!({
            "id": self.id,
            "status": "current",
            "title": self.title,
            "body": { "representation": "storage", "value": self.storage },
            "version": { "number": self.version, "message": self.message },
        })
    }
}

/// Changes title and body of a current page. A body without anything in it amounts to a delete.
pub fn update_page(page: &ChangedPage<'_>) -> Request<Update> {
    let request = Request::update("/wiki/api/v2/pages/{id}", &[page.id.as_str()]).json(&page.body());
    if page.storage.trim().is_empty() { request.raised_to(AccessClass::Delete) } else { request }
}

/// Gives a current page another title and leaves everything else.
pub fn rename_page(id: &ContentId, title: &str) -> Request<Update> {
    let body = json!({ "status": "current", "title": title });
    Request::update("/wiki/api/v2/pages/{id}/title", &[id.as_str()]).json(&body)
}

/// Publishes a draft that was never published; its body goes along.
pub fn publish_draft(draft: &ChangedPage<'_>) -> Request<Update> {
    Request::update("/wiki/api/v2/pages/{id}", &[draft.id.as_str()]).json(&draft.body())
}

/// Moves a current page to the trash.
pub fn trash_page(id: &ContentId) -> Request<Delete> {
    Request::delete("/wiki/api/v2/pages/{id}", &[id.as_str()])
}

/// Takes a page out of the trash under this title; Confluence ignores the body it asks for. `version` is the one this
/// makes.
pub fn restore_page(page: &ChangedPage<'_>) -> Request<Update> {
    Request::update("/wiki/api/v2/pages/{id}", &[page.id.as_str()]).json(&page.body())
}
