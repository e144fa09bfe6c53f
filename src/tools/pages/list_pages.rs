//! Lists current pages of a space, or of all spaces with the latest change first.

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

/// Lists pages.
pub(super) struct ListPages;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Key or id of the space; without it, pages of all spaces, latest change first.
    space: Option<SpaceName>,
    /// At most; 25 if not given.
    #[serde(default)]
    limit: Limit,
    /// `next_cursor` of the last answer.
    cursor: Option<Cursor>,
}

impl ReadTool for ListPages {
    const NAME: &'static str = "list_pages";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "List pages";
    const DESCRIPTION: &'static str = "Lists the current pages of a space, or of all spaces by latest change: id, \
        title, version. To find pages by words, use search_text; for a page's children, get_page_children.";
    const SCOPES: &'static [&'static str] = &[scopes::READ_PAGE, scopes::READ_SPACE];
    type Access = Read;
    type Input = Input;
    type Output = PageList;

    fn subject(input: &Input) -> Place {
        input.space.as_ref().map_or(Place::Nowhere, SpaceName::place)
    }

    async fn read(input: Input, permit: &Permit<Read>, context: &Context) -> Result<Unsifted<PageList>, ToolError> {
        let paging = Paging::of(input.limit, input.cursor);
        let request = match &input.space {
            Some(name) => {
                let space = context.places.space(name).await?.ok_or_else(ToolError::not_found)?;
                pages::list_pages_in_space(&space.id, &paging)
            }
            None => match context.allowed().await? {
                Some(spaces) if spaces.is_empty() => return Ok(PageList::none()),
                spaces => pages::list_pages(&spaces.unwrap_or_default(), &paging),
            },
        };
        let reply = context.client.send(permit, request).await?;
        let found: List<Page> = reply.json()?;
        let items = PageLine::each(&found.results, context).await;
        let next_cursor = reply.next_cursor();
        Ok(Unsifted::many(items, |pages| PageList { pages, next_cursor }))
    }
}
