//! Each write and its way back: what was there comes back, and what came after is never overwritten.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Value, json};
use sluice::markup::blocks;
use sluice::policy::Caller;
use sluice::policy::ask::AgentId;
use sluice::sandbox::model::{CommentPlace, ContentKind, ContentStatus, Version};
use sluice::tools::ToolError;

use crate::costs::from_template;
use crate::desk::{Desk, FULL, profile};
use crate::tree::fresh;

const PAGE: &str = "Escalation matrix";

/// Title, body and labels of every current page and post, comments, files and spaces: what people see.
fn seen(desk: &Desk) -> BTreeMap<String, String> {
    desk.site.with_site(|site| {
        let mut seen = BTreeMap::new();
        for content in site.contents.values().filter(|content| content.status == ContentStatus::Current) {
            let now = content.versions.last().unwrap();
            let names: BTreeSet<_> = content.labels.iter().map(|label| &label.name).collect();
            let place = (content.space, content.parent);
            seen.insert(format!("content {}", content.id), format!("{} {} {names:?} {place:?}", now.title, now.body));
        }
        for comment in site.comments.values() {
            seen.insert(format!("comment {}", comment.id), comment.versions.last().unwrap().body.clone());
        }
        for file in site.attachments.values().filter(|file| file.status == ContentStatus::Current) {
            seen.insert(format!("file {}", file.id), file.title.clone());
        }
        for space in site.spaces.values() {
            seen.insert(format!("space {}", space.key), format!("{} {}", space.name, space.description));
        }
        seen
    })
}

/// What differs between two looks.
fn changes(before: &BTreeMap<String, String>, after: &BTreeMap<String, String>) -> Vec<String> {
    let keys: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let changed = keys.into_iter().filter(|key| before.get(*key) != after.get(*key));
    changed.map(|key| format!("{key}: {:?} → {:?}", before.get(key), after.get(key))).collect()
}

/// The record of the latest write that was no undoing.
async fn latest(desk: &Desk) -> String {
    let all = desk.approvals.list(None, |record| record.asked.undoes.is_none(), 1).await.unwrap();
    all[0].asked.id.to_string()
}

async fn undone(desk: &Desk) -> Result<Value, ToolError> {
    let answer = desk.call("undo_write", json!({ "approval_id": latest(desk).await })).await?;
    Ok(Value::Object(answer.structured.unwrap()))
}

/// A write that can be undone.
pub(crate) struct Step {
    pub(crate) tool: &'static str,
    pub(crate) arguments: Value,
}

fn step(tool: &'static str, arguments: Value) -> Step {
    Step { tool, arguments }
}

/// What the steps are about: a page with its version, a label it has, a comment below it and one on its text.
pub(crate) struct Things {
    page: String,
    version: u32,
    block: String,
    label: String,
    footer: String,
    inline: String,
    target: String,
    trashed: String,
    draft: String,
    post: String,
    plain: String,
    attachment: String,
}

pub(crate) fn things(desk: &Desk) -> Things {
    let page = desk.page(PAGE);
    let target = desk.page("Connect to the VPN from home");
    let trashed = fresh(desk, ContentKind::Page, ContentStatus::Trashed);
    let draft = fresh(desk, ContentKind::Page, ContentStatus::Draft);
    let post = fresh(desk, ContentKind::BlogPost, ContentStatus::Current);
    // A page without files.
    let plain = fresh(desk, ContentKind::Page, ContentStatus::Current);
    desk.site.with_site(|site| {
        let content = site.contents.get_mut(&page.parse().unwrap()).unwrap();
        if content.labels.is_empty() {
            content.labels.push(sluice::sandbox::model::Label { id: 1, prefix: "global".into(), name: "vpn".into() });
        }
        let top = |footer: bool| {
            let fits = |comment: &&sluice::sandbox::model::Comment| {
                comment.parent.is_none() && (comment.place == CommentPlace::Footer) == footer
            };
            site.comments.values().find(fits).unwrap().id.to_string()
        };
        let (footer, inline) = (top(true), top(false));
        let (version, label) = (content.versions.last().unwrap().number, content.labels[0].name.clone());
        let block = blocks(&content.versions.last().unwrap().body).unwrap()[0].id.clone();
        let attachment = format!("att{}", site.attachments.values().next().unwrap().id);
        Things { page, version, block, label, footer, inline, target, trashed, draft, post, plain, attachment }
    })
}

