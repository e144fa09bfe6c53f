//! The tools of the Pages group against the simulated site.

use serde_json::json;
use sluice::policy::ports::Verdict;
use sluice::sandbox::model::{Content, ContentKind, ContentStatus};

use crate::desk::{Desk, FULL};

#[tokio::test]
async fn a_page_is_read_with_one_request_once_names_and_spaces_are_known() {
    let desk = Desk::open().await;
    let page = desk.page("Connect to the VPN from home");
    let text = desk.text("get_page", json!({ "page_id": page })).await;
    assert!(text.starts_with(&format!("page {page} `Connect to the VPN from home`\nspace IT · version ")), "{text}");
    assert!(text.contains("AUTH-812"), "{text}");
    assert_eq!(desk.requests_of("get_page", json!({ "page_id": page })).await, 1);
}

#[tokio::test]
async fn a_list_over_many_spaces_looks_their_keys_up_in_one_request() {
    let desk = Desk::open().await;
    let listed = desk.data("list_pages", json!({ "limit": 250 })).await;
    let pages = listed["pages"].as_array().unwrap();
    let spaces: std::collections::BTreeSet<_> = pages.iter().map(|page| page["space"].to_string()).collect();
    assert!(spaces.len() > 5 && spaces.iter().all(|key| !key.contains("id ")), "{spaces:?}");
    // The list, the spaces, and the trashed space apart, which no list of spaces holds.
    assert_eq!(desk.site.total_requests(), 3, "{:?}", desk.site.requests());
    assert_eq!(desk.site.requests().get("GET /wiki/api/v2/spaces"), Some(&1));
}

#[tokio::test]
async fn a_page_is_changed_with_two_requests_and_the_history_names_the_agent() {
    let desk = Desk::open().await;
    let page = desk.page("Escalation matrix");
    let version = version_of(&desk, &page).await;
    let arguments =
        json!({ "page_id": page, "version": version, "body": "# New\n\nShort and *new*.", "allow_loss": true });
    let before = desk.site.total_requests();
    // Shrinking by more than nine tenths amounts to a delete, which this profile allows.
    let written = desk.data("update_page", arguments).await;
    assert_eq!(desk.site.total_requests() - before, 2);
    assert_eq!(written["status"], "done");
    assert_eq!(written["version"], version + 1);
    let (message, body) = desk.site.with_site(|site| {
        let version = site.contents[&page.parse().unwrap()].versions.last().unwrap().clone();
        (version.message, version.body)
    });
    assert!(message.starts_with("by tester through Sluice [sluice ap-"), "{message}");
    assert!(body.contains("<h1>New</h1>"), "{body}");
}

#[tokio::test]
async fn a_stale_version_is_answered_with_both_versions_and_nothing_is_overwritten() {
    let desk = Desk::open().await;
    let page = desk.page("Escalation matrix");
    let version = version_of(&desk, &page).await;
    desk.data("update_page", json!({ "page_id": page, "version": version, "body": "one" })).await;
    desk.site.reset_counts();
    let error = desk.error("update_page", json!({ "page_id": page, "version": version, "body": "two" })).await;
    assert_eq!(error.code, "conflict");
    assert_eq!(
        error.message,
        format!("the page is at version {}, you read version {version}; nothing was overwritten", version + 1)
    );
    assert!(desk.site.requests().keys().all(|template| template.starts_with("GET ")), "{:?}", desk.site.requests());
}

#[tokio::test]
async fn a_change_by_somebody_else_in_the_very_last_moment_is_a_conflict_too() {
    let desk =
        Desk::under(&FULL.replacen("mode = \"read-write\"", "mode = \"read-write\"\nrequire_approval = true", 1)).await;
    let page = desk.page("Escalation matrix");
    let version = version_of(&desk, &page).await;
    desk.approver_says(Verdict::Denied { by: "maria".into(), reason: "not today".into() });
    let arguments = json!({ "page_id": page, "version": version, "body": "one" });
    let error = desk.error("update_page", arguments.clone()).await;
    assert_eq!((&*error.code, error.message.as_str()), ("denied", "maria denied this write: not today"));
    let shown = desk.shown();
    assert_eq!(shown.len(), 1);
    assert!(shown[0].preview.contains("+one"), "{}", shown[0].preview);
    desk.approver_says(Verdict::Approved { by: "maria".into() });
    desk.data("update_page", arguments).await;
}

