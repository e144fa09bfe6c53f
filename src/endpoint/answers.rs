//! Answers to requests that are not let through: each says what to do, and none says more than its asker may know.

use std::time::Duration;

use axum::http::header::{ALLOW, CONNECTION, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;

use crate::identity::{NotProven, Scopes};
use crate::mcp::http::{Message, failure};
use crate::telemetry::Refusal;

/// A request that is not let through: the answer, and what it counts as.
pub(super) struct Refused {
    pub(super) answer: Box<Response>,
    pub(super) as_what: Refusal,
}

/// What comes of a check.
pub(super) type Checked<T> = Result<T, Refused>;

impl Refused {
    pub(super) fn new(status: StatusCode, as_what: Refusal, why: &str) -> Self {
        Self::of(failure(status, why), as_what)
    }

    pub(super) fn of(answer: Response, as_what: Refusal) -> Self {
        Self { answer: Box::new(answer), as_what }
    }

    /// Nothing is presented that proves who asks (RFC 6750 section 3.1, RFC 9728 section 5.1).
    pub(super) fn nobody(metadata: &str) -> Self {
        let why = "say who you are: send `Authorization: Bearer` with an agent's key, or a token for this server";
        Self::new(StatusCode::UNAUTHORIZED, Refusal::Unauthenticated, why)
            .challenging(&challenge(metadata, None))
            .closing()
    }

    /// What is presented proves nothing. Why stays in the log: whoever tries keys learns nothing from the answer.
    pub(super) fn not_proven(error: NotProven, metadata: &str) -> Self {
        let (as_what, why) = match error {
            NotProven::Invalid(_) => (Refusal::Unauthenticated, "this key or token is not valid here"),
            NotProven::Expired => (Refusal::Expired, "this token has expired; get a new one"),
            NotProven::Unavailable | NotProven::Busy => {
                let refused = Self::new(StatusCode::SERVICE_UNAVAILABLE, Refusal::Unauthenticated, &error.to_string());
                return refused.after(Duration::from_secs(5));
            }
        };
        let challenge = challenge(metadata, Some(("invalid_token", why)));
        Self::new(StatusCode::UNAUTHORIZED, as_what, why).challenging(&challenge).closing()
    }

    /// The token lacks scopes for this very call (RFC 6750 section 3.1: `insufficient_scope`).
    pub(super) fn scope(message: &Message, needed: &[&str], metadata: &str) -> Self {
        let scopes = needed.join(" ");
        let why = format!("the token needs the scopes {scopes} for this");
        let challenge =
            format!("Bearer error=\"insufficient_scope\", scope=\"{scopes}\", resource_metadata=\"{metadata}\"");
        Self::of(message.refused(StatusCode::FORBIDDEN, &why), Refusal::InsufficientScope).challenging(&challenge)
    }

    pub(super) fn too_many(as_what: Refusal, why: &str, after: Duration) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, as_what, why).after(after)
    }

    /// Whoever serves is about to end.
    /// The agent's site cannot be used.
    pub(super) fn no_site(why: &str) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, Refusal::NoSite, why)
    }

    pub(super) fn draining() -> Self {
        let refused =
            Self::new(StatusCode::SERVICE_UNAVAILABLE, Refusal::Draining, "this server is about to stop; try again");
        refused.after(Duration::from_secs(1)).closing()
    }

    pub(super) fn method() -> Self {
        let why = "send messages with POST, listen with GET, end a session with DELETE";
        let mut refused = Self::new(StatusCode::METHOD_NOT_ALLOWED, Refusal::Malformed, why);
        refused.answer.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, POST, DELETE"));
        refused
    }

    fn after(mut self, wait: Duration) -> Self {
        let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        self.answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds.max(1)));
        self
    }

    /// The connection is not used again: what is left of the request is not read.
    pub(super) fn closing(mut self) -> Self {
        self.answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        self
    }

    fn challenging(mut self, challenge: &str) -> Self {
        if let Ok(challenge) = HeaderValue::from_str(challenge) {
            self.answer.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
        self
    }
}

fn challenge(metadata: &str, error: Option<(&str, &str)>) -> String {
    let error = error.map(|(code, why)| format!("error=\"{code}\", error_description=\"{why}\", "));
    let scopes = Scopes::ALL.join(" ");
    format!("Bearer {}scope=\"{scopes}\", resource_metadata=\"{metadata}\"", error.unwrap_or_default())
}
