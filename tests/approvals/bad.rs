//! Bad things tried: late, changed, moved, narrowed, revoked, paused, another agent's.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::future::BoxFuture;

use serde_json::json;
use sluice::approval::record::Says;
use sluice::approval::{DecideError, State};
use sluice::domain::digest::Digest;
use sluice::policy::Caller;
use sluice::policy::ask::AgentId;
use sluice::store::memory::MemoryStore;
use sluice::store::{Batch, Chain, Head, Key, Record as Kept, Row, Scan, Store, StoreError};

use super::deciding::{careful, maria, only, sent, waiting};
use crate::desk::{Desk, FULL, Hurried, Opening, profile};

/// A desk whose time the test tells, and a write on it that waits.
async fn hurried(profile: &str) -> (Desk, Arc<Hurried>) {
    let clock = Arc::new(Hurried::default());
    let desk = Desk::opened(Opening { profile, clock: Arc::clone(&clock) as _, ..Opening::usual() }).await;
    desk.data("add_labels", json!({ "page_id": desk.page("Escalation matrix"), "labels": ["waits"] })).await;
    (desk, clock)
}

#[tokio::test]
async fn an_expired_request_stays_expired_whatever_the_clock_says_then() {
    let profile = careful("expires_after = \"1h\"");
    let (desk, clock) = hurried(&profile).await;
    let record = only(&desk).await;
    clock.pass(Duration::from_mins(59));
    desk.approvals.sweep().await.unwrap();
    assert_eq!(only(&desk).await.state, State::Pending);
    clock.pass(Duration::from_mins(2));
    let error = desk.approvals.decide(&record.asked.id, record.seal, &maria(), Says::Yes, None).await.unwrap_err();
    assert_eq!(error, DecideError::Over(State::Expired));
    clock.set_back(Duration::from_hours(2));
    let error = desk.approvals.decide(&record.asked.id, record.seal, &maria(), Says::Yes, None).await.unwrap_err();
    assert_eq!((error, sent(&desk)), (DecideError::Over(State::Expired), 0));
}

#[tokio::test]
async fn a_clock_that_is_set_back_gives_nobody_more_time() {
    let profile = careful("expires_after = \"1h\"");
    let (desk, clock) = hurried(&profile).await;
    let record = only(&desk).await;
    clock.set_back(Duration::from_hours(5));
    clock.pass(Duration::from_mins(61));
    let error = desk.approvals.decide(&record.asked.id, record.seal, &maria(), Says::Yes, None).await.unwrap_err();
    assert_eq!(error, DecideError::Over(State::Expired));
}

#[tokio::test]
async fn a_decision_brings_back_the_fingerprint_that_was_on_the_screen() {
    let (desk, record) = waiting("").await;
    let other = Digest::of([b"another request".as_slice()]);
    let error = desk.approvals.decide(&record.asked.id, other, &maria(), Says::Yes, None).await.unwrap_err();
    assert_eq!((error, only(&desk).await.state), (DecideError::OtherSeal, State::Pending));
}

#[tokio::test]
async fn a_page_edited_while_a_person_decided_is_not_overwritten() {
    let desk = Desk::under(&careful("")).await;
    let page = desk.page("Escalation matrix");
    let version = desk.site.with_site(|site| site.contents[&page.parse().unwrap()].versions.last().unwrap().number);
    desk.data("update_page", json!({ "page_id": page, "version": version, "body": "mine" })).await;
    let record = only(&desk).await;
    desk.site.with_site(|site| {
        let versions = &mut site.contents.get_mut(&page.parse().unwrap()).unwrap().versions;
        let last = versions.last().unwrap().clone();
        versions.push(sluice::sandbox::model::Version {
            number: last.number + 1,
            body: "<p>theirs</p>".into(),
            ..last
        });
    });
    desk.approvals.decide(&record.asked.id, record.seal, &maria(), Says::Yes, None).await.unwrap();
    desk.approvals.finish().await;
    assert_eq!(only(&desk).await.state, State::Conflict);
    let told = desk.data("get_approval", json!({ "approval_id": record.asked.id, "wait_seconds": 0 })).await;
    assert_eq!((&told["outcome"], &told["executed"]), (&json!("conflict"), &json!(false)));
    let body = desk.site.with_site(|site| site.contents[&page.parse().unwrap()].versions.last().unwrap().body.clone());
    assert_eq!(body, "<p>theirs</p>");
}

