//! The dashboard over its wire: who is let in, who decides, what pages show, and what never leaves this machine.

mod access;
mod browser;
mod chromium;
mod connections;
mod deciding;
mod entry;
mod pages;
mod program;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use serde_json::{Value, json};
use sluice::approval::Record;
use sluice::audit::Trail;
use sluice::clock::{Clock, SystemClock};
use sluice::control::{self, Connections};
use sluice::dashboard::Dashboard;
use sluice::dashboard::connections::Standing;
use sluice::policy::Caller;
use sluice::policy::ask::AgentId;
use sluice::tools::context::Silent;
use sluice::tools::{self, Begun};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::desk::{Desk, FULL, Opening};
use crate::program::data_dir;

const ADA: &str = "sla_ada";
const BOB: &str = "sla_bob";
/// Agents have keys, and a key is no approver's secret.
const AGENT_KEY: &str = "slk_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// The machine's clock, which can be moved on.
struct Movable(SystemClock, Mutex<Duration>);

impl Movable {
    fn new() -> Arc<Self> {
        Arc::new(Self(SystemClock::new(), Mutex::default()))
    }

    fn advance(&self, by: Duration) {
        *self.1.lock().unwrap() += by;
    }
}

impl Clock for Movable {
    fn now(&self) -> Timestamp {
        self.0.now() + *self.1.lock().unwrap()
    }

    fn steady(&self) -> Duration {
        self.0.steady() + *self.1.lock().unwrap()
    }

    fn sleep(&self, wait: Duration) -> BoxFuture<'static, ()> {
        self.0.sleep(wait)
    }
}

/// A desk whose writes wait, and its dashboard.
struct House {
    desk: Desk,
    asked: Arc<control::Desk>,
    address: SocketAddr,
    clock: Arc<Movable>,
    approvers: PathBuf,
    closing: CancellationToken,
    serving: JoinSet<()>,
}

/// An answer as it came over the wire.
#[derive(Debug)]
struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The code of a failure, which always has the same shape.
    fn code(&self) -> String {
        let failure = self.json();
        let error = &failure["error"];
        assert_eq!(failure.as_object().unwrap().len(), 1, "{failure}");
        assert_eq!(error.as_object().unwrap().keys().collect::<Vec<_>>(), ["code", "message"], "{failure}");
        error["code"].as_str().unwrap().to_owned()
    }

    fn header(&self, name: &str) -> Option<&str> {
        let line = self.head.lines().find(|line| line.to_ascii_lowercase().starts_with(&format!("{name}:")))?;
        line.split_once(':').map(|(_, value)| value.trim())
    }
}

impl House {
    /// Ada may approve everything, Bob updates alone.
    async fn open() -> Self {
        Self::with(&[("ada", ADA, ""), ("bob", BOB, "classes = [\"create\"]\n")]).await
    }

    /// Nobody is set up.
    async fn unguarded() -> Self {
        Self::with(&[]).await
    }

    async fn with(approvers: &[(&str, &str, &str)]) -> Self {
        Self::with_connections(approvers, Vec::new()).await
    }

    async fn with_connections(approvers: &[(&str, &str, &str)], standing: Vec<Standing>) -> Self {
        let folder = data_dir();
        std::fs::create_dir_all(&folder).unwrap();
        let file = folder.join("approvers.toml");
        let entry = |(name, secret, more): &(&str, &str, &str)| {
            format!("[approvers.{name}]\nsecret_hash = \"{}\"\n{more}", crate::people::cheap_hash(secret))
        };
        std::fs::write(&file, approvers.iter().map(entry).collect::<String>()).unwrap();
        let profile = FULL.replace("mode = \"read-write\"", "mode = \"read-write\"\nrequire_approval = true");
        let clock = Movable::new();
        let port = Arc::clone(&clock) as Arc<dyn Clock>;
        let desk = Desk::opened(Opening { profile: &profile, clock: Arc::clone(&port), ..Opening::usual() }).await;
        let dashboard = Dashboard::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
        let dashboard = dashboard.showing(Box::new(move || standing.clone()));
        let address = dashboard.url().strip_prefix("http://").unwrap().parse().unwrap();
        let closing = CancellationToken::new();
        let mut serving = JoinSet::new();
        let connections = Arc::new(Connections::default());
        connections.keep(Arc::clone(&desk.app));
        let asked = Arc::new(control::Desk::new(control::Parts {
            approvals: Arc::clone(&desk.approvals),
            trail: Arc::new(Trail::new(Arc::clone(&desk.store), Arc::clone(&port), None)),
            store: None,
            connections,
            copied: None,
            dashboard: Some(dashboard.url()),
            approvers: file.clone(),
            agents: folder.join("agents.toml"),
            user: "root".into(),
            hand_over: Box::new(|| false),
            mistakes: Box::new(Vec::new),
            clock: Arc::clone(&port),
        }));
        let people = (Some(file.clone()), "root".into());
        serving.spawn(dashboard.serve(Arc::clone(&asked), people.0, people.1, port, closing.clone()));
        Self { desk, asked, address, clock, approvers: file, closing, serving }
    }

