//! Signed tokens of an issuer: who they let in, what their scopes stand for, and when they end.

use serde_json::{Value, json};

use super::house::{Agent, House, until};
use crate::identity::issuer::{Issuer, token};

const NAME: &str = "https://login.example.com";

fn now() -> i64 {
    #[expect(clippy::disallowed_methods, reason = "the program goes by the machine's clock")]
    jiff::Timestamp::now().as_second()
}

/// The claims of a token that is right now, with these scopes.
fn claims(subject: &str, scope: &str) -> Value {
    json!({ "iss": NAME, "sub": subject, "aud": "https://sluice.example/mcp", "exp": now() + 600, "scope": scope })
}

/// A server that lets agents in by their tokens, once it has read so.
async fn trusting(issuer: &Issuer) -> House {
    let house = House::new(&[("keyed", "read-only")]).await;
    let table = format!(
        "[issuers.login]\nissuer = \"{NAME}\"\naudience = \"https://sluice.example/mcp\"\njwks_uri = \"{}\"\n\
         require_scopes = true\n[agents.bot]\nowner = \"jo\"\nprofile = \"full-access\"\nissuer = \"{NAME}\"\n\
         subject = \"bot-1\"\n",
        issuer.address
    );
    house.edit_agents(|text| text + &table);
    until(|| async { house.get("/.well-known/oauth-protected-resource/mcp").await.1.contains(NAME) }).await;
    house
}

fn bearing(house: &House, token: String) -> Agent {
    Agent { key: token, ..house.agent("keyed") }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_stands_for_its_scopes_and_what_it_lacks_is_named_in_a_challenge() {
    let issuer = Issuer::start().await;
    let house = trusting(&issuer).await;
    let reading = bearing(&house, token(&claims("bot-1", "confluence:read")));
    let writing = bearing(&house, token(&claims("bot-1", "confluence:read confluence:write")));
    let (few, more) = (reading.tools().await, writing.tools().await);
    assert!(few.len() < more.len() && more.contains(&"create_page".to_owned()), "{few:?}");
    assert!(!more.contains(&"delete_page".to_owned()), "{more:?}");
    let draft = json!({ "space": "IT", "title": "By token", "body": "x" });
    let before = house.site.total_requests();
    let refused = reading.call("create_page", draft.clone()).await;
    let challenge = refused.headers["www-authenticate"].to_str().unwrap();
    assert_eq!(refused.status, 403, "{refused:?}");
    assert!(challenge.contains("error=\"insufficient_scope\""), "{challenge}");
    assert!(challenge.contains("scope=\"confluence:read confluence:write\""), "{challenge}");
    assert!(challenge.contains("resource_metadata="), "{challenge}");
    let nothing = bearing(&house, token(&claims("bot-1", "openid")));
    assert_eq!(nothing.call("get_page", json!({ "page_id": house.page() })).await.status, 403);
    assert_eq!(house.site.total_requests(), before);
    // The same in a session of the older eras.
    let session = reading.open().await;
    let legacy = session.ask("tools/call", json!({ "name": "create_page", "arguments": draft })).await;
    assert_eq!(legacy.status, 403);
    let done = writing.call("create_page", draft).await;
    assert_eq!(done.body["result"]["structuredContent"]["status"], "done", "{done:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_is_not_right_lets_nobody_in() {
    let issuer = Issuer::start().await;
    let house = trusting(&issuer).await;
    let all = "confluence:read confluence:write";
    let with = |name: &str, value: Value| {
        let mut claims = claims("bot-1", all);
        claims[name] = value;
        token(&claims)
    };
    for wrong in [
        with("sub", json!("bot-2")),
        with("aud", json!("https://api.atlassian.com")),
        with("iss", json!("https://auth.atlassian.com")),
        with("exp", json!(now() - 120)),
        with("nbf", json!(now() + 600)),
        with("exp", Value::Null),
        format!("{}x", token(&claims("bot-1", all))),
    ] {
        let refused = bearing(&house, wrong).modern("tools/list", json!({})).await;
        assert_eq!(refused.status, 401, "{refused:?}");
        assert!(refused.headers["www-authenticate"].to_str().unwrap().contains("invalid_token"));
    }
    assert!(!bearing(&house, token(&claims("bot-1", all))).tools().await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_listener_ends_with_its_token() {
    let issuer = Issuer::start().await;
    let house = trusting(&issuer).await;
    let mut soon = claims("bot-1", "confluence:read");
    // A minute's grace is part of it.
    soon["exp"] = json!(now() - 58);
    let agent = bearing(&house, token(&soon));
    let filter = json!({ "notifications": { "toolsListChanged": true } });
    let listening = agent.modern_request("subscriptions/listen", filter).send().await.unwrap();
    assert_eq!(listening.status(), 200);
    let text = listening.text().await.unwrap();
    assert!(text.contains("acknowledged"), "{text}");
    assert_eq!(agent.modern("tools/list", json!({})).await.status, 401);
}
