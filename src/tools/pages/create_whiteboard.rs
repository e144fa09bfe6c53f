//! Makes a whiteboard in the tree.

use super::nodes::{self, Input, Wanted};
use crate::approval::Plan;
use crate::confluence::reply::Reply;
use crate::domain::access::Create;
use crate::domain::group::Group;
use crate::domain::place::NodeKind;
use crate::tools::answer::Written;
use crate::tools::{Context, Reads, ToolError, WriteTool, scopes};

/// Makes a whiteboard.
pub(super) struct CreateWhiteboard;

impl WriteTool for CreateWhiteboard {
    const NAME: &'static str = "create_whiteboard";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "Create whiteboard";
    const DESCRIPTION: &'static str =
        "Creates an empty whiteboard in the tree, for people to draw on. For text, use create_page.";
    const SCOPES: &'static [&'static str] = &[
        scopes::READ_PAGE,
        scopes::READ_SPACE,
        scopes::READ_FOLDER,
        scopes::READ_WHITEBOARD,
        scopes::READ_TREE,
        scopes::READ_DETAILS,
        scopes::WRITE_WHITEBOARD,
    ];
    const UNDO_SCOPES: &'static [&'static str] = &[scopes::DELETE_WHITEBOARD];
    type Access = Create;
    type Input = Input;

    async fn plan(input: &Input, reads: &Reads<'_>) -> Result<Plan<Create>, ToolError> {
        nodes::made(&Wanted::of(NodeKind::Whiteboard, input), reads).await
    }

    fn answer(_: &Input, reply: &Reply, context: &Context) -> Result<Written, ToolError> {
        nodes::answered(reply, context)
    }
}
