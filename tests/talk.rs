//! Comments on a page's text, changed, resolved and deleted ones, and files that get new content or another name.

use serde_json::{Value, json};
use sluice::approval::State;
use sluice::sandbox::model::{CommentPlace, Id, Resolution, Site};

use crate::desk::Desk;

const PAGE: &str = "Escalation matrix";
const BODY: &str = "<p>Call the <strong>night</strong> desk &amp; wait. Call the night shift.</p>\
    <ac:structured-macro ac:name=\"code\"><ac:plain-text-body><![CDATA[Call the night]]></ac:plain-text-body>\
    </ac:structured-macro>";

/// The page with words to quote.
fn page(desk: &Desk) -> String {
    let page = desk.page(PAGE);
    desk.site.with_site(|site| body(site, page.parse().unwrap()).replace_range(.., BODY));
    page
}

fn body(site: &mut Site, page: Id) -> &mut String {
    &mut site.contents.get_mut(&page).unwrap().versions.last_mut().unwrap().body
}

fn sent(desk: &Desk) -> Vec<String> {
    let writes = desk.site.log().into_iter().filter(|sent| sent.method != "GET");
    writes.map(|sent| format!("{} {}", sent.method, sent.path)).collect()
}

async fn undo(desk: &Desk) -> Result<Value, sluice::tools::ToolError> {
    let all = desk.approvals.list(None, |record| record.asked.undoes.is_none(), 1).await.unwrap();
    let answer = desk.call("undo_write", json!({ "approval_id": all[0].asked.id })).await?;
    Ok(Value::Object(answer.structured.unwrap()))
}

fn comment(desk: &Desk, fits: impl Fn(&sluice::sandbox::model::Comment) -> bool) -> String {
    desk.site.with_site(|site| site.comments.values().find(|comment| fits(comment)).unwrap().id.to_string())
}

fn text_of(desk: &Desk, comment: &str) -> String {
    desk.site.with_site(|site| site.comments[&comment.parse().unwrap()].versions.last().unwrap().body.clone())
}

fn resolution(desk: &Desk, comment: &str) -> Resolution {
    desk.site.with_site(|site| match &site.comments[&comment.parse().unwrap()].place {
        CommentPlace::Inline { resolution, .. } => *resolution,
        CommentPlace::Footer => panic!("a footer comment"),
    })
}

fn is_open(comment: &sluice::sandbox::model::Comment) -> bool {
    let open = matches!(comment.place, CommentPlace::Inline { resolution: Resolution::Open, .. });
    open && comment.parent.is_none()
}

fn is_footer(comment: &sluice::sandbox::model::Comment) -> bool {
    comment.place == CommentPlace::Footer && comment.parent.is_none()
}

#[tokio::test]
async fn a_comment_on_the_text_stands_where_the_quote_does() {
    let desk = Desk::open().await;
    let page = page(&desk);
    let quoting = |quote: &str| json!({ "page_id": page, "quote": quote, "body": "Which **desk**?" });
    let made = desk.data("add_inline_comment", quoting("night  desk & wait")).await;
    let marked = desk.site.with_site(|site| body(site, page.parse().unwrap()).clone());
    for part in [">night</ac:inline-comment-marker></strong>", "> desk &amp; wait</ac:inline-comment-marker>."] {
        assert!(marked.contains(part), "{marked}");
    }
    let listed = desk.text("list_comments", json!({ "page_id": page, "kind": "inline" })).await;
    assert!(listed.contains("on `night desk & wait`") && listed.contains("> Which **desk**?"), "{listed}");
    undo(&desk).await.unwrap();
    let id: Id = made["id"].as_str().unwrap().parse().unwrap();
    assert!(desk.site.with_site(|site| !site.comments.contains_key(&id)));
}

#[tokio::test]
async fn a_quote_that_is_not_there_or_is_there_twice_is_told_before_anything_is_sent() {
    let desk = Desk::open().await;
    let page = page(&desk);
    let with = |quote: &str, occurrence: Value| json!({ "page_id": page, "quote": quote, "body": "x", "occurrence": occurrence });
    for (quote, occurrence, message) in [
        ("call the night", Value::Null, "the quote is not on the page"),
        ("wait. Call the night shift.Call", Value::Null, "the quote is not on the page"),
        (" ", Value::Null, "the quote is not on the page"),
        ("Call the night", Value::Null, "the quote is on the page 2 times"),
        ("Call the night", json!(0), "`occurrence` is 0, but the quote is on the page 2 times"),
        ("Call the night", json!(3), "`occurrence` is 3, but the quote is on the page 2 times"),
    ] {
        let error = desk.error("add_inline_comment", with(quote, occurrence)).await;
        assert_eq!((&*error.code, error.message.as_str()), ("invalid_input", message));
    }
    assert_eq!(sent(&desk), [""; 0]);
    desk.data("add_inline_comment", with("Call the night", json!(2))).await;
    let marked = desk.site.with_site(|site| body(site, page.parse().unwrap()).clone());
    assert!(marked.contains(">Call the night</ac:inline-comment-marker> shift"), "{marked}");
}

