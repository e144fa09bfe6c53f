//! A call that nobody waits for any more stops, whichever way its client left.

use serde_json::{Value, json};

use super::house::{Agent, House, Session, until};

fn read(page: &str) -> Value {
    json!({ "name": "get_page", "arguments": { "page_id": page } })
}

/// Nobody else could read if one read more were still under way: the site lets eight through at once.
async fn every_place_is_free(agent: &Agent, page: &str) {
    for _ in 0..8 {
        let found = agent.modern("tools/call", read(page)).await;
        assert!(found.body.to_string().contains("Escalation matrix"), "{found:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closing_the_stream_of_a_modern_call_stops_its_work_upstream() {
    let house = House::new(&[("one", "read-only")]).await;
    let (agent, page) = (house.agent("one"), house.page());
    house.keep_waiting(8);
    let calls: Vec<_> = (0..8).map(|_| agent.modern_request("tools/call", read(&page)).send()).collect();
    let mut calls = Box::pin(futures_util::future::join_all(calls));
    tokio::select! {
        _ = calls.as_mut() => panic!("the site keeps them waiting"),
        () = until(|| async { house.asked() == 8 }) => {}
    }
    drop(calls);
    every_place_is_free(&agent, &page).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cancelling_a_legacy_call_or_ending_its_session_stops_its_work_upstream() {
    let house = House::new(&[("one", "read-only")]).await;
    let (agent, page) = (house.agent("one"), house.page());
    house.keep_waiting(8);
    let session = agent.open().await;
    let ask = |session: &Session, id: u32| {
        let message = json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": read(&page) });
        session.request(&message).send()
    };
    let other = agent.open().await;
    let mut open = Vec::new();
    for id in 0..4 {
        open.push(ask(&session, id).await.unwrap());
        open.push(ask(&other, id).await.unwrap());
    }
    until(|| async { house.asked() == 8 }).await;
    for id in 0..4 {
        let cancel = json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": id } });
        assert_eq!(session.post(&cancel).await.status, 202);
    }
    assert_eq!(other.delete().send().await.unwrap().status(), 204);
    every_place_is_free(&agent, &page).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_legacy_read_whose_client_does_not_come_back_for_the_answer_stops_as_well() {
    let house = House::new(&[("one", "read-only")]).await;
    let (agent, page) = (house.agent("one"), house.page());
    house.keep_waiting(8);
    let session = agent.open().await;
    for id in 0..8_u32 {
        let message = json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": read(&page) });
        let answer = session.request(&message).send().await.unwrap();
        until(|| async { house.asked() == u64::from(id) + 1 }).await;
        drop(answer);
    }
    until(|| async { house.get("/metrics").await.1.contains("sluice_calls_in_flight 0") }).await;
    every_place_is_free(&agent, &page).await;
}
