//! Lost writes in the tree: found by where pages stand, what they are called, and what is there.

use serde_json::json;
use sluice::approval::{Again, Finding, Proof};
use sluice::confluence::api::blogs;
use sluice::confluence::api::pages::{self as of_pages, ChangedPage, DocumentKind};
use sluice::confluence::api::tree::{self, NewNode, Position};
use sluice::domain::ids::VersionNumber;
use sluice::domain::place::{NodeKind, Parent};
use sluice::sandbox::model::{ContentStatus, Id};

use super::writes::{happened, page, space};
use super::{BODY, Bench, NOT_THERE, Write};

fn moved(from: Option<u64>, position: Position, target: u64, to: u64) -> Write {
    let request = tree::move_page(&page(1003), position, &page(target));
    let (from, to, target) = (from.map(page), Parent::Page(page(to)), page(target));
    Write::new("move a page", &request, Proof::PageIsMoved { page: page(1003), from, to, position, target })
}

fn renamed() -> Write {
    let (before, after) = ("Runbook 3".to_owned(), "Renamed".to_owned());
    let request = of_pages::rename_page(&page(1003), &after);
    Write::new("rename a page", &request, Proof::PageIsRenamed { page: page(1003), before, after })
}

fn archived() -> Write {
    let proof = Proof::PageIsArchived { page: page(1003), version: VersionNumber(1) };
    Write::new("archive a page", &tree::archive_page(&page(1003)), proof)
}

fn copied() -> Write {
    let request = tree::copy_page(&page(1003), "Copied", &Parent::Page(page(1004)));
    let (source, version) = (page(1003), VersionNumber(1));
    let proof = Proof::CopyIsThere { space: space(), title: "Copied".into(), source, version };
    Write::new("copy a page", &request, proof)
}

fn made(kind: NodeKind) -> Write {
    let parent = page(1003);
    let node = NewNode { kind, space: &space(), title: "New here", parent: Some(&parent), url: None };
    let proof = Proof::NodeIsThere { kind, under: Parent::Page(parent.clone()), title: "New here".into() };
    Write::new("make a node", &tree::create_node(&node), proof)
}

fn trashed() -> Write {
    let (kind, id) = (NodeKind::Whiteboard, page(1103));
    Write::new("trash a whiteboard", &tree::trash_node(kind, &id), Proof::NodeIsTrashed { kind, id })
}

#[tokio::test]
async fn writes_in_the_tree_are_found_once_they_happened_and_not_before() {
    let writes = [
        (moved(Some(1000), Position::Append, 1004, 1004), happened(&1003, None)),
        (moved(Some(1000), Position::Before, 1001, 1000), happened(&1003, None)),
        (moved(Some(1000), Position::After, 1010, 1000), happened(&1003, None)),
        (moved(Some(1000), Position::Append, 1000, 1000), happened(&1003, None)),
        (renamed(), happened(&1003, 2)),
        (archived(), happened(&1003, None)),
        (trashed(), happened(&1103, None)),
    ];
    for (write, finding) in writes {
        let bench = Bench::open().await;
        assert_eq!(bench.find(&write).await, NOT_THERE, "{}", write.name);
        bench.lose_the_answer(&write).await;
        assert_eq!(bench.find(&write).await, finding, "{}", write.name);
    }
}

#[tokio::test]
async fn a_copy_and_new_nodes_are_found_by_what_they_are_and_whose() {
    let bench = Bench::open().await;
    assert_eq!(bench.find(&copied()).await, NOT_THERE);
    bench.lose_the_answer(&copied()).await;
    let copy = bench.site.with_site(|site| site.contents.values().map(|content| content.id).max().unwrap());
    assert_eq!(bench.find(&copied()).await, happened(&copy, 1));
    for kind in NodeKind::ALL {
        let bench = Bench::open().await;
        assert_eq!(bench.find(&made(kind)).await, Finding::NotThere { again: Again::Unsafe });
        assert_eq!(made(kind).by(&bench.reader()).send().await.unwrap().status(), 200);
        assert_eq!(bench.find(&made(kind)).await, Finding::NotThere { again: Again::Unsafe }, "another's");
        bench.lose_the_answer(&made(kind)).await;
        let node = bench.site.with_site(|site| site.contents.values().map(|content| content.id).max().unwrap());
        assert_eq!(bench.find(&made(kind)).await, happened(&node, None));
    }
}

#[tokio::test]
async fn what_somebody_else_did_in_between_is_not_taken_for_ours() {
    let change = async |write: Write, change: fn(&mut sluice::sandbox::model::Content), id: Id| {
        let bench = Bench::open().await;
        bench.site.with_site(|site| change(site.contents.get_mut(&id).unwrap()));
        bench.find(&write).await
    };
    let away = moved(Some(1000), Position::Append, 1004, 1004);
    assert_eq!(change(away, |page| page.parent = Some(1005), 1003).await, Finding::CannotTell);
    let trashed_page = moved(Some(1000), Position::Append, 1004, 1004);
    let trash = |page: &mut sluice::sandbox::model::Content| page.status = ContentStatus::Trashed;
    assert_eq!(change(trashed_page, trash, 1003).await, Finding::Superseded);
    assert_eq!(change(archived(), trash, 1003).await, Finding::Superseded);
    let rename = |page: &mut sluice::sandbox::model::Content| page.versions[0].title = "Third".into();
    assert_eq!(change(renamed(), rename, 1003).await, Finding::CannotTell);
}

#[tokio::test]
async fn a_draft_is_published_once_it_is_read_like_any_page() {
    let bench = Bench::open().await;
    bench.site.with_site(|site| site.contents.get_mut(&1003).unwrap().status = ContentStatus::Draft);
    let (id, message, version) = (&page(1003), "by bot", VersionNumber(1));
    let draft = ChangedPage { id, title: "Runbook 3", storage: BODY, version, message };
    let write = Write::new("publish", &of_pages::publish_draft(&draft), Proof::DraftIsPublished(id.clone()));
    assert_eq!(bench.find(&write).await, NOT_THERE);
    bench.lose_the_answer(&write).await;
    assert_eq!(bench.find(&write).await, happened(&1003, 1));
}

#[tokio::test]
async fn a_changed_blog_post_is_found_by_its_version_and_our_note() {
    let bench = Bench::open().await;
    let (id, version) = (&page(1100), VersionNumber(2));
    let message = sluice::approval::marker(&bench.approval);
    let post = ChangedPage { id, title: "News", storage: BODY, version, message: &message };
    let proof = Proof::PageHasVersion { kind: DocumentKind::BlogPost, page: id.clone(), version };
    let write = Write::new("change a post", &blogs::update_blog_post(&post), proof);
    assert_eq!(bench.find(&write).await, NOT_THERE);
    bench.lose_the_answer(&write).await;
    assert_eq!(bench.find(&write).await, happened(&1100, 2));
    let edit = json!({ "id": "1100", "status": "current", "title": "News",
        "body": { "representation": "storage", "value": "<p>later</p>" }, "version": { "number": 3 } });
    assert_eq!(bench.admin().send("PUT", "/wiki/api/v2/blogposts/1100", edit).await.0, 200);
    assert_eq!(bench.find(&write).await, happened(&1100, 2), "changed since");
}
