//! Several writes decided on as one: shown together, sent in order, reported and undone one by one.

use serde_json::{Value, json};
use sluice::approval::record::{Known, Says, Via};
use sluice::approval::{Decider, Record, Rights, State};
use sluice::policy::ports::Verdict;
use sluice::sandbox::{Effect, Fault, Moment};
use sluice::store::{Batch, Key, Table};

use crate::desk::{Desk, FULL, Opening};

const PAGE: &str = "Escalation matrix";
const CAREFUL: &str = "mode = \"read-write\"\nrequire_approval = true";

fn maria() -> Decider {
    Decider::Approver { name: "maria".into(), via: Via::Terminal, rights: Rights::all() }
}

/// A label, a comment and a file for the page.
fn three(page: &str) -> Value {
    json!([
        { "tool": "add_labels", "arguments": { "page_id": page, "labels": ["one"] } },
        { "tool": "add_comment", "arguments": { "page_id": page, "body": "x" } },
        { "tool": "upload_attachment", "arguments": { "page_id": page, "file_name": "n.csv", "text": "a" } },
    ])
}

fn set(changes: Value) -> Value {
    Value::Object([("changes".to_owned(), changes)].into_iter().collect())
}

async fn careful() -> Desk {
    Desk::opened(Opening { profile: &FULL.replace("mode = \"read-write\"", CAREFUL), ..Opening::usual() }).await
}

/// The requests that may have changed something.
fn sent(desk: &Desk) -> Vec<String> {
    let writes = desk.site.log().into_iter().filter(|sent| sent.method != "GET");
    writes.map(|sent| format!("{} {}", sent.method, sent.path.rsplit('/').next().unwrap())).collect()
}

const ALL: [&str; 3] = ["POST label", "POST footer-comments", "POST attachment"];

/// The record of the set, and those of its steps that have begun, in their order.
async fn records(desk: &Desk) -> (Record, Vec<Record>) {
    let set = desk.approvals.list(None, |record| record.asked.steps.is_some(), 1).await.unwrap().remove(0);
    let steps = set.asked.steps.as_ref().unwrap().read(&*desk.store).await.unwrap();
    let mut records = Vec::new();
    for step in steps {
        assert_eq!(step.part_of.as_ref(), Some(&set.asked.id));
        records.extend(desk.approvals.get(&step.id).await.unwrap());
    }
    (set, records)
}

fn states(records: &[Record]) -> Vec<&'static str> {
    records.iter().map(|record| record.state.word()).collect()
}

#[tokio::test]
async fn several_writes_go_in_order_are_reported_one_by_one_and_undone_one_by_one() {
    let desk = Desk::open().await;
    let page = desk.page(PAGE);
    let done = desk.data("apply_changes", set(three(&page))).await;
    let (set_of, steps) = records(&desk).await;
    assert_eq!(
        (sent(&desk), set_of.state, states(&steps)),
        (ALL.map(str::to_owned).to_vec(), State::Succeeded, vec!["succeeded"; 3])
    );
    let note = done["note"].as_str().unwrap();
    for (line, step) in note.lines().zip(&steps) {
        assert!(line.contains("succeeded: ") && line.ends_with(step.asked.id.as_str()), "{note}");
    }
    assert_eq!((note.lines().count(), desk.usage().writes_last_hour), (3, 3));
    for step in steps.iter().rev() {
        desk.data("undo_write", json!({ "approval_id": step.asked.id })).await;
    }
    let error = desk.error("undo_write", json!({ "approval_id": set_of.asked.id })).await;
    assert_eq!(error.hint, "each step is undone by its own approval_id, the last first");
    let replayed = desk.data("apply_changes", set(three(&page))).await;
    assert!(replayed["note"].as_str().unwrap().contains("replayed"), "{replayed}");
}

