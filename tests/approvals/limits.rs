//! Equal requests find one record, an agent has only so many waiting, and the limits of a profile outlive a restart.

use std::sync::Arc;

use serde_json::json;
use sluice::approval::Approvals;
use sluice::approval::approvals::Quiet;
use sluice::approval::record::Says;
use sluice::domain::limits::{INLINE_UPLOAD, PENDING_BYTES, PENDING_PER_AGENT};
use sluice::policy::ports::Recorder as _;

use super::deciding::{careful, maria, only, sent, waiting};
use crate::desk::{Desk, FULL};

#[tokio::test]
async fn an_equal_request_finds_the_same_record_while_it_waits_and_the_result_shortly_after() {
    let (desk, record) = waiting("").await;
    let page = desk.page("Escalation matrix");
    let again = json!({ "labels": ["waits"], "page_id": page });
    desk.site.reset_counts();
    let waits = desk.data("add_labels", again.clone()).await;
    assert_eq!(waits["approval_id"], json!(record.asked.id));
    assert_eq!(desk.site.total_requests(), 0, "nothing is planned anew");
    only(&desk).await;
    desk.approvals.decide(&record.asked.id, record.seal, &maria(), Says::Yes, None).await.unwrap();
    desk.approvals.finish().await;
    let replayed = desk.data("add_labels", again).await;
    assert_eq!(replayed["status"], "done");
    assert!(replayed["note"].as_str().unwrap().starts_with("replayed: "), "{replayed}");
    assert_eq!(sent(&desk), 1);
}

#[tokio::test]
async fn many_equal_requests_at_once_are_one_write() {
    let desk = Desk::under(FULL).await;
    let page = desk.page("Escalation matrix");
    let calls = (0..20).map(|_| desk.data("add_comment", json!({ "page_id": page, "body": "once" })));
    let answers = futures_util::future::join_all(calls).await;
    assert!(answers.iter().all(|answer| answer["status"] == "done" && answer["id"] == answers[0]["id"]), "{answers:?}");
    assert_eq!(desk.site.requests().get("POST /wiki/api/v2/footer-comments"), Some(&1));
}

#[tokio::test]
async fn an_agent_has_only_so_many_writes_waiting() {
    let desk = Desk::under(&careful("")).await;
    let page = desk.page("Escalation matrix");
    for number in 0..PENDING_PER_AGENT {
        desk.data("add_labels", json!({ "page_id": page, "labels": [format!("n{number}")] })).await;
    }
    let error = desk.error("add_labels", json!({ "page_id": page, "labels": ["more"] })).await;
    assert_eq!(error.code, "too_many_pending");
    let first = desk.approvals.list(None, |_| true, 1).await.unwrap().remove(0);
    desk.data("cancel_approval", json!({ "approval_id": first.asked.id })).await;
    desk.data("add_labels", json!({ "page_id": page, "labels": ["more"] })).await;
}

#[tokio::test]
async fn what_was_written_counts_after_a_restart() {
    let desk = Desk::under(FULL).await;
    let page = desk.page("Escalation matrix");
    desk.data("add_labels", json!({ "page_id": page, "labels": ["one"] })).await;
    desk.data("delete_page", json!({ "page_id": page })).await;
    desk.error("delete_page", json!({ "page_id": "999999999" })).await;
    let again = Approvals::open(Arc::clone(&desk.store), Arc::clone(&desk.clock), Arc::new(Quiet)).await.unwrap();
    let usage = again.usage(&desk.caller().agent);
    assert_eq!((usage.writes_last_hour, usage.deletes_last_day), (2, 1));
    assert_eq!(usage, desk.usage());
}

#[tokio::test]
async fn what_waits_takes_up_only_so_much_room() {
    let desk = Desk::under(&careful("")).await;
    let page = desk.page("Escalation matrix");
    let upload = |number: usize| {
        let text = "x".repeat(INLINE_UPLOAD - 1);
        json!({ "page_id": page, "file_name": format!("{number}.txt"), "text": text })
    };
    let fit = PENDING_BYTES / INLINE_UPLOAD;
    for number in 0..fit {
        assert_eq!(desk.data("upload_attachment", upload(number)).await["status"], "pending_approval");
    }
    assert_eq!(desk.error("upload_attachment", upload(fit)).await.code, "too_much_pending");
    let first = desk.approvals.list(None, |_| true, 1).await.unwrap().remove(0);
    desk.data("cancel_approval", json!({ "approval_id": first.asked.id })).await;
    assert_eq!(desk.data("upload_attachment", upload(fit)).await["status"], "pending_approval");
}
