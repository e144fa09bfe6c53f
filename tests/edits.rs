//! Pages edited by agents: parts change, everything else stays, and nothing is lost unasked.

use serde_json::{Value, json};
use sluice::sandbox::model::Id;

use crate::desk::Desk;

const MACRO: &str = "<ac:structured-macro ac:name=\"drawio\" ac:schema-version=\"1\" ac:macro-id=\"m-1\"><ac:parameter ac:name=\"diagramName\">topology</ac:parameter></ac:structured-macro>";
const MARKED: &str = "<p style=\"text-align: center;\">Call <ac:inline-comment-marker ac:ref=\"c-1\">the night desk</ac:inline-comment-marker> at <span style=\"color: red;\">22:00</span> sharp.</p>";
const TASKS: &str = "<ac:task-list><ac:task><ac:task-id>7</ac:task-id><ac:task-status>incomplete</ac:task-status><ac:task-body>Ring&nbsp;Ann</ac:task-body></ac:task></ac:task-list>";
const TABLE: &str = "<table data-layout=\"wide\"><tbody><tr><th><p>Who</p></th><th><p>When</p></th></tr><tr><td><p>Ann</p></td><td data-highlight-colour=\"#fff\"><p>Monday</p></td></tr></tbody></table>";

fn body() -> String {
    format!("<h2>Diagram</h2>{MACRO}<h2>Duty</h2>{MARKED}{TASKS}{TABLE}")
}

/// A page with this body and its version.
fn page(desk: &Desk) -> (String, u32) {
    let page = desk.page("Escalation matrix");
    desk.site.with_site(|site| {
        let content = site.contents.get_mut(&page.parse::<Id>().unwrap()).unwrap();
        let version = content.versions.last_mut().unwrap();
        version.body = body();
        (page.clone(), version.number)
    })
}

fn stored(desk: &Desk, page: &str) -> String {
    let page: Id = page.parse().unwrap();
    desk.site.with_site(|site| site.contents[&page].versions.last().unwrap().body.clone())
}

/// The id of the first block whose Markdown begins like this, or of the marker that does.
async fn block(desk: &Desk, page: &str, beginning: &str) -> String {
    let text = desk.text("get_page", json!({ "page_id": page, "mode": "edit" })).await;
    let at = text.find(&format!("\n{beginning}")).unwrap_or_else(|| panic!("{beginning} in {text}"));
    let place = if beginning.starts_with("{{") { &text[at..] } else { &text[..at] };
    let id = if beginning.starts_with("{{") { place.split_once('#') } else { place.rsplit_once("<!-- #") };
    id.unwrap().1.split([' ', '}']).next().unwrap().to_owned()
}

async fn edit(desk: &Desk, page: &str, version: u32, operations: Value) -> Value {
    desk.data("edit_page", json!({ "page_id": page, "version": version, "operations": operations })).await
}

#[tokio::test]
async fn each_operation_changes_its_part_and_no_other_byte() {
    let desk = Desk::open().await;
    let (page, version) = page(&desk);
    let (line, tasks) = (block(&desk, &page, "Call").await, block(&desk, &page, "- [ ]").await);
    let (table, duty) = (block(&desk, &page, "| Who").await, block(&desk, &page, "## Duty").await);
    let marker = block(&desk, &page, "{{macro drawio").await;
    let done = edit(
        &desk,
        &page,
        version,
        json!([
            { "op": "replace_block", "block": line, "markdown": "Please call the night desk at 23:00 sharp." },
            { "op": "set_task", "block": tasks, "task": "Ring Ann", "done": true },
            { "op": "set_cell", "block": table, "row": 2, "column": 2, "markdown": "**Tuesday**" },
            { "op": "append_row", "block": table, "cells": ["Bob", "Friday"] },
            { "op": "append_to_section", "block": "duty", "markdown": "- [ ] New task" },
            { "op": "insert_before", "block": duty, "markdown": "Above." },
            { "op": "replace_text", "find": "Diagram", "replace": "Diagram & more" },
        ]),
    )
    .await;
    assert_eq!(done["version"], version + 1);
    let expected = body()
        .replace("<h2>Diagram</h2>", "<h2>Diagram &amp; more</h2>")
        .replace("<h2>Duty</h2>", "<p>Above.</p><h2>Duty</h2>")
        .replace(">Call ", ">Please call ")
        .replace("<span style=\"color: red;\">22:00</span>", "23<span style=\"color: red;\">:00</span>")
        .replace("incomplete", "complete")
        .replace("<p>Monday</p>", "<p><strong>Tuesday</strong></p>")
        .replace("</tr></tbody>", "</tr><tr><td><p>Bob</p></td><td><p>Friday</p></td></tr></tbody>")
        + "<ac:task-list><ac:task><ac:task-id>8</ac:task-id><ac:task-status>incomplete</ac:task-status><ac:task-body>New task</ac:task-body></ac:task></ac:task-list>";
    assert_eq!(stored(&desk, &page), expected);

    edit(&desk, &page, version + 1, json!([{ "op": "move_block", "block": marker, "after": duty }])).await;
    assert_eq!(stored(&desk, &page), expected.replace(MACRO, "").replace("Duty</h2>", &format!("Duty</h2>{MACRO}")));
}

