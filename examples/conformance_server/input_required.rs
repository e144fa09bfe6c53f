//! Calls of the modern era that need answers first: the client is told what is asked, and calls again with the answers.

use std::time::Duration;

use rmcp::ErrorData;
use rmcp::model::{
    ClientCapabilities, InputRequests, InputRequiredResult, InputResponses, RequestStateCodec, SealOptions,
};
use serde_json::{Map, Value, json};

use crate::fixtures::{Context, of};

/// How long a client may take for its answers.
const PATIENCE: Duration = Duration::from_mins(10);

/// What is asked, round by round, and what is said once everything is answered.
pub(crate) struct Form {
    rounds: Vec<Map<String, Value>>,
    says: &'static str,
    state: State,
    undeclared: Undeclared,
}

/// Whether answers count only together with the state that was handed out.
#[derive(PartialEq)]
enum State {
    Unneeded,
    Sealed,
}

/// What becomes of questions the client cannot answer.
#[derive(PartialEq)]
enum Undeclared {
    Refused,
    LeftOut,
}

/// What came with a call: its name, and the answers to an earlier one.
pub(crate) struct Retry<'a> {
    pub(crate) name: &'a str,
    pub(crate) responses: Option<&'a InputResponses>,
    pub(crate) state: Option<&'a str>,
}

/// How a call goes on.
pub(crate) enum Step {
    Ask(InputRequiredResult),
    Done(String),
}

/// What the tool or prompt of this name needs before it answers.
pub(crate) fn form(name: &str) -> Option<Form> {
    let question = || sampling("What is the capital of France?", 100);
    let rounds = match name {
        "test_input_required_result_elicitation" => vec![json!({ "user_name": ask("What is your name?", "name") })],
        "test_input_required_result_sampling" | "test_missing_capability" => {
            vec![json!({ "capital_question": question() })]
        }
        "test_input_required_result_list_roots" => vec![json!({ "client_roots": roots() })],
        "test_input_required_result_request_state" | "test_input_required_result_tampered_state" => {
            vec![json!({ "confirm": elicitation("Please confirm", "ok", "boolean") })]
        }
        "test_input_required_result_multiple_inputs" => vec![json!({
            "user_name": ask("What is your name?", "name"),
            "greeting": sampling("Generate a greeting", 50),
            "client_roots": roots(),
        })],
        "test_input_required_result_multi_round" => vec![
            json!({ "step1": ask("Step 1: What is your name?", "name") }),
            json!({ "step2": ask("Step 2: What is your favorite color?", "color") }),
        ],
        "test_input_required_result_capabilities" => {
            vec![json!({ "user_name": ask("What is your name?", "name"), "capital_question": question() })]
        }
        "test_input_required_result_prompt" => {
            vec![json!({ "user_context": ask("What context should the prompt use?", "context") })]
        }
        "test_streaming_elicitation" | "test_tool_with_task" => {
            vec![json!({ "user_name": ask("What is your name?", "name") })]
        }
        _ => return None,
    };
    let rounds = rounds.into_iter().map(|round| round.as_object().cloned().unwrap_or_default()).collect();
    let (says, state) = match name {
        "test_input_required_result_request_state" => ("state-ok: {}", State::Sealed),
        "test_input_required_result_tampered_state"
        | "test_input_required_result_multiple_inputs"
        | "test_input_required_result_multi_round"
        | "test_tool_with_task" => ("You answered: {}", State::Sealed),
        "test_input_required_result_elicitation" => ("Hello, {}!", State::Unneeded),
        _ => ("You answered: {}", State::Unneeded),
    };
    let optional = name == "test_input_required_result_capabilities";
    let undeclared = if optional { Undeclared::LeftOut } else { Undeclared::Refused };
    Some(Form { rounds, says, state, undeclared })
}

