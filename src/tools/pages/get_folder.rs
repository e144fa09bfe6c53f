//! Reads a folder of the tree.

use schemars::JsonSchema;
use serde::Deserialize;

use super::node::{self, Described};
use crate::domain::access::Read;
use crate::domain::group::Group;
use crate::domain::ids::ContentId;
use crate::domain::place::{NodeKind, Place};
use crate::policy::{Permit, Unsifted};
use crate::tools::{Context, ReadTool, ToolError, scopes};

/// Reads a folder.
pub(super) struct GetFolder;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Id of the folder.
    folder_id: ContentId,
}

impl ReadTool for GetFolder {
    const NAME: &'static str = "get_folder";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "Get folder";
    const DESCRIPTION: &'static str =
        "Reads a folder: title, space, what it lies under. For what is in it use list_folder_children.";
    const SCOPES: &'static [&'static str] = &[scopes::READ_FOLDER, scopes::READ_SPACE, scopes::READ_USER];
    type Access = Read;
    type Input = Input;
    type Output = Described;

    fn subject(_: &Input) -> Place {
        Place::Nowhere
    }

    async fn read(input: Input, permit: &Permit<Read>, context: &Context) -> Result<Unsifted<Described>, ToolError> {
        node::read(NodeKind::Folder, &input.folder_id, permit, context).await
    }
}
