//! Answers a footer or inline comment.

use schemars::JsonSchema;
use serde::Deserialize;

use super::body::BodyFormat;
use super::thread;
use crate::approval::Plan;
use crate::confluence::model::Comment;
use crate::confluence::reply::Reply;
use crate::domain::access::Create;
use crate::domain::group::Group;
use crate::domain::ids::CommentId;
use crate::tools::answer::Written;
use crate::tools::{Context, Reads, ToolError, WriteTool, scopes};

/// Answers a comment.
pub(super) struct ReplyToComment;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Id of the comment, footer or inline.
    comment_id: CommentId,
    /// The answer.
    body: String,
    /// `markdown` or `storage`.
    #[serde(default)]
    body_format: BodyFormat,
}

impl WriteTool for ReplyToComment {
    const NAME: &'static str = "reply_to_comment";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "Reply to comment";
    const DESCRIPTION: &'static str =
        "Answers a footer or inline comment in its thread. For a new comment on a page, use add_comment.";
    const SCOPES: &'static [&'static str] =
        &[scopes::READ_PAGE, scopes::READ_SPACE, scopes::READ_COMMENT, scopes::READ_DETAILS, scopes::WRITE_COMMENT];
    const UNDO_SCOPES: &'static [&'static str] = &[scopes::DELETE_COMMENT];
    type Access = Create;
    type Input = Input;

    async fn plan(input: &Input, reads: &Reads<'_>) -> Result<Plan<Create>, ToolError> {
        let found = thread::find(&input.comment_id, reads).await?;
        thread::reply(found, (&input.body, input.body_format), reads)
    }

    fn answer(_: &Input, reply: &Reply, context: &Context) -> Result<Written, ToolError> {
        Ok(thread::written(&reply.json::<Comment>()?, context))
    }
}
