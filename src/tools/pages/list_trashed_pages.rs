//! Lists the pages in the trash of a space.

use super::listing::{PageLine, PageList};
use crate::confluence::api::pages;
use crate::confluence::model::{List, Page};
use crate::domain::access::Read;
use crate::domain::group::Group;
use crate::domain::place::Place;
use crate::policy::{Permit, Unsifted};
use crate::tools::listing::OfSpace;
use crate::tools::{Context, ReadTool, ToolError, scopes};

/// Lists trashed pages.
pub(super) struct ListTrashedPages;

impl ReadTool for ListTrashedPages {
    const NAME: &'static str = "list_trashed_pages";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "List trashed pages";
    const DESCRIPTION: &'static str = "Lists the pages in the trash of a space, latest change first. For pages in use, see \
        list_pages.";
    const SCOPES: &'static [&'static str] = &[scopes::READ_PAGE, scopes::READ_SPACE];
    type Access = Read;
    type Input = OfSpace;
    type Output = PageList;

    fn subject(input: &OfSpace) -> Place {
        input.space.place()
    }

    async fn read(input: OfSpace, permit: &Permit<Read>, context: &Context) -> Result<Unsifted<PageList>, ToolError> {
        let space = context.places.space(&input.space).await?.ok_or_else(ToolError::not_found)?;
        let reply = context.client.send(permit, pages::trashed_pages(&space.id, &input.paging())).await?;
        let found: List<Page> = reply.json()?;
        let items = PageLine::each(&found.results, context).await;
        let next_cursor = reply.next_cursor();
        Ok(Unsifted::many(items, |pages| PageList { pages, next_cursor }))
    }
}