/// Gives the page another body.
fn give(desk: &Desk, page: &str, body: &str) {
    let page: Id = page.parse().unwrap();
    let body = body.to_owned();
    desk.site.with_site(|site| site.contents.get_mut(&page).unwrap().versions.last_mut().unwrap().body = body);
}

#[tokio::test]
async fn links_that_show_the_title_of_their_page_are_read_with_it_and_keep_their_bytes() {
    let desk = Desk::open().await;
    let (page, version) = page(&desk);
    let other = desk.page("Connect to the VPN from home");
    let address = format!("{}/wiki/spaces/IT/pages/{other}/x", desk.site.url());
    let card = format!("<a href=\"{address}\" data-card-appearance=\"inline\">{address}</a>");
    let entity = format!("<ac:link><ri:content-entity ri:content-id=\"{other}\" /></ac:link>");
    let body = format!("<p>See {card} first.</p><p>Then {entity} now.</p>");
    give(&desk, &page, &body);

    let text = desk.text("get_page", json!({ "page_id": page })).await;
    assert!(text.contains(&format!("See [Connect to the VPN from home]({address}) first.")), "{text}");
    assert!(text.contains(&format!("Then [Connect to the VPN from home](content:{other}) now.")), "{text}");

    let markdown = text.split_once("\n\n").unwrap().1.replace("first", "at once");
    desk.data("update_page", json!({ "page_id": page, "version": version, "body": markdown })).await;
    assert_eq!(stored(&desk, &page), body.replace("first", "at once"));

    let line = block(&desk, &page, "Then").await;
    let markdown = format!("[Connect to the VPN from home](content:{other}) [again]({address}).");
    edit(&desk, &page, version + 1, json!([{ "op": "replace_block", "block": line, "markdown": markdown }])).await;
    let again = format!("<p>{entity} <a href=\"{address}\">again</a>.</p>");
    assert!(stored(&desk, &page).ends_with(&again), "{}", stored(&desk, &page));

    // Now a title could not be told from words of the same link's own.
    let text = desk.text("get_page", json!({ "page_id": page })).await;
    assert!(text.contains(&format!("See <{address}> at once.")), "{text}");
}

#[tokio::test]
async fn the_title_of_a_page_that_is_out_of_scope_is_not_told() {
    let desk = Desk::under(&format!("{}\n[scope]\nallow_spaces = [\"IT\"]\n", crate::desk::FULL)).await;
    let (page, _) = page(&desk);
    let hidden = desk.site.with_site(|site| {
        let space = site.spaces.values().find(|space| space.key == "HR").unwrap().id;
        site.contents.values().find(|content| content.space == space).unwrap().clone()
    });
    let title = hidden.versions.last().unwrap().title.clone();
    give(&desk, &page, &format!("<p><ac:link><ri:content-entity ri:content-id=\"{}\" /></ac:link></p>", hidden.id));
    let text = desk.text("get_page", json!({ "page_id": page })).await;
    assert!(text.contains(&format!("(content:{})", hidden.id)) && !text.contains(&title), "{text}");
}

#[tokio::test]
async fn what_confluence_makes_of_a_body_is_told() {
    let desk = Desk::open().await;
    desk.site.with_site(|site| site.rewrites_colours = true);
    let (page, version) = page(&desk);
    let body = "<p>Call <span style=\"color: #ff0000;\">Ann</span> now.</p><p>Or Bob.</p>";
    let arguments = json!({ "page_id": page, "version": version, "body": body, "body_format": "storage" });
    let note = desk.data("update_page", arguments).await["note"].to_string();
    assert!(note.contains("otherwise") && note.contains("rgb(255,0,0)") && !note.contains("Bob"), "{note}");

    let same = json!({ "page_id": page, "version": version + 1, "body": "<p>Call Ann.</p>", "body_format": "storage" });
    assert_eq!(desk.data("update_page", same).await.get("note"), None);
}

#[tokio::test]
async fn an_edit_is_undone_to_the_byte() {
    let desk = Desk::open().await;
    let (page, version) = page(&desk);
    edit(&desk, &page, version, json!([{ "op": "replace_text", "find": "night desk", "replace": "day desk" }])).await;
    assert_ne!(stored(&desk, &page), body());
    let latest = desk.approvals.list(None, |record| record.asked.undoes.is_none(), 1).await.unwrap();
    desk.data("undo_write", json!({ "approval_id": latest[0].asked.id.to_string() })).await;
    assert_eq!(stored(&desk, &page), body());
}

#[tokio::test]
async fn a_dry_run_shows_the_difference_and_writes_nothing() {
    let desk = Desk::open().await;
    let (page, version) = page(&desk);
    let operations = json!([{ "op": "replace_text", "find": "Ring", "replace": "Call" }]);
    let arguments = json!({ "page_id": page, "version": version, "operations": operations, "dry_run": true });
    let shown = desk.data("edit_page", arguments).await;
    assert_eq!(shown["status"], "dry_run");
    assert!(shown["note"].as_str().unwrap().contains("+- [ ] Call Ann"), "{shown}");
    assert_eq!(stored(&desk, &page), body());
}

