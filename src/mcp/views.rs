//! How a write that waits for a person is shown to the client that asked for it, in both eras of the protocol.
//!
//! The record decides; everything here only looks at it. A view may end early, be asked twice or be lost without any
//! consequence, except that an explicit cancel withdraws the write and a form's plain answer is a decision where the
//! profile lets the agent's own user decide. A lost connection changes nothing.

mod ask;
mod cancels;
mod choose;
mod legs;
mod raced;
mod state;
mod tasks;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use rmcp::ErrorData;
use rmcp::model::{CallToolRequestParams, CallToolResponse, CallToolResult, InputRequiredResult};

use crate::app::App;
use crate::approval::record::{Record, State};
use crate::domain::ids::ApprovalId;
use crate::telemetry::TraceContext;
use crate::tools::context::{Progress, Silent};
use crate::tools::told::{self, Replayed};
use crate::tools::{Answer, Begun, Entry, ToolError};

use super::progress::{self, Steps};
use super::replies;
use super::server::{Context, Server, is_modern, who_answers};
use choose::{Client, Era, View, Waiting, choose, form_is_due};

pub(super) use cancels::Cancels;
pub use state::StateKey;
pub(super) use tasks::{cancel as cancel_task, get as get_task, update as update_task};

/// How often a client that asked for progress hears that a person is still waited for.
const BEAT: Duration = Duration::from_secs(5);
/// How long the outcome of a write is waited for once somebody said yes to it.
const AFTER_YES: Duration = Duration::from_secs(20);

/// One call of one client.
struct Call<'a> {
    server: &'a Server,
    entry: &'static Entry,
    context: &'a Context,
    steps: Option<Arc<Steps>>,
}

/// Calls a tool and answers it; where its write waits, in the best view that the client takes part in. A fault in one
/// call is that call's alone.
pub(super) async fn answer(
    server: &Server,
    entry: &'static Entry,
    request: CallToolRequestParams,
    context: &Context,
) -> Result<CallToolResponse, ErrorData> {
    let (steps, receiver) = context.meta.get_progress_token().map(Steps::new).unzip();
    let sending = async {
        if let Some(receiver) = receiver {
            progress::send(receiver, context.peer.clone()).await;
        }
    };
    let call = Call { server, entry, context, steps: steps.map(Arc::new) };
    server.cancels.begun(&context.id);
    let answering = AssertUnwindSafe(call.answer(request)).catch_unwind();
    let (answer, ()) = tokio::join!(answering, sending);
    if !context.ct.is_cancelled() {
        server.cancels.answered(&context.id);
    }
    let mut answer = answer.unwrap_or_else(|_| {
        tracing::error!(tool = entry.facts.name, "a call ended by a fault");
        Ok(replies::failure(entry.facts.name, &ToolError::fault()).into())
    })?;
    match &mut answer {
        CallToolResponse::Complete(result) => result.meta = who_answers(context),
        CallToolResponse::InputRequired(result) => result.meta = who_answers(context),
        CallToolResponse::Task(result) => result.meta = who_answers(context),
        _ => {}
    }
    Ok(answer)
}

/// Withdraws a write that the client no longer wants.
pub(super) async fn withdraw(server: &Server, id: &ApprovalId) {
    if let Err(error) = server.app.approvals().withdraw(&server.caller.agent, id).await {
        tracing::error!(%error, "a cancelled write could not be withdrawn");
    }
}

/// What a call would be answered whose write has come to this.
fn outcome(app: &App, tool: &str, record: &Record) -> CallToolResult {
    let told = if record.state.is_settled() {
        told::settled(record, Replayed::No)
    } else {
        told::unsettled(record, app.review_of(record))
    };
    ended(tool, told)
}

fn ended(tool: &str, told: Result<Answer, ToolError>) -> CallToolResult {
    match told {
        Ok(answer) => replies::answer(answer),
        Err(error) => replies::failure(tool, &error),
    }
}

/// Who asks, as the request itself says or, in a session, as it was said at its start.
fn client(context: &Context) -> Client {
    let era = if is_modern(context) { Era::Modern } else { Era::Legacy };
    Client::new(era, &context.client_capabilities().unwrap_or_default())
}

