//! Changes the body, and where wanted the title, of a page that nobody changed in between.

use schemars::JsonSchema;
use serde::Deserialize;

use super::body::{BodyFormat, storage_from};
use super::change::{Change, rests_on};
use crate::approval::{Plan, Proof, Undo};
use crate::confluence::api::pages::{self, ChangedPage};
use crate::confluence::model::Page;
use crate::confluence::reply::Reply;
use crate::domain::access::Update;
use crate::domain::group::Group;
use crate::domain::ids::{ContentId, VersionNumber};
use crate::domain::text::quoted;
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
    /// `markdown`, or `storage` to keep macros and layouts exactly.
    #[serde(default)]
    body_format: BodyFormat,
    /// A new title; without it the title stays.
    title: Option<super::Title>,
}

impl WriteTool for UpdatePage {
    const NAME: &'static str = "update_page";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "Update page";
    const DESCRIPTION: &'static str = "Replaces the body of a page with a new one, and the title where given. \
        Needs the version get_page answered; if someone changed the page since, nothing is overwritten and both \
        versions are told. Where the page has macros or layouts, read and write body_format storage to keep them.";
    const SCOPES: &'static [&'static str] = &[scopes::READ_PAGE, scopes::READ_SPACE, scopes::WRITE_PAGE];
    const UNDO_SCOPES: &'static [&'static str] = &[];
    type Access = Update;
    type Input = Input;

    async fn plan(input: &Input, reads: &Reads<'_>) -> Result<Plan<Update>, ToolError> {
        let storage = storage_from(&input.body, input.body_format)?;
        let page = reads.page(&input.page_id).await?;
        rests_on(&page, input.version)?;
        let title = input.title.as_ref().map_or(page.title.as_str(), super::Title::as_str);
        let change = Change::of(&page, title, &storage);
        let version = VersionNumber(input.version.0.saturating_add(1));
        let message = reads.note();
        let changed = ChangedPage { id: &input.page_id, title, storage: &storage, version, message: &message };
        Ok(Plan {
            request: pages::update_page(&changed),
            places: vec![page.itself()],
            target: format!("page {} {}", page.id, quoted(&page.title, 80)),
            rests_on: Some(input.version),
            before: Some(page.storage().to_owned()),
            effect: change.effect(),
            loses: change.loses(input.body_format),
            summary: format!(
                "change page {} {} from version {} to {version}",
                page.id,
                quoted(&page.title, 80),
                input.version
            ),
            preview: change.preview(&reads.context().site),
            undo: Undo::WriteBack { page: page.id.clone(), version: input.version },
            proof: Proof::PageHasVersion { page: page.id, version },
        })
    }

    fn answer(_: &Input, reply: &Reply, context: &Context) -> Result<Written, ToolError> {
        Ok(super::written(&reply.json::<Page>()?, context))
    }
}
