//! What was under way when a process ended is found out about by the next one, and nothing is sent twice.

use std::sync::Arc;

use serde_json::json;
use sluice::approval::State;
use sluice::approval::record::{Known, Says};
use sluice::sandbox::{Effect, Fault, Moment};
use sluice::store::{Batch, Key, Table};

use super::deciding::{maria, only, sent, waiting};
use crate::desk::Desk;

/// Writes the record's state as a process that was killed would have left it.
async fn left_in(desk: &Desk, state: &str) {
    let table = Table::new("approval");
    let record = only(desk).await;
    let mut kept = json!(record);
    kept["state"] = json!(state);
    kept["outcome"] = json!(null);
    let key = Key::new(table, record.asked.id.as_str());
    let open = Key::new(Table::new("approval-open"), record.asked.id.as_str());
    let batch = Batch::new().put(key, kept.to_string()).put(open, Vec::new());
    desk.store.commit(batch).await.unwrap();
}

#[tokio::test]
async fn a_write_that_took_effect_before_the_end_is_found_and_not_sent_again() {
    let (desk, record) = waiting("").await;
    desk.approvals.decide(&record.asked.id, record.seal, &maria(), Says::Yes, None).await.unwrap();
    desk.approvals.finish().await;
    assert_eq!(sent(&desk), 1);
    for state in ["executing", "unknown", "reconciling"] {
        left_in(&desk, state).await;
        let next = desk.restarted().await;
        next.approvals().finish().await;
        let record = only(&desk).await;
        assert_eq!((record.state, record.outcome.unwrap().known), (State::Succeeded, Known::Found), "{state}");
        assert_eq!(sent(&desk), 1, "{state}");
    }
}

#[tokio::test]
async fn a_write_that_took_no_effect_before_the_end_is_sent_by_the_next_process() {
    let (desk, record) = waiting("").await;
    let template = Some("POST /wiki/rest/api/content/{id}/label".to_owned());
    desk.site.set_fault(Fault { template, times: 9, effect: Effect::Reset { moment: Moment::Before } });
    desk.approvals.decide(&record.asked.id, record.seal, &maria(), Says::Yes, None).await.unwrap();
    desk.approvals.finish().await;
    desk.site.clear_faults();
    assert_eq!(only(&desk).await.state, State::Unknown);
    let mut kept = json!(only(&desk).await);
    kept["attempts"] = json!(1);
    // So long ago that it is on its way no more: only then is a label sent again.
    kept["sent_at"] = json!("2020-01-01T00:00:00Z");
    let key = Key::new(Table::new("approval"), record.asked.id.as_str());
    desk.store.commit(Batch::new().put(key, kept.to_string())).await.unwrap();
    desk.site.reset_counts();
    let next = desk.restarted().await;
    next.approvals().finish().await;
    assert_eq!((only(&desk).await.state, sent(&desk)), (State::Succeeded, 1));
}

#[tokio::test]
async fn what_was_approved_before_the_end_is_sent_by_the_next_process_and_what_waits_goes_on_waiting() {
    let (desk, record) = waiting("").await;
    let next = desk.restarted().await;
    next.approvals().finish().await;
    assert_eq!((only(&desk).await.state, sent(&desk)), (State::Pending, 0));
    desk.approvals.pause("maria").await.unwrap();
    desk.approvals.decide(&record.asked.id, record.seal, &maria(), Says::Yes, None).await.unwrap();
    desk.approvals.finish().await;
    desk.approvals.resume("maria").await.unwrap();
    desk.approvals.finish().await;
    let next = desk.restarted().await;
    next.approvals().finish().await;
    assert_eq!((only(&desk).await.state, sent(&desk)), (State::Succeeded, 1));
    assert_eq!(Arc::strong_count(&next), 1);
}
