//! Where the agent's own user may decide: a form, in both eras.

use serde_json::{Value, json};
use sluice::approval::State;
use sluice::approval::record::{Says, Via};

use super::room::{DASHBOARD, FORMS, Room, Wire, is_done, is_pending, is_refused};

const BY_CLIENT: &str = "by = \"client\"";

fn yes() -> Value {
    json!({ "action": "accept", "content": { "approve": true } })
}

fn answers() -> [(Value, Option<&'static str>); 4] {
    [
        (yes(), None),
        (json!({ "action": "accept", "content": { "approve": false, "reason": "wrong space" } }), Some("denied")),
        (json!({ "action": "decline" }), Some("denied")),
        (json!({ "action": "cancel" }), Some("pending")),
    ]
}

/// What came of a write whose form was answered.
async fn came_to(room: &Room, result: &Value, expected: Option<&str>) {
    match expected {
        None => is_done(result),
        Some("pending") => {
            is_pending(result);
            assert_eq!(room.state_of(&room.pending().await).await, State::Pending);
        }
        Some(code) => is_refused(result, code),
    }
    assert_eq!(room.made(), usize::from(expected.is_none()));
}

#[track_caller]
fn is_the_form(question: &Value) {
    assert_eq!((&question["method"], &question["params"]["mode"]), (&json!("elicitation/create"), &json!("form")));
    let message = question["params"]["message"].as_str().unwrap();
    for words in ["tester", "New here", "at https://desk.example/approvals/ap-", "first decision counts"] {
        assert!(message.contains(words), "{words} is not in:\n{message}");
    }
    let schema = &question["params"]["requestedSchema"];
    assert_eq!(schema["required"], json!(["approve"]), "{schema}");
    assert_eq!(schema["properties"]["approve"]["type"], "boolean", "{schema}");
    assert_eq!(schema["properties"]["reason"]["type"], "string", "{schema}");
}

/// Calls and is asked in the answer; the state to come back with.
async fn asked_modern(wire: &mut Wire) -> Value {
    let call = wire.write().await;
    let result = wire.result(call).await;
    assert_eq!(result["resultType"], "input_required", "{result}");
    is_the_form(&result["inputRequests"]["approve"]);
    result["requestState"].clone()
}

#[tokio::test]
async fn the_agents_user_decides_in_a_modern_form() {
    for (answer, expected) in answers() {
        let room = Room::new(BY_CLIENT, Some(DASHBOARD)).await;
        let mut wire = room.modern(FORMS);
        let state = asked_modern(&mut wire).await;
        let call = wire.come_back(&state, json!({ "approve": answer })).await;
        came_to(&room, &wire.result(call).await, expected).await;
    }
}

#[tokio::test]
async fn the_agents_user_decides_in_a_legacy_form() {
    for (answer, expected) in answers() {
        let room = Room::new(BY_CLIENT, Some(DASHBOARD)).await;
        let mut wire = room.legacy(FORMS).await;
        let call = wire.write().await;
        let question = wire.asked().await;
        is_the_form(&question);
        wire.reply(&question, answer).await;
        came_to(&room, &wire.result(call).await, expected).await;
    }
}

#[tokio::test]
async fn the_record_says_that_the_agents_user_decided_in_the_client() {
    let room = Room::new(BY_CLIENT, Some(DASHBOARD)).await;
    let mut wire = room.legacy(FORMS).await;
    let call = wire.write().await;
    let record = room.pending().await;
    let question = wire.asked().await;
    wire.reply(&question, yes()).await;
    is_done(&wire.result(call).await);
    let record = room.approvals.get(&record.asked.id).await.unwrap().unwrap();
    assert_eq!(record.decision.map(|decision| decision.via), Some(Via::Client));
}

#[tokio::test]
async fn whoever_decides_first_decides() {
    let room = Room::new(BY_CLIENT, Some(DASHBOARD)).await;
    let mut legacy = room.legacy(FORMS).await;
    let call = legacy.write().await;
    let question = legacy.asked().await;
    room.decide(&room.pending().await, Says::Yes).await;
    is_done(&legacy.result(call).await);
    // The dialog is taken back; whoever still answers it decides nothing.
    assert_eq!(legacy.note("notifications/cancelled").await["params"]["requestId"], question["id"]);
    legacy.reply(&question, json!({ "action": "decline" })).await;

    let room = Room::new(BY_CLIENT, Some(DASHBOARD)).await;
    let mut modern = room.modern(FORMS);
    let state = asked_modern(&mut modern).await;
    room.decide(&room.pending().await, Says::Yes).await;
    let call = modern.come_back(&state, json!({ "approve": { "action": "decline" } })).await;
    is_done(&modern.result(call).await);
    assert_eq!(room.made(), 1);
}

#[tokio::test]
async fn a_client_that_never_shows_the_form_does_not_hang_the_call() {
    let room = Room::new(BY_CLIENT, Some(DASHBOARD)).await;
    let mut wire = room.legacy(FORMS).await;
    let call = wire.write().await;
    let question = wire.asked().await;
    room.clock.pass(45).await;
    is_pending(&wire.result(call).await);
    assert_eq!(wire.note("notifications/cancelled").await["params"]["requestId"], question["id"]);

    let mut modern = room.modern(FORMS);
    let state = asked_modern(&mut modern).await;
    let call = modern.come_back(&state, Value::Null).await;
    room.clock.pass(20).await;
    let next = modern.result(call).await["requestState"].clone();
    let call = modern.come_back(&next, Value::Null).await;
    room.clock.pass(5).await;
    is_pending(&modern.result(call).await);
}

#[tokio::test]
async fn a_client_that_refuses_to_be_asked_is_held_instead() {
    let room = Room::new("by = \"client\"\nhold = \"9s\"", Some(DASHBOARD)).await;
    let mut wire = room.legacy(FORMS).await;
    let call = wire.write().await;
    let question = wire.asked().await;
    wire.balk(&question).await;
    room.clock.pass(9).await;
    is_pending(&wire.result(call).await);
}

#[tokio::test]
async fn taking_a_call_back_while_it_asks_withdraws_its_write() {
    let room = Room::new(BY_CLIENT, Some(DASHBOARD)).await;
    let mut wire = room.legacy(FORMS).await;
    let call = wire.write().await;
    let question = wire.asked().await;
    let record = room.pending().await;
    wire.cancel(call).await;
    assert_eq!(room.end_of(&record).await, State::Cancelled);
    wire.reply(&question, yes()).await;
    wire.hang_up().await;
    assert_eq!((room.state_of(&record).await, room.made()), (State::Cancelled, 0));
}

#[tokio::test]
async fn no_form_where_the_request_shows_none_or_the_profile_asks_others() {
    let (by_client, by_human) = (Room::new(BY_CLIENT, None).await, Room::usual().await);
    for (room, capabilities) in [(&by_client, "{}"), (&by_human, FORMS)] {
        let mut wire = room.modern(capabilities);
        let call = wire.write().await;
        room.clock.pass(20).await;
        let result = wire.result(call).await;
        assert!(result["requestState"].is_string() && result.get("inputRequests").is_none(), "{result}");
    }
    // A form that a request asks for is no licence for the next one, which says that it shows none.
    let room = Room::new(BY_CLIENT, Some(DASHBOARD)).await;
    let mut wire = room.modern(FORMS);
    let state = asked_modern(&mut wire).await;
    wire.meta["io.modelcontextprotocol/clientCapabilities"] = json!({});
    let call = wire.come_back(&state, json!({ "approve": yes() })).await;
    room.clock.pass(20).await;
    assert!(wire.result(call).await["requestState"].is_string());
    assert_eq!(room.made(), 0);
}

#[tokio::test]
async fn deletes_are_not_offered_in_the_client_unless_the_profile_says_so() {
    for (more, offered) in [("", false), ("\nclient_may_delete = true", true)] {
        let room = Room::new(&format!("{BY_CLIENT}{more}"), Some(DASHBOARD)).await;
        let mut wire = room.modern(FORMS);
        let delete = json!({ "name": "delete_page", "arguments": { "page_id": room.any_page() } });
        let call = wire.begin("tools/call", delete).await;
        if !offered {
            room.clock.pass(20).await;
        }
        let result = wire.result(call).await;
        assert_eq!(result.get("inputRequests").is_some(), offered, "{result}");
    }
}
