//! Gives a page another title.

use schemars::JsonSchema;
use serde::Deserialize;

use super::standing::current;
use super::{Title, preview};
use crate::approval::{Plan, Proof, Undo};
use crate::confluence::api::pages;
use crate::confluence::model::Page;
use crate::confluence::reply::Reply;
use crate::domain::access::{AccessClass, Update};
use crate::domain::group::Group;
use crate::domain::ids::ContentId;
use crate::domain::text::quoted;
use crate::tools::answer::Written;
use crate::tools::{Context, Reads, ToolError, WriteTool, scopes};

/// Renames a page.
pub(super) struct RenamePage;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Id of the page.
    page_id: ContentId,
    /// New title, unique in the space.
    title: Title,
}

impl WriteTool for RenamePage {
    const NAME: &'static str = "rename_page";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "Rename page";
    const DESCRIPTION: &'static str =
        "Gives a page another title; the body stays. To change both at once, use update_page.";
    const SCOPES: &'static [&'static str] = &[scopes::READ_PAGE, scopes::READ_SPACE, scopes::WRITE_PAGE];
    const UNDO_SCOPES: &'static [&'static str] = &[];
    type Access = Update;
    type Input = Input;

    async fn plan(input: &Input, reads: &Reads<'_>) -> Result<Plan<Update>, ToolError> {
        planned(&reads.page_head(&input.page_id).await?, input.title.as_str())
    }

    fn answer(_: &Input, reply: &Reply, context: &Context) -> Result<Written, ToolError> {
        Ok(super::written(&reply.json::<Page>()?, context))
    }
}

/// Plans to give a current page this title.
pub(in crate::tools) fn planned(page: &Page, title: &str) -> Result<Plan<Update>, ToolError> {
    current(page)?;
    if page.title == title {
        return Err(ToolError::input("the page has this title already", "name another title"));
    }
    let target = format!("page {} {}", page.id, quoted(&page.title, 80));
    Ok(Plan {
        request: pages::rename_page(&page.id, title),
        places: vec![page.itself()],
        rests_on: None,
        before: None,
        effect: AccessClass::Update,
        loses: Vec::new(),
        summary: format!("rename {target} to {}", quoted(title, 80)),
        preview: format!("title: {} → {}", preview::title(&page.title), preview::title(title)),
        undo: Undo::RenamePage { page: page.id.clone(), before: page.title.clone(), after: title.to_owned() },
        proof: Proof::PageIsRenamed { page: page.id.clone(), before: page.title.clone(), after: title.to_owned() },
        target,
    })
}
