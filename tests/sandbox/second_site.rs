//! One sign-in opens two sites, and says which they are.

use serde_json::{Value, json};
use sluice::sandbox::signin::{SCOPED_TOKEN, Steering};
use sluice::sandbox::{CLOUD_ID, SECOND_CLOUD_ID, Sandbox, Tenant};

use super::visitor::{SCOPES, Visitor};
use crate::small_site::{ADMIN, Person, READER, client, read, start};

const RESOURCES: &str = "/oauth/token/accessible-resources";

fn second(path: &str) -> String {
    format!("/ex/confluence/{SECOND_CLOUD_ID}{path}")
}

fn listed(resources: &Value) -> Vec<(&str, Vec<&str>)> {
    let entries = resources.as_array().unwrap().iter();
    entries
        .map(|entry| {
            let scopes = entry["scopes"].as_array().unwrap().iter().map(|scope| scope.as_str().unwrap());
            (entry["id"].as_str().unwrap(), scopes.collect())
        })
        .collect()
}

async fn on_second(sandbox: &Sandbox, path: &str, token: &str) -> (u16, Value) {
    let url = format!("{}{path}", sandbox.second_url());
    read(client().get(url).basic_auth("admin@example.com", Some(token))).await
}

#[tokio::test]
async fn the_list_of_resources_names_a_site_once_per_product() {
    let sandbox = start().await;
    let visitor = Visitor::new(&sandbox);
    assert_eq!(read(client().get(format!("{}{RESOURCES}", sandbox.url()))).await.0, 401);
    assert_eq!(visitor.get(RESOURCES, "sandbox-token").await.0, 401);
    let (access, _) = visitor.sign_in(SCOPES).await;
    let (status, resources) = visitor.get(RESOURCES, &access).await;
    let (granted, jira) = (vec!["read:page:confluence", "read:space:confluence"], vec!["read:jira-work"]);
    let entries = listed(&resources);
    assert_eq!((status, entries.len()), (200, 4));
    assert_eq!(entries[0], (CLOUD_ID, granted.clone()));
    assert_eq!(entries[1], (CLOUD_ID, vec!["read:jira-work", "read:jira-user"]));
    assert_eq!(entries[2], (SECOND_CLOUD_ID, granted));
    assert_eq!(entries[3].1, jira);
    assert_eq!((&resources[0]["url"], &resources[0]["name"]), (&json!(sandbox.url()), &json!("sandbox")));
    assert_eq!((&resources[2]["url"], &resources[2]["name"]), (&json!(sandbox.second_url()), &json!("branch")));
}

