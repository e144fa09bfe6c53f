//! What each tool answers.

use std::time::Duration;

use rmcp::ErrorData;
use rmcp::model::{CallToolRequestParams, CallToolResponse, CallToolResult, ProgressNotificationParam};
use serde_json::{Value, json};

use crate::fixtures::{Context, Fixtures, is_modern, of};
use crate::input_required::{self, Retry, Step};
use crate::resources::{IMAGE, SOUND};
use crate::tasks::{self, Job};
use crate::{elicitation, logging};

/// The longest a task may take, in seconds.
const LONGEST: i64 = 60;

/// Calls a tool.
pub(crate) async fn call(
    server: &Fixtures,
    request: &CallToolRequestParams,
    context: &Context,
) -> Result<CallToolResponse, ErrorData> {
    let name = request.name.as_ref();
    if let Some(content) = content(name) {
        return result(&content, name == "test_error_handling");
    }
    if let Some(form) = input_required::form(name) {
        let retry =
            Retry { name, responses: request.input_responses.as_ref(), state: request.request_state.as_deref() };
        return match form.step(&retry, context, &server.shared.states)? {
            Step::Ask(asked) => Ok(asked.into()),
            Step::Done(said) if name == "test_tool_with_task" && tasks::followed(context) => {
                server.shared.tasks.start(Job::text(0, &said), context).map(Into::into)
            }
            Step::Done(said) => text(&said),
        };
    }
    if let Some(job) = Job::of_tool(name) {
        return server.shared.tasks.start(job, context).map(Into::into);
    }
    if let Some(ask) = elicitation::request(name, &argument(request, "message"), &argument(request, "prompt")) {
        return elicitation::ask(ask, context).await;
    }
    act(server, request, context).await
}

/// Tools that do something, if only to wait.
async fn act(
    server: &Fixtures,
    request: &CallToolRequestParams,
    context: &Context,
) -> Result<CallToolResponse, ErrorData> {
    match request.name.as_ref() {
        "greet" => text(&format!("Hello, {}!", argument(request, "name"))),
        "test_x_mcp_header" => text(&format!("Runs in {}.", argument(request, "region"))),
        "test_tool_with_progress" => {
            progress(context).await;
            text("Progress was reported.")
        }
        "test_tool_with_logging" | "test_logging_tool" => {
            logging::write(server, context).await;
            text("Log lines were written.")
        }
        "slow_compute" => {
            let seconds = request.arguments.as_ref().and_then(|arguments| arguments.get("seconds"));
            let seconds = seconds.and_then(Value::as_i64).unwrap_or(0).clamp(0, LONGEST);
            let words = format!("Computed {} for {seconds} s.", argument(request, "label"));
            if tasks::followed(context) {
                return server.shared.tasks.start(Job::text(seconds, &words), context).map(Into::into);
            }
            tokio::select! {
                () = context.ct.cancelled() => {}
                () = tokio::time::sleep(Duration::from_secs(seconds.unsigned_abs())) => {}
            }
            text(&words)
        }
        "test_trigger_tool_change" => {
            server.shared.changes.send_modify(|changes| changes.tools = changes.tools.wrapping_add(1));
            if !is_modern(context) {
                let _ = context.peer.notify_tool_list_changed().await;
            }
            text("The list of tools changed.")
        }
        "test_trigger_prompt_change" => {
            server.shared.changes.send_modify(|changes| changes.prompts = changes.prompts.wrapping_add(1));
            if !is_modern(context) {
                let _ = context.peer.notify_prompt_list_changed().await;
            }
            text("The list of prompts changed.")
        }
        name => Err(ErrorData::invalid_params(format!("Unknown tool: {name}"), None)),
    }
}

/// What the tools that always answer the same answer.
fn content(name: &str) -> Option<Value> {
    let words = |words: &str| json!({ "type": "text", "text": words });
    let image = || json!({ "type": "image", "data": IMAGE, "mimeType": "image/png" });
    let resource = |uri: &str, kind: &str, text: &str| json!({ "type": "resource", "resource": { "uri": uri, "mimeType": kind, "text": text } });
    Some(match name {
        "test_simple_text" => json!([words("This is a simple text response for testing.")]),
        "test_error_handling" => json!([words("This tool intentionally returns an error for testing")]),
        "test_image_content" => json!([image()]),
        "test_audio_content" => json!([{ "type": "audio", "data": SOUND, "mimeType": "audio/wav" }]),
        "test_embedded_resource" => {
            json!([resource("test://embedded-resource", "text/plain", "This is an embedded resource content.")])
        }
        "test_multiple_content_types" => json!([
            words("Multiple content types test:"),
            image(),
            resource("test://mixed-content-resource", "application/json", r#"{"test":"data","value":123}"#),
        ]),
        "test_reconnection" => json!([words("The stream could have been left and come back to.")]),
        "json_schema_2020_12_tool" => json!([words("The arguments were taken.")]),
        "test_tool_that_comes_and_goes" => json!([words("This tool is listed after every other change.")]),
        _ => return None,
    })
}

/// Says three times how far the call is, to a client that wants to know.
async fn progress(context: &Context) {
    let token = context.meta.get_progress_token();
    for done in [0.0, 50.0, 100.0] {
        if let Some(token) = token.clone() {
            let step = ProgressNotificationParam::new(token, done).with_total(100.0);
            let _ = context.peer.notify_progress(step).await;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// A text argument, or an empty text.
fn argument(request: &CallToolRequestParams, name: &str) -> String {
    let value = request.arguments.as_ref().and_then(|arguments| arguments.get(name)).and_then(Value::as_str);
    value.unwrap_or_default().to_owned()
}

/// An answer of one text.
pub(crate) fn text(words: &str) -> Result<CallToolResponse, ErrorData> {
    result(&json!([{ "type": "text", "text": words }]), false)
}

/// An answer of the tool, or its error.
pub(crate) fn result(content: &Value, error: bool) -> Result<CallToolResponse, ErrorData> {
    of::<CallToolResult>(json!({ "resultType": "complete", "content": content, "isError": error })).map(Into::into)
}
