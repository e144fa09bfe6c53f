//! Confluence at its worst: each fault one clear error that says what to do, no write twice, and the next call fine.

use std::time::Duration;

use serde_json::{Value, json};
use sluice::confluence::failure::TryAgain;
use sluice::sandbox::{Effect, Fault, Moment, RetryAfter};

use super::all_visible;
use crate::desk::{Desk, Opening};

const READ: &str = "GET /wiki/api/v2/pages/{id}";
const WRITE: &str = "POST /wiki/api/v2/pages";

fn strike(desk: &Desk, template: &str, times: u32, effect: Effect) {
    desk.site.clear_faults();
    desk.site.set_fault(Fault { template: Some(template.into()), times, effect });
}

fn new_page(title: &str) -> Value {
    json!({ "space": "IT", "title": title, "body": "x" })
}

fn sent(desk: &Desk, template: &str) -> u64 {
    desk.site.requests().get(template).copied().unwrap_or_default()
}

#[tokio::test]
async fn a_read_that_fails_says_how_and_the_next_one_is_fine() {
    let desk = Desk::hurried().await;
    let page = json!({ "page_id": desk.page("Escalation matrix") });
    let long = Effect::TooManyRequests { retry_after: Some(RetryAfter::Seconds(120)) };
    for (times, effect, code) in [
        (9, Effect::ServerError { moment: Moment::Before }, "unavailable"),
        (9, Effect::Unavailable { retry_after: Some(RetryAfter::Text("soon".into())) }, "unavailable"),
        (9, Effect::Truncated, "unreadable"),
        (9, Effect::LoginPage, "unreadable"),
        (9, Effect::EdgeRefusal, "forbidden"),
        (9, Effect::HugeBody { bytes: 40 << 20 }, "too_big"),
        (9, Effect::GzipBomb { bytes: 40 << 20 }, "too_big"),
        (9, Effect::NotFound, "not_found"),
        (9, Effect::Reset { moment: Moment::Before }, "unavailable"),
        (1, long, "too_fast"),
    ] {
        strike(&desk, READ, times, effect.clone());
        let reply = desk.call("get_page", page.clone()).await;
        all_visible(code, &reply);
        let error = reply.unwrap_err();
        assert_eq!(error.code, code, "{effect:?}: {error:?}");
        assert!(!error.hint.is_empty() && error.message.lines().count() == 1, "{error:?}");
        if code == "too_fast" {
            let TryAgain::After(wait) = error.try_again else { panic!("{error:?}") };
            assert!((100..=120).contains(&wait.as_secs()), "{wait:?}");
            continue;
        }
        desk.site.clear_faults();
        desk.text("get_page", page.clone()).await;
    }
}

/// How many current pages have this title.
fn titled(desk: &Desk, title: &str) -> usize {
    desk.site.with_site(|site| site.contents.values().filter(|page| page.versions[0].title == title).count())
}

#[tokio::test]
async fn a_write_whose_answer_was_lost_is_found_and_not_sent_again() {
    let lost =
        [Effect::ServerError { moment: Moment::After }, Effect::Truncated, Effect::Reset { moment: Moment::After }];
    for (number, effect) in lost.into_iter().enumerate() {
        let desk = Desk::hurried().await;
        strike(&desk, WRITE, 9, effect.clone());
        let title = format!("Fate {number}");
        let data = desk.data("create_page", new_page(&title)).await;
        assert_eq!(
            (&data["status"], &data["note"]),
            (&json!("done"), &json!("its answer was lost; its effect was found"))
        );
        assert_eq!((sent(&desk, WRITE), titled(&desk, &title), desk.usage().writes_last_hour), (1, 1, 1), "{effect:?}");
    }
}

