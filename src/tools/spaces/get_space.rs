//! Reads one space.

use schemars::JsonSchema;
use serde::Deserialize;

use super::described::Described;
use crate::confluence::api;
use crate::confluence::model::{List, Space};
use crate::domain::access::Read;
use crate::domain::group::Group;
use crate::domain::place::{Place, SpaceName};
use crate::policy::{Permit, Unsifted};
use crate::tools::{Context, ReadTool, ToolError, scopes};

/// Reads one space.
pub(super) struct GetSpace;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Key, such as `IT`, or numeric id.
    space: SpaceName,
}

impl ReadTool for GetSpace {
    const NAME: &'static str = "get_space";
    const GROUP: Group = Group::Spaces;
    const TITLE: &'static str = "Get space";
    const DESCRIPTION: &'static str = "Reads one space by key or id: name, type, status, description, homepage. To find a \
        space use list_spaces; for its pages list_pages.";
    const SCOPES: &'static [&'static str] = &[scopes::READ_SPACE];
    type Access = Read;
    type Input = Input;
    type Output = Described;

    fn subject(_: &Input) -> Place {
        Place::Nowhere
    }

    async fn read(input: Input, permit: &Permit<Read>, context: &Context) -> Result<Unsifted<Described>, ToolError> {
        let space = match &input.space {
            SpaceName::Id(id) => context.client.send(permit, api::spaces::get_space(id)).await?.json()?,
            SpaceName::Key(key) => {
                let found: List<Space> = context.client.send(permit, api::spaces::space_by_key(key)).await?.json()?;
                let mut spaces = found.results.into_iter();
                // Keys are compared as Confluence does, without regard to case.
                let named = spaces.find(|space| space.key.as_str().eq_ignore_ascii_case(key.as_str()));
                named.ok_or_else(ToolError::not_found)?
            }
        };
        context.places.remember(&space);
        Ok(Unsifted::one(Place::Space(space.id.clone()), Described::of(&space, context)))
    }
}
