//! What a session passes on, keeps and says again.

use serde_json::{Value, json};

use super::*;

const INITIALIZED: &str = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;

fn request(id: u32, method: &str) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": { "n": id } })
}

fn answer(id: &Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "result": {} })
}

fn taken(lines: &mut VecDeque<Bytes>) -> Vec<Value> {
    lines.drain(..).map(|line| serde_json::from_slice(&line).unwrap()).collect()
}

/// A session and what passes through it.
#[derive(Default)]
struct Wire(Session);

impl Wire {
    fn client(&mut self, message: &impl ToString) -> Vec<Value> {
        self.0.client_says(message.to_string().into_bytes());
        taken(&mut self.0.to_owner)
    }

    fn owner(&mut self, message: &impl ToString) -> Vec<Value> {
        self.0.owner_says(message.to_string().into_bytes()).unwrap();
        taken(&mut self.0.to_client)
    }

    /// The owner goes and another one comes; what the client and the new owner hear of it.
    fn change(&mut self) -> (Vec<Value>, Vec<Value>) {
        self.0.part();
        let told = taken(&mut self.0.to_client);
        self.0.meet();
        (told, taken(&mut self.0.to_owner))
    }
}

fn met() -> Wire {
    let mut wire = Wire::default();
    wire.0.meet();
    wire
}

/// A session of the older eras, past its handshake.
fn opened() -> Wire {
    let mut wire = met();
    assert_eq!(wire.client(&request(0, "initialize")), [request(0, "initialize")]);
    assert_eq!(wire.owner(&answer(&json!(0))).len(), 1);
    assert_eq!(wire.client(&INITIALIZED).len(), 1);
    wire
}

#[test]
fn an_old_session_is_opened_anew_behind_the_clients_back() {
    let mut wire = opened();
    wire.client(&request(1, "tools/call"));
    let (told, mut first) = wire.change();
    assert_eq!((told.len(), first.len()), (0, 1));
    let own = first[0]["id"].take();
    assert_eq!(first[0], json!({ "jsonrpc": "2.0", "id": null, "method": "initialize", "params": { "n": 0 } }));
    // Meanwhile the client goes on, and nothing overtakes the handshake.
    assert_eq!(wire.client(&request(2, "tools/list")), [Value::Null; 0]);
    assert_eq!(wire.owner(&answer(&own)), [Value::Null; 0]);
    let sent = taken(&mut wire.0.to_owner);
    let ready: Value = serde_json::from_str(INITIALIZED).unwrap();
    assert_eq!(sent, [ready, request(1, "tools/call"), request(2, "tools/list")]);
    assert_eq!(wire.owner(&answer(&json!(1))), [answer(&json!(1))]);
}

#[test]
fn a_handshake_in_flight_and_the_modern_era_are_simply_sent_again() {
    let mut wire = met();
    wire.client(&request(0, "initialize"));
    assert_eq!(wire.change().1, [request(0, "initialize")]);
    let mut wire = met();
    wire.client(&request(0, "server/discover"));
    wire.owner(&answer(&json!(0)));
    wire.client(&request(1, "tools/call"));
    assert_eq!(wire.change().1, [request(1, "tools/call")]);
}

#[test]
fn a_new_owner_that_does_not_take_the_session_ends_it() {
    let mut wire = opened();
    let own = wire.change().1[0]["id"].clone();
    let error = json!({ "jsonrpc": "2.0", "id": own, "error": { "code": -32603, "message": "no" } });
    assert_eq!(wire.0.owner_says(error.to_string().into_bytes()), Err(NotTaken));
}

#[test]
fn what_is_answered_or_cancelled_is_not_sent_again() {
    let mut wire = met();
    for id in 1..=3 {
        wire.client(&request(id, "tools/call"));
    }
    wire.owner(&answer(&json!(1)));
    let cancelled = json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 2 } });
    assert_eq!(wire.client(&cancelled), [cancelled]);
    assert_eq!(wire.change().1, [request(3, "tools/call")]);
}

#[test]
fn an_answer_to_a_former_owners_question_does_not_reach_the_next() {
    let mut wire = met();
    let question = json!({ "jsonrpc": "2.0", "id": 0, "method": "elicitation/create", "params": {} });
    let first = wire.owner(&question)[0]["id"].clone();
    assert_eq!(wire.client(&answer(&first)), [answer(&json!(0))]);
    let asked = wire.owner(&question)[0]["id"].clone();
    let (told, _) = wire.change();
    assert_eq!((told.len(), &told[0]["params"]["requestId"]), (1, &asked));
    // The next owner counts from zero as well.
    let again = wire.owner(&question)[0]["id"].clone();
    assert_ne!(asked, again);
    assert_eq!(wire.client(&answer(&asked)), [Value::Null; 0]);
    assert_eq!(wire.client(&answer(&json!(0))), [Value::Null; 0]);
    assert_eq!(wire.client(&answer(&again)), [answer(&json!(0))]);
    assert_eq!(wire.client(&answer(&again)), [Value::Null; 0]);
}

#[test]
fn an_owners_question_is_withdrawn_under_the_name_the_client_knows() {
    let mut wire = met();
    let question = json!({ "jsonrpc": "2.0", "id": 0, "method": "elicitation/create", "params": {} });
    let name = wire.owner(&question)[0]["id"].clone();
    let withdrawn = json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 0 } });
    assert_eq!(wire.owner(&withdrawn)[0]["params"]["requestId"], name);
    assert_eq!(wire.change().0, [Value::Null; 0]);
}

#[test]
fn a_request_that_ends_every_owner_is_answered_at_last() {
    let mut wire = met();
    wire.client(&request(1, "tools/call"));
    assert_eq!(wire.change(), (vec![], vec![request(1, "tools/call")]));
    assert_eq!(wire.change(), (vec![], vec![request(1, "tools/call")]));
    let (told, sent) = wire.change();
    assert_eq!((&told[0]["id"], sent.len()), (&json!(1), 0));
    assert_eq!(told[0]["error"]["code"], -32603);
}

#[test]
fn what_is_no_message_is_left_to_the_owner_and_forgotten_with_it() {
    let mut wire = met();
    wire.0.client_says(b"{nonsense".to_vec());
    assert_eq!(wire.0.to_owner, [Bytes::from_static(b"{nonsense\n")]);
    assert_eq!(wire.change().1, [Value::Null; 0]);
}
