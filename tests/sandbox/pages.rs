//! Lists, versions, titles, the trash, comments, moves and search.

use serde_json::{Value, json};
use sluice::sandbox::model::{CommentPlace, ContentStatus, Resolution};

use crate::small_site::{Person, start};

fn storage(body: &str) -> Value {
    json!({ "representation": "storage", "value": body })
}

fn edit(page: u64, number: u64, title: &str, body: &str) -> Value {
    json!({ "id": page.to_string(), "status": "current", "title": title, "body": storage(body), "version": { "number": number } })
}

#[tokio::test]
async fn a_list_is_walked_by_relative_links_to_its_end() {
    let sandbox = start().await;
    let admin = Person::admin(&sandbox);
    let mut path = "/wiki/api/v2/spaces/100/pages?limit=20&sort=-title".to_owned();
    let mut titles = Vec::new();
    loop {
        let (status, list) = admin.get(&path).await;
        assert_eq!(status, 200, "{list}");
        titles.extend(
            list["results"].as_array().unwrap().iter().map(|page| page["title"].as_str().unwrap().to_lowercase()),
        );
        let Some(next) = list["_links"]["next"].as_str() else { break };
        assert!(next.starts_with("/wiki/api/v2/spaces/100/pages?"), "{next}");
        path = next.to_owned();
    }
    assert_eq!(titles.len(), 42);
    assert!(titles.windows(2).all(|pair| pair[0] >= pair[1]));
}

#[tokio::test]
async fn a_list_names_its_next_page_in_a_link_header_too() {
    let sandbox = start().await;
    let response = Person::admin(&sandbox).request("GET", "/wiki/api/v2/pages?limit=1").send().await.unwrap();
    let link = response.headers()["link"].to_str().unwrap().to_owned();
    assert!(link.starts_with("</wiki/api/v2/pages?cursor="), "{link}");
    assert!(
        link.contains("rel=\"next\"") && link.ends_with(&format!("<{}/wiki>; rel=\"base\"", sandbox.url())),
        "{link}"
    );
    assert!(response.headers().contains_key("atl-traceid"));
}

#[tokio::test]
async fn what_no_list_understands_is_answered_with_400() {
    let sandbox = start().await;
    let admin = Person::admin(&sandbox);
    for query in [
        "limit=251",
        "limit=0",
        "limit=x",
        "cursor=bm9uc2Vuc2U=",
        "sort=size",
        "status=lost",
        "body-format=markdown",
        "id=x",
    ] {
        let (status, answer) = admin.get(&format!("/wiki/api/v2/pages?{query}")).await;
        assert_eq!(status, 400, "{query}");
        assert_eq!(answer["errors"][0]["code"], "INVALID_REQUEST_PARAMETER", "{query}");
    }
    assert_eq!(admin.get("/wiki/api/v2/pages/12x").await.0, 400);
}