#[tokio::test]
async fn they_wait_as_one_and_one_yes_or_no_is_for_all() {
    let desk = careful().await;
    let page = desk.page(PAGE);
    desk.approver_says(Verdict::Denied { by: "maria".into(), reason: "no".into() });
    assert_eq!(desk.error("apply_changes", set(three(&page))).await.code, "denied");
    assert_eq!((sent(&desk), desk.take_shown().len()), (vec![], 1));
    desk.approver_says(Verdict::Approved { by: "maria".into() });
    desk.data("apply_changes", set(three(&page))).await;
    let shown = desk.take_shown();
    assert_eq!((sent(&desk), shown.len()), (ALL.map(str::to_owned).to_vec(), 1));
    assert!(
        shown[0].summary.starts_with("3 writes in order: label page") && shown[0].summary.ends_with(", and 2 more")
    );
    for part in ["1. add_labels: ", "+ one", "2. add_comment: ", "3. upload_attachment: ", "SHA-256"] {
        assert!(shown[0].preview.contains(part), "{}", shown[0].preview);
    }
    let (set_of, steps) = records(&desk).await;
    let by = |record: &Record| record.decision.clone().map(|decision| (decision.by, decision.via));
    assert!(steps.iter().all(|step| by(step) == by(&set_of) && step.decision.as_ref().unwrap().seal == step.seal));
}

#[tokio::test]
async fn the_strictest_step_decides_for_all() {
    let careful = FULL.replacen("mode = \"read-write\"", CAREFUL, 1);
    let desk = Desk::under(&careful).await;
    let page = desk.page(PAGE);
    let waits = desk.data("apply_changes", set(three(&page))).await;
    assert_eq!((&waits["status"], sent(&desk)), (&json!("pending_approval"), vec![]));
    let files = json!([three(&page)[2]]);
    assert_eq!(desk.data("apply_changes", set(files)).await["status"], "done");
    let no_delete = Desk::under(&FULL.replace("allow_delete = true", "")).await;
    let page = no_delete.page(PAGE);
    let mut changes = three(&page);
    changes[1] = json!({ "tool": "delete_page", "arguments": { "page_id": page } });
    let error = no_delete.error("apply_changes", set(changes)).await;
    assert!(error.code == "refused" && error.message.starts_with("step 2: "), "{error:?}");
    let scoped = Desk::under(&format!("{FULL}\n[scope]\nallow_spaces = [\"HR\"]\n")).await;
    let error = scoped.error("apply_changes", set(three(&page))).await;
    assert_eq!((&*error.code, sent(&no_delete), sent(&scoped)), ("not_found", vec![], vec![]));
    let limited = Desk::under(&format!("{FULL}\n[limits]\nwrites_per_hour = 2\n")).await;
    let error = limited.error("apply_changes", set(three(&limited.page(PAGE)))).await;
    assert_eq!((&*error.code, sent(&limited)), ("limit_reached", vec![]));
}

#[tokio::test]
async fn the_first_that_fails_ends_it_and_says_what_is_done_and_what_is_not() {
    let desk = careful().await;
    let page = desk.page(PAGE);
    let version = desk.site.with_site(|site| site.contents[&page.parse().unwrap()].versions.last().unwrap().number);
    let mut changes = three(&page);
    changes[1] = json!({ "tool": "update_page", "arguments": { "page_id": page, "version": version, "body": "y" } });
    desk.data("apply_changes", set(changes)).await;
    let (set_of, _) = records(&desk).await;
    desk.site.with_site(|site| {
        let versions = &mut site.contents.get_mut(&page.parse().unwrap()).unwrap().versions;
        let mut next = versions.last().unwrap().clone();
        next.number += 1;
        versions.push(next);
    });
    desk.approvals.decide(&set_of.asked.id, set_of.seal, &maria(), Says::Yes, None).await.unwrap();
    desk.approvals.finish().await;
    let (set_of, steps) = records(&desk).await;
    assert_eq!((set_of.state, states(&steps)), (State::Failed, vec!["succeeded", "conflict"]));
    let outcome = set_of.outcome.unwrap();
    let message = outcome.message.unwrap();
    assert!(message.starts_with("step 2 of 3 (change page"), "{message}");
    assert!(message.ends_with(&format!("; done before it: {}; not sent after it: 1", steps[0].asked.id)), "{message}");
    assert_eq!((outcome.code.as_deref(), sent(&desk).len()), (Some("conflict"), 2));
}

