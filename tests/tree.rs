//! Pages in the tree: moved, renamed, copied, archived, published and brought back; folders and what else stands there.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use sluice::approval::record::{Says, Via};
use sluice::approval::{Decider, Record, Rights, State};
use sluice::policy::ports::Verdict;
use sluice::sandbox::TaskPace;
use sluice::sandbox::model::{Content, ContentKind, ContentStatus, Id, Site, Version};
use sluice::tools::context::Progress;
use sluice::tools::{Begun, find};
use tokio_util::sync::CancellationToken;

use crate::desk::{Desk, FULL, Opening};

const PAGE: &str = "Escalation matrix";

/// Puts something of that kind and status into the space of a page, under it where it is no post; its id.
pub(crate) fn put(site: &mut Site, beside: Id, kind: ContentKind, status: ContentStatus, title: &str) -> Id {
    let id = site.next_id;
    site.next_id += 1;
    let mut content: Content = site.contents[&beside].clone();
    let last = content.versions.last().unwrap().clone();
    content.versions = vec![Version { number: 1, title: title.into(), ..last }];
    let admin = site.users.values().find(|user| user.admin).unwrap().account_id.clone();
    (content.id, content.kind, content.status, content.author) = (id, kind, status, admin);
    content.parent = Some(beside).filter(|_| kind != ContentKind::BlogPost);
    content.position = i64::try_from(id).unwrap();
    site.contents.insert(id, content);
    id
}

/// The same beside a page of the service desk, with a title that nothing has.
pub(crate) fn fresh(desk: &Desk, kind: ContentKind, status: ContentStatus) -> String {
    let page = desk.page(PAGE).parse().unwrap();
    desk.site.with_site(|site| {
        let title = format!("Fresh {}", site.next_id);
        put(site, page, kind, status, &title).to_string()
    })
}

/// A page with twelve others below it, one under the other, and the id of the deepest: more than is listed at once.
pub(crate) fn deep(desk: &Desk) -> (String, String) {
    let top = fresh(desk, ContentKind::Page, ContentStatus::Current);
    let deepest = desk.site.with_site(|site| {
        let below = |site: &mut Site, above: Id, level: u8| {
            put(site, above, ContentKind::Page, ContentStatus::Current, &format!("Level {level} below {top}"))
        };
        (1..=12).fold(top.parse().unwrap(), |above, level| below(site, above, level))
    });
    (top, deepest.to_string())
}

fn content(desk: &Desk, id: &str) -> Content {
    desk.site.with_site(|site| site.contents[&id.parse::<Id>().unwrap()].clone())
}

/// Titles of what stands directly under a page, in order.
fn under(desk: &Desk, id: &str) -> Vec<String> {
    let parent: Id = id.parse().unwrap();
    desk.site.with_site(|site| {
        let child = |content: &&Content| content.parent == Some(parent) && content.status == ContentStatus::Current;
        let mut children: Vec<_> = site.contents.values().filter(child).collect();
        children.sort_by_key(|content| (content.position, content.id));
        children.iter().map(|content| content.versions.last().unwrap().title.clone()).collect()
    })
}

/// A page with three children, and their ids.
fn family(desk: &Desk) -> (String, [String; 3]) {
    let parent = fresh(desk, ContentKind::Page, ContentStatus::Current);
    let child = |title: &str| {
        let id = parent.parse().unwrap();
        desk.site.with_site(|site| put(site, id, ContentKind::Page, ContentStatus::Current, title).to_string())
    };
    (parent.clone(), ["One child", "Two children", "Three children"].map(child))
}

async fn undo(desk: &Desk) -> Result<Value, sluice::tools::ToolError> {
    let done = |record: &Record| record.asked.undoes.is_none() && record.state == State::Succeeded;
    let all = desk.approvals.list(None, done, 1).await.unwrap();
    let answer = desk.call("undo_write", json!({ "approval_id": all[0].asked.id })).await?;
    Ok(Value::Object(answer.structured.unwrap()))
}

fn home(desk: &Desk, key: &str) -> String {
    desk.site
        .with_site(|site| site.spaces.values().find(|space| space.key == key).unwrap().homepage.unwrap().to_string())
}

fn without_delete() -> String {
    FULL.replace("allow_delete = true\n", "")
}