#[tokio::test]
async fn the_list_of_resources_can_be_empty() {
    let sandbox = start().await;
    let visitor = Visitor::new(&sandbox);
    let (access, _) = visitor.sign_in(SCOPES).await;
    assert_eq!(visitor.steer("/_sandbox/signin", json!({ "resources": [] })).await, 204);
    assert_eq!(visitor.get(RESOURCES, &access).await, (200, json!([])));
    assert_eq!(visitor.steer("/_sandbox/signin", json!({ "unheard_of": 1 })).await, 400);
    assert_eq!(visitor.steer("/_sandbox/reset", json!({})).await, 204);
    assert_eq!(visitor.get(RESOURCES, &access).await.1.as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn a_token_says_whose_it_is_and_can_be_made_to_lie() {
    let sandbox = start().await;
    let visitor = Visitor::new(&sandbox);
    let current = format!("/ex/confluence/{CLOUD_ID}/wiki/rest/api/user/current");
    let (access, _) = visitor.sign_in("read:page:confluence").await;
    assert_eq!(visitor.get("/me", &access).await.1["message"], "Unauthorized; scope does not match");
    let (access, _) = visitor.sign_in("read:me read:content-details:confluence").await;
    let (status, person) = visitor.get("/me", &access).await;
    assert_eq!((status, &person["account_id"], &person["name"]), (200, &json!(ADMIN), &json!("admin")));
    assert_eq!(person["email"], "admin@example.com");
    assert!(person["picture"].as_str().unwrap().starts_with("http"));
    sandbox.steer(Steering { current_account: Some(READER.to_owned()), ..Steering::default() });
    assert_eq!(visitor.get("/me", &access).await.1["account_id"], READER);
    assert_eq!(visitor.get(&current, &access).await.1["accountId"], READER);
    assert_eq!(read(client().get(format!("{}/me", sandbox.url()))).await.0, 401);
}

#[tokio::test]
async fn one_grant_reads_and_writes_at_both_sites_and_each_keeps_to_itself() {
    let sandbox = start().await;
    let visitor = Visitor::new(&sandbox);
    let (access, _) = visitor.sign_in("read:page:confluence read:space:confluence write:page:confluence").await;
    let (status, spaces) = visitor.get(&second("/wiki/api/v2/spaces"), &access).await;
    assert_eq!((status, &spaces["results"][0]["key"]), (200, &json!("BRANCH")));
    assert_eq!(visitor.get(&second("/wiki/api/v2/pages/1001"), &access).await.0, 404);
    let space = spaces["results"][0]["id"].as_str().unwrap();
    let page = json!({
        "spaceId": space, "status": "current", "title": "Opening hours",
        "body": { "representation": "storage", "value": "<p>9 to 5</p>" },
    });
    let url = format!("{}{}", sandbox.url(), second("/wiki/api/v2/pages"));
    let (status, made) = read(client().post(url).bearer_auth(&access).json(&page)).await;
    assert_eq!(status, 200, "{made}");
    assert_eq!(made["_links"]["base"], format!("{}/wiki", sandbox.second_url()));
    let titled = |site: &mut sluice::sandbox::model::Site| {
        site.contents.values().any(|content| content.versions.last().unwrap().title == "Opening hours")
    };
    assert_eq!((sandbox.with_site(titled), sandbox.with_second_site(titled)), (false, true));
    let tenants: Vec<_> = sandbox.log().iter().map(|logged| logged.tenant).collect();
    assert_eq!(tenants[..2], [None, None]);
    assert!(tenants[2..].iter().all(|tenant| *tenant == Some(Tenant::Second)));
}

#[tokio::test]
async fn the_second_site_has_a_host_and_people_of_its_own() {
    let sandbox = start().await;
    let tenant = read(client().get(format!("{}/_edge/tenant_info", sandbox.second_url()))).await.1;
    assert_eq!(tenant["cloudId"], SECOND_CLOUD_ID);
    let (status, person) = on_second(&sandbox, "/wiki/rest/api/user/current", "sandbox-token").await;
    assert_eq!((status, &person["accountId"], &person["displayName"]), (200, &json!(ADMIN), &json!("admin")));
    assert_eq!(on_second(&sandbox, "/wiki/api/v2/spaces", "wrong").await.0, 401);
    let reader = client().get(format!("{}/wiki/api/v2/spaces", sandbox.second_url()));
    assert_eq!(read(reader.basic_auth("reader@example.com", Some("reader-token"))).await.0, 401);
    for elsewhere in ["/authorize", "/oauth/token", &second("/wiki/api/v2/spaces"), "/me"] {
        assert_ne!(on_second(&sandbox, elsewhere, "sandbox-token").await.0, 200, "{elsewhere}");
    }
    assert_eq!(Person::admin(&sandbox).get("/_edge/tenant_info").await.1["cloudId"], CLOUD_ID);
}

#[tokio::test]
async fn files_of_the_second_site_are_downloaded_from_the_media_host_too() {
    let sandbox = start().await;
    sandbox.with_second_site(|site| *site = crate::small_site::small_site());
    sandbox.with_second_site(|site| site.attachments.get_mut(&4000).unwrap().versions[0].bytes = b"branch".to_vec());
    for (host, bytes) in [(sandbox.url(), "hello"), (sandbox.second_url(), "branch")] {
        let url = format!("{host}/wiki/rest/api/content/1001/child/attachment/att4000/download");
        let answer = client().get(url).basic_auth("admin@example.com", Some("sandbox-token")).send().await.unwrap();
        let location = answer.headers()["location"].to_str().unwrap().to_owned();
        assert_eq!(client().get(location).send().await.unwrap().text().await.unwrap(), bytes);
    }
}

#[tokio::test]
async fn the_scoped_token_is_for_basic_at_the_gateway_alone() {
    let sandbox = start().await;
    let page = |face: &str| format!("{}{face}/wiki/api/v2/pages/1001", sandbox.url());
    let gateway = page(&format!("/ex/confluence/{CLOUD_ID}"));
    let basic = |url: &str| client().get(url).basic_auth("admin@example.com", Some(SCOPED_TOKEN));
    assert_eq!(read(basic(&gateway)).await.0, 200);
    assert_eq!(read(basic(&page(""))).await.0, 401);
    assert_eq!(read(client().get(&gateway).bearer_auth(SCOPED_TOKEN)).await.0, 404);
}
