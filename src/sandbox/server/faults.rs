//! Misfortunes on request: the next answers to an operation are refused, late, cut, or not Confluence at all.

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::Value;

use super::answer::{Answer, Dialect, Failure, Payload};

/// A misfortune and the requests it strikes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// `GET /wiki/api/v2/pages/{id}`, `POST /oauth/token`, `POST /oauth/token#refresh_token`; absent: every operation.
    #[serde(default)]
    pub template: Option<String>,
    /// How many requests it strikes.
    #[serde(default = "once")]
    pub times: u32,
    /// What happens to them.
    pub effect: Effect,
}

fn once() -> u32 {
    1
}

/// What happens to a request.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", deny_unknown_fields)]
pub enum Effect {
    /// 429, not executed.
    TooManyRequests {
        /// The `Retry-After` header; absent: none.
        #[serde(default)]
        retry_after: Option<RetryAfter>,
    },
    /// 500.
    ServerError {
        /// Whether the request is executed all the same.
        #[serde(default)]
        moment: Moment,
    },
    /// 503, not executed.
    Unavailable {
        /// The `Retry-After` header; absent: none.
        #[serde(default)]
        retry_after: Option<RetryAfter>,
    },
    /// Executed and answered late.
    Slow {
        /// How much later.
        milliseconds: u64,
    },
    /// The connection breaks at once; the request is executed later all the same.
    Late {
        /// How much later.
        milliseconds: u64,
    },
    /// Executed twice, as by a network that duplicates; the first answer is given.
    Twice,
    /// Executed; the answer breaks off half-way.
    Truncated,
    /// An HTML sign-in page with status 200, not executed.
    LoginPage,
    /// An HTML page of the edge with status 403, not executed.
    EdgeRefusal,
    /// 404 although the thing is there, not executed.
    NotFound,
    /// An answer of this many bytes, not executed.
    HugeBody {
        /// Its size.
        bytes: u64,
    },
    /// A small gzip answer that unpacks to this many bytes, not executed.
    GzipBomb {
        /// Its unpacked size.
        bytes: u64,
    },
    /// A list that is answered without anything in it; where it goes on is past what it should have held.
    Hollow,
    /// A list that goes on with the cursor it was asked with.
    Circle,
    /// 500 wherever the answer holds the body of this page; else as always.
    ChokesOn {
        /// The id of the page.
        page: String,
    },
    /// 302 to elsewhere, not executed.
    Redirect {
        /// Where to.
        location: String,
    },
    /// The connection breaks without an answer.
    Reset {
        /// Whether the request is executed all the same.
        #[serde(default)]
        moment: Moment,
    },
}

/// Whether a misfortune strikes before or after the request was carried out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// Nothing was changed.
    #[default]
    Before,
    /// The change was made; only the answer is lost.
    After,
}

/// A `Retry-After` header.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RetryAfter {
    /// Seconds.
    Seconds(u32),
    /// An HTTP date this many seconds from now.
    DateIn(u32),
    /// Anything, for example what no client can read.
    Text(String),
}

impl RetryAfter {
    fn header(&self, now: Timestamp) -> String {
        match self {
            Self::Seconds(seconds) => seconds.to_string(),
            Self::DateIn(seconds) => {
                let then = now.saturating_add(SignedDuration::from_secs(i64::from(*seconds))).unwrap_or(now);
                then.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
            }
            Self::Text(text) => text.clone(),
        }
    }
}

/// The misfortunes still to come.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<Fault>);

