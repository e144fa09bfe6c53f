//! MCP over streamable HTTP: hands what was let in to the protocol, in both of its eras at one address.
//!
//! Whoever calls this has proven who the agent is and has given it a [`Seat`]. Here stands what the protocol's own
//! transport does not do: a session belongs to the agent that opened it, sessions are bounded, what a client no longer
//! waits for ends, and every request has its time.

mod held;
mod message;
mod sessions;

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_TYPE, HeaderMap};
use axum::http::request::Parts;
use axum::http::{HeaderName, Method, Request, Response, StatusCode};
use futures_util::future::BoxFuture;
use rmcp::ServerHandler;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::held::{Ends, Held};
use self::sessions::{OPENING, Opening, Sessions, Use};
use super::seat::Seat;
use crate::clock::Clock;
use crate::domain::limits;
use crate::policy::ask::AgentId;
use crate::telemetry::Metrics;

pub use message::{Asks, Message, Post, failure};
pub use sessions::{NoRoom, SessionLimits};

/// How long a request may take in all. The longest hold of a profile, and the time to send what was approved then.
const DEADLINE: Duration = Duration::from_mins(6);
/// How long after a client of the older eras lost its stream it may come back for the answer, before a read is given up.
const COMES_BACK: Duration = Duration::from_secs(10);
const SESSION: HeaderName = HeaderName::from_static("mcp-session-id");
const LAST_EVENT: HeaderName = HeaderName::from_static("last-event-id");

type Answer = Response<Body>;
type Protocol = dyn Fn(Request<Body>) -> BoxFuture<'static, Answer> + Send + Sync;