#[tokio::test]
async fn a_page_moves_before_after_and_under_others_and_back_to_its_place() {
    let desk = Desk::open().await;
    let (parent, [one, two, three]) = family(&desk);
    let order = under(&desk, &parent);
    let moves = [
        (&three, "before", &one, ["Three children", "One child", "Two children"]),
        (&one, "after", &two, ["Two children", "One child", "Three children"]),
        (&two, "append", &parent, ["One child", "Three children", "Two children"]),
    ];
    for (page, position, target, expected) in moves {
        desk.data("move_page", json!({ "page_id": page, "target_id": target, "position": position })).await;
        assert_eq!(under(&desk, &parent), expected, "{position}");
        undo(&desk).await.unwrap();
        assert_eq!(under(&desk, &parent), order, "{position}");
    }
    desk.data("move_page", json!({ "page_id": two, "target_id": one })).await;
    assert_eq!(under(&desk, &one), ["Two children"]);
    undo(&desk).await.unwrap();
    assert_eq!(under(&desk, &parent), order);
    let folder = fresh(&desk, ContentKind::Folder, ContentStatus::Current);
    desk.data("move_page", json!({ "page_id": two, "target_id": folder })).await;
    assert_eq!(under(&desk, &folder), ["Two children"]);
}

#[tokio::test]
async fn a_page_that_somebody_moved_on_is_not_moved_back() {
    let desk = Desk::open().await;
    let (parent, [one, two, three]) = family(&desk);
    desk.data("move_page", json!({ "page_id": two, "target_id": one })).await;
    let (moved, elsewhere): (Id, Id) = (two.parse().unwrap(), three.parse().unwrap());
    desk.site.with_site(|site| site.contents.get_mut(&moved).unwrap().parent = Some(elsewhere));
    let error = undo(&desk).await.unwrap_err();
    assert!(error.code == "conflict" && error.message.contains("moved the page on"), "{error:?}");
    desk.site.with_site(|site| site.contents.get_mut(&moved).unwrap().parent = parent.parse().ok());
    let error = undo(&desk).await.unwrap_err();
    assert!(error.code == "conflict" && error.message.contains("nothing to undo"), "{error:?}");
}

#[tokio::test]
async fn a_homepage_is_never_moved_or_archived_and_no_page_below_itself() {
    let desk = Desk::open().await;
    let (home, page) = (home(&desk, "IT"), desk.page(PAGE));
    for (tool, arguments) in [
        ("move_page", json!({ "page_id": home, "target_id": self::home(&desk, "OPS") })),
        ("archive_page", json!({ "page_id": home })),
    ] {
        let error = desk.error(tool, arguments).await;
        assert!(error.code == "refused" && error.message.contains("homepage"), "{tool}: {error:?}");
    }
    let (parent, [one, ..]) = family(&desk);
    for (page, target) in [(&parent, &one), (&page, &page)] {
        let error = desk.error("move_page", json!({ "page_id": page, "target_id": target })).await;
        assert_eq!(error.code, "invalid_input", "{error:?}");
    }
    let (it, inner): (_, Id) = (content(&desk, &home).space, one.parse().unwrap());
    desk.site.with_site(|site| site.spaces.get_mut(&it).unwrap().homepage = Some(inner));
    let error = desk.error("move_page", json!({ "page_id": parent, "target_id": page })).await;
    assert!(error.code == "refused" && error.message.contains("below this page"), "{error:?}");
    // Deeper than descendants are listed.
    let (top, deepest) = deep(&desk);
    let deepest: Id = deepest.parse().unwrap();
    desk.site.with_site(|site| site.spaces.get_mut(&it).unwrap().homepage = Some(deepest));
    let error = desk.error("move_page", json!({ "page_id": top, "target_id": page })).await;
    assert!(error.code == "refused" && error.message.contains("below this page"), "{error:?}");
    desk.site.with_site(|site| site.spaces.get_mut(&it).unwrap().homepage = home.parse().ok());
    let beside_home = json!({ "page_id": page, "target_id": home, "position": "after" });
    let error = desk.error("move_page", beside_home).await;
    assert!(error.message.contains("top of its space"), "{error:?}");
    assert!(desk.site.log().iter().all(|sent| sent.method == "GET"));
}