#[tokio::test]
async fn what_cannot_be_one_set_is_refused_before_anything_is_kept() {
    let desk = Desk::open().await;
    let page = desk.page(PAGE);
    let version = desk.site.with_site(|site| site.contents[&page.parse().unwrap()].versions.last().unwrap().number);
    let update = |body: &str| json!({ "tool": "update_page", "arguments": { "page_id": page, "version": version, "body": body } });
    let edit = json!({ "page_id": page, "version": version, "operations": [], "dry_run": true });
    for (changes, part) in [
        (json!([]), "1 to 50"),
        (json!(vec![three(&page)[0].clone(); 51]), "1 to 50"),
        (json!([{ "tool": "get_page", "arguments": {} }]), "step 1: `get_page` is no tool of one write"),
        (json!([{ "tool": "apply_changes", "arguments": {} }]), "step 1: `apply_changes` is no tool of one write"),
        (json!([{ "tool": "undo_write", "arguments": {} }]), "step 1: `undo_write` is no tool of one write"),
        (json!([{ "tool": "add_labels", "arguments": { "page_id": page } }]), "step 1: missing field `labels`"),
        (json!([{ "tool": "edit_page", "arguments": edit }]), "step 1: one write of several cannot be a dry run"),
        (json!([update("x"), three(&page)[0], update("y")]), "steps 1 and 3 both change page"),
    ] {
        let error = desk.error("apply_changes", set(changes)).await;
        assert!(error.code == "invalid_input" && error.message.contains(part), "{part}: {error:?}");
    }
    let shown = desk.data("apply_changes", json!({ "changes": three(&page), "dry_run": true })).await;
    assert_eq!(
        (&shown["status"], shown["note"].as_str().unwrap().contains("2. add_comment: ")),
        (&json!("dry_run"), true)
    );
    assert_eq!((sent(&desk), desk.approvals.list(None, |_| true, 9).await.unwrap().len()), (vec![], 0));
}

#[tokio::test]
async fn a_step_whose_answer_was_lost_is_found_out_about_and_the_rest_follows() {
    let desk = careful().await;
    let page = desk.page(PAGE);
    let template = Some("POST /wiki/api/v2/footer-comments".to_owned());
    desk.site.set_fault(Fault { template, times: 1, effect: Effect::Reset { moment: Moment::After } });
    desk.approver_says(Verdict::Approved { by: "maria".into() });
    let _ = desk.call("apply_changes", set(three(&page))).await;
    for _ in 0..3 {
        desk.approvals.sweep().await.unwrap();
        desk.approvals.finish().await;
    }
    let (set_of, steps) = records(&desk).await;
    assert_eq!((set_of.state, states(&steps)), (State::Succeeded, vec!["succeeded"; 3]));
    assert_eq!(steps[1].outcome.as_ref().unwrap().known, Known::Found);
    assert_eq!(sent(&desk).len(), 3);
}

