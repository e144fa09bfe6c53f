//! Stops watching a page.

use schemars::JsonSchema;
use serde::Deserialize;

use super::keep;
use crate::approval::Plan;
use crate::confluence::reply::Reply;
use crate::domain::access::Delete;
use crate::domain::group::Group;
use crate::domain::ids::ContentId;
use crate::tools::answer::Written;
use crate::tools::{Context, Reads, ToolError, WriteTool, scopes};

/// Stops watching a page.
pub(super) struct UnwatchPage;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Id of the page.
    page_id: ContentId,
}

impl WriteTool for UnwatchPage {
    const NAME: &'static str = "unwatch_page";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "Unwatch page";
    const DESCRIPTION: &'static str = "Stops watching a page with the connected account. Counts as a delete.";
    const SCOPES: &'static [&'static str] =
        &[scopes::READ_PAGE, scopes::READ_SPACE, scopes::READ_WATCHER, scopes::WRITE_WATCHER];
    const UNDO_SCOPES: &'static [&'static str] = &[];
    type Access = Delete;
    type Input = Input;

    async fn plan(input: &Input, reads: &Reads<'_>) -> Result<Plan<Delete>, ToolError> {
        keep::unwatch(&input.page_id, reads).await
    }

    fn answer(input: &Input, _: &Reply, _: &Context) -> Result<Written, ToolError> {
        let note = Some("not watched any more".to_owned());
        Ok(Written { id: Some(input.page_id.to_string()), note, ..Written::done() })
    }
}
