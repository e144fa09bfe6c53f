//! Files, labels, spaces and comments that others change meanwhile.

use serde_json::{Value, json};
use sluice::approval::Finding;
use sluice::confluence::api::comments::CommentKind;
use sluice::sandbox::Effect;
use sluice::sandbox::Fault;
use sluice::sandbox::model::AttachmentVersion;

use super::{
    Bench, NOT_THERE, add_labels, comment, delete_comment, happened, make_space, name_space, remove_label, reply,
    trash_file,
};
use crate::small_site::{READER, START};

#[tokio::test]
async fn a_file_has_happened_even_when_another_version_or_the_trash_came_after_it() {
    let bench = Bench::open().await;
    let upload = bench.upload();
    bench.lose_the_answer(&upload).await;
    let id = bench.site.with_site(|site| {
        let (id, file) = site.attachments.iter_mut().next_back().unwrap();
        let created = file.versions[0].created;
        let (bytes, author, comment) = (b"other".to_vec(), READER.to_owned(), "mine".to_owned());
        file.versions.push(AttachmentVersion { number: 2, bytes, author, created, comment });
        format!("att{id}")
    });
    assert_eq!(bench.find(&upload).await, happened(&id, 1));
    let trashed = bench.admin().send("DELETE", &format!("/wiki/api/v2/attachments/{id}"), Value::Null).await;
    assert_eq!((trashed.0, bench.find(&upload).await), (204, happened(&id, 1)));
}

#[tokio::test]
async fn a_file_name_that_somebody_else_has_taken_is_superseded() {
    let bench = Bench::open().await;
    let other = Bench { approval: sluice::domain::ids::ApprovalId::of(8), ..Bench::open().await };
    assert_eq!(other.upload().by(&bench.reader()).send().await.unwrap().status(), 200);
    bench.lose_the_answer(&bench.upload()).await;
    assert_eq!(bench.find(&bench.upload()).await, Finding::Superseded);
}

#[tokio::test]
async fn a_file_that_moved_on_is_not_trashed_later() {
    let bench = Bench::open().await;
    let gone = trash_file();
    bench.lose_it(&gone).await;
    bench.site.with_site(|site| site.attachments.get_mut(&4000).unwrap().versions[0].number = 2);
    assert_eq!(bench.find(&gone).await, Finding::Superseded);
    bench.send(&gone).await;
    assert_eq!(bench.find(&gone).await, happened(&"att4000", 2));
}

#[tokio::test]
async fn labels_are_what_they_are_whoever_put_or_took_them() {
    let bench = Bench::open().await;
    for (write, undone) in [(add_labels(), "vpn"), (remove_label(), "runbook")] {
        assert_eq!(write.by(&bench.reader()).send().await.unwrap().status().as_u16() / 100, 2);
        assert_eq!(bench.find(&write).await, happened(&1001, None), "by another");
        let there = "/wiki/rest/api/content/1001/label";
        let again = if undone == "vpn" {
            bench.reader().send("DELETE", &format!("{there}?name=vpn"), Value::Null).await
        } else {
            bench.reader().send("POST", there, json!([{ "prefix": "global", "name": undone }])).await
        };
        assert_eq!((again.0 / 100, bench.find(&write).await), (2, NOT_THERE), "undone by another");
    }
}

#[tokio::test]
async fn all_labels_of_a_page_are_read() {
    let bench = Bench::open().await;
    bench.send(&add_labels()).await;
    bench.site.with_site(|site| {
        let labels = &mut site.contents.get_mut(&1001).unwrap().labels;
        let like = labels[0].clone();
        for number in 0..300 {
            labels.insert(
                0,
                sluice::sandbox::model::Label { id: 10_000 + number, name: format!("l{number}"), ..like.clone() },
            );
        }
    });
    assert_eq!(bench.find(&add_labels()).await, happened(&1001, None));
    assert_eq!(bench.find(&remove_label()).await, NOT_THERE);
}

#[tokio::test]
async fn a_key_that_somebody_else_has_taken_is_superseded() {
    let bench = Bench::open().await;
    let new = make_space();
    assert_eq!(new.by(&bench.reader()).send().await.unwrap().status(), 200);
    assert_eq!(bench.find(&new).await, Finding::Superseded);
}

#[tokio::test]
async fn a_space_with_other_words_than_before_and_after_cannot_be_told() {
    let bench = Bench::open().await;
    for (write, key) in [(name_space(), "ITSD"), (make_space(), "NEW")] {
        bench.lose_the_answer(&write).await;
        bench.site.with_site(|site| {
            site.spaces.values_mut().find(|space| space.key == key).unwrap().name = "Third".into();
        });
        assert_eq!(bench.find(&write).await, Finding::CannotTell, "{key}");
    }
}

#[tokio::test]
async fn a_space_made_long_before_is_not_ours() {
    let bench = Bench::open().await;
    bench.lose_the_answer(&make_space()).await;
    bench.site.with_site(|site| {
        let space = site.spaces.values_mut().find(|space| space.key == "NEW").unwrap();
        space.created = jiff::Timestamp::from_second(START - 121).unwrap();
    });
    assert_eq!(bench.find(&make_space()).await, Finding::Superseded);
}

#[tokio::test]
async fn a_comment_is_ours_only_if_it_is_the_only_one() {
    for write in [comment(), reply(CommentKind::Footer, 3000), reply(CommentKind::Inline, 3002)] {
        let bench = Bench::open().await;
        assert!(write.by(&bench.reader()).send().await.unwrap().status().is_success());
        assert_eq!(bench.find(&write).await, Finding::CannotTell, "{}: by another", write.name);
        bench.lose_the_answer(&write).await;
        let id = bench.site.with_site(|site| *site.comments.keys().next_back().unwrap());
        assert_eq!(bench.find(&write).await, happened(&id, 1), "{}", write.name);
        bench.site.set_fault(Fault { template: None, times: 1, effect: Effect::Twice });
        bench.send(&write).await;
        assert_eq!(bench.find(&write).await, Finding::CannotTell, "{}: several", write.name);
    }
}

#[tokio::test]
async fn the_same_words_said_before_are_not_ours() {
    let bench = Bench::open().await;
    bench.send(&comment()).await;
    bench.site.with_site(|site| {
        let said = site.comments.values_mut().next_back().unwrap();
        said.versions[0].created = jiff::Timestamp::from_second(START - 1).unwrap();
    });
    assert_eq!(bench.find(&comment()).await, Finding::CannotTell);
}

#[tokio::test]
async fn a_comment_among_very_many_new_ones_cannot_be_told() {
    let bench = Bench::open().await;
    bench.send(&comment()).await;
    bench.site.with_site(|site| {
        let like = site.comments.values().next_back().unwrap().clone();
        for id in 6000..6100 {
            let mut other = sluice::sandbox::model::Comment { id, ..like.clone() };
            other.versions[0].body = "<p>Thanks</p>".into();
            site.comments.insert(id, other);
        }
    });
    assert_eq!(bench.find(&comment()).await, Finding::CannotTell);
}

#[tokio::test]
async fn a_comment_that_another_deleted_is_gone() {
    let bench = Bench::open().await;
    let gone = delete_comment();
    assert_eq!(bench.find(&gone).await, NOT_THERE);
    bench.site.with_site(|site| site.comments.remove(&3001));
    assert_eq!(bench.find(&gone).await, happened(&3001, None));
}
