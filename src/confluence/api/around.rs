//! What hangs around content: properties, likes and tasks (v2); restrictions, watchers, views and templates (v1, which alone has them).

use crate::domain::access::Read;
use crate::domain::ids::{AccountId, ContentId, SpaceId, SpaceKey, TemplateId};

use super::pages::DocumentKind;
use super::{MOST_PER_LIST, Paging};
use crate::confluence::request::Request;

/// The properties of a page or blog post; only the one with that key, where one is named.
pub fn properties_of_document(kind: DocumentKind, id: &ContentId, key: Option<&str>, paging: &Paging) -> Request<Read> {
    let template = match kind {
        DocumentKind::Page => "/wiki/api/v2/pages/{page-id}/properties",
        DocumentKind::BlogPost => "/wiki/api/v2/blogposts/{blogpost-id}/properties",
    };
    paging.on(Request::get(template, &[id.as_str()]).with_some("key", key))
}

/// The properties of a space; only the one with that key, where one is named.
pub fn properties_of_space(id: &SpaceId, key: Option<&str>, paging: &Paging) -> Request<Read> {
    let request = Request::get("/wiki/api/v2/spaces/{space-id}/properties", &[id.as_str()]);
    paging.on(request.with_some("key", key))
}

/// How many like a page or blog post.
pub fn count_likes(kind: DocumentKind, id: &ContentId) -> Request<Read> {
    let template = match kind {
        DocumentKind::Page => "/wiki/api/v2/pages/{id}/likes/count",
        DocumentKind::BlogPost => "/wiki/api/v2/blogposts/{id}/likes/count",
    };
    Request::get(template, &[id.as_str()])
}

/// Who likes a page or blog post, by account id.
pub fn likes(kind: DocumentKind, id: &ContentId, paging: &Paging) -> Request<Read> {
    let template = match kind {
        DocumentKind::Page => "/wiki/api/v2/pages/{id}/likes/users",
        DocumentKind::BlogPost => "/wiki/api/v2/blogposts/{id}/likes/users",
    };
    paging.on(Request::get(template, &[id.as_str()]))
}

/// Which tasks to list.
#[derive(Clone, Debug, Default)]
pub struct TaskFilter {
    /// `complete` or `incomplete`.
    pub status: Option<&'static str>,
    /// Only those on this page.
    pub page: Option<ContentId>,
    /// Only those in these spaces, where any are named.
    pub spaces: Vec<SpaceId>,
    /// Only those given to this person.
    pub assigned_to: Option<AccountId>,
}

/// Tasks on pages and blog posts, with what is to be done.
pub fn list_tasks(filter: &TaskFilter, paging: &Paging) -> Request<Read> {
    let request = Request::get("/wiki/api/v2/tasks", &[])
        .with("body-format", "storage")
        .with_some("status", filter.status)
        .with_some("page-id", filter.page.as_ref())
        .with_some("space-id", super::joined(&filter.spaces))
        .with_some("assigned-to", filter.assigned_to.as_ref());
    paging.on(request)
}

/// Who may read and who may change a content, where not everybody may.
pub fn restrictions(id: &ContentId) -> Request<Read> {
    Request::get("/wiki/rest/api/content/{id}/restriction/byOperation", &[id.as_str()])
        .with("expand", "restrictions.user,restrictions.group")
}

/// Who watches a content, a part of the list by position.
pub fn watchers(id: &ContentId, limit: u8, start: u32) -> Request<Read> {
    Request::get("/wiki/rest/api/content/{id}/notification/child-created", &[id.as_str()])
        .with("limit", limit)
        .with("start", start)
}

/// How often a content was viewed, since a day such as `2026-01-31` where one is given.
pub fn views(id: &ContentId, since: Option<&str>) -> Request<Read> {
    Request::get("/wiki/rest/api/analytics/content/{contentId}/views", &[id.as_str()]).with_some("fromDate", since)
}

/// By how many different people it was viewed.
pub fn viewers(id: &ContentId, since: Option<&str>) -> Request<Read> {
    Request::get("/wiki/rest/api/analytics/content/{contentId}/viewers", &[id.as_str()]).with_some("fromDate", since)
}

/// The page templates of a space, or of the whole site where none is named; a part of the list by position.
pub fn list_templates(space: Option<&SpaceKey>, limit: u8, start: u32) -> Request<Read> {
    Request::get("/wiki/rest/api/template/page", &[])
        .with_some("spaceKey", space)
        .with("limit", limit)
        .with("start", start)
}

/// A template with its body.
pub fn get_template(id: &TemplateId) -> Request<Read> {
    Request::get("/wiki/rest/api/template/{contentTemplateId}", &[id.as_str()]).with("expand", "body.storage")
}

/// Who may do what in a space.
pub fn permissions_of_space(id: &SpaceId, paging: &Paging) -> Request<Read> {
    paging.on(Request::get("/wiki/api/v2/spaces/{id}/permissions", &[id.as_str()]))
}

/// The groups whose names hold these words.
pub fn groups_named(name: &str) -> Request<Read> {
    Request::get("/wiki/rest/api/group/picker", &[]).with("query", name).with("limit", MOST_PER_LIST)
}

/// Who is in a group; a part of the list by position.
pub fn members_of_group(id: &str, limit: u8, start: u32) -> Request<Read> {
    Request::get("/wiki/rest/api/group/{groupId}/membersByGroupId", &[id]).with("limit", limit).with("start", start)
}
