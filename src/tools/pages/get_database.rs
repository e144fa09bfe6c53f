//! Reads a database of the tree.

use schemars::JsonSchema;
use serde::Deserialize;

use super::node::{self, Described};
use crate::domain::access::Read;
use crate::domain::group::Group;
use crate::domain::ids::ContentId;
use crate::domain::place::{NodeKind, Place};
use crate::policy::{Permit, Unsifted};
use crate::tools::{Context, ReadTool, ToolError, scopes};

/// Reads a database.
pub(super) struct GetDatabase;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Id of the database.
    database_id: ContentId,
}

impl ReadTool for GetDatabase {
    const NAME: &'static str = "get_database";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "Get database";
    const DESCRIPTION: &'static str =
        "Reads title, space and place of a Confluence database; Confluence does not tell what is in it.";
    const SCOPES: &'static [&'static str] = &[scopes::READ_DATABASE, scopes::READ_SPACE, scopes::READ_USER];
    type Access = Read;
    type Input = Input;
    type Output = Described;

    fn subject(_: &Input) -> Place {
        Place::Nowhere
    }

    async fn read(input: Input, permit: &Permit<Read>, context: &Context) -> Result<Unsifted<Described>, ToolError> {
        node::read(NodeKind::Database, &input.database_id, permit, context).await
    }
}
