//! A server for tests that answers each request with the bytes it is told to, or not at all.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::clock::{Clock, ManualClock};
use crate::confluence::address::Address;
use crate::confluence::client::{Client, Settings};
use crate::confluence::credentials::{ApiToken, Bearer};
use crate::confluence::failure::Failure;
use crate::confluence::reply::Reply;
use crate::confluence::request::Request;
use crate::domain::access::{AccessClass, Read, Update, WriteAccess};
use crate::domain::digest::Digest;
use crate::domain::group::Group;
use crate::domain::ids::{SpaceId, SpaceKey};
use crate::domain::place::Place;
use crate::policy::gate::BuiltIn;
use crate::policy::ports::{Approver, Freshness, LocateError, Locator, RecordError, Recorder, Row, Verdict};
use crate::policy::profile::{Groups, Mode, Profile, Switch, Switches};
use crate::policy::{Caller, Gate, Permit, Proposal, ToolFacts, Usage, ask::AgentId};
use serde_json::json;

/// The secret that must appear nowhere but in one header.
pub(super) const CANARY: &str = "canary-4711";

/// What the server does with one request.
#[derive(Clone)]
pub(super) enum Act {
    /// Sends these bytes and hangs up.
    Say(Vec<u8>),
    /// Sends these bytes and falls silent.
    Trail(Vec<u8>),
    /// Sends these bytes over and over.
    Flood { head: Vec<u8>, piece: Vec<u8> },
}

/// A response with a body.
pub(super) fn answer(status: u16, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Act {
    let mut bytes = head(status, headers);
    bytes.truncate(bytes.len() - 2);
    bytes.extend(format!("content-length: {}\r\n\r\n", body.as_ref().len()).bytes());
    bytes.extend(body.as_ref());
    Act::Say(bytes)
}

/// The start of a response without a length.
pub(super) fn head(status: u16, headers: &[(&str, &str)]) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {status} x\r\nconnection: close\r\natl-traceid: t1\r\n");
    for (name, value) in headers {
        head.extend([name, ": ", value, "\r\n"]);
    }
    (head + "\r\n").into_bytes()
}

/// The server; it stops when dropped.
pub(super) struct Peer {
    pub(super) port: u16,
    seen: Arc<Mutex<Vec<String>>>,
    _tasks: JoinSet<()>,
}

impl Peer {
    /// Answers the n-th request with the n-th act, and any later one with the last.
    pub(super) async fn start(acts: impl Into<Vec<Act>>) -> Self {
        Self::start_with(acts.into(), |stream| Box::pin(async { Some(stream) })).await
    }

    /// The same behind what `accept` makes of a connection, such as TLS.
    pub(super) async fn start_with<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
        acts: Vec<Act>,
        accept: impl Fn(TcpStream) -> BoxFuture<'static, Option<S>> + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let mut tasks = JoinSet::new();
        let all_seen = Arc::clone(&seen);
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let (accepted, seen, acts) = (accept(stream), Arc::clone(&all_seen), acts.clone());
                connections.spawn(async move {
                    if let Some(stream) = accepted.await {
                        serve(stream, &seen, &acts).await;
                    }
                });
            }
        });
        Self { port, seen, _tasks: tasks }
    }

    /// The requests so far, head and body.
    pub(super) fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }

    /// Settings for a client of this server whose waits take no time.
    pub(super) fn settings(&self, clock: &Arc<ManualClock>) -> Settings {
        let address = Address::site(&format!("http://127.0.0.1:{}", self.port)).unwrap();
        let clock: Arc<dyn Clock> = Arc::<ManualClock>::clone(clock);
        let token = ApiToken::new("admin@example.com", CANARY.into()).unwrap();
        Settings { clock, ..Settings::new(address, Arc::new(token)) }
    }

    /// Such a client.
    pub(super) fn client(&self) -> Client {
        Client::new(self.settings(&clock())).unwrap()
    }

    /// Settings of one whose requests are counted in points.
    pub(super) fn bearer_settings(&self, clock: &Arc<ManualClock>) -> Settings {
        let address = Address::gateway(&format!("http://127.0.0.1:{}", self.port), "cloud-1").unwrap();
        let token = Bearer::new(CANARY.into()).unwrap();
        Settings { address, credentials: Arc::new(token), ..self.settings(clock) }
    }
}

pub(super) fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::at("2026-11-22T10:30:00Z"))
}

