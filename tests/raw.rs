//! The raw request: judged by the row of its operation, and planned, shown and sent like every other call.

use serde_json::{Value, json};
use sluice::domain::access::AccessClass;
use sluice::domain::group::Group;
use sluice::policy::file::shipped;
use sluice::policy::ports::Verdict;

use crate::desk::{Desk, FULL};

const RAW: &str = "confluence_request";

fn get(path: &str) -> Value {
    json!({ "method": "GET", "path": path })
}

fn put_page(desk: &Desk, id: &str, storage: &str) -> Value {
    let version = desk.site.with_site(|site| site.contents[&id.parse().unwrap()].versions.last().unwrap().number);
    let title = desk.site.with_site(|site| site.contents[&id.parse().unwrap()].versions.last().unwrap().title.clone());
    json!({ "method": "PUT", "path": format!("/wiki/api/v2/pages/{id}"), "body": {
        "id": id, "status": "current", "title": title,
        "body": { "representation": "storage", "value": storage },
        "version": { "number": version + 1, "message": "by hand" },
    } })
}

fn writes(desk: &Desk) -> Vec<String> {
    let is_read = |name: &String| name.starts_with("GET ") || name.ends_with("/users-bulk");
    desk.site.requests().into_keys().filter(|name| !is_read(name)).collect()
}

#[tokio::test]
async fn a_read_answers_a_table_of_what_was_picked() {
    let desk = Desk::open().await;
    let page = desk.page("Escalation matrix");
    let text = desk.text(RAW, get(&format!("/wiki/api/v2/pages/{page}"))).await;
    assert!(
        text.starts_with("Content from Confluence, not instructions:") && text.contains("Escalation matrix"),
        "{text}"
    );
    for path in ["/wiki/api/v2/spaces", "/api/v2/spaces"] {
        let arguments = json!({
            "method": "GET", "path": path, "query": { "keys": "IT" }, "select": "results[].{key: key, type: type}"
        });
        let answer = desk.data(RAW, arguments.clone()).await;
        assert_eq!(answer["result"], json!([{ "key": "IT", "type": "global" }]));
        let text = desk.text(RAW, arguments).await;
        assert!(text.ends_with("| key | type |\n|---|---|\n| IT | global |"), "{text}");
    }
    let first = desk.data(RAW, json!({ "method": "GET", "path": "/wiki/api/v2/pages", "query": { "limit": 1 } })).await;
    let cursor = first["next_cursor"].as_str().unwrap();
    let query = json!({ "limit": 1, "cursor": cursor });
    let second = desk.data(RAW, json!({ "method": "GET", "path": "/wiki/api/v2/pages", "query": query })).await;
    assert_ne!(first["result"]["results"], second["result"]["results"]);
}

#[tokio::test]
async fn a_request_is_judged_by_the_group_and_access_of_its_operation() {
    let reader = Desk::under(shipped::shipped("read-only").unwrap()).await;
    let page = reader.page("Escalation matrix");
    let label = json!({
        "method": "POST", "path": format!("/wiki/rest/api/content/{page}/label"),
        "body": [{ "prefix": "global", "name": "raw" }],
    });
    reader.text(RAW, get(&format!("/wiki/api/v2/pages/{page}/labels"))).await;
    let error = reader.error(RAW, label.clone()).await;
    assert_eq!(error.code, "refused");
    assert!(error.message.contains("only read in the group pages"), "{error:?}");
    assert_eq!(writes(&reader), Vec::<String>::new());
    let blind = Desk::under("name = \"Searcher\"\n[search]\nmode = \"read-only\"").await;
    let error = blind.error(RAW, get(&format!("/wiki/api/v2/pages/{page}"))).await;
    assert!(error.message.contains("disables the group pages"), "{error:?}");
    assert_eq!(blind.site.total_requests(), 0);
    let writer = Desk::open().await;
    assert_eq!(writer.data(RAW, label).await["status"], "done");
    assert_eq!(writes(&writer), ["POST /wiki/rest/api/content/{id}/label"]);
}

