//! Reads the homepage of a space.

use schemars::JsonSchema;
use serde::Deserialize;

use super::body::{BodyFormat, Position};
use super::document;
use crate::confluence::api::pages;
use crate::confluence::model::Page;
use crate::domain::access::Read;
use crate::domain::group::Group;
use crate::domain::place::{Place, SpaceName};
use crate::policy::{Permit, Unsifted};
use crate::tools::answer::Document;
use crate::tools::{Context, ReadTool, ToolError, scopes};

/// Reads a homepage.
pub(super) struct GetSpaceHomepage;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Key or id of the space.
    space: SpaceName,
    /// Where a long page goes on, as the last answer said.
    cursor: Option<Position>,
}

impl ReadTool for GetSpaceHomepage {
    const NAME: &'static str = "get_space_homepage";
    // It answers a page, which a profile may keep shut while it opens spaces.
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "Get space homepage";
    const DESCRIPTION: &'static str =
        "Reads the homepage of a space as Markdown. For what stands below it use get_page_tree.";
    const SCOPES: &'static [&'static str] = &[scopes::READ_PAGE, scopes::READ_SPACE, scopes::READ_USER];
    type Access = Read;
    type Input = Input;
    type Output = Document;

    fn subject(input: &Input) -> Place {
        input.space.place()
    }

    async fn read(input: Input, permit: &Permit<Read>, context: &Context) -> Result<Unsifted<Document>, ToolError> {
        let space = context.places.space(&input.space).await?.ok_or_else(ToolError::not_found)?;
        let homepage = space.homepage_id.ok_or_else(ToolError::not_found)?;
        let page: Page = context.client.send(permit, pages::get_page(&homepage, None)).await?.json()?;
        document("homepage", &page, BodyFormat::Markdown, input.cursor, context).await
    }
}
