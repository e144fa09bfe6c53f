//! A running `serve --http` before a simulated site, and agents that speak to it.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};

use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, Version};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};
use sluice::sandbox::{Effect, Fault, Sandbox, SandboxOptions, seed};

use crate::program::data_dir;
use crate::world::{initialize, modern};

pub(super) const MODERN: &str = "2026-07-28";
pub(super) const LEGACY: &str = "2025-11-25";
pub(super) const READ: &str = "GET /wiki/api/v2/pages/{id}";

/// A server and its agents.
pub(super) struct House {
    pub(super) site: Sandbox,
    pub(super) folder: PathBuf,
    pub(super) origin: String,
    pub(super) client: reqwest::Client,
    keys: BTreeMap<String, String>,
    process: Child,
}

/// A new key, and a hash of it that costs nothing.
pub(super) fn key_and_hash() -> (String, String) {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).unwrap();
    let key = format!("slk_{}", URL_SAFE_NO_PAD.encode(bytes));
    let cheap = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(8, 1, 1, None).unwrap());
    let hash = cheap.hash_password(key.as_bytes()).unwrap().to_string();
    (key, hash)
}

/// An agent's table.
fn agent(name: &str, profile: &str, hash: &str) -> String {
    format!("[agents.{name}]\nowner = \"maria\"\nprofile = \"{profile}\"\nkey_hash = \"{hash}\"\n\n")
}

impl House {
    /// With these agents, each under a profile: one that comes with Sluice, or a file of [`House::profile`].
    pub(super) async fn new(agents: &[(&str, &str)]) -> Self {
        Self::with(agents, &[]).await
    }

    pub(super) async fn with(agents: &[(&str, &str)], flags: &[&str]) -> Self {
        let site = Sandbox::start(SandboxOptions::new(seed::service_desk())).await.unwrap();
        let folder = data_dir();
        std::fs::create_dir_all(folder.join("configuration")).unwrap();
        let mut keys = BTreeMap::new();
        let mut text = String::new();
        for (name, profile) in agents {
            let (key, hash) = key_and_hash();
            text.extend([agent(name, profile, &hash)]);
            keys.insert((*name).to_owned(), key);
            let file = folder.join("configuration").join(profile);
            if file.extension().is_some() && !file.exists() {
                std::fs::write(file, permissions("read-only")).unwrap();
            }
        }
        std::fs::write(folder.join("configuration/agents.toml"), text).unwrap();
        let process = started(&site, &folder, flags);
        let mut house = Self { site, folder, origin: String::new(), client: client(), keys, process };
        house.origin = house.listening().await;
        house
    }

    /// Waits until the log says where the server listens.
    async fn listening(&mut self) -> String {
        loop {
            let log = self.log();
            if let Some(line) = log.lines().find(|line| line.contains("serving agents")) {
                let line: Value = serde_json::from_str(line).unwrap();
                return line["url"].as_str().unwrap().strip_suffix("/mcp").unwrap().to_owned();
            }
            assert!(self.process.try_wait().unwrap().is_none(), "{log}");
            tokio::task::yield_now().await;
        }
    }

    pub(super) fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    pub(super) fn address(&self) -> String {
        self.origin.split_once("://").unwrap().1.to_owned()
    }

    pub(super) fn key(&self, agent: &str) -> String {
        self.keys[agent].clone()
    }

    pub(super) fn agent(&self, name: &str) -> Agent {
        Agent { url: format!("{}/mcp", self.origin), key: self.key(name), client: self.client.clone() }
    }

    /// Writes the file of a profile.
    pub(super) fn profile(&self, file: &str, text: &str) {
        std::fs::write(self.folder.join("configuration").join(file), text).unwrap();
    }

    /// Changes the file of agents.
    pub(super) fn edit_agents(&self, edit: impl FnOnce(String) -> String) {
        let file = self.folder.join("configuration/agents.toml");
        std::fs::write(&file, edit(std::fs::read_to_string(&file).unwrap())).unwrap();
    }

    /// The id of a page there is.
    pub(super) fn page(&self) -> String {
        let titled = |content: &&sluice::sandbox::model::Content| {
            content.versions.last().is_some_and(|version| version.title == "Escalation matrix")
        };
        self.site.with_site(|site| site.contents.values().find(titled).unwrap().id.to_string())
    }

    /// Lets the site keep the next reads of a page waiting for longer than any test lives.
    pub(super) fn keep_waiting(&self, times: u32) {
        let effect = Effect::Slow { milliseconds: 600_000 };
        self.site.set_fault(Fault { template: Some(READ.into()), times, effect });
    }

    pub(super) fn asked(&self) -> u64 {
        self.site.requests().get(READ).copied().unwrap_or_default()
    }

    pub(super) fn signal(&self, name: &str) {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), id.as_str()]).status().unwrap().success());
    }

    pub(super) async fn ended(&mut self) -> ExitStatus {
        loop {
            if let Some(status) = self.process.try_wait().unwrap() {
                return status;
            }
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    }

    pub(super) async fn get(&self, path: &str) -> (u16, String) {
        let answer = self.client.get(format!("{}{path}", self.origin)).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }
}

