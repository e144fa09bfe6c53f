//! Decisions: once, on what was shown, in time, by whoever has the right; and who hears of them.

use std::time::Duration;

use serde_json::json;
use sluice::approval::State;
use sluice::approval::record::{Says, Via};
use tokio::io::AsyncBufReadExt as _;

use super::{ADA, BOB, House};

#[tokio::test]
async fn an_approver_sees_everything_and_approves_what_was_seen() {
    let house = House::open().await;
    let record = house.waits("New here").await;
    let path = format!("/api/approvals/{}", record.asked.id);
    let shown = house.get(&path, ADA).await.json();
    for (member, value) in [
        ("state", json!("pending")),
        ("agent", json!("tester")),
        ("tool", json!("create_page")),
        ("class", json!("create")),
        ("seal", json!(record.seal)),
        ("digest", json!(record.asked.request.digest())),
        ("request", json!("POST /wiki/api/v2/pages")),
        ("decision", json!(null)),
    ] {
        assert_eq!(shown[member], value, "{shown:#}");
    }
    assert_eq!(shown["spaces"][0]["key"], "IT");
    assert!(shown["preview"].as_str().unwrap().contains("Hello"), "{shown:#}");
    let body = json!({ "seal": shown["seal"], "reason": "as\nagreed" }).to_string();
    let answer = house.post(&format!("{path}/approve"), ADA, &body).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    house.desk.approvals.finish().await;
    let record = house.record(&record).await;
    assert_eq!(record.state, State::Succeeded);
    let decision = record.decision.unwrap();
    assert_eq!((decision.says, decision.by.as_str(), decision.via), (Says::Yes, "ada", Via::Dashboard));
    assert_eq!(decision.reason.as_deref(), Some("as agreed"));
    assert_eq!(house.get("/api/approvals", ADA).await.json()["approvals"], json!([]));
    let all = house.get("/api/approvals?which=all", ADA).await.json();
    assert_eq!(all["approvals"][0]["decision"]["by"], "ada");
    assert_eq!(house.get("/api/approvals?which=some", ADA).await.code(), "query");
    house.close().await;
}

#[tokio::test]
async fn of_two_who_decide_at_once_one_does_and_the_other_is_told_who() {
    let house = House::with(&[("ada", ADA, ""), ("bob", BOB, "")]).await;
    for round in 0..10 {
        let record = house.waits(&format!("Round {round}")).await;
        let (one, other) = tokio::join!(house.say("deny", &record, ADA), house.say("deny", &record, BOB));
        let ((won, lost), first) = if one.status == 200 { ((one, other), "ada") } else { ((other, one), "bob") };
        assert_eq!((won.status, lost.status), (200, 409), "{won:?} {lost:?}");
        assert_eq!(won.json()["decision"]["by"], first);
        let told = lost.json();
        assert_eq!(told["error"]["code"], "decided");
        assert!(told["error"]["message"].as_str().unwrap().starts_with(&format!("{first} has already denied it")));
    }
    house.close().await;
}

#[tokio::test]
async fn what_was_not_shown_or_waits_no_longer_cannot_be_approved() {
    let house = House::open().await;
    let (one, other) = (house.waits("One").await, house.waits("Other").await);
    let path = format!("/api/approvals/{}/approve", one.asked.id);
    let answer = house.post(&path, ADA, &json!({ "seal": other.seal }).to_string()).await;
    assert_eq!((answer.status, answer.code().as_str()), (409, "other_seal"));
    assert_eq!(house.record(&one).await.state, State::Pending);
    house.clock.advance(Duration::from_hours(25));
    for says in ["approve", "deny"] {
        let answer = house.say(says, &one, ADA).await;
        assert_eq!((answer.status, answer.code().as_str()), (409, "over"), "{answer:?}");
    }
    assert_eq!(house.record(&one).await.state, State::Expired);
    for id in ["ap-00000000000000000000000000", "ap-1", "%ff", "..%2f", "stream"] {
        let body = json!({ "seal": one.seal }).to_string();
        let answer = house.post(&format!("/api/approvals/{id}/approve"), ADA, &body).await;
        assert_eq!((answer.status, answer.code().as_str()), (404, "not_found"), "{id} {answer:?}");
    }
    house.close().await;
}

#[tokio::test]
async fn an_approver_approves_within_their_rights_and_may_stop_anything() {
    let house = House::open().await;
    let page = house.desk.page("Escalation matrix");
    let record = house.asks("tester", "delete_page", json!({ "page_id": page })).await;
    let answer = house.say("approve", &record, BOB).await;
    assert_eq!((answer.status, answer.code().as_str()), (403, "not_yours"));
    assert_eq!(house.record(&record).await.state, State::Pending);
    assert_eq!(house.say("deny", &record, BOB).await.json()["state"], "denied");
    house.close().await;
}

#[tokio::test]
async fn whoever_listens_hears_of_each_change_until_the_dashboard_closes() {
    let house = House::open().await;
    let mut stream = house.stream(ADA).await;
    let record = house.waits("New here").await;
    house.say("deny", &record, ADA).await;
    let mut heard = String::new();
    while !heard.contains("denied") {
        assert!(stream.read_line(&mut heard).await.unwrap() > 0, "{heard}");
    }
    let told = |state: &str| json!({ "id": record.asked.id, "agent": "tester", "state": state }).to_string();
    let data: Vec<&str> = heard.lines().filter_map(|line| line.strip_prefix("data: ")).collect();
    assert_eq!(data, [told("pending"), told("denied")]);
    assert_eq!(heard.matches("event: change").count(), 2);
    house.closing.cancel();
    while stream.read_line(&mut heard).await.unwrap_or_default() > 0 {}
    house.close().await;
}

#[tokio::test]
async fn streams_leave_room_for_others() {
    let house = House::open().await;
    let mut streams = Vec::new();
    for _ in 0..32 {
        streams.push(house.stream(ADA).await);
    }
    assert_eq!(house.get("/api/approvals/stream", ADA).await.code(), "streams");
    assert_eq!(house.get("/api/approvals", ADA).await.status, 200);
    drop(streams);
    house.close().await;
}