async fn serve(mut stream: impl AsyncRead + AsyncWrite + Unpin, seen: &Mutex<Vec<String>>, acts: &[Act]) {
    let mut bytes = Vec::new();
    let length = loop {
        if stream.read_buf(&mut bytes).await.unwrap_or(0) == 0 {
            return;
        }
        let text = String::from_utf8_lossy(&bytes);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let lower = head.to_lowercase();
        let length = lower.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
        if body.len() >= length.unwrap_or(0) {
            break text.into_owned();
        }
    };
    let count = {
        let mut seen = seen.lock().unwrap();
        seen.push(length);
        seen.len()
    };
    match acts.get(count - 1).or(acts.last()).unwrap() {
        Act::Say(bytes) => {
            let _ = stream.write_all(bytes).await;
            let _ = stream.shutdown().await;
        }
        Act::Trail(bytes) => {
            let _ = stream.write_all(bytes).await;
            // Until the other side gives up.
            let _ = stream.read_u8().await;
        }
        Act::Flood { head, piece } => {
            let _ = stream.write_all(head).await;
            while stream.write_all(piece).await.is_ok() {}
        }
    }
}

/// Ports that agree to everything.
struct Agreeable;

impl Locator for Agreeable {
    fn space_of<'a>(&'a self, _: &'a Place, _: Freshness) -> BoxFuture<'a, Result<Option<SpaceId>, LocateError>> {
        Box::pin(async { Ok(None) })
    }

    fn key_of<'a>(&'a self, _: &'a SpaceId) -> BoxFuture<'a, Result<Option<SpaceKey>, LocateError>> {
        Box::pin(async { Ok(None) })
    }
}

impl Approver for Agreeable {
    fn ask<'a>(&'a self, _: &'a Caller, _: &'a Proposal) -> BoxFuture<'a, Verdict> {
        Box::pin(async { Verdict::NoApprover })
    }
}

impl Recorder for Agreeable {
    fn record(&self, _: Row) -> BoxFuture<'_, Result<(), RecordError>> {
        Box::pin(async { Ok(()) })
    }

    fn usage(&self, _: &AgentId) -> Usage {
        Usage::default()
    }
}

/// Leave to send this write, as the gate gives it.
pub(super) async fn permit<A: WriteAccess>(request: &Request<A>) -> Permit<A> {
    let gate = Gate::new(Arc::new(Agreeable), Arc::new(Agreeable), Arc::new(Agreeable));
    let switches = Switches { mode: Mode::ReadWrite, allow_delete: Switch::On, require_approval: Switch::Off };
    let profile = Profile {
        name: "test".into(),
        description: String::new(),
        connection: None,
        groups: Groups { pages: switches, ..Groups::default() },
        scope: crate::policy::profile::Scope::default(),
        approval: crate::policy::profile::Approval::default(),
        limits: crate::policy::profile::Limits::default(),
        tools: crate::policy::profile::Tools::default(),
        revision: Digest::of([]),
        written: "".into(),
    };
    let proposal = Proposal {
        approval: crate::domain::ids::ApprovalId::of(1),
        tool: ToolFacts { name: "update_page", group: Group::Pages, class: AccessClass::Update },
        effect: AccessClass::Update,
        places: Vec::new(),
        target: String::new(),
        summary: String::new(),
        preview: String::new(),
        digest: request.digest(),
    };
    let caller = Caller::new(AgentId::new("test"), profile);
    gate.pass(&caller, &proposal, Freshness::Live).await.unwrap()
}

/// Timeouts short enough to be waited for.
pub(super) fn impatient() -> super::Timeouts {
    let (answer, pause) = (Duration::from_millis(200), Duration::from_millis(50));
    super::Timeouts { answer, pause, ..super::Timeouts::default() }
}

pub(super) fn page() -> Request<Read> {
    Request::get("/wiki/api/v2/pages/{id}", &["1"])
}

pub(super) fn update() -> Request<Update> {
    Request::update("/wiki/api/v2/pages/{id}", &["1"]).json(&json!({"title": "a"}))
}

pub(super) fn reads() -> Permit<Read> {
    BuiltIn::NameLookUp.permit()
}

pub(super) async fn read(client: &Client) -> Result<Reply, Failure> {
    client.send(&reads(), page()).await
}

pub(super) async fn write(client: &Client) -> Result<Reply, Failure> {
    client.send(permit(&update()).await, update()).await
}

pub(super) fn ok() -> Act {
    answer(200, &[("content-type", "application/json")], r#"{"id":"1"}"#)
}
