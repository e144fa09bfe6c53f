//! Lists the properties of a page or blog post.

use super::either;
use super::listing::OfPage;
use super::property::Properties;
use crate::confluence::api::around;
use crate::domain::access::Read;
use crate::domain::group::Group;
use crate::domain::place::Place;
use crate::policy::{Permit, Unsifted};
use crate::tools::{Context, ReadTool, ToolError, scopes};

/// Lists properties.
pub(super) struct ListProperties;

impl ReadTool for ListProperties {
    const NAME: &'static str = "list_properties";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "List properties";
    const DESCRIPTION: &'static str = "Lists the properties that apps keep with a page or blog post: keys and JSON values, \
        long ones cut. For a whole value use get_property.";
    const SCOPES: &'static [&'static str] = &[scopes::READ_PAGE, scopes::READ_SPACE];
    type Access = Read;
    type Input = OfPage;
    type Output = Properties;

    fn subject(input: &OfPage) -> Place {
        Place::Content(input.page_id.clone())
    }

    async fn read(input: OfPage, permit: &Permit<Read>, context: &Context) -> Result<Unsifted<Properties>, ToolError> {
        let paging = input.paging();
        let request = |kind| around::properties_of_document(kind, &input.page_id, None, &paging);
        let (_, reply) = either::read(request, permit, context).await?;
        Ok(Unsifted::one(Place::Content(input.page_id.clone()), Properties::of(&reply, false)?))
    }
}
