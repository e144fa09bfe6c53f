//! The one builder that tests make an app with, and a client that speaks in lines of JSON.

use std::sync::Arc;

use futures_util::FutureExt as _;
use serde_json::{Value, json};
use sluice::app::{App, Parts};
use sluice::approval::{Approvals, Quiet};
use sluice::clock::{Clock, SystemClock};
use sluice::config::SearchVerify;
use sluice::confluence::{Address, ApiToken, Client, Settings};
use sluice::domain::digest::Digest;
use sluice::mcp::{ServeError, serve};
use sluice::policy::ask::AgentId;
use sluice::policy::profile::{Approval, Groups, Limits, Mode, Scope, Switch, Switches, ToolSet, Tools};
use sluice::policy::{Caller, Profile};
use sluice::store::memory::MemoryStore;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, DuplexStream, ReadHalf, WriteHalf};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::desk::{Desk, Standing, library};

/// A profile in which every group has the same mode, and deletes are allowed with read-write.
pub(crate) fn profile(mode: Mode) -> Profile {
    let allow_delete = if mode == Mode::ReadWrite { Switch::On } else { Switch::Off };
    let switches = Switches { mode, allow_delete, require_approval: Switch::Off };
    Profile {
        name: "test".into(),
        description: String::new(),
        connection: None,
        groups: Groups { pages: switches, spaces: switches, search: switches, attachments: switches, users: switches },
        scope: Scope::default(),
        approval: Approval::default(),
        limits: Limits::default(),
        tools: Tools { set: ToolSet::All, ..Tools::default() },
        revision: Digest::of([&b"test"[..]]),
        written: "".into(),
    }
}

/// A client whose Confluence refuses every connection.
fn client() -> Client {
    let address = Address::site("http://127.0.0.1:1").unwrap();
    let credentials = ApiToken::new("agent@example.com", "token".to_owned().into()).unwrap();
    Client::new(Settings::new(address, Arc::new(credentials))).unwrap()
}

/// An app and the agent that calls it.
pub(crate) struct World {
    profile: Profile,
    site: String,
    app: Option<Arc<App>>,
}

impl World {
    /// Everything is allowed.
    pub(crate) fn new() -> Self {
        Self { profile: profile(Mode::ReadWrite), site: "https://acme.atlassian.net".into(), app: None }
    }

    /// The app and the agent of a desk, over the wire.
    pub(crate) fn at(desk: &Desk) -> Self {
        let profile = Profile::clone(&desk.caller().profile);
        Self { profile, app: Some(Arc::clone(&desk.app)), ..Self::new() }
    }

    /// The agent runs under another profile.
    pub(crate) fn profile(mut self, profile: Profile) -> Self {
        self.profile = profile;
        self
    }

    /// Who calls.
    pub(crate) fn caller(&self) -> Caller {
        Caller::new(AgentId::new("tester"), self.profile.clone())
    }

    /// The app: a desk's, or one on a Confluence that cannot be reached.
    pub(crate) fn app(&self) -> Arc<App> {
        if let Some(app) = &self.app {
            return Arc::clone(app);
        }
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        // A store in memory never waits.
        let approvals =
            Approvals::open(Arc::new(MemoryStore::new()), Arc::clone(&clock), Arc::new(Quiet)).now_or_never();
        let approvals = approvals.unwrap().unwrap();
        let client = client();
        let library = library(&client, &self.site, SearchVerify::Copy, &clock);
        Arc::new(App::new(Parts {
            client,
            site: self.site.clone(),
            folder: None,
            library: Some(library),
            connection: "nowhere".into(),
            approvals,
            mandates: Arc::new(Standing(std::sync::Mutex::new(Arc::new(self.profile.clone())))),
            review: None,
            clock,
        }))
    }

    /// Serves one client in memory: its end of the wire, and the server's fate.
    pub(crate) fn serve(&self) -> (DuplexStream, JoinHandle<Result<(), ServeError>>) {
        let (near, far) = tokio::io::duplex(1 << 16);
        let (reader, writer) = tokio::io::split(far);
        let (app, caller) = (self.app(), self.caller());
        let served = async move { serve(app, caller, reader, writer, CancellationToken::new()).await };
        #[expect(clippy::disallowed_methods, reason = "a test stands in for the other process")]
        let served = tokio::spawn(served);
        (near, served)
    }

    /// Serves one client that speaks in lines.
    pub(crate) fn connect(&self) -> Wire {
        let (near, served) = self.serve();
        let (reader, writer) = tokio::io::split(near);
        Wire { reader: BufReader::new(reader), writer, served, last_id: 0 }
    }

    /// Serves one client of the 2025-11-25 revision, past its handshake.
    pub(crate) async fn legacy(&self) -> Wire {
        let mut wire = self.connect();
        let answer = wire.ask("initialize", initialize("2025-11-25")).await;
        assert_eq!(answer["result"]["protocolVersion"], "2025-11-25", "{answer}");
        wire.send(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}).to_string()).await;
        wire
    }
}

/// Parameters of `initialize`.
pub(crate) fn initialize(version: &str) -> Value {
    json!({"protocolVersion": version, "capabilities": {}, "clientInfo": {"name": "wire", "version": "0"}})
}

/// Parameters of a request of the 2026-07-28 revision.
pub(crate) fn modern(mut params: Value) -> Value {
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
        "io.modelcontextprotocol/clientInfo": {"name": "wire", "version": "0"},
    });
    params
}

/// A client that speaks in lines of JSON, so that tests see what really goes over the wire.
pub(crate) struct Wire {
    reader: BufReader<ReadHalf<DuplexStream>>,
    writer: WriteHalf<DuplexStream>,
    served: JoinHandle<Result<(), ServeError>>,
    last_id: u64,
}

impl Wire {
    /// Sends a line as it is.
    pub(crate) async fn send(&mut self, line: &str) {
        self.send_bytes(line.as_bytes()).await;
    }

    /// Sends a line that need not be text.
    pub(crate) async fn send_bytes(&mut self, line: &[u8]) {
        self.writer.write_all(line).await.unwrap();
        self.writer.write_all(b"\n").await.unwrap();
    }

    /// The next line from the server.
    pub(crate) async fn next(&mut self) -> Value {
        let mut line = String::new();
        self.reader.read_line(&mut line).await.unwrap();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"))
    }

    /// Sends a request and reads the next line, which must be its answer.
    pub(crate) async fn ask(&mut self, method: &str, params: Value) -> Value {
        self.last_id += 1;
        let request = json!({"jsonrpc": "2.0", "id": self.last_id, "method": method, "params": params});
        self.send(&request.to_string()).await;
        let answer = self.next().await;
        assert_eq!(answer["id"], self.last_id, "{answer}");
        answer
    }

    /// Closes the client's end of the input and waits until the server has ended; what it still said.
    pub(crate) async fn hang_up(mut self) -> Vec<Value> {
        self.writer.shutdown().await.unwrap();
        let mut said = Vec::new();
        let mut line = String::new();
        while self.reader.read_line(&mut line).await.unwrap() > 0 {
            said.push(serde_json::from_str(&line).unwrap());
            line.clear();
        }
        self.served.await.unwrap().unwrap();
        said
    }
}