#[tokio::test]
async fn moving_or_copying_more_than_twenty_five_pages_amounts_to_a_delete() {
    let desk = Desk::under(&without_delete()).await;
    let (parent, [one, ..]) = family(&desk);
    let (many, page) = (fresh(&desk, ContentKind::Page, ContentStatus::Current), desk.page(PAGE));
    let grow = |count: usize| {
        desk.site.with_site(|site| {
            for _ in 0..count {
                let title = format!("Leaf {}", site.next_id);
                put(site, many.parse().unwrap(), ContentKind::Page, ContentStatus::Current, &title);
            }
        });
    };
    grow(25);
    desk.data("move_page", json!({ "page_id": many, "target_id": parent })).await;
    let copied = json!({ "page_id": many, "parent_id": page, "title_prefix": "Copy of " });
    desk.data("copy_page_tree", copied).await;
    grow(1);
    for (tool, arguments) in [
        ("move_page", json!({ "page_id": many, "target_id": one })),
        ("copy_page_tree", json!({ "page_id": many, "parent_id": page, "title_prefix": "Again " })),
    ] {
        let error = desk.error(tool, arguments).await;
        assert!(error.code == "refused" && error.message.contains("deletes"), "{tool}: {error:?}");
    }
    let error = desk.error("archive_page", json!({ "page_id": one })).await;
    assert!(error.code == "refused" && error.hint.contains("allow_delete"), "{error:?}");
}

#[tokio::test]
async fn a_tree_too_deep_to_be_counted_counts_as_many() {
    let desk = Desk::under(&without_delete()).await;
    let (parent, [mut last, ..]) = family(&desk);
    for level in 0..9 {
        let id = last.parse().unwrap();
        let title = format!("Level {level}");
        last = desk.site.with_site(|site| put(site, id, ContentKind::Page, ContentStatus::Current, &title).to_string());
    }
    let error = desk.error("move_page", json!({ "page_id": parent, "target_id": desk.page(PAGE) })).await;
    assert!(error.code == "refused" && error.message.contains("deletes"), "{error:?}");
}

#[tokio::test]
async fn pages_move_across_spaces_only_where_both_are_seen() {
    let scoped = format!("{FULL}\n[scope]\nallow_spaces = [\"IT\"]\n");
    let desk = Desk::under(&scoped).await;
    let (page, elsewhere) = (desk.page(PAGE), home(&desk, "OPS"));
    let tools = [
        ("move_page", json!({ "page_id": page, "target_id": elsewhere })),
        ("move_page", json!({ "page_id": elsewhere, "target_id": page })),
        ("copy_page", json!({ "page_id": page, "title": "Copy", "space": "OPS" })),
        ("copy_page_tree", json!({ "page_id": page, "parent_id": elsewhere })),
        ("copy_page_tree", json!({ "page_id": elsewhere, "parent_id": page })),
    ];
    for (tool, arguments) in tools {
        let error = desk.error(tool, arguments.clone()).await;
        assert_eq!(error.code, "not_found", "{tool} {arguments}: {error:?}");
    }
    let both = Desk::under(&scoped.replace("\"IT\"", "\"IT\", \"OPS\"")).await;
    let (page, elsewhere) = (both.page(PAGE), home(&both, "OPS"));
    both.data("move_page", json!({ "page_id": page, "target_id": elsewhere })).await;
    assert_eq!(content(&both, &page).space, content(&both, &elsewhere).space);
    undo(&both).await.unwrap();
    assert_ne!(content(&both, &page).space, content(&both, &elsewhere).space);
}

/// A desk where a person decides on every write, and the agent sees one space.
async fn careful() -> Desk {
    let profile = FULL.replace("mode = \"read-write\"", "mode = \"read-write\"\nrequire_approval = true");
    Desk::under(&format!("{profile}\n[scope]\nallow_spaces = [\"IT\"]\n")).await
}

