//! As much of a JSON-RPC message as a bridge has to know.

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Id of a request.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Id {
    /// A whole number.
    Number(i64),
    /// Any text.
    Text(String),
}

/// What a message is about. What a bridge does not understand it passes on; the server has the words for it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum About {
    /// A request.
    Request(Id, String),
    /// Ends a request of the same side.
    Cancelled(Id),
    /// Any other notification.
    Notification(String),
    /// An answer.
    Answer(Id),
    /// Something else.
    Unclear,
}

#[derive(Deserialize)]
struct Head {
    id: Option<Id>,
    method: Option<String>,
    params: Option<Parameters>,
}

#[derive(Deserialize)]
struct Parameters {
    #[serde(rename = "requestId")]
    request_id: Option<Id>,
}

/// Says what a message is about, keeping nothing else of it.
pub(super) fn about(line: &[u8]) -> About {
    let Ok(Head { id, method, params }) = serde_json::from_slice(line) else { return About::Unclear };
    let cancelled = params.and_then(|params| params.request_id);
    match (id, method, cancelled) {
        (Some(id), Some(method), _) => About::Request(id, method),
        (Some(id), None, _) => About::Answer(id),
        (None, Some(method), Some(id)) if method == "notifications/cancelled" => About::Cancelled(id),
        (None, Some(method), _) => About::Notification(method),
        (None, None, _) => About::Unclear,
    }
}

/// The message under another id.
pub(super) fn renamed(line: &[u8], id: &Id) -> Option<Bytes> {
    changed(line, |message| message.get_mut("id"), id)
}

/// The message about the end of another request.
pub(super) fn redirected(line: &[u8], id: &Id) -> Option<Bytes> {
    changed(line, |message| message.get_mut("params")?.get_mut("requestId"), id)
}

fn changed(line: &[u8], place: impl FnOnce(&mut Value) -> Option<&mut Value>, id: &Id) -> Option<Bytes> {
    let mut message: Value = serde_json::from_slice(line).ok()?;
    *place(&mut message)? = json!(id);
    Some(written(&message))
}

/// Tells the client that a request to it is of no interest any more.
pub(super) fn cancel(id: &Id) -> Bytes {
    let params = json!({ "requestId": id, "reason": "whoever asked is gone" });
    written(&json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": params }))
}

/// An answer that says what went wrong on our side of the server.
pub(super) fn failed(id: &Id, message: &str) -> Bytes {
    written(&json!({ "jsonrpc": "2.0", "id": id, "error": { "code": -32603, "message": message } }))
}

fn written(message: &Value) -> Bytes {
    let mut line = message.to_string().into_bytes();
    line.push(b'\n');
    line.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_told_by_its_head() {
        let text = |text: &str| Id::Text(text.into());
        for (line, expected) in [
            (r#"{"id":1,"method":"ping"}"#, About::Request(Id::Number(1), "ping".into())),
            (r#"{"id":"a","method":"x","params":{"requestId":1}}"#, About::Request(text("a"), "x".into())),
            (r#"{"method":"notifications/cancelled","params":{"requestId":"a"}}"#, About::Cancelled(text("a"))),
            (r#"{"method":"notifications/initialized"}"#, About::Notification("notifications/initialized".into())),
            (r#"{"id":7,"result":{}}"#, About::Answer(Id::Number(7))),
            (r#"{"id":null,"error":{}}"#, About::Unclear),
            (r#"{"id":1,"id":2,"method":"ping"}"#, About::Unclear),
            ("[]", About::Unclear),
            ("{", About::Unclear),
        ] {
            assert_eq!(about(line.as_bytes()), expected, "{line}");
        }
    }

    #[test]
    fn a_deep_message_is_told_without_following_it_down() {
        let line = format!(r#"{{"id":1,"method":"x","deep":{}{}}}"#, "[".repeat(500_000), "]".repeat(500_000));
        assert_eq!(about(line.as_bytes()), About::Request(Id::Number(1), "x".into()));
    }
}
