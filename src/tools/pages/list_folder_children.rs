//! Lists what lies directly under a folder, whiteboard, database or smart link.

use schemars::JsonSchema;
use serde::Deserialize;

use super::get_page_children::{self, Children};
use crate::confluence::api::Paging;
use crate::confluence::api::tree::{children_of_node, get_node};
use crate::confluence::model::TreeNode;
use crate::domain::access::Read;
use crate::domain::group::Group;
use crate::domain::ids::{ContentId, Cursor};
use crate::domain::limits::Limit;
use crate::domain::place::{NodeKind, Parent, Place};
use crate::policy::{Permit, Unsifted};
use crate::tools::{Context, ReadTool, ToolError, scopes};

/// Lists children of what is no page.
pub(super) struct ListFolderChildren;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Id of the folder, or of what `type` says.
    folder_id: ContentId,
    /// What it is; a folder unless said otherwise.
    #[serde(default, rename = "type")]
    kind: Kind,
    /// At most; 25 if not given.
    #[serde(default)]
    limit: Limit,
    /// `next_cursor` of the last answer.
    cursor: Option<Cursor>,
}

/// What stands in the tree besides pages.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
enum Kind {
    #[default]
    Folder,
    Whiteboard,
    Database,
    SmartLink,
}

impl Kind {
    const fn of_api(self) -> NodeKind {
        match self {
            Self::Folder => NodeKind::Folder,
            Self::Whiteboard => NodeKind::Whiteboard,
            Self::Database => NodeKind::Database,
            Self::SmartLink => NodeKind::SmartLink,
        }
    }
}

impl ReadTool for ListFolderChildren {
    const NAME: &'static str = "list_folder_children";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "List folder children";
    const DESCRIPTION: &'static str = "Lists what lies directly in a folder, or under a whiteboard, database or smart link. \
        For a page use get_page_children.";
    const SCOPES: &'static [&'static str] = &[
        scopes::READ_TREE,
        scopes::READ_FOLDER,
        scopes::READ_WHITEBOARD,
        scopes::READ_DATABASE,
        scopes::READ_EMBED,
        scopes::READ_SPACE,
    ];
    type Access = Read;
    type Input = Input;
    type Output = Children;

    fn subject(_: &Input) -> Place {
        Place::Nowhere
    }

    async fn read(input: Input, permit: &Permit<Read>, context: &Context) -> Result<Unsifted<Children>, ToolError> {
        let kind = input.kind.of_api();
        let node: TreeNode = context.client.send(permit, get_node(kind, &input.folder_id)).await?.json()?;
        context.sees(&node.place(kind)).await?;
        let paging = Paging::of(input.limit, input.cursor);
        let reply = context.client.send(permit, children_of_node(kind, &input.folder_id, &paging)).await?;
        get_page_children::answer(&reply, &Parent::Node(kind, node.id))
    }
}
