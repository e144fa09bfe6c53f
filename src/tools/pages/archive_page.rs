//! Archives a page.

use schemars::JsonSchema;
use serde::Deserialize;

use super::preview;
use super::standing::{below, current, not_a_homepage};
use crate::approval::{Plan, Proof, Undo};
use crate::confluence::api::tree;
use crate::confluence::model::Begun;
use crate::confluence::reply::Reply;
use crate::domain::access::{AccessClass, Delete};
use crate::domain::group::Group;
use crate::domain::ids::ContentId;
use crate::domain::text::quoted;
use crate::tools::answer::Written;
use crate::tools::{Context, Reads, ToolError, WriteTool, scopes};

/// Archives a page.
pub(super) struct ArchivePage;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Id of the page.
    page_id: ContentId,
}

impl WriteTool for ArchivePage {
    const NAME: &'static str = "archive_page";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "Archive page";
    const DESCRIPTION: &'static str = "Archives a page: it leaves the tree and search, and keeps its title. Counts as \
        a delete; only a person can take a page out of the archive.";
    const SCOPES: &'static [&'static str] =
        &[scopes::READ_PAGE, scopes::READ_SPACE, scopes::READ_TREE, scopes::READ_METADATA, scopes::WRITE_PAGE];
    const UNDO_SCOPES: &'static [&'static str] = &[];
    type Access = Delete;
    type Input = Input;

    async fn plan(input: &Input, reads: &Reads<'_>) -> Result<Plan<Delete>, ToolError> {
        let page = reads.page(&input.page_id).await?;
        current(&page)?;
        let space = not_a_homepage(&page, "archived", reads).await?;
        let (below, _) = below(&page, reads).await?;
        let target = format!("page {} {}", page.id, quoted(&page.title, 80));
        Ok(Plan {
            request: tree::archive_page(&page.id),
            places: vec![page.itself()],
            rests_on: Some(page.version_number()),
            before: None,
            effect: AccessClass::Delete,
            loses: Vec::new(),
            summary: format!("archive {target} in space {}", space.key),
            preview: format!("{}\n{}", below.words(), preview::of_new(page.storage(), &reads.context().site)),
            undo: Undo::ByHand(format!("a person can restore {target} from the archive of space {}", space.key)),
            proof: Proof::PageIsArchived { version: page.version_number(), page: page.id },
            target,
        })
    }

    fn answer(input: &Input, reply: &Reply, _: &Context) -> Result<Written, ToolError> {
        let task: Begun = reply.json()?;
        Ok(Written { id: Some(input.page_id.to_string()), ..Written::begun(&task.id) })
    }
}
