//! Marks an inline comment as resolved.

use schemars::JsonSchema;
use serde::Deserialize;

use super::thread;
use crate::approval::Plan;
use crate::confluence::model::Comment;
use crate::confluence::reply::Reply;
use crate::domain::access::Update;
use crate::domain::group::Group;
use crate::domain::ids::CommentId;
use crate::tools::answer::Written;
use crate::tools::{Context, Reads, ToolError, WriteTool, scopes};

/// Marks an inline comment as resolved.
pub(super) struct ResolveComment;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Id of the comment.
    comment_id: CommentId,
}

impl WriteTool for ResolveComment {
    const NAME: &'static str = "resolve_comment";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "Resolve comment";
    const DESCRIPTION: &'static str =
        "Marks an inline comment as resolved, which hides it on the page. To open it again, use reopen_comment.";
    const SCOPES: &'static [&'static str] =
        &[scopes::READ_PAGE, scopes::READ_SPACE, scopes::READ_COMMENT, scopes::WRITE_COMMENT];
    const UNDO_SCOPES: &'static [&'static str] = &[];
    type Access = Update;
    type Input = Input;

    async fn plan(input: &Input, reads: &Reads<'_>) -> Result<Plan<Update>, ToolError> {
        let hint = "only comments on a page's text are resolved";
        let comment = thread::find_inline(&input.comment_id, hint, reads).await?;
        thread::resolution(&comment, true, reads)
    }

    fn answer(_: &Input, reply: &Reply, context: &Context) -> Result<Written, ToolError> {
        Ok(thread::written(&reply.json::<Comment>()?, context))
    }
}
