//! Sessions of the older eras: whose they are, how many there may be, and how they end.

use serde_json::json;

use super::house::{House, until};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_of_another_agent_is_one_that_never_was() {
    let house = House::new(&[("one", "full-access"), ("two", "read-only")]).await;
    let mut session = house.agent("one").open().await;
    let own = session.agent.clone();
    session.agent = house.agent("two");
    let mut answers = Vec::new();
    for id in [session.id.clone(), "00000000-0000-0000-0000-000000000000".to_owned(), "nonsense".to_owned()] {
        session.id = id;
        let used = session.ask("tools/list", json!({})).await;
        let listened = session.listen().send().await.unwrap().status().as_u16();
        let deleted = session.delete().send().await.unwrap().status().as_u16();
        answers.push((used.status, used.body, listened, deleted));
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    assert_eq!((answers[0].0, answers[0].2, answers[0].3), (404, 404, 404));
    // It is there still, for the one that opened it, until that one ends it.
    let session = super::house::Session { agent: own, id: house.agent("one").open().await.id };
    assert_eq!(session.ask("tools/list", json!({})).await.status, 200);
    assert_eq!(session.delete().send().await.unwrap().status(), 204);
    assert_eq!(session.ask("tools/list", json!({})).await.status, 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storm_of_sessions_ends_the_agents_own_unused_ones_and_nobody_elses() {
    let house = House::with(&[("calm", "read-only"), ("storm", "read-only")], &["--max-sessions", "100"]).await;
    let calm = house.agent("calm").open().await;
    let storm = house.agent("storm");
    // The oldest is in use: its stream is open.
    let first = storm.open().await;
    let listening = first.listen().send().await.unwrap();
    assert_eq!(listening.status(), 200);
    let second = storm.open().await;
    for _ in 0..30 {
        storm.open().await;
    }
    assert_eq!(second.ask("tools/list", json!({})).await.status, 404);
    assert_eq!(first.ask("tools/list", json!({})).await.status, 200);
    assert_eq!(calm.ask("tools/list", json!({})).await.status, 200);
    let open = |text: &str| text.lines().find_map(|line| line.strip_prefix("sluice_sessions ")).map(str::to_owned);
    assert_eq!(open(&house.get("/metrics").await.1).as_deref(), Some("11"));
    drop(listening);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sessions_streams_and_held_calls_end_when_their_agent_is_revoked() {
    let house = House::new(&[("one", "waits.toml"), ("two", "read-only")]).await;
    let waits = super::house::permissions("read-write") + "[approval]\nhold = \"2m\"\n";
    house.profile(
        "waits.toml",
        &waits.replace("mode = \"read-write\"", "mode = \"read-write\"\nrequire_approval = true"),
    );
    let agent = house.agent("one");
    until(|| async { agent.tools().await.contains(&"create_page".to_owned()) }).await;
    let session = agent.open().await;
    let listening = session.listen().send().await.unwrap();
    let modern = agent.modern_request("subscriptions/listen", json!({ "notifications": { "toolsListChanged": true } }));
    let modern = modern.send().await.unwrap();
    let draft = json!({ "name": "create_page", "arguments": { "space": "IT", "title": "Held", "body": "x" } });
    let message = json!({ "jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": draft });
    let held = session.request(&message).send().await.unwrap();
    until(|| async { house.get("/metrics").await.1.contains("sluice_listeners 2") }).await;
    house.edit_agents(|text| text.replacen("[agents.one]\n", "[agents.one]\nrevoked = true\n", 1));
    // Each of them ends; none of these waits would otherwise.
    let ended = tokio::join!(listening.text(), modern.text(), held.text());
    assert!(ended.1.is_ok());
    assert_eq!(agent.modern("tools/list", json!({})).await.status, 401);
    assert_eq!(session.ask("tools/list", json!({})).await.status, 401);
    assert!(house.get("/metrics").await.1.contains("sluice_sessions 0"));
    assert!(!house.agent("two").tools().await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_id_in_use_is_refused_and_free_again_once_it_is_answered() {
    let house = House::new(&[("one", "read-only")]).await;
    let session = house.agent("one").open().await;
    house.keep_waiting(1);
    let read = json!({ "name": "get_page", "arguments": { "page_id": house.page() } });
    let message = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": read });
    let first = session.request(&message).send().await.unwrap();
    until(|| async { house.asked() == 1 }).await;
    let twice = session.ask("tools/list", json!({})).await;
    assert_eq!((twice.status, &twice.body["error"]["code"]), (400, &json!(-32600)), "{twice:?}");
    let cancel = json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 1 } });
    assert_eq!(session.post(&cancel).await.status, 202);
    until(|| async { session.ask("tools/list", json!({})).await.status == 200 }).await;
    for _ in 0..20 {
        assert_eq!(session.ask("tools/list", json!({})).await.status, 200);
    }
    drop(first);
}
