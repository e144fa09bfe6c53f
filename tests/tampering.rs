//! Records that were changed from outside, and people who decide at the same moment.

use serde_json::{Value, json};
use sluice::approval::record::{Says, Via};
use sluice::approval::{DecideError, Decider, Record, Rights, State};
use sluice::domain::ids::ApprovalId;
use sluice::store::{Batch, Key, Scan, Store, StoreError, Table};

use crate::desk::Desk;

const ASKS: &str =
    "name = \"Asks\"\n[spaces]\nmode = \"read-only\"\n[pages]\nmode = \"read-write\"\nrequire_approval = true\n";
const RECORDS: Table = Table::new("approval");
const PIECES: Table = Table::new("approval-pieces");

fn person(name: &str) -> Decider {
    Decider::Approver { name: name.to_owned(), via: Via::Terminal, rights: Rights::all() }
}

/// How many writes reached the site.
fn writes(desk: &Desk) -> u64 {
    desk.site.requests().iter().filter(|(template, _)| !template.starts_with("GET")).map(|(_, count)| count).sum()
}

async fn waiting(desk: &Desk, title: &str, body: &str) -> Record {
    let answer = desk.data("create_page", json!({ "space": "IT", "title": title, "body": body })).await;
    let id: ApprovalId = answer["approval_id"].as_str().unwrap_or_else(|| panic!("{answer}")).parse().unwrap();
    desk.approvals.get(&id).await.unwrap().unwrap()
}

async fn decide(desk: &Desk, record: &Record, says: Says) -> Result<Record, DecideError> {
    desk.approvals.decide(&record.asked.id, record.seal, &person("Ada"), says, None).await
}

/// The paths of everything in a document that is not itself made of parts.
fn leaves(value: &Value, path: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(name, value)| leaves(value, &format!("{path}/{name}"), found));
        }
        Value::Array(items) if !items.is_empty() => {
            items.iter().enumerate().for_each(|(place, value)| leaves(value, &format!("{path}/{place}"), found));
        }
        _ => found.push(path.to_owned()),
    }
}

/// Another value of the same type, as far as there is one.
fn other(value: &Value) -> Value {
    match value {
        Value::Number(number) => json!(number.as_u64().unwrap() + 1),
        Value::Bool(value) => json!(!value),
        Value::Null => json!("1"),
        Value::Array(_) => json!(["1"]),
        Value::String(text) => {
            // A digit for a digit, so that ids, digests and times can still be read.
            let place = text.rfind(|letter: char| letter.is_ascii_digit());
            let place = place.or_else(|| text.char_indices().last().map(|(place, _)| place));
            let mut letters = text.clone();
            match place {
                Some(place) => {
                    let end = place + text[place..].chars().next().unwrap().len_utf8();
                    letters.replace_range(place..end, if text[place..].starts_with('1') { "2" } else { "1" });
                }
                None => letters.push('1'),
            }
            json!(letters)
        }
        Value::Object(_) => unreachable!("objects are made of parts"),
    }
}

/// Changes one place of a stored record, whoever reads it.
async fn change(store: &dyn Store, id: &ApprovalId, path: &str) {
    let key = Key::new(RECORDS, id.as_str());
    let mut record: Value = serde_json::from_slice(&store.get(&key).await.unwrap().unwrap().value).unwrap();
    let place = record.pointer_mut(path).unwrap();
    *place = other(place);
    store.commit(Batch::new().put(key, serde_json::to_vec(&record).unwrap())).await.unwrap();
}

/// Whether the trail says aloud that a record was changed.
async fn alarmed(desk: &Desk, id: &ApprovalId) -> bool {
    let rows = desk.approvals.store().rows(0, usize::MAX).await.unwrap();
    rows.iter().any(|row| {
        let text = String::from_utf8_lossy(&row.text);
        text.contains("rejected_tampered") && text.contains(id.as_str())
    })
}

/// Nothing was sent, and either the record says why or nobody can read it.
async fn is_refused(desk: &Desk, id: &ApprovalId, path: &str) {
    assert_eq!(writes(desk), 0, "{path}");
    match desk.approvals.get(id).await {
        Ok(record) => {
            assert_eq!(record.unwrap().state, State::RejectedTampered, "{path}");
            assert!(alarmed(desk, id).await, "{path}");
        }
        Err(error) => assert_eq!(error, StoreError::Damaged { table: RECORDS.name() }, "{path}"),
    }
}

#[tokio::test]
async fn a_record_changed_anywhere_is_not_approved() {
    let desk = Desk::under(ASKS).await;
    let mut paths = Vec::new();
    let asked = serde_json::to_value(&waiting(&desk, "Pattern", "Words").await.asked).unwrap();
    leaves(&asked, "/asked", &mut paths);
    paths.push("/seal".to_owned());
    assert!(paths.len() > 40, "{paths:?}");
    let mut readable = 0;
    for (number, path) in paths.iter().enumerate() {
        let record = waiting(&desk, &format!("Tampered {number}"), "Words").await;
        change(desk.approvals.store(), &record.asked.id, path).await;
        readable += usize::from(desk.approvals.get(&record.asked.id).await.is_ok());
        let refused = decide(&desk, &record, Says::Yes).await.unwrap_err();
        assert!(matches!(refused, DecideError::Tampered | DecideError::Store(_)), "{path}: {refused}");
        is_refused(&desk, &record.asked.id, path).await;
        // What cannot be read stays in the way of no other; what can has made room.
        if desk.approvals.get(&record.asked.id).await.is_err() {
            let key = Key::new(RECORDS, record.asked.id.as_str());
            let value = serde_json::to_vec(&record).unwrap();
            desk.approvals.store().commit(Batch::new().put(key, value)).await.unwrap();
            decide(&desk, &record, Says::No).await.unwrap();
        }
    }
    assert!(readable > 20, "{readable} of {}", paths.len());
}

