//! The end of a server: what has begun is finished, who listens is told, a second signal does not wait.

use serde_json::json;
use sluice::sandbox::{Effect, Fault};

use super::house::{House, READ, last, until};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_in_flight_are_finished_and_listeners_get_their_closing_result() {
    let mut house = House::new(&[("one", "read-only")]).await;
    let (agent, page) = (house.agent("one"), house.page());
    let effect = Effect::Slow { milliseconds: 1_500 };
    house.site.set_fault(Fault { template: Some(READ.into()), times: 20, effect });
    let read = json!({ "name": "get_page", "arguments": { "page_id": page } });
    let session = agent.open().await;
    let calls: Vec<_> = (0..4).map(|_| agent.modern_request("tools/call", read.clone()).send()).collect();
    let legacy = session.ask("tools/call", read.clone());
    let listening = session.listen().send().await.unwrap();
    let filter = json!({ "notifications": { "toolsListChanged": true } });
    let modern = agent.modern_request("subscriptions/listen", filter).send().await.unwrap();
    let under_load = async { tokio::join!(futures_util::future::join_all(calls), legacy) };
    let ending = async {
        until(|| async { house.asked() == 5 }).await;
        house.signal("TERM");
        until(|| async { house.log().contains("no new connections are taken") }).await;
        // Nobody new is let in.
        agent.client.get(format!("{}/healthz", house.origin)).send().await.is_err()
    };
    let ((calls, legacy), refused) = tokio::join!(under_load, ending);
    for call in calls {
        let text = call.unwrap().text().await.unwrap();
        assert!(text.contains("Escalation matrix"), "{text}");
    }
    assert!(legacy.body.to_string().contains("Escalation matrix"), "{legacy:?}");
    assert!(refused);
    assert!(listening.text().await.is_ok());
    let closing = modern.text().await.unwrap();
    assert_eq!(last(&closing)["result"]["resultType"], "complete", "{closing}");
    assert!(house.ended().await.success(), "{}", house.log());
    assert!(house.log().contains("everything has ended"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_signal_ends_at_once() {
    let mut house = House::new(&[("one", "read-only")]).await;
    let agent = house.agent("one");
    house.keep_waiting(1);
    let read = json!({ "name": "get_page", "arguments": { "page_id": house.page() } });
    let mut call = Box::pin(agent.modern_request("tools/call", read).send());
    tokio::select! {
        _ = &mut call => panic!("the site keeps it waiting"),
        () = until(|| async { house.asked() == 1 }) => {}
    }
    house.signal("TERM");
    until(|| async { house.log().contains("no new connections are taken") }).await;
    house.signal("TERM");
    assert_eq!(house.ended().await.code(), Some(1));
}
