//! Adds a comment below a page.

use schemars::JsonSchema;
use serde::Deserialize;

use super::body::{BodyFormat, storage_from};
use super::{preview, thread};
use crate::approval::{Plan, Thread};
use crate::confluence::api::comments;
use crate::confluence::model::Comment;
use crate::confluence::reply::Reply;
use crate::domain::access::Create;
use crate::domain::group::Group;
use crate::domain::ids::ContentId;
use crate::domain::text::quoted;
use crate::tools::answer::Written;
use crate::tools::{Context, Reads, ToolError, WriteTool, scopes};

/// Adds a footer comment.
pub(super) struct AddComment;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Id of the page.
    page_id: ContentId,
    /// The comment.
    body: String,
    /// `markdown` or `storage`.
    #[serde(default)]
    body_format: BodyFormat,
}

impl WriteTool for AddComment {
    const NAME: &'static str = "add_comment";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "Add comment";
    const DESCRIPTION: &'static str = "Adds a comment below a page; everyone who watches the page is notified. \
        To answer a comment, use reply_to_comment.";
    const SCOPES: &'static [&'static str] =
        &[scopes::READ_PAGE, scopes::READ_SPACE, scopes::READ_COMMENT, scopes::READ_DETAILS, scopes::WRITE_COMMENT];
    const UNDO_SCOPES: &'static [&'static str] = &[scopes::DELETE_COMMENT];
    type Access = Create;
    type Input = Input;

    async fn plan(input: &Input, reads: &Reads<'_>) -> Result<Plan<Create>, ToolError> {
        let storage = storage_from(&input.body, input.body_format)?;
        let page = reads.page_head(&input.page_id).await?;
        let target = format!("page {} {}", page.id, quoted(&page.title, 80));
        let preview = preview::of_new(&storage, &reads.context().site);
        let request = comments::create_footer_comment(&page.id, &storage);
        Ok(thread::plan(request, page.itself(), ("comment on", target), Thread::Page(page.id.clone()), preview))
    }

    fn answer(_: &Input, reply: &Reply, context: &Context) -> Result<Written, ToolError> {
        Ok(thread::written(&reply.json::<Comment>()?, context))
    }
}