#[tokio::test]
async fn what_moved_out_of_sight_while_a_person_decided_is_not_written() {
    let desk = careful().await;
    let hidden = desk.site.with_site(|site| site.spaces.values().find(|space| space.key == "HR").unwrap().id);
    let folder = fresh(&desk, ContentKind::Folder, ContentStatus::Current);
    let other = fresh(&desk, ContentKind::Folder, ContentStatus::Current);
    let page = fresh(&desk, ContentKind::Page, ContentStatus::Current);
    let writes = [
        (&folder, "delete_folder", json!({ "folder_id": folder })),
        (&other, "move_page", json!({ "page_id": page, "target_id": other })),
        (&page, "copy_page", json!({ "page_id": page, "title": "Copied", "space": "IT" })),
    ];
    for (moved, tool, arguments) in writes {
        let waits = desk.data(tool, arguments.clone()).await;
        assert_eq!(waits["status"], "pending_approval");
        let id: Id = moved.parse().unwrap();
        desk.site.with_site(|site| site.contents.get_mut(&id).unwrap().space = hidden);
        let id = waits["approval_id"].as_str().unwrap().parse().unwrap();
        let record = desk.approvals.get(&id).await.unwrap().unwrap();
        let who = Decider::Approver { name: "maria".into(), via: Via::Terminal, rights: Rights::all() };
        desk.approvals.decide(&id, record.seal, &who, Says::Yes, None).await.unwrap();
        desk.approvals.finish().await;
        let record = desk.approvals.get(&id).await.unwrap().unwrap();
        assert_eq!(record.state, State::Cancelled, "{tool}");
    }
    assert!(desk.site.log().iter().all(|sent| sent.method == "GET"), "{:?}", desk.site.log());
}

#[tokio::test]
async fn people_see_where_a_page_is_and_where_it_goes() {
    let desk = careful().await;
    let (parent, [one, two, ..]) = family(&desk);
    desk.data("move_page", json!({ "page_id": one, "target_id": two, "position": "after" })).await;
    let shown = desk.take_shown().remove(0);
    assert_eq!(shown.summary, format!("move page {one} `One child` after page {two} `Two children`"));
    let expected = format!(
        "`One child`\n- in space IT, under {parent}\n+ after page {two} `Two children`\nnothing stands below it"
    );
    assert_eq!(shown.preview, expected);
}

#[tokio::test]
async fn a_page_is_renamed_and_gets_its_title_back_unless_somebody_renamed_it_since() {
    let desk = Desk::open().await;
    let page = desk.page(PAGE);
    let (before, body) = (content(&desk, &page), content(&desk, &page).versions.last().unwrap().body.clone());
    let error = desk.error("rename_page", json!({ "page_id": page, "title": PAGE })).await;
    assert!(error.message.contains("already"), "{error:?}");
    let done = desk.data("rename_page", json!({ "page_id": page, "title": "Who calls whom" })).await;
    assert_eq!((&done["title"], &done["version"]), (&json!("Who calls whom"), &json!(before.versions.len() + 1)));
    assert_eq!(content(&desk, &page).versions.last().unwrap().body, body);
    let taken = desk.error("rename_page", json!({ "page_id": page, "title": "Connect to the VPN from home" })).await;
    assert_eq!(taken.code, "invalid", "{taken:?}");
    desk.site.with_site(|site| {
        site.contents.get_mut(&page.parse().unwrap()).unwrap().versions.last_mut().unwrap().title = "Third".into();
    });
    let all = desk.approvals.list(None, |record| record.asked.tool == "rename_page", 9).await.unwrap();
    let done = all.iter().find(|record| record.state == State::Succeeded).unwrap();
    let error = desk.error("undo_write", json!({ "approval_id": done.asked.id })).await;
    assert!(error.code == "conflict" && error.message.contains("`Third`"), "{error:?}");
}

#[tokio::test]
async fn a_copy_is_a_new_page_with_the_restrictions_of_the_old_one() {
    let desk = Desk::open().await;
    let (page, vpn) = (desk.page(PAGE), desk.page("Connect to the VPN from home"));
    let reader = desk.site.with_site(|site| {
        let admin = site.users.values().find(|user| user.admin).unwrap().account_id.clone();
        let readers = Some([admin].into());
        site.contents.get_mut(&page.parse().unwrap()).unwrap().readers.clone_from(&readers);
        readers
    });
    let arguments = json!({ "page_id": page, "title": "Copied matrix", "space": "OPS" });
    let done = desk.data("copy_page", arguments).await;
    let copy = content(&desk, done["id"].as_str().unwrap());
    assert_eq!((copy.parent.unwrap().to_string(), &copy.readers), (home(&desk, "OPS"), &reader));
    assert_eq!(copy.versions[0].body, content(&desk, &page).versions.last().unwrap().body);
    assert_eq!(done["version"], 1);
    let clash = json!({ "page_id": page, "title": PAGE, "space": "IT", "parent_id": vpn });
    assert_eq!(desk.error("copy_page", clash).await.code, "invalid");
    let elsewhere = json!({ "page_id": page, "title": "Other", "space": "OPS", "parent_id": vpn });
    assert_eq!(desk.error("copy_page", elsewhere).await.code, "invalid_input");
    undo(&desk).await.unwrap();
    assert_eq!(content(&desk, done["id"].as_str().unwrap()).status, ContentStatus::Trashed);
}

