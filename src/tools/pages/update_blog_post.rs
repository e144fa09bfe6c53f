//! Changes the body, and where wanted the title, of a blog post that nobody changed in between.

use schemars::JsonSchema;
use serde::Deserialize;

use super::body::BodyFormat;
use super::change::rests_on_of;
use super::update_page::{Rewrite, rewritten};
use crate::approval::Plan;
use crate::confluence::api::pages::DocumentKind;
use crate::confluence::model::Page;
use crate::confluence::reply::Reply;
use crate::domain::access::Update;
use crate::domain::group::Group;
use crate::domain::ids::{ContentId, VersionNumber};
use crate::tools::answer::Written;
use crate::tools::{Context, Reads, ToolError, WriteTool, scopes};

/// Changes a blog post.
pub(super) struct UpdateBlogPost;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Id of the blog post.
    blog_post_id: ContentId,
    /// The version you read and changed.
    version: VersionNumber,
    /// The whole new body.
    body: String,
    /// `markdown`, or `storage` to give every byte.
    #[serde(default)]
    body_format: BodyFormat,
    /// A new title; without it the title stays.
    title: Option<super::Title>,
    /// Lets go what the Markdown leaves out and cannot hold.
    #[serde(default)]
    allow_loss: bool,
}

impl WriteTool for UpdateBlogPost {
    const NAME: &'static str = "update_blog_post";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "Update blog post";
    const DESCRIPTION: &'static str = "Replaces the body of a blog post, and the title where given, as update_page does \
        with pages. Needs the version get_blog_post answered.";
    const SCOPES: &'static [&'static str] = &[scopes::READ_PAGE, scopes::READ_SPACE, scopes::WRITE_PAGE];
    const UNDO_SCOPES: &'static [&'static str] = &[];
    type Access = Update;
    type Input = Input;

    async fn plan(input: &Input, reads: &Reads<'_>) -> Result<Plan<Update>, ToolError> {
        let post = reads.document(DocumentKind::BlogPost, &input.blog_post_id).await?;
        rests_on_of(DocumentKind::BlogPost, &post, input.version)?;
        let wanted = Rewrite {
            kind: DocumentKind::BlogPost,
            title: input.title.as_ref(),
            body: &input.body,
            format: input.body_format,
            allow_loss: input.allow_loss,
        };
        rewritten(&post, &wanted, reads).await
    }

    fn answer(_: &Input, reply: &Reply, context: &Context) -> Result<Written, ToolError> {
        Ok(super::written(&reply.json::<Page>()?, context))
    }
}
