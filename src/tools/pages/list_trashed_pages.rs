//! Lists the pages in the trash of a space.

use schemars::JsonSchema;
use serde::Deserialize;

use super::listing::{PageLine, PageList};
use crate::confluence::api::{Paging, pages};
use crate::confluence::model::{List, Page};
use crate::domain::access::Read;
use crate::domain::group::Group;
use crate::domain::ids::Cursor;
use crate::domain::limits::Limit;
use crate::domain::place::{Place, SpaceName};
use crate::policy::{Permit, Unsifted};
use crate::tools::{Context, ReadTool, ToolError, scopes};

/// Lists trashed pages.
pub(super) struct ListTrashedPages;

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

impl ReadTool for ListTrashedPages {
    const NAME: &'static str = "list_trashed_pages";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "List trashed pages";
    const DESCRIPTION: &'static str = "Lists the pages in the trash of a space, latest change first. For pages in use, see \
        list_pages.";
    const SCOPES: &'static [&'static str] = &[scopes::READ_PAGE, scopes::READ_SPACE];
    type Access = Read;
    type Input = Input;
    type Output = PageList;

    fn subject(input: &Input) -> Place {
        input.space.place()
    }

    async fn read(input: Input, permit: &Permit<Read>, context: &Context) -> Result<Unsifted<PageList>, ToolError> {
        let paging = Paging::of(input.limit, input.cursor);
        let space = context.places.space(&input.space).await?.ok_or_else(ToolError::not_found)?;
        let reply = context.client.send(permit, pages::trashed_pages(&space.id, &paging)).await?;
        let found: List<Page> = reply.json()?;
        let items = PageLine::each(&found.results, context).await;
        let next_cursor = reply.next_cursor();
        Ok(Unsifted::many(items, |pages| PageList { pages, next_cursor }))
    }
}
