//! Publishes a blog post in a space.

use schemars::JsonSchema;
use serde::Deserialize;

use super::Title;
use super::body::{BodyFormat, storage_from};
use super::make::{self, Made};
use crate::approval::Plan;
use crate::confluence::api::blogs;
use crate::confluence::api::pages::DocumentKind;
use crate::confluence::model::Page;
use crate::confluence::reply::Reply;
use crate::domain::access::Create;
use crate::domain::group::Group;
use crate::domain::place::SpaceName;
use crate::tools::answer::Written;
use crate::tools::{Context, Reads, ToolError, WriteTool, scopes};

/// Publishes a blog post.
pub(super) struct CreateBlogPost;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Key or id of the space.
    space: SpaceName,
    /// Title.
    title: Title,
    /// The body.
    body: String,
    /// `markdown` or `storage`.
    #[serde(default)]
    body_format: BodyFormat,
}

impl WriteTool for CreateBlogPost {
    const NAME: &'static str = "create_blog_post";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "Create blog post";
    const DESCRIPTION: &'static str =
        "Publishes a blog post in a space; its watchers are notified. For documentation, use create_page.";
    const SCOPES: &'static [&'static str] =
        &[scopes::READ_PAGE, scopes::READ_SPACE, scopes::READ_DETAILS, scopes::WRITE_PAGE];
    const UNDO_SCOPES: &'static [&'static str] = &[scopes::DELETE_PAGE];
    type Access = Create;
    type Input = Input;

    async fn plan(input: &Input, reads: &Reads<'_>) -> Result<Plan<Create>, ToolError> {
        let storage = storage_from(&input.body, input.body_format)?;
        let space = reads.space(&input.space).await?;
        let made = Made {
            kind: DocumentKind::BlogPost,
            space: &space,
            under: None,
            title: input.title.as_str(),
            storage: &storage,
            site: &reads.context().site,
        };
        Ok(make::plan(&made, None, blogs::create_blog_post))
    }

    fn answer(_: &Input, reply: &Reply, context: &Context) -> Result<Written, ToolError> {
        Ok(super::written(&reply.json::<Page>()?, context))
    }
}