impl Drop for House {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn started(site: &Sandbox, folder: &std::path::Path, flags: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_sluice"))
        .args(["serve", "--http", "127.0.0.1:0", "--log", "json,debug", "--data-dir"])
        .arg(folder)
        .args(flags)
        .env_clear()
        .env("SLUICE_SYNC", "off")
        .env("SLUICE_CONFIG_DIR", folder.join("configuration"))
        .envs([("SLUICE_SITE", site.url().as_str()), ("SLUICE_EMAIL", "admin@example.com")])
        .env("SLUICE_API_TOKEN", "sandbox-token")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(File::create(folder.join("log")).unwrap())
        .spawn()
        .unwrap()
}

fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().unwrap()
}

/// A profile whose pages have this mode, and that reads everything else.
pub(super) fn permissions(pages: &str) -> String {
    let read = |group: &str| format!("[{group}]\nmode = \"read-only\"\n");
    let others: String = ["spaces", "search", "attachments", "users"].map(read).concat();
    format!("name = \"{pages}\"\n[pages]\nmode = \"{pages}\"\n{others}")
}

/// Waits until something has happened that nobody tells.
pub(super) async fn until<F: Future<Output = bool>>(mut happened: impl FnMut() -> F) {
    while !happened().await {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

/// One agent.
#[derive(Clone)]
pub(super) struct Agent {
    pub(super) url: String,
    pub(super) key: String,
    pub(super) client: reqwest::Client,
}

/// What came back.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Value,
}

impl Agent {
    pub(super) fn request(&self, message: &Value, headers: &[(&str, &str)]) -> reqwest::RequestBuilder {
        let mut all = HeaderMap::new();
        for (name, value) in [("content-type", "application/json"), ("accept", "application/json, text/event-stream")]
            .iter()
            .chain(headers)
        {
            all.insert(HeaderName::try_from(*name).unwrap(), HeaderValue::try_from(*value).unwrap());
        }
        self.client.post(&self.url).bearer_auth(&self.key).headers(all).body(message.to_string())
    }

    /// A request of the modern era with its headers.
    pub(super) fn modern_request(&self, method: &str, params: Value) -> reqwest::RequestBuilder {
        let name = ["name", "uri", "taskId"].iter().find_map(|key| params[*key].as_str()).map(str::to_owned);
        let message = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": modern(params) });
        let mut headers = vec![("mcp-protocol-version", MODERN), ("mcp-method", method)];
        headers.extend(name.as_deref().map(|name| ("mcp-name", name)));
        self.request(&message, &headers)
    }

    pub(super) async fn modern(&self, method: &str, params: Value) -> Answer {
        answer(self.modern_request(method, params).send().await.unwrap()).await
    }

    pub(super) async fn call(&self, tool: &str, arguments: Value) -> Answer {
        self.modern("tools/call", json!({ "name": tool, "arguments": arguments })).await
    }

    pub(super) async fn tools(&self) -> Vec<String> {
        names(&self.modern("tools/list", json!({})).await.body["result"])
    }

    /// Opens a session of the older eras, past its handshake.
    pub(super) async fn open(&self) -> Session {
        let message = json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": initialize(LEGACY) });
        let opened = answer(self.request(&message, &[]).send().await.unwrap()).await;
        assert_eq!(opened.status, 200, "{opened:?}");
        let id = opened.headers["mcp-session-id"].to_str().unwrap().to_owned();
        let session = Session { agent: self.clone(), id };
        let ready = session.post(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" })).await;
        assert_eq!(ready.status, 202, "{ready:?}");
        session
    }
}

/// A session of the older eras.
pub(super) struct Session {
    pub(super) agent: Agent,
    pub(super) id: String,
}

impl Session {
    pub(super) fn request(&self, message: &Value) -> reqwest::RequestBuilder {
        self.agent.request(message, &[("mcp-session-id", &self.id), ("mcp-protocol-version", LEGACY)])
    }

    pub(super) async fn post(&self, message: &Value) -> Answer {
        answer(self.request(message).send().await.unwrap()).await
    }

    pub(super) async fn ask(&self, method: &str, params: Value) -> Answer {
        self.post(&json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params })).await
    }

    /// The stream of what the server says by itself.
    pub(super) fn listen(&self) -> reqwest::RequestBuilder {
        let request = self.agent.client.get(&self.agent.url).bearer_auth(&self.agent.key);
        request.header("accept", "text/event-stream").header("mcp-session-id", &self.id)
    }

    pub(super) fn delete(&self) -> reqwest::RequestBuilder {
        let request = self.agent.client.delete(&self.agent.url).bearer_auth(&self.agent.key);
        request.header("mcp-session-id", &self.id)
    }
}

/// An answer, whether it came as JSON or as the last event of a stream.
pub(super) async fn answer(response: reqwest::Response) -> Answer {
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let text = response.text().await.unwrap();
    Answer { status, headers, body: last(&text) }
}

/// The last message of a text.
pub(super) fn last(text: &str) -> Value {
    let event =
        text.lines().filter_map(|line| line.strip_prefix("data:")).map(str::trim).rfind(|line| !line.is_empty());
    serde_json::from_str(event.unwrap_or(text)).unwrap_or(Value::Null)
}

/// The names of the tools in a list.
pub(super) fn names(result: &Value) -> Vec<String> {
    let tools = result["tools"].as_array().unwrap_or_else(|| panic!("{result}"));
    tools.iter().map(|tool| tool["name"].as_str().unwrap().to_owned()).collect()
}