#[tokio::test]
async fn a_comment_is_resolved_opened_again_and_each_undone() {
    let desk = Desk::open().await;
    let open = json!({ "comment_id": comment(&desk, is_open) });
    let id = open["comment_id"].as_str().unwrap();
    let said = text_of(&desk, id);
    let error = desk.error("reopen_comment", open.clone()).await;
    assert_eq!((&*error.code, error.message.as_str()), ("conflict", "the comment is open already"));
    desk.data("resolve_comment", open.clone()).await;
    assert_eq!(resolution(&desk, id), Resolution::Resolved);
    undo(&desk).await.unwrap();
    assert_eq!(resolution(&desk, id), Resolution::Reopened);
    let other = json!({ "comment_id": comment(&desk, |one| is_open(one) && one.id.to_string() != id) });
    desk.data("resolve_comment", other.clone()).await;
    desk.data("reopen_comment", other.clone()).await;
    undo(&desk).await.unwrap();
    assert_eq!(resolution(&desk, other["comment_id"].as_str().unwrap()), Resolution::Resolved);
    assert_eq!(text_of(&desk, id), said);
}

#[tokio::test]
async fn only_comments_on_the_text_are_resolved_and_answered_there() {
    let desk = Desk::open().await;
    let footer = comment(&desk, is_footer);
    let gone = comment(&desk, |one| {
        matches!(one.place, CommentPlace::Inline { resolution: Resolution::Dangling, .. }) && one.parent.is_none()
    });
    let error = desk.error("resolve_comment", json!({ "comment_id": gone })).await;
    assert_eq!(error.code, "conflict");
    for (tool, arguments) in [
        ("resolve_comment", json!({ "comment_id": footer })),
        ("reopen_comment", json!({ "comment_id": footer })),
        ("reply_to_inline_comment", json!({ "comment_id": footer, "body": "x" })),
    ] {
        let error = desk.error(tool, arguments).await;
        assert_eq!(error.message, format!("comment {footer} stands below the page, not on its text"));
    }
    let inline = comment(&desk, is_open);
    let reply = desk.data("reply_to_inline_comment", json!({ "comment_id": inline, "body": "Soon." })).await;
    let id: Id = reply["id"].as_str().unwrap().parse().unwrap();
    assert_eq!(desk.site.with_site(|site| site.comments[&id].parent), Some(inline.parse().unwrap()));
}

#[tokio::test]
async fn a_changed_comment_gets_its_text_back_unless_somebody_changed_it_since() {
    let desk = Desk::open().await;
    for id in [comment(&desk, is_footer), comment(&desk, is_open)] {
        let before = text_of(&desk, &id);
        let changed = desk.data("update_comment", json!({ "comment_id": id, "body": "Better." })).await;
        assert_eq!((&changed["version"], text_of(&desk, &id)), (&json!(2), "<p>Better.</p>".to_owned()));
        let error = desk
            .error("update_comment", json!({ "comment_id": id, "body": "<p>Better.</p>", "body_format": "storage" }));
        assert_eq!(error.await.message, "the comment says just that already");
        undo(&desk).await.unwrap();
        assert_eq!(text_of(&desk, &id), before);
        desk.data("update_comment", json!({ "comment_id": id, "body": "Best." })).await;
        desk.site.with_site(|site| {
            let versions = &mut site.comments.get_mut(&id.parse().unwrap()).unwrap().versions;
            let mut next = versions.last().unwrap().clone();
            (next.number, next.body) = (next.number + 1, "<p>mine</p>".into());
            versions.push(next);
        });
        let error = undo(&desk).await.unwrap_err();
        assert_eq!((&*error.code, text_of(&desk, &id)), ("conflict", "<p>mine</p>".to_owned()));
    }
}

#[tokio::test]
async fn a_comment_is_deleted_with_its_answers_and_only_a_person_writes_it_again() {
    let desk = Desk::open().await;
    let page = page(&desk);
    let made = desk.data("add_comment", json!({ "page_id": page, "body": "x" })).await;
    let reply = desk.data("reply_to_comment", json!({ "comment_id": made["id"], "body": "y" })).await;
    let gone = desk.data("delete_comment", json!({ "comment_id": made["id"] })).await;
    assert_eq!(gone["note"], "deleted for good");
    let record = desk.approvals.list(None, |_| true, 1).await.unwrap().remove(0);
    assert_eq!(
        record.asked.summary,
        format!("delete comment {} with its answer for good", made["id"].as_str().unwrap())
    );
    for id in [&made["id"], &reply["id"]] {
        let id: Id = id.as_str().unwrap().parse().unwrap();
        assert!(desk.site.with_site(|site| !site.comments.contains_key(&id)));
    }
    assert_eq!(undo(&desk).await.unwrap_err().code, "refused");
    assert_eq!(desk.error("delete_comment", json!({ "comment_id": reply["id"] })).await.code, "not_found");
}

