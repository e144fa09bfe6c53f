//! Takes a page out of the trash.

use schemars::JsonSchema;
use serde::Deserialize;

use super::preview;
use crate::approval::{Plan, Proof, Undo};
use crate::confluence::api::pages::{self, ChangedPage, DocumentKind};
use crate::confluence::model::{List, Page};
use crate::confluence::reply::Reply;
use crate::domain::access::{AccessClass, Update};
use crate::domain::group::Group;
use crate::domain::ids::{ContentId, VersionNumber};
use crate::domain::text::quoted;
use crate::tools::answer::Written;
use crate::tools::{Context, Reads, ToolError, WriteTool, scopes};

/// Takes a page out of the trash.
pub(super) struct RestorePage;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Id of the page in the trash.
    page_id: ContentId,
}

impl WriteTool for RestorePage {
    const NAME: &'static str = "restore_page";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "Restore page";
    const DESCRIPTION: &'static str =
        "Takes a page out of the trash, with the body it had. For an older version of a page, use restore_version.";
    const SCOPES: &'static [&'static str] = &[scopes::READ_PAGE, scopes::READ_SPACE, scopes::WRITE_PAGE];
    const UNDO_SCOPES: &'static [&'static str] = &[scopes::DELETE_PAGE, scopes::READ_TREE];
    type Access = Update;
    type Input = Input;

    async fn plan(input: &Input, reads: &Reads<'_>) -> Result<Plan<Update>, ToolError> {
        let page = reads.one(pages::get_page_in_any_status(&input.page_id), Page::place).await?;
        if page.status != "trashed" {
            return Err(ToolError::input(
                format!("the page is not in the trash; it is {}", quoted(&page.status, 20)),
                "restore_page only takes pages out of the trash",
            ));
        }
        planned(&page, reads).await
    }

    fn answer(_: &Input, reply: &Reply, context: &Context) -> Result<Written, ToolError> {
        Ok(super::written(&reply.json::<Page>()?, context))
    }
}

/// Plans to take a page out of the trash, as long as nothing has its title now.
pub(in crate::tools) async fn planned(page: &Page, reads: &Reads<'_>) -> Result<Plan<Update>, ToolError> {
    let id = &page.id;
    let same_title = pages::page_by_title(&page.space_id, &page.title);
    let taken = reads.judged(same_title, |reply| Ok((page.place(), reply.json::<List<Page>>()?))).await?;
    if let Some(other) = taken.results.first() {
        let which = match reads.context().sees(&other.place()).await {
            Ok(()) => format!("page {}", other.id),
            Err(_) => "another page".to_owned(),
        };
        return Err(ToolError::conflict(
            format!("{which} has the title {} now", quoted(&page.title, 80)),
            "give that page another title first; nothing was overwritten",
        ));
    }
    let present = page.version_number();
    let version = VersionNumber(present.0.saturating_add(1));
    let message = reads.note();
    let back = ChangedPage { id, title: &page.title, storage: page.storage(), version, message: &message };
    let target = format!("page {id} {}", quoted(&page.title, 80));
    Ok(Plan {
        request: pages::restore_page(&back),
        places: vec![page.place()],
        rests_on: Some(present),
        before: None,
        effect: AccessClass::Update,
        loses: Vec::new(),
        summary: format!("take {target} out of the trash"),
        preview: preview::of_new(page.storage(), &reads.context().site),
        undo: Undo::TrashTheNewOne(DocumentKind::Page),
        proof: Proof::PageIsCurrent(id.clone()),
        target,
    })
}
