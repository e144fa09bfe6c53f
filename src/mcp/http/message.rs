//! A message that came over HTTP: what it asks for, as far as that matters before it is let through.

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderValue, Response, StatusCode};
use rmcp::ErrorData;
use rmcp::model::{ClientJsonRpcMessage, ClientRequest, JsonRpcMessage, RequestId, ServerJsonRpcMessage};

use crate::mcp::wire::lines::Line;
use crate::mcp::wire::message::{Heard, hear};
use crate::tools::{self, Entry};

/// What a body amounts to.
pub enum Post {
    /// A message of the protocol.
    Message(Message),
    /// No message: the whole answer.
    Wrong(Response<Body>),
}

/// A message, as far as it matters before it is let through.
#[derive(Clone)]
pub struct Message {
    /// What it asks for.
    pub asks: Asks,
    pub(super) id: Option<RequestId>,
}

/// What a message asks for.
#[derive(Clone, Copy)]
pub enum Asks {
    /// Nothing: it wants no answer.
    Nothing,
    /// The call of a tool.
    Tool(&'static Entry),
    /// To read a resource, or to complete its name.
    Reading,
    /// A session of the older eras.
    Session,
    /// A stream that stays open.
    Listening,
    /// Something else.
    Else,
}

impl Message {
    /// Judges a body.
    pub fn read(body: &[u8]) -> Post {
        match hear(Line::Whole(body.to_vec())) {
            Heard::Message(message) => Post::Message(Self::of(&message)),
            Heard::Wrong(error, id) => Post::Wrong(refused(StatusCode::BAD_REQUEST, error, id)),
            // A notification that nobody understands wants no answer; an empty body is no message.
            Heard::Nothing if body.trim_ascii().is_empty() => {
                Post::Wrong(failure(StatusCode::BAD_REQUEST, "the body holds no message"))
            }
            Heard::Nothing => {
                let mut answer = Response::new(Body::empty());
                *answer.status_mut() = StatusCode::ACCEPTED;
                Post::Wrong(answer)
            }
        }
    }

    fn of(message: &ClientJsonRpcMessage) -> Self {
        let JsonRpcMessage::Request(request) = message else { return Self { asks: Asks::Nothing, id: None } };
        let asks = match &request.request {
            ClientRequest::CallToolRequest(call) => tools::find(&call.params.name).map_or(Asks::Else, Asks::Tool),
            ClientRequest::ReadResourceRequest(_) | ClientRequest::CompleteRequest(_) => Asks::Reading,
            ClientRequest::InitializeRequest(_) => Asks::Session,
            ClientRequest::SubscriptionsListenRequest(_) => Asks::Listening,
            _ => Asks::Else,
        };
        Self { asks, id: Some(request.id.clone()) }
    }

    /// The answer to this message where it is not let through.
    pub fn refused(&self, status: StatusCode, why: &str) -> Response<Body> {
        refused(status, ErrorData::invalid_request(why.to_owned(), None), self.id.clone())
    }
}

/// An answer to what never became a message: an error of JSON-RPC without an id.
pub fn failure(status: StatusCode, why: &str) -> Response<Body> {
    refused(status, ErrorData::invalid_request(why.to_owned(), None), None)
}

fn refused(status: StatusCode, error: ErrorData, id: Option<RequestId>) -> Response<Body> {
    let body = serde_json::to_vec(&ServerJsonRpcMessage::error(error, id)).unwrap_or_default();
    let mut answer = Response::new(Body::from(body));
    *answer.status_mut() = status;
    answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    answer
}
