//! What Sluice costs: start, memory, latency over a bare request, requests per tool, tokens of the tool list.
//!
//! `cargo bench --bench spine` prints the figures; nothing is asserted. The simulated site runs in this process, the
//! server is the release binary in a process of its own, the client speaks lines of JSON over its pipes.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a measurement prints, and ends where it cannot go on"
)]

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sluice::sandbox::{Sandbox, SandboxOptions, seed};
use tokio::runtime::Runtime;

const STARTS: usize = 40;
const CALLS: usize = 10_000;
const PAIRS: usize = 2_000;

fn main() {
    let runtime = Runtime::new().unwrap();
    let sandbox = runtime.block_on(Sandbox::start(SandboxOptions::new(seed::service_desk()))).unwrap();
    let page = sandbox.with_site(|site| {
        let titled = |title: &str| {
            site.contents.values().find(|content| content.versions.last().unwrap().title == title).unwrap().id
        };
        titled("Connect to the VPN from home").to_string()
    });
    println!("# Sluice {} on {} cores\n", env!("CARGO_PKG_VERSION"), std::thread::available_parallelism().unwrap());
    start(&sandbox);
    tokens(&sandbox);
    memory(&sandbox, &page);
    latency(&runtime, &sandbox, &page);
    requests(&sandbox, &page);
    std::fs::remove_dir_all(data_dir()).unwrap();
}

/// The data directory that every server of this benchmark opens in turn.
fn data_dir() -> std::path::PathBuf {
    std::env::temp_dir().join(format!("sluice-spine-{}", std::process::id()))
}

/// The server as a client starts it.
struct Server {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    id: u64,
}

impl Server {
    fn start(sandbox: &Sandbox, profile: &str) -> Self {
        let media = sandbox.media_url().replace("http://", "");
        let mut process = Command::new(env!("CARGO_BIN_EXE_sluice"))
            .args(["serve", "--stdio", "--site", &sandbox.url(), "--profile", profile, "--media-host", &media])
            .args(["--requests-per-second", "1000000", "--log", "error"])
            .env("SLUICE_EMAIL", "admin@example.com")
            .env("SLUICE_API_TOKEN", "sandbox-token")
            .env("SLUICE_DATA_DIR", data_dir())
            // What is measured is calls.
            .env("SLUICE_SYNC", "off")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let input = process.stdin.take().unwrap();
        let output = BufReader::new(process.stdout.take().unwrap());
        Self { process, input, output, id: 0 }
    }

    /// One request of the 2026-07-28 revision and its answer.
    fn ask(&mut self, method: &str, mut params: Value) -> Value {
        self.id += 1;
        params["_meta"] = json!({
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": {},
            "io.modelcontextprotocol/clientInfo": { "name": "bench", "version": "0" },
        });
        let request = json!({ "jsonrpc": "2.0", "id": self.id, "method": method, "params": params });
        self.input.write_all(format!("{request}\n").as_bytes()).unwrap();
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        let answer: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(answer["id"], self.id, "{answer}");
        answer["result"].clone()
    }

    fn call(&mut self, tool: &str, arguments: &Value) -> Value {
        self.ask("tools/call", json!({ "name": tool, "arguments": arguments }))
    }

    /// Anonymous and whole resident memory, in MiB.
    fn memory(&self) -> (f64, f64) {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap_or_default();
        let read = |field: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(field)).unwrap_or("0");
            let kib: f64 = line.trim_matches(|sign: char| !sign.is_ascii_digit()).parse().unwrap_or(f64::NAN);
            kib / 1024.0
        };
        (read("RssAnon:"), read("VmRSS:"))
    }

    fn stop(mut self) {
        drop(self.input);
        self.process.wait().unwrap();
    }
}

fn start(sandbox: &Sandbox) {
    let mut times: Vec<Duration> = (0..STARTS)
        .map(|_| {
            let began = Instant::now();
            let mut server = Server::start(sandbox, "read-only");
            server.ask("server/discover", json!({}));
            let took = began.elapsed();
            server.stop();
            took
        })
        .collect();
    times.sort();
    println!("## Cold start, from spawning the process to the first answer ({STARTS} starts)");
    println!("min {:.1?} · median {:.1?} · max {:.1?}\n", times[0], times[STARTS / 2], times[STARTS - 1]);
}