#[tokio::test]
async fn an_old_body_comes_back_as_a_new_version_and_the_title_stays() {
    let desk = Desk::open().await;
    let page = desk.page(PAGE);
    let first = content(&desk, &page).versions[0].clone();
    let version = content(&desk, &page).versions.last().unwrap().number;
    let new = json!({ "page_id": page, "version": version, "title": "Other", "body": "y", "allow_loss": true });
    desk.data("update_page", new).await;
    let done = desk.data("restore_version", json!({ "page_id": page, "version": first.number })).await;
    let last = content(&desk, &page).versions.last().unwrap().clone();
    assert_eq!((last.body.as_str(), last.title.as_str()), (first.body.as_str(), "Other"));
    assert_eq!(done["version"], json!(version + 2));
    desk.site.with_site(|site| {
        site.contents.get_mut(&page.parse().unwrap()).unwrap().versions[1].body.clone_from(&first.body);
    });
    let again = desk.error("restore_version", json!({ "page_id": page, "version": 2 })).await;
    assert!(again.message.contains("already"), "{again:?}");
    for version in [version + 2, 99] {
        let error = desk.error("restore_version", json!({ "page_id": page, "version": version })).await;
        assert_eq!(error.code, "invalid_input", "{error:?}");
    }
    undo(&desk).await.unwrap();
    assert_eq!(content(&desk, &page).versions.last().unwrap().body, "<p>y</p>");
}

#[tokio::test]
async fn a_blog_post_is_changed_like_a_page_and_its_macros_are_not_lost_unasked() {
    let desk = Desk::open().await;
    let post = fresh(&desk, ContentKind::BlogPost, ContentStatus::Current);
    let body = "<p>Old news.</p><ac:structured-macro ac:name=\"drawio\" ac:macro-id=\"1\"/>";
    desk.site.with_site(|site| {
        site.contents.get_mut(&post.parse().unwrap()).unwrap().versions.last_mut().unwrap().body = body.into();
    });
    let write = |version: u32, body: &str| json!({ "blog_post_id": post, "version": version, "body": body });
    let stale = desk.error("update_blog_post", write(7, "x")).await;
    assert!(stale.code == "conflict" && stale.hint.contains("get_blog_post"), "{stale:?}");
    let lossy = desk.error("update_blog_post", write(1, "New news.")).await;
    assert_eq!(lossy.code, "invalid_input", "{lossy:?}");
    let mut allowed = write(1, "New news.");
    allowed["allow_loss"] = json!(true);
    let done = desk.data("update_blog_post", allowed).await;
    assert_eq!(done["version"], 2);
    assert_eq!(content(&desk, &post).versions.last().unwrap().body, "<p>New news.</p>");
    undo(&desk).await.unwrap();
    assert_eq!(content(&desk, &post).versions.last().unwrap().body, body);
    desk.data("delete_blog_post", json!({ "blog_post_id": post, "version": 3 })).await;
    assert_eq!(content(&desk, &post).status, ContentStatus::Trashed);
    let page = desk.error("delete_blog_post", json!({ "blog_post_id": desk.page(PAGE) })).await;
    assert_eq!(page.code, "not_found");
}

#[tokio::test]
async fn only_a_draft_that_was_never_published_is_published_and_it_needs_a_title() {
    let desk = Desk::open().await;
    let draft = fresh(&desk, ContentKind::Page, ContentStatus::Draft);
    let retitle = |title: &str| {
        desk.site.with_site(|site| {
            site.contents.get_mut(&draft.parse().unwrap()).unwrap().versions.last_mut().unwrap().title = title.into();
        });
    };
    retitle("");
    let error = desk.error("publish_draft", json!({ "page_id": draft })).await;
    assert!(error.message.contains("no title"), "{error:?}");
    let done = desk.data("publish_draft", json!({ "page_id": draft, "title": "At last" })).await;
    assert_eq!((&done["title"], &done["version"]), (&json!("At last"), &json!(1)));
    assert_eq!(content(&desk, &draft).status, ContentStatus::Current);
    let error = desk.error("publish_draft", json!({ "page_id": draft })).await;
    assert_eq!(error.code, "invalid_input", "{error:?}");
}

