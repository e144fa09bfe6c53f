//! A room to watch views in: the simulated site, an app whose clock the test winds, people who decide, and clients.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use serde_json::{Value, json};
use sluice::app::{App, Parts};
use sluice::approval::approvals::Change;
use sluice::approval::approvals::Quiet;
use sluice::approval::record::{Says, Via};
use sluice::approval::{Approvals, Decider, Record, Rights, State};
use sluice::clock::Clock;
use sluice::confluence::client::{Limits, Settings};
use sluice::confluence::{Address, ApiToken, Client};
use sluice::mcp::{Audience, Handler, Seat, ServeError, StateKey, serve_with};
use sluice::policy::Caller;
use sluice::policy::ask::AgentId;
use sluice::sandbox::model::{Content, ContentKind, ContentStatus};
use sluice::sandbox::{Sandbox, SandboxOptions, seed};
use sluice::store::memory::MemoryStore;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, DuplexStream, ReadHalf, WriteHalf};
use tokio::sync::{broadcast, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::desk::{Standing, profile};

/// Where people decide in a room with a dashboard.
pub(super) const DASHBOARD: &str = "https://desk.example";
/// Capabilities of clients.
pub(super) const FORMS: &str = r#"{"elicitation":{}}"#;
pub(super) const PAGES: &str = r#"{"elicitation":{"url":{}}}"#;
pub(super) const TASKS: &str = r#"{"extensions":{"io.modelcontextprotocol/tasks":{}}}"#;

/// A clock that stands still until the test moves it.
pub(super) struct HandWound(watch::Sender<Shown>);

#[derive(Default)]
struct Shown {
    passed: Duration,
    sleepers: BTreeMap<u64, Duration>,
    next: u64,
}

struct Sleeper(watch::Sender<Shown>, u64);

impl Drop for Sleeper {
    fn drop(&mut self) {
        self.0.send_modify(|shown| {
            shown.sleepers.remove(&self.1);
        });
    }
}

impl Clock for HandWound {
    fn now(&self) -> Timestamp {
        "2026-11-22T10:30:00Z".parse::<Timestamp>().unwrap() + self.steady()
    }

    fn steady(&self) -> Duration {
        self.0.borrow().passed
    }

    fn sleep(&self, wait: Duration) -> BoxFuture<'static, ()> {
        let mut due = Duration::ZERO;
        let mut id = 0;
        self.0.send_modify(|shown| {
            due = shown.passed + wait;
            id = shown.next;
            shown.next += 1;
            shown.sleepers.insert(id, due);
        });
        let (sleeper, mut seen) = (Sleeper(self.0.clone(), id), self.0.subscribe());
        Box::pin(async move {
            seen.wait_for(|shown| shown.passed >= due).await.map(drop).unwrap();
            drop(sleeper);
        })
    }
}

impl HandWound {
    /// Waits until somebody sleeps for exactly so long from now.
    pub(super) async fn asleep(&self, seconds: u64) {
        let wait = Duration::from_secs(seconds);
        let due = |shown: &Shown| shown.sleepers.values().any(|due| *due == shown.passed + wait);
        self.0.subscribe().wait_for(due).await.map(drop).unwrap();
    }

    /// Lets so much time pass, once somebody sleeps until exactly then.
    pub(super) async fn pass(&self, seconds: u64) {
        self.asleep(seconds).await;
        self.jump(Duration::from_secs(seconds));
    }

    /// Lets so much time pass, whoever sleeps.
    pub(super) fn jump(&self, wait: Duration) {
        self.0.send_modify(|shown| shown.passed += wait);
    }
}

/// The room.
pub(super) struct Room {
    pub(super) site: Sandbox,
    pub(super) clock: Arc<HandWound>,
    pub(super) approvals: Arc<Approvals>,
    app: Arc<App>,
    profile: Arc<sluice::policy::Profile>,
    changes: Mutex<broadcast::Receiver<Change>>,
    key: StateKey,
}