#[tokio::test]
async fn a_record_changed_after_its_approval_is_not_sent() {
    let desk = Desk::under(ASKS).await;
    let paths = ["/asked/summary", "/asked/request/path", "/asked/body/here", "/seal", "/decision/seal"];
    for (number, path) in paths.into_iter().enumerate() {
        let record = waiting(&desk, &format!("Tampered {number}"), "Words").await;
        desk.approvals.pause("Ada").await.unwrap();
        decide(&desk, &record, Says::Yes).await.unwrap();
        desk.approvals.finish().await;
        change(desk.approvals.store(), &record.asked.id, path).await;
        desk.approvals.resume("Ada").await.unwrap();
        desk.approvals.finish().await;
        is_refused(&desk, &record.asked.id, path).await;
    }
}

#[tokio::test]
async fn a_piece_changed_after_its_approval_is_not_sent() {
    let desk = Desk::under(ASKS).await;
    for (number, part) in ["arguments", "body"].into_iter().enumerate() {
        let record = waiting(&desk, &format!("Long {number}"), &"Words and words. ".repeat(4000)).await;
        let id = &record.asked.id;
        let name = format!("{id}.{part}\0");
        let store = desk.approvals.store();
        let scan = Scan { prefix: name.as_bytes(), ..Scan::of(PIECES, 1) };
        let (key, piece) = store.scan(scan).await.unwrap().pop().unwrap();
        let mut bytes = piece.value.to_vec();
        *bytes.last_mut().unwrap() ^= 1;
        store.commit(Batch::new().put(key, bytes)).await.unwrap();
        decide(&desk, &record, Says::Yes).await.unwrap();
        desk.approvals.finish().await;
        is_refused(&desk, id, part).await;
    }
}

#[tokio::test]
async fn one_write_is_not_approved_with_the_fingerprint_of_another() {
    let desk = Desk::under(ASKS).await;
    let (one, two) = (waiting(&desk, "One", "Words").await, waiting(&desk, "Two", "Words").await);
    let refused = desk.approvals.decide(&one.asked.id, two.seal, &person("Ada"), Says::Yes, None).await;
    assert_eq!(refused, Err(DecideError::OtherSeal));
    assert_eq!(desk.approvals.get(&one.asked.id).await.unwrap().unwrap().state, State::Pending);
    assert_eq!(writes(&desk), 0);
}

#[tokio::test]
async fn pieces_of_a_write_that_gets_no_record_are_forgotten() {
    let desk = Desk::under(ASKS).await;
    for number in 0..20 {
        waiting(&desk, &format!("Waits {number}"), "Words").await;
    }
    let body = "Words and words. ".repeat(4000);
    let error = desk.error("create_page", json!({ "space": "IT", "title": "One more", "body": body })).await;
    assert!(error.message.contains("20"), "{error:?}");
    assert!(desk.approvals.store().scan(Scan::of(PIECES, 9)).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_who_decide_at_once_one_decides_and_the_other_is_told() {
    let desk = Desk::under(ASKS).await;
    desk.approvals.pause("Ada").await.unwrap();
    desk.approvals.resume("Ada").await.unwrap();
    for round in 0..300 {
        let record = waiting(&desk, &format!("Round {round}"), "Words").await;
        desk.approvals.pause("Ada").await.unwrap();
        let by = |name: &'static str, says| {
            let (approvals, id, seal) = (desk.approvals.clone(), record.asked.id.clone(), record.seal);
            tokio_util::task::AbortOnDropHandle::new(
                tokio::runtime::Handle::current()
                    .spawn(async move { approvals.decide(&id, seal, &person(name), says, None).await }),
            )
        };
        let (yes, no) = (by("Yes", Says::Yes), by("No", Says::No));
        let (yes, no) = (yes.await.unwrap(), no.await.unwrap());
        let (winner, loser, name) = match (yes, no) {
            (Ok(record), Err(error)) => (record, error, "Yes"),
            (Err(error), Ok(record)) => (record, error, "No"),
            (yes, no) => panic!("{round}: {yes:?} {no:?}"),
        };
        assert_eq!(winner.decision.as_ref().unwrap().by, name);
        assert!(matches!(&loser, DecideError::Decided { by, .. } if by == name), "{loser}");
        let rows = desk.approvals.store().rows(0, usize::MAX).await.unwrap();
        let decided = rows.iter().filter(|row| {
            let text = String::from_utf8_lossy(&row.text);
            text.contains(record.asked.id.as_str()) && (text.contains("approved") || text.contains("denied"))
        });
        assert_eq!(decided.count(), 1, "{round}");
        desk.approvals.revoke(&record.asked.agent, "Ada").await.unwrap();
        desk.approvals.resume("Ada").await.unwrap();
    }
    assert_eq!(writes(&desk), 0);
}
