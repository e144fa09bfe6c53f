//! Lists the labels of a space itself.

use crate::confluence::api::labels;
use crate::domain::access::Read;
use crate::domain::group::Group;
use crate::domain::place::Place;
use crate::policy::{Permit, Unsifted};
use crate::tools::listing::OfSpace;
use crate::tools::pages::list_labels::Labels;
use crate::tools::{Context, ReadTool, ToolError, scopes};

/// Lists labels of a space.
pub(super) struct ListSpaceLabels;

impl ReadTool for ListSpaceLabels {
    const NAME: &'static str = "list_space_labels";
    const GROUP: Group = Group::Spaces;
    const TITLE: &'static str = "List space labels";
    const DESCRIPTION: &'static str = "Lists the labels of a space itself, its categories. For labels of pages use \
        list_labels.";
    const SCOPES: &'static [&'static str] = &[scopes::READ_SPACE];
    type Access = Read;
    type Input = OfSpace;
    type Output = Labels;

    fn subject(input: &OfSpace) -> Place {
        input.space.place()
    }

    async fn read(input: OfSpace, permit: &Permit<Read>, context: &Context) -> Result<Unsifted<Labels>, ToolError> {
        let space = context.places.space(&input.space).await?.ok_or_else(ToolError::not_found)?;
        let reply = context.client.send(permit, labels::labels_of_space(&space.id, &input.paging())).await?;
        Ok(Unsifted::one(Place::Space(space.id), Labels::of(&reply)?))
    }
}
