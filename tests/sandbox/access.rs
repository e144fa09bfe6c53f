//! Who gets in, what each face of the site serves, and what stays hidden.

use serde_json::{Value, json};
use sluice::sandbox::CLOUD_ID;

use crate::small_site::{ADMIN, Person, READER, client, client_trusting, read, start, start_with};

#[tokio::test]
async fn what_is_hidden_looks_like_what_is_missing() {
    let sandbox = start().await;
    let reader = Person::reader(&sandbox);
    let hidden = reader.get("/wiki/api/v2/pages/2000").await;
    assert_eq!(hidden.0, 404);
    assert_eq!(hidden, reader.get("/wiki/api/v2/pages/999999").await);
    assert_eq!(reader.get("/wiki/api/v2/spaces/101").await.0, 404);
    assert_eq!(reader.get("/wiki/api/v2/spaces").await.1["results"].as_array().unwrap().len(), 1);
    let (_, found) = reader.get("/wiki/rest/api/search?cql=text%20~%20%22Salaries%22").await;
    assert_eq!(found["totalSize"], 0);
    assert_eq!(Person::admin(&sandbox).get("/wiki/api/v2/pages/2000").await.0, 200);
}

#[tokio::test]
async fn a_restriction_binds_everything_below_the_page_and_v1_says_403_where_v2_says_404() {
    let sandbox = start().await;
    let reader = Person::reader(&sandbox);
    sandbox.with_site(|site| {
        site.contents.get_mut(&1101).unwrap().readers = Some([ADMIN.to_owned()].into());
        site.contents.get_mut(&1001).unwrap().writers = Some([ADMIN.to_owned()].into());
    });
    assert_eq!(reader.get("/wiki/api/v2/pages/1102").await.0, 404);
    assert_eq!(reader.get("/wiki/api/v2/pages/1001").await.0, 200);
    assert_eq!(reader.send("DELETE", "/wiki/api/v2/pages/1001", Value::Null).await.0, 404);
    let (status, answer) = reader.send("POST", "/wiki/rest/api/content/1001/label", json!([{ "name": "x" }])).await;
    assert_eq!((status, &answer["statusCode"]), (403, &json!(403)));
    assert!(answer["message"].as_str().unwrap().contains("PermissionException"));
}

#[tokio::test]
async fn nobody_gets_in_without_the_right_credentials() {
    let sandbox = start().await;
    let url = format!("{}/wiki/api/v2/pages", sandbox.url());
    let client = client();
    assert_eq!(read(client.get(&url)).await.0, 401);
    assert_eq!(read(client.get(&url).basic_auth("admin@example.com", Some("wrong"))).await.0, 401);
    assert_eq!(read(client.get(&url).basic_auth("reader@example.com", Some("sandbox-token"))).await.0, 401);
    assert_eq!(read(client.get(&url).basic_auth("gone@example.com", Some(""))).await.0, 401);
    assert_eq!(read(client.get(&url).bearer_auth("sandbox-token")).await.0, 401);
    assert_eq!(read(client.get(format!("{}/_edge/tenant_info", sandbox.url()))).await.1["cloudId"], CLOUD_ID);
}

#[tokio::test]
async fn the_gateway_takes_bearer_tokens_and_answers_410_on_what_was_removed() {
    let sandbox = start().await;
    let client = client();
    let gateway = format!("{}/ex/confluence/{CLOUD_ID}", sandbox.url());
    let get = async |path: &str| read(client.get(format!("{gateway}{path}")).bearer_auth("sandbox-token")).await;
    for path in
        ["/wiki/api/v2/pages?limit=1", "/api/v2/pages?limit=1", "/rest/api/user/current", "/wiki/rest/api/user/current"]
    {
        assert_eq!(get(path).await.0, 200, "{path}");
    }
    let (_, list) = get("/api/v2/pages?limit=1").await;
    assert!(list["_links"]["next"].as_str().unwrap().starts_with("/wiki/api/v2/pages?"), "{list}");
    for path in ["/wiki/rest/api/content/1001", "/rest/api/space", "/rest/api/content?type=page"] {
        let (status, answer) = get(path).await;
        assert_eq!(status, 410, "{path}");
        assert!(answer["message"].as_str().unwrap().ends_with("This deprecated endpoint has been removed"));
    }
    assert_eq!(Person::admin(&sandbox).get("/wiki/rest/api/content/1001").await.0, 200);
    let elsewhere = format!("{}/ex/confluence/other/wiki/api/v2/pages", sandbox.url());
    assert_eq!(read(client.get(elsewhere).bearer_auth("sandbox-token")).await.0, 404);
}

