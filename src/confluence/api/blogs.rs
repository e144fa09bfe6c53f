//! Blog posts: read, list, create, update, trash (v2 `/blogposts`).

use crate::domain::access::{AccessClass, Create, Delete, Read, Update};
use crate::domain::ids::{ContentId, SpaceId, VersionNumber};

use super::Paging;
use super::pages::{ChangedPage, DocumentKind, NewPage};
use crate::confluence::request::Request;

/// A blog post with its body in storage format; an older version where one is named.
pub fn get_blog_post(id: &ContentId, version: Option<VersionNumber>) -> Request<Read> {
    let request = Request::get("/wiki/api/v2/blogposts/{id}", &[id.as_str()]).with("body-format", "storage");
    request.with_some("version", version)
}

/// A blog post with its body in storage format, in the trash too.
pub fn get_blog_post_in_any_status(id: &ContentId) -> Request<Read> {
    DocumentKind::BlogPost.in_any_status(get_blog_post(id, None))
}

/// A blog post without its body.
pub fn get_blog_post_head(id: &ContentId) -> Request<Read> {
    Request::get("/wiki/api/v2/blogposts/{id}", &[id.as_str()])
}

/// The current blog posts of these spaces, or of every space where none is named, latest first.
pub fn list_blog_posts(spaces: &[SpaceId], paging: &Paging) -> Request<Read> {
    let request = Request::get("/wiki/api/v2/blogposts", &[]).with_some("space-id", super::joined(spaces));
    paging.on(request.with("status", "current").with("sort", "-created-date"))
}

/// The current blog posts of these spaces, or of every space where none is named, latest change first.
pub fn changed_blog_posts(spaces: &[SpaceId], paging: &Paging) -> Request<Read> {
    let request = Request::get("/wiki/api/v2/blogposts", &[]).with_some("space-id", super::joined(spaces));
    paging.on(request.with("status", "current").with("sort", "-modified-date"))
}

/// Publishes a blog post; it has no parent.
pub fn create_blog_post(post: &NewPage<'_>) -> Request<Create> {
    Request::create("/wiki/api/v2/blogposts", &[]).json(&NewPage { parent: None, ..post.clone() }.body())
}

/// Changes title and body of a current blog post. A body without anything in it amounts to a delete.
pub fn update_blog_post(post: &ChangedPage<'_>) -> Request<Update> {
    let request = Request::update("/wiki/api/v2/blogposts/{id}", &[post.id.as_str()]).json(&post.body());
    if post.storage.trim().is_empty() { request.raised_to(AccessClass::Delete) } else { request }
}

/// One version of a blog post: its note, author and time.
pub fn blog_post_version(id: &ContentId, version: VersionNumber) -> Request<Read> {
    let template = "/wiki/api/v2/blogposts/{blogpost-id}/versions/{version-number}";
    Request::get(template, &[id.as_str(), &version.to_string()])
}

/// Moves a current blog post to the trash.
pub fn trash_blog_post(id: &ContentId) -> Request<Delete> {
    Request::delete("/wiki/api/v2/blogposts/{id}", &[id.as_str()])
}
