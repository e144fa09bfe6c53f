//! The program itself, as a client starts it, one at a time.

use std::io::{BufRead as _, Write as _};

use serde_json::{Value, json};
use sluice::sandbox::{Sandbox, SandboxOptions, seed};

use crate::program::{LEGACY, MODERN, Program, Start, data_dir};

fn started(site: &Sandbox, profile: &str, era: &'static str) -> Program {
    Start::new(site, profile, era, &data_dir()).start()
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_lists_searches_and_reads_in_every_era_and_writes_nothing() {
    let site = site().await;
    let (id, version) = page(&site, "Escalation matrix");
    for era in LEGACY.into_iter().chain([MODERN]) {
        let mut program = started(&site, "read-only", era);
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
        program.leave();
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
        let mut program = started(&site, "documentation-manager", era);
        let (done, failed) = program.call("update_page", &arguments);
        assert!(!failed, "{era}: {done}");
        let (replayed, failed) = program.call("update_page", &arguments);
        assert!(!failed && replayed.contains("replayed: "), "{era}: {replayed}");
        let stale = json!({ "page_id": id, "version": version, "body": "other", "body_format": "storage" });
        let (conflict, failed) = program.call("update_page", &stale);
        let told = format!("conflict: the page is at version {}, you read version {version};", version + 1);
        assert!(failed && conflict.starts_with(&told), "{era}: {conflict}");
        let (refusal, failed) = program.call("delete_page", &json!({ "page_id": id }));
        assert!(failed && refusal.starts_with("refused: "), "{era}: {refusal}");
        program.leave();
        assert_eq!(writes(&site), vec![format!("PUT /wiki/api/v2/pages/{id}"); round + 1], "{era}");
        assert_eq!(page(&site, "Escalation matrix").1, version + 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_message_is_answered_on_standard_output_and_hurts_nobody() {
    let site = site().await;
    let mut program = started(&site, "read-only", "2025-11-25");
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
