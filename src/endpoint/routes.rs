//! What is asked where, and the way of a request to the protocol.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Extension, Request, State};
use axum::http::header::CONTENT_LENGTH;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{any, get};
use futures_util::StreamExt as _;

use super::answers::{Checked, Refused};
use super::bounds::{Agent, Room, TakenUp};
use super::connections::Guest;
use super::entrance::{Entered, lacking};
use super::{House, guard, metadata};
use crate::domain::limits;
use crate::mcp::http::{Asks, Entrant, Message, Post};
use crate::telemetry::Refusal;

/// How long a body may take to arrive.
const BODY: Duration = Duration::from_secs(30);

type Shared = State<Arc<House>>;

pub(super) fn routes(house: &Arc<House>) -> Router {
    let figures = |State(house): Shared, ConnectInfo(peer): ConnectInfo<SocketAddr>, headers: HeaderMap| async move {
        house.figures(&headers, peer)
    };
    let metadata = |State(house): Shared, headers: HeaderMap| async move { house.metadata(&headers) };
    Router::new()
        .route("/mcp", any(mcp))
        .route("/healthz", get(|| async { "alive\n" }))
        .route("/readyz", get(|State(house): Shared| async move { house.ready().await }))
        .route("/metrics", get(figures))
        .route(metadata::PATH, get(metadata))
        .route("/.well-known/oauth-protected-resource", get(metadata))
        .fallback(|| async { StatusCode::NOT_FOUND })
        .layer(from_fn_with_state(Arc::clone(house), guard::stand))
        .with_state(Arc::clone(house))
}

async fn mcp(State(house): Shared, Extension(guest): Extension<Guest>, request: Request) -> Response {
    match house.pass(&guest, request).await {
        Ok(answer) => answer,
        Err(refused) => {
            house.parts.metrics.refused(refused.as_what);
            *refused.answer
        }
    }
}

/// A request whose body was read, where it has one.
struct Heard {
    message: Option<(Bytes, Message)>,
    taken_up: Option<TakenUp>,
}

impl House {
    /// The way of one request: who, how fast, what, and then the protocol.
    async fn pass(&self, guest: &Guest, request: Request) -> Checked<Response> {
        let (head, body) = request.into_parts();
        if ![Method::POST, Method::GET, Method::DELETE].contains(&head.method) {
            return Err(Refused::method());
        }
        let metadata = format!("{}{}", self.base(&head.headers), metadata::PATH);
        let entered = self.enter(&head.headers, &metadata).await?;
        let agent = self.bounds.of(&entered.proven.agent);
        guest.has_proven_itself(&agent)?;
        if self.leaving.is_cancelled() {
            return Err(Refused::draining());
        }
        agent.count(&*self.parts.clock)?;
        let mut body =
            if head.method == Method::POST { self.hear(&head, body, &agent).await? } else { Heard::nothing() };
        let asks = match &body.message {
            Some((_, message)) => {
                if let Some(needed) = lacking(&entered, message) {
                    return Err(Refused::scope(message, needed, &metadata));
                }
                message.asks
            }
            None if head.method == Method::GET => Asks::Listening,
            None => Asks::Nothing,
        };
        let (slot, listener) = match asks {
            Asks::Nothing => (None, None),
            Asks::Listening => {
                // It may stay for days.
                body.taken_up = None;
                (Some(agent.stream()?), Some(self.parts.metrics.listener()))
            }
            Asks::Tool(_) | Asks::Reading | Asks::Session | Asks::Else => (Some(self.bounds.slot(&agent).await?), None),
        };
        let Entered { proven, seat } = entered;
        let now = self.parts.clock.now();
        let holds = proven.until.map(|until| until.duration_since(now).try_into().unwrap_or_default());
        let entrant = Entrant { agent: proven.agent, seat, holds, place: Box::new((slot, body.taken_up, listener)) };
        Ok(self.parts.protocol.answer(head, body.message, entrant).await)
    }

    /// Reads a body, as large as one may be and as fast as one has to come.
    async fn hear(&self, head: &Parts, body: Body, agent: &Agent) -> Checked<Heard> {
        let too_large = || {
            let why = format!("a message may be {} MiB long at most", limits::HTTP_BODY >> 20);
            Refused::new(StatusCode::PAYLOAD_TOO_LARGE, Refusal::Body, &why).closing()
        };
        let said = head.headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
        if said.is_some_and(|length| length > limits::HTTP_BODY) {
            return Err(too_large());
        }
        let Room { reading: own, mut taken_up } = self.bounds.room(agent, said.unwrap_or(limits::HTTP_BODY)).await?;
        let reading = async {
            let mut stream = body.into_data_stream();
            let mut whole = Vec::with_capacity(said.unwrap_or_default());
            while let Some(piece) = stream.next().await {
                let broken = |_| Refused::new(StatusCode::BAD_REQUEST, Refusal::Body, "the body ends too early");
                let piece = piece.map_err(|error| broken(error).closing())?;
                if whole.len() + piece.len() > limits::HTTP_BODY {
                    return Err(too_large());
                }
                whole.extend_from_slice(&piece);
            }
            Ok(Bytes::from(whole))
        };
        let body = tokio::select! {
            body = reading => body?,
            () = self.parts.clock.sleep(BODY) => {
                let why = "the body comes too slowly";
                return Err(Refused::new(StatusCode::REQUEST_TIMEOUT, Refusal::Body, why).closing());
            }
        };
        drop(own);
        taken_up.shrink(body.len());
        match Message::read(&body) {
            Post::Message(message) => Ok(Heard { message: Some((body, message)), taken_up: Some(taken_up) }),
            Post::Wrong(answer) => Err(Refused::of(answer.into_response(), Refusal::Malformed)),
        }
    }
}

impl Heard {
    const fn nothing() -> Self {
        Self { message: None, taken_up: None }
    }
}
