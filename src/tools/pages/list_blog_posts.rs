//! Lists current blog posts of a space or of all, latest first.

use schemars::JsonSchema;
use serde::Deserialize;

use super::listing::{BlogPostList, PageLine};
use crate::confluence::api::{Paging, blogs};
use crate::confluence::model::{List, Page};
use crate::domain::access::Read;
use crate::domain::group::Group;
use crate::domain::ids::Cursor;
use crate::domain::limits::Limit;
use crate::domain::place::{Place, SpaceName};
use crate::policy::{Permit, Unsifted};
use crate::tools::{Context, ReadTool, ToolError, scopes};

/// Lists blog posts.
pub(super) struct ListBlogPosts;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Key or id of the space; without it, blog posts of all spaces.
    space: Option<SpaceName>,
    /// At most; 25 if not given.
    #[serde(default)]
    limit: Limit,
    /// `next_cursor` of the last answer.
    cursor: Option<Cursor>,
}

impl ReadTool for ListBlogPosts {
    const NAME: &'static str = "list_blog_posts";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "List blog posts";
    const DESCRIPTION: &'static str = "Lists current blog posts of a space or of all spaces, latest first: id, title, \
        version. For pages, use list_pages.";
    const SCOPES: &'static [&'static str] = &[scopes::READ_PAGE, scopes::READ_SPACE];
    type Access = Read;
    type Input = Input;
    type Output = BlogPostList;

    fn subject(input: &Input) -> Place {
        input.space.as_ref().map_or(Place::Nowhere, SpaceName::place)
    }

    async fn read(input: Input, permit: &Permit<Read>, context: &Context) -> Result<Unsifted<BlogPostList>, ToolError> {
        let paging = Paging::of(input.limit, input.cursor);
        let spaces = match &input.space {
            Some(name) => vec![context.places.space(name).await?.ok_or_else(ToolError::not_found)?.id],
            None => match context.allowed().await? {
                Some(spaces) if spaces.is_empty() => return Ok(BlogPostList::none()),
                spaces => spaces.unwrap_or_default(),
            },
        };
        let reply = context.client.send(permit, blogs::list_blog_posts(&spaces, &paging)).await?;
        let found: List<Page> = reply.json()?;
        let items = PageLine::each(&found.results, context).await;
        let next_cursor = reply.next_cursor();
        Ok(Unsifted::many(items, |blog_posts| BlogPostList { blog_posts, next_cursor }))
    }
}