#[tokio::test]
async fn a_profile_that_was_narrowed_or_came_to_require_approval_meanwhile_stops_the_write() {
    let read_only = careful("").replace("read-write", "read-only").replace("allow_delete = true", "");
    let read_only = read_only.replace("require_approval = true", "");
    let elsewhere = format!("{}\n[scope]\nallow_spaces = [\"HR\"]\n", careful(""));
    for narrower in [read_only, elsewhere] {
        let (desk, record) = waiting("").await;
        *desk.standing.0.lock().unwrap() = Arc::new(profile(&narrower));
        desk.approvals.decide(&record.asked.id, record.seal, &maria(), Says::Yes, None).await.unwrap();
        desk.approvals.finish().await;
        assert_eq!((only(&desk).await.state, sent(&desk)), (State::Cancelled, 0), "{narrower}");
    }
}

#[tokio::test]
async fn a_profile_that_was_widened_meanwhile_does_not_widen_an_old_request() {
    let scoped = format!("{}\n[scope]\nallow_spaces = [\"IT\"]\n", careful(""));
    let desk = Desk::under(&scoped).await;
    let page = desk.page("Escalation matrix");
    desk.data("add_comment", json!({ "page_id": page, "body": "x" })).await;
    let record = only(&desk).await;
    *desk.standing.0.lock().unwrap() = Arc::new(profile(FULL));
    // The page moves to a space that only the new profile shows.
    desk.site.with_site(|site| {
        let hr = site.spaces.values().find(|space| space.key == "HR").unwrap().id;
        site.contents.get_mut(&page.parse().unwrap()).unwrap().space = hr;
    });
    desk.approvals.decide(&record.asked.id, record.seal, &maria(), Says::Yes, None).await.unwrap();
    desk.approvals.finish().await;
    assert_eq!(only(&desk).await.state, State::Cancelled);
    assert_eq!(desk.site.requests().get("POST /wiki/api/v2/footer-comments"), None);
}

#[tokio::test]
async fn revoking_an_agent_cancels_what_it_has_waiting() {
    let (desk, record) = waiting("").await;
    assert_eq!(desk.approvals.revoke(&AgentId::new("somebody"), "maria").await.unwrap(), 0);
    assert_eq!(desk.approvals.revoke(&desk.caller().agent, "maria").await.unwrap(), 1);
    let error = desk.approvals.decide(&record.asked.id, record.seal, &maria(), Says::Yes, None).await.unwrap_err();
    assert_eq!((error, sent(&desk)), (DecideError::Over(State::Cancelled), 0));
}

#[tokio::test]
async fn while_writing_is_paused_nothing_is_sent_and_nothing_new_is_taken() {
    let (desk, record) = waiting("").await;
    desk.approvals.pause("maria").await.unwrap();
    desk.approvals.decide(&record.asked.id, record.seal, &maria(), Says::Yes, None).await.unwrap();
    desk.approvals.finish().await;
    assert_eq!((only(&desk).await.state, sent(&desk)), (State::Approved, 0));
    let error = desk.error("add_comment", json!({ "page_id": desk.page("Escalation matrix"), "body": "x" })).await;
    assert_eq!((&*error.code, error.message.as_str()), ("paused", "writing is paused by maria"));
    desk.text("get_page", json!({ "page_id": desk.page("Escalation matrix") })).await;
    desk.approvals.resume("maria").await.unwrap();
    desk.approvals.finish().await;
    assert_eq!((only(&desk).await.state, sent(&desk)), (State::Succeeded, 1));
}

#[tokio::test]
async fn an_approved_write_that_could_not_be_sent_in_time_expires() {
    let profile = careful("");
    let (desk, clock) = hurried(&profile).await;
    let record = only(&desk).await;
    desk.approvals.pause("maria").await.unwrap();
    desk.approvals.decide(&record.asked.id, record.seal, &maria(), Says::Yes, None).await.unwrap();
    desk.approvals.finish().await;
    clock.pass(Duration::from_mins(16));
    desk.approvals.resume("maria").await.unwrap();
    desk.approvals.finish().await;
    assert_eq!((only(&desk).await.state, sent(&desk)), (State::Expired, 0));
}

