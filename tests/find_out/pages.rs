//! Pages and posts that others change, rename, trash or make meanwhile.

use serde_json::json;
use sluice::approval::{Again, Finding};
use sluice::confluence::api::pages::DocumentKind;

use super::{BODY, Bench, NOT_THERE, create, happened, restore, trash};

/// What a person sends to change a page.
fn edit(id: u64, version: u32, title: &str) -> serde_json::Value {
    json!({
        "id": id.to_string(), "status": "current", "title": title,
        "body": { "representation": "storage", "value": "<p>Ask nobody.</p>" },
        "version": { "number": version, "message": "mine" },
    })
}

async fn edited(bench: &Bench, kind: &str, id: u64, version: u32, title: &str) {
    let path = format!("/wiki/api/v2/{kind}/{id}");
    assert_eq!(bench.reader().send("PUT", &path, edit(id, version, title)).await.0, 200);
}

/// The newest content of the site.
fn newest(bench: &Bench) -> u64 {
    bench.site.with_site(|site| *site.contents.keys().next_back().unwrap())
}

#[tokio::test]
async fn an_update_has_happened_even_when_another_came_after_it() {
    let bench = Bench::open().await;
    let update = bench.update();
    bench.lose_the_answer(&update).await;
    edited(&bench, "pages", 1001, 3, "Runbook 1").await;
    assert_eq!(bench.find(&update).await, happened(&1001, 2));
}

#[tokio::test]
async fn an_update_that_came_second_is_superseded() {
    let bench = Bench::open().await;
    let update = bench.update();
    edited(&bench, "pages", 1001, 2, "Runbook 1").await;
    bench.lose_the_answer(&update).await;
    assert_eq!(bench.find(&update).await, Finding::Superseded);
    edited(&bench, "pages", 1001, 3, "Runbook 1").await;
    assert_eq!(bench.find(&update).await, Finding::Superseded);
}

#[tokio::test]
async fn the_same_update_under_another_approval_is_not_ours() {
    let bench = Bench::open().await;
    let other = Bench { approval: sluice::domain::ids::ApprovalId::of(8), ..Bench::open().await };
    bench.send(&other.update()).await;
    assert_eq!(bench.find(&bench.update()).await, Finding::Superseded);
}

#[tokio::test]
async fn an_update_of_a_page_that_went_to_the_trash_is_not_sent_again() {
    let bench = Bench::open().await;
    let update = bench.update();
    bench.lose_it(&update).await;
    bench.send(&trash(1001)).await;
    assert_eq!(bench.find(&update).await, Finding::Superseded);
}

#[tokio::test]
async fn a_new_page_or_post_is_found_by_what_it_was_made_with() {
    for (kind, path) in [(DocumentKind::Page, "pages"), (DocumentKind::BlogPost, "blogposts")] {
        let bench = Bench::open().await;
        let new = create(kind);
        bench.lose_the_answer(&new).await;
        let id = newest(&bench);
        // Confluence rewrites what it stores.
        bench.site.with_site(|site| {
            let stored = format!("<p local-id=\"1\">{}</p>", &BODY[3..BODY.len() - 4]);
            site.contents.get_mut(&id).unwrap().versions[0].body = stored;
        });
        assert_eq!(bench.find(&new).await, happened(&id, 1));
        edited(&bench, path, id, 2, "New here").await;
        assert_eq!(bench.find(&new).await, happened(&id, 1), "edited since");
        edited(&bench, path, id, 3, "Renamed").await;
        assert_eq!(bench.find(&new).await, happened(&id, 1), "renamed since");
        let gone = bench.admin().send("DELETE", &format!("/wiki/api/v2/{path}/{id}"), serde_json::Value::Null).await;
        assert_eq!((gone.0, bench.find(&new).await), (204, happened(&id, 1)), "in the trash since");
    }
}

#[tokio::test]
async fn a_title_that_somebody_else_has_taken_is_superseded() {
    for kind in [DocumentKind::Page, DocumentKind::BlogPost] {
        let bench = Bench::open().await;
        let new = create(kind);
        assert_eq!(new.by(&bench.reader()).send().await.unwrap().status(), 200);
        bench.lose_the_answer(&new).await;
        assert_eq!(bench.find(&new).await, Finding::Superseded);
    }
}

#[tokio::test]
async fn a_title_in_the_trash_is_free_and_a_post_of_long_ago_takes_none() {
    let bench = Bench::open().await;
    let new = create(DocumentKind::Page);
    assert_eq!(new.by(&bench.reader()).send().await.unwrap().status(), 200);
    bench.send(&trash(newest(&bench))).await;
    assert_eq!(bench.find(&new).await, NOT_THERE);
    bench.site.with_site(|site| site.contents.get_mut(&1100).unwrap().versions[0].title = "New here".into());
    assert_eq!(bench.find(&create(DocumentKind::BlogPost)).await, Finding::NotThere { again: Again::Unsafe });
}

#[tokio::test]
async fn a_page_of_our_account_with_another_text_cannot_be_told_from_ours() {
    let bench = Bench::open().await;
    let new = create(DocumentKind::Page);
    bench.lose_the_answer(&new).await;
    let id = newest(&bench);
    bench.site.with_site(|site| site.contents.get_mut(&id).unwrap().versions[0].body = "<p>Other</p>".into());
    assert_eq!(bench.find(&new).await, Finding::CannotTell);
}

#[tokio::test]
async fn a_page_made_long_before_with_the_same_words_cannot_be_told_from_ours() {
    let bench = Bench::open().await;
    let new = create(DocumentKind::Page);
    bench.lose_the_answer(&new).await;
    let id = newest(&bench);
    bench.site.with_site(|site| {
        let content = site.contents.get_mut(&id).unwrap();
        content.created = jiff::Timestamp::from_second(crate::small_site::START - 121).unwrap();
    });
    assert_eq!(bench.find(&new).await, Finding::CannotTell);
}

#[tokio::test]
async fn a_page_that_moved_on_is_not_trashed_later() {
    let bench = Bench::open().await;
    let gone = trash(1002);
    bench.lose_it(&gone).await;
    edited(&bench, "pages", 1002, 2, "Runbook 2").await;
    assert_eq!(bench.find(&gone).await, Finding::Superseded);
    bench.send(&gone).await;
    assert_eq!(bench.find(&gone).await, happened(&1002, 2));
}

#[tokio::test]
async fn a_page_that_another_restored_is_back() {
    let bench = Bench::open().await;
    bench.send(&trash(1003)).await;
    edited(&bench, "pages", 1003, 2, "Runbook 3").await;
    assert_eq!(bench.find(&restore()).await, happened(&1003, 2));
}