pub(crate) fn steps(things: &Things) -> Vec<Step> {
    let Things { page, version, block, label, footer, inline, target, trashed, draft, post, plain, attachment } =
        things;
    let made = json!({ "space": "IT", "title": "In the tree", "parent_id": page });
    let mut linked = made.clone();
    linked["url"] = json!("https://example.com/");
    let new = json!({ "space": "IT", "title": "New here", "body": "x" });
    let labels = json!({ "page_id": page, "labels": ["one", "two", label] });
    let file = json!({ "page_id": page, "file_name": "new.csv", "text": "a,b\n" });
    vec![
        step("create_page", new.clone()),
        step("create_blog_post", new),
        step("update_page", json!({ "page_id": page, "version": version, "title": "Other", "body": "y" })),
        step(
            "edit_page",
            json!({ "page_id": page, "version": version, "operations": [
            { "op": "insert_before", "block": block, "markdown": "New." },
        ] }),
        ),
        step("delete_page", json!({ "page_id": plain })),
        step("add_labels", labels),
        step("remove_label", json!({ "page_id": page, "label": label })),
        step("add_comment", json!({ "page_id": page, "body": "x" })),
        step("reply_to_comment", json!({ "comment_id": footer, "body": "x" })),
        step("reply_to_comment", json!({ "comment_id": inline, "body": "x" })),
        step("upload_attachment", file),
        step("update_comment", json!({ "comment_id": footer, "body": "y" })),
        step("rename_attachment", json!({ "attachment_id": attachment, "file_name": "other.csv" })),
        step("update_space", json!({ "space": "IT", "name": "Help" })),
        step("create_live_doc", json!({ "space": "IT", "title": "Live", "body": "x" })),
        step("create_page_from_template", from_template(None)),
        step("publish_draft", json!({ "page_id": draft })),
        step("rename_page", json!({ "page_id": page, "title": "Other" })),
        step("move_page", json!({ "page_id": page, "target_id": target })),
        step("copy_page", json!({ "page_id": plain, "title": "Copied", "space": "IT", "parent_id": target })),
        step("restore_page", json!({ "page_id": trashed })),
        step("restore_version", json!({ "page_id": page, "version": 1 })),
        step(
            "update_blog_post",
            json!({ "blog_post_id": post, "version": 1, "title": "Other", "body": "y", "allow_loss": true }),
        ),
        step("create_folder", made.clone()),
        step("create_whiteboard", made.clone()),
        step("create_database", made),
        step("create_smart_link", linked),
    ]
}

#[tokio::test]
async fn what_was_there_comes_back() {
    let desk = Desk::open().await;
    let count = steps(&things(&desk)).len();
    for index in 0..count {
        // Labels are made first, so that they are there before.
        let step = steps(&things(&desk)).remove(index);
        let before = seen(&desk);
        desk.data(step.tool, step.arguments).await;
        assert_eq!(changes(&before, &seen(&desk)).len(), 1, "{}", step.tool);
        undone(&desk).await.unwrap_or_else(|error| panic!("{}: {error:?}", step.tool));
        assert_eq!(changes(&before, &seen(&desk)), [""; 0], "{}", step.tool);
    }
}

#[tokio::test]
async fn nothing_is_undone_twice() {
    let desk = Desk::open().await;
    let count = steps(&things(&desk)).len();
    for index in 0..count {
        let step = steps(&things(&desk)).remove(index);
        desk.data(step.tool, step.arguments).await;
        undone(&desk).await.unwrap();
        let after = seen(&desk);
        let error = undone(&desk).await.unwrap_err();
        assert_eq!((&*error.code, changes(&after, &seen(&desk))), ("conflict", vec![]), "{}: {error:?}", step.tool);
    }
}

#[tokio::test]
async fn what_came_after_is_not_overwritten() {
    let desk = Desk::open().await;
    let touched =
        ["create_page", "create_blog_post", "update_page", "add_comment", "upload_attachment", "update_space"];
    for index in 0..steps(&things(&desk)).len() {
        let desk = Desk::open().await;
        let step = steps(&things(&desk)).remove(index);
        if !touched.contains(&step.tool) {
            continue;
        }
        let answer = desk.data(step.tool, step.arguments).await;
        touch(&desk, &answer);
        let before = seen(&desk);
        let error = undone(&desk).await.unwrap_err();
        assert_eq!((&*error.code, changes(&before, &seen(&desk))), ("conflict", vec![]), "{}: {error:?}", step.tool);
        assert!(error.message.contains("overwritten") || error.hint.contains("overwritten"), "{error:?}");
        if step.tool == "update_page" {
            let (made, present) = (answer["version"].as_u64().unwrap(), answer["version"].as_u64().unwrap() + 1);
            assert!(error.message.contains(&format!("version {made} of")), "{error:?}");
            assert!(error.message.contains(&format!("at version {present} now")), "{error:?}");
        }
    }
}