impl Faults {
    pub(crate) fn add(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// The misfortune that strikes this request, if any; one fewer is left. A kind after a `#` need not be named.
    pub(crate) fn take(&mut self, template: &str) -> Option<Effect> {
        self.0.retain(|fault| fault.times > 0);
        let whole = template.split_once('#').map_or(template, |(whole, _)| whole);
        let strikes = |fault: &&mut Fault| fault.template.as_deref().is_none_or(|one| one == template || one == whole);
        let fault = self.0.iter_mut().find(strikes)?;
        fault.times -= 1;
        Some(fault.effect.clone())
    }
}

/// The answer that replaces the operation's own, if the operation is not to be carried out.
pub(crate) fn instead(effect: &Effect, dialect: Dialect, now: Timestamp) -> Option<Answer> {
    let refusal = |status, code, title: &str| Failure { status, code, title: title.to_owned() }.answer(dialect);
    let answer = match effect {
        Effect::TooManyRequests { retry_after } => {
            let answer = refusal(429, "TOO_MANY_REQUESTS", "Rate limit exceeded");
            with_retry_after(answer, retry_after.as_ref(), now)
        }
        Effect::Unavailable { retry_after } => {
            let answer = refusal(503, "SERVICE_UNAVAILABLE", "Service unavailable");
            with_retry_after(answer, retry_after.as_ref(), now)
        }
        Effect::ServerError { moment: Moment::Before } => server_error(dialect),
        Effect::LoginPage => Answer::html(
            200,
            "<!DOCTYPE html><html><head><title>Log in with Atlassian account</title></head><body><form id=\"form-login\"></form></body></html>",
        ),
        Effect::EdgeRefusal => Answer::html(
            403,
            "<HTML><HEAD><TITLE>ERROR: The request could not be satisfied</TITLE></HEAD><BODY><H1>403 ERROR</H1></BODY></HTML>",
        ),
        Effect::Redirect { location } => Answer::empty(302).with("location", location),
        Effect::NotFound => Failure::not_found("content").answer(dialect),
        Effect::HugeBody { bytes } => {
            let length = usize::try_from(*bytes).unwrap_or(usize::MAX).min(256 << 20);
            let mut body = vec![b'x'; length];
            body.splice(..0, *b"{\"results\":[\"");
            body.extend_from_slice(b"\"]}");
            Answer { status: 200, headers: Vec::new(), payload: bytes_of(body) }
        }
        Effect::GzipBomb { bytes } => {
            Answer { status: 200, headers: Vec::new(), payload: bytes_of(super::gzip::zeros(*bytes)) }
                .with("content-encoding", "gzip")
        }
        Effect::Slow { .. }
        | Effect::Late { .. }
        | Effect::Twice
        | Effect::Truncated
        | Effect::Hollow
        | Effect::Circle
        | Effect::ChokesOn { .. }
        | Effect::ServerError { .. }
        | Effect::Reset { .. } => return None,
    };
    Some(answer)
}

/// What becomes of an answer that was executed; `cursor` is the one it was asked with.
pub(crate) fn spoilt(effect: &Effect, mut answer: Answer, cursor: Option<&str>, dialect: Dialect) -> Answer {
    let Payload::Json(document) = &mut answer.payload else { return answer };
    match effect {
        Effect::Hollow => {
            if let Some(results) = document.get_mut("results") {
                *results = Value::Array(Vec::new());
            }
        }
        Effect::Circle => {
            if let (Some(cursor), Some(next)) = (cursor, document.pointer_mut("/_links/next")) {
                *next = Value::String(format!("/wiki/api/v2/again?cursor={cursor}"));
            }
        }
        Effect::ChokesOn { page } => {
            let holds = |one: &Value| {
                one.get("id").and_then(Value::as_str) == Some(page)
                    && one.get("body").and_then(Value::as_object).is_some_and(|body| !body.is_empty())
            };
            let list = document.get("results").and_then(Value::as_array);
            if list.map_or_else(|| holds(document), |results| results.iter().any(holds)) {
                return server_error(dialect);
            }
        }
        _ => {}
    }
    answer
}

/// 500 in the dialect of the request.
pub(crate) fn server_error(dialect: Dialect) -> Answer {
    Failure { status: 500, code: "INTERNAL_SERVER_ERROR", title: "Internal Server Error".to_owned() }.answer(dialect)
}

fn bytes_of(bytes: Vec<u8>) -> Payload {
    Payload::Bytes { media_type: "application/json".to_owned(), bytes: bytes.into() }
}

fn with_retry_after(answer: Answer, retry_after: Option<&RetryAfter>, now: Timestamp) -> Answer {
    match retry_after {
        Some(value) => answer.with("retry-after", value.header(now)),
        None => answer.with("x-failure-category", "FAILURE_CLIENT_RATE_LIMITED"),
    }
}
