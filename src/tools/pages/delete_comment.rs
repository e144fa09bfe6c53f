//! Deletes a comment for good.

use schemars::JsonSchema;
use serde::Deserialize;

use super::thread;
use crate::approval::Plan;
use crate::confluence::api::MOST_PER_LIST;
use crate::confluence::reply::Reply;
use crate::domain::access::Delete;
use crate::domain::group::Group;
use crate::domain::ids::CommentId;
use crate::tools::answer::Written;
use crate::tools::{Context, Reads, ToolError, WriteTool, scopes};

/// Deletes a comment.
pub(super) struct DeleteComment;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Id of the comment.
    comment_id: CommentId,
}

impl WriteTool for DeleteComment {
    const NAME: &'static str = "delete_comment";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "Delete comment";
    const DESCRIPTION: &'static str = "Deletes a comment and its answers for good: comments have no trash. Where it is only done with, use resolve_comment.";
    const SCOPES: &'static [&'static str] =
        &[scopes::READ_PAGE, scopes::READ_SPACE, scopes::READ_COMMENT, scopes::DELETE_COMMENT];
    const UNDO_SCOPES: &'static [&'static str] = &[];
    type Access = Delete;
    type Input = Input;

    async fn plan(input: &Input, reads: &Reads<'_>) -> Result<Plan<Delete>, ToolError> {
        let (kind, comment) = thread::find(&input.comment_id, reads).await?;
        let answers = thread::answers((kind, &comment), MOST_PER_LIST, reads).await?;
        Ok(thread::deletion((kind, comment), answers.len(), reads))
    }

    fn answer(input: &Input, _: &Reply, _: &Context) -> Result<Written, ToolError> {
        let note = Some("deleted for good".to_owned());
        Ok(Written { id: Some(input.comment_id.to_string()), note, ..Written::done() })
    }
}
