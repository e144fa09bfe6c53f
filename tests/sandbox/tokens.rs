//! Codes, access tokens and refresh tokens live as long as Atlassian lets them.

use jiff::SignedDuration;
use serde_json::{Value, json};
use sluice::sandbox::CLOUD_ID;
use sluice::sandbox::signin::{
    CALLBACK, CLIENT_ID, CLIENT_SECRET, Revocation, SERVICE_CLIENT_ID, SERVICE_CLIENT_SECRET, Steering,
};

use super::visitor::{SCOPES, Visitor, pair, unknown};
use crate::small_site::start;

fn stale() -> (u16, Value) {
    (400, json!({ "error": "invalid_request", "error_description": "authorization_code is invalid" }))
}

fn page() -> String {
    format!("/ex/confluence/{CLOUD_ID}/wiki/api/v2/pages/1001")
}

#[tokio::test]
async fn a_code_is_good_once_for_ten_minutes_and_for_its_redirect() {
    let sandbox = start().await;
    let visitor = Visitor::new(&sandbox);
    let code = visitor.code(&Visitor::wish(SCOPES)).await;
    let elsewhere = json!({ "grant_type": "authorization_code", "code": code, "redirect_uri": "http://127.0.0.1:1/" });
    assert_eq!(visitor.exchange(elsewhere).await, stale());
    let (status, tokens) = visitor.exchange_code(&code).await;
    assert_eq!((status, &tokens["expires_in"], &tokens["token_type"]), (200, &json!(3600), &json!("Bearer")));
    assert_eq!(tokens["scope"], SCOPES);
    assert_eq!(visitor.exchange_code(&code).await, stale());
    assert_eq!(visitor.exchange_code("never given").await, stale());
    let code = visitor.code(&Visitor::wish(SCOPES)).await;
    sandbox.advance(SignedDuration::from_mins(10));
    assert_eq!(visitor.exchange_code(&code).await, stale());
}

#[tokio::test]
async fn the_client_shows_its_secret_in_a_json_body_or_a_form() {
    let sandbox = start().await;
    let visitor = Visitor::new(&sandbox);
    let refused = (401, json!({ "error": "access_denied", "error_description": "Unauthorized" }));
    let code = visitor.code(&Visitor::wish(SCOPES)).await;
    let form = |secret| {
        [
            ("grant_type", "authorization_code"),
            ("client_id", CLIENT_ID),
            ("client_secret", secret),
            ("code", code.as_str()),
            ("redirect_uri", CALLBACK),
        ]
    };
    assert_eq!(visitor.exchange_form(&form("wrong")).await, refused);
    assert_eq!(visitor.exchange_form(&form(CLIENT_SECRET)).await.0, 200);
    let fields = json!({ "grant_type": "refresh_token", "refresh_token": "x", "client_secret": "wrong" });
    assert_eq!(visitor.exchange(fields).await, refused);
    assert_eq!(visitor.exchange(json!({ "client_id": "nobody", "grant_type": "refresh_token" })).await, refused);
    assert_eq!(visitor.exchange(json!({})).await.1["error"], "invalid_request");
    assert_eq!(visitor.exchange(json!({ "grant_type": "password" })).await.1["error"], "unsupported_grant_type");
}

#[tokio::test]
async fn an_access_token_opens_the_gateway_for_an_hour_and_never_the_site_itself() {
    let sandbox = start().await;
    let visitor = Visitor::new(&sandbox);
    let (access, _) = visitor.sign_in(SCOPES).await;
    assert!((1_000..2_000).contains(&access.len()));
    assert_eq!(visitor.get(&page(), &access).await.0, 200);
    let person = format!("/ex/confluence/{CLOUD_ID}/wiki/rest/api/user/current");
    assert_eq!(visitor.get(&person, &access).await.1["message"], "Unauthorized; scope does not match");
    assert_eq!(visitor.get("/wiki/api/v2/pages/1001", &access).await.0, 401);
    sandbox.advance(SignedDuration::from_mins(59));
    assert_eq!(visitor.get(&page(), &access).await.0, 200);
    sandbox.advance(SignedDuration::from_mins(1));
    assert_eq!(visitor.get(&page(), &access).await.0, 401);
}

#[tokio::test]
async fn a_refresh_gives_a_new_pair_and_no_two_tokens_are_alike() {
    let (sandbox, other) = (start().await, start().await);
    let visitor = Visitor::new(&sandbox);
    let (access, refresh) = visitor.sign_in(SCOPES).await;
    let (status, tokens) = visitor.refresh(&refresh).await;
    let next = pair(&tokens);
    assert_eq!((status, &tokens["scope"]), (200, &json!(SCOPES)));
    assert!(next.0 != access && next.1 != refresh && next.1.len() > 1_000);
    assert_eq!(visitor.get(&page(), &next.0).await.0, 200);
    assert_eq!(visitor.get(&page(), &access).await.0, 200);
    let elsewhere = Visitor::new(&other).sign_in(SCOPES).await;
    assert!(elsewhere.0 != access && elsewhere.1 != refresh);
}

#[tokio::test]
async fn a_rotated_token_is_good_again_for_ten_minutes_and_then_its_use_ends_the_family() {
    let sandbox = start().await;
    let visitor = Visitor::new(&sandbox);
    let (_, first) = visitor.sign_in(SCOPES).await;
    let (_, second) = pair(&visitor.refresh(&first).await.1);
    sandbox.advance(SignedDuration::from_mins(9));
    let (status, again) = visitor.refresh(&first).await;
    let (_, third) = pair(&again);
    assert_eq!(status, 200);
    assert!(third != second);
    assert_eq!(visitor.refresh(&second).await.0, 200);
    sandbox.advance(SignedDuration::from_mins(2));
    assert_eq!(visitor.refresh(&third).await.0, 200);
    assert_eq!(visitor.refresh(&first).await, unknown());
    assert_eq!(visitor.refresh(&third).await, unknown());
    assert_eq!(visitor.refresh(&second).await, unknown());
}