#[tokio::test]
async fn pages_come_out_of_the_trash_and_what_is_not_there_does_not() {
    let desk = Desk::open().await;
    let page = desk.page(PAGE);
    let error = desk.error("restore_page", json!({ "page_id": page })).await;
    assert!(error.code == "invalid_input" && error.message.contains("`current`"), "{error:?}");
    desk.data("delete_page", json!({ "page_id": page })).await;
    let done = desk.data("restore_page", json!({ "page_id": page })).await;
    assert_eq!((&done["id"], content(&desk, &page).status), (&json!(page), ContentStatus::Current));
}

#[tokio::test]
async fn a_live_doc_is_made_where_it_is_wanted() {
    let desk = Desk::open().await;
    let page = desk.page(PAGE);
    let made = json!({ "space": "IT", "title": "Stand-up", "body": "*x*", "parent_id": page });
    let done = desk.data("create_live_doc", made).await;
    let doc = content(&desk, done["id"].as_str().unwrap());
    assert_eq!((doc.kind, doc.parent.unwrap().to_string()), (ContentKind::LiveDoc, page));
}

#[tokio::test]
async fn folders_and_others_are_made_in_the_tree_and_only_empty_ones_are_deleted() {
    let desk = Desk::open().await;
    for (noun, kind) in [
        ("folder", ContentKind::Folder),
        ("whiteboard", ContentKind::Whiteboard),
        ("database", ContentKind::Database),
        ("smart_link", ContentKind::Embed),
    ] {
        let (create, delete, id) = (format!("create_{noun}"), format!("delete_{noun}"), format!("{noun}_id"));
        let mut arguments = json!({ "space": "IT", "title": "In the tree", "parent_id": desk.page(PAGE) });
        if noun == "smart_link" {
            for url in ["javascript:alert(1)", "not a url", "https://me:secret@example.com/"] {
                arguments["url"] = json!(url);
                assert_eq!(desk.error(&create, arguments.clone()).await.code, "invalid_input", "{url}");
            }
            arguments["url"] = json!("https://example.com/board");
        }
        let done = desk.data(&create, arguments).await;
        let made = done["id"].as_str().unwrap().to_owned();
        assert_eq!(content(&desk, &made).kind, kind);
        let full = desk.site.with_site(|site| {
            put(site, made.parse().unwrap(), ContentKind::Page, ContentStatus::Current, &format!("In {noun}"))
        });
        let error = desk.error(&delete, json!({ id.as_str(): made })).await;
        assert!(error.code == "conflict" && error.message.contains("only an empty one"), "{error:?}");
        desk.site.with_site(|site| site.contents.remove(&full));
        desk.data(&delete, json!({ id.as_str(): made })).await;
        assert_eq!(content(&desk, &made).status, ContentStatus::Trashed);
        let error = desk.error(&delete, json!({ id.as_str(): desk.page(PAGE) })).await;
        assert_eq!(error.code, "not_found", "{noun}");
    }
}

/// What a client that asked for it hears of a call.
#[derive(Default)]
struct Heard {
    steps: Mutex<Vec<u64>>,
    /// The client leaves after so many steps.
    leaves: Mutex<Option<(usize, CancellationToken)>>,
}

impl Progress for Heard {
    fn report(&self, done: u64, _: Option<u64>, _: &str) {
        let mut steps = self.steps.lock().unwrap();
        steps.push(done);
        if let Some((after, token)) = &*self.leaves.lock().unwrap()
            && steps.len() >= *after
        {
            token.cancel();
        }
    }
}

/// Calls a tool as a client that hears how far the call is, and leaves after so many steps.
async fn heard(desk: &Desk, tool: &str, arguments: &Value, leaves: Option<usize>) -> (Value, Vec<u64>) {
    let (heard, token) = (Arc::new(Heard::default()), CancellationToken::new());
    *heard.leaves.lock().unwrap() = leaves.map(|after| (after, token.clone()));
    let arguments = arguments.as_object().unwrap().clone();
    let progress = Arc::clone(&heard) as Arc<dyn Progress>;
    let begun = desk.app.begin(desk.caller(), find(tool).unwrap(), arguments, progress, token, None).await.unwrap();
    let Begun::Ended(answer) = begun else { panic!("{begun:?}") };
    let steps = heard.steps.lock().unwrap().clone();
    (Value::Object(answer.structured.unwrap()), steps)
}