impl Room {
    /// A room in which the lines `approval` say how approvals are asked for, with or without a dashboard.
    pub(super) async fn new(approval: &str, review: Option<&str>) -> Self {
        let text = format!(
            "name = \"Waits\"\n[pages]\nmode = \"read-write\"\nallow_delete = true\nrequire_approval = true\n\
             [approval]\n{approval}\n"
        );
        let profile = Arc::new(profile(&text));
        let clock = Arc::new(HandWound(watch::channel(Shown::default()).0));
        let site = Sandbox::start(SandboxOptions::new(seed::service_desk())).await.unwrap();
        let token = ApiToken::new("admin@example.com", "sandbox-token".to_owned().into()).unwrap();
        let mut settings = Settings::new(Address::site(&site.url()).unwrap(), Arc::new(token));
        settings.limits = Limits::without_rates();
        let time = Arc::clone(&clock) as Arc<dyn Clock>;
        let approvals =
            Approvals::open(Arc::new(MemoryStore::new()), Arc::clone(&time), Arc::new(Quiet)).await.unwrap();
        let app = Arc::new(App::new(Parts {
            client: Client::new(settings).unwrap(),
            connection: "the service desk".into(),
            site: site.url(),
            folder: None,
            library: None,
            approvals: Arc::clone(&approvals),
            mandates: Arc::new(Standing(Mutex::new(Arc::clone(&profile)))),
            review: review.map(str::to_owned),
            clock: time,
        }));
        let changes = Mutex::new(approvals.changes());
        Self { site, clock, approvals, app, profile, changes, key: StateKey::new([7; 32]) }
    }

    /// A room with the usual profile and without a dashboard.
    pub(super) async fn usual() -> Self {
        Self::new("", None).await
    }

    fn connect(&self, agent: &str, key: StateKey, capabilities: &str) -> Wire {
        let (near, far) = tokio::io::duplex(1 << 16);
        let (reader, writer) = tokio::io::split(far);
        let seat = Seat::fixed(Arc::clone(&self.app), self.caller(agent));
        let handler = Handler::one(seat, key, Arc::new(Audience::new(Arc::clone(self.app.clock()))));
        #[expect(clippy::disallowed_methods, reason = "a test stands in for the other process")]
        let fate = tokio::spawn(serve_with(handler, Arc::clone(&self.app), reader, writer, CancellationToken::new()));
        let (reader, writer) = tokio::io::split(near);
        let capabilities = serde_json::from_str(capabilities).unwrap();
        let meta = json!({
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": capabilities,
        });
        let reader = BufReader::new(reader);
        Wire { reader, writer, served: fate, capabilities, meta, last_id: 0, notes: Vec::new() }
    }

    fn caller(&self, agent: &str) -> Caller {
        Caller::new(AgentId::new(agent), Arc::clone(&self.profile))
    }

    /// A client of the modern era.
    pub(super) fn modern(&self, capabilities: &str) -> Wire {
        self.modern_as("tester", capabilities)
    }

    /// A client of the modern era that is another agent's.
    pub(super) fn modern_as(&self, agent: &str, capabilities: &str) -> Wire {
        self.connect(agent, self.key.clone(), capabilities)
    }

    /// A client of the modern era whose server has another key.
    pub(super) fn modern_elsewhere(&self) -> Wire {
        self.connect("tester", StateKey::random().unwrap(), "{}")
    }

    /// A client of the legacy era, past its handshake.
    pub(super) async fn legacy(&self, capabilities: &str) -> Wire {
        let mut wire = self.connect("tester", self.key.clone(), capabilities);
        wire.meta = Value::Null;
        let capabilities = wire.capabilities.clone();
        let hello = json!({
            "protocolVersion": "2025-11-25", "capabilities": capabilities, "clientInfo": {"name": "w", "version": "0"},
        });
        let answer = wire.ask("initialize", hello).await;
        assert_eq!(answer["result"]["protocolVersion"], "2025-11-25", "{answer}");
        wire.say("notifications/initialized", json!({})).await;
        wire
    }

