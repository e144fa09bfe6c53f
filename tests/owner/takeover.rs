//! Programs on one data directory, and what their clients notice when an owner goes: nothing.
#![cfg(unix)]

use std::path::Path;

use serde_json::{Value, json};
use sluice::sandbox::{Effect, Fault, Sandbox, SandboxOptions, seed};

use crate::program::{LEGACY, MODERN, Program, Start, data_dir};

const READ: &str = "GET /wiki/api/v2/pages/{id}";

async fn site() -> Sandbox {
    Sandbox::start(SandboxOptions::new(seed::service_desk())).await.unwrap()
}

fn page(site: &Sandbox) -> Value {
    let titled = |content: &&sluice::sandbox::model::Content| {
        content.versions.last().is_some_and(|version| version.title == "Escalation matrix")
    };
    json!({ "page_id": site.with_site(|site| site.contents.values().find(titled).unwrap().id.to_string()) })
}

fn started(site: &Sandbox, era: &'static str, data_dir: &Path) -> Program {
    Start::new(site, "read-only", era, data_dir).start()
}

/// The process that holds the data directory, by its own word.
fn holder(data_dir: &Path) -> Value {
    let text = std::fs::read_to_string(data_dir.join("lock")).unwrap();
    serde_json::from_str::<Value>(&text).unwrap()["pid"].take()
}

/// Lets the site keep the next reads of a page waiting for longer than any test lives.
fn keep_waiting(site: &Sandbox, times: u32) {
    let effect = Effect::Slow { milliseconds: 600_000 };
    site.set_fault(Fault { template: Some(READ.into()), times, effect });
}

/// Begins to read a page, and waits until the site has been asked for it.
async fn begin(program: &mut Program, site: &Sandbox, page: &Value) {
    let asked = |site: &Sandbox| site.requests().get(READ).copied().unwrap_or_default();
    let before = asked(site);
    program.begin("get_page", page);
    wait_for(|| asked(site) > before).await;
}

async fn wait_for(mut happened: impl FnMut() -> bool) {
    while !happened() {
        tokio::task::yield_now().await;
    }
}