/// How requests are judged besides who sends them.
pub struct Rules {
    /// Names that requests may be addressed to, each with any port or with the one given.
    pub hosts: Vec<String>,
    /// Pages that may ask, by their origins.
    pub origins: Vec<String>,
    /// How many sessions there may be.
    pub sessions: SessionLimits,
    /// What counts sessions.
    pub metrics: Metrics,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// The protocol at one address.
pub struct StreamableHttp {
    protocol: Box<Protocol>,
    sessions: Arc<Sessions>,
    clock: Arc<dyn Clock>,
    ended: CancellationToken,
    late: TaskTracker,
}

/// What was let in.
pub struct Entrant {
    /// Who.
    pub agent: AgentId,
    /// What it is served with. Its `gone` may be set here as well: it is this request's own.
    pub seat: Seat,
    /// How long its credential holds, where it has an end: a stream that stays open ends with it.
    pub holds: Option<Duration>,
    /// Kept until the answer has been sent.
    pub place: Box<dyn Send + Sync>,
}

impl StreamableHttp {
    /// Serves with handlers made for each request or session; see [`Handler::each`](super::Handler::each).
    pub fn new<H: ServerHandler + Send + 'static>(
        handler: impl Fn() -> H + Send + Sync + 'static,
        rules: Rules,
    ) -> Self {
        let ended = CancellationToken::new();
        let sessions = Arc::new(Sessions::new(rules.sessions, rules.metrics, Arc::clone(&rules.clock)));
        let config = StreamableHttpServerConfig::default()
            .with_allowed_hosts(rules.hosts)
            .with_allowed_origins(rules.origins)
            .enforce_origin_validation()
            .with_max_request_body_bytes(limits::HTTP_BODY)
            .with_cancellation_token(ended.clone());
        let service = StreamableHttpService::new(move || Ok(handler()), Arc::clone(&sessions), config);
        let protocol = move |request| -> BoxFuture<'static, Answer> {
            let service = service.clone();
            Box::pin(async move { service.handle(request).await.map(Body::new) })
        };
        Self { protocol: Box::new(protocol), sessions, clock: rules.clock, ended, late: TaskTracker::new() }
    }

    /// Answers one request: a message that was heard, or one without a body.
    pub async fn answer(&self, head: Parts, message: Option<(Bytes, Message)>, entrant: Entrant) -> Answer {
        let Entrant { agent, mut seat, holds, place } = entrant;
        let (method, headers) = (head.method.clone(), head.headers.clone());
        let session = match self.session(&headers, &agent) {
            Ok(session) => session,
            Err(status) => return failure(status, "there is no such session; initialize anew"),
        };
        let (body, message) = message.unzip();
        let listens =
            method == Method::GET || message.as_ref().is_some_and(|message| matches!(message.asks, Asks::Listening));
        let opens = session.is_none() && message.as_ref().is_some_and(|message| matches!(message.asks, Asks::Session));
        let room = match opens.then(|| self.sessions.room(&agent)) {
            None => None,
            Some(room) => match room.await {
                Ok(room) => Some(room),
                Err(error) => return failure(StatusCode::TOO_MANY_REQUESTS, &error.to_string()),
            },
        };
        if let Some(session) = session.as_ref().filter(|_| headers.contains_key(LAST_EVENT)) {
            session.came_back();
        }
        // This request alone: it may have had its time before its agent is turned out.
        let turned_out = seat.gone.clone();
        seat.gone = turned_out.child_token();
        let (own, leaving) = (seat.gone.clone(), seat.leaving.clone());
        let mut request = Request::from_parts(head, Body::from(body.unwrap_or_default()));
        request.extensions_mut().insert(seat);
        let opening = Opening { agent, gone: turned_out.clone(), _room: room.map(Arc::new) };
        let answered = self.in_time(OPENING.scope(opening, (self.protocol)(request)), &own, listens).await;
        let ends = match (listens, &method) {
            // What a session hears by itself has no end of its own.
            (true, &Method::GET) => Ends::With(vec![turned_out, leaving], holds),
            // A listener of the modern era hears the end from its handler.
            (true, _) => Ends::Within(holds),
            (false, _) => Ends::Within(Some(DEADLINE)),
        };
        self.hold(no_content(answered, &method), Kept { session, own, place }, ends)
    }

    /// Waits for the head of an answer. A request that takes too long is told so by way of its token.
    async fn in_time(&self, answering: impl Future<Output = Answer>, own: &CancellationToken, listens: bool) -> Answer {
        let mut answering = std::pin::pin!(answering);
        if listens {
            return answering.await;
        }
        tokio::select! {
            biased;
            answer = answering.as_mut() => return answer,
            () = self.clock.sleep(DEADLINE) => own.cancel(),
        }
        answering.await
    }

    /// Keeps what the request took until its answer has been sent.
    fn hold(&self, answer: Answer, kept: Kept, ends: Ends) -> Answer {
        let streams = answer.headers().get(CONTENT_TYPE).is_some_and(|kind| kind == "text/event-stream");
        if !streams {
            return answer;
        }
        let late = self.lateness(&kept, &ends);
        let own = kept.own.clone();
        answer.map(|body| Body::from_stream(Held::new(body, Box::new(kept), own, late, ends, &self.clock)))
    }

    /// What happens when a client loses the stream of its answer. In a session it may come back for it for a while;
    /// elsewhere the protocol's transport has noticed by itself.
    fn lateness(&self, kept: &Kept, ends: &Ends) -> Option<Box<dyn FnOnce() + Send + Sync>> {
        let session = kept.session.clone().filter(|_| matches!(ends, Ends::Within(_)))?;
        let (own, clock, late, ended) =
            (kept.own.clone(), Arc::clone(&self.clock), self.late.clone(), self.ended.clone());
        Some(Box::new(move || {
            let seen = session.comings_back();
            late.spawn(async move {
                tokio::select! {
                    () = clock.sleep(COMES_BACK) => {}
                    () = ended.cancelled() => {}
                }
                if session.comings_back() == seen {
                    own.cancel();
                }
            });
        }))
    }

    /// The session a request names, in use from here on. One of another agent is one that never was.
    fn session(&self, headers: &HeaderMap, agent: &AgentId) -> Result<Option<Use>, StatusCode> {
        let mut named = headers.get_all(SESSION).into_iter();
        let (Some(id), more) = (named.next(), named.next()) else { return Ok(None) };
        let id = id.to_str().ok().filter(|_| more.is_none()).ok_or(StatusCode::BAD_REQUEST)?;
        self.sessions.use_by(id, agent).map(Some).ok_or(StatusCode::NOT_FOUND)
    }

    /// Ends the sessions of agents that are let in no more. To be called whenever there may be some.
    pub async fn turn_out(&self) {
        self.sessions.turn_out().await;
    }

    /// Ends everything that is still open. Nothing is answered from here on.
    pub async fn end(&self) {
        self.ended.cancel();
        self.late.close();
        self.late.wait().await;
    }
}

/// What a request took.
struct Kept {
    session: Option<Use>,
    own: CancellationToken,
    #[expect(dead_code, reason = "it is kept, not looked at")]
    place: Box<dyn Send + Sync>,
}

/// The end of a session has nothing to say; clients take 202 for a promise.
fn no_content(mut answer: Answer, method: &Method) -> Answer {
    if *method == Method::DELETE && answer.status() == StatusCode::ACCEPTED {
        *answer.status_mut() = StatusCode::NO_CONTENT;
    }
    answer
}