#[tokio::test]
async fn a_set_that_was_cut_off_goes_on_from_the_first_step_that_is_not_done() {
    for left_at in 0..3 {
        let desk = careful().await;
        let page = desk.page(PAGE);
        desk.approver_says(Verdict::Approved { by: "maria".into() });
        desk.data("apply_changes", set(three(&page))).await;
        let (set_of, steps) = records(&desk).await;
        // As the process left it that was killed once this step was done.
        let (table, open) = (Table::new("approval"), Table::new("approval-open"));
        let mut kept = json!(set_of);
        (kept["state"], kept["outcome"]) = (json!("executing"), json!(null));
        let id = set_of.asked.id.as_str();
        let mut batch = Batch::new().put(Key::new(table, id), kept.to_string()).put(Key::new(open, id), Vec::new());
        for step in &steps[left_at + 1..] {
            batch = batch.remove(Key::new(table, step.asked.id.as_str()));
        }
        desk.store.commit(batch).await.unwrap();
        // What the killed process had not sent was not there either.
        let page: u64 = page.parse().unwrap();
        desk.site.with_site(|site| {
            site.attachments.retain(|_, file| file.container != page || file.title != "n.csv" || left_at == 2);
        });
        desk.site.reset_counts();
        let next = desk.restarted().await;
        next.approvals().finish().await;
        let (set_of, steps) = records(&desk).await;
        assert_eq!((set_of.state, states(&steps)), (State::Succeeded, vec!["succeeded"; 3]), "{left_at}");
        assert_eq!(desk.usage().writes_last_hour, 3, "{left_at}");
    }
}

#[tokio::test]
async fn a_list_of_steps_that_was_changed_from_outside_is_not_carried_out() {
    let desk = careful().await;
    let page = desk.page(PAGE);
    desk.data("apply_changes", set(three(&page))).await;
    let (set_of, _) = records(&desk).await;
    let mut kept = json!(set_of);
    let list = kept["asked"]["steps"]["list"]["here"].as_str().unwrap().replace("footer-comments", "inline-comments");
    kept["asked"]["steps"]["list"]["here"] = json!(list);
    let key = Key::new(Table::new("approval"), set_of.asked.id.as_str());
    desk.store.commit(Batch::new().put(key, kept.to_string())).await.unwrap();
    desk.approvals.decide(&set_of.asked.id, set_of.seal, &maria(), Says::Yes, None).await.unwrap_err();
    desk.approvals.finish().await;
    assert_eq!((records(&desk).await.0.state, sent(&desk)), (State::RejectedTampered, vec![]));
}

#[tokio::test]
async fn what_lay_beside_the_steps_of_a_denied_set_goes_with_it() {
    let desk = careful().await;
    let page = desk.page(PAGE);
    let big = "x".repeat(100_000);
    let changes =
        json!([{ "tool": "upload_attachment", "arguments": { "page_id": page, "file_name": "n.txt", "text": big } }]);
    desk.approver_says(Verdict::Denied { by: "maria".into(), reason: "no".into() });
    desk.error("apply_changes", set(changes)).await;
    let beside = async || {
        let scan = sluice::store::Scan::of(Table::new("approval-pieces"), 99);
        desk.store.scan(scan).await.unwrap().len()
    };
    assert!(beside().await > 0);
    desk.approvals.forget_connection("the service desk", "maria").await.unwrap();
    assert_eq!(beside().await, 0);
}

#[tokio::test]
async fn several_files_are_one_decision_and_a_report_of_each() {
    let desk = careful().await;
    let page = desk.page(PAGE);
    let files = |names: &[&str]| {
        let files: Vec<Value> = names.iter().map(|name| json!({ "file_name": name, "text": "x" })).collect();
        json!({ "page_id": page, "files": files })
    };
    let error = desk.error("upload_attachments", files(&["a.txt", "a.txt"])).await;
    assert_eq!(error.message, "two files are named `a.txt`");
    desk.approver_says(Verdict::Approved { by: "maria".into() });
    let done = desk.data("upload_attachments", files(&["a.txt", "b.txt"])).await;
    assert_eq!((desk.shown().len(), done["note"].as_str().unwrap().lines().count()), (1, 2), "{done}");
    let error = desk.error("upload_attachments", files(&["c.txt", "b.txt"])).await;
    assert!(error.code == "conflict" && error.message.starts_with("step 2: the page has a file `b.txt`"), "{error:?}");
}
