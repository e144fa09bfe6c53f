//! Reads one page: a short header and its body.

use schemars::JsonSchema;
use serde::Deserialize;

use super::body::{BodyFormat, Position};
use super::document;
use crate::confluence::api;
use crate::confluence::model::Page;
use crate::domain::access::Read;
use crate::domain::group::Group;
use crate::domain::ids::{ContentId, VersionNumber};
use crate::domain::place::Place;
use crate::policy::{Permit, Unsifted};
use crate::tools::answer::Document;
use crate::tools::{Context, ReadTool, ToolError, scopes};

/// Reads one page.
pub(super) struct GetPage;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Id of the page.
    page_id: ContentId,
    /// An older version instead of the present one.
    version: Option<VersionNumber>,
    /// `markdown` to read, `storage` to edit exactly.
    #[serde(default)]
    body_format: BodyFormat,
    /// Where a long page goes on, as the last answer said.
    cursor: Option<Position>,
}

impl ReadTool for GetPage {
    const NAME: &'static str = "get_page";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "Get page";
    const DESCRIPTION: &'static str = "Reads a page by id: title, space, version, URL and body as Markdown. \
        Take the version for update_page from here. To find a page, use search_text or search_cql; \
        with only a title, get_page_by_title.";
    const SCOPES: &'static [&'static str] = &[scopes::READ_PAGE, scopes::READ_SPACE, scopes::READ_USER];
    type Access = Read;
    type Input = Input;
    type Output = Document;

    fn subject(_: &Input) -> Place {
        Place::Nowhere
    }

    async fn read(input: Input, permit: &Permit<Read>, context: &Context) -> Result<Unsifted<Document>, ToolError> {
        let request = api::pages::get_page(&input.page_id, input.version);
        let page: Page = context.client.send(permit, request).await?.json()?;
        context.places.remember_content(&page.id, &page.space_id);
        document("page", &page, input.body_format, input.cursor, context).await
    }
}
