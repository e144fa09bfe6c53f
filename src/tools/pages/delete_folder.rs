//! Moves a folder to the trash.

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

/// Trashes a folder.
pub(super) struct DeleteFolder;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Id of the folder.
    folder_id: ContentId,
}

impl WriteTool for DeleteFolder {
    const NAME: &'static str = "delete_folder";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "Delete folder";
    const DESCRIPTION: &'static str =
        "Moves an empty folder to the trash, from where a person can restore it. For pages, use delete_page.";
    const SCOPES: &'static [&'static str] =
        &[scopes::READ_SPACE, scopes::READ_FOLDER, scopes::READ_TREE, scopes::DELETE_FOLDER];
    const UNDO_SCOPES: &'static [&'static str] = &[];
    type Access = Delete;
    type Input = Input;

    async fn plan(input: &Input, reads: &Reads<'_>) -> Result<Plan<Delete>, ToolError> {
        nodes::trashed(NodeKind::Folder, &input.folder_id, reads).await
    }

    fn answer(input: &Input, _: &Reply, _: &Context) -> Result<Written, ToolError> {
        Ok(nodes::gone(&input.folder_id))
    }
}
