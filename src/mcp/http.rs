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
use futures_util::future::{BoxFuture, FutureExt as _, select};
use rmcp::ServerHandler;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use self::held::{Held, Lost};
use self::sessions::{InUse, OPENING, Opening, Sessions, Use};
use super::seat::Seat;
use crate::clock::Clock;
use crate::domain::limits;
use crate::policy::ask::AgentId;
use crate::telemetry::Metrics;

pub use message::{Asks, Message, Post, failure};
pub use sessions::{NoRoom, SessionLimits};

/// How long a request may take in all. The longest hold of a profile, and the time to send what was approved then.
const DEADLINE: Duration = Duration::from_mins(6);
/// How long after a client of the older eras lost its stream a call goes on, for it may come back for the answer.
const COMES_BACK: Duration = Duration::from_secs(10);
/// How long a request that was told to end may take for its last words.
const LAST_WORDS: Duration = Duration::from_secs(30);
const IN_USE: &str = "the `id` is that of a request still being worked on";
const SESSION: HeaderName = HeaderName::from_static("mcp-session-id");

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
        let method = head.method.clone();
        let session = match self.session(&head.headers, &agent, &seat.gone) {
            Ok(session) => session,
            Err(status) => return failure(status, "there is no such session; initialize anew"),
        };
        let (body, message) = message.unzip();
        let asks = message.as_ref().map_or(Asks::Nothing, |message| message.asks);
        let listens = method == Method::GET || matches!(asks, Asks::Listening);
        let room = match (&session, asks) {
            (None, Asks::Session) => match self.sessions.room(&agent).await {
                Ok(room) => Some(room),
                Err(error) => return failure(StatusCode::TOO_MANY_REQUESTS, &error.to_string()),
            },
            _ => None,
        };
        let under_way = match (&session, &message) {
            (Some(session), Some(message)) => match session.under_way(message.id.as_ref()) {
                Ok(under_way) => under_way,
                Err(InUse) => return message.refused(StatusCode::BAD_REQUEST, IN_USE),
            },
            _ => None,
        };
        // This request alone: it may have had its time before its agent is turned out.
        let turned_out = seat.gone.clone();
        seat.gone = turned_out.child_token();
        let (own, leaving) = (seat.gone.clone(), seat.leaving.clone());
        let ended = CancellationToken::new();
        let term = Arc::new(Term { session, place, _ended: ended.clone().drop_guard() });
        self.end_in_time(if listens { holds } else { Some(DEADLINE) }, own.clone(), ended);
        let mut request = Request::from_parts(head, Body::from(body.unwrap_or_default()));
        // Kept by whoever works on the request, whether or not its client still listens.
        request.extensions_mut().insert(seat);
        request.extensions_mut().insert(Arc::clone(&term));
        request.extensions_mut().insert(under_way.map(Arc::new));
        let opening = Opening::new(agent, turned_out, room);
        let answering = OPENING.scope(opening, (self.protocol)(request));
        let answered = tokio::select! {
            biased;
            answered = answering => answered,
            () = self.too_late(own.clone()) => failure(StatusCode::GATEWAY_TIMEOUT, "this took too long"),
        };
        let ends = match method {
            // What a session hears by itself has no end of its own.
            Method::GET => {
                select(own.clone().cancelled_owned().boxed(), leaving.cancelled_owned().boxed()).map(drop).boxed()
            }
            // Whoever works on anything else listens to its token, and answers.
            _ => self.too_late(own.clone()),
        };
        self.hold(no_content(answered, &method), term, own, ends, listens)
    }

    /// Tells a request that its time is over, unless it ends before.
    fn end_in_time(&self, limit: Option<Duration>, own: CancellationToken, ended: CancellationToken) {
        let Some(limit) = limit else { return };
        let clock = Arc::clone(&self.clock);
        self.late.spawn(async move {
            tokio::select! {
                () = ended.cancelled() => {}
                () = clock.sleep(limit) => own.cancel(),
            }
        });
    }

    /// When a request that was told to end has not done so.
    fn too_late(&self, own: CancellationToken) -> BoxFuture<'static, ()> {
        let clock = Arc::clone(&self.clock);
        async move {
            own.cancelled().await;
            clock.sleep(LAST_WORDS).await;
        }
        .boxed()
    }

    /// Keeps what the request took until its answer has been sent.
    fn hold(
        &self,
        answer: Answer,
        term: Arc<Term>,
        own: CancellationToken,
        ends: BoxFuture<'static, ()>,
        listens: bool,
    ) -> Answer {
        let streams = answer.headers().get(CONTENT_TYPE).is_some_and(|kind| kind == "text/event-stream");
        if !streams {
            return answer;
        }
        // In a session its client may come back for the answer for a while; elsewhere the protocol's transport has
        // noticed by itself.
        let lost: Option<Lost> = (term.session.is_some() && !listens).then(|| {
            let (clock, late, ended) = (Arc::clone(&self.clock), self.late.clone(), self.ended.clone());
            let lost = move || {
                late.spawn(async move {
                    tokio::select! { () = clock.sleep(COMES_BACK) => {}, () = ended.cancelled() => {} }
                    own.cancel();
                });
            };
            Box::new(lost) as Lost
        });
        answer.map(|body| Body::from_stream(Held::new(body, Box::new(term), lost, ends)))
    }

    /// The session a request names, in use from here on. One of another agent is one that never was.
    fn session(
        &self,
        headers: &HeaderMap,
        agent: &AgentId,
        gone: &CancellationToken,
    ) -> Result<Option<Use>, StatusCode> {
        let mut named = headers.get_all(SESSION).into_iter();
        let (Some(id), more) = (named.next(), named.next()) else { return Ok(None) };
        let id = id.to_str().ok().filter(|_| more.is_none()).ok_or(StatusCode::BAD_REQUEST)?;
        self.sessions.use_by(id, agent, gone).map(Some).ok_or(StatusCode::NOT_FOUND)
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

/// What a request took: given back once nobody works on it and its answer has been sent.
struct Term {
    session: Option<Use>,
    #[expect(dead_code, reason = "it is kept, not looked at")]
    place: Box<dyn Send + Sync>,
    _ended: DropGuard,
}

/// The end of a session has nothing to say; clients take 202 for a promise.
fn no_content(mut answer: Answer, method: &Method) -> Answer {
    if *method == Method::DELETE && answer.status() == StatusCode::ACCEPTED {
        *answer.status_mut() = StatusCode::NO_CONTENT;
    }
    answer
}
