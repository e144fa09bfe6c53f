//! The sign-in side can be spoilt, counted and moved through time like the rest.

use serde_json::{Value, json};
use sluice::sandbox::{CLOUD_ID, Effect, Fault, Limits, Moment, Sandbox};

use super::visitor::{SCOPES, Visitor, pair};
use crate::small_site::{client, start};

fn strike(sandbox: &Sandbox, template: &str, effect: Effect) {
    sandbox.set_fault(Fault { template: Some(template.to_owned()), times: 1, effect });
}

#[tokio::test]
async fn exchanges_are_spoilt_by_their_name_and_kind() {
    let sandbox = start().await;
    let visitor = Visitor::new(&sandbox);
    let (_, refresh) = visitor.sign_in(SCOPES).await;
    strike(&sandbox, "POST /oauth/token#authorization_code", Effect::NotFound);
    for (effect, status) in [
        (Effect::ServerError { moment: Moment::Before }, 500),
        (Effect::TooManyRequests { retry_after: None }, 429),
        (Effect::Unavailable { retry_after: None }, 503),
        (Effect::EdgeRefusal, 403),
        (Effect::LoginPage, 200),
        (Effect::HugeBody { bytes: 100_000 }, 200),
        (Effect::Slow { milliseconds: 1 }, 200),
    ] {
        strike(&sandbox, "POST /oauth/token", effect.clone());
        assert_eq!(visitor.refresh(&refresh).await.0, status, "{effect:?}");
    }
    strike(&sandbox, "POST /oauth/token#refresh_token", Effect::NotFound);
    assert_eq!(visitor.refresh(&refresh).await.0, 404);
    assert_eq!(visitor.exchange_code("x").await.0, 404);
}

#[tokio::test]
async fn an_exchange_can_take_effect_although_its_answer_is_lost() {
    let sandbox = start().await;
    let visitor = Visitor::new(&sandbox);
    let url = format!("{}/oauth/token", sandbox.url());
    for (moment, status) in [(Moment::Before, 200), (Moment::After, 400)] {
        let code = visitor.code(&Visitor::wish(SCOPES)).await;
        strike(&sandbox, "POST /oauth/token", Effect::Reset { moment });
        let fields = json!({
            "grant_type": "authorization_code", "client_id": "sandbox-client", "code": code,
            "client_secret": "sandbox-client-secret", "redirect_uri": "http://127.0.0.1:7978/callback",
        });
        assert!(client().post(&url).json(&fields).send().await.is_err());
        assert_eq!(visitor.exchange_code(&code).await.0, status);
    }
}

#[tokio::test]
async fn every_address_can_redirect_elsewhere() {
    let sandbox = start().await;
    let location = "http://169.254.169.254/";
    let fault = json!({ "effect": { "kind": "redirect", "location": location } });
    for path in ["/me", "/oauth/token/accessible-resources", "/authorize", "/wiki/api/v2/spaces"] {
        assert_eq!(Visitor::new(&sandbox).steer("/_sandbox/faults", fault.clone()).await, 204);
        let answer = client().get(format!("{}{path}", sandbox.url())).send().await.unwrap();
        assert_eq!((answer.status().as_u16(), &answer.headers()["location"]), (302, &location.parse().unwrap()));
    }
}

#[tokio::test]
async fn exchanges_are_counted_by_kind_and_cost_no_points() {
    let sandbox = start().await;
    let visitor = Visitor::new(&sandbox);
    sandbox.set_limits(Limits { points_per_hour: Some(1), burst: Some(1), ..Limits::default() });
    let (access, refresh) = visitor.sign_in(SCOPES).await;
    visitor.refresh(&refresh).await;
    visitor.refresh(&refresh).await;
    visitor.get("/me", &access).await;
    visitor.exchange(json!({ "grant_type": ["refresh_token"] })).await;
    let counts = sandbox.requests();
    for (template, count) in [
        ("POST /authorize", 1),
        ("POST /oauth/token", 4),
        ("POST /oauth/token#authorization_code", 1),
        ("POST /oauth/token#refresh_token", 2),
        ("POST /oauth/token#other", 1),
        ("GET /me", 1),
    ] {
        assert_eq!(counts.get(template), Some(&count), "{template}");
    }
    assert_eq!(sandbox.total_requests(), 6);
}

#[tokio::test]
async fn the_clock_is_moved_over_http() {
    let sandbox = start().await;
    let visitor = Visitor::new(&sandbox);
    let (access, refresh) = visitor.sign_in(SCOPES).await;
    assert_eq!(visitor.steer("/_sandbox/clock", json!({ "advance_seconds": 3_600 })).await, 204);
    assert_eq!(visitor.steer("/_sandbox/clock", json!({ "advance_seconds": "soon" })).await, 400);
    let spaces = format!("/ex/confluence/{CLOUD_ID}/wiki/api/v2/spaces");
    assert_eq!(visitor.get(&spaces, &access).await.0, 401);
    let (access, _) = pair(&visitor.refresh(&refresh).await.1);
    assert_eq!(visitor.get(&spaces, &access).await.0, 200);
}

#[tokio::test]
async fn a_service_account_of_another_account_is_registered_over_http() {
    let sandbox = start().await;
    let visitor = Visitor::new(&sandbox);
    let service = json!({
        "client_id": "reading", "client_secret": "hush", "account": "712020:reader",
        "scopes": ["read:space:confluence"],
    });
    assert_eq!(visitor.steer("/_sandbox/service-accounts", service).await, 204);
    let fields: Value = json!({ "grant_type": "client_credentials", "client_id": "reading", "client_secret": "hush" });
    let (access, _) = pair(&visitor.exchange(fields).await.1);
    let (_, spaces) = visitor.get(&format!("/ex/confluence/{CLOUD_ID}/wiki/api/v2/spaces"), &access).await;
    assert_eq!(spaces["results"].as_array().unwrap().len(), 1);
}
