//! Lists the properties of a space, or reads one.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::confluence::api::{Paging, around};
use crate::domain::access::Read;
use crate::domain::group::Group;
use crate::domain::ids::Cursor;
use crate::domain::limits::Limit;
use crate::domain::place::{Place, SpaceName};
use crate::policy::{Permit, Unsifted};
use crate::tools::pages::property::{Properties, PropertyKey};
use crate::tools::{Context, ReadTool, ToolError, scopes};

/// Lists properties of a space.
pub(super) struct ListSpaceProperties;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Key or id of the space.
    space: SpaceName,
    /// Only the property with this key, its value whole.
    key: Option<PropertyKey>,
    /// At most; 25 if not given.
    #[serde(default)]
    limit: Limit,
    /// `next_cursor` of the last answer.
    cursor: Option<Cursor>,
}

impl ReadTool for ListSpaceProperties {
    const NAME: &'static str = "list_space_properties";
    const GROUP: Group = Group::Spaces;
    const TITLE: &'static str = "List space properties";
    const DESCRIPTION: &'static str = "Lists the properties that apps keep with a space: keys and JSON values, long ones \
        cut unless one key is asked for.";
    const SCOPES: &'static [&'static str] = &[scopes::READ_SPACE];
    type Access = Read;
    type Input = Input;
    type Output = Properties;

    fn subject(input: &Input) -> Place {
        input.space.place()
    }

    async fn read(input: Input, permit: &Permit<Read>, context: &Context) -> Result<Unsifted<Properties>, ToolError> {
        let space = context.places.space(&input.space).await?.ok_or_else(ToolError::not_found)?;
        let paging = Paging::of(input.limit, input.cursor);
        let key = input.key.as_ref().map(PropertyKey::as_str);
        let reply = context.client.send(permit, around::properties_of_space(&space.id, key, &paging)).await?;
        Ok(Unsifted::one(Place::Space(space.id), Properties::of(&reply, key.is_some())?))
    }
}
