//! Lists the labels of a space itself.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::confluence::api::{Paging, labels};
use crate::domain::access::Read;
use crate::domain::group::Group;
use crate::domain::ids::Cursor;
use crate::domain::limits::Limit;
use crate::domain::place::{Place, SpaceName};
use crate::policy::{Permit, Unsifted};
use crate::tools::pages::list_labels::Labels;
use crate::tools::{Context, ReadTool, ToolError, scopes};

/// Lists labels of a space.
pub(super) struct ListSpaceLabels;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Key or id of the space.
    space: SpaceName,
    /// How many at most; 25 if not given.
    #[serde(default)]
    limit: Limit,
    /// `next_cursor` of the last answer.
    cursor: Option<Cursor>,
}

impl ReadTool for ListSpaceLabels {
    const NAME: &'static str = "list_space_labels";
    const GROUP: Group = Group::Spaces;
    const TITLE: &'static str = "List space labels";
    const DESCRIPTION: &'static str = "Lists the labels of a space itself, its categories. For labels of pages use \
        list_labels.";
    const SCOPES: &'static [&'static str] = &[scopes::READ_SPACE];
    type Access = Read;
    type Input = Input;
    type Output = Labels;

    fn subject(input: &Input) -> Place {
        input.space.place()
    }

    async fn read(input: Input, permit: &Permit<Read>, context: &Context) -> Result<Unsifted<Labels>, ToolError> {
        let space = context.places.space(&input.space).await?.ok_or_else(ToolError::not_found)?;
        let paging = Paging::of(input.limit, input.cursor);
        let reply = context.client.send(permit, labels::labels_of_space(&space.id, &paging)).await?;
        Ok(Unsifted::one(Place::Space(space.id), Labels::of(&reply)?))
    }
}