#[tokio::test]
async fn another_agents_record_looks_like_one_that_is_not_there() {
    let (desk, record) = waiting("").await;
    let stranger = Caller { agent: AgentId::new("stranger"), ..desk.caller() };
    for tool in ["get_approval", "cancel_approval"] {
        let missing = json!({ "approval_id": "ap-00000000000000000000000000" });
        let missing = desk.call_as(stranger.clone(), tool, missing).await.unwrap_err();
        let hidden = desk.call_as(stranger.clone(), tool, json!({ "approval_id": record.asked.id })).await.unwrap_err();
        assert_eq!(hidden, missing, "{tool}");
    }
    let listed = desk.call_as(stranger, "list_approvals", json!({ "which": "all" })).await.unwrap();
    assert_eq!(listed.structured.unwrap()["approvals"], json!([]));
    assert_eq!(only(&desk).await.state, State::Pending);
}

#[tokio::test]
async fn an_agent_takes_its_own_write_back_and_it_is_never_sent() {
    let (desk, record) = waiting("").await;
    let taken = desk.data("cancel_approval", json!({ "approval_id": record.asked.id })).await;
    assert_eq!((&taken["outcome"], &taken["executed"]), (&json!("cancelled"), &json!(false)));
    let error = desk.approvals.decide(&record.asked.id, record.seal, &maria(), Says::Yes, None).await.unwrap_err();
    assert_eq!((error, sent(&desk)), (DecideError::Over(State::Cancelled), 0));
}

/// A store in memory whose disk may be full.
#[derive(Default)]
struct Disk {
    store: MemoryStore,
    full: AtomicBool,
}

impl Store for Disk {
    fn get<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Option<Kept>, StoreError>> {
        self.store.get(key)
    }

    fn scan<'a>(&'a self, scan: Scan<'a>) -> BoxFuture<'a, Result<Vec<(Key, Kept)>, StoreError>> {
        self.store.scan(scan)
    }

    fn commit(&self, batch: Batch) -> BoxFuture<'_, Result<(), StoreError>> {
        if self.full.load(Ordering::SeqCst) {
            return Box::pin(async { Err(StoreError::Full) });
        }
        self.store.commit(batch)
    }

    fn rows(&self, from: u64, limit: usize) -> BoxFuture<'_, Result<Vec<Row>, StoreError>> {
        self.store.rows(from, limit)
    }

    fn log_ends(&self) -> BoxFuture<'_, Result<(Head, Head), StoreError>> {
        self.store.log_ends()
    }

    fn chain(&self) -> &Chain {
        self.store.chain()
    }
}

#[tokio::test]
async fn while_the_disk_is_full_nothing_is_read_asked_decided_or_sent_and_afterwards_it_goes_on() {
    let full = Arc::new(Disk::default());
    let profile = careful("");
    let desk = Desk::opened(Opening { profile: &profile, store: Arc::clone(&full) as _, ..Opening::usual() }).await;
    let page = desk.page("Escalation matrix");
    desk.data("add_labels", json!({ "page_id": page, "labels": ["waits"] })).await;
    let record = only(&desk).await;
    full.full.store(true, Ordering::SeqCst);
    let error = desk.approvals.decide(&record.asked.id, record.seal, &maria(), Says::Yes, None).await.unwrap_err();
    assert_eq!(error, DecideError::Store(StoreError::Full));
    for (tool, arguments) in
        [("get_page", json!({ "page_id": page })), ("add_labels", json!({ "page_id": page, "labels": ["other"] }))]
    {
        assert_eq!(desk.error(tool, arguments).await.code, "not_recorded", "{tool}");
    }
    assert_eq!(sent(&desk), 0);
    full.full.store(false, Ordering::SeqCst);
    desk.approvals.pause("maria").await.unwrap();
    desk.approvals.decide(&record.asked.id, record.seal, &maria(), Says::Yes, None).await.unwrap();
    desk.approvals.resume("maria").await.unwrap();
    // Between the decision and the intent.
    full.full.store(true, Ordering::SeqCst);
    desk.approvals.finish().await;
    let state = only(&desk).await.state;
    assert!(matches!(state, State::Approved | State::Succeeded), "{state}");
    if state == State::Approved {
        assert_eq!(sent(&desk), 0);
    }
    full.full.store(false, Ordering::SeqCst);
    desk.approvals.take_up().await;
    desk.approvals.finish().await;
    assert_eq!((only(&desk).await.state, sent(&desk)), (State::Succeeded, 1));
}
