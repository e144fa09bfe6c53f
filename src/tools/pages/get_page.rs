//! Reads one page: a short header and its body.

use schemars::JsonSchema;
use serde::Deserialize;

use super::body::{BodyFormat, Position, Readable, edited, outlined, part_of, readable};
use super::{copied, headed};
use crate::confluence::api;
use crate::confluence::model::Page;
use crate::domain::access::Read;
use crate::domain::group::Group;
use crate::domain::ids::{ContentId, VersionNumber};
use crate::domain::place::Place;
use crate::domain::text::quoted;
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
    /// How much to read.
    #[serde(default)]
    mode: Mode,
    /// With mode section, or edit: a heading's words, or the id of a heading or block.
    section: Option<String>,
    /// `markdown`, or with mode full `storage` for every byte.
    #[serde(default)]
    body_format: BodyFormat,
    /// `cached`: from the local copy where there is one.
    #[serde(default)]
    freshness: Freshness,
    /// Where a long page goes on, as the last answer said.
    cursor: Option<Position>,
}

/// What a page is read from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
enum Freshness {
    /// The site.
    #[default]
    Live,
    /// Its local copy.
    Cached,
}

/// How much of a page, and what for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
enum Mode {
    /// All of it.
    #[default]
    Full,
    /// Its headings with their ids and sizes.
    Outline,
    /// What stands under one heading, or one block.
    Section,
    /// With block ids and markers for `edit_page`.
    Edit,
}

impl ReadTool for GetPage {
    const NAME: &'static str = "get_page";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "Get page";
    const DESCRIPTION: &'static str = "Reads a page by id: title, space, version, URL and body as Markdown. \
        Long pages: mode outline first, then section. To change a page: mode edit, then edit_page with the version told \
        here. To find a page, use search_docs; with only a title, get_page_by_title.";
    const SCOPES: &'static [&'static str] = &[scopes::READ_PAGE, scopes::READ_SPACE, scopes::READ_USER];
    type Access = Read;
    type Input = Input;
    type Output = Document;

    fn subject(_: &Input) -> Place {
        Place::Nowhere
    }

    async fn read(input: Input, permit: &Permit<Read>, context: &Context) -> Result<Unsifted<Document>, ToolError> {
        if input.freshness == Freshness::Cached {
            input.is_what_copies_hold()?;
            if let Some(copy) = copied::read(&input.page_id, input.cursor, context).await? {
                return Ok(copy);
            }
        }
        let request = api::pages::get_page(&input.page_id, input.version);
        let page: Page = context.client.send(permit, request).await?.json()?;
        context.places.remember_page(&page);
        context.sees(&page.place()).await?;
        let body = body(&page, &input, context).await?;
        Ok(headed("page", &page, &body, input.cursor, context).await)
    }
}

impl Input {
    /// Copies hold the present body as Markdown.
    fn is_what_copies_hold(&self) -> Result<(), ToolError> {
        let whole = self.mode == Mode::Full && self.section.is_none();
        if whole && self.version.is_none() && matches!(self.body_format, BodyFormat::Markdown) {
            return Ok(());
        }
        Err(ToolError::input(
            "a copy is read whole, as Markdown, in its present version",
            "leave `mode`, `section`, `version` and `body_format` out, or `freshness`",
        ))
    }
}

/// What was asked for of a page.
async fn body(page: &Page, input: &Input, context: &Context) -> Result<Readable, ToolError> {
    let storage = page.storage();
    let section = input.section.as_deref();
    match (input.mode, input.body_format, section) {
        (Mode::Full, format, None) => Ok(readable(storage, format, context).await),
        (Mode::Outline, ..) => Ok(outlined(storage, context).await),
        (Mode::Edit, ..) => edited(storage, section, context).await.ok_or_else(|| no_section(section)),
        (Mode::Section | Mode::Full, _, Some(section)) => {
            part_of(storage, section, context).await.ok_or_else(|| no_section(Some(section)))
        }
        (Mode::Section, _, None) => Err(ToolError::input(
            "mode section needs `section`",
            "give a heading's words or id; mode outline lists them",
        )),
    }
}

fn no_section(section: Option<&str>) -> ToolError {
    let name = quoted(section.unwrap_or_default(), 80);
    ToolError::input(
        format!("the page has no heading or block {name}"),
        "mode outline lists the headings with their ids",
    )
}
