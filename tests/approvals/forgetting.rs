//! A site is disconnected: its agents are told, and of its writes nothing stays in the store.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use sluice::app::{App, Parts};
use sluice::approval::record::Says;
use sluice::approval::{Approvals, Forgotten, Mandates, Quiet, Record, State};
use sluice::clock::SystemClock;
use sluice::notice::{Listening, Telling};
use sluice::sandbox::{Effect, Fault};
use sluice::store::{Scan, Table};
use sluice::tools::context::Silent;
use sluice::tools::{self, Begun};
use tokio_util::sync::CancellationToken;

use super::deciding::{careful, maria, sent};
use crate::desk::{Desk, Opening};

const SITE: &str = "the service desk";
const TABLES: [&str; 8] = [
    "approval",
    "approval-open",
    "approval-agent",
    "approval-time",
    "approval-same",
    "approval-sent",
    "approval-pieces",
    "webhook-outbox",
];

/// Everything that is kept of writes.
async fn kept(desk: &Desk) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut all = Vec::new();
    for table in TABLES {
        let found = desk.store.scan(Scan::of(Table::new(table), usize::MAX)).await.unwrap();
        all.extend(found.into_iter().map(|(key, record)| (key.name.to_vec(), record.value.to_vec())));
    }
    all
}

/// A desk whose writes wait, and are told of.
async fn told() -> Desk {
    let profile = careful("");
    let announcer = Arc::new(Telling { webhook: Listening::Yes, review: None });
    let clock = Arc::new(SystemClock::new());
    Desk::opened(Opening { profile: &profile, announcer, clock, ..Opening::usual() }).await
}

/// An app at the same site under this name.
fn connected(desk: &Desk, connection: &str) -> Arc<App> {
    Arc::new(App::new(Parts {
        client: desk.app.context().client.clone(),
        connection: connection.to_owned(),
        site: desk.site.url(),
        folder: None,
        library: None,
        approvals: Arc::clone(&desk.approvals),
        mandates: Arc::clone(&desk.standing) as Arc<dyn Mandates>,
        review: None,
        clock: Arc::clone(&desk.clock),
    }))
}

/// A write over another connection, which waits.
async fn elsewhere(desk: &Desk, body: &str) -> Box<Record> {
    let app = connected(desk, "another site");
    let Value::Object(arguments) = json!({ "page_id": desk.page("Escalation matrix"), "body": body }) else { panic!() };
    let entry = tools::find("add_comment").unwrap();
    let begun = app.begin(desk.caller(), entry, arguments, Arc::new(Silent), CancellationToken::new(), None).await;
    let Begun::Waits(record) = begun.unwrap() else { panic!("it should wait") };
    record
}

/// A page's body is replaced by a long one, after a person's yes.
async fn replaced(desk: &Desk, body: &str) -> Record {
    let page = desk.page("Escalation matrix");
    let version = desk.site.with_site(|site| site.contents[&page.parse().unwrap()].versions.last().unwrap().number);
    let told = desk.data("update_page", json!({ "page_id": page, "version": version, "body": body })).await;
    let id = told["approval_id"].as_str().unwrap().parse().unwrap();
    let record = desk.approvals.get(&id).await.unwrap().unwrap();
    desk.approvals.decide(&id, record.seal, &maria(), Says::Yes, None).await.unwrap();
    desk.approvals.finish().await;
    desk.approvals.get(&id).await.unwrap().unwrap()
}

#[tokio::test]
async fn disconnecting_a_site_tells_whoever_waits_and_leaves_nothing_of_its_writes_in_the_store() {
    let desk = told().await;
    let other = elsewhere(&desk, "of another site").await;
    let before = kept(&desk).await;
    let done = replaced(&desk, &"canary ".repeat(10_000)).await;
    assert_eq!(done.state, State::Succeeded);
    let page = desk.page("Escalation matrix");
    desk.data("add_labels", json!({ "page_id": page, "labels": ["waits"] })).await;
    let waits = desk.approvals.list(None, |record| record.state == State::Pending, 1).await.unwrap().remove(0);
    assert!(kept(&desk).await.len() > before.len() + 10);
    let waiting = desk.approvals.wait(&waits.asked.id, Duration::from_hours(1), State::is_settled);
    let (told, forgotten) = tokio::join!(biased; waiting, desk.approvals.forget_connection(SITE, "maria"));
    assert_eq!(forgotten.unwrap(), Forgotten { closed: 1, removed: 2, left: 0 });
    assert_eq!(told.unwrap().unwrap().state, State::Cancelled);
    assert_eq!(kept(&desk).await, before, "another site's write is as it was, and nothing else is there");
    let told = desk.data("get_approval", json!({ "approval_id": waits.asked.id, "wait_seconds": 0 })).await;
    assert_eq!((&told["outcome"], &told["executed"]), (&json!("cancelled"), &json!(false)));
    assert_eq!(told["reason"], "the site was disconnected");
    assert_eq!(desk.approvals.equal(&waits.asked.agent, waits.asked.same).await.unwrap(), None);
    assert_eq!(desk.approvals.get(&done.asked.id).await.unwrap(), None);
    let left = desk.approvals.list(Some(&desk.caller().agent), |_| true, 10).await.unwrap();
    assert_eq!(left, [*other]);
    let next = Approvals::open(Arc::clone(&desk.store), Arc::clone(&desk.clock), Arc::new(Quiet)).await.unwrap();
    assert_eq!(next.get(&waits.asked.id).await.unwrap(), None);
}

