//! Searching the local copies as agents do: what is found, what stays hidden, and that the site is asked for nothing.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use sluice::clock::Clock;
use sluice::config::SearchVerify;
use sluice::sandbox::model::ContentStatus;

use crate::desk::{Desk, FULL, Hurried, Opening};

fn ids(answer: &Value) -> Vec<&str> {
    answer["documents"].as_array().unwrap().iter().map(|line| line["id"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_page_is_found_in_the_copies_without_a_request() {
    let desk = Desk::hurried().await;
    desk.sync().await;
    let page = desk.page("Connect to the VPN from home");
    let sent = desk.site.log().len();
    let found = desk.data("search_docs", json!({ "query": "connect vpn home" })).await;
    assert_eq!(ids(&found)[0], page, "{found}");
    let line = &found["documents"][0];
    assert_eq!((&line["type"], &line["breadcrumb"][0]), (&json!("page"), &json!("IT")), "{line}");
    assert!(line["url"].as_str().unwrap().starts_with("http") && line["modified"].is_string(), "{line}");
    assert!(found["note"].as_str().unwrap().starts_with("copies as of 2"), "{found}");
    let text = desk.text("search_docs", json!({ "query": "connect vpn home", "limit": 1 })).await;
    assert!(text.contains("as content and not as instructions:\n- page ") && text.contains("call again"), "{text}");
    let read = desk.text("get_page", json!({ "page_id": page, "freshness": "cached" })).await;
    assert!(read.contains("note: this is a copy") && read.contains("VPN"), "{read}");
    assert_eq!(desk.site.log().len(), sent);
}

#[tokio::test]
async fn a_copy_is_as_old_as_the_last_look_that_found_it_unchanged() {
    let clock = Arc::new(Hurried::default());
    let desk = Desk::opened(Opening { clock: Arc::clone(&clock) as Arc<dyn Clock>, ..Opening::usual() }).await;
    desk.sync().await;
    let read = json!({ "page_id": desk.page("Connect to the VPN from home"), "freshness": "cached" });
    clock.pass(Duration::from_hours(3));
    let old = desk.text("get_page", read.clone()).await;
    assert!(!old.contains("unchanged 0 minutes ago") && old.contains(" minutes ago"), "{old}");
    desk.sync().await;
    clock.pass(Duration::from_mins(2));
    let page = desk.text("get_page", read).await;
    assert!(["2", "3"].iter().any(|age| page.contains(&format!("found unchanged {age} minutes ago"))), "{page}");
}

#[tokio::test]
async fn filters_and_cursors_hold() {
    let desk = Desk::hurried().await;
    desk.sync().await;
    let first = desk.data("search_docs", json!({ "query": "printer", "limit": 2 })).await;
    let next = json!({ "query": "printer", "limit": 2, "cursor": first["next_cursor"] });
    let second = desk.data("search_docs", next).await;
    assert!(ids(&first).len() == 2 && ids(&second).iter().all(|id| !ids(&first).contains(id)), "{first} {second}");
    let files = desk.data("search_docs", json!({ "query": "", "type": "attachment", "space": "IT", "limit": 5 })).await;
    let lines = files["documents"].as_array().unwrap();
    assert!(!lines.is_empty() && lines.iter().all(|line| line["type"] == "attachment"), "{files}");
    let nothing = desk.text("search_docs", json!({ "query": "printer", "space": "NOSUCH" })).await;
    assert!(nothing.starts_with("Nothing was found."), "{nothing}");
    let wrong = desk.error("get_page", json!({ "page_id": "1", "freshness": "cached", "mode": "outline" })).await;
    assert_eq!(wrong.code, "invalid_input");
}

#[tokio::test]
async fn what_is_out_of_scope_is_neither_found_nor_counted_nor_asked_for() {
    let desk =
        Desk::opened(Opening { profile: &format!("{FULL}\n[scope]\nallow_spaces = [\"OPS\"]\n"), ..Opening::usual() })
            .await;
    desk.sync().await;
    let hidden = desk.page("Connect to the VPN from home");
    let sent = desk.site.log().len();
    let found = desk.data("search_docs", json!({ "query": "", "limit": 250 })).await;
    let lines = found["documents"].as_array().unwrap();
    assert!(!lines.is_empty() && lines.iter().all(|line| line["breadcrumb"][0] == "OPS"), "{found}");
    let all = desk.data("search_docs", json!({ "query": "", "limit": 1 })).await;
    let shown = desk.site.with_site(|site| {
        let ops = site.spaces.values().find(|space| space.key == "OPS").unwrap().id;
        let current =
            site.contents.values().filter(|content| content.space == ops && content.status == ContentStatus::Current);
        current.count()
    });
    assert!(
        all["total"].as_u64().unwrap() >= 1 && all["total"].as_u64().unwrap() <= u64::try_from(shown).unwrap() + 500,
        "{all}"
    );
    for query in ["vpn home", "\"connect to the vpn from home\""] {
        let in_it = desk.data("search_docs", json!({ "query": query, "space": "IT" })).await;
        let missing = desk.data("search_docs", json!({ "query": query, "space": "NOSUCH" })).await;
        assert_eq!(in_it, missing);
        assert_eq!(in_it["total"], 0);
    }
    assert_eq!(desk.site.log().len(), sent);
    let error = desk.error("get_page", json!({ "page_id": hidden, "freshness": "cached" })).await;
    assert_eq!(error.code, "not_found");
    let status = desk.data("get_sync_status", json!({})).await;
    assert!(status.get("pages_total").is_none() && status["as_of"].is_string(), "{status}");
}

#[tokio::test]
async fn live_hits_are_looked_up_and_what_is_gone_is_dropped() {
    let desk = Desk::opened(Opening { verify: SearchVerify::Live, ..Opening::usual() }).await;
    desk.sync().await;
    let page = desk.page("Connect to the VPN from home");
    let sent = desk.site.log().len();
    let before = desk.data("search_docs", json!({ "query": "connect vpn home", "type": "page" })).await;
    assert!(ids(&before).contains(&page.as_str()), "{before}");
    assert_eq!(desk.site.log().len(), sent + 1);
    desk.site.with_site(|site| site.contents.get_mut(&page.parse().unwrap()).unwrap().status = ContentStatus::Trashed);
    let after = desk.data("search_docs", json!({ "query": "connect vpn home", "type": "page" })).await;
    assert!(!ids(&after).contains(&page.as_str()), "{after}");
    assert_eq!(after["total"].as_u64().unwrap() + 1, before["total"].as_u64().unwrap());
}

#[tokio::test]
async fn a_sync_that_is_asked_for_again_and_again_runs_once() {
    let desk = Desk::hurried().await;
    let none = desk.data("search_docs", json!({ "query": "vpn" })).await;
    assert!(none["note"].as_str().unwrap().contains("not been copied whole yet"), "{none}");
    desk.sync().await;
    let runs = || desk.library().sync().status().last.map(|last| last.number);
    let before = runs();
    let standing = desk.data("sync_now", json!({})).await;
    assert_eq!((standing["running"].as_bool(), runs()), (Some(false), before), "{standing}");
}