#[tokio::test]
async fn an_update_in_markdown_keeps_what_it_cannot_hold_or_says_what_goes() {
    let profile = FULL.replacen("mode = \"read-write\"", "mode = \"read-write\"\nrequire_approval = true", 1);
    let desk = Desk::under(&profile).await;
    desk.approver_says(Verdict::Approved { by: "maria".into() });
    let page = desk.page("Connect to the VPN from home");
    let version = version_of(&desk, &page).await;
    let text = desk.text("get_page", json!({ "page_id": page })).await;
    let (_, body) = text.split_once("not instructions.\n\n").unwrap();
    let more = format!("{body}\nMore.\n");
    let written = desk.data("update_page", json!({ "page_id": page, "version": version, "body": more })).await;
    assert_eq!(written.get("note"), None, "{written}");
    let stored =
        desk.site.with_site(|site| site.contents[&page.parse().unwrap()].versions.last().unwrap().body.clone());
    assert!(stored.contains("ac:name=\"toc\"") && stored.ends_with("<p>More.</p>"), "{stored}");

    let page = desk.page("Escalation matrix");
    let version = version_of(&desk, &page).await;
    let arguments = json!({ "page_id": page, "version": version, "body": "Short.", "allow_loss": true });
    let written = desk.data("update_page", arguments).await;
    let note = written["note"].as_str().unwrap();
    assert!(note.contains("merged cells") && note.ends_with(&format!("version {version} still has it")), "{note}");
    assert!(desk.shown()[1].preview.starts_with(note), "{}", desk.shown()[1].preview);
}

#[tokio::test]
async fn emptying_a_page_needs_the_right_to_delete() {
    let desk = Desk::under(&FULL.replacen("allow_delete = true", "allow_delete = false", 1)).await;
    let page = desk.page("Connect to the VPN from home");
    let version = version_of(&desk, &page).await;
    desk.site.reset_counts();
    for body in ["", "   ", "<p></p>", "x"] {
        let arguments = json!({ "page_id": page, "version": version, "body": body, "body_format": "storage" });
        let error = desk.error("update_page", arguments).await;
        assert_eq!(error.code, "refused", "{body:?}: {error:?}");
        assert!(error.hint.contains("allow_delete"), "{}", error.hint);
    }
    assert!(!desk.site.requests().keys().any(|template| template.starts_with("PUT ")));
}

#[tokio::test]
async fn a_page_is_made_under_a_parent_of_the_same_space_only() {
    let desk = Desk::open().await;
    let parent = desk.page("Connect to the VPN from home");
    let made = desk
        .data(
            "create_page",
            json!({ "space": "IT", "title": "VPN on phones", "body": "- one\n- two", "parent_id": parent }),
        )
        .await;
    assert_eq!((made["status"].as_str(), made["version"].as_u64()), (Some("done"), Some(1)));
    let id = made["id"].as_str().unwrap().to_owned();
    let text = desk.text("get_page", json!({ "page_id": id })).await;
    assert!(text.contains("- one\n- two") && text.contains(&format!("parent {parent}")), "{text}");
    let elsewhere = json!({ "space": "KB", "title": "VPN on phones", "body": "x", "parent_id": parent });
    assert_eq!(desk.error("create_page", elsewhere).await.message, "`parent_id` lies in another space");
    let twice = json!({ "space": "IT", "title": "VPN on phones", "body": "x" });
    let error = desk.error("create_page", twice).await;
    assert_eq!(error.code, "invalid", "{error:?}");
    assert!(error.message.contains("already exists"), "{error:?}");
}

#[tokio::test]
async fn a_page_goes_to_the_trash_but_a_homepage_never_does() {
    let desk = Desk::open().await;
    let page = desk.page("Escalation matrix");
    let written = desk.data("delete_page", json!({ "page_id": page })).await;
    assert_eq!(written["status"], "done");
    let home = desk.page("IT Service Desk Home");
    let error = desk.error("delete_page", json!({ "page_id": home })).await;
    assert_eq!((&*error.code, error.message.contains("homepage")), ("refused", true), "{error:?}");
    assert!(!desk.site.space_delete_executed());
}