#[tokio::test]
async fn the_trail_says_who_disconnected_a_site_and_what_went_with_it() {
    let desk = told().await;
    replaced(&desk, "canary").await;
    desk.approvals.forget_connection(SITE, "maria").await.unwrap();
    let rows = desk.store.rows(0, usize::MAX).await.unwrap();
    let rows: Vec<String> = rows.iter().map(|row| String::from_utf8(row.text.to_vec()).unwrap()).collect();
    let of = |event: &str| {
        let rows = rows.iter().map(|row| serde_json::from_str::<Value>(row).unwrap());
        rows.filter(|row| row["event"] == event && row["who"] == "maria").map(|row| row["why"].clone()).next()
    };
    assert_eq!(of("disconnected"), Some(json!(SITE)));
    assert_eq!(of("forgotten"), Some(json!(format!("{SITE}: 0 cancelled, 1 removed, 0 left"))));
    assert!(rows.iter().any(|row| row.contains("\"succeeded\"")) && !rows.iter().any(|row| row.contains("canary")));
}

#[tokio::test]
async fn a_write_that_is_being_sent_is_left_and_goes_when_its_end_is_known() {
    let desk = Desk::under(&careful("")).await;
    let page = desk.page("Escalation matrix");
    let told = desk.data("add_labels", json!({ "page_id": page, "labels": ["waits"] })).await;
    let id = told["approval_id"].as_str().unwrap().parse().unwrap();
    let record = desk.approvals.get(&id).await.unwrap().unwrap();
    let template = Some("POST /wiki/rest/api/content/{id}/label".to_owned());
    // Longer than the test.
    desk.site.set_fault(Fault { template, times: 1, effect: Effect::Slow { milliseconds: 600_000 } });
    desk.approvals.decide(&id, record.seal, &maria(), Says::Yes, None).await.unwrap();
    while sent(&desk) == 0 {
        tokio::task::yield_now().await;
    }
    let left = Forgotten { closed: 0, removed: 0, left: 1 };
    assert_eq!(desk.approvals.forget_connection(SITE, "maria").await.unwrap(), left);
    desk.approvals.sweep().await.unwrap();
    assert_eq!(desk.approvals.get(&id).await.unwrap().unwrap().state, State::Executing);
    // The process ends meanwhile. Nobody can look any more but a person.
    let next = Approvals::open(Arc::clone(&desk.store), Arc::clone(&desk.clock), Arc::new(Quiet)).await.unwrap();
    next.sweep().await.unwrap();
    assert_eq!(next.get(&id).await.unwrap().unwrap().state, State::NeedsHuman);
    next.settle_by_hand(&id, "maria", Says::Yes).await.unwrap();
    next.sweep().await.unwrap();
    assert_eq!(kept(&desk).await, []);
    let told = next.own(&record.asked.agent, &id).await.unwrap().unwrap();
    assert_eq!((told.state, told.asked.before), (State::Succeeded, None));
    assert_eq!(desk.store.scan(Scan::of(Table::new("disconnected"), 9)).await.unwrap(), []);
}

#[tokio::test]
async fn a_site_that_is_connected_again_keeps_what_is_written_then() {
    let desk = Desk::under(&careful("")).await;
    desk.approvals.forget_connection(SITE, "maria").await.unwrap();
    let _again = connected(&desk, SITE);
    let page = desk.page("Escalation matrix");
    let told = desk.data("add_labels", json!({ "page_id": page, "labels": ["later"] })).await;
    desk.approvals.sweep().await.unwrap();
    let id = told["approval_id"].as_str().unwrap().parse().unwrap();
    let record = desk.approvals.get(&id).await.unwrap().unwrap();
    desk.approvals.decide(&id, record.seal, &maria(), Says::Yes, None).await.unwrap();
    desk.approvals.finish().await;
    assert_eq!(desk.approvals.get(&id).await.unwrap().unwrap().state, State::Succeeded);
}
