//! Reads one blog post: a short header and its body.

use schemars::JsonSchema;
use serde::Deserialize;

use super::body::{BodyFormat, Position};
use super::document;
use crate::confluence::api::blogs;
use crate::confluence::model::Page;
use crate::domain::access::Read;
use crate::domain::group::Group;
use crate::domain::ids::ContentId;
use crate::domain::place::Place;
use crate::policy::{Permit, Unsifted};
use crate::tools::answer::Document;
use crate::tools::{Context, ReadTool, ToolError, scopes};

/// Reads one blog post.
pub(super) struct GetBlogPost;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Id of the blog post.
    blog_post_id: ContentId,
    /// `markdown` or `storage`.
    #[serde(default)]
    body_format: BodyFormat,
    /// Where a long post goes on, as the last answer said.
    cursor: Option<Position>,
}

impl ReadTool for GetBlogPost {
    const NAME: &'static str = "get_blog_post";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "Get blog post";
    const DESCRIPTION: &'static str = "Reads a blog post by id: title, space, version, URL and body as Markdown. \
        For pages, use get_page.";
    const SCOPES: &'static [&'static str] = &[scopes::READ_PAGE, scopes::READ_SPACE, scopes::READ_USER];
    type Access = Read;
    type Input = Input;
    type Output = Document;

    fn subject(_: &Input) -> Place {
        Place::Nowhere
    }

    async fn read(input: Input, permit: &Permit<Read>, context: &Context) -> Result<Unsifted<Document>, ToolError> {
        let request = blogs::get_blog_post(&input.blog_post_id, None);
        let post: Page = context.client.send(permit, request).await?.json()?;
        document("blog post", &post, input.body_format, input.cursor, context).await
    }
}