#[tokio::test]
async fn lists_show_current_and_archived_pages_unless_asked_otherwise() {
    let sandbox = start().await;
    let admin = Person::admin(&sandbox);
    sandbox.with_site(|site| {
        site.contents.get_mut(&1001).unwrap().status = ContentStatus::Archived;
        site.contents.get_mut(&1002).unwrap().status = ContentStatus::Trashed;
        site.contents.get_mut(&1003).unwrap().status = ContentStatus::Draft;
    });
    let ids = async |query: &str| {
        let (_, list) = admin.get(&format!("/wiki/api/v2/pages?id=1001,1002,1003,1004{query}")).await;
        list["results"]
            .as_array()
            .unwrap()
            .iter()
            .map(|page| page["id"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(ids("").await, ["1001", "1004"]);
    assert_eq!(ids("&status=current").await, ["1004"]);
    assert_eq!(ids("&status=trashed").await, ["1002"]);
}

#[tokio::test]
async fn a_stale_version_is_answered_with_409() {
    let sandbox = start().await;
    let admin = Person::admin(&sandbox);
    let path = "/wiki/api/v2/pages/1001";
    assert_eq!(admin.send("PUT", path, edit(1001, 2, "Runbook 1", "<p>a</p>")).await.0, 200);
    let (status, answer) = admin.send("PUT", path, edit(1001, 2, "Runbook 1", "<p>b</p>")).await;
    assert_eq!(status, 409);
    assert!(answer["errors"][0]["title"].as_str().unwrap().contains("Current Version: [2]"), "{answer}");
    assert_eq!(admin.send("PUT", path, edit(1001, 4, "Runbook 1", "<p>b</p>")).await.0, 409);
    let (_, old) = admin.get("/wiki/api/v2/pages/1001?version=1&body-format=storage").await;
    assert_eq!(old["status"], "historical");
    assert!(old["body"]["storage"]["value"].as_str().unwrap().contains("&nbsp;"));
}

#[tokio::test]
async fn an_archived_page_keeps_its_title_and_a_trashed_one_gives_it_up() {
    let sandbox = start().await;
    let admin = Person::admin(&sandbox);
    let new = |title: &str| json!({ "spaceId": "100", "status": "current", "title": title, "body": storage("") });
    let (status, answer) = admin.send("POST", "/wiki/api/v2/pages", new("runbook 1")).await;
    assert_eq!(status, 400);
    assert!(answer["errors"][0]["title"].as_str().unwrap().contains("same TITLE"), "{answer}");
    sandbox.with_site(|site| site.contents.get_mut(&1001).unwrap().status = ContentStatus::Archived);
    assert_eq!(admin.send("POST", "/wiki/api/v2/pages", new("Runbook 1")).await.0, 400);
    assert_eq!(admin.send("DELETE", "/wiki/api/v2/pages/1001", Value::Null).await.0, 204);
    assert_eq!(admin.send("POST", "/wiki/api/v2/pages", new("Runbook 1")).await.0, 200);
}

#[tokio::test]
async fn a_trashed_page_is_restored_by_an_update_or_purged_by_whoever_administers_the_space() {
    let sandbox = start().await;
    let (admin, reader) = (Person::admin(&sandbox), Person::reader(&sandbox));
    let path = "/wiki/api/v2/pages/1001";
    let purge = "/wiki/api/v2/pages/1001?purge=true";
    assert_eq!(admin.send("DELETE", purge, Value::Null).await.0, 400);
    assert_eq!(admin.send("DELETE", path, Value::Null).await.0, 204);
    assert_eq!(admin.get(path).await.1["status"], "trashed");
    let (status, restored) = admin.send("PUT", path, edit(1001, 2, "Runbook 1", "<p>ignored</p>")).await;
    assert_eq!((status, &restored["status"]), (200, &json!("current")));
    assert!(restored["body"]["storage"]["value"].as_str().unwrap().contains("printer"));
    assert_eq!(admin.send("DELETE", path, Value::Null).await.0, 204);
    assert_eq!(reader.send("DELETE", purge, Value::Null).await.0, 404);
    assert_eq!(admin.send("DELETE", purge, Value::Null).await.0, 204);
    assert_eq!(admin.get(path).await.0, 404);
}

#[tokio::test]
async fn a_draft_is_its_authors_alone_until_it_is_published() {
    let sandbox = start().await;
    let (admin, reader) = (Person::admin(&sandbox), Person::reader(&sandbox));
    let draft = json!({ "spaceId": "100", "status": "draft", "title": "Idea", "body": storage("<p>x</p>") });
    let (_, made) = reader.send("POST", "/wiki/api/v2/pages", draft).await;
    let id: u64 = made["id"].as_str().unwrap().parse().unwrap();
    let path = format!("/wiki/api/v2/pages/{id}");
    assert_eq!(admin.get(&format!("{path}?get-draft=true")).await.0, 404);
    assert_eq!(reader.get(&path).await.0, 404);
    assert_eq!(reader.get(&format!("{path}?get-draft=true")).await.0, 200);
    let (status, published) = reader.send("PUT", &path, edit(id, 1, "Idea", "<p>y</p>")).await;
    assert_eq!((status, &published["version"]["number"]), (200, &json!(1)));
    assert_eq!(admin.get(&path).await.0, 200);
}

#[tokio::test]
async fn only_well_formed_storage_is_taken() {
    let sandbox = start().await;
    let admin = Person::admin(&sandbox);
    let path = "/wiki/api/v2/pages/1001";
    for body in ["<p>open", "<p>a</b></p>", "<p a=b>x</p>", "<!DOCTYPE x><p/>"] {
        assert_eq!(admin.send("PUT", path, edit(1001, 2, "Runbook 1", body)).await.0, 400, "{body}");
    }
    let kept = "<p>a&nbsp;&rsquo;<ac:link><ri:page ri:content-title=\"T\"/></ac:link></p><ac:x><![CDATA[<]]></ac:x>";
    let (status, saved) = admin.send("PUT", path, edit(1001, 2, "Runbook 1", kept)).await;
    assert_eq!(status, 200, "{saved}");
    assert_eq!(saved["body"]["storage"]["value"], kept);
    let large = "x".repeat(5_300_000);
    let new = json!({ "spaceId": "100", "status": "current", "title": "Large", "body": storage(&large) });
    assert_eq!(admin.send("POST", "/wiki/api/v2/pages", new).await.0, 413);
}

#[tokio::test]
async fn rewriting_the_text_under_an_inline_comment_leaves_it_dangling() {
    let sandbox = start().await;
    let admin = Person::admin(&sandbox);
    let selection = json!({ "textSelection": "printer", "textSelectionMatchCount": 1, "textSelectionMatchIndex": 0 });
    let comment = json!({ "pageId": "1001", "body": storage("<p>which?</p>"), "inlineCommentProperties": selection });
    let (status, made) = admin.send("POST", "/wiki/api/v2/inline-comments", comment).await;
    assert_eq!((status, &made["resolutionStatus"]), (201, &json!("open")));
    let (_, page) = admin.get("/wiki/api/v2/pages/1001?body-format=storage").await;
    let marker = made["properties"]["inlineMarkerRef"].as_str().unwrap();
    assert!(page["body"]["storage"]["value"].as_str().unwrap().contains(marker));
    admin.send("PUT", "/wiki/api/v2/pages/1001", edit(1001, 2, "Runbook 1", "<p>all new</p>")).await;
    let path = format!("/wiki/api/v2/inline-comments/{}", made["id"].as_str().unwrap());
    assert_eq!(admin.get(&path).await.1["resolutionStatus"], "dangling");
}

#[tokio::test]
async fn a_comment_is_resolved_opened_again_and_deleted_for_good_with_its_replies() {
    let sandbox = start().await;
    let admin = Person::admin(&sandbox);
    let path = "/wiki/api/v2/inline-comments/3002";
    for (number, resolved, expected) in [(2, true, "resolved"), (3, false, "reopened")] {
        let change = json!({ "version": { "number": number }, "body": storage("<p>t</p>"), "resolved": resolved });
        assert_eq!(admin.send("PUT", path, change).await.1["resolutionStatus"], expected);
    }
    assert_eq!(admin.send("DELETE", path, Value::Null).await.0, 204);
    assert_eq!(admin.get("/wiki/api/v2/inline-comments/3003").await.0, 404);
    assert_eq!(Person::reader(&sandbox).send("DELETE", "/wiki/api/v2/footer-comments/3000", Value::Null).await.0, 404);
}

#[tokio::test]
async fn a_reply_through_the_footer_to_an_inline_comment_becomes_a_footer_comment() {
    let sandbox = start().await;
    let reply = json!({ "parentCommentId": "3002", "body": storage("<p>here</p>") });
    let (status, made) = Person::admin(&sandbox).send("POST", "/wiki/api/v2/footer-comments", reply).await;
    assert_eq!(status, 201);
    let id = made["id"].as_str().unwrap().parse().unwrap();
    assert!(sandbox.with_site(|site| site.comments[&id].place == CommentPlace::Footer));
    let state = |site: &mut sluice::sandbox::model::Site| match &site.comments[&3002].place {
        CommentPlace::Inline { resolution, .. } => *resolution,
        CommentPlace::Footer => Resolution::Dangling,
    };
    assert_eq!(sandbox.with_site(state), Resolution::Open);
}

#[tokio::test]
async fn the_old_documents_say_what_holds_them_when_asked() {
    let sandbox = start().await;
    let admin = Person::admin(&sandbox);
    for comment in [3000, 3001, 3002] {
        let (_, comment) = admin.get(&format!("/wiki/rest/api/content/{comment}?expand=container,ancestors")).await;
        let page = &comment["container"];
        assert_eq!((&page["type"], &page["id"]), (&json!("page"), &json!("1001")), "{comment}");
    }
    let (_, page) = admin.get("/wiki/rest/api/content/1001?expand=container").await;
    assert_eq!(page["container"]["key"], "ITSD", "{page}");
    let (_, plain) = admin.get("/wiki/rest/api/content/3000").await;
    assert!(plain.get("container").is_none(), "{plain}");
}

#[tokio::test]
async fn a_move_across_spaces_takes_everything_below_along_and_keeps_the_version() {
    let sandbox = start().await;
    let admin = Person::admin(&sandbox);
    sandbox.with_site(|site| site.contents.get_mut(&1002).unwrap().parent = Some(1001));
    let (status, moved) = admin.send("PUT", "/wiki/rest/api/content/1001/move/append/2000", Value::Null).await;
    assert_eq!((status, &moved["pageId"]), (200, &json!("1001")));
    let (_, below) = admin.get("/wiki/api/v2/pages/1002").await;
    assert_eq!((&below["spaceId"], &below["version"]["number"]), (&json!("101"), &json!(1)));
    assert_eq!(admin.send("PUT", "/wiki/rest/api/content/1001/move/append/1002", Value::Null).await.0, 400);
    admin.send("PUT", "/wiki/rest/api/content/1005/move/before/1003", Value::Null).await;
    let (_, children) = admin.get("/wiki/api/v2/pages/1000/direct-children?limit=1").await;
    assert_eq!(children["results"][0]["id"], "1005");
}

#[tokio::test]
async fn descendants_reach_two_levels_unless_asked_for_more() {
    let sandbox = start().await;
    let admin = Person::admin(&sandbox);
    sandbox.with_site(|site| {
        for (id, parent) in [(1002, 1001), (1003, 1002), (1004, 1003)] {
            site.contents.get_mut(&id).unwrap().parent = Some(parent);
        }
    });
    let depths = async |query: &str| {
        let (_, list) = admin.get(&format!("/wiki/api/v2/pages/1001/descendants{query}")).await;
        list["results"].as_array().unwrap().len()
    };
    assert_eq!(depths("").await, 2);
    assert_eq!(depths("?depth=3").await, 3);
    assert_eq!(admin.get("/wiki/api/v2/pages/1001/descendants?depth=11").await.0, 400);
}

#[tokio::test]
async fn a_folder_tells_its_creation_in_milliseconds() {
    let sandbox = start().await;
    let (_, folder) = Person::admin(&sandbox).get("/wiki/api/v2/folders/1101").await;
    assert!(folder["createdAt"].is_i64(), "{folder}");
}

#[tokio::test]
async fn search_pages_by_links_without_wiki_and_lags_behind_writes() {
    let sandbox =
        crate::small_site::start_with(|options| options.search_lag = jiff::SignedDuration::from_secs(60)).await;
    let admin = Person::admin(&sandbox);
    let path = "/wiki/rest/api/search?cql=text%20~%20%22printer%22&limit=10";
    let (_, first) = admin.get(path).await;
    assert_eq!(first["size"], 10);
    let next = first["_links"]["next"].as_str().unwrap();
    assert!(next.starts_with("/rest/api/search?"), "{next}");
    let (_, second) = admin.get(&format!("/wiki{next}")).await;
    assert_ne!(first["results"][0]["content"]["id"], second["results"][0]["content"]["id"]);
    let new = json!({ "spaceId": "100", "status": "current", "title": "Zebra", "body": storage("<p>zebra</p>") });
    assert_eq!(admin.send("POST", "/wiki/api/v2/pages", new).await.0, 200);
    let (_, none) = admin.get("/wiki/rest/api/search?cql=text%20~%20%22zebra%22").await;
    assert_eq!(none["totalSize"], 0);
}
