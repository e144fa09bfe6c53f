//! Ticks a task off.

use super::keep::{self, OfTask};
use crate::approval::Plan;
use crate::confluence::reply::Reply;
use crate::domain::access::Update;
use crate::domain::group::Group;
use crate::tools::answer::Written;
use crate::tools::{Context, Reads, ToolError, WriteTool, scopes};

/// Ticks a task off.
pub(super) struct CompleteTask;

impl WriteTool for CompleteTask {
    const NAME: &'static str = "complete_task";
    const GROUP: Group = Group::Pages;
    const TITLE: &'static str = "Complete task";
    const DESCRIPTION: &'static str = "Ticks a task on a page off. To find its id, use list_tasks.";
    const SCOPES: &'static [&'static str] = &[scopes::READ_TASK, scopes::READ_SPACE, scopes::WRITE_TASK];
    const UNDO_SCOPES: &'static [&'static str] = &[];
    type Access = Update;
    type Input = OfTask;

    async fn plan(input: &OfTask, reads: &Reads<'_>) -> Result<Plan<Update>, ToolError> {
        keep::task(&input.task_id, true, reads).await
    }

    fn answer(input: &OfTask, _: &Reply, _: &Context) -> Result<Written, ToolError> {
        let note = Some("complete".to_owned());
        Ok(Written { id: Some(input.task_id.to_string()), note, ..Written::done() })
    }
}