#[tokio::test]
async fn the_end_of_one_family_leaves_another_of_the_same_grant_alone() {
    let sandbox = start().await;
    let visitor = Visitor::new(&sandbox);
    let (access, ended) = visitor.sign_in(SCOPES).await;
    let (_, other) = visitor.sign_in(SCOPES).await;
    visitor.refresh(&ended).await;
    sandbox.advance(SignedDuration::from_mins(11));
    assert_eq!(visitor.refresh(&ended).await, unknown());
    assert_eq!(visitor.refresh(&other).await.0, 200);
    assert_eq!(visitor.get(&page(), &access).await.0, 200);
}

#[tokio::test]
async fn ninety_idle_days_end_a_refresh_token_and_each_rotation_begins_them_anew() {
    let sandbox = start().await;
    let visitor = Visitor::new(&sandbox);
    let (_, mut refresh) = visitor.sign_in(SCOPES).await;
    for _ in 0..3 {
        sandbox.advance(SignedDuration::from_hours(24 * 89));
        let (status, tokens) = visitor.refresh(&refresh).await;
        assert_eq!(status, 200);
        refresh = pair(&tokens).1;
    }
    sandbox.advance(SignedDuration::from_hours(24 * 90));
    assert_eq!(visitor.refresh(&refresh).await, unknown());
}

#[tokio::test]
async fn without_offline_access_there_is_no_refresh_token() {
    let sandbox = start().await;
    let (_, refresh) = Visitor::new(&sandbox).sign_in("read:page:confluence").await;
    assert_eq!(refresh, "");
}

#[tokio::test]
async fn a_second_consent_overrides_the_scopes_of_the_first() {
    let sandbox = start().await;
    let visitor = Visitor::new(&sandbox);
    let (access, refresh) = visitor.sign_in(SCOPES).await;
    let narrow = "offline_access read:space:confluence";
    visitor.sign_in(narrow).await;
    assert_eq!(visitor.get(&page(), &access).await.1["message"], "Unauthorized; scope does not match");
    let spaces = format!("/ex/confluence/{CLOUD_ID}/wiki/api/v2/spaces");
    assert_eq!(visitor.get(&spaces, &access).await.0, 200);
    let (status, tokens) = visitor.refresh(&refresh).await;
    assert_eq!((status, &tokens["scope"]), (200, &json!(narrow)));
}

#[tokio::test]
async fn withdrawn_consent_ends_every_token_at_once() {
    let sandbox = start().await;
    let visitor = Visitor::new(&sandbox);
    let (access, refresh) = visitor.sign_in(SCOPES).await;
    let code = visitor.code(&Visitor::wish(SCOPES)).await;
    sandbox.revoke(&Revocation { client_id: Some("another".to_owned()), account: None });
    assert_eq!(visitor.get(&page(), &access).await.0, 200);
    assert_eq!(visitor.steer("/_sandbox/revoke", json!({ "client_id": CLIENT_ID })).await, 204);
    assert_eq!(visitor.get(&page(), &access).await.0, 401);
    assert_eq!(visitor.refresh(&refresh).await, unknown());
    assert_eq!(visitor.exchange_code(&code).await, stale());
    let (access, _) = visitor.sign_in(SCOPES).await;
    assert_eq!(visitor.get(&page(), &access).await.0, 200);
}

#[tokio::test]
async fn a_service_account_needs_nobodys_consent_and_refreshes_nothing() {
    let sandbox = start().await;
    let visitor = Visitor::new(&sandbox);
    let credentials = |secret: &str| json!({ "grant_type": "client_credentials", "client_id": SERVICE_CLIENT_ID, "client_secret": secret });
    let (status, tokens) = visitor.exchange(credentials(SERVICE_CLIENT_SECRET)).await;
    let (access, refresh) = pair(&tokens);
    assert_eq!((status, refresh.as_str(), &tokens["expires_in"]), (200, "", &json!(3600)));
    assert!(tokens["scope"].as_str().unwrap().split(' ').any(|scope| scope == "write:page:confluence"));
    assert_eq!(visitor.get(&page(), &access).await.0, 200);
    assert_eq!(visitor.exchange(credentials("wrong")).await.0, 401);
    assert_eq!(visitor.exchange(json!({ "grant_type": "client_credentials" })).await.0, 401);
    sandbox.advance(SignedDuration::from_hours(1));
    assert_eq!(visitor.get(&page(), &access).await.0, 401);
}

#[tokio::test]
async fn refresh_tokens_can_be_withheld_and_the_announced_time_be_wrong() {
    let sandbox = start().await;
    let visitor = Visitor::new(&sandbox);
    let (_, refresh) = visitor.sign_in(SCOPES).await;
    sandbox.steer(Steering { withhold_refresh_tokens: true, expires_in_skew: -3_000, ..Steering::default() });
    for _ in 0..2 {
        sandbox.advance(SignedDuration::from_mins(30));
        let (status, tokens) = visitor.refresh(&refresh).await;
        assert_eq!((status, &tokens["expires_in"], tokens.get("refresh_token")), (200, &json!(600), None));
    }
}
