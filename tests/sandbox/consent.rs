//! People are asked, and apps that ask wrongly get nothing.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::json;
use sha2::{Digest, Sha256};
use sluice::sandbox::signin::{App, CALLBACK, Steering};
use url::Url;

use super::visitor::{SCOPES, Visitor, parameter};
use crate::small_site::{ADMIN, READER, start};

fn with(name: &'static str, value: &str) -> Vec<(&'static str, String)> {
    let mut wish = Visitor::wish(SCOPES);
    wish.retain(|(known, _)| *known != name);
    wish.push((name, value.to_owned()));
    wish
}

#[tokio::test]
async fn the_page_names_the_app_its_scopes_the_accounts_and_the_sites() {
    let sandbox = start().await;
    let (status, page) = Visitor::new(&sandbox).ask(&Visitor::wish(SCOPES)).await;
    assert_eq!(status, 200);
    for named in
        ["Sluice", "read:page:confluence", ADMIN, READER, "admin@example.com", &sandbox.url(), &sandbox.second_url()]
    {
        assert!(page.contains(named), "{named}");
    }
    for part in ["id=\"accept\"", "id=\"cancel\"", "method=\"post\" action=\"/authorize\""] {
        assert!(page.contains(part), "{part}");
    }
    assert!(!page.contains("gone@example.com"));
}

#[tokio::test]
async fn hostile_state_and_scope_stay_text_on_the_page_and_come_back_as_they_were() {
    let sandbox = start().await;
    let visitor = Visitor::new(&sandbox);
    let hostile = "\"><script>alert('x')</script>&amp;\r\nx: y";
    for name in ["state", "scope"] {
        let (status, page) = visitor.ask(&with(name, hostile)).await;
        assert_eq!(status, 200);
        assert!(!page.contains("<script>") && page.contains("&quot;&gt;&lt;script&gt;"), "{page}");
    }
    for decision in ["accept", "cancel"] {
        let (status, location) = visitor.decide(&with("state", hostile), ADMIN, decision).await;
        assert_eq!((status, parameter(&location.unwrap(), "state").as_deref()), (302, Some(hostile)));
    }
}

#[tokio::test]
async fn a_decision_goes_back_to_the_app() {
    let sandbox = start().await;
    let visitor = Visitor::new(&sandbox);
    let wish = Visitor::wish(SCOPES);
    let (status, location) = visitor.decide(&wish, ADMIN, "accept").await;
    let location = location.unwrap();
    assert_eq!((status, parameter(&location, "state").unwrap().as_str()), (302, "state-1"));
    assert!(location.as_str().starts_with(&format!("{CALLBACK}?code=")), "{location}");
    let (status, location) = visitor.decide(&wish, ADMIN, "cancel").await;
    let location = location.unwrap();
    let named = |name| parameter(&location, name).unwrap();
    assert_eq!((status, named("error").as_str(), named("state").as_str()), (302, "access_denied", "state-1"));
    assert!(!named("error_description").is_empty());
    assert_eq!(visitor.decide(&wish, "712020:gone", "accept").await, (400, None));
    assert_eq!(visitor.decide(&wish, ADMIN, "perhaps").await, (400, None));
}

#[tokio::test]
async fn an_app_that_asks_wrongly_gets_a_page_and_no_redirect() {
    let sandbox = start().await;
    let visitor = Visitor::new(&sandbox);
    for (name, value) in [
        ("client_id", "nobody"),
        ("redirect_uri", "http://127.0.0.1:7979/callback"),
        ("redirect_uri", "http://127.0.0.1:7978/callback/"),
        ("redirect_uri", "http://localhost:7978/callback"),
        ("redirect_uri", ""),
        ("audience", "api.example.com"),
        ("response_type", "token"),
        ("prompt", "none"),
        ("state", ""),
        ("scope", ""),
    ] {
        let (status, page) = visitor.ask(&with(name, value)).await;
        assert_eq!(status, 400, "{name}={value}");
        assert!(page.starts_with("<!DOCTYPE html>"), "{name}={value}");
        assert_eq!(visitor.decide(&with(name, value), ADMIN, "accept").await, (400, None), "{name}={value}");
    }
}

#[tokio::test]
async fn consent_can_be_given_without_a_page() {
    let sandbox = start().await;
    let address = Url::parse_with_params(&format!("{}/authorize", sandbox.url()), Visitor::wish(SCOPES)).unwrap();
    sandbox.steer(Steering { auto_consent: Some(ADMIN.to_owned()), ..Steering::default() });
    let answer = crate::small_site::client().get(address).send().await.unwrap();
    assert_eq!(answer.status(), 302);
    let location: Url = answer.headers()["location"].to_str().unwrap().parse().unwrap();
    let (status, _) = Visitor::new(&sandbox).exchange_code(&parameter(&location, "code").unwrap()).await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn another_app_has_a_callback_of_its_own() {
    let sandbox = start().await;
    let visitor = Visitor::new(&sandbox);
    let app = json!({
        "client_id": "other", "client_secret": "hush", "callback": "http://127.0.0.1:9/back?from=x", "name": "Other <b>",
    });
    assert_eq!(visitor.steer("/_sandbox/apps", app).await, 204);
    let mut wish = with("client_id", "other");
    assert_eq!(visitor.ask(&wish).await.0, 400);
    wish.retain(|(name, _)| *name != "redirect_uri");
    wish.push(("redirect_uri", "http://127.0.0.1:9/back?from=x".to_owned()));
    assert!(visitor.ask(&wish).await.1.contains("Other &lt;b&gt;"));
    let location = visitor.decide(&wish, ADMIN, "accept").await.1.unwrap();
    assert_eq!(parameter(&location, "from").as_deref(), Some("x"));
    let fields = json!({
        "grant_type": "authorization_code", "client_id": "other", "client_secret": "hush",
        "code": parameter(&location, "code").unwrap(), "redirect_uri": "http://127.0.0.1:9/back?from=x",
    });
    assert_eq!(visitor.exchange(fields).await.0, 200);
    sandbox.register_app(App {
        client_id: "other".to_owned(),
        client_secret: "hush".to_owned(),
        callback: "http://127.0.0.1:10/".to_owned(),
        name: "Other".to_owned(),
    });
    assert_eq!(visitor.ask(&wish).await.0, 400);
}

#[tokio::test]
async fn a_challenge_is_tolerated_and_then_asks_for_its_verifier() {
    let sandbox = start().await;
    let visitor = Visitor::new(&sandbox);
    let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    let mut wish = with("code_challenge", &URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)));
    assert_eq!(visitor.ask(&wish).await.0, 400);
    wish.push(("code_challenge_method", "S256".to_owned()));
    let code = visitor.code(&wish).await;
    let mut fields = json!({ "grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK });
    assert_eq!(visitor.exchange(fields.clone()).await.1["error"], "invalid_grant");
    fields["code_verifier"] = "another".into();
    assert_eq!(visitor.exchange(fields.clone()).await.0, 403);
    fields["code_verifier"] = verifier.into();
    assert_eq!(visitor.exchange(fields).await.0, 200);
    let code = visitor.code(&Visitor::wish(SCOPES)).await;
    let fields = json!({
        "grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, "code_verifier": verifier,
    });
    assert_eq!(visitor.exchange(fields).await.0, 200);
}