#[tokio::test]
async fn a_file_gets_a_new_version_and_keeps_its_name_and_older_ones() {
    let desk = Desk::open().await;
    let page = page(&desk);
    let made = desk.data("upload_attachment", json!({ "page_id": page, "file_name": "n.csv", "text": "a,b\n" })).await;
    let update = json!({ "attachment_id": made["id"], "text": "a,b\n1,2\n", "comment": "one row" });
    let updated = desk.data("update_attachment", update).await;
    assert_eq!((&updated["id"], &updated["version"], &updated["title"]), (&made["id"], &json!(2), &json!("n.csv")));
    let file = desk.data("get_attachment", json!({ "attachment_id": made["id"] })).await;
    assert_eq!((&file["size"], &file["media_type"]), (&json!(8), &json!("text/csv")), "{file}");
    assert!(file["comment"].as_str().unwrap().starts_with("one row (by tester through Sluice"), "{file}");
    let error = undo(&desk).await.unwrap_err();
    assert!(error.code == "refused" && error.hint.starts_with("version 1 stays"), "{error:?}");
    desk.data("delete_attachment", json!({ "attachment_id": made["id"] })).await;
    let error = desk.error("update_attachment", json!({ "attachment_id": made["id"], "text": "x" })).await;
    assert_eq!(error.code, "conflict");
}

#[tokio::test]
async fn a_file_is_renamed_and_named_back_unless_the_name_is_taken_or_was_changed_since() {
    let desk = Desk::open().await;
    let page = page(&desk);
    let named = |name: &str| json!({ "page_id": page, "file_name": name, "text": "x" });
    let file = desk.data("upload_attachment", named("one.txt")).await;
    desk.data("upload_attachment", named("two.txt")).await;
    let rename = |name: &str| json!({ "attachment_id": file["id"], "file_name": name });
    let error = desk.error("rename_attachment", rename("two.txt")).await;
    assert_eq!((&*error.code, error.hint.starts_with("nothing was changed")), ("conflict", true));
    let title = || {
        let id: Id = file["id"].as_str().unwrap().trim_start_matches("att").parse().unwrap();
        desk.site.with_site(|site| site.attachments[&id].title.clone())
    };
    assert_eq!(desk.data("rename_attachment", rename("three.txt")).await["title"], "three.txt");
    undo(&desk).await.unwrap();
    assert_eq!(title(), "one.txt");
    desk.data("rename_attachment", rename("four.txt")).await;
    let id: Id = file["id"].as_str().unwrap().trim_start_matches("att").parse().unwrap();
    desk.site.with_site(|site| site.attachments.get_mut(&id).unwrap().title = "mine.txt".into());
    let error = undo(&desk).await.unwrap_err();
    assert_eq!((&*error.code, title()), ("conflict", "mine.txt".to_owned()));
    assert!(desk.approvals.list(None, |record| record.state == State::Conflict, 9).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_file_is_labelled_by_the_switches_of_files() {
    let desk = Desk::open().await;
    let page = page(&desk);
    let file = desk.data("upload_attachment", json!({ "page_id": page, "file_name": "n.csv", "text": "a" })).await;
    let labels = || {
        let id: Id = file["id"].as_str().unwrap().trim_start_matches("att").parse().unwrap();
        desk.site.with_site(|site| site.attachments[&id].labels.iter().map(|one| one.name.clone()).collect::<Vec<_>>())
    };
    let add = json!({ "attachment_id": file["id"], "labels": ["q3", "draft"] });
    desk.data("add_labels", add.clone()).await;
    assert_eq!(labels(), ["q3", "draft"]);
    desk.data("remove_label", json!({ "attachment_id": file["id"], "label": "draft" })).await;
    assert_eq!(labels(), ["q3"]);
    undo(&desk).await.unwrap();
    assert_eq!(labels(), ["q3", "draft"]);
    for arguments in
        [json!({ "labels": ["x"] }), json!({ "page_id": page, "attachment_id": file["id"], "labels": ["x"] })]
    {
        let error = desk.error("add_labels", arguments).await;
        assert_eq!(error.message, "give exactly one of `page_id` and `attachment_id`");
    }
    let pages_only = crate::desk::FULL
        .replace("[attachments]\nmode = \"read-write\"\nallow_delete = true", "[attachments]\nmode = \"read-only\"");
    let caller =
        sluice::policy::Caller { profile: std::sync::Arc::new(crate::desk::profile(&pages_only)), ..desk.caller() };
    let other = json!({ "attachment_id": file["id"], "labels": ["x"] });
    let error = desk.call_as(caller.clone(), "add_labels", other.clone()).await.unwrap_err();
    assert_eq!((&*error.code, error.hint.contains("[attachments]")), ("refused", true), "{error:?}");
    let changes = json!({ "changes": [{ "tool": "add_labels", "arguments": other }] });
    assert_eq!(desk.call_as(caller, "apply_changes", changes).await.unwrap_err().code, "refused");
}
