//! Tools of the legacy era that ask through the session while the call waits.

use std::time::Duration;

use rmcp::ErrorData;
use rmcp::model::CallToolResponse;
use serde_json::{Value, json};

use crate::fixtures::{Context, of};
use crate::input_required::require;
use crate::tools::{result, text};

/// How long a client may take for its answer.
const PATIENCE: Duration = Duration::from_mins(1);

/// What is asked of the client.
pub(crate) enum Request {
    Person(Value),
    Model(Value),
}

/// What the tool of this name asks, given its arguments.
pub(crate) fn request(name: &str, message: &str, prompt: &str) -> Option<Request> {
    let form = |message: &str, properties: Value, required: Value| {
        let schema = json!({ "type": "object", "properties": properties, "required": required });
        Request::Person(json!({ "message": message, "requestedSchema": schema }))
    };
    Some(match name {
        "test_elicitation" => {
            let username = json!({ "type": "string", "description": "User's response" });
            let email = json!({ "type": "string", "description": "User's email address" });
            form(message, json!({ "username": username, "email": email }), json!(["username", "email"]))
        }
        "test_elicitation_sep1034_defaults" => form("Please check the defaults", defaults(), json!([])),
        "test_elicitation_sep1330_enums" => form("Please choose", choices(), json!([])),
        "test_sampling" => {
            let message = json!({ "role": "user", "content": { "type": "text", "text": prompt } });
            Request::Model(json!({ "messages": [message], "maxTokens": 100 }))
        }
        _ => return None,
    })
}

/// A field of every kind, each with a default (SEP-1034).
fn defaults() -> Value {
    json!({
        "name": { "type": "string", "default": "John Doe" },
        "age": { "type": "integer", "default": 30 },
        "score": { "type": "number", "default": 95.5 },
        "status": { "type": "string", "enum": ["active", "inactive", "pending"], "default": "active" },
        "verified": { "type": "boolean", "default": true },
    })
}

/// A choice of every kind (SEP-1330).
fn choices() -> Value {
    let plain = json!(["option1", "option2", "option3"]);
    let titled = |kind: &str| -> Value {
        let one =
            |number: &str, rank: &str| json!({ "const": format!("value{number}"), "title": format!("{rank} {kind}") });
        json!([one("1", "First"), one("2", "Second"), one("3", "Third")])
    };
    json!({
        "untitledSingle": { "type": "string", "enum": plain },
        "titledSingle": { "type": "string", "oneOf": titled("Option") },
        "legacyEnum": {
            "type": "string",
            "enum": ["opt1", "opt2", "opt3"],
            "enumNames": ["Option One", "Option Two", "Option Three"],
        },
        "untitledMulti": { "type": "array", "items": { "type": "string", "enum": plain } },
        "titledMulti": { "type": "array", "items": { "anyOf": titled("Choice") } },
    })
}

/// Asks, waits, and says what came back. The question has to be asked in the call's own task.
pub(crate) async fn ask(request: Request, context: &Context) -> Result<CallToolResponse, ErrorData> {
    let method = match &request {
        Request::Person(_) => "elicitation/create",
        Request::Model(_) => "sampling/createMessage",
    };
    if require(method, context).is_err() {
        return refused(&format!("The client takes no {method}."));
    }
    let said = match request {
        Request::Person(form) => {
            let answer = context.peer.create_elicitation_with_timeout(of(form)?, Some(PATIENCE)).await;
            answer.map(|answer| {
                let answer = json!(answer);
                let part = |name: &str| answer.get(name).cloned().unwrap_or_default();
                format!("User response: action={}, content={}", part("action"), part("content"))
            })
        }
        Request::Model(question) => {
            #[expect(deprecated, reason = "the suite checks sampling for as long as a revision has it")]
            let answer = context.peer.create_message(of(question)?).await;
            answer.map(|answer| {
                let answer = json!(answer);
                let words = answer.pointer("/content/text").and_then(Value::as_str).unwrap_or_default();
                format!("LLM response: {words}")
            })
        }
    };
    match said {
        Ok(said) => text(&said),
        Err(error) => refused(&format!("Asking failed: {error}")),
    }
}

fn refused(words: &str) -> Result<CallToolResponse, ErrorData> {
    result(&json!([{ "type": "text", "text": words }]), true)
}
