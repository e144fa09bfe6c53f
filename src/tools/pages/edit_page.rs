//! Changes parts of a page; everything else keeps its bytes.

use schemars::JsonSchema;
use serde::Deserialize;

use super::change::{Change, rests_on};
use super::names::Names;
use crate::approval::Plan;
use crate::confluence::model::Page;
use crate::confluence::reply::Reply;
use crate::domain::access::Update;
use crate::domain::group::Group;
use crate::domain::ids::{ContentId, VersionNumber};
use crate::domain::text::one_line;
use crate::markup::{self, Conflict, EditError, Edited, Operation};
use crate::tools::answer::Written;
use crate::tools::{Context, Reads, ToolError, WriteTool, scopes};

/// Changes parts of a page.
pub(super) struct EditPage;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Id of the page.
    page_id: ContentId,
    /// The version you read.
    version: VersionNumber,
    /// At most 100; all name blocks of the version you read.
    operations: Vec<Operation>,
    /// Lets macros and comments go that you leave out.
    #[serde(default)]
    allow_loss: bool,
    /// Only shows what would change.
    #[serde(default)]
    dry_run: bool,
}

impl WriteTool for EditPage {
    const NAME: &'static str = "edit_page";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "Edit page";
    const DESCRIPTION: &'static str = "Changes parts of a page: blocks, words, tasks, table cells; all else keeps its bytes. \
        First get_page with mode edit: it shows block ids and the version. Copy {{macro …}} markers to keep macros.";
    const SCOPES: &'static [&'static str] = &[scopes::READ_PAGE, scopes::READ_SPACE, scopes::WRITE_PAGE];
    const UNDO_SCOPES: &'static [&'static str] = &[];
    type Access = Update;
    type Input = Input;

    fn only_shows(input: &Input) -> bool {
        input.dry_run
    }

    async fn plan(input: &Input, reads: &Reads<'_>) -> Result<Plan<Update>, ToolError> {
        let page = reads.page(&input.page_id).await?;
        if page.version_number() > input.version {
            still_applies(input, &page, reads).await?;
        } else {
            rests_on(&page, input.version)?;
        }
        let names = Names::of_links(page.storage(), reads.context()).await;
        let edited = markup::edit(page.storage(), &input.operations, &names, input.allow_loss);
        let Edited { storage, lost, .. } = edited.map_err(|error| refused(&error))?;
        let title = page.title.clone();
        Ok(Change::of(&page, &title, &storage).plan(lost, reads))
    }

    fn answer(_: &Input, reply: &Reply, context: &Context) -> Result<Written, ToolError> {
        Ok(super::written(&reply.json::<Page>()?, context))
    }
}

/// Why a change to the body cannot be made, and what to do.
pub(super) fn refused(error: &EditError) -> ToolError {
    let next = match error {
        EditError::NoBlock { .. } => "read the page again with get_page, mode edit",
        EditError::Loses(_) | EditError::Marker(_) => "read the page with get_page, mode edit, and copy the markers",
        _ => "mend the operations and call again; nothing was changed",
    };
    ToolError::input(error.to_string(), next)
}

/// Where somebody changed the page since, the blocks that are named must be as they were read; else both are told.
async fn still_applies(input: &Input, page: &Page, reads: &Reads<'_>) -> Result<(), ToolError> {
    let read = reads.page_at(&input.page_id, input.version).await?;
    let conflict = markup::conflict(read.storage(), page.storage(), &input.operations);
    let Some(Conflict { block, read, now }) = conflict else { return Ok(()) };
    let present = page.version_number();
    let now =
        now.map_or_else(|| "it is there no more".to_owned(), |now| format!("it reads now: {}", one_line(&now, 600)));
    Err(ToolError::conflict(
        format!(
            "block {block} changed between version {} and version {present}; nothing was overwritten. You read: {} — {now}",
            input.version,
            one_line(&read, 600)
        ),
        format!("read version {present} with get_page, mode edit, and make your change there"),
    ))
}
