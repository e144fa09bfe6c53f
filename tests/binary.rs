//! The program itself, as a client starts it: a process that is spoken to over its standard streams.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use base64::Engine as _;
use serde_json::{Value, json};
use sluice::sandbox::{Sandbox, SandboxOptions, seed};

use crate::world::{initialize, modern};

const EMAIL: &str = "admin@example.com";
const TOKEN: &str = "sandbox-token";
const LEGACY: [&str; 3] = ["2024-11-05", "2025-06-18", "2025-11-25"];
const MODERN: &str = "2026-07-28";

/// How many programs were started, so that each has a log of its own.
static STARTED: AtomicUsize = AtomicUsize::new(0);

/// A running program and the client that started it.
struct Program {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    log: PathBuf,
    era: &'static str,
    last_id: u64,
}

impl Program {
    /// Starts the program with nothing in its environment but what it needs, and shakes hands where the era does.
    fn start(site: &Sandbox, profile: &str, era: &'static str) -> Self {
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let log = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("binary-{number}.log"));
        let mut process = Command::new(env!("CARGO_BIN_EXE_sluice"))
            .args(["serve", "--stdio", "--profile", profile, "--log", "json,trace"])
            .env_clear()
            .envs([("SLUICE_SITE", site.url().as_str()), ("SLUICE_EMAIL", EMAIL), ("SLUICE_API_TOKEN", TOKEN)])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(File::create(&log).unwrap())
            .spawn()
            .unwrap();
        let (input, output) = (process.stdin.take().unwrap(), BufReader::new(process.stdout.take().unwrap()));
        let mut program = Self { process, input, output, log, era, last_id: 0 };
        program.greet();
        program
    }

    fn greet(&mut self) {
        if self.era == MODERN {
            let result = self.ask("server/discover", json!({}));
            assert!(result["supportedVersions"].as_array().unwrap().contains(&json!(MODERN)), "{result}");
            assert_eq!(result["resultType"], "complete");
            return;
        }
        let result = self.ask("initialize", initialize(self.era));
        assert_eq!(result["protocolVersion"], self.era);
        assert_eq!(result["serverInfo"]["name"], "sluice");
        writeln!(self.input, "{}", json!({ "jsonrpc": "2.0", "method": "notifications/initialized" })).unwrap();
    }

    /// Sends a request and reads the next line, which must be its answer.
    fn answer(&mut self, method: &str, params: Value) -> Value {
        let params = if self.era == MODERN { modern(params) } else { params };
        self.last_id += 1;
        let request = json!({ "jsonrpc": "2.0", "id": self.last_id, "method": method, "params": params });
        writeln!(self.input, "{request}").unwrap();
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        let answer: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert_eq!((&answer["jsonrpc"], &answer["id"]), (&json!("2.0"), &json!(self.last_id)), "{answer}");
        answer
    }

    fn ask(&mut self, method: &str, params: Value) -> Value {
        let mut answer = self.answer(method, params);
        assert!(answer["result"].is_object(), "{method}: {answer}");
        answer["result"].take()
    }

    /// Calls a tool; its text and whether it is an error.
    fn call(&mut self, tool: &str, arguments: &Value) -> (String, bool) {
        let result = self.ask("tools/call", json!({ "name": tool, "arguments": arguments }));
        let text = result["content"][0]["text"].as_str().unwrap_or_else(|| panic!("{tool}: {result}"));
        (text.to_owned(), result["isError"] == true)
    }

    /// Closes the input and waits for the end: nothing more is said, the exit code is 0, the log is clean.
    fn leave(mut self) -> Vec<Value> {
        drop(self.input);
        let more: Vec<String> = self.output.lines().map(Result::unwrap).collect();
        assert_eq!(more, Vec::<String>::new());
        assert_eq!(self.process.wait().unwrap().code(), Some(0));
        let log = std::fs::read_to_string(&self.log).unwrap();
        let credentials = base64::engine::general_purpose::STANDARD.encode(format!("{EMAIL}:{TOKEN}"));
        assert!(!log.contains(TOKEN) && !log.contains(&credentials), "{}", self.log.display());
        log.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
    }
}

async fn site() -> Sandbox {
    Sandbox::start(SandboxOptions::new(seed::service_desk())).await.unwrap()
}