/// Somebody else changes what the write made or changed.
fn touch(desk: &Desk, answer: &Value) {
    let id = answer["id"].as_str().unwrap_or_default();
    desk.site.with_site(|site| {
        let next =
            |version: &Version| Version { number: version.number + 1, body: "<p>mine</p>".into(), ..version.clone() };
        if let Some(file) = id.strip_prefix("att") {
            let versions = &mut site.attachments.get_mut(&file.parse().unwrap()).unwrap().versions;
            let last = versions.last().unwrap().clone();
            versions.push(sluice::sandbox::model::AttachmentVersion { number: last.number + 1, ..last });
            return;
        }
        let number = id.parse().unwrap_or_default();
        if let Some(content) = site.contents.get_mut(&number) {
            content.versions.push(next(content.versions.last().unwrap()));
        } else if let Some(comment) = site.comments.get_mut(&number) {
            comment.versions.push(next(comment.versions.last().unwrap()));
        } else {
            site.spaces.values_mut().find(|space| space.key == "IT").unwrap().name = "Third".into();
        }
    });
}

#[tokio::test]
async fn a_comment_that_was_answered_stays() {
    let desk = Desk::open().await;
    let said = desk.data("add_comment", json!({ "page_id": desk.page(PAGE), "body": "x" })).await;
    let id = latest(&desk).await;
    desk.data("reply_to_comment", json!({ "comment_id": said["id"], "body": "thanks" })).await;
    let before = seen(&desk);
    let error = desk.error("undo_write", json!({ "approval_id": id })).await;
    assert_eq!((&*error.code, changes(&before, &seen(&desk))), ("conflict", vec![]));
}

#[tokio::test]
async fn a_page_whose_title_was_taken_stays_in_the_trash() {
    let desk = Desk::open().await;
    let page = desk.page(PAGE);
    let space = desk.site.with_site(|site| site.contents[&page.parse::<u64>().unwrap()].space.to_string());
    desk.data("delete_page", json!({ "page_id": page })).await;
    let id = latest(&desk).await;
    let other = desk.data("create_page", json!({ "space": space, "title": PAGE, "body": "x" })).await;
    let error = desk.error("undo_write", json!({ "approval_id": id })).await;
    assert_eq!(error.code, "conflict");
    assert!(error.message.contains(other["id"].as_str().unwrap()), "{error:?}");
}

#[tokio::test]
async fn what_only_a_person_can_undo_is_said_with_what_to_do() {
    let desk = Desk::open().await;
    desk.data("create_space", json!({ "key": "NEW", "name": "New" })).await;
    let error = undone(&desk).await.unwrap_err();
    assert_eq!(error.code, "refused");
    assert!(error.hint.contains("administrator can"), "{error:?}");
}

#[tokio::test]
async fn another_agents_write_and_one_that_was_not_done_are_not_undone() {
    let careful = FULL.replace("mode = \"read-write\"", "mode = \"read-write\"\nrequire_approval = true");
    let desk = Desk::under(&careful).await;
    let waits = desk.data("add_comment", json!({ "page_id": desk.page(PAGE), "body": "x" })).await;
    let error = desk.error("undo_write", json!({ "approval_id": waits["approval_id"] })).await;
    assert_eq!((&*error.code, error.message.contains("pending")), ("conflict", true), "{error:?}");
    let missing = desk.error("undo_write", json!({ "approval_id": "ap-00000000000000000000000000" })).await;
    let stranger = Caller { agent: AgentId::new("stranger"), ..desk.caller() };
    let others = desk.call_as(stranger, "undo_write", json!({ "approval_id": waits["approval_id"] })).await;
    assert_eq!(others.unwrap_err(), missing);
}

#[tokio::test]
async fn the_way_back_needs_what_such_a_write_needs() {
    let desk = Desk::open().await;
    let text = format!("{FULL}\n[scope]\nallow_spaces = [\"HR\"]\n");
    let blind = Caller { profile: Arc::new(profile(&text)), ..desk.caller() };
    let reader = Caller {
        profile: Arc::new(profile(&FULL.replace("read-write", "read-only").replace("allow_delete = true", ""))),
        ..desk.caller()
    };
    for index in 0..steps(&things(&desk)).len() {
        let step = steps(&things(&desk)).remove(index);
        desk.data(step.tool, step.arguments).await;
        let arguments = json!({ "approval_id": latest(&desk).await });
        let error = desk.call_as(blind.clone(), "undo_write", arguments.clone()).await.unwrap_err();
        assert_eq!(error, ToolError::not_found(), "{}", step.tool);
        let error = desk.call_as(reader.clone(), "undo_write", arguments).await.unwrap_err();
        assert_eq!(error.code, "refused", "{}", step.tool);
        undone(&desk).await.unwrap();
    }
}