#[tokio::test]
async fn labels_are_listed_added_and_removed() {
    let desk = Desk::open().await;
    let page = desk.page("Escalation matrix");
    let added = desk.data("add_labels", json!({ "page_id": page, "labels": ["on-call", "it/desk"] })).await;
    let labels = added["labels"].as_array().unwrap();
    assert!(labels.contains(&json!("on-call")) && labels.contains(&json!("it/desk")), "{added}");
    desk.data("remove_label", json!({ "page_id": page, "label": "it/desk" })).await;
    let listed = desk.data("list_labels", json!({ "page_id": page })).await;
    assert!(!listed["labels"].as_array().unwrap().contains(&json!("it/desk")), "{listed}");
    let error = desk.error("remove_label", json!({ "page_id": page, "label": "never-there" })).await;
    assert_eq!(error.message, "the page does not have this label");
}

#[tokio::test]
async fn comments_are_read_added_and_answered_in_their_own_thread() {
    let desk = Desk::open().await;
    let page = desk.page("Connect to the VPN from home");
    let made = desk.data("add_comment", json!({ "page_id": page, "body": "Does this work on **Linux**?" })).await;
    let comment = made["id"].as_str().unwrap().to_owned();
    let reply = desk.data("reply_to_comment", json!({ "comment_id": comment, "body": "It does." })).await;
    let text = desk.text("list_comments", json!({ "page_id": page })).await;
    assert!(text.contains(&format!("comment {comment} · ")) && text.contains("Does this work on **Linux**?"), "{text}");
    let replies = desk.text("list_comments", json!({ "page_id": page, "comment_id": comment })).await;
    assert!(replies.contains("It does.") && replies.contains(reply["id"].as_str().unwrap()), "{replies}");
    // An inline comment is answered at the inline endpoint, where its thread is.
    let sampler = desk.page("Markup sampler");
    let inline = desk.text("list_comments", json!({ "page_id": sampler, "kind": "inline" })).await;
    assert!(inline.contains("on `marked piece`"), "{inline}");
    let id = inline.lines().find_map(|line| line.strip_prefix("comment ")?.split(' ').next()).unwrap().to_owned();
    desk.site.reset_counts();
    desk.data("reply_to_comment", json!({ "comment_id": id, "body": "Seen." })).await;
    assert_eq!(desk.site.requests().get("POST /wiki/api/v2/inline-comments"), Some(&1), "{:?}", desk.site.requests());
}

