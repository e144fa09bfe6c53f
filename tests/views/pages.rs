//! Clients that open addresses are led to the page on which people decide; opening it decides nothing.

use serde_json::{Value, json};
use sluice::approval::State;
use sluice::approval::record::Says;

use super::room::{DASHBOARD, PAGES, Room, is_done, is_pending, is_refused};

#[track_caller]
fn leads_to(question: &Value, id: &str) {
    assert_eq!((&question["method"], &question["params"]["mode"]), (&json!("elicitation/create"), &json!("url")));
    assert_eq!(question["params"]["url"], format!("{DASHBOARD}/approvals/{id}"), "{question}");
    assert!(question["params"]["message"].as_str().unwrap().contains("approves nothing"), "{question}");
}

#[tokio::test]
async fn opening_the_page_only_lets_the_client_wait() {
    for says in [Some(Says::Yes), Some(Says::No), None] {
        let room = Room::new("", Some(DASHBOARD)).await;
        let mut wire = room.modern(PAGES);
        let call = wire.write().await;
        let result = wire.result(call).await;
        let record = room.pending().await;
        leads_to(&result["inputRequests"]["open"], record.asked.id.as_str());
        let opened = json!({ "open": { "action": "accept" } });
        let call = wire.come_back(&result["requestState"], opened).await;
        let Some(says) = says else {
            room.clock.pass(20).await;
            let next = wire.result(call).await["requestState"].clone();
            let call = wire.come_back(&next, Value::Null).await;
            room.clock.pass(5).await;
            is_pending(&wire.result(call).await);
            continue;
        };
        room.decide(&record, says).await;
        let result = wire.result(call).await;
        if says == Says::Yes {
            is_done(&result);
        } else {
            is_refused(&result, "denied");
        }
    }
}

#[tokio::test]
async fn a_session_is_led_to_the_page_in_the_middle_of_the_call() {
    for says in [Some(Says::Yes), Some(Says::No), None] {
        let room = Room::new("", Some(DASHBOARD)).await;
        let mut wire = room.legacy(PAGES).await;
        let call = wire.write().await;
        let question = wire.asked().await;
        let record = room.pending().await;
        leads_to(&question, record.asked.id.as_str());
        wire.reply(&question, json!({ "action": "accept" })).await;
        match says {
            Some(says) => room.decide(&record, says).await,
            None => room.clock.pass(25).await,
        }
        let result = wire.result(call).await;
        match says {
            Some(Says::Yes) => is_done(&result),
            Some(Says::No) => is_refused(&result, "denied"),
            None => drop(is_pending(&result)),
        }
    }
}

#[tokio::test]
async fn whoever_does_not_open_the_page_is_told_at_once_that_the_write_waits() {
    for action in ["decline", "cancel"] {
        let room = Room::new("", Some(DASHBOARD)).await;
        let mut modern = room.modern(PAGES);
        let call = modern.write().await;
        let state = modern.result(call).await["requestState"].clone();
        let call = modern.come_back(&state, json!({ "open": { "action": action } })).await;
        is_pending(&modern.result(call).await);
        let mut legacy = room.legacy(PAGES).await;
        let call = legacy.write().await;
        let question = legacy.asked().await;
        legacy.reply(&question, json!({ "action": action })).await;
        is_pending(&legacy.result(call).await);
        assert_eq!(room.state_of(&room.pending().await).await, State::Pending);
    }
}

#[tokio::test]
async fn a_page_that_nobody_opens_is_asked_for_no_longer_than_the_call_is_held() {
    let room = Room::new("", Some(DASHBOARD)).await;
    let mut wire = room.legacy(PAGES).await;
    let call = wire.write().await;
    let question = wire.asked().await;
    room.clock.pass(25).await;
    is_pending(&wire.result(call).await);
    assert_eq!(wire.note("notifications/cancelled").await["params"]["requestId"], question["id"]);
}

#[tokio::test]
async fn without_a_dashboard_there_is_no_page_to_open() {
    let room = Room::usual().await;
    let mut wire = room.modern(PAGES);
    let call = wire.write().await;
    room.clock.pass(20).await;
    assert!(wire.result(call).await.get("inputRequests").is_none());
}
