//! What the simulated site answers: documents, empty answers, and its three shapes of error.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use futures_util::stream;
use serde_json::{Value, json};

use super::Shared;

/// An answer before it becomes HTTP.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) payload: Payload,
}

/// How an answer leaves.
pub(crate) enum Departure {
    Whole,
    Late(u64),
    Truncated,
    Reset,
}

/// What an answer carries.
#[derive(Debug)]
pub(crate) enum Payload {
    Json(Value),
    Html(String),
    Bytes { media_type: String, bytes: Bytes },
    Empty,
}

/// Why a request was not answered as asked.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) status: u16,
    pub(crate) code: &'static str,
    pub(crate) title: String,
}

/// What every operation gives back.
pub(crate) type Answered = Result<Answer, Failure>;

/// The shape in which a failure is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    V2,
    V1,
    Gateway,
}

impl Answer {
    pub(crate) fn json(status: u16, document: Value) -> Self {
        Self { status, headers: Vec::new(), payload: Payload::Json(document) }
    }

    pub(crate) fn ok(document: Value) -> Self {
        Self::json(200, document)
    }

    pub(crate) fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), payload: Payload::Empty }
    }

    pub(crate) fn html(status: u16, page: &str) -> Self {
        Self { status, headers: Vec::new(), payload: Payload::Html(page.to_owned()) }
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The answer as HTTP, with the id under which it can be traced.
    pub(crate) fn leave(self, departure: &Departure, trace: String) -> Response {
        let (media_type, bytes) = match self.payload {
            Payload::Json(document) => (Some("application/json".to_owned()), Bytes::from(document.to_string())),
            Payload::Html(page) => (Some("text/html;charset=UTF-8".to_owned()), Bytes::from(page)),
            Payload::Bytes { media_type, bytes } => (Some(media_type), bytes),
            Payload::Empty => (None, Bytes::new()),
        };
        let length = bytes.len();
        let mut headers = HeaderMap::new();
        let mut put = |name: &'static str, value: String| {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.append(HeaderName::from_static(name), value);
            }
        };
        if let Some(media_type) = media_type {
            put("content-type", media_type);
        }
        if matches!(departure, Departure::Truncated) {
            put("content-length", length.to_string());
        }
        put("atl-traceid", trace);
        for (name, value) in self.headers {
            put(name, value);
        }
        let mut response = Response::new(match departure {
            Departure::Whole | Departure::Late(_) => Body::from(bytes),
            Departure::Truncated => broken(bytes.slice(..length / 2)),
            Departure::Reset => Body::from_stream(stream::iter([Err::<Bytes, _>(break_off())])),
        });
        // An answer that has no body by its status cannot break off in it.
        let status = if matches!(departure, Departure::Reset) { 200 } else { self.status };
        *response.status_mut() = StatusCode::from_u16(status).unwrap_or_default();
        *response.headers_mut() = headers;
        response
    }
}

/// Lets an answer go in its time.
pub(crate) async fn leave(shared: &Shared, answer: Answer, departure: &Departure) -> Response {
    if let Departure::Late(milliseconds) = departure {
        let mut awaited = Awaited { shared, answered: false };
        tokio::time::sleep(Duration::from_millis(*milliseconds)).await;
        awaited.answered = true;
    }
    answer.leave(departure, shared.next_trace())
}

/// A late answer. Where its asker hangs up, it is dropped before its time, and counted.
struct Awaited<'a> {
    shared: &'a Shared,
    answered: bool,
}

impl Drop for Awaited<'_> {
    fn drop(&mut self) {
        if !self.answered {
            self.shared.world().given_up += 1;
        }
    }
}

/// A body that breaks off after these bytes.
fn broken(bytes: Bytes) -> Body {
    let steps = stream::unfold(Some(bytes), |rest| async move {
        let bytes = rest?;
        if !bytes.is_empty() {
            return Some((Ok(bytes), Some(Bytes::new())));
        }
        // Lets what was written so far reach the client before the connection breaks.
        tokio::task::yield_now().await;
        Some((Err(break_off()), None))
    });
    Body::from_stream(steps)
}

fn break_off() -> std::io::Error {
    std::io::Error::other("the connection breaks on request")
}

impl Failure {
    pub(crate) fn bad_request(title: impl Into<String>) -> Self {
        Self { status: 400, code: "INVALID_REQUEST_PARAMETER", title: title.into() }
    }

    /// Missing, or hidden from the caller: Confluence does not tell the two apart.
    pub(crate) fn not_found(what: &str) -> Self {
        Self { status: 404, code: "NOT_FOUND", title: format!("No {what} found, or you are not permitted to view it") }
    }

    /// Seen but not to be changed: v1 says 403, v2 hides it behind 404.
    pub(crate) fn forbidden(what: &str) -> Self {
        Self { status: 403, code: "FORBIDDEN", title: format!("Not permitted to change this {what}") }
    }

    pub(crate) fn conflict(title: impl Into<String>) -> Self {
        Self { status: 409, code: "CONFLICT", title: title.into() }
    }

    pub(crate) fn too_large() -> Self {
        Self {
            status: 413,
            code: "REQUEST_TOO_LARGE",
            title: "com.atlassian.plugins.rest.common.limitrequest.RequestEntityTooLargeException: Request too large. \
                    Requests for this resource can be at most 5242880 bytes"
                .to_owned(),
        }
    }

    pub(crate) fn gone() -> Self {
        Self { status: 410, code: "GONE", title: "This deprecated endpoint has been removed".to_owned() }
    }

    pub(crate) fn unauthorized(title: &str) -> Self {
        Self { status: 401, code: "UNAUTHORIZED", title: title.to_owned() }
    }

    pub(crate) fn answer(self, dialect: Dialect) -> Answer {
        match dialect {
            Dialect::V2 => {
                let status = if self.code == "FORBIDDEN" { 404 } else { self.status };
                let code = if status == 404 { "NOT_FOUND" } else { self.code };
                let error = json!({ "status": status, "code": code, "title": self.title, "detail": null });
                Answer::json(status, json!({ "errors": [error] }))
            }
            Dialect::V1 => {
                let data = json!({
                    "authorized": !matches!(self.status, 401 | 403 | 404),
                    "valid": self.status == 410,
                    "errors": [{ "message": { "translation": self.title, "args": [] } }],
                    "successful": false,
                });
                let exception = match self.status {
                    400 => "com.atlassian.confluence.api.service.exceptions.api.BadRequestException: ",
                    403 => "com.atlassian.confluence.api.service.exceptions.PermissionException: ",
                    404 => "com.atlassian.confluence.api.service.exceptions.api.NotFoundException: ",
                    409 => "com.atlassian.confluence.api.service.exceptions.api.ConflictException: ",
                    410 => "com.atlassian.confluence.api.service.exceptions.api.GoneException: ",
                    _ => "",
                };
                let message = format!("{exception}{}", self.title);
                Answer::json(self.status, json!({ "statusCode": self.status, "data": data, "message": message }))
            }
            Dialect::Gateway => Answer::json(self.status, json!({ "code": self.status, "message": self.title })),
        }
    }
}