fn is_the_page((text, failed): &(String, bool)) -> bool {
    !failed && text.contains("`Escalation matrix`")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_programs_on_one_data_directory_both_serve_each_with_what_is_its_own() {
    let (site, folder) = (site().await, data_dir());
    let page = page(&site);
    for era in [LEGACY[2], MODERN] {
        let mut owner = started(&site, era, &folder);
        let mut later = Start::new(&site, "full-access", era, &folder).start();
        let mut stranger =
            Start { token: "canary-not-a-token", ..Start::new(&site, "read-only", era, &folder) }.start();
        assert_eq!(holder(&folder), owner.id());
        let names = |program: &mut Program| program.ask("tools/list", json!({}))["tools"].to_string();
        assert!(!names(&mut owner).contains("delete_page") && names(&mut later).contains("delete_page"));
        for program in [&mut owner, &mut later] {
            assert!(is_the_page(&program.call("get_page", &page)));
        }
        let (refused, failed) = stranger.call("get_page", &page);
        assert!(failed && refused.starts_with("not_signed_in: "), "{refused}");
        let logs = [stranger.leave(), later.leave(), owner.leave()];
        assert!(!logs.iter().flatten().any(|line| line.to_string().contains("canary")));
        let audit = std::process::Command::new(env!("CARGO_BIN_EXE_sluice"))
            .args(["audit", "show", "--json", "--tool", "get_page"])
            .env("SLUICE_DATA_DIR", &folder)
            .output()
            .unwrap();
        let rows = String::from_utf8(audit.stdout).unwrap();
        // Each era's three calls, admitted and answered, in the one record of the directory.
        let rounds = if era == MODERN { 2 } else { 1 };
        assert_eq!(rows.lines().count(), 6 * rounds, "{rows}{}", String::from_utf8_lossy(&audit.stderr));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_read_in_flight_survives_the_killed_owner_in_every_era() {
    let site = site().await;
    let page = page(&site);
    for era in LEGACY.into_iter().chain([MODERN]) {
        let folder = data_dir();
        let owner = started(&site, era, &folder);
        let mut later = started(&site, era, &folder);
        keep_waiting(&site, 1);
        begin(&mut later, &site, &page).await;
        owner.kill();
        assert!(is_the_page(&later.end()), "{era}");
        assert_eq!(holder(&folder), later.id());
        assert!(is_the_page(&later.call("get_page", &page)), "{era}");
        later.leave();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn owners_killed_one_after_another_are_replaced_by_those_who_are_left() {
    let (site, folder) = (site().await, data_dir());
    let page = page(&site);
    let first = started(&site, LEGACY[2], &folder);
    let mut others = vec![started(&site, LEGACY[2], &folder), started(&site, MODERN, &folder)];
    keep_waiting(&site, 2);
    for program in &mut others {
        begin(program, &site, &page).await;
    }
    first.kill();
    for program in &mut others {
        assert!(is_the_page(&program.end()));
    }
    let second = others.iter().position(|program| holder(&folder) == program.id()).unwrap();
    let second = others.remove(second);
    let mut last = others.remove(0);
    keep_waiting(&site, 1);
    begin(&mut last, &site, &page).await;
    second.kill();
    assert!(is_the_page(&last.end()));
    assert_eq!(holder(&folder), last.id());
    // Somebody new is served by whoever is left.
    let mut new = started(&site, MODERN, &folder);
    assert!(is_the_page(&new.call("get_page", &page)));
    last.kill();
    assert!(is_the_page(&new.call("get_page", &page)));
    new.leave();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_owner_whose_client_leaves_hands_over_what_is_open() {
    let (site, folder) = (site().await, data_dir());
    let page = page(&site);
    let owner = started(&site, MODERN, &folder);
    let mut later = started(&site, LEGACY[0], &folder);
    keep_waiting(&site, 1);
    begin(&mut later, &site, &page).await;
    owner.leave();
    assert!(is_the_page(&later.end()));
    assert_eq!(holder(&folder), later.id());
    later.leave();
    assert!(!folder.join("control.sock").exists());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_killed_owner_left_keeps_nobody_out() {
    let (site, folder) = (site().await, data_dir());
    for _ in 0..3 {
        let mut program = started(&site, MODERN, &folder);
        assert_eq!(holder(&folder), program.id());
        program.ask("tools/list", json!({}));
        program.kill();
        assert!(folder.join("control.sock").exists());
    }
    // A data directory whose path is too long for a socket.
    let folder = folder.join("long".repeat(30));
    let owner = started(&site, MODERN, &folder);
    let mut later = started(&site, MODERN, &folder);
    assert!(!folder.join("control.sock").exists());
    owner.kill();
    assert!(is_the_page(&later.call("get_page", &page(&site))));
    later.leave();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn programs_that_are_asked_to_end_do_so_well_and_the_others_carry_on() {
    let (site, folder) = (site().await, data_dir());
    let page = page(&site);
    let owner = started(&site, MODERN, &folder);
    let mut later = started(&site, MODERN, &folder);
    keep_waiting(&site, 1);
    begin(&mut later, &site, &page).await;
    let other = started(&site, LEGACY[2], &folder);
    for program in [other, owner] {
        let process = rustix::process::Pid::from_raw(program.id().try_into().unwrap()).unwrap();
        rustix::process::kill_process(process, rustix::process::Signal::TERM).unwrap();
        let (status, ..) = program.wait();
        assert_eq!(status.code(), Some(0));
    }
    assert!(is_the_page(&later.end()));
    later.leave();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_leaves_ends_its_program_whoever_serves_it() {
    let (site, folder) = (site().await, data_dir());
    let page = page(&site);
    let owner = started(&site, MODERN, &folder);
    let mut later = started(&site, MODERN, &folder);
    keep_waiting(&site, 1);
    begin(&mut later, &site, &page).await;
    let (status, ..) = later.hang_up();
    assert_eq!(status.code(), Some(0));
    owner.leave();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn long_messages_pass_and_too_long_ones_are_answered_on_the_way() {
    let (site, folder) = (site().await, data_dir());
    let owner = started(&site, MODERN, &folder);
    let mut later = started(&site, MODERN, &folder);
    let long = "x".repeat(sluice::domain::limits::LINE);
    later.send("tools/list", json!({ "long": long }));
    assert!(later.receive_unasked()["error"]["message"].as_str().unwrap().starts_with("a message may be 16 MiB"));
    let (answer, _) = later.call("search_text", &json!({ "query": &long[..long.len() / 2] }));
    assert!(!answer.is_empty());
    later.leave();
    owner.leave();
}