    /// An agent asks for a write, which waits.
    async fn asks(&self, agent: &str, tool: &str, arguments: Value) -> Box<Record> {
        let caller = Caller { agent: AgentId::new(agent), ..self.desk.caller() };
        let Value::Object(arguments) = arguments else { panic!("arguments are an object") };
        let entry = tools::find(tool).unwrap();
        let begun =
            self.desk.app.begin(caller, entry, arguments, Arc::new(Silent), CancellationToken::new(), None).await;
        match begun.unwrap() {
            Begun::Waits(record) => record,
            Begun::Ended(_) => panic!("it should wait"),
        }
    }

    /// A page that waits to be made.
    async fn waits(&self, title: &str) -> Box<Record> {
        self.asks("tester", "create_page", json!({ "space": "IT", "title": title, "body": "Hello" })).await
    }

    /// Sends bytes as they are, and reads to the end.
    async fn raw(&self, request: &str) -> Answer {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        // What was refused unread may end with a reset.
        let _ = stream.read_to_end(&mut answer).await;
        let answer = String::from_utf8(answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{request:?}: {answer:?}"));
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Answer { status, head: head.to_owned(), body: body.to_owned() }
    }

    /// A request with these further header lines.
    async fn ask(&self, method: &str, path: &str, headers: &str, body: &str) -> Answer {
        let length = if body.is_empty() { String::new() } else { format!("content-length: {}\r\n", body.len()) };
        self.raw(&format!("{method} {path} HTTP/1.1\r\nhost: {}\r\n{headers}{length}\r\n{body}", self.address)).await
    }

    async fn get(&self, path: &str, secret: &str) -> Answer {
        self.ask("GET", path, &bearer(secret), "").await
    }

    async fn say(&self, says: &str, record: &Record, secret: &str) -> Answer {
        let body = json!({ "seal": record.seal }).to_string();
        self.post(&format!("/api/approvals/{}/{says}", record.asked.id), secret, &body).await
    }

    async fn post(&self, path: &str, secret: &str, body: &str) -> Answer {
        self.ask("POST", path, &format!("{}content-type: application/json\r\n", bearer(secret)), body).await
    }

    /// A record as the queue has it.
    async fn record(&self, record: &Record) -> Record {
        self.desk.approvals.get(&record.asked.id).await.unwrap().unwrap()
    }

    /// Opens the stream of changes, past its head.
    async fn stream(&self, secret: &str) -> BufReader<TcpStream> {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let host = self.address;
        let request = format!("GET /api/approvals/stream HTTP/1.1\r\nhost: {host}\r\n{}\r\n", bearer(secret));
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut stream = BufReader::new(stream);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            assert!(stream.read_line(&mut head).await.unwrap() > 0, "{head}");
        }
        assert!(head.starts_with("HTTP/1.1 200") && head.contains("text/event-stream"), "{head}");
        stream
    }

    async fn close(mut self) {
        self.closing.cancel();
        while let Some(ended) = self.serving.join_next().await {
            ended.unwrap();
        }
        assert!(TcpStream::connect(self.address).await.is_err());
    }
}

fn bearer(secret: &str) -> String {
    if secret.is_empty() { String::new() } else { format!("authorization: Bearer {secret}\r\n") }
}