#[tokio::test]
async fn the_tree_is_walked_up_and_down() {
    let desk = Desk::open().await;
    let home = desk.page("IT Service Desk Home");
    let children = desk.data("get_page_children", json!({ "page_id": home, "limit": 3 })).await;
    let first = children["children"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(children["children"].as_array().unwrap().len(), 3);
    let more =
        desk.data("get_page_children", json!({ "page_id": home, "limit": 3, "cursor": children["next_cursor"] })).await;
    assert_ne!(more["children"][0]["id"], first.as_str());
    let kind = children["children"][0]["type"].as_str().unwrap();
    if kind == "page" {
        let ancestors = desk.data("get_page_ancestors", json!({ "page_id": first })).await;
        assert_eq!(ancestors["ancestors"][0]["title"], "IT Service Desk Home");
    }
}

#[tokio::test]
async fn blog_posts_are_listed_read_and_published() {
    let desk = Desk::open().await;
    let made =
        desk.data("create_blog_post", json!({ "space": "ANN", "title": "New printers", "body": "On Monday." })).await;
    let listed = desk.data("list_blog_posts", json!({ "space": "ANN", "limit": 1 })).await;
    assert_eq!(listed["blog_posts"][0]["id"], made["id"]);
    let text = desk.text("get_blog_post", json!({ "blog_post_id": made["id"] })).await;
    assert!(text.starts_with("blog post ") && text.contains("On Monday."), "{text}");
}

#[tokio::test]
async fn versions_are_listed_and_an_older_one_can_be_read() {
    let desk = Desk::open().await;
    let page = desk.page("Escalation matrix");
    let version = version_of(&desk, &page).await;
    desk.data("update_page", json!({ "page_id": page, "version": version, "body": "new" })).await;
    let versions = desk.data("list_versions", json!({ "page_id": page })).await;
    assert_eq!(versions["versions"][0]["version"], version + 1);
    let message = versions["versions"][0]["message"].as_str().unwrap();
    assert!(message.starts_with("by tester through Sluice [sluice ap-"), "{message}");
    assert_eq!(versions["versions"][0]["author"], "Avery Admin");
    let old = desk.text("get_page", json!({ "page_id": page, "version": version })).await;
    assert!(!old.ends_with("\nnew"), "{old}");
}

#[tokio::test]
async fn a_page_is_found_by_its_exact_title() {
    let desk = Desk::open().await;
    let text = desk.text("get_page_by_title", json!({ "space": "IT", "title": "Connect to the VPN from home" })).await;
    assert!(text.contains("AUTH-812"));
    let error = desk.error("get_page_by_title", json!({ "space": "IT", "title": "Connect to the VPN" })).await;
    assert_eq!(error.code, "not_found");
}

async fn version_of(desk: &Desk, page: &str) -> u64 {
    let text = desk.text("get_page", json!({ "page_id": page })).await;
    let (_, rest) = text.split_once(" · version ").unwrap();
    rest.split(|sign: char| !sign.is_ascii_digit()).next().unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_page_that_has_just_become_the_homepage_is_not_deleted() {
    let desk = Desk::open().await;
    desk.call("get_space", json!({ "space": "IT" })).await.unwrap();
    let page = desk.page("Escalation matrix");
    desk.site.with_site(|site| {
        let it = site.spaces.values_mut().find(|space| space.key == "IT").unwrap();
        it.homepage = page.parse().ok();
    });
    assert_eq!(desk.error("delete_page", json!({ "page_id": page })).await.code, "refused");
    assert!(!desk.site.requests().into_keys().any(|template| template.starts_with("DELETE ")));
}

#[tokio::test]
async fn a_person_is_shown_what_stands_below_links_out_and_cannot_be_seen() {
    let desk =
        Desk::under(&FULL.replacen("mode = \"read-write\"", "mode = \"read-write\"\nrequire_approval = true", 1)).await;
    desk.approver_says(Verdict::Denied { by: "maria".into(), reason: "not today".into() });
    let (parent, count) = desk.site.with_site(|site| {
        let current = |content: &&Content| matches!(content.status, ContentStatus::Current | ContentStatus::Archived);
        let below = |id: u64| site.contents.values().filter(current).filter(|one| one.parent == Some(id)).count();
        let homes: Vec<_> = site.spaces.values().filter_map(|space| space.homepage).collect();
        let leaf =
            |id: u64| site.contents.values().filter(current).all(|one| one.parent != Some(id) || below(one.id) == 0);
        let fits = |id: &u64| !homes.contains(id) && below(*id) > 1 && leaf(*id);
        let id = site
            .contents
            .values()
            .filter(current)
            .filter(|one| one.kind == ContentKind::Page)
            .map(|one| one.id)
            .find(fits)
            .unwrap();
        (id, below(id))
    });
    desk.error("delete_page", json!({ "page_id": parent.to_string() })).await;
    let body = "pay \u{202e}nobody on [x](https://evil.test/)";
    desk.error("create_page", json!({ "space": "IT", "title": "New here", "body": body })).await;
    desk.error("add_comment", json!({ "page_id": parent.to_string(), "body": body })).await;
    let shown: Vec<String> = desk.shown().iter().map(|shown| shown.preview.clone()).collect();
    assert_eq!(shown[0].lines().next().unwrap(), format!("below it: {count} pages and others, which stay and move up"));
    for preview in &shown[1..] {
        assert!(preview.starts_with("new external links: 1, by host `evil.test` 1\n"), "{preview}");
        assert!(preview.contains("pay \\u{202e}nobody"), "{preview}");
    }
}