/// Id and version of the page with this title.
fn page(site: &Sandbox, title: &str) -> (String, u32) {
    site.with_site(|site| {
        let latest = |content: &sluice::sandbox::model::Content| content.versions.last().unwrap().clone();
        let content = site.contents.values().find(|content| latest(content).title == title).unwrap();
        (content.id.to_string(), latest(content).number)
    })
}

fn writes(site: &Sandbox) -> Vec<String> {
    let changes = |sent: &sluice::sandbox::Logged| sent.method != "GET" && !sent.path.ends_with("/users-bulk");
    site.log().into_iter().filter(changes).map(|sent| format!("{} {}", sent.method, sent.path)).collect()
}

fn audited(log: &[Value], tool: &str) -> bool {
    log.iter().any(|line| line["target"] == "sluice::audit" && line["tool"] == tool)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_lists_searches_and_reads_in_every_era_and_writes_nothing() {
    let site = site().await;
    let (id, version) = page(&site, "Escalation matrix");
    for era in LEGACY.into_iter().chain([MODERN]) {
        let mut program = Program::start(&site, "read-only", era);
        let list = program.ask("tools/list", json!({}));
        let names: Vec<&str> =
            list["tools"].as_array().unwrap().iter().map(|tool| tool["name"].as_str().unwrap()).collect();
        assert!(names.is_sorted() && names.contains(&"get_page") && !names.contains(&"update_page"), "{names:?}");
        let scope = (era == MODERN).then_some("private");
        assert_eq!(list["cacheScope"].as_str(), scope, "{era}");
        let (found, failed) = program.call("search_text", &json!({ "query": "escalation" }));
        assert!(!failed && found.contains("Escalation matrix"), "{era}: {found}");
        let (text, failed) = program.call("get_page", &json!({ "page_id": id }));
        assert!(!failed && text.starts_with(&format!("page {id} `Escalation matrix`")), "{era}: {text}");
        let read = program.ask("resources/read", json!({ "uri": format!("confluence://page/{id}") }));
        assert_eq!(read["contents"][0]["text"].as_str(), Some(text.as_str()), "{era}");
        let arguments = json!({ "page_id": id, "version": version, "body": "x" });
        let (refusal, failed) = program.call("update_page", &arguments);
        assert!(failed && refusal.starts_with("refused: profile `"), "{era}: {refusal}");
        let log = program.leave();
        assert!(audited(&log, "get_page") && audited(&log, "update_page"), "{era}");
    }
    assert_eq!(writes(&site), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_documentation_manager_changes_a_page_once_and_a_stale_change_is_a_conflict_in_every_era() {
    let site = site().await;
    for (round, era) in LEGACY.into_iter().chain([MODERN]).enumerate() {
        let (id, version) = page(&site, "Escalation matrix");
        let before = site.with_site(|site| site.contents[&id.parse().unwrap()].versions.last().unwrap().body.clone());
        let body = format!("{before}<p>Round {round}</p>");
        let arguments = json!({ "page_id": id, "version": version, "body": body, "body_format": "storage" });
        let mut program = Program::start(&site, "documentation-manager", era);
        let (done, failed) = program.call("update_page", &arguments);
        assert!(!failed, "{era}: {done}");
        let (conflict, failed) = program.call("update_page", &arguments);
        let told = format!("conflict: the page is at version {}, you read version {version};", version + 1);
        assert!(failed && conflict.starts_with(&told), "{era}: {conflict}");
        let (refusal, failed) = program.call("delete_page", &json!({ "page_id": id }));
        assert!(failed && refusal.starts_with("refused: "), "{era}: {refusal}");
        assert!(audited(&program.leave(), "update_page"), "{era}");
        assert_eq!(writes(&site), vec![format!("PUT /wiki/api/v2/pages/{id}"); round + 1], "{era}");
        assert_eq!(page(&site, "Escalation matrix").1, version + 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_message_is_answered_on_standard_output_and_hurts_nobody() {
    let site = site().await;
    let mut program = Program::start(&site, "read-only", "2025-11-25");
    writeln!(program.input, "{{nonsense").unwrap();
    let mut line = String::new();
    program.output.read_line(&mut line).unwrap();
    let answer: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(answer["error"]["code"], -32700, "{answer}");
    let answer = program.answer("tools/call", json!({ "name": "delete_space", "arguments": { "space": "IT" } }));
    assert_eq!(answer["error"]["message"], "Unknown tool: delete_space");
    program.leave();
    assert!(!site.space_delete_executed());
}
