//! What the reply of each tool costs an agent on the seeded site, beside mcp-atlassian for the tools it has.
//!
//! `cargo bench --bench replies` calls every tool once, with the calls that tests count requests of, and prints bytes of
//! the whole result and tokens (o200k) of its text. `RIVAL` is the path of an installed `mcp-atlassian`; it is asked the
//! same of the same site. Its results carry everything twice, as text and as data.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a measurement prints, and ends where it cannot go on"
)]
#![allow(dead_code, unused_imports, reason = "the calls are those of the tests, which do more with them")]

#[path = "../tests/costs.rs"]
mod costs;
#[path = "../tests/desk.rs"]
mod desk;
#[path = "../tests/tree.rs"]
mod tree;

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};
use sluice::tools::{Answer, Content};
use tiktoken_rs::CoreBPE;

use costs::Things;
use desk::Desk;

/// Bytes of a result and tokens of its text.
type Size = (usize, usize);

#[tokio::main]
async fn main() {
    let encoder = tiktoken_rs::o200k_base().unwrap();
    let desk = Desk::open().await;
    let things = costs::things(&desk);
    let rival = std::env::var("RIVAL").ok().map(|program| rival(&program, &desk, &things, &encoder));
    if rival.is_none() {
        println!("without mcp-atlassian: give its path as `RIVAL`, after `pip install mcp-atlassian==0.23.1`\n");
    }
    let rival = rival.unwrap_or_default();
    println!("| tool | bytes | tokens | mcp-atlassian bytes | tokens |\n|-|-|-|-|-|");
    let (mut ours, mut theirs) = ((0, 0), (0, 0));
    let mut seen = std::collections::BTreeSet::new();
    for (tool, arguments) in costs::reads(&things).into_iter().chain(costs::writes(&things)) {
        // The other server outlines whole spaces only.
        let other_question = tool == "get_page_tree" && arguments.get("space").is_none();
        if other_question || !seen.insert(tool) {
            continue;
        }
        match desk.call(tool, arguments).await {
            Ok(answer) => {
                let size = size(&answer, &encoder);
                let other = rival.get(tool).map_or(" | ".to_owned(), |(bytes, tokens)| format!("{bytes} | {tokens}"));
                println!("| {tool} | {} | {} | {other} |", size.0, size.1);
                if let Some(other) = rival.get(tool) {
                    ours = (ours.0 + size.0, ours.1 + size.1);
                    theirs = (theirs.0 + other.0, theirs.1 + other.1);
                }
            }
            Err(error) => println!("| {tool} | failed: {} | | | |", error.code),
        }
    }
    if !rival.is_empty() {
        println!("| tools of both | {} | {} | {} | {} |", ours.0, ours.1, theirs.0, theirs.1);
    }
}

/// The result as MCP carries it.
fn size(answer: &Answer, encoder: &CoreBPE) -> Size {
    let text: String =
        answer.content.iter().map(|part| if let Content::Text(text) = part { text.as_str() } else { "" }).collect();
    let mut result = json!({ "content": [{ "type": "text", "text": text }], "isError": false });
    if let Some(data) = &answer.structured {
        result["structuredContent"] = Value::Object(data.clone());
    }
    (result.to_string().len(), encoder.encode_ordinary(&text).len())
}

/// The tool of ours, and the other server's call that asks the same.
fn equal_calls(things: &Things) -> Vec<(&'static str, &'static str, Value)> {
    let page = &things.page;
    vec![
        ("get_page", "get_page", json!({ "page_id": page })),
        ("get_page_by_title", "get_page", json!({ "title": "Escalation matrix", "space_key": "IT" })),
        ("get_page_children", "get_page_children", json!({ "parent_id": page })),
        ("get_page_tree", "get_space_page_tree", json!({ "space_key": "IT" })),
        ("list_comments", "get_comments", json!({ "page_id": page })),
        ("list_labels", "get_labels", json!({ "page_id": page })),
        ("list_attachments", "get_attachments", json!({ "content_id": page })),
        ("get_version", "get_page_history", json!({ "page_id": page, "version": 1 })),
        ("search_text", "search", json!({ "query": "vpn", "limit": 25 })),
        ("search_cql", "search", json!({ "query": "type = page and text ~ \"vpn\"", "limit": 25 })),
        ("search_users", "search_user", json!({ "query": "user.fullname ~ \"Mira\"" })),
        ("create_page", "create_page", json!({ "space_key": "IT", "title": "Theirs", "content": "x" })),
        ("add_comment", "add_comment", json!({ "page_id": page, "body": "x" })),
        ("add_labels", "add_label", json!({ "page_id": page, "name": "theirs" })),
    ]
}

/// What the other server answers, over standard input and output.
fn rival(program: &str, desk: &Desk, things: &Things, encoder: &CoreBPE) -> BTreeMap<&'static str, Size> {
    let mut server = Rival::start(program, &desk.site.url());
    let mut sizes = BTreeMap::new();
    for (ours, theirs, arguments) in equal_calls(things) {
        let params = json!({ "name": format!("confluence_{theirs}"), "arguments": arguments });
        let result = server.ask("tools/call", &params)["result"].take();
        let text = result["content"][0]["text"].as_str().unwrap_or_default();
        assert!(result["isError"] != true, "{theirs}: {text}");
        sizes.insert(ours, (result.to_string().len(), encoder.encode_ordinary(text).len()));
    }
    sizes
}

struct Rival {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    asked: u64,
}

impl Rival {
    /// It takes a site for Cloud by its host name, so it is told one and given the simulated site as its HTTP proxy.
    fn start(program: &str, site: &str) -> Self {
        let folder = std::env::temp_dir();
        let mut process = Command::new(program)
            .args(["--transport", "stdio"])
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", &folder)
            .env("CONFLUENCE_URL", "http://acme.atlassian.net/wiki")
            .env("HTTP_PROXY", site)
            .env("CONFLUENCE_USERNAME", "admin@example.com")
            .env("CONFLUENCE_API_TOKEN", "sandbox-token")
            .env("TOOLSETS", "all")
            .env("FASTMCP_CHECK_FOR_UPDATES", "off")
            .env("FASTMCP_SHOW_SERVER_BANNER", "false")
            .current_dir(&folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("`RIVAL` is the path of mcp-atlassian");
        let (input, output) = (process.stdin.take().unwrap(), BufReader::new(process.stdout.take().unwrap()));
        let mut rival = Self { process, input, output, asked: 0 };
        let client = json!({ "name": "replies", "version": "1" });
        rival.ask("initialize", &json!({ "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": client }));
        writeln!(rival.input, "{}", json!({ "jsonrpc": "2.0", "method": "notifications/initialized" })).unwrap();
        rival
    }

    fn ask(&mut self, method: &str, params: &Value) -> Value {
        self.asked += 1;
        let request = json!({ "jsonrpc": "2.0", "id": self.asked, "method": method, "params": params });
        writeln!(self.input, "{request}").unwrap();
        let mut line = String::new();
        loop {
            line.clear();
            assert!(self.output.read_line(&mut line).unwrap() > 0, "mcp-atlassian ended");
            let answer: Value = serde_json::from_str(&line).unwrap_or_default();
            if answer["id"] == json!(self.asked) {
                return answer;
            }
        }
    }
}

impl Drop for Rival {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
