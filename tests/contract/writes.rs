//! Every write, with what stale versions and missing things are answered.

use serde_json::{Value, json};

use super::Contract;

fn id(document: &Value) -> String {
    document["id"].as_str().unwrap_or_default().to_owned()
}

fn storage(body: &str) -> Value {
    json!({ "representation": "storage", "value": body })
}

pub(super) async fn documents(contract: &mut Contract<'_>) {
    for (list, one) in
        [("/wiki/api/v2/pages", "/wiki/api/v2/pages/{id}"), ("/wiki/api/v2/blogposts", "/wiki/api/v2/blogposts/{id}")]
    {
        let made =
            json!({ "spaceId": "100", "status": "current", "title": "New thing", "body": storage("<p>one</p>") });
        let page = id(&contract.step("POST", list, &[], "", made).await);
        let version = json!({ "number": 2, "message": "second" });
        let edit = json!({ "id": page, "status": "current", "title": "New thing", "body": storage("<p>two</p>"), "version": version });
        contract.step("PUT", one, &[&page], "", edit.clone()).await;
        if one.contains("pages") {
            contract.expect("PUT", one, &[&page], "", edit, Some(409)).await;
            let renamed = json!({ "status": "current", "title": "Newer thing" });
            contract.step("PUT", "/wiki/api/v2/pages/{id}/title", &[&page], "", renamed).await;
        }
        contract.step("DELETE", one, &[&page], "", Value::Null).await;
        contract.step("DELETE", one, &[&page], "?purge=true", Value::Null).await;
        contract.expect("DELETE", one, &[&page], "", Value::Null, Some(404)).await;
        contract.expect("GET", one, &[&page], "", Value::Null, Some(404)).await;
        contract.expect("POST", list, &[], "", json!({ "title": "Nowhere" }), Some(400)).await;
    }
    for kind in ["folders", "whiteboards", "databases", "embeds"] {
        let list = format!("/wiki/api/v2/{kind}");
        let one = format!("{list}/{{id}}");
        let made = id(&contract.step("POST", &list, &[], "", json!({ "spaceId": "100", "title": "Node" })).await);
        contract.step("GET", &one, &[&made], "", Value::Null).await;
        contract.step("GET", &format!("{one}/operations"), &[&made], "", Value::Null).await;
        contract.step("GET", &format!("{one}/ancestors"), &[&made], "", Value::Null).await;
        contract.step("GET", &format!("{one}/direct-children"), &[&made], "", Value::Null).await;
        contract.step("GET", &format!("{one}/descendants"), &[&made], "", Value::Null).await;
        contract.step("DELETE", &one, &[&made], "", Value::Null).await;
    }
    let space =
        json!({ "name": "Fresh", "key": "FRESH", "description": { "value": "new", "representation": "plain" } });
    contract.step("POST", "/wiki/api/v2/spaces", &[], "", space).await;
}

pub(super) async fn comments(contract: &mut Contract<'_>) {
    let footer = json!({ "pageId": "1002", "body": storage("<p>hm</p>") });
    let selection = json!({ "textSelection": "printer", "textSelectionMatchCount": 1, "textSelectionMatchIndex": 0 });
    let inline = json!({ "pageId": "1002", "body": storage("<p>hm</p>"), "inlineCommentProperties": selection });
    for (kind, new) in [("footer-comments", footer), ("inline-comments", inline)] {
        let list = format!("/wiki/api/v2/{kind}");
        let one = format!("{list}/{{comment-id}}");
        let made = id(&contract.step("POST", &list, &[], "", new).await);
        let reply = json!({ "parentCommentId": made, "body": storage("<p>yes</p>") });
        contract.step("POST", &list, &[], "", reply).await;
        let edit = json!({ "version": { "number": 2 }, "body": storage("<p>hm!</p>") });
        contract.step("PUT", &one, &[&made], "", edit.clone()).await;
        if kind == "footer-comments" {
            contract.expect("PUT", &one, &[&made], "", edit, Some(409)).await;
        }
        contract.step("DELETE", &one, &[&made], "", Value::Null).await;
    }
    contract.step("DELETE", "/wiki/api/v2/attachments/{id}", &["att4001"], "", Value::Null).await;
    contract.step("DELETE", "/wiki/api/v2/attachments/{id}", &["att4001"], "?purge=true", Value::Null).await;
}

