//! Moves a database to the trash.

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

/// Trashes a database.
pub(super) struct DeleteDatabase;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Id of the database.
    database_id: ContentId,
}

impl WriteTool for DeleteDatabase {
    const NAME: &'static str = "delete_database";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "Delete database";
    const DESCRIPTION: &'static str =
        "Moves a database to the trash, from where a person can restore it. Only one with nothing under it is deleted.";
    const SCOPES: &'static [&'static str] =
        &[scopes::READ_SPACE, scopes::READ_DATABASE, scopes::READ_TREE, scopes::DELETE_DATABASE];
    const UNDO_SCOPES: &'static [&'static str] = &[];
    type Access = Delete;
    type Input = Input;

    async fn plan(input: &Input, reads: &Reads<'_>) -> Result<Plan<Delete>, ToolError> {
        nodes::trashed(NodeKind::Database, &input.database_id, reads).await
    }

    fn answer(input: &Input, _: &Reply, _: &Context) -> Result<Written, ToolError> {
        Ok(nodes::gone(&input.database_id))
    }
}
