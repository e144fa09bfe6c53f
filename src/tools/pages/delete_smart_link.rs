//! Moves a smart link to the trash.

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

/// Trashes a smart link.
pub(super) struct DeleteSmartLink;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Id of the smart link.
    smart_link_id: ContentId,
}

impl WriteTool for DeleteSmartLink {
    const NAME: &'static str = "delete_smart_link";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "Delete smart link";
    const DESCRIPTION: &'static str =
        "Moves a smart link of the tree to the trash, from where a person can restore it. What it leads to stays.";
    const SCOPES: &'static [&'static str] =
        &[scopes::READ_SPACE, scopes::READ_EMBED, scopes::READ_TREE, scopes::DELETE_EMBED];
    const UNDO_SCOPES: &'static [&'static str] = &[];
    type Access = Delete;
    type Input = Input;

    async fn plan(input: &Input, reads: &Reads<'_>) -> Result<Plan<Delete>, ToolError> {
        nodes::trashed(NodeKind::SmartLink, &input.smart_link_id, reads).await
    }

    fn answer(input: &Input, _: &Reply, _: &Context) -> Result<Written, ToolError> {
        Ok(nodes::gone(&input.smart_link_id))
    }
}