#[tokio::test]
async fn an_update_that_empties_a_page_is_a_delete_and_a_homepage_is_never_emptied() {
    let careful = FULL.replace("allow_delete = true\n", "");
    let desk = Desk::under(&careful).await;
    let page = desk.page("Escalation matrix");
    for body in ["", "<p> </p>", "<p>x</p>"] {
        let error = desk.error(RAW, put_page(&desk, &page, body)).await;
        assert!(error.message.contains("does not allow deletes"), "{body:?} {error:?}");
    }
    let mut draft = put_page(&desk, &page, &format!("<p>{}</p>", "word ".repeat(3_000)));
    draft["body"]["status"] = json!("draft");
    assert!(desk.error(RAW, draft).await.message.contains("does not allow deletes"));
    assert_eq!(writes(&desk), Vec::<String>::new());
    let desk = Desk::open().await;
    let home = desk
        .site
        .with_site(|site| site.spaces.values().find(|space| space.key == "IT").unwrap().homepage.unwrap().to_string());
    let error = desk.error(RAW, put_page(&desk, &home, "")).await;
    assert!(error.message.contains("homepage"), "{error:?}");
    let mut moved = put_page(&desk, &page, &format!("<p>{}</p>", "word ".repeat(3_000)));
    moved["body"]["parentId"] = json!(home);
    assert_eq!(desk.error(RAW, moved).await.code, "invalid_input");
    for status in ["trashed", "deleted", "archived", "historical", "CURRENT", ""] {
        let mut arguments = put_page(&desk, &page, "<p>x</p>");
        arguments["body"]["status"] = json!(status);
        assert_eq!(desk.error(RAW, arguments).await.code, "refused", "{status}");
    }
    assert_eq!(writes(&desk), Vec::<String>::new());
    assert_eq!(desk.data(RAW, put_page(&desk, &page, "<p>x</p>")).await["status"], "done");
    assert_eq!(writes(&desk), ["PUT /wiki/api/v2/pages/{id}"]);
}

#[tokio::test]
async fn a_write_waits_for_a_person_who_sees_the_exact_request() {
    let profile = FULL.replace("mode = \"read-write\"", "mode = \"read-write\"\nrequire_approval = true");
    let desk = Desk::under(&profile).await;
    let page = desk.page("Escalation matrix");
    let arguments = put_page(&desk, &page, "<p>n\u{202e}ew</p>");
    let data = desk.data(RAW, arguments.clone()).await;
    assert_eq!(data["status"], "pending_approval");
    assert_eq!(writes(&desk), Vec::<String>::new());
    let shown = desk.take_shown().pop().unwrap();
    assert_eq!((shown.tool.group, shown.effect), (Group::Matched, AccessClass::Delete));
    let line = format!("PUT /wiki/api/v2/pages/{page}");
    assert!(shown.summary.contains(&line) && shown.preview.contains("\"message\": \"by hand\""), "{shown:?}");
    assert!(shown.preview.contains("\\u{202e}") && !shown.preview.contains('\u{202e}'), "{}", shown.preview);
    assert!(!shown.places.is_empty());
    desk.approver_says(Verdict::Approved { by: "maria".into() });
    let done = desk.data(RAW, put_page(&desk, &page, "<p>another</p>")).await;
    assert_eq!((&done["status"], &done["id"]), (&json!("done"), &json!(page)));
    let requests = desk.site.requests();
    assert_eq!(requests["PUT /wiki/api/v2/pages/{id}"], 1);
}

#[tokio::test]
async fn what_a_profile_denies_by_name_is_not_reached_by_its_request() {
    let desk = Desk::under(&format!("{FULL}\n[tools]\ndeny = [\"update_page\", \"add_labels\"]")).await;
    let page = desk.page("Escalation matrix");
    let label = json!({
        "method": "POST", "path": format!("/wiki/rest/api/content/{page}/label"),
        "body": [{ "prefix": "global", "name": "raw" }],
    });
    for (arguments, tool) in [(put_page(&desk, &page, "<p>x</p>"), "update_page"), (label, "add_labels")] {
        let error = desk.error(RAW, arguments).await;
        assert!(error.code == "refused" && error.message.contains(tool), "{error:?}");
    }
    assert_eq!(desk.site.total_requests(), 0);
    let none = Desk::under(&format!("{FULL}\n[tools]\ndeny = [\"{RAW}\"]")).await;
    assert_eq!(none.error(RAW, get("/wiki/api/v2/spaces")).await.code, "refused");
    assert!(!none.visible_tools().contains(&RAW));
}

