//! Changes the body, and where wanted the title, of a page that nobody changed in between.

use schemars::JsonSchema;
use serde::Deserialize;

use super::body::{BodyFormat, storage_from};
use super::change::{Change, rests_on};
use super::edit_page::refused;
use super::names::Names;
use crate::approval::Plan;
use crate::confluence::api::pages::DocumentKind;
use crate::confluence::model::Page;
use crate::confluence::reply::Reply;
use crate::domain::access::Update;
use crate::domain::group::Group;
use crate::domain::ids::{ContentId, VersionNumber};
use crate::markup::{self, EditError};
use crate::tools::answer::Written;
use crate::tools::{Context, Reads, ToolError, WriteTool, scopes};

/// Changes a page.
pub(super) struct UpdatePage;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Id of the page.
    page_id: ContentId,
    /// The version you read and changed.
    version: VersionNumber,
    /// The whole new body.
    body: String,
    /// `markdown`, or `storage` to give every byte.
    #[serde(default)]
    body_format: BodyFormat,
    /// A new title; without it the title stays.
    title: Option<super::Title>,
    /// Lets go what the Markdown leaves out and cannot hold: macros, comments, merged cells.
    #[serde(default)]
    allow_loss: bool,
}

impl WriteTool for UpdatePage {
    const NAME: &'static str = "update_page";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "Update page";
    const DESCRIPTION: &'static str = "Replaces the body of a page, and the title where given. Needs the version get_page \
        answered; if someone changed the page since, nothing is overwritten and both versions are told. Markdown is \
        compared with the page: what reads the same keeps its bytes, and macros that would go are named, not lost. To \
        change parts of a page, use edit_page.";
    const SCOPES: &'static [&'static str] = &[scopes::READ_PAGE, scopes::READ_SPACE, scopes::WRITE_PAGE];
    const UNDO_SCOPES: &'static [&'static str] = &[];
    type Access = Update;
    type Input = Input;

    async fn plan(input: &Input, reads: &Reads<'_>) -> Result<Plan<Update>, ToolError> {
        let page = reads.page(&input.page_id).await?;
        rests_on(&page, input.version)?;
        let wanted = Rewrite {
            kind: DocumentKind::Page,
            title: input.title.as_ref(),
            body: &input.body,
            format: input.body_format,
            allow_loss: input.allow_loss,
        };
        rewritten(&page, &wanted, reads).await
    }

    fn answer(_: &Input, reply: &Reply, context: &Context) -> Result<Written, ToolError> {
        Ok(super::written(&reply.json::<Page>()?, context))
    }
}

/// A page or blog post as it shall read.
pub(super) struct Rewrite<'a> {
    /// Which of the two.
    pub(super) kind: DocumentKind,
    /// A new title; without it the title stays.
    pub(super) title: Option<&'a super::Title>,
    /// The whole new body.
    pub(super) body: &'a str,
    /// In which format.
    pub(super) format: BodyFormat,
    /// Whether what Markdown cannot hold may go.
    pub(super) allow_loss: bool,
}

/// Plans the change: Markdown changes the document's own storage format where it differs from it.
pub(super) async fn rewritten(
    document: &Page,
    wanted: &Rewrite<'_>,
    reads: &Reads<'_>,
) -> Result<Plan<Update>, ToolError> {
    let title = wanted.title.map_or(document.title.as_str(), super::Title::as_str);
    let (storage, loses) = match wanted.format {
        BodyFormat::Storage => (storage_from(wanted.body, BodyFormat::Storage)?, Vec::new()),
        BodyFormat::Markdown => {
            let names = Names::of_links(document.storage(), reads.context()).await;
            match markup::rewrite(document.storage(), wanted.body, &names, wanted.allow_loss) {
                Ok(edited) => (edited.storage, edited.lost),
                // A new title alone is a change too.
                Err(EditError::Unchanged) if title != document.title => (document.storage().to_owned(), Vec::new()),
                Err(error) => return Err(refused(&error)),
            }
        }
    };
    Ok(Change::of_document(wanted.kind, document, title, &storage).plan(loses, reads))
}