    /// What every client here asks for: a page that does not exist yet.
    pub(super) fn write() -> Value {
        json!({ "space": "IT", "title": "New here", "body": "x" })
    }

    /// The write that is waiting, once it is.
    pub(super) async fn pending(&self) -> Record {
        let mut changes = self.changes.lock().unwrap().resubscribe();
        loop {
            let waits = |record: &Record| record.state == State::Pending;
            if let Some(record) = self.approvals.list(None, waits, 1).await.unwrap().pop() {
                return record;
            }
            changes.recv().await.unwrap();
        }
    }

    /// Somebody decides in the dashboard.
    pub(super) async fn decide(&self, record: &Record, says: Says) {
        let who = Decider::Approver { name: "Ines".into(), via: Via::Dashboard, rights: Rights::all() };
        let reason = (says == Says::No).then(|| "not today".to_owned());
        self.approvals.decide(&record.asked.id, record.seal, &who, says, reason).await.unwrap();
        self.approvals.finish().await;
    }

    /// Somebody decides once a call is held for it.
    pub(super) async fn decide_when_asleep(&self, record: &Record, says: Says) {
        self.clock.0.subscribe().wait_for(|shown| !shown.sleepers.is_empty()).await.map(drop).unwrap();
        self.decide(record, says).await;
    }

    /// Any page that is not a space's home.
    pub(super) fn any_page(&self) -> String {
        self.site.with_site(|site| {
            let homes: Vec<_> = site.spaces.values().filter_map(|space| space.homepage).collect();
            let page = |content: &&Content| {
                content.kind == ContentKind::Page
                    && content.status == ContentStatus::Current
                    && !homes.contains(&content.id)
            };
            site.contents.values().find(page).unwrap().id.to_string()
        })
    }

    /// The write's state, once it will not change any more.
    pub(super) async fn end_of(&self, record: &Record) -> State {
        let ended = self.approvals.wait(&record.asked.id, Duration::from_hours(9), State::is_final).await.unwrap();
        ended.unwrap().state
    }

    /// The write's state now.
    pub(super) async fn state_of(&self, record: &Record) -> State {
        self.approvals.get(&record.asked.id).await.unwrap().unwrap().state
    }

    /// How many pages the write has made.
    pub(super) fn made(&self) -> usize {
        self.site.with_site(|site| {
            let titled = |content: &&Content| content.versions.last().unwrap().title == "New here";
            site.contents.values().filter(titled).count()
        })
    }
}

/// A client that speaks in lines of JSON.
pub(super) struct Wire {
    reader: BufReader<ReadHalf<DuplexStream>>,
    writer: WriteHalf<DuplexStream>,
    served: JoinHandle<Result<(), ServeError>>,
    capabilities: Value,
    /// Of every request of the modern era; none in the legacy one.
    pub(super) meta: Value,
    last_id: u64,
    /// Notifications that came while something else was waited for.
    pub(super) notes: Vec<Value>,
}

impl Wire {
    async fn send(&mut self, message: &Value) {
        self.writer.write_all(format!("{message}\n").as_bytes()).await.unwrap();
    }

