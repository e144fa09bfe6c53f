//! Bad input from every side: agents, wiki authors, Confluence itself; each gets one clear answer and harms nothing.

mod agent;
mod arguments;
mod content;
mod faults;
mod raw;
mod secrets;
mod wire;

use sluice::domain::text::is_invisible;
use sluice::tools::{Answer, ToolError};

use crate::desk::text_of;

/// Everything of a tool's reply that reaches a model: text, and texts of the data.
fn everything(reply: &Result<Answer, ToolError>) -> Vec<String> {
    match reply {
        Ok(answer) => {
            let mut texts = vec![text_of(answer)];
            let mut open: Vec<_> = answer.structured.iter().flat_map(|fields| fields.values()).collect();
            while let Some(value) = open.pop() {
                match value {
                    serde_json::Value::String(text) => texts.push(text.clone()),
                    serde_json::Value::Array(items) => open.extend(items),
                    serde_json::Value::Object(fields) => open.extend(fields.values()),
                    _ => {}
                }
            }
            texts
        }
        Err(error) => vec![error.message.clone(), error.hint.clone()],
    }
}

/// Fails where a text holds what a reader cannot see.
fn all_visible(what: &str, reply: &Result<Answer, ToolError>) {
    for text in everything(reply) {
        let hidden: Vec<char> = text.chars().filter(|sign| is_invisible(*sign)).collect();
        assert!(hidden.is_empty(), "{what}: {hidden:?} in {text:?}");
    }
}
