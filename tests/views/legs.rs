//! The modern era without anything to ask by: the client comes back leg by leg with a sealed state.

use serde_json::{Value, json};
use sluice::approval::State;
use sluice::approval::record::Says;

use super::room::{FORMS, Room, Wire, is_done, is_pending, is_refused};

/// Calls, and lets the first leg go by; the state to come back with.
async fn first_leg(room: &Room, wire: &mut Wire) -> Value {
    let call = wire.write().await;
    room.clock.pass(20).await;
    let result = wire.result(call).await;
    assert_eq!(result["resultType"], "input_required", "{result}");
    assert!(result.get("inputRequests").is_none(), "{result}");
    assert_eq!(result["_meta"]["io.modelcontextprotocol/serverInfo"]["name"], "sluice", "{result}");
    result["requestState"].clone()
}

fn refusal(answer: &Value) -> (i64, String) {
    (answer["error"]["code"].as_i64().unwrap_or_default(), answer["error"]["message"].to_string())
}

#[tokio::test]
async fn the_outcome_comes_in_whatever_leg_it_falls() {
    for says in [Says::Yes, Says::No] {
        let room = Room::new("hold = \"1m\"", None).await;
        let mut wire = room.modern("{}");
        let state = first_leg(&room, &mut wire).await;
        let read = room.site.total_requests();
        let call = wire.come_back(&state, Value::Null).await;
        let record = room.pending().await;
        assert_eq!(room.site.total_requests(), read, "a call that comes back plans nothing anew");
        room.decide(&record, says).await;
        let result = wire.result(call).await;
        if says == Says::Yes {
            is_done(&result);
        } else {
            is_refused(&result, "denied");
        }
        assert_eq!(room.made(), usize::from(says == Says::Yes));
    }
}

#[tokio::test]
async fn all_legs_together_last_as_long_as_the_profile_holds_calls() {
    for (hold, legs) in [("0s", &[0][..]), ("7s", &[7]), ("20s", &[20]), ("25s", &[20, 5]), ("5m", &[20; 8])] {
        let room = Room::new(&format!("hold = \"{hold}\""), None).await;
        let mut wire = room.modern("{}");
        let mut call = wire.write().await;
        for (leg, seconds) in legs.iter().enumerate() {
            if *seconds > 0 {
                room.clock.pass(*seconds).await;
            }
            let result = wire.result(call).await;
            if leg + 1 == legs.len() {
                assert_eq!(is_pending(&result), room.pending().await.asked.id.to_string(), "{hold}");
            } else {
                call = wire.come_back(&result["requestState"], Value::Null).await;
            }
        }
    }
}

#[tokio::test]
async fn a_state_that_is_not_that_of_the_call_is_refused_in_the_same_words() {
    let room = Room::new("hold = \"1m\"", None).await;
    let mut wire = room.modern("{}");
    let state = first_leg(&room, &mut wire).await;
    let sealed = state.as_str().unwrap().to_owned();
    let call =
        |arguments: Value, state: &str| json!({ "name": "create_page", "arguments": arguments, "requestState": state });

    let mut swapped = sealed.clone();
    let last = swapped.pop().unwrap();
    swapped.push(if last == 'A' { 'B' } else { 'A' });
    let mut other = Room::write();
    other["title"] = json!("Another");
    let record = room.pending().await;
    let read = json!({ "name": "list_spaces", "arguments": {}, "requestState": sealed });
    let mut refusals = Vec::new();
    for params in [
        call(Room::write(), ""),
        call(Room::write(), "rs1.made.up"),
        call(Room::write(), &record.asked.id.to_string()),
        call(Room::write(), &sealed[..sealed.len() / 2]),
        call(Room::write(), &swapped),
        call(other, &sealed),
        read,
    ] {
        refusals.push(refusal(&wire.ask("tools/call", params).await));
    }
    let honest = call(Room::write(), &sealed);
    let mut another = room.modern_as("another", "{}");
    refusals.push(refusal(&another.ask("tools/call", honest.clone()).await));
    let mut elsewhere = room.modern_elsewhere();
    refusals.push(refusal(&elsewhere.ask("tools/call", honest.clone()).await));
    let mut legacy = room.legacy("{}").await;
    refusals.push(refusal(&legacy.ask("tools/call", honest).await));
    assert_eq!(refusals[0].0, -32602);
    for refusal in &refusals {
        assert_eq!(*refusal, refusals[0]);
    }
    assert_eq!((room.state_of(&record).await, room.made()), (State::Pending, 0));
}

#[tokio::test]
async fn a_state_brought_twice_sends_nothing_twice() {
    let room = Room::new("hold = \"1m\"", None).await;
    let mut wire = room.modern("{}");
    let state = first_leg(&room, &mut wire).await;
    let calls = [wire.come_back(&state, Value::Null).await, wire.come_back(&state, Value::Null).await];
    room.decide(&room.pending().await, Says::Yes).await;
    for call in calls {
        is_done(&wire.result(call).await);
    }
    // Arguments in another order are the same call.
    let reordered = json!({ "body": "x", "title": "New here", "space": "IT" });
    let call = json!({ "name": "create_page", "arguments": reordered, "requestState": state });
    is_done(&wire.ask("tools/call", call).await["result"]);
    assert_eq!(room.made(), 1);
}

#[tokio::test]
async fn an_answer_to_a_form_that_was_never_due_decides_nothing() {
    let room = Room::new("hold = \"1m\"", None).await;
    let mut wire = room.modern(FORMS);
    let state = first_leg(&room, &mut wire).await;
    for content in [json!({ "approve": true }), json!({ "approve": false })] {
        let answer = json!({ "approve": { "action": "accept", "content": content } });
        let call = wire.come_back(&state, answer).await;
        room.clock.pass(20).await;
        assert_eq!(wire.result(call).await["resultType"], "input_required");
    }
    assert_eq!((room.state_of(&room.pending().await).await, room.made()), (State::Pending, 0));
}

#[tokio::test]
async fn taking_a_leg_back_withdraws_and_losing_it_does_not() {
    for takes_back in [true, false] {
        let room = Room::new("hold = \"1m\"", None).await;
        let mut wire = room.modern("{}");
        let state = first_leg(&room, &mut wire).await;
        let call = wire.come_back(&state, Value::Null).await;
        let record = room.pending().await;
        // The leg is held by now: somebody sleeps until its end.
        room.clock.pass(20).await;
        let next = wire.result(call).await["requestState"].clone();
        let call = wire.come_back(&next, Value::Null).await;
        if takes_back {
            wire.cancel(call).await;
            assert_eq!(room.end_of(&record).await, State::Cancelled);
            let again = wire.come_back(&next, Value::Null).await;
            is_refused(&wire.result(again).await, "cancelled");
        } else {
            wire.hang_up().await;
            assert_eq!(room.state_of(&record).await, State::Pending);
        }
        assert_eq!(room.made(), 0);
    }
}
