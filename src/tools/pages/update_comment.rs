//! Gives a comment another text.

use schemars::JsonSchema;
use serde::Deserialize;

use super::body::{BodyFormat, storage_from};
use super::thread;
use crate::approval::Plan;
use crate::confluence::model::Comment;
use crate::confluence::reply::Reply;
use crate::domain::access::Update;
use crate::domain::group::Group;
use crate::domain::ids::CommentId;
use crate::tools::answer::Written;
use crate::tools::{Context, Reads, ToolError, WriteTool, scopes};

/// Changes a comment.
pub(super) struct UpdateComment;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Id of the comment.
    comment_id: CommentId,
    /// The whole new text.
    body: String,
    /// `markdown` or `storage`.
    #[serde(default)]
    body_format: BodyFormat,
}

impl WriteTool for UpdateComment {
    const NAME: &'static str = "update_comment";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "Update comment";
    const DESCRIPTION: &'static str =
        "Gives a footer or inline comment another text. Confluence lets people change their own comments only.";
    const SCOPES: &'static [&'static str] =
        &[scopes::READ_PAGE, scopes::READ_SPACE, scopes::READ_COMMENT, scopes::WRITE_COMMENT];
    const UNDO_SCOPES: &'static [&'static str] = &[];
    type Access = Update;
    type Input = Input;

    async fn plan(input: &Input, reads: &Reads<'_>) -> Result<Plan<Update>, ToolError> {
        let storage = storage_from(&input.body, input.body_format)?;
        let (kind, comment) = thread::find(&input.comment_id, reads).await?;
        thread::change((kind, &comment), &storage, reads)
    }

    fn answer(_: &Input, reply: &Reply, context: &Context) -> Result<Written, ToolError> {
        Ok(thread::written(&reply.json::<Comment>()?, context))
    }
}