pub(super) async fn the_old_way(contract: &mut Contract<'_>) {
    let content = "/wiki/rest/api/content/{id}";
    let attachment = format!("{content}/child/attachment");
    contract.upload("POST", &attachment, &["1003"], "a.txt").await;
    contract.upload("PUT", &attachment, &["1003"], "a.txt").await;
    contract.upload("POST", &format!("{attachment}/{{attachmentId}}/data"), &["1001", "att4000"], "notes.txt").await;
    let renamed = json!({ "id": "att4000", "type": "attachment", "title": "kept.txt", "version": { "number": 2 } });
    contract.step("PUT", &format!("{attachment}/{{attachmentId}}"), &["1001", "att4000"], "", renamed.clone()).await;
    let mut stale = renamed;
    stale["version"]["number"] = json!(1);
    let one = format!("{attachment}/{{attachmentId}}");
    contract.expect("PUT", &one, &["1001", "att4000"], "", stale, Some(409)).await;
    let labels = json!([{ "prefix": "global", "name": "one" }, { "prefix": "global", "name": "two" }]);
    contract.step("POST", &format!("{content}/label"), &["1003"], "", labels).await;
    contract.step("DELETE", &format!("{content}/label"), &["1003"], "?name=one", Value::Null).await;
    contract.step("DELETE", &format!("{content}/label/{{label}}"), &["1003", "two"], "", Value::Null).await;
    let relocate = "/wiki/rest/api/content/{pageId}/move/{position}/{targetId}";
    contract.step("PUT", relocate, &["1004", "append", "1003"], "", Value::Null).await;
    let copied =
        json!({ "destination": { "type": "parent_page", "value": "1003" }, "pageTitle": "Copied", "copyLabels": true });
    contract.step("POST", &format!("{content}/copy"), &["1005"], "", copied).await;
    let grown =
        json!({ "destinationPageId": "1003", "copyDescendants": true, "titleOptions": { "prefix": "Copied " } });
    contract.step("POST", &format!("{content}/pagehierarchy/copy"), &["1003"], "", grown).await;
    let restored = json!({ "operationKey": "restore", "params": { "versionNumber": 1, "message": "back" } });
    contract.step("POST", &format!("{content}/version"), &["1005"], "", restored).await;
    contract.step("POST", "/wiki/rest/api/content/archive", &[], "", json!({ "pages": [{ "id": 1006 }] })).await;
    let task = id(&contract.step("DELETE", &format!("{content}/pageTree"), &["1003"], "", Value::Null).await);
    contract.step("GET", "/wiki/rest/api/longtask/{id}", &[&task], "", Value::Null).await;
    let page = json!({
        "type": "page", "title": "Old way", "space": { "key": "ITSD" }, "ancestors": [{ "id": "1000" }],
        "body": { "storage": storage("<p>one</p>") },
    });
    let made = id(&contract.step("POST", "/wiki/rest/api/content", &[], "", page).await);
    let edit = json!({ "type": "page", "title": "Old way", "version": { "number": 2 }, "body": { "storage": storage("<p>two</p>") } });
    contract.step("PUT", content, &[&made], "", edit).await;
    contract.step("DELETE", content, &[&made], "", Value::Null).await;
    let space = |key: &str| json!({ "name": "Old", "key": key, "description": { "plain": storage("new") } });
    contract.step("POST", "/wiki/rest/api/space", &[], "", space("OLD")).await;
    contract.step("POST", "/wiki/rest/api/space/_private", &[], "", space("OWN")).await;
    contract.step("PUT", "/wiki/rest/api/space/{spaceKey}", &["OLD"], "", json!({ "name": "Older" })).await;
    contract.step("DELETE", "/wiki/rest/api/space/{spaceKey}", &["OLD"], "", Value::Null).await;
}

pub(super) async fn upkeep(contract: &mut Contract<'_>) {
    for (list, one, owner) in [
        ("/wiki/api/v2/pages/{page-id}/properties", "/wiki/api/v2/pages/{page-id}/properties/{property-id}", "1002"),
        ("/wiki/api/v2/spaces/{space-id}/properties", "/wiki/api/v2/spaces/{space-id}/properties/{property-id}", "100"),
    ] {
        let made = id(&contract.step("POST", list, &[owner], "", json!({ "key": "k", "value": 1 })).await);
        let next = json!({ "key": "k", "value": [2], "version": { "number": 2, "message": "by bot" } });
        contract.step("PUT", one, &[owner, &made], "", next).await;
        if list.contains("pages") {
            contract.step("DELETE", one, &[owner, &made], "", Value::Null).await;
            contract.expect("DELETE", one, &[owner, &made], "", Value::Null, Some(404)).await;
        }
    }
    for status in ["complete", "incomplete"] {
        contract.step("PUT", "/wiki/api/v2/tasks/{id}", &["1040000007"], "", json!({ "status": status })).await;
    }
    let watch = "/wiki/rest/api/user/watch/content/{contentId}";
    contract.step("POST", watch, &["1002"], "", Value::Null).await;
    contract.step("DELETE", watch, &["1002"], "", Value::Null).await;
}
