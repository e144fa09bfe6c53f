//! Moves a page to the trash.

use schemars::JsonSchema;
use serde::Deserialize;

use super::change::{Change, rests_on};
use super::standing::{below, not_a_homepage};
use crate::approval::{Plan, Proof, Undo};
use crate::confluence::api::pages::{self, DocumentKind};
use crate::confluence::model::Page;
use crate::confluence::reply::Reply;
use crate::domain::access::{AccessClass, Delete};
use crate::domain::group::Group;
use crate::domain::ids::{ContentId, VersionNumber};
use crate::domain::text::quoted;
use crate::tools::answer::Written;
use crate::tools::{Context, Reads, ToolError, WriteTool, scopes};

/// Trashes a page.
pub(super) struct DeletePage;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Id of the page.
    page_id: ContentId,
    /// The version you read; where given, a page that changed since is not deleted.
    version: Option<VersionNumber>,
}

impl WriteTool for DeletePage {
    const NAME: &'static str = "delete_page";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "Delete page";
    const DESCRIPTION: &'static str = "Moves a page to the trash, from where a person can restore it; \
        its children stay. A space's homepage is never deleted.";
    const SCOPES: &'static [&'static str] =
        &[scopes::READ_PAGE, scopes::READ_SPACE, scopes::READ_TREE, scopes::DELETE_PAGE];
    const UNDO_SCOPES: &'static [&'static str] = &[scopes::WRITE_PAGE];
    type Access = Delete;
    type Input = Input;

    async fn plan(input: &Input, reads: &Reads<'_>) -> Result<Plan<Delete>, ToolError> {
        let page = reads.page(&input.page_id).await?;
        rests_on(&page, input.version.unwrap_or_else(|| page.version_number()))?;
        planned(page, reads).await
    }

    fn answer(input: &Input, _: &Reply, _: &Context) -> Result<Written, ToolError> {
        let note = "in the trash; a person can restore it".to_owned();
        Ok(Written { id: Some(input.page_id.to_string()), note: Some(note), ..Written::done() })
    }
}

/// Plans to trash a current page, unless it is the homepage of its space.
pub(in crate::tools) async fn planned(page: Page, reads: &Reads<'_>) -> Result<Plan<Delete>, ToolError> {
    let space = not_a_homepage(&page, "deleted", reads).await?;
    let below = match below(&page, reads).await {
        Ok((below, _)) if below.is_none() => below.words(),
        Ok((below, _)) => format!("{}, which stay and move up", below.words()),
        Err(_) => "what stands below it could not be counted; it stays and moves up".to_owned(),
    };
    let target = format!("page {} {}", page.id, quoted(&page.title, 80));
    Ok(Plan {
        request: pages::trash_page(&page.id),
        places: vec![page.itself()],
        rests_on: Some(page.version_number()),
        before: Some(page.storage().to_owned()),
        effect: AccessClass::Delete,
        loses: Vec::new(),
        summary: format!("move {target} in space {} to the trash", space.key),
        preview: format!("{below}\n{}", Change::of(&page, &page.title, "").preview(&reads.context().site)),
        undo: Undo::RestorePage(page.id.clone()),
        proof: Proof::IsTrashed { kind: DocumentKind::Page, version: page.version_number(), id: page.id },
        target,
    })
}
