//! Judges one line from a client: a message to serve, something to answer with an error, or nothing.

use rmcp::ErrorData;
use rmcp::model::{ClientJsonRpcMessage, RequestId};
use serde_json::{Map, Value};

use crate::domain::limits;

use super::lines::Line;
use super::unambiguous::Unambiguous;

/// How many values a message may hold. A long body is one; a line full of empty lists is a hundred times its own
/// size in memory.
const VALUES: usize = 100_000;

/// What a line amounts to.
#[derive(Debug)]
pub(in crate::mcp) enum Heard {
    /// A message of the protocol.
    Message(Box<ClientJsonRpcMessage>),
    /// No message: to be answered so.
    Wrong(ErrorData, Option<RequestId>),
    /// Nothing that wants an answer.
    Nothing,
}

/// Judges a line.
pub(in crate::mcp) fn hear(line: Line) -> Heard {
    let Line::Whole(bytes) = line else {
        let message = format!("a message may be {} MiB long at most", limits::LINE >> 20);
        return Heard::Wrong(ErrorData::invalid_request(message, None), None);
    };
    let Ok(text) = std::str::from_utf8(&bytes) else {
        return Heard::Wrong(ErrorData::parse_error("the message is not UTF-8", None), None);
    };
    let text = text.trim_start_matches('\u{feff}').trim_ascii();
    if text.is_empty() {
        return Heard::Nothing;
    }
    if is_intricate(text) {
        return Heard::Wrong(
            ErrorData::invalid_request(format!("a message may hold {VALUES} values at most"), None),
            None,
        );
    }
    match serde_json::from_str::<Unambiguous>(text).map(|message| message.0) {
        Ok(Value::Object(fields)) => message(fields),
        Ok(Value::Array(_)) => wrong("batches are not part of this protocol; send each message by itself"),
        Ok(_) => wrong("a message is a JSON object"),
        // The parser's words name a place in the line, never what stands there.
        Err(error) => Heard::Wrong(ErrorData::parse_error(format!("the message is not JSON: {error}"), None), None),
    }
}

/// Whether a text holds more than [`VALUES`] values, counted by the signs between them.
fn is_intricate(text: &str) -> bool {
    let (mut values, mut in_string, mut escaped) = (0_usize, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = in_string,
            b'"' => in_string = !in_string,
            b'[' | b'{' | b',' if !in_string => values += 1,
            _ => {}
        }
    }
    values > VALUES
}

fn message(fields: Map<String, Value>) -> Heard {
    let id = fields.get("id").cloned();
    let usable_id = id.clone().and_then(|id| serde_json::from_value::<RequestId>(id).ok());
    let method = fields.get("method").cloned();
    if method.is_none() && (fields.contains_key("result") || fields.contains_key("error")) {
        // An answer to us; one that nobody can read wants no answer itself.
        return serde_json::from_value(Value::Object(fields)).map_or(Heard::Nothing, Heard::Message);
    }
    let is_string = matches!(method, Some(Value::String(_)));
    let flaw = if fields.get("jsonrpc").and_then(Value::as_str) != Some("2.0") {
        Some("`jsonrpc` must be \"2.0\"")
    } else if !is_string {
        Some("`method` must be a string")
    } else if id.is_some() && usable_id.is_none() {
        Some("`id` must be a string or a whole number")
    } else {
        None
    };
    if let Some(flaw) = flaw {
        return Heard::Wrong(ErrorData::invalid_request(flaw, None), usable_id);
    }
    match serde_json::from_value(Value::Object(fields)) {
        Ok(message) => Heard::Message(message),
        // Notifications are never answered, not even with an error.
        Err(_) if usable_id.is_none() => Heard::Nothing,
        Err(_) => {
            Heard::Wrong(ErrorData::invalid_params("`params` must be an object that fits the method", None), usable_id)
        }
    }
}

fn wrong(flaw: &'static str) -> Heard {
    Heard::Wrong(ErrorData::invalid_request(flaw, None), None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(line: &[u8]) -> String {
        String::from_utf8_lossy(line).chars().take(60).collect()
    }

    fn code(line: &[u8]) -> Option<(i32, Option<RequestId>)> {
        match hear(Line::Whole(line.to_vec())) {
            Heard::Wrong(error, id) => Some((error.code.0, id)),
            Heard::Message(_) | Heard::Nothing => None,
        }
    }

    #[test]
    fn what_is_no_message_is_answered_with_the_code_json_rpc_has_for_it() {
        let deep = [b"[".repeat(50_000), b"]".repeat(50_000)].concat();
        let intricate = [b"[".to_vec(), b"[],".repeat(100_000), b"[]]".to_vec()].concat();
        for not_json in [&b"{"[..], b"hello", b"\xff\xfe{}", b"{\"jsonrpc\":\"2.0\",", &deep] {
            assert_eq!(code(not_json), Some((-32700, None)), "{}", shown(not_json));
        }
        for no_message in [
            &b"[]"[..],
            b"[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}]",
            b"7",
            b"{}",
            &intricate,
            b"{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"ping\"}",
            b"{\"jsonrpc\":\"2.0\",\"id\":1.5,\"method\":\"ping\"}",
        ] {
            assert_eq!(code(no_message), Some((-32600, None)), "{}", shown(no_message));
        }
        assert_eq!(
            code(b"{\"jsonrpc\":\"1.0\",\"id\":3,\"method\":\"ping\"}"),
            Some((-32600, Some(RequestId::Number(3))))
        );
        assert_eq!(code(b"{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":7}"), Some((-32600, Some(RequestId::Number(3)))));
        let list = b"{\"jsonrpc\":\"2.0\",\"id\":3,\"method\":\"tools/call\",\"params\":[1]}";
        assert_eq!(code(list), Some((-32602, Some(RequestId::Number(3)))));
    }

    #[test]
    fn a_name_that_comes_twice_is_refused_at_any_depth() {
        for twice in [
            &br#"{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}"#[..],
            br#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"a":[{"b":1,"\u0062":2}]}}"#,
        ] {
            assert_eq!(code(twice), Some((-32700, None)), "{}", shown(twice));
        }
    }

    #[test]
    fn a_long_body_is_one_value_whatever_signs_it_holds() {
        let body = serde_json::to_string(&"[{,\"\\".repeat(200_000)).unwrap();
        assert!(!is_intricate(&body));
        assert!(is_intricate(&format!("[{body},{}]", "1,".repeat(VALUES))));
    }

    #[test]
    fn blank_lines_broken_notifications_and_broken_answers_are_passed_over() {
        for nothing in [
            &b""[..],
            b" \r",
            b"\xef\xbb\xbf",
            b"{\"jsonrpc\":\"2.0\",\"method\":\"notifications/x\",\"params\":[1]}",
            b"{\"id\":[],\"result\":1}",
        ] {
            assert!(matches!(hear(Line::Whole(nothing.to_vec())), Heard::Nothing), "{}", shown(nothing));
        }
        let marked = b"\xef\xbb\xbf{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}\r";
        assert!(matches!(hear(Line::Whole(marked.to_vec())), Heard::Message(_)));
    }
}
