//! The legacy era without anything to ask by: the call is held.

use std::time::Duration;

use serde_json::json;
use sluice::approval::State;
use sluice::approval::record::Says;

use super::room::{FORMS, Room, is_done, is_pending, is_refused};

#[tokio::test]
async fn a_held_call_answers_what_somebody_decides() {
    for says in [Says::Yes, Says::No] {
        let room = Room::usual().await;
        let mut wire = room.legacy("{}").await;
        let call = wire.write().await;
        room.decide(&room.pending().await, says).await;
        let result = wire.result(call).await;
        if says == Says::Yes {
            is_done(&result);
        } else {
            is_refused(&result, "denied");
            assert!(result.to_string().contains("not today"), "{result}");
        }
        assert_eq!(room.made(), usize::from(says == Says::Yes));
    }
}

#[tokio::test]
async fn a_call_is_held_as_long_as_the_profile_says_and_then_answers_that_it_waits() {
    let room = Room::new("hold = \"7s\"", None).await;
    let mut wire = room.legacy("{}").await;
    let call = wire.write().await;
    room.clock.pass(7).await;
    let id = is_pending(&wire.result(call).await);
    let record = room.pending().await;
    assert_eq!(id, record.asked.id.to_string());
    // Sent again, it finds the same record and waits with it.
    let again = wire.write().await;
    room.clock.pass(7).await;
    assert_eq!(is_pending(&wire.result(again).await), id);
    room.decide(&record, Says::Yes).await;
    let third = wire.write().await;
    let replayed = wire.result(third).await;
    is_done(&replayed);
    assert!(replayed.to_string().contains("replayed"), "{replayed}");
    assert_eq!(room.made(), 1);
}

#[tokio::test]
async fn a_client_that_asked_for_progress_hears_every_five_seconds_that_a_person_is_waited_for() {
    let room = Room::new("hold = \"12s\"", Some(super::room::DASHBOARD)).await;
    let mut wire = room.legacy("{}").await;
    let params = json!({ "name": "create_page", "arguments": Room::write(), "_meta": { "progressToken": 5 } });
    let call = wire.begin("tools/call", params).await;
    let mut last = None;
    for _ in 0..2 {
        room.clock.pass(5).await;
        let step = wire.note("notifications/progress").await;
        let message = step["params"]["message"].as_str().unwrap();
        assert!(message.starts_with("waiting for a person to decide at https://desk.example/approvals/ap-"), "{step}");
        let progress = step["params"]["progress"].as_f64();
        assert!(progress > last, "{step}");
        last = progress;
    }
    room.clock.pass(2).await;
    is_pending(&wire.result(call).await);
}

#[tokio::test]
async fn a_write_that_nobody_decides_in_time_expires() {
    let room = Room::new("expires_after = \"1m\"\nhold = \"2m\"", None).await;
    let mut wires = [room.legacy("{}").await, room.modern("{}")];
    let mut calls = Vec::new();
    for (wire, seconds) in wires.iter_mut().zip([120, 20]) {
        calls.push(wire.write().await);
        room.clock.asleep(seconds).await;
    }
    let record = room.pending().await;
    room.clock.jump(Duration::from_mins(1));
    room.approvals.sweep().await.unwrap();
    assert_eq!(room.end_of(&record).await, State::Expired);
    for (wire, call) in wires.iter_mut().zip(calls) {
        let mut result = wire.result(call).await;
        if let Some(state) = result.get("requestState") {
            let call = wire.come_back(&state.clone(), json!(null)).await;
            result = wire.result(call).await;
        }
        is_refused(&result, "expired");
    }
    assert_eq!(room.made(), 0);
}

#[tokio::test]
async fn taking_a_call_back_withdraws_its_write() {
    let room = Room::usual().await;
    let mut wire = room.legacy("{}").await;
    let call = wire.write().await;
    let record = room.pending().await;
    wire.cancel(call).await;
    assert_eq!(room.end_of(&record).await, State::Cancelled);
    let entries = wire.ask("tools/call", json!({ "name": "list_approvals", "arguments": { "which": "all" } })).await;
    assert_eq!(entries["result"]["structuredContent"]["approvals"][0]["outcome"], "cancelled", "{entries}");
    assert!(wire.notes.is_empty(), "a call that was taken back is not answered: {:?}", wire.notes);
    assert_eq!(room.made(), 0);
}

#[tokio::test]
async fn taking_back_another_call_withdraws_nothing() {
    let room = Room::usual().await;
    let mut wire = room.legacy("{}").await;
    let call = wire.write().await;
    let record = room.pending().await;
    wire.cancel(call + 1).await;
    let listed = wire.ask("tools/call", json!({ "name": "list_approvals", "arguments": {} })).await;
    assert_eq!(listed["result"]["structuredContent"]["approvals"][0]["outcome"], "pending", "{listed}");
    room.decide(&record, Says::Yes).await;
    is_done(&wire.result(call).await);
}

#[tokio::test]
async fn a_lost_connection_leaves_the_write_waiting() {
    for capabilities in ["{}", FORMS] {
        let room = Room::new("by = \"client\"", None).await;
        let mut wire = room.legacy(capabilities).await;
        wire.write().await;
        let record = room.pending().await;
        wire.hang_up().await;
        assert_eq!(room.state_of(&record).await, State::Pending);
        // Whoever comes back finds it.
        let mut wire = room.legacy("{}").await;
        room.decide(&record, Says::Yes).await;
        let call = wire.write().await;
        is_done(&wire.result(call).await);
        assert_eq!(room.made(), 1);
        room.clock.jump(Duration::from_secs(1));
    }
}
