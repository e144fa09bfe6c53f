//! Opens a task again that was ticked off.

use super::keep::{self, OfTask};
use crate::approval::Plan;
use crate::confluence::reply::Reply;
use crate::domain::access::Update;
use crate::domain::group::Group;
use crate::tools::answer::Written;
use crate::tools::{Context, Reads, ToolError, WriteTool, scopes};

/// Opens a task again that was ticked off.
pub(super) struct ReopenTask;

impl WriteTool for ReopenTask {
    const NAME: &'static str = "reopen_task";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "Reopen task";
    const DESCRIPTION: &'static str = "Opens a task again that was ticked off.";
    const SCOPES: &'static [&'static str] = &[scopes::READ_TASK, scopes::READ_SPACE, scopes::WRITE_TASK];
    const UNDO_SCOPES: &'static [&'static str] = &[];
    type Access = Update;
    type Input = OfTask;

    async fn plan(input: &OfTask, reads: &Reads<'_>) -> Result<Plan<Update>, ToolError> {
        keep::task(&input.task_id, false, reads).await
    }

    fn answer(input: &OfTask, _: &Reply, _: &Context) -> Result<Written, ToolError> {
        let note = Some("open".to_owned());
        Ok(Written { id: Some(input.task_id.to_string()), note, ..Written::done() })
    }
}