fn tokens(sandbox: &Sandbox) {
    let encoding = tiktoken_rs::o200k_base().unwrap();
    let count = |text: &str| encoding.encode_ordinary(text).len();
    println!("## tools/list, in tokens (o200k)");
    for profile in ["read-only", "full-access"] {
        let mut server = Server::start(sandbox, profile);
        let list = server.ask("tools/list", json!({}));
        let tools = list["tools"].as_array().unwrap();
        let asked = |tool: &Value| json!({ "name": tool["name"], "description": tool["description"], "inputSchema": tool["inputSchema"] });
        let read: usize = tools.iter().map(|tool| count(&asked(tool).to_string())).sum();
        let (all, number) = (count(&list.to_string()), tools.len());
        println!(
            "{profile}: {number} tools · {read} for names, descriptions and input schemas · {all} with everything"
        );
        server.stop();
    }
    println!();
}

fn memory(sandbox: &Sandbox, page: &str) {
    let mut server = Server::start(sandbox, "read-only");
    server.ask("server/discover", json!({}));
    let (anonymous, resident) = server.memory();
    println!("## Memory, in MiB");
    println!("after start: {anonymous:.1} anonymous, {resident:.1} resident");
    server.call("get_page", &json!({ "page_id": page }));
    let (anonymous, resident) = server.memory();
    println!("after the first call: {anonymous:.1} anonymous, {resident:.1} resident");
    let began = Instant::now();
    for _ in 0..CALLS {
        server.call("get_page", &json!({ "page_id": page }));
    }
    let took = began.elapsed().as_secs_f64();
    let (anonymous, resident) = server.memory();
    println!("after {CALLS} calls of get_page: {anonymous:.1} anonymous, {resident:.1} resident");
    println!("{:.0} calls per second, one after the other\n", f64::from(u32::try_from(CALLS).unwrap()) / took);
    server.stop();
}

fn latency(runtime: &Runtime, sandbox: &Sandbox, page: &str) {
    let mut server = Server::start(sandbox, "read-only");
    rustls::crypto::ring::default_provider().install_default().unwrap();
    let client = reqwest::Client::builder().no_proxy().gzip(true).build().unwrap();
    let url = format!("{}/wiki/api/v2/pages/{page}?body-format=storage", sandbox.url());
    let bare = || {
        let request = client.get(&url).basic_auth("admin@example.com", Some("sandbox-token"));
        runtime.block_on(async { request.send().await.unwrap().bytes().await.unwrap() });
    };
    let mut timed = || {
        let began = Instant::now();
        server.call("get_page", &json!({ "page_id": page }));
        let through = began.elapsed();
        let began = Instant::now();
        bare();
        (through, began.elapsed())
    };
    for _ in 0..50 {
        timed();
    }
    let (mut through, mut direct): (Vec<_>, Vec<_>) = (0..PAIRS).map(|_| timed()).unzip();
    through.sort();
    direct.sort();
    let at = |times: &[Duration], percent: usize| times[times.len() * percent / 100].as_secs_f64() * 1e3;
    println!("## get_page through Sluice against a bare reqwest call, in ms ({PAIRS} pairs, in turn)");
    for percent in [50, 99] {
        let (through, direct) = (at(&through, percent), at(&direct, percent));
        println!("p{percent}: {through:.2} through, {direct:.2} bare, {:.2} added", through - direct);
    }
    println!();
    server.stop();
}

