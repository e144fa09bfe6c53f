//! Answers a footer or inline comment.

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
        let storage = storage_from(&input.body, input.body_format)?;
        let (kind, parent) = thread::find(&input.comment_id, reads).await?;
        let target = format!("comment {}", parent.id);
        let preview = preview::of_new(&storage, &reads.context().site);
        let request = comments::create_reply(kind, &parent.id, &storage);
        let place = parent.place();
        Ok(thread::plan(request, place, ("reply to", target), Thread::Comment { kind, comment: parent.id }, preview))
    }

    fn answer(_: &Input, reply: &Reply, context: &Context) -> Result<Written, ToolError> {
        Ok(thread::written(&reply.json::<Comment>()?, context))
    }
}
