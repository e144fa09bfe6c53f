//! Reads a page or blog post as it was in one of its versions.

use schemars::JsonSchema;
use serde::Deserialize;

use super::body::{BodyFormat, Position, readable};
use super::{either, headed};
use crate::confluence::api::blogs::get_blog_post;
use crate::confluence::api::pages::{DocumentKind, get_page};
use crate::confluence::model::Page;
use crate::domain::access::Read;
use crate::domain::group::Group;
use crate::domain::ids::{ContentId, VersionNumber};
use crate::domain::place::Place;
use crate::domain::text::quoted;
use crate::policy::{Permit, Unsifted};
use crate::tools::answer::Document;
use crate::tools::{Context, ReadTool, ToolError, scopes};

/// Reads a version.
pub(super) struct GetVersion;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Id of the page or blog post.
    page_id: ContentId,
    /// Number of the version.
    version: VersionNumber,
    /// Where a long body goes on, as the last answer said.
    cursor: Option<Position>,
}

/// The request for a page or blog post as of a version.
pub(super) fn as_of(
    kind: DocumentKind,
    id: &ContentId,
    version: Option<VersionNumber>,
) -> crate::confluence::Request<Read> {
    match kind {
        DocumentKind::Page => get_page(id, version),
        DocumentKind::BlogPost => get_blog_post(id, version),
    }
}

impl ReadTool for GetVersion {
    const NAME: &'static str = "get_version";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "Get version";
    const DESCRIPTION: &'static str = "Reads a page or blog post as it was in an old version: title, editor, note, body as \
        Markdown. To see what changed use compare_versions.";
    const SCOPES: &'static [&'static str] = &[scopes::READ_PAGE, scopes::READ_SPACE, scopes::READ_USER];
    type Access = Read;
    type Input = Input;
    type Output = Document;

    fn subject(_: &Input) -> Place {
        Place::Nowhere
    }

    async fn read(input: Input, permit: &Permit<Read>, context: &Context) -> Result<Unsifted<Document>, ToolError> {
        let Input { page_id, version, cursor } = input;
        let (kind, reply) = either::read(|kind| as_of(kind, &page_id, Some(version)), permit, context).await?;
        let page: Page = reply.json()?;
        context.sees(&page.place()).await?;
        let mut body = readable(page.storage(), BodyFormat::Markdown, context).await;
        let note = page.version.as_ref().and_then(|version| version.message.as_deref());
        let note = note.filter(|note| !note.trim().is_empty());
        body.notes.extend(note.map(|note| format!("the editor wrote {}", quoted(note, 200))));
        let kind = if kind == DocumentKind::Page { "page" } else { "blog post" };
        Ok(headed(kind, &page, &body, cursor, context).await)
    }
}