    /// Sends a notification.
    pub(super) async fn say(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params })).await;
    }

    /// Sends a request; its id.
    pub(super) async fn begin(&mut self, method: &str, mut params: Value) -> u64 {
        self.last_id += 1;
        if let (Value::Object(meta), Value::Object(members)) = (&self.meta, &mut params) {
            let known = members.entry("_meta").or_insert_with(|| json!({}));
            known.as_object_mut().unwrap().extend(meta.clone());
        }
        self.send(&json!({ "jsonrpc": "2.0", "id": self.last_id, "method": method, "params": params })).await;
        self.last_id
    }

    /// Calls the tool that every client here calls; the id of the call.
    pub(super) async fn write(&mut self) -> u64 {
        self.begin("tools/call", json!({ "name": "create_page", "arguments": Room::write() })).await
    }

    /// The same call with what a client brings back.
    pub(super) async fn come_back(&mut self, state: &Value, responses: Value) -> u64 {
        let call = json!({
            "name": "create_page", "arguments": Room::write(), "requestState": state, "inputResponses": responses,
        });
        self.begin("tools/call", call).await
    }

    async fn next(&mut self) -> Value {
        let mut line = String::new();
        assert!(self.reader.read_line(&mut line).await.unwrap() > 0, "the server has hung up");
        serde_json::from_str(&line).unwrap()
    }

    /// The answer to a request.
    pub(super) async fn answer(&mut self, id: u64) -> Value {
        loop {
            let message = self.next().await;
            if message.get("method").is_none() && message["id"] == id {
                return message;
            }
            self.notes.push(message);
        }
    }

    /// The result of a request.
    pub(super) async fn result(&mut self, id: u64) -> Value {
        let answer = self.answer(id).await;
        assert!(answer.get("result").is_some(), "{answer}");
        answer["result"].clone()
    }

    /// Sends a request and waits for its answer.
    pub(super) async fn ask(&mut self, method: &str, params: Value) -> Value {
        let id = self.begin(method, params).await;
        self.answer(id).await
    }

    /// What the server asks.
    pub(super) async fn asked(&mut self) -> Value {
        loop {
            let message = self.next().await;
            if message.get("method").is_some() && message.get("id").is_some() {
                return message;
            }
            self.notes.push(message);
        }
    }

    /// The next notification of that method.
    pub(super) async fn note(&mut self, method: &str) -> Value {
        loop {
            if let Some(place) = self.notes.iter().position(|note| note["method"] == method) {
                return self.notes.remove(place);
            }
            let message = self.next().await;
            self.notes.push(message);
        }
    }

    /// Answers what the server asked.
    pub(super) async fn reply(&mut self, question: &Value, result: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "id": question["id"], "result": result })).await;
    }

    /// Says that it cannot answer what the server asked.
    pub(super) async fn balk(&mut self, question: &Value) {
        let error = json!({ "code": -32601, "message": "no" });
        self.send(&json!({ "jsonrpc": "2.0", "id": question["id"], "error": error })).await;
    }

    /// Takes a call back.
    pub(super) async fn cancel(&mut self, call: u64) {
        self.say("notifications/cancelled", json!({ "requestId": call })).await;
    }

    /// Closes the client's end and waits until the server has ended; what it still said.
    pub(super) async fn hang_up(mut self) -> Vec<Value> {
        self.writer.shutdown().await.unwrap();
        let (mut said, mut line) = (Vec::new(), String::new());
        while self.reader.read_line(&mut line).await.unwrap() > 0 {
            said.push(serde_json::from_str(&line).unwrap());
            line.clear();
        }
        self.served.await.unwrap().unwrap();
        said
    }
}

/// The result of a write that was done.
#[track_caller]
pub(super) fn is_done(result: &Value) {
    assert_eq!(result["isError"], false, "{result}");
    assert_eq!(result["structuredContent"]["status"], "done", "{result}");
}

/// The result of a write that still waits; its id. It fits what the tool declares.
#[track_caller]
pub(super) fn is_pending(result: &Value) -> String {
    assert_eq!(result["isError"], false, "{result}");
    let told = &result["structuredContent"];
    assert_eq!((&told["status"], &told["executed"]), (&json!("pending_approval"), &json!(false)), "{result}");
    let schema = sluice::tools::find("create_page").unwrap().output_schema;
    jsonschema::validate(&Value::Object(schema().unwrap()), told).unwrap();
    told["approval_id"].as_str().unwrap().to_owned()
}

/// The result of a write that came to nothing, with this code.
#[track_caller]
pub(super) fn is_refused(result: &Value, code: &str) {
    assert_eq!(result["isError"], true, "{result}");
    let text = result["content"][0]["text"].as_str().unwrap();
    assert!(text.starts_with(&format!("{code}: ")), "{text}");
}
