//! Marks an inline comment as resolved.

use super::thread::{self, OfInlineComment};
use crate::approval::Plan;
use crate::confluence::model::Comment;
use crate::confluence::reply::Reply;
use crate::domain::access::Update;
use crate::domain::group::Group;
use crate::tools::answer::Written;
use crate::tools::{Context, Reads, ToolError, WriteTool, scopes};

/// Marks an inline comment as resolved.
pub(super) struct ResolveComment;

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
    type Input = OfInlineComment;

    async fn plan(input: &OfInlineComment, reads: &Reads<'_>) -> Result<Plan<Update>, ToolError> {
        thread::resolve(input, true, reads).await
    }

    fn answer(_: &OfInlineComment, reply: &Reply, context: &Context) -> Result<Written, ToolError> {
        Ok(thread::written(&reply.json::<Comment>()?, context))
    }
}
