//! How the connections stand: a card for each on the overview, and a list for programs.

use serde_json::json;
use sluice::dashboard::connections::Standing;

use super::{ADA, House};

fn standing() -> Vec<Standing> {
    let well = Standing {
        name: "well".into(),
        site: Some("https://well.atlassian.net".into()),
        signed_in_with: Some("OAuth `well` of account 1".into()),
        state: "connected",
        since: None,
        why: None,
        how: None,
    };
    let trouble = Standing {
        name: "acme".into(),
        site: Some("https://acme.atlassian.net".into()),
        state: "reconnect needed",
        since: Some("2026-11-22T10:30:00Z".parse().unwrap()),
        why: Some("</p><script>alert(1)</script>".into()),
        how: Some("sluice connect --reconnect acme".into()),
        ..well.clone()
    };
    vec![well, trouble]
}

#[tokio::test]
async fn a_page_says_which_connections_need_somebody_and_words_stay_words() {
    let house = House::with_connections(&[("ada", ADA, "")], standing()).await;
    let page = house.get("/", ADA).await.body;
    for said in [
        "<h2>acme</h2>",
        "reconnect needed",
        "&#60;/p&#62;&#60;script&#62;alert(1)&#60;/script&#62;",
        "<code>sluice connect --reconnect acme</code>",
        "<h2>well</h2>",
        "OAuth",
    ] {
        assert!(page.contains(said), "{said} in {page}");
    }
    assert!(!page.contains("<script>"), "{page}");
    house.close().await;
}

#[tokio::test]
async fn programs_with_an_approvers_secret_are_told_how_the_connections_stand() {
    let house = House::with_connections(&[("ada", ADA, "")], standing()).await;
    assert_eq!(house.get("/api/connections", "").await.status, 401);
    let listed = house.get("/api/connections", ADA).await.json();
    let states: Vec<_> = listed["connections"].as_array().unwrap().iter().map(|one| &one["state"]).collect();
    assert_eq!(states, [&json!("connected"), &json!("reconnect needed")]);
    assert_eq!(listed["connections"][1]["how"], "sluice connect --reconnect acme");
    house.close().await;
}
