//! Opens a resolved inline comment again.

use super::thread::{self, OfInlineComment};
use crate::approval::Plan;
use crate::confluence::model::Comment;
use crate::confluence::reply::Reply;
use crate::domain::access::Update;
use crate::domain::group::Group;
use crate::tools::answer::Written;
use crate::tools::{Context, Reads, ToolError, WriteTool, scopes};

/// Opens a resolved inline comment again.
pub(super) struct ReopenComment;

impl WriteTool for ReopenComment {
    const NAME: &'static str = "reopen_comment";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "Reopen comment";
    const DESCRIPTION: &'static str = "Opens a resolved inline comment again.";
    const SCOPES: &'static [&'static str] =
        &[scopes::READ_PAGE, scopes::READ_SPACE, scopes::READ_COMMENT, scopes::WRITE_COMMENT];
    const UNDO_SCOPES: &'static [&'static str] = &[];
    type Access = Update;
    type Input = OfInlineComment;

    async fn plan(input: &OfInlineComment, reads: &Reads<'_>) -> Result<Plan<Update>, ToolError> {
        thread::resolve(input, false, reads).await
    }

    fn answer(_: &OfInlineComment, reply: &Reply, context: &Context) -> Result<Written, ToolError> {
        Ok(thread::written(&reply.json::<Comment>()?, context))
    }
}
