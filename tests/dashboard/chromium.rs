//! The dashboard in a real browser: every page read, decisions made by keyboard, nothing of others' words run.

use std::process::Stdio;

use serde_json::json;
use sluice::approval::State;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;

use super::{ADA, House, pages};

#[tokio::test]
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
async fn a_person_walks_through_every_page_with_a_browser_and_decides_by_keyboard() {
    let house = House::open().await;
    let page = house.desk.page("Escalation matrix");
    let replace = json!({ "op": "replace_text", "find": "Whom to call", "replace": "Whom to ring, day and night," });
    let read = house.desk.text("get_page", json!({ "page_id": page, "mode": "edit" })).await;
    let version = read.split("version ").nth(1).unwrap().split(' ').next().unwrap().parse::<u32>().unwrap();
    house
        .asks("runbook-bot", "edit_page", json!({ "page_id": page, "version": version, "operations": [replace] }))
        .await;
    for (number, payload) in pages::PAYLOADS.into_iter().enumerate() {
        let title = payload.replace(['\u{202e}', '\u{200b}'], "").replace("alert(1)", "window.injected=1");
        let body = format!("~~~\n{payload}\n~~~");
        house
            .asks(&format!("bot-{number}"), "create_page", json!({ "space": "IT", "title": title, "body": body }))
            .await;
    }
    let target = std::env::current_exe().unwrap().ancestors().nth(3).unwrap().to_owned();
    let mut walk = Command::new("tests/browser/run")
        .args([&format!("http://{}", house.address), "ada", ADA])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("BROWSER", target.join("browser"))
        .env("SHOTS", target.join("browser/shots"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut said = BufReader::new(walk.stdout.take().unwrap()).lines();
    let mut asked = Vec::new();
    let mut done = false;
    while let Some(line) = said.next_line().await.unwrap() {
        if let Some(title) = line.strip_prefix("ask ") {
            asked.push(house.waits(title).await);
        }
        done |= line == "done";
    }
    let ended = walk.wait_with_output().await.unwrap();
    let wrong = String::from_utf8_lossy(&ended.stderr).into_owned();
    if wrong.contains("SKIPPED: ") && ended.status.success() {
        eprintln!("{wrong}");
        return;
    }
    assert!(ended.status.success() && done, "{wrong}");
    let [approved, denied] = &asked[..] else { panic!("{asked:?}") };
    let decision = house.record(approved).await.decision.unwrap();
    assert_eq!((&*decision.by, decision.via.word()), ("ada", "dashboard"));
    let denied = house.record(denied).await;
    assert_eq!((denied.state, denied.decision.unwrap().reason.as_deref()), (State::Denied, Some("not today")));
    house.close().await;
}
