//! Reads a smart link of the tree.

use schemars::JsonSchema;
use serde::Deserialize;

use super::node::{self, Described};
use crate::domain::access::Read;
use crate::domain::group::Group;
use crate::domain::ids::ContentId;
use crate::domain::place::{NodeKind, Place};
use crate::policy::{Permit, Unsifted};
use crate::tools::{Context, ReadTool, ToolError, scopes};

/// Reads a smart link.
pub(super) struct GetSmartLink;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Id of the smart link.
    smart_link_id: ContentId,
}

impl ReadTool for GetSmartLink {
    const NAME: &'static str = "get_smart_link";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "Get smart link";
    const DESCRIPTION: &'static str = "Reads a smart link of the tree: title, space and where it leads.";
    const SCOPES: &'static [&'static str] = &[scopes::READ_EMBED, scopes::READ_SPACE, scopes::READ_USER];
    type Access = Read;
    type Input = Input;
    type Output = Described;

    fn subject(_: &Input) -> Place {
        Place::Nowhere
    }

    async fn read(input: Input, permit: &Permit<Read>, context: &Context) -> Result<Unsifted<Described>, ToolError> {
        node::read(NodeKind::SmartLink, &input.smart_link_id, permit, context).await
    }
}
