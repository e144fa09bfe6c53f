//! The prompts that can be got.

use rmcp::ErrorData;
use rmcp::model::{GetPromptRequestParams, GetPromptResponse, GetPromptResult};
use serde_json::{Value, json};

use crate::fixtures::{Context, Fixtures, of};
use crate::input_required::{self, Retry, Step};
use crate::resources::IMAGE;

/// The prompt with its arguments filled in, or what has to be answered first.
pub(crate) fn get(
    server: &Fixtures,
    request: &GetPromptRequestParams,
    context: &Context,
) -> Result<GetPromptResponse, ErrorData> {
    let name = request.name.as_str();
    let argument = |argument: &str| {
        let value = request.arguments.as_ref().and_then(|arguments| arguments.get(argument)).and_then(Value::as_str);
        value.ok_or_else(|| ErrorData::invalid_params(format!("`{argument}` is missing"), None))
    };
    let contents = match name {
        "test_simple_prompt" => vec![text("This is a simple prompt for testing.")],
        "test_prompt_with_arguments" => {
            let (first, second) = (argument("arg1")?, argument("arg2")?);
            vec![text(&format!("Prompt with arguments: arg1='{first}', arg2='{second}'"))]
        }
        "test_prompt_with_embedded_resource" => {
            let words = "Embedded resource content for testing.";
            let resource = json!({ "uri": argument("resourceUri")?, "mimeType": "text/plain", "text": words });
            let embedded = json!({ "type": "resource", "resource": resource });
            vec![embedded, text("Please process the embedded resource above.")]
        }
        "test_prompt_with_image" => {
            let image = json!({ "type": "image", "data": IMAGE, "mimeType": "image/png" });
            vec![image, text("Please analyze the image above.")]
        }
        "test_prompt_that_comes_and_goes" => vec![text("This prompt is listed after every other change.")],
        _ => {
            let Some(form) = input_required::form(name) else {
                return Err(ErrorData::invalid_params(format!("Unknown prompt: {name}"), None));
            };
            let retry =
                Retry { name, responses: request.input_responses.as_ref(), state: request.request_state.as_deref() };
            match form.step(&retry, context, &server.shared.states)? {
                Step::Ask(asked) => return Ok(asked.into()),
                Step::Done(said) => vec![text(&said)],
            }
        }
    };
    let messages: Vec<_> = contents.iter().map(|content| json!({ "role": "user", "content": content })).collect();
    of::<GetPromptResult>(json!({ "resultType": "complete", "messages": messages })).map(Into::into)
}

fn text(words: &str) -> Value {
    json!({ "type": "text", "text": words })
}
