//! Each write and its way back: what was there comes back, and what came after is never overwritten.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::{Value, json};
use sluice::approval::{NoApproverSetUp, SpaceWords, Undo, carry_out};
use sluice::audit::LogRecorder;
use sluice::clock::{Clock, SystemClock};
use sluice::confluence::api::comments::CommentKind;
use sluice::confluence::api::pages::DocumentKind;
use sluice::domain::ids::{ContentId, VersionNumber};
use sluice::policy::{Caller, Gate};
use sluice::sandbox::model::{CommentPlace, ContentStatus, Version};
use sluice::tools::undo::{AnyPlan, Made, inverse};
use sluice::tools::{Context, Reads, ToolError, find};

use crate::desk::{Desk, profile};

const PAGE: &str = "Escalation matrix";

/// Title, body and labels of every current page and post, comments, files and spaces: what people see.
fn seen(desk: &Desk) -> BTreeMap<String, String> {
    desk.site.with_site(|site| {
        let mut seen = BTreeMap::new();
        for content in site.contents.values().filter(|content| content.status == ContentStatus::Current) {
            let now = content.versions.last().unwrap();
            let names: BTreeSet<_> = content.labels.iter().map(|label| &label.name).collect();
            seen.insert(format!("content {}", content.id), format!("{} {} {names:?}", now.title, now.body));
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

fn gate(desk: &Desk) -> Gate {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let places = Arc::clone(&desk.app.context().places);
    Gate::new(places, Arc::new(NoApproverSetUp), Arc::new(LogRecorder::new(clock)))
}

/// Plans the way back as a caller, and goes it.
async fn undone_by(desk: &Desk, caller: &Caller, undo: &Undo, made: &Made) -> Result<Vec<AnyPlan>, ToolError> {
    let gate = gate(desk);
    let context = Context { scope: caller.profile.scope.clone(), ..desk.app.context().clone() };
    let permit = gate.admit(caller, find("update_page").unwrap().facts).await?;
    inverse(undo, made, &Reads::new(&gate, caller, permit, &context)).await
}

async fn undone(desk: &Desk, undo: &Undo, made: &Made) -> Result<(), ToolError> {
    let caller = desk.caller();
    let (gate, client) = (gate(desk), &desk.app.context().client);
    for plan in undone_by(desk, &caller, undo, made).await? {
        let tool = |name: &str| find(name).unwrap().facts;
        match plan {
            AnyPlan::Create(plan) => carry_out(&gate, client, &caller, tool("create_page"), plan).await,
            AnyPlan::Update(plan) => carry_out(&gate, client, &caller, tool("update_page"), plan).await,
            AnyPlan::Delete(plan) => carry_out(&gate, client, &caller, tool("delete_page"), plan).await,
        }?;
    }
    Ok(())
}

fn made(answer: &Value) -> Made {
    let version = answer["version"].as_u64().map(|number| VersionNumber(u32::try_from(number).unwrap()));
    Made { id: answer["id"].as_str().map(str::to_owned), version, ..Made::default() }
}

fn id(text: &str) -> ContentId {
    text.parse().unwrap()
}

/// A write, and how it is undone.
struct Step {
    tool: &'static str,
    arguments: Value,
    undo: Undo,
}

fn step(tool: &'static str, arguments: Value, undo: Undo) -> Step {
    Step { tool, arguments, undo }
}

fn words(name: &str, description: &str) -> SpaceWords {
    SpaceWords { name: name.into(), description: description.into() }
}

/// What the steps are about: a page with its version, a label it has, a comment below it and one on its text.
struct Things {
    page: String,
    version: u32,
    label: String,
    footer: String,
    inline: String,
    it: SpaceWords,
}

fn things(desk: &Desk) -> Things {
    let page = desk.page(PAGE);
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
        let it = site.spaces.values().find(|space| space.key == "IT").unwrap();
        let (footer, inline, it) = (top(true), top(false), words(&it.name, &it.description));
        let (version, label) = (content.versions.last().unwrap().number, content.labels[0].name.clone());
        Things { page, version, label, footer, inline, it }
    })
}

fn steps(things: &Things) -> Vec<Step> {
    let Things { page, version, label, footer, inline, it } = things;
    let new = json!({ "space": "IT", "title": "New here", "body": "x" });
    let write_back = Undo::WriteBack { page: id(page), version: VersionNumber(*version) };
    let labels = json!({ "page_id": page, "labels": ["one", "two", label] });
    let (one, two) = ("one".parse().unwrap(), "two".parse().unwrap());
    let name =
        Undo::NameSpace { space: "IT".parse().unwrap(), before: it.clone(), after: words("Help", &it.description) };
    let file = json!({ "page_id": page, "file_name": "new.csv", "text": "a,b\n" });
    vec![
        step("create_page", new.clone(), Undo::TrashTheNewOne(DocumentKind::Page)),
        step("create_blog_post", new, Undo::TrashTheNewOne(DocumentKind::BlogPost)),
        step("update_page", json!({ "page_id": page, "version": version, "title": "Other", "body": "y" }), write_back),
        step("delete_page", json!({ "page_id": page }), Undo::RestorePage(id(page))),
        step("add_labels", labels, Undo::RemoveLabels { page: id(page), labels: vec![one, two] }),
        step(
            "remove_label",
            json!({ "page_id": page, "label": label }),
            Undo::AddLabel { page: id(page), label: label.parse().unwrap() },
        ),
        step("add_comment", json!({ "page_id": page, "body": "x" }), Undo::DeleteTheNewComment(CommentKind::Footer)),
        step(
            "reply_to_comment",
            json!({ "comment_id": footer, "body": "x" }),
            Undo::DeleteTheNewComment(CommentKind::Footer),
        ),
        step(
            "reply_to_comment",
            json!({ "comment_id": inline, "body": "x" }),
            Undo::DeleteTheNewComment(CommentKind::Inline),
        ),
        step("upload_attachment", file, Undo::TrashTheNewFile),
        step("update_space", json!({ "space": "IT", "name": "Help" }), name),
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
        let answer = desk.data(step.tool, step.arguments).await;
        assert_eq!(changes(&before, &seen(&desk)).len(), 1, "{}", step.tool);
        undone(&desk, &step.undo, &made(&answer)).await.unwrap_or_else(|error| panic!("{}: {error:?}", step.tool));
        assert_eq!(changes(&before, &seen(&desk)), [""; 0], "{}", step.tool);
    }
}

#[tokio::test]
async fn nothing_is_undone_twice() {
    let desk = Desk::open().await;
    let count = steps(&things(&desk)).len();
    for index in 0..count {
        let step = steps(&things(&desk)).remove(index);
        let answer = desk.data(step.tool, step.arguments).await;
        undone(&desk, &step.undo, &made(&answer)).await.unwrap();
        let after = seen(&desk);
        let error = undone(&desk, &step.undo, &made(&answer)).await.unwrap_err();
        // A deleted comment leaves nothing behind that could be told.
        let expected = if step.tool.contains("comment") { "not_found" } else { "conflict" };
        assert_eq!((error.code, changes(&after, &seen(&desk))), (expected, vec![]), "{}: {error:?}", step.tool);
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
        let error = undone(&desk, &step.undo, &made(&answer)).await.unwrap_err();
        assert_eq!((error.code, changes(&before, &seen(&desk))), ("conflict", vec![]), "{}: {error:?}", step.tool);
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
    desk.data("reply_to_comment", json!({ "comment_id": said["id"], "body": "thanks" })).await;
    let before = seen(&desk);
    let error = undone(&desk, &Undo::DeleteTheNewComment(CommentKind::Footer), &made(&said)).await.unwrap_err();
    assert_eq!((error.code, changes(&before, &seen(&desk))), ("conflict", vec![]));
}

#[tokio::test]
async fn a_page_whose_title_was_taken_stays_in_the_trash() {
    let desk = Desk::open().await;
    let page = desk.page(PAGE);
    let space = desk.site.with_site(|site| site.contents[&page.parse::<u64>().unwrap()].space.to_string());
    desk.data("delete_page", json!({ "page_id": page })).await;
    let other = desk.data("create_page", json!({ "space": space, "title": PAGE, "body": "x" })).await;
    let error = undone(&desk, &Undo::RestorePage(id(&page)), &Made::default()).await.unwrap_err();
    assert_eq!(error.code, "conflict");
    assert!(error.message.contains(other["id"].as_str().unwrap()), "{error:?}");
}

#[tokio::test]
async fn the_body_we_kept_comes_back_before_that_of_the_history() {
    let desk = Desk::open().await;
    let (page, version) = (desk.page(PAGE), things(&desk).version);
    let answer = desk.data("update_page", json!({ "page_id": page, "version": version, "body": "y" })).await;
    let (before, title_before) = (Some("<p>kept</p>".to_owned()), Some("Kept".to_owned()));
    let made = Made { before, title_before, ..made(&answer) };
    undone(&desk, &Undo::WriteBack { page: id(&page), version: VersionNumber(version) }, &made).await.unwrap();
    let seen = &seen(&desk)[&format!("content {page}")];
    assert!(seen.starts_with("Kept <p>kept</p>"), "{seen}");
}

#[tokio::test]
async fn what_only_a_person_can_undo_is_said_with_what_to_do() {
    let desk = Desk::open().await;
    let how = "a person can restore it";
    let error = undone(&desk, &Undo::ByHand(how.into()), &Made::default()).await.unwrap_err();
    assert_eq!((error.code, error.hint.as_str()), ("refused", how));
    let unknown = undone(&desk, &Undo::TrashTheNewFile, &Made::default()).await.unwrap_err();
    assert_eq!(unknown.code, "refused");
}

#[tokio::test]
async fn the_way_back_is_planned_with_the_eyes_of_the_agent() {
    let desk = Desk::open().await;
    let nowhere = profile(&format!("{}\n[scope]\nallow_spaces = [\"HR\"]\n", crate::desk::FULL));
    let blind = Caller { profile: Arc::new(nowhere), ..desk.caller() };
    let count = steps(&things(&desk)).len();
    for index in 0..count {
        let step = steps(&things(&desk)).remove(index);
        let answer = desk.data(step.tool, step.arguments).await;
        let error = undone_by(&desk, &blind, &step.undo, &made(&answer)).await.unwrap_err();
        assert_eq!(error, ToolError::not_found(), "{}", step.tool);
        undone(&desk, &step.undo, &made(&answer)).await.unwrap();
    }
}
