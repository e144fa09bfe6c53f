//! Misfortunes and rate limits on request.

use serde_json::{Value, json};
use sluice::sandbox::{Announced, Effect, Fault, Limits, Moment, RetryAfter, Sandbox};

use crate::small_site::{Person, client, read, start};

const PAGE: &str = "/wiki/api/v2/pages/1001";

fn strike(sandbox: &Sandbox, effect: Effect) {
    let template = Some("GET /wiki/api/v2/pages/{id}".to_owned());
    sandbox.set_fault(Fault { template, times: 1, effect });
}

#[tokio::test]
async fn a_fault_strikes_its_operation_as_often_as_asked() {
    let sandbox = start().await;
    let admin = Person::admin(&sandbox);
    let template = Some("GET /wiki/api/v2/pages/{id}".to_owned());
    sandbox.set_fault(Fault { template, times: 2, effect: Effect::NotFound });
    assert_eq!(admin.get("/wiki/api/v2/spaces").await.0, 200);
    assert_eq!(admin.get(PAGE).await.0, 404);
    assert_eq!(admin.get(PAGE).await.0, 404);
    assert_eq!(admin.get(PAGE).await.0, 200);
}

#[tokio::test]
async fn too_many_requests_says_when_to_come_back_in_every_known_way() {
    let sandbox = start().await;
    let admin = Person::admin(&sandbox);
    for (retry_after, expected) in [
        (Some(RetryAfter::Seconds(7)), "7"),
        (Some(RetryAfter::Text("soon".to_owned())), "soon"),
        (Some(RetryAfter::DateIn(30)), " GMT"),
        (None, ""),
    ] {
        strike(&sandbox, Effect::TooManyRequests { retry_after });
        let response = admin.request("GET", PAGE).send().await.unwrap();
        assert_eq!(response.status(), 429);
        let header = response.headers().get("retry-after").map_or("", |value| value.to_str().unwrap());
        assert!(header.ends_with(expected), "{header}");
    }
}

#[tokio::test]
async fn answers_break_off_and_connections_break() {
    let sandbox = start().await;
    let admin = Person::admin(&sandbox);
    strike(&sandbox, Effect::Truncated);
    let response = admin.request("GET", PAGE).send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert!(response.bytes().await.is_err());
    strike(&sandbox, Effect::Reset { moment: Moment::Before });
    assert!(admin.request("GET", PAGE).send().await.is_err());
    assert_eq!(admin.get(PAGE).await.0, 200);
}

#[tokio::test]
async fn a_write_can_be_carried_out_although_its_answer_is_lost() {
    let sandbox = start().await;
    let admin = Person::admin(&sandbox);
    for (moment, gone) in [(Moment::Before, false), (Moment::After, true)] {
        sandbox.set_fault(Fault { template: None, times: 1, effect: Effect::ServerError { moment } });
        assert_eq!(admin.send("DELETE", PAGE, Value::Null).await.0, 500);
        assert_eq!(admin.get(PAGE).await.1["status"] == "trashed", gone);
    }
}

#[tokio::test]
async fn a_request_can_be_executed_long_after_its_connection_broke() {
    let sandbox = start().await;
    let admin = Person::admin(&sandbox);
    let fault = json!({ "effect": { "kind": "late", "milliseconds": 3_600_000 } });
    assert_eq!(read(client().post(format!("{}/_sandbox/faults", sandbox.url())).json(&fault)).await.0, 204);
    assert!(admin.request("DELETE", PAGE).send().await.is_err());
    assert_eq!(admin.get(PAGE).await.1["status"], "current");
    sandbox.late_arrive().await;
    assert_eq!(admin.get(PAGE).await.1["status"], "trashed");
}

#[tokio::test]
async fn a_request_can_be_executed_twice_and_answered_once() {
    let sandbox = start().await;
    let admin = Person::admin(&sandbox);
    let (comments, body) =
        ("/wiki/api/v2/footer-comments", json!({ "representation": "storage", "value": "<p>x</p>" }));
    let fault = json!({ "effect": { "kind": "twice" } });
    assert_eq!(read(client().post(format!("{}/_sandbox/faults", sandbox.url())).json(&fault)).await.0, 204);
    let before = sandbox.with_site(|site| site.comments.len());
    let (status, made) = admin.send("POST", comments, json!({ "pageId": "1001", "body": body })).await;
    assert_eq!((status, sandbox.with_site(|site| site.comments.len())), (201, before + 2));
    let first = sandbox.with_site(|site| site.comments.keys().rev().nth(1).unwrap().to_string());
    assert_eq!(made["id"], first);
}