/// A call of every tool, in an order in which each finds what it needs.
fn calls(page: &str, version: &Value) -> Vec<(&'static str, Value)> {
    vec![
        ("get_page", json!({ "page_id": page })),
        ("get_page_by_title", json!({ "space": "IT", "title": "Connect to the VPN from home" })),
        ("list_pages", json!({ "space": "IT" })),
        ("get_page_children", json!({ "page_id": page })),
        ("get_page_ancestors", json!({ "page_id": page })),
        ("get_blog_post", json!({ "blog_post_id": "$post" })),
        ("list_blog_posts", json!({ "space": "ANN" })),
        ("list_comments", json!({ "page_id": page })),
        ("list_labels", json!({ "page_id": page })),
        ("list_versions", json!({ "page_id": page })),
        ("list_spaces", json!({})),
        ("get_space", json!({ "space": "IT" })),
        ("search_cql", json!({ "cql": "type = page and space = IT" })),
        ("search_text", json!({ "query": "vpn", "space": "IT" })),
        ("list_attachments", json!({ "page_id": page })),
        ("get_attachment", json!({ "attachment_id": "$file" })),
        ("download_attachment", json!({ "attachment_id": "$file" })),
        ("get_user", json!({ "account_id": "$user" })),
        ("search_users", json!({ "query": "ann" })),
        ("get_current_user", json!({})),
        ("create_page", json!({ "space": "IT", "title": "$new", "body": "x" })),
        ("update_page", json!({ "page_id": page, "version": version, "body": "$long" })),
        ("add_comment", json!({ "page_id": page, "body": "x" })),
        ("reply_to_comment", json!({ "comment_id": "$comment", "body": "x" })),
        ("add_labels", json!({ "page_id": page, "labels": ["bench"] })),
        ("remove_label", json!({ "page_id": page, "label": "bench" })),
        ("create_blog_post", json!({ "space": "IT", "title": "$new", "body": "x" })),
        ("upload_attachment", json!({ "page_id": page, "file_name": "$new", "text": "x" })),
        ("delete_attachment", json!({ "attachment_id": "$file" })),
        ("create_space", json!({ "key": "$key", "name": "x" })),
        ("update_space", json!({ "space": "IT", "name": "$new" })),
        ("delete_page", json!({ "page_id": page })),
    ]
}

fn requests(sandbox: &Sandbox, page: &str) {
    let mut server = Server::start(sandbox, "full-access");
    println!("## Requests to Confluence per call, warm caches, no scope");
    let mut line = Vec::new();
    let mut round = 0;
    let all: Vec<&str> = calls(page, &json!(1)).into_iter().map(|(tool, _)| tool).collect();
    for tool in all {
        let mut count = 0;
        // The first call warms, the second is counted; what can be done once only is counted at once.
        let times = if matches!(tool, "delete_page" | "delete_attachment" | "remove_label") { 1 } else { 2 };
        for _ in 0..times {
            round += 1;
            let arguments = arguments(sandbox, page, tool, round);
            let before = sandbox.total_requests();
            let answer = server.call(tool, &arguments);
            count = sandbox.total_requests() - before;
            assert!(answer["isError"] != json!(true), "{tool}: {answer}");
        }
        line.push(format!("{tool} {count}"));
    }
    println!("{}", line.join(" · "));
    server.stop();
}

/// The arguments of a tool's call with what the site holds just now.
fn arguments(sandbox: &Sandbox, page: &str, tool: &str, round: u32) -> Value {
    sandbox.with_site(|site| {
        let id = page.parse().unwrap();
        let here = &site.contents[&id];
        let version = json!(here.versions.last().unwrap().number);
        let post = site.contents.values().find(|content| {
            content.kind == sluice::sandbox::model::ContentKind::BlogPost
                && content.status == sluice::sandbox::model::ContentStatus::Current
        });
        let file = site
            .attachments
            .values()
            .find(|file| file.container == id && file.status == sluice::sandbox::model::ContentStatus::Current);
        let comment = site.comments.values().find(|comment| comment.container == id && comment.parent.is_none());
        let (_, arguments) = calls(page, &version).into_iter().find(|(name, _)| *name == tool).unwrap();
        let text = arguments
            .to_string()
            .replace("$post", &post.unwrap().id.to_string())
            .replace("$file", &file.map(|file| format!("att{}", file.id)).unwrap_or_default())
            .replace("$comment", &comment.unwrap().id.to_string())
            .replace("$user", &here.author)
            .replace("$new", &format!("bench {round}"))
            .replace("$key", &format!("BENCH{round}"))
            .replace("$long", &"a long enough body ".repeat(100));
        serde_json::from_str(&text).unwrap()
    })
}