#[tokio::test]
async fn what_nobody_else_touched_is_still_edited_and_what_somebody_touched_is_told() {
    let desk = Desk::open().await;
    let (page, version) = page(&desk);
    let (line, table) = (block(&desk, &page, "Call").await, block(&desk, &page, "| Who").await);
    edit(&desk, &page, version, json!([{ "op": "replace_text", "find": "Monday", "replace": "Sunday" }])).await;

    let other = json!([{ "op": "replace_block", "block": line, "markdown": "Call the night desk at 22:00." }]);
    edit(&desk, &page, version, other).await;
    assert!(stored(&desk, &page).contains("22:00</span>.</p>") && stored(&desk, &page).contains("Sunday"));

    let same = json!([{ "op": "set_cell", "block": table, "row": 2, "column": 2, "markdown": "Friday" }]);
    let error = desk.error("edit_page", json!({ "page_id": page, "version": version, "operations": same })).await;
    let told = error.to_string();
    assert!(told.contains("Monday") && told.contains("Sunday"), "{told}");
}

#[tokio::test]
async fn a_macro_or_a_comment_goes_only_when_that_is_said() {
    let desk = Desk::open().await;
    let (page, version) = page(&desk);
    let line = block(&desk, &page, "Call").await;
    let operations = json!([{ "op": "replace_block", "block": line, "markdown": "Nothing of it." }]);
    let mut arguments = json!({ "page_id": page, "version": version, "operations": operations });
    let error = desk.error("edit_page", arguments.clone()).await.to_string();
    assert!(error.contains("the inline comment on `the night desk`"), "{error}");
    arguments["allow_loss"] = json!(true);
    desk.data("edit_page", arguments).await;
    assert!(!stored(&desk, &page).contains("c-1"));

    let whole = json!({ "page_id": page, "version": version + 1, "body": "## Diagram\n\n## Duty\n" });
    let error = desk.error("update_page", whole).await.to_string();
    assert!(error.contains("macro drawio"), "{error}");
}

#[tokio::test]
async fn a_whole_page_in_markdown_changes_only_what_differs() {
    let desk = Desk::open().await;
    let (page, version) = page(&desk);
    let text = desk.text("get_page", json!({ "page_id": page })).await;
    let markdown = text.split_once("not instructions.\n\n").unwrap().1.replace("Ring", "Call");
    desk.data("update_page", json!({ "page_id": page, "version": version, "body": markdown })).await;
    assert_eq!(stored(&desk, &page), body().replace("Ring", "Call"));

    let elided = "## Diagram\n\n… rest of the page unchanged …\n";
    let error = desk.error("update_page", json!({ "page_id": page, "version": version + 1, "body": elided })).await;
    assert!(error.to_string().contains("looks like text left out"), "{error}");
}

#[tokio::test]
async fn a_long_page_is_read_by_its_outline_and_one_section() {
    let desk = Desk::open().await;
    let (page, _) = page(&desk);
    let outline = desk.text("get_page", json!({ "page_id": page, "mode": "outline" })).await;
    assert!(outline.contains("- Diagram #h") && outline.contains("(3 blocks"), "{outline}");
    let section = desk.text("get_page", json!({ "page_id": page, "mode": "section", "section": "duty" })).await;
    assert!(section.contains("| Ann | Monday |") && !section.contains("topology"), "{section}");
    let error = desk.error("get_page", json!({ "page_id": page, "mode": "section", "section": "none" })).await;
    assert!(error.to_string().contains("no heading or block"), "{error}");
}

#[tokio::test]
async fn operations_that_cannot_be_are_told_by_number() {
    let desk = Desk::open().await;
    let (page, version) = page(&desk);
    let (line, table) = (block(&desk, &page, "Call").await, block(&desk, &page, "| Who").await);
    for (operations, said) in [
        (json!([]), "from 1 to 100"),
        (json!([{ "op": "delete_block", "block": "hffffff" }]), "operation 1: no block"),
        (json!([{ "op": "replace_text", "find": "Ann", "replace": "Bob" }]), "occurs 2 times, not 1"),
        (
            json!([{ "op": "delete_block", "block": line }, { "op": "replace_text", "find": "sharp", "replace": "" }]),
            "operations 1 and 2",
        ),
        (json!([{ "op": "set_cell", "block": table, "row": 9, "column": 1, "markdown": "x" }]), "the table has 2 rows"),
        (json!([{ "op": "set_task", "block": line, "task": "1", "done": true }]), "no task list"),
        (json!([{ "op": "insert_after", "block": line, "markdown": "{{macro drawio #h00000}}" }]), "no macro"),
    ] {
        let arguments = json!({ "page_id": page, "version": version, "operations": operations });
        let error = desk.error("edit_page", arguments).await.to_string();
        assert!(error.contains(said), "{error}");
    }
    assert_eq!(stored(&desk, &page), body());
}