/// Where the caller's own trace stands, as its request says by the names that OpenTelemetry has for it.
fn trace(context: &Context) -> Option<TraceContext> {
    let word = |name: &str| context.meta.get(name).and_then(serde_json::Value::as_str);
    TraceContext::read(word("traceparent")?, word("tracestate"))
}

impl Call<'_> {
    fn app(&self) -> &Arc<App> {
        &self.server.app
    }

    fn tool(&self) -> &'static str {
        self.entry.facts.name
    }

    async fn answer(self, request: CallToolRequestParams) -> Result<CallToolResponse, ErrorData> {
        if let Some(state) = &request.request_state {
            return self.resume(state, &request).await;
        }
        let arguments = request.arguments.unwrap_or_default();
        let progress: Arc<dyn Progress> = match &self.steps {
            Some(steps) => Arc::clone(steps) as Arc<dyn Progress>,
            None => Arc::new(Silent),
        };
        let (caller, cancelled) = (self.server.caller.clone(), self.context.ct.clone());
        match self.app().begin(caller, self.entry, arguments, progress, cancelled, trace(self.context)).await {
            Ok(Begun::Ended(answer)) => Ok(replies::answer(answer).into()),
            Ok(Begun::Waits(record)) => Ok(self.show(&record).await),
            Err(error) => Ok(replies::failure(self.tool(), &error).into()),
        }
    }

    /// Shows a write that has just been asked, or was asked before by an equal call.
    async fn show(&self, record: &Record) -> CallToolResponse {
        if let Some(taken_back) = self.taken_back(record).await {
            return taken_back.into();
        }
        let hold = self.server.caller.profile.approval.hold;
        match choose(&client(self.context), &Waiting::new(record, self.app().review_of(record))) {
            View::Task => tasks::created(self.app(), record).into(),
            View::Form => self.ask_form(record).await,
            View::Url(address) => self.ask_page(record, address),
            View::Legs => self.leg(record, 0).await,
            View::RacedForm => self.raced_form(record, hold).await.into(),
            View::RacedUrl(address) => self.raced_page(record, address, hold).await.into(),
            View::Held => self.held(record, hold).await.into(),
            View::Now => self.now(record).into(),
        }
    }

    /// Notes in which record the call waits, and withdraws it where the client has taken the call back already.
    async fn taken_back(&self, record: &Record) -> Option<CallToolResult> {
        let id = &record.asked.id;
        if self.server.cancels.waits_in(&self.context.id, id) == cancels::Said::Nothing {
            return None;
        }
        withdraw(self.server, id).await;
        Some(ended(self.tool(), Err(ToolError::cancelled())))
    }

    /// The write as it is.
    fn now(&self, record: &Record) -> CallToolResult {
        outcome(self.app(), self.tool(), record)
    }

    /// Holds the call and answers what has become of the write then.
    async fn held(&self, record: &Record, hold: Duration) -> CallToolResult {
        match self.hold(record, hold).await {
            Ok(record) => self.now(&record),
            Err(error) => replies::failure(self.tool(), &error),
        }
    }

    /// Waits until the write has come to its end, the client is gone or has taken the call back, whoever serves it is
    /// about to end, or for so long.
    async fn hold(&self, record: &Record, how_long: Duration) -> Result<Record, ToolError> {
        let approvals = self.app().approvals();
        let (id, mut left) = (&record.asked.id, how_long);
        loop {
            let slice = if self.steps.is_some() { left.min(BEAT) } else { left };
            let record = tokio::select! {
                biased;
                () = self.context.ct.cancelled() => approvals.get(id).await,
                () = self.server.leaving.cancelled() => approvals.get(id).await,
                record = approvals.wait(id, slice, State::is_settled) => record,
            };
            let record = record?.ok_or_else(ToolError::not_found)?;
            left = left.saturating_sub(slice);
            let nobody_waits = self.context.ct.is_cancelled() || self.server.leaving.is_cancelled();
            if record.state.is_settled() || left.is_zero() || nobody_waits {
                return Ok(record);
            }
            if let Some(steps) = &self.steps {
                steps.beat(&self.waited_for(&record));
            }
        }
    }

    /// What is waited for, in one line.
    fn waited_for(&self, record: &Record) -> String {
        tasks::waited_for(self.app(), record)
    }
}

/// Asks the client to come back with this state.
fn come_back(state: String) -> CallToolResponse {
    InputRequiredResult::from_request_state(state).into()
}