impl Form {
    /// Takes the answers that came, and asks for what is still missing.
    pub(crate) fn step(
        &self,
        retry: &Retry<'_>,
        context: &Context,
        states: &RequestStateCodec,
    ) -> Result<Step, ErrorData> {
        let bound = retry.name.as_bytes();
        let forged = || ErrorData::invalid_params("invalid requestState", None);
        let (mut round, mut answers): (usize, Vec<String>) = match retry.state {
            Some(state) => states.open_json_with(state, bound).map_err(|_| forged())?,
            None => (0, Vec::new()),
        };
        let mut asked = self.asked(round, context)?.ok_or_else(forged)?;
        let counts = self.state == State::Unneeded || retry.state.is_some();
        if let Some(new) = answered(&asked, retry.responses.filter(|_| counts)) {
            answers.extend(new);
            round = round.saturating_add(1);
            match self.asked(round, context)? {
                Some(next) => asked = next,
                None => return Ok(Step::Done(self.says.replace("{}", &answers.join(", ")))),
            }
        }
        let sealing = SealOptions::new().associated_data(bound).ttl(PATIENCE);
        let state = match self.state {
            State::Unneeded => None,
            State::Sealed => Some(states.seal_json_with(&(round, answers), &sealing).map_err(|_| forged())?),
        };
        let requests: InputRequests = of(Value::Object(asked))?;
        Ok(Step::Ask(InputRequiredResult::new(Some(requests), state)))
    }

    /// What this round asks of this client, if there is such a round.
    fn asked(&self, round: usize, context: &Context) -> Result<Option<Map<String, Value>>, ErrorData> {
        let Some(mut asked) = self.rounds.get(round).cloned() else { return Ok(None) };
        if self.undeclared == Undeclared::LeftOut {
            asked.retain(|_, request| require(method(request), context).is_ok());
        }
        for request in asked.values() {
            require(method(request), context)?;
        }
        Ok(Some(asked))
    }
}

/// Refuses clients that did not declare that they take requests of this method.
pub(crate) fn require(method: &str, context: &Context) -> Result<(), ErrorData> {
    let capability = method.split('/').next().unwrap_or_default();
    let declared = serde_json::to_value(context.client_capabilities()).unwrap_or_default();
    if declared.get(capability).is_some_and(Value::is_object) {
        return Ok(());
    }
    let missing: ClientCapabilities = of(json!({ capability: {} }))?;
    Err(ErrorData::missing_required_client_capability(missing))
}

/// A form of one text.
pub(crate) fn ask(message: &str, field: &str) -> Value {
    elicitation(message, field, "string")
}

fn elicitation(message: &str, field: &str, kind: &str) -> Value {
    let schema = json!({ "type": "object", "properties": { field: { "type": kind } }, "required": [field] });
    json!({ "method": "elicitation/create", "params": { "message": message, "requestedSchema": schema } })
}

fn sampling(question: &str, tokens: u32) -> Value {
    let message = json!({ "role": "user", "content": { "type": "text", "text": question } });
    json!({ "method": "sampling/createMessage", "params": { "messages": [message], "maxTokens": tokens } })
}

fn roots() -> Value {
    json!({ "method": "roots/list", "params": {} })
}

fn method(request: &Value) -> &str {
    request.get("method").and_then(Value::as_str).unwrap_or_default()
}

/// The answers to all that was asked, or nothing if one is missing or makes no sense. Others are passed over.
fn answered(asked: &Map<String, Value>, responses: Option<&InputResponses>) -> Option<Vec<String>> {
    asked.iter().map(|(key, request)| answer(request, responses?.get(key)?)).collect()
}

/// What a response says in answer to the request.
fn answer(request: &Value, response: &Value) -> Option<String> {
    match method(request) {
        "elicitation/create" => match response.get("action")?.as_str()? {
            "accept" => {
                let content = response.get("content")?.as_object()?;
                let mut required = request.pointer("/params/requestedSchema/required")?.as_array()?.iter();
                let complete = required.all(|field| field.as_str().is_some_and(|field| content.contains_key(field)));
                complete.then(|| words(content.values()))
            }
            refusal @ ("decline" | "cancel") => Some(refusal.to_owned()),
            _ => None,
        },
        "sampling/createMessage" => response.pointer("/content/text")?.as_str().map(ToOwned::to_owned),
        _ => Some(words(response.get("roots")?.as_array()?.iter().filter_map(|root| root.get("uri")))),
    }
}

fn words<'a>(values: impl Iterator<Item = &'a Value>) -> String {
    let words = values.map(|value| value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned));
    words.collect::<Vec<_>>().join(", ")
}