#[tokio::test]
async fn a_write_that_took_no_effect_is_sent_again_and_happens_once() {
    let lost = [
        Effect::ServerError { moment: Moment::Before },
        Effect::Unavailable { retry_after: None },
        Effect::LoginPage,
        Effect::HugeBody { bytes: 40 << 20 },
        Effect::Reset { moment: Moment::Before },
    ];
    for (number, effect) in lost.into_iter().enumerate() {
        let desk = Desk::hurried().await;
        let title = format!("Fate {number}");
        strike(&desk, WRITE, 2, effect.clone());
        assert_eq!(desk.data("create_page", new_page(&title)).await["status"], "done", "{effect:?}");
        assert_eq!((sent(&desk, WRITE), titled(&desk, &title), desk.usage().writes_last_hour), (3, 1, 1), "{effect:?}");
    }
}

#[tokio::test]
async fn a_write_that_never_gets_through_is_told_as_unknown_and_counts_until_it_is_known() {
    let desk = Desk::hurried().await;
    strike(&desk, WRITE, 9, Effect::LoginPage);
    let error = desk.error("create_page", new_page("Never")).await;
    assert_eq!((&*error.code, error.try_again), ("unknown", TryAgain::No), "{error:?}");
    assert!(error.hint.contains("do not send it again"), "{error:?}");
    assert_eq!((sent(&desk, WRITE), desk.usage().writes_last_hour), (5, 1));
    // Sending it again finds the same record.
    assert_eq!(desk.error("create_page", new_page("Never")).await.code, "unknown");
    assert_eq!(sent(&desk, WRITE), 5);
}

#[tokio::test]
async fn a_write_that_was_turned_away_counts_for_nothing() {
    let desk = Desk::hurried().await;
    strike(&desk, WRITE, 1, Effect::TooManyRequests { retry_after: Some(RetryAfter::Seconds(120)) });
    let error = desk.error("create_page", new_page("Later")).await;
    assert_eq!(error.code, "too_fast");
    assert!(matches!(error.try_again, TryAgain::After(wait) if wait > Duration::from_secs(10)), "{error:?}");
    assert_eq!((sent(&desk, WRITE), desk.usage().writes_last_hour), (1, 0));
}

#[tokio::test]
async fn a_wrong_token_is_told_as_not_signed_in_and_shown_nowhere() {
    let opening = Opening { account: ("admin@example.com", "wrong-canary-4711"), ..Opening::usual() };
    let desk = Desk::opened(opening).await;
    for (tool, arguments) in [
        ("get_page", json!({ "page_id": "1" })),
        ("create_page", new_page("x")),
        ("search_text", json!({ "query": "x" })),
        ("get_current_user", json!({})),
    ] {
        let error = desk.error(tool, arguments).await;
        assert_eq!(error.code, "not_signed_in", "{tool}: {error:?}");
        assert!(error.hint.contains("token") && !format!("{error:?}").contains("4711"), "{error:?}");
    }
    assert_eq!(sent(&desk, WRITE), 0);
}

#[tokio::test]
async fn a_certificate_nobody_vouches_for_is_an_error_and_nothing_is_sent() {
    let desk = Desk::opened(Opening { tls: true, ..Opening::usual() }).await;
    for (tool, arguments) in [("get_page", json!({ "page_id": "1" })), ("create_page", new_page("x"))] {
        let error = desk.error(tool, arguments).await;
        assert_eq!(error.code, "not_started", "{error:?}");
        assert!(error.hint.contains("--ca-file") && error.message.contains("certificate"), "{error:?}");
    }
    assert_eq!(desk.site.total_requests(), 0);
    let trusting = Desk::opened(Opening { tls: true, trusts: true, ..Opening::usual() }).await;
    trusting.text("get_current_user", json!({})).await;
}

#[tokio::test]
async fn an_absent_site_is_an_error_for_reads_and_writes_alike() {
    let desk = Desk::opened(Opening { absent: true, ..Opening::usual() }).await;
    for (tool, arguments) in [("get_page", json!({ "page_id": "1" })), ("create_page", new_page("x"))] {
        let error = desk.error(tool, arguments).await;
        assert_eq!(error.code, "not_started", "{error:?}");
        assert!(error.hint.contains("nothing was sent"), "{error:?}");
    }
}
