//! Changed comments, files and what hangs around a page: found by version, note, name, value and status.

use bytes::Bytes;
use serde_json::json;
use sluice::approval::{Again, Finding, Proof, Thread};
use sluice::confluence::api::attachments::{self, Upload};
use sluice::confluence::api::comments::{self, ChangedComment, CommentKind, Quote};
use sluice::confluence::api::labels::{self, Labelled};
use sluice::confluence::api::upkeep::{self, Owner};
use sluice::domain::ids::VersionNumber;

use super::writes::{happened, page};
use super::{BODY, Bench, NOT_THERE, Write};

fn change(bench: &Bench, kind: CommentKind, id: u64) -> Write {
    let (id, message) = (id.to_string().parse().unwrap(), bench.note());
    let changed = ChangedComment { kind, id: &id, storage: BODY, version: VersionNumber(2), message: &message };
    let proof = Proof::CommentHasVersion { kind, comment: id.clone(), version: VersionNumber(2) };
    Write::new("change a comment", &comments::update_comment(&changed), proof)
}

fn update_file(bench: &Bench) -> Write {
    let (id, comment) = ("att4000".parse().unwrap(), &bench.note());
    let upload =
        Upload { file_name: "notes.txt", media_type: "text/plain", content: Bytes::from_static(b"new"), comment };
    let proof = Proof::FileHasVersion { attachment: "att4000".parse().unwrap(), after: VersionNumber(1), size: 3 };
    Write::new("update a file", &attachments::update_attachment(&page(1001), &id, &upload), proof)
}

fn rename_file() -> Write {
    let id = "att4000".parse().unwrap();
    let request = attachments::rename_attachment(&page(1001), &id, VersionNumber(1), "other.txt");
    let proof = Proof::FileIsNamed { attachment: id, before: "notes.txt".into(), after: "other.txt".into() };
    Write::new("rename a file", &request, proof)
}

fn inline() -> Write {
    let quote = Quote { text: "printer", count: 1, index: 0 };
    let request = comments::create_inline_comment(&page(1002), &quote, BODY);
    Write::new("comment on the text", &request, Proof::CommentIsThere(Thread::Text(page(1002))))
}

fn make_property() -> Write {
    let owner = Owner::Page(page(1001));
    let request = upkeep::create_property(&owner, "k", &json!({ "a": 1 }));
    Write::new("make a property", &request, Proof::PropertyIsSet { owner, key: "k".into(), version: VersionNumber(1) })
}

fn watch() -> Write {
    let proof = Proof::IsWatched { page: page(1003), watched: true };
    Write::new("watch a page", &upkeep::watch(&page(1003)), proof)
}

fn label_file() -> Write {
    let (of, labels) = (Labelled::File("att4000".parse().unwrap()), vec!["q3".parse().unwrap()]);
    let request = labels::add_labels(&of, &labels);
    Write::new("label a file", &request, Proof::LabelsAreThere { page: of, labels })
}

#[tokio::test]
async fn changes_around_a_page_are_found_where_only_the_answer_was_lost_and_not_there_where_they_were() {
    let writes: [fn(&Bench) -> Write; 6] = [
        |bench| change(bench, CommentKind::Footer, 3000),
        |bench| change(bench, CommentKind::Inline, 3002),
        |_| rename_file(),
        |_| make_property(),
        |_| watch(),
        |_| label_file(),
    ];
    for write in writes {
        let bench = Bench::open().await;
        let write = write(&bench);
        bench.lose_it(&write).await;
        assert_eq!(bench.find(&write).await, NOT_THERE, "{}", write.name);
        bench.lose_the_answer(&write).await;
        assert!(matches!(bench.find(&write).await, Finding::Happened { .. }), "{}", write.name);
    }
    let bench = Bench::open().await;
    let file = update_file(&bench);
    bench.lose_it(&file).await;
    assert_eq!(bench.find(&file).await, Finding::NotThere { again: Again::Unsafe });
    bench.lose_the_answer(&file).await;
    assert_eq!(bench.find(&file).await, happened(&"att4000", 2));
    bench.lose_it(&inline()).await;
    assert_eq!(bench.find(&inline()).await, Finding::CannotTell);
    bench.lose_the_answer(&inline()).await;
    assert!(matches!(bench.find(&inline()).await, Finding::Happened { .. }));
}

#[tokio::test]
async fn what_somebody_else_made_of_it_is_superseded() {
    let bench = Bench::open().await;
    let other = ChangedComment {
        kind: CommentKind::Footer,
        id: &"3000".parse().unwrap(),
        storage: "<p>mine</p>",
        version: VersionNumber(2),
        message: "mine",
    };
    bench.send(&Write::new("theirs", &comments::update_comment(&other), Proof::AskAPerson)).await;
    assert_eq!(bench.find(&change(&bench, CommentKind::Footer, 3000)).await, Finding::Superseded);
    bench.site.with_site(|site| site.attachments.get_mut(&4000).unwrap().title = "third.txt".into());
    assert_eq!(bench.find(&rename_file()).await, Finding::Superseded);
    let owner = Owner::Page(page(1001));
    bench.send(&Write::new("theirs", &upkeep::create_property(&owner, "k", &json!(2)), Proof::AskAPerson)).await;
    assert_eq!(bench.find(&make_property()).await, Finding::Superseded);
    let id = bench.site.with_site(|site| site.around.properties.values().find(|one| one.key == "k").unwrap().id);
    let proof = Proof::PropertyIsGone { owner, key: "k".into(), id: id.to_string() };
    let gone = Write::new("delete a property", &upkeep::delete_property(&page(1001), &id.to_string()), proof);
    assert_eq!(bench.find(&gone).await, NOT_THERE);
    bench.lose_the_answer(&gone).await;
    assert_eq!(bench.find(&gone).await, happened(&id, None));
}
