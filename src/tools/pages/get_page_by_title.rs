//! Reads the page of a given title in a space.

use schemars::JsonSchema;
use serde::Deserialize;

use super::body::{BodyFormat, Position};
use super::{Title, document};
use crate::confluence::api::pages;
use crate::confluence::model::{List, Page};
use crate::domain::access::Read;
use crate::domain::group::Group;
use crate::domain::place::{Place, SpaceName};
use crate::policy::{Permit, Unsifted};
use crate::tools::answer::Document;
use crate::tools::{Context, ReadTool, ToolError, scopes};

/// Reads a page by title.
pub(super) struct GetPageByTitle;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Key or id of the space.
    space: SpaceName,
    /// The exact title.
    title: Title,
    /// `markdown` to read, `storage` to edit exactly.
    #[serde(default)]
    body_format: BodyFormat,
    /// Where a long page goes on, as the last answer said.
    cursor: Option<Position>,
}

impl ReadTool for GetPageByTitle {
    const NAME: &'static str = "get_page_by_title";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "Get page by title";
    const DESCRIPTION: &'static str = "Reads the current page with exactly this title in a space, as get_page does. \
        If the title is not exact, use search_text.";
    const SCOPES: &'static [&'static str] = &[scopes::READ_PAGE, scopes::READ_SPACE, scopes::READ_USER];
    type Access = Read;
    type Input = Input;
    type Output = Document;

    fn subject(input: &Input) -> Place {
        input.space.place()
    }

    async fn read(input: Input, permit: &Permit<Read>, context: &Context) -> Result<Unsifted<Document>, ToolError> {
        let space = context.places.space(&input.space).await?.ok_or_else(ToolError::not_found)?;
        let request = pages::page_by_title(&space.id, input.title.as_str());
        let found: List<Page> = context.client.send(permit, request).await?.json()?;
        let page = found.results.into_iter().next().ok_or_else(ToolError::not_found)?;
        document("page", &page, input.body_format, input.cursor, context).await
    }
}