fn copies(desk: &Desk) -> u64 {
    desk.site.requests().get("POST /wiki/rest/api/content/{id}/pagehierarchy/copy").copied().unwrap_or_default()
}

#[tokio::test]
async fn a_tree_is_copied_and_its_task_followed_to_its_end() {
    let desk = Desk::hurried().await;
    desk.site.set_task_pace(TaskPace { looks: 4, fails: false });
    let (parent, _) = family(&desk);
    let arguments = json!({ "page_id": parent, "parent_id": desk.page(PAGE), "title_prefix": "Copy: ",
        "title_find": "children", "title_replace": "kids" });
    let (done, steps) = heard(&desk, "copy_page_tree", &arguments, None).await;
    assert_eq!((&done["status"], steps.as_slice()), (&json!("done"), [0, 25, 50, 75].as_slice()), "{done}");
    let copy = done["id"].as_str().unwrap();
    assert_eq!(under(&desk, copy), ["Copy: One child", "Copy: Two kids", "Copy: Three kids"]);
    let error = undo(&desk).await.unwrap_err();
    assert!(error.hint.contains("delete_page"), "{error:?}");
}

#[tokio::test]
async fn a_client_that_leaves_ends_the_following_and_not_the_task() {
    let desk = Desk::hurried().await;
    desk.site.set_task_pace(TaskPace { looks: 10, fails: false });
    let (parent, _) = family(&desk);
    let arguments = json!({ "page_id": parent, "parent_id": desk.page(PAGE), "title_prefix": "Copy: " });
    let (left, steps) = heard(&desk, "copy_page_tree", &arguments, Some(3)).await;
    assert_eq!((&left["status"], steps.as_slice()), (&json!("running"), [0, 10, 20].as_slice()), "{left}");
    let note = left["note"].as_str().unwrap();
    assert!(note.contains("20 % done") && note.contains("goes on with it by itself"), "{note}");
    let (done, steps) = heard(&desk, "copy_page_tree", &arguments, None).await;
    assert_eq!((&done["status"], steps[0], copies(&desk)), (&json!("done"), 30, 1), "{done}");
}

#[tokio::test]
async fn a_task_without_end_is_followed_for_a_while_and_one_that_fails_is_an_error() {
    let desk = Desk::hurried().await;
    let (parent, [one, ..]) = family(&desk);
    desk.site.set_task_pace(TaskPace { looks: 1_000_000, fails: false });
    let before = desk.site.total_requests();
    let running = desk.data("archive_page", json!({ "page_id": one })).await;
    assert_eq!((&running["status"], &running["id"]), (&json!("running"), &json!(one)), "{running}");
    assert!(desk.site.total_requests() - before < 30);
    desk.site.set_task_pace(TaskPace { looks: 1, fails: true });
    let error = desk.error("archive_page", json!({ "page_id": parent })).await;
    assert!(error.code == "task_failed" && error.message.contains("`It broke off`"), "{error:?}");
}

#[tokio::test]
async fn a_task_that_a_person_let_begin_is_followed_by_who_asks_what_became_of_it() {
    let profile = FULL.replace("mode = \"read-write\"", "mode = \"read-write\"\nrequire_approval = true");
    let desk = Desk::opened(Opening { profile: &profile, ..Opening::usual() }).await;
    desk.site.set_task_pace(TaskPace { looks: 2, fails: false });
    let (_, [one, ..]) = family(&desk);
    desk.approver_says(Verdict::Approved { by: "maria".into() });
    let begun = desk.data("archive_page", json!({ "page_id": one })).await;
    assert_eq!(begun["status"], "running", "{begun}");
    let all = desk.approvals.list(None, |_| true, 1).await.unwrap();
    let outcome = desk.data("get_approval", json!({ "approval_id": all[0].asked.id })).await;
    assert_eq!((&outcome["outcome"], &outcome["result"]["status"]), (&json!("succeeded"), &json!("done")), "{outcome}");
    assert_eq!(content(&desk, &one).status, ContentStatus::Archived);
}
