//! Blog posts: read, list, create (v2 `/blogposts`).

use crate::domain::access::{Create, Read};
use crate::domain::ids::{ContentId, SpaceId};

use super::Paging;
use super::pages::NewPage;
use crate::confluence::request::Request;

/// A blog post with its body in storage format.
pub fn get_blog_post(id: &ContentId) -> Request<Read> {
    Request::get("/wiki/api/v2/blogposts/{id}", &[id.as_str()]).with("body-format", "storage")
}

/// A blog post without its body.
pub fn get_blog_post_head(id: &ContentId) -> Request<Read> {
    Request::get("/wiki/api/v2/blogposts/{id}", &[id.as_str()])
}

/// The current blog posts of one space or of all, latest first.
pub fn list_blog_posts(space: Option<&SpaceId>, paging: &Paging) -> Request<Read> {
    let request = match space {
        Some(space) => Request::get("/wiki/api/v2/spaces/{id}/blogposts", &[space.as_str()]),
        None => Request::get("/wiki/api/v2/blogposts", &[]),
    };
    paging.on(request.with("status", "current").with("sort", "-created-date"))
}

/// Publishes a blog post; it has no parent.
pub fn create_blog_post(post: &NewPage<'_>) -> Request<Create> {
    Request::create("/wiki/api/v2/blogposts", &[]).json(&NewPage { parent: None, ..post.clone() }.body())
}
