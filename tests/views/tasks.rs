//! The tasks extension: the task is the record.

use serde_json::{Value, json};
use sluice::approval::State;
use sluice::approval::record::Says;

use super::room::{DASHBOARD, Room, TASKS, Wire, is_done, is_pending, is_refused};

const WITH_FORMS: &str = r#"{"elicitation":{"form":{}},"extensions":{"io.modelcontextprotocol/tasks":{}}}"#;

async fn created(wire: &mut Wire) -> Value {
    let call = wire.write().await;
    let task = wire.result(call).await;
    assert_eq!(task["resultType"], "task", "{task}");
    task
}

async fn get(wire: &mut Wire, id: &Value) -> Value {
    let answer = wire.ask("tasks/get", json!({ "taskId": id })).await;
    assert_eq!(answer["result"]["resultType"], "complete", "{answer}");
    answer["result"].clone()
}

#[tokio::test]
async fn a_task_says_what_is_waited_for_and_where_and_until_when() {
    let room = Room::new("expires_after = \"2h\"", Some(DASHBOARD)).await;
    let mut wire = room.modern(TASKS);
    let task = created(&mut wire).await;
    let record = room.pending().await;
    assert_eq!(task["taskId"], record.asked.id.to_string());
    assert_eq!((&task["status"], &task["pollIntervalMs"]), (&json!("working"), &json!(3000)), "{task}");
    assert_eq!(task["ttlMs"], 2 * 60 * 60 * 1000, "{task}");
    let message = task["statusMessage"].as_str().unwrap();
    assert!(message.contains("New here") && message.contains("https://desk.example/approvals/ap-"), "{message}");
    let seen = get(&mut wire, &task["taskId"]).await;
    assert_eq!((&seen["status"], &seen["statusMessage"]), (&task["status"], &task["statusMessage"]));
}

#[tokio::test]
async fn a_task_ends_with_what_the_call_would_have_answered() {
    for says in [Says::Yes, Says::No] {
        let room = Room::usual().await;
        let mut wire = room.modern(TASKS);
        let id = created(&mut wire).await["taskId"].clone();
        let record = room.pending().await;
        let mut legs = room.modern("{}");
        let call = legs.write().await;
        room.decide_when_asleep(&record, says).await;
        let mut called = legs.result(call).await;
        let ended = get(&mut wire, &id).await;
        assert_eq!(ended["status"], "completed", "{ended}");
        if says == Says::Yes {
            is_done(&ended["result"]);
        } else {
            is_refused(&ended["result"], "denied");
        }
        called["resultType"] = json!("complete");
        assert_eq!(ended["result"], called);
        // The task is the record: it outlives the connection.
        wire.hang_up().await;
        let mut wire = room.modern(TASKS);
        assert_eq!(get(&mut wire, &id).await["result"], called);
    }
}

#[tokio::test]
async fn cancelling_a_task_withdraws_its_write_and_losing_the_client_does_not() {
    let room = Room::usual().await;
    let mut wire = room.modern(TASKS);
    let id = created(&mut wire).await["taskId"].clone();
    let record = room.pending().await;
    wire.hang_up().await;
    assert_eq!(room.state_of(&record).await, State::Pending);
    let mut wire = room.modern(TASKS);
    assert_eq!(created(&mut wire).await["taskId"], id, "the same write finds the same task");
    for _ in 0..2 {
        let answer = wire.ask("tasks/cancel", json!({ "taskId": id })).await;
        assert_eq!(answer["result"]["resultType"], "complete", "{answer}");
        assert_eq!(room.state_of(&record).await, State::Cancelled);
    }
    let cancelled = get(&mut wire, &id).await;
    assert_eq!(cancelled["status"], "cancelled", "{cancelled}");
    assert!(cancelled.get("result").is_none(), "{cancelled}");
    assert_eq!(room.made(), 0);
}

#[tokio::test]
async fn a_task_that_nobody_decides_in_time_ends_by_saying_so() {
    let room = Room::new("expires_after = \"1m\"", None).await;
    let mut wire = room.modern(TASKS);
    let id = created(&mut wire).await["taskId"].clone();
    let record = room.pending().await;
    room.clock.jump(std::time::Duration::from_mins(2));
    let late = sluice::approval::Decider::Client;
    room.approvals.decide(&record.asked.id, record.seal, &late, Says::Yes, None).await.unwrap_err();
    let ended = get(&mut wire, &id).await;
    assert_eq!(ended["status"], "completed", "{ended}");
    is_refused(&ended["result"], "expired");
}

#[tokio::test]
async fn a_task_that_is_not_ones_own_is_answered_like_none() {
    let room = Room::usual().await;
    let mut wire = room.modern(TASKS);
    let id = created(&mut wire).await["taskId"].clone();
    let mut another = room.modern_as("another", TASKS);
    let mut answers = Vec::new();
    for method in ["tasks/get", "tasks/update", "tasks/cancel"] {
        for id in [id.clone(), json!("ap-00000000000000000000000000"), json!("no id\u{202e} at all"), json!("")] {
            let answer = another.ask(method, json!({ "taskId": id, "inputResponses": {} })).await;
            answers.push(answer["error"].clone());
        }
    }
    assert_eq!(answers[0]["code"], -32602, "{:?}", answers[0]);
    for answer in &answers {
        assert_eq!(*answer, answers[0]);
    }
    assert_eq!(room.state_of(&room.pending().await).await, State::Pending);
}

#[tokio::test]
async fn only_who_declares_tasks_gets_any() {
    let room = Room::usual().await;
    let mut wire = room.modern("{}");
    let refused = wire.ask("tasks/get", json!({ "taskId": "ap-00000000000000000000000000" })).await;
    assert_eq!(refused["error"]["code"], -32021, "{refused}");
    let found = wire.ask("server/discover", json!({})).await;
    let declared = &found["result"]["capabilities"]["extensions"]["io.modelcontextprotocol/tasks"];
    assert_eq!(*declared, json!({}), "{found}");
    // A session that declares them is of an era that has others.
    let mut legacy = room.legacy(TASKS).await;
    let call = legacy.write().await;
    room.clock.pass(25).await;
    is_pending(&legacy.result(call).await);
}

#[tokio::test]
async fn the_agents_user_answers_a_form_inside_the_task() {
    for (answer, expected) in [
        (json!({ "action": "accept", "content": { "approve": true } }), "done"),
        (json!({ "action": "decline" }), "denied"),
        (json!({ "action": "cancel" }), "waiting"),
    ] {
        let room = Room::new("by = \"client\"", None).await;
        let mut wire = room.modern(WITH_FORMS);
        let id = created(&mut wire).await["taskId"].clone();
        let asked = get(&mut wire, &id).await;
        assert_eq!(asked["status"], "input_required", "{asked}");
        assert_eq!(asked["inputRequests"]["approve"]["params"]["mode"], "form", "{asked}");
        // A look without the capability is not asked, and cannot answer.
        let mut blind = room.modern(TASKS);
        assert_eq!(get(&mut blind, &id).await["status"], "working");
        let update = json!({ "taskId": id, "inputResponses": { "approve": answer } });
        assert!(blind.ask("tasks/update", update.clone()).await.get("result").is_some());
        assert_eq!(room.state_of(&room.pending().await).await, State::Pending);

        assert!(wire.ask("tasks/update", update).await.get("result").is_some());
        room.approvals.finish().await;
        let seen = get(&mut wire, &id).await;
        match expected {
            "done" => is_done(&seen["result"]),
            "denied" => is_refused(&seen["result"], "denied"),
            _ => assert_eq!(seen["status"], "input_required", "{seen}"),
        }
    }
}
