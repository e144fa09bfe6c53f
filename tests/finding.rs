//! The tools of the groups Search, Spaces and Users against the simulated site.

use serde_json::{Value, json};

use crate::desk::{Desk, FULL};

fn ids(found: &Value, list: &str, key: &str) -> Vec<String> {
    let items = found[list].as_array().unwrap();
    items.iter().map(|item| item[key].as_str().unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn words_find_the_page_that_has_them() {
    let desk = Desk::open().await;
    let found = desk.data("search_text", json!({ "query": "AUTH-812" })).await;
    assert_eq!(found["results"][0]["title"], "Connect to the VPN from home", "{found}");
    assert_eq!(found["results"][0]["space"], "IT");
    let other = desk.data("search_text", json!({ "query": "AUTH-812", "space": "KB" })).await;
    assert!(!ids(&other, "results", "title").contains(&"Connect to the VPN from home".to_owned()), "{other}");
}

#[tokio::test]
async fn operators_in_words_are_words() {
    let desk = Desk::open().await;
    let plain = desk.data("search_text", json!({ "query": "vpn" })).await;
    for query in
        ["vpn\" OR space = HR", "vpn) or (space = HR", "NOT vpn", "vpn OR title ~ \"x\"", "-vpn", "v*", "\"", "\\"]
    {
        // Every sign is a word or dropped; no query is refused upstream, and none finds more by an operator.
        match desk.call("search_text", json!({ "query": query })).await {
            Ok(answer) => {
                let spaces = Value::Object(answer.structured.unwrap());
                assert!(!ids(&spaces, "results", "space").contains(&"HR".to_owned()), "{query}: {spaces}");
            }
            Err(error) => assert_eq!(error.code, "invalid_input", "{query}: {error:?}"),
        }
    }
    assert!(!plain["results"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn a_cql_query_goes_on_where_it_was_cut() {
    let desk = Desk::open().await;
    let ask =
        |cursor: Value| json!({ "cql": "type = page and space = IT order by title", "limit": 5, "cursor": cursor });
    let mut arguments = ask(Value::Null);
    arguments.as_object_mut().unwrap().remove("cursor");
    let first = desk.data("search_cql", arguments).await;
    let second = desk.data("search_cql", ask(first["next_cursor"].clone())).await;
    let (first, second) = (ids(&first, "results", "id"), ids(&second, "results", "id"));
    assert_eq!((first.len(), second.len()), (5, 5));
    assert!(first.iter().all(|id| !second.contains(id)));
}

#[tokio::test]
async fn a_query_that_is_no_cql_is_told_so() {
    let desk = Desk::open().await;
    let error = desk.error("search_cql", json!({ "cql": "title ~~ x" })).await;
    assert!(["invalid", "invalid_input"].contains(&&*error.code), "{error:?}");
    let scoped = Desk::under(&format!("{FULL}\n[scope]\nallow_spaces = [\"IT\"]\n")).await;
    scoped.site.reset_counts();
    let error = scoped.error("search_cql", json!({ "cql": "title ~~ x" })).await;
    assert_eq!(error.code, "invalid_input", "{error:?}");
    assert_eq!(scoped.site.requests().get("GET /wiki/rest/api/search"), None);
}

#[tokio::test]
async fn spaces_are_listed_by_type_and_read_by_key_or_id() {
    let desk = Desk::open().await;
    let all = desk.data("list_spaces", json!({ "limit": 250 })).await;
    assert_eq!((all["spaces"][0]["key"].as_str(), all["spaces"][0]["type"].as_str()), (Some("IT"), Some("global")));
    let bases = desk.data("list_spaces", json!({ "type": "knowledge_base" })).await;
    assert_eq!(ids(&bases, "spaces", "key"), ["KB"]);
    let by_key = desk.data("get_space", json!({ "space": "IT" })).await;
    let by_id = desk.data("get_space", json!({ "space": by_key["id"] })).await;
    assert_eq!(by_key, by_id);
}

#[tokio::test]
async fn a_space_is_made_and_renamed_and_keeps_what_was_left_out() {
    let desk = Desk::open().await;
    let made = desk
        .data("create_space", json!({ "key": "DRILL", "name": "Fire drill", "description": "How to get out" }))
        .await;
    assert_eq!(made["status"], "done", "{made}");
    desk.data("update_space", json!({ "space": "DRILL", "name": "Fire drills" })).await;
    let space = desk.data("get_space", json!({ "space": "DRILL" })).await;
    assert_eq!((space["name"].as_str(), space["description"].as_str()), (Some("Fire drills"), Some("How to get out")));
}

#[tokio::test]
async fn people_are_found_by_name_and_read_by_account() {
    let desk = Desk::open().await;
    let me = desk.data("get_current_user", json!({})).await;
    assert_eq!(me["name"], "Avery Admin");
    let found = desk.data("search_users", json!({ "query": "Mira" })).await;
    assert_eq!(found["users"][0]["name"], "Mira Okafor", "{found}");
    let user = desk.data("get_user", json!({ "account_id": found["users"][0]["account_id"] })).await;
    assert_eq!(user["name"], "Mira Okafor");
    let error = desk.error("get_user", json!({ "account_id": "712020:nobody" })).await;
    assert_eq!(error.code, "not_found");
}
