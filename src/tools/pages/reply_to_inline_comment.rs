//! Answers an inline comment, and no footer comment.

use schemars::JsonSchema;
use serde::Deserialize;

use super::body::BodyFormat;
use super::thread;
use crate::approval::Plan;
use crate::confluence::api::comments::CommentKind;
use crate::confluence::model::Comment;
use crate::confluence::reply::Reply;
use crate::domain::access::Create;
use crate::domain::group::Group;
use crate::domain::ids::CommentId;
use crate::tools::answer::Written;
use crate::tools::{Context, Reads, ToolError, WriteTool, scopes};

/// Answers an inline comment.
pub(super) struct ReplyToInlineComment;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Id of the comment.
    comment_id: CommentId,
    /// The answer.
    body: String,
    /// `markdown` or `storage`.
    #[serde(default)]
    body_format: BodyFormat,
}

impl WriteTool for ReplyToInlineComment {
    const NAME: &'static str = "reply_to_inline_comment";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "Reply to inline comment";
    const DESCRIPTION: &'static str =
        "Answers a comment on a piece of a page's text, in its thread. For a footer comment, use reply_to_comment.";
    const SCOPES: &'static [&'static str] =
        &[scopes::READ_PAGE, scopes::READ_SPACE, scopes::READ_COMMENT, scopes::READ_DETAILS, scopes::WRITE_COMMENT];
    const UNDO_SCOPES: &'static [&'static str] = &[scopes::DELETE_COMMENT];
    type Access = Create;
    type Input = Input;

    async fn plan(input: &Input, reads: &Reads<'_>) -> Result<Plan<Create>, ToolError> {
        let parent = thread::find_inline(&input.comment_id, "answer it with reply_to_comment", reads).await?;
        thread::reply((CommentKind::Inline, parent), (&input.body, input.body_format), reads)
    }

    fn answer(_: &Input, reply: &Reply, context: &Context) -> Result<Written, ToolError> {
        Ok(thread::written(&reply.json::<Comment>()?, context))
    }
}
