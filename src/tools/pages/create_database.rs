//! Makes a database in the tree.

use super::nodes::{self, Input, Wanted};
use crate::approval::Plan;
use crate::confluence::reply::Reply;
use crate::domain::access::Create;
use crate::domain::group::Group;
use crate::domain::place::NodeKind;
use crate::tools::answer::Written;
use crate::tools::{Context, Reads, ToolError, WriteTool, scopes};

/// Makes a database.
pub(super) struct CreateDatabase;

impl WriteTool for CreateDatabase {
    const NAME: &'static str = "create_database";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "Create database";
    const DESCRIPTION: &'static str =
        "Creates an empty database in the tree, for people to fill. For text and tables, use create_page.";
    const SCOPES: &'static [&'static str] = &[
        scopes::READ_PAGE,
        scopes::READ_SPACE,
        scopes::READ_FOLDER,
        scopes::READ_DATABASE,
        scopes::READ_TREE,
        scopes::READ_DETAILS,
        scopes::WRITE_DATABASE,
    ];
    const UNDO_SCOPES: &'static [&'static str] = &[scopes::DELETE_DATABASE];
    type Access = Create;
    type Input = Input;

    async fn plan(input: &Input, reads: &Reads<'_>) -> Result<Plan<Create>, ToolError> {
        nodes::made(&Wanted::of(NodeKind::Database, input), reads).await
    }

    fn answer(_: &Input, reply: &Reply, context: &Context) -> Result<Written, ToolError> {
        nodes::answered(reply, context)
    }
}
