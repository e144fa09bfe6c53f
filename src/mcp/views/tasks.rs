//! The tasks extension: a task is the record under its own id, so it outlives calls, connections and this process.

use rmcp::ErrorData;
use rmcp::model::{
    CancelTaskParams, CreateTaskResult, DetailedTask, ElicitRequest, GetTaskParams, GetTaskResult, InputRequest,
    InputRequests, Task, TaskPayload, TaskStatus, UpdateTaskParams,
};
use serde_json::Value;

use crate::app::App;
use crate::approval::Record;
use crate::approval::record::State;
use crate::domain::ids::ApprovalId;
use crate::store::StoreError;

use super::choose::Can;
use super::{Context, Server, Waiting, ask, client, form_is_due, outcome, who_answers};

/// How often a client is asked to look, in milliseconds.
const LOOK_EVERY: u64 = 3_000;

/// The one answer for a task that never was, whose id is none, and that is another agent's.
fn unknown() -> ErrorData {
    ErrorData::invalid_params("there is no such task", None)
}

fn unreadable(error: &StoreError) -> ErrorData {
    tracing::error!(%error, "a task's record cannot be read or changed");
    ErrorData::internal_error("the task cannot be read now; try again", None)
}

/// The task of a write that waits.
pub(super) fn created(app: &App, record: &Record) -> CreateTaskResult {
    CreateTaskResult::new(task(app, record))
}

/// What is waited for, in one line.
pub(super) fn waited_for(app: &App, record: &Record) -> String {
    let asked = &record.asked;
    match record.state {
        State::Pending => {
            let place = app.review_of(record).map_or_else(
                || format!("with `sluice approvals approve {}`", asked.id),
                |address| format!("at {address}"),
            );
            format!("waiting for a person to decide {place}: {}", asked.summary)
        }
        State::Approved | State::Executing => format!("approved, being sent: {}", asked.summary),
        _ => format!("sent; whether it took effect is being found out: {}", asked.summary),
    }
}

fn task(app: &App, record: &Record) -> Task {
    let asked = &record.asked;
    let latest = [
        record.outcome.as_ref().map(|outcome| outcome.at),
        record.sent_at,
        record.decision.as_ref().map(|decision| decision.at),
    ];
    let latest = latest.into_iter().flatten().max().unwrap_or(asked.at);
    let lasts = asked.decide_by.duration_since(asked.at).unsigned_abs();
    let task = Task::new(asked.id.as_str(), TaskStatus::Working, asked.at.to_string(), latest.to_string())
        .with_ttl_ms(u64::try_from(lasts.as_millis()).unwrap_or(u64::MAX))
        .with_poll_interval_ms(LOOK_EVERY);
    if record.state.is_settled() {
        let message = record.outcome.as_ref().and_then(|outcome| outcome.message.clone());
        return task.with_status_message(message.unwrap_or_else(|| record.state.word().to_owned()));
    }
    task.with_status_message(waited_for(app, record))
}

/// The agent's own record of that task.
async fn own(server: &Server, id: &str) -> Result<Record, ErrorData> {
    let id: ApprovalId = id.parse().map_err(|_| unknown())?;
    let record = server.app.approvals().own(&server.caller.agent, &id).await.map_err(|error| unreadable(&error))?;
    record.ok_or_else(unknown)
}

/// Answers `tasks/get`.
pub(in crate::mcp) async fn get(
    server: &Server,
    request: &GetTaskParams,
    context: &Context,
) -> Result<GetTaskResult, ErrorData> {
    let record = own(server, &request.task_id).await?;
    let payload = payload(server, &record, context).await;
    let mut result = GetTaskResult::new(DetailedTask::new(task(&server.app, &record), payload));
    result.meta = who_answers(context);
    Ok(result)
}

async fn payload(server: &Server, record: &Record, context: &Context) -> TaskPayload {
    if record.state == State::Cancelled {
        return TaskPayload::Cancelled;
    }
    if record.state.is_settled() {
        let mut result = outcome(&server.app, &record.asked.tool, record);
        result.meta = who_answers(context);
        let Ok(Value::Object(result)) = serde_json::to_value(result) else { return TaskPayload::Working };
        return TaskPayload::Completed { result };
    }
    // Only who shows forms is asked for one, and says so each time. The name stays, so that it is shown once.
    let asks = client(context).can.contains(&Can::Form) && form_is_due(&Waiting::new(record, None));
    match if asks { ask::form(&server.app, record).await.ok() } else { None } {
        Some(form) => TaskPayload::InputRequired {
            input_requests: InputRequests::from([(
                ask::FORM.to_owned(),
                InputRequest::Elicitation(ElicitRequest::new(form)),
            )]),
        },
        None => TaskPayload::Working,
    }
}

/// Answers `tasks/update`: takes the form's answer where the agent's own user may decide.
pub(in crate::mcp) async fn update(
    server: &Server,
    request: &UpdateTaskParams,
    context: &Context,
) -> Result<(), ErrorData> {
    let record = own(server, &request.task_id).await?;
    let due = form_is_due(&Waiting::new(&record, None)) && client(context).can.contains(&Can::Form);
    let form = ask::brought(Some(&request.input_responses), ask::FORM).filter(|_| due);
    if let Some(ask::Said::Decided(says, reason)) = form.as_ref().map(ask::said) {
        ask::decide(&server.app, &record, says, reason).await;
    }
    Ok(())
}

/// Answers `tasks/cancel`: withdraws what was not sent yet.
pub(in crate::mcp) async fn cancel(server: &Server, request: &CancelTaskParams) -> Result<(), ErrorData> {
    let record = own(server, &request.task_id).await?;
    let withdrawn = server.app.approvals().withdraw(&server.caller.agent, &record.asked.id).await;
    withdrawn.map(drop).map_err(|error| unreadable(&error))
}