#[tokio::test]
async fn a_token_does_no_more_than_its_scopes() {
    let sandbox = start().await;
    let client = client();
    let token = sandbox.issue_token(READER, &["read:page:confluence"]);
    let gateway = format!("{}/ex/confluence/{CLOUD_ID}/wiki/api/v2", sandbox.url());
    assert_eq!(read(client.get(format!("{gateway}/pages/1001")).bearer_auth(&token)).await.0, 200);
    assert_eq!(
        read(client.get(format!("{gateway}/pages/1001")).basic_auth("reader@example.com", Some(&token))).await.0,
        200
    );
    let (status, answer) = read(client.get(format!("{gateway}/spaces")).bearer_auth(&token)).await;
    assert_eq!((status, answer), (401, json!({ "code": 401, "message": "Unauthorized; scope does not match" })));
    let site = format!("{}/wiki/api/v2/pages/1001", sandbox.url());
    assert_eq!(read(client.get(site).basic_auth("reader@example.com", Some(&token))).await.0, 401);
}

#[tokio::test]
async fn an_unknown_path_is_an_html_page() {
    let sandbox = start().await;
    let admin = Person::admin(&sandbox);
    let response = admin.request("GET", "/wiki/api/v2/nothing").send().await.unwrap();
    assert_eq!(response.status(), 404);
    assert!(response.headers()["content-type"].to_str().unwrap().starts_with("text/html"));
    assert_eq!(admin.send("PATCH", "/wiki/api/v2/pages/1001", Value::Null).await.0, 405);
    assert_eq!(sandbox.requests()["GET unknown"], 1);
}

#[tokio::test]
async fn people_are_shown_as_far_as_they_let_themselves_be_seen() {
    let sandbox = start().await;
    let asked = json!({ "accountIds": [READER, "712020:private", "712020:gone", "nobody"] });
    let (_, list) = Person::admin(&sandbox).send("POST", "/wiki/api/v2/users-bulk", asked).await;
    let people = list["results"].as_array().unwrap();
    assert_eq!(people.len(), 3);
    assert_eq!((&people[0]["displayName"], &people[0]["email"]), (&json!("reader"), &json!("reader@example.com")));
    assert_eq!((&people[1]["publicName"], &people[1]["email"]), (&json!("private"), &Value::Null));
    assert_eq!((&people[2]["publicName"], &people[2]["accountStatus"]), (&json!("Former user"), &json!("closed")));
}

#[tokio::test]
async fn a_deleted_space_is_never_overlooked() {
    for (method, path) in [
        ("DELETE", "/wiki/rest/api/space/ITSD"),
        ("DELETE", "/ex/confluence/5a9d0c0e-0f5a-4d3e-9a53-0000c0ffee00/rest/api/space/ITSD"),
        ("DELETE", "/wiki/rest/api/sp%61ce/ITSD"),
        ("DELETE", "/wiki//rest/api/space/ITSD/"),
        ("DELETE", "/wiki/rest/api/space;a=b/itsd"),
        ("POST", "/wiki/rest/api/space/ITSD?_method=DELETE"),
    ] {
        let sandbox = start().await;
        let (status, _) = Person::admin(&sandbox).send(method, path, Value::Null).await;
        assert_eq!(status, 202, "{method} {path}");
        assert!(sandbox.space_delete_executed(), "{method} {path}");
        assert!(sandbox.with_site(|site| site.spaces.values().all(|space| space.key != "ITSD")));
    }
    let sandbox = start().await;
    let (status, _) = Person::reader(&sandbox).send("DELETE", "/wiki/rest/api/space/ITSD", Value::Null).await;
    assert_eq!((status, sandbox.space_delete_executed()), (404, false));
    let query = json!({ "query": "mutation { hardDeleteSpace(spaceKey: \"ITSD\") { success } }" });
    Person::admin(&sandbox).send("POST", "/gateway/api/graphql", query).await;
    assert!(sandbox.space_delete_executed());
}

#[tokio::test]
async fn both_hosts_speak_tls_with_a_throwaway_authority() {
    let sandbox = start_with(|options| options.tls = true).await;
    assert!(sandbox.url().starts_with("https://") && sandbox.media_url().starts_with("https://"));
    let trusting = client_trusting(sandbox.ca_pem());
    let url = format!("{}/wiki/api/v2/pages/1001", sandbox.url());
    let request = |client: &reqwest::Client| client.get(&url).basic_auth("admin@example.com", Some("sandbox-token"));
    assert_eq!(read(request(&trusting)).await.0, 200);
    assert!(request(&client()).send().await.is_err());
    sandbox.stop().await;
}

#[tokio::test]
async fn requests_are_counted_by_template_and_remembered_as_sent() {
    let sandbox = start().await;
    let admin = Person::admin(&sandbox);
    admin.get("/wiki/api/v2/pages/1001").await;
    admin.get("/wiki/api/v2/pages/1002?body-format=storage").await;
    assert_eq!(sandbox.requests()["GET /wiki/api/v2/pages/{id}"], 2);
    assert_eq!(sandbox.log()[1].query, "body-format=storage");
    let (_, counts) = admin.get("/_sandbox/requests").await;
    assert_eq!(counts["total"], 2);
    sandbox.reset_counts();
    assert_eq!((sandbox.total_requests(), sandbox.log().len()), (0, 0));
}