#[tokio::test]
async fn answers_can_be_no_confluence_at_all_or_far_too_large() {
    let sandbox = start().await;
    let admin = Person::admin(&sandbox);
    strike(&sandbox, Effect::LoginPage);
    let page = admin.request("GET", PAGE).send().await.unwrap();
    assert_eq!(page.status(), 200);
    assert!(page.text().await.unwrap().starts_with("<!DOCTYPE html>"));
    strike(&sandbox, Effect::HugeBody { bytes: 1_000_000 });
    assert!(admin.request("GET", PAGE).send().await.unwrap().bytes().await.unwrap().len() > 1_000_000);
    strike(&sandbox, Effect::GzipBomb { bytes: 5_000_000 });
    let unpacked = admin.request("GET", PAGE).send().await.unwrap().bytes().await.unwrap();
    assert_eq!(unpacked.len(), 5_000_000);
    strike(&sandbox, Effect::Slow { milliseconds: 1 });
    assert_eq!(admin.get(PAGE).await.0, 200);
}

#[tokio::test]
async fn an_asker_who_hangs_up_on_a_late_answer_is_counted_and_one_who_waits_is_not() {
    let sandbox = start().await;
    let admin = Person::admin(&sandbox);
    let given_up = async || admin.get("/_sandbox/requests").await.1["given_up"].as_u64().unwrap();
    strike(&sandbox, Effect::Slow { milliseconds: 1 });
    assert_eq!((admin.get(PAGE).await.0, given_up().await), (200, 0));
    strike(&sandbox, Effect::Slow { milliseconds: 3_600_000 });
    #[expect(clippy::disallowed_methods, reason = "a test hangs up in the middle")]
    let asked = tokio::spawn(admin.request("GET", PAGE).send());
    while sandbox.total_requests() < 2 {
        tokio::task::yield_now().await;
    }
    asked.abort();
    while given_up().await == 0 {}
    assert_eq!(given_up().await, 1);
    assert_eq!(admin.get(PAGE).await.0, 200);
}

#[tokio::test]
async fn faults_and_limits_are_also_taken_over_http() {
    let sandbox = start().await;
    let admin = Person::admin(&sandbox);
    let desk = async |path: &str, document: Value| {
        read(client().post(format!("{}{path}", sandbox.url())).json(&document)).await.0
    };
    let fault = json!({ "times": 1, "effect": { "kind": "unavailable", "retry_after": { "seconds": 3 } } });
    assert_eq!(desk("/_sandbox/faults", fault).await, 204);
    assert_eq!(admin.get(PAGE).await.0, 503);
    assert_eq!(desk("/_sandbox/faults", json!({ "effect": { "kind": "unheard_of" } })).await, 400);
    assert_eq!(desk("/_sandbox/limits", json!({ "points_per_hour": 1 })).await, 204);
    assert_eq!(admin.get(PAGE).await.0, 200);
    assert_eq!(admin.get(PAGE).await.0, 429);
    assert_eq!(desk("/_sandbox/reset", json!({})).await, 204);
    assert_eq!(admin.get(PAGE).await.0, 200);
}

#[tokio::test]
async fn points_are_charged_by_object_and_told_exactly_only_when_few_are_left() {
    let sandbox = start().await;
    let admin = Person::admin(&sandbox);
    sandbox.set_limits(Limits { points_per_hour: Some(50), announced: Announced::Beta, ..Limits::default() });
    let first = admin.request("GET", "/wiki/api/v2/pages?limit=10").send().await.unwrap();
    let headers = first.headers();
    assert_eq!(
        (&headers["x-ratelimit-remaining"], &headers["x-ratelimit-nearlimit"]),
        (&"39".parse().unwrap(), &"false".parse().unwrap())
    );
    assert_eq!(headers["beta-ratelimit-policy"], "\"global-app-quota\";q=50;w=3600");
    assert!(!headers.contains_key("beta-ratelimit"));
    let second = admin.request("GET", "/wiki/api/v2/pages?limit=35").send().await.unwrap();
    assert!(second.headers()["beta-ratelimit"].to_str().unwrap().starts_with("\"global-app-quota\";r=3;t="));
    admin.get("/wiki/api/v2/pages?limit=2").await;
    let refused = admin.request("GET", PAGE).send().await.unwrap();
    assert_eq!(
        (refused.status().as_u16(), &refused.headers()["ratelimit-reason"]),
        (429, &"confluence-quota-global-based".parse().unwrap())
    );
    assert!(refused.headers().contains_key("retry-after"));
}

#[tokio::test]
async fn a_burst_is_cut_off_by_operation() {
    let sandbox = start().await;
    let admin = Person::admin(&sandbox);
    sandbox.set_limits(Limits { burst: Some(2), ..Limits::default() });
    assert_eq!([admin.get(PAGE).await.0, admin.get(PAGE).await.0, admin.get(PAGE).await.0], [200, 200, 429]);
    assert_eq!(admin.get("/wiki/api/v2/spaces").await.0, 200);
}
