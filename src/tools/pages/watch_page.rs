//! Watches a page.

use schemars::JsonSchema;
use serde::Deserialize;

use super::keep;
use crate::approval::Plan;
use crate::confluence::reply::Reply;
use crate::domain::access::Create;
use crate::domain::group::Group;
use crate::domain::ids::ContentId;
use crate::tools::answer::Written;
use crate::tools::{Context, Reads, ToolError, WriteTool, scopes};

/// Watches a page.
pub(super) struct WatchPage;

/// Arguments.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Input {
    /// Id of the page.
    page_id: ContentId,
}

impl WriteTool for WatchPage {
    const NAME: &'static str = "watch_page";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "Watch page";
    const DESCRIPTION: &'static str =
        "Watches a page with the connected account, which is then notified of its changes.";
    const SCOPES: &'static [&'static str] =
        &[scopes::READ_PAGE, scopes::READ_SPACE, scopes::READ_WATCHER, scopes::WRITE_WATCHER];
    const UNDO_SCOPES: &'static [&'static str] = &[];
    type Access = Create;
    type Input = Input;

    async fn plan(input: &Input, reads: &Reads<'_>) -> Result<Plan<Create>, ToolError> {
        keep::watch(&input.page_id, reads).await
    }

    fn answer(input: &Input, _: &Reply, _: &Context) -> Result<Written, ToolError> {
        let note = Some("watched".to_owned());
        Ok(Written { id: Some(input.page_id.to_string()), note, ..Written::done() })
    }
}
