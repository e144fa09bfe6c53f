//! What open sessions of the older era take of the server's memory.

use std::time::Duration;

use axum::body::Body;
use axum::http::HeaderValue;

use crate::client::Client;
use crate::figures::{row, table};
use crate::load::ready;
use crate::process::Memory;
use crate::server::Limits;
use crate::{Bench, Server};

/// Agents that sessions are spread over: one may have a tenth of all.
const AGENTS: usize = 20;
/// What the server has to do still, once everything was answered.
const SETTLES: Duration = Duration::from_secs(2);

pub(crate) async fn run(bench: &Bench) {
    table(
        "Memory of sessions, 2025-11-25",
        "Of one server, spread over 20 agents; a session has been initialized and nothing else. Per session: anonymous \
         memory above that with none open.",
        &["open sessions", "resident MiB", "anonymous MiB", "bytes per session"],
    );
    let mut house = House::open(bench).await;
    let empty = house.show("0", None, 0).await;
    for count in [1_000, 10_000] {
        house.fill(count).await;
        house.show(&spelt(count), Some(empty), count).await;
    }
    house.empty().await;
    house.show("0, all 10,000 ended", None, 0).await;
    house.fill(10_000).await;
    house.show("10,000 once more", Some(empty), 10_000).await;
    house.empty().await;
    house.show("0, all ended again", None, 0).await;
    drop(house);

    let mut house = House::open(bench).await;
    let empty = house.show("0, another server", None, 0).await;
    house.fill(1_000).await;
    house.show("1,000", Some(empty), 1_000).await;
    let listening = house.listen().await;
    house.show("1,000, each with a GET stream on a connection of its own", Some(empty), 1_000).await;
    drop(listening);
    house.empty().await;
    house.show("0, all ended", None, 0).await;
}

/// A server and its sessions, each with the number of the client that opened it.
struct House<'a> {
    bench: &'a Bench,
    server: Server,
    clients: Vec<Client>,
    open: Vec<(usize, HeaderValue)>,
}

impl<'a> House<'a> {
    /// Each agent has called before, in a session that has ended.
    async fn open(bench: &'a Bench) -> Self {
        let server = Server::start(bench, Limits::Raised).await;
        let keys: Vec<_> = bench.crowd.keys.iter().take(AGENTS).map(|key| Some(key.as_str())).collect();
        drop(ready(&server.door, &keys, AGENTS).await);
        let mut clients = Vec::new();
        for key in keys {
            clients.push(Client::connect(&server.legacy(), key).await);
        }
        Self { bench, server, clients, open: Vec::new() }
    }

    async fn fill(&mut self, count: usize) {
        while self.open.len() < count {
            let number = self.open.len() % AGENTS;
            let session = self.clients[number].open_session().await;
            self.open.push((number, session));
        }
    }

    async fn empty(&mut self) {
        for (number, session) in self.open.drain(..) {
            self.clients[number].end_session(session).await;
        }
    }

    /// Connections that listen in every session.
    async fn listen(&self) -> Vec<(Client, Body)> {
        let mut listening = Vec::new();
        for (number, session) in &self.open {
            let key = self.bench.crowd.keys[*number].as_str();
            let client = Client::connect(&self.server.legacy(), Some(key)).await;
            listening.push(client.listen(session.clone()).await);
        }
        listening
    }

    async fn show(&self, what: &str, empty: Option<Memory>, count: usize) -> Memory {
        tokio::time::sleep(SETTLES).await;
        let memory = self.server.process.memory();
        let sessions = f64::from(u32::try_from(count).unwrap());
        let each = |empty: Memory| format!("{:.0}", (memory.anonymous - empty.anonymous) * 1024.0 * 1024.0 / sessions);
        let each = empty.map_or_else(|| "–".to_owned(), each);
        row(&[what.to_owned(), format!("{:.1}", memory.resident), format!("{:.1}", memory.anonymous), each]);
        memory
    }
}

/// With a comma between thousands.
fn spelt(count: usize) -> String {
    format!("{},{:03}", count / 1_000, count % 1_000)
}