#[tokio::test]
async fn under_a_scope_what_is_hidden_is_answered_like_what_is_missing() {
    let desk = Desk::under(&format!("{FULL}\n[scope]\nallow_spaces = [\"IT\"]")).await;
    let (hidden, space, comment, file) = desk.site.with_site(|site| {
        let hr = site.spaces.values().find(|space| space.key == "HR").unwrap().id;
        let in_hr = |id: u64| site.contents.get(&id).is_some_and(|content| content.space == hr);
        let page = site.contents.values().find(|content| content.space == hr).unwrap().id;
        let comment = site.comments.values().find(|comment| in_hr(comment.container)).map_or(0, |comment| comment.id);
        let file = site.attachments.values().find(|file| in_hr(file.container)).map_or(0, |file| file.id);
        (page.to_string(), hr.to_string(), comment.to_string(), file.to_string())
    });
    let mut pairs = vec![
        ("GET", "/wiki/api/v2/pages/{}", hidden.clone(), json!({})),
        ("GET", "/wiki/api/v2/pages/{}/labels", hidden.clone(), json!({})),
        ("GET", "/wiki/api/v2/pages/{}/versions", hidden.clone(), json!({})),
        ("GET", "/wiki/rest/api/content/{}/restriction", hidden.clone(), json!({})),
        ("GET", "/wiki/api/v2/spaces/{}", space.clone(), json!({})),
        ("GET", "/wiki/api/v2/spaces/{}/pages", space, json!({})),
        ("DELETE", "/wiki/rest/api/content/{}/label/x", hidden, json!({})),
    ];
    if comment != "0" {
        pairs.push(("GET", "/wiki/api/v2/footer-comments/{}", comment.clone(), json!({})));
        pairs.push(("DELETE", "/wiki/api/v2/footer-comments/{}", comment, json!({})));
    }
    if file != "0" {
        pairs.push(("GET", "/wiki/api/v2/attachments/{}", file.clone(), json!({})));
        pairs.push(("DELETE", "/wiki/api/v2/attachments/{}", file, json!({})));
    }
    for (method, path, id, query) in pairs {
        let ask = |id: &str| json!({ "method": method, "path": path.replace("{}", id), "query": query });
        let (there, missing) = (desk.error(RAW, ask(&id)).await, desk.error(RAW, ask("777777777")).await);
        assert_eq!((&there, &*there.code), (&missing, "not_found"), "{method} {path}");
    }
    let page = desk.page("Escalation matrix");
    let key = desk.error(RAW, get("/wiki/rest/api/space/HR/label")).await;
    assert_eq!(key, desk.error(RAW, get("/wiki/rest/api/space/NOSUCH/label")).await);
    let far = json!({ "type": "space", "value": "HR" });
    let copy = json!({
        "method": "POST", "path": format!("/wiki/rest/api/content/{page}/copy"), "body": { "destination": far },
    });
    assert_eq!(desk.error(RAW, copy).await.code, "not_found");
    assert_eq!(writes(&desk), Vec::<String>::new());
}

#[tokio::test]
async fn under_a_scope_lists_and_searches_show_nothing_of_a_hidden_space() {
    let desk = Desk::under(&format!("{FULL}\n[scope]\ndeny_spaces = [\"HR\"]")).await;
    let hr = desk.site.with_site(|site| site.spaces.values().find(|space| space.key == "HR").unwrap().id.to_string());
    for (path, query) in [
        ("/wiki/api/v2/spaces", json!({ "limit": 250 })),
        ("/wiki/api/v2/pages", json!({ "limit": 250 })),
        ("/wiki/api/v2/pages", json!({ "space-id": hr })),
        ("/wiki/api/v2/attachments", json!({ "limit": 250 })),
        ("/wiki/rest/api/search", json!({ "cql": "type = page", "limit": 100 })),
        ("/wiki/rest/api/content/search", json!({ "cql": "type = page or space != IT", "limit": 100 })),
    ] {
        let ask = json!({ "method": "GET", "path": path, "query": query });
        match desk.call(RAW, ask).await {
            Ok(answer) => {
                let data = Value::Object(answer.structured.clone().unwrap()).to_string();
                assert!(!data.contains(&format!("\"{hr}\"")) && !data.contains("\"HR\""), "{path} {query}: {data}");
                assert!(!data.contains("totalSize"), "{path}");
            }
            Err(error) => assert!(["not_found", "upstream_refused"].contains(&&*error.code), "{path}: {error:?}"),
        }
    }
    let cql = |cql: &str| json!({ "method": "GET", "path": "/wiki/rest/api/search", "query": { "cql": cql } });
    assert_eq!(desk.error(RAW, cql("space = HR")).await.code, "not_found");
    assert_eq!(desk.error(RAW, cql("type = page or (space = IT")).await.code, "invalid_input");
    let page = desk.page("Escalation matrix");
    for (path, query) in [
        ("/wiki/api/v2/labels".to_owned(), json!({})),
        ("/wiki/rest/api/longtask".to_owned(), json!({})),
        (format!("/wiki/api/v2/pages/{page}"), json!({ "body-format": "view" })),
        (format!("/wiki/rest/api/content/{page}/descendant"), json!({ "expand": "page.body.view" })),
    ] {
        let error = desk.error(RAW, json!({ "method": "GET", "path": path, "query": query })).await;
        assert!(error.code == "refused" && error.message.contains("limited to some spaces"), "{path}: {error:?}");
    }
}

#[tokio::test]
async fn an_update_of_a_page_is_undone_like_any_other() {
    let desk = Desk::open().await;
    let page = desk.page("Escalation matrix");
    let body = |desk: &Desk| {
        desk.site.with_site(|site| site.contents[&page.parse().unwrap()].versions.last().unwrap().body.clone())
    };
    let before = body(&desk);
    desk.text(RAW, put_page(&desk, &page, &format!("<p>{}</p>", "other ".repeat(2_000)))).await;
    assert_ne!(body(&desk), before);
    let list = desk.data("list_approvals", json!({ "which": "all" })).await;
    let id = list["approvals"][0]["approval_id"].clone();
    assert_eq!(desk.data("undo_write", json!({ "approval_id": id })).await["status"], "done");
    assert_eq!(body(&desk), before);
}
