//! Moves a whiteboard to the trash.

use schemars::JsonSchema;
use serde::Deserialize;

use super::nodes;
use crate::approval::Plan;
use crate::confluence::reply::Reply;
use crate::domain::access::Delete;
use crate::domain::group::Group;
use crate::domain::ids::ContentId;
use crate::domain::place::NodeKind;
use crate::tools::answer::Written;
use crate::tools::{Context, Reads, ToolError, WriteTool, scopes};

/// Trashes a whiteboard.
pub(super) struct DeleteWhiteboard;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Id of the whiteboard.
    whiteboard_id: ContentId,
}

impl WriteTool for DeleteWhiteboard {
    const NAME: &'static str = "delete_whiteboard";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "Delete whiteboard";
    const DESCRIPTION: &'static str = "Moves a whiteboard to the trash, from where a person can restore it. Only one with nothing under it is deleted.";
    const SCOPES: &'static [&'static str] =
        &[scopes::READ_SPACE, scopes::READ_WHITEBOARD, scopes::READ_TREE, scopes::DELETE_WHITEBOARD];
    const UNDO_SCOPES: &'static [&'static str] = &[];
    type Access = Delete;
    type Input = Input;

    async fn plan(input: &Input, reads: &Reads<'_>) -> Result<Plan<Delete>, ToolError> {
        nodes::trashed(NodeKind::Whiteboard, &input.whiteboard_id, reads).await
    }

    fn answer(input: &Input, _: &Reply, _: &Context) -> Result<Written, ToolError> {
        Ok(nodes::gone(&input.whiteboard_id))
    }
}
