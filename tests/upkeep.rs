//! Properties, tasks and watches: changed, and given back as long as nothing came after.

use serde_json::{Value, json};
use sluice::sandbox::model::Id;

use crate::desk::Desk;

const PAGE: &str = "Escalation matrix";

async fn undo(desk: &Desk) -> Result<Value, sluice::tools::ToolError> {
    let all = desk.approvals.list(None, |record| record.asked.undoes.is_none(), 1).await.unwrap();
    let answer = desk.call("undo_write", json!({ "approval_id": all[0].asked.id })).await?;
    Ok(Value::Object(answer.structured.unwrap()))
}

/// The value of a property, by its owner.
fn kept(desk: &Desk, owner: &str, key: &str) -> Option<Value> {
    let owner: Id = owner.parse().unwrap();
    desk.site.with_site(|site| {
        let property = site.around.properties.values().find(|one| one.owner == owner && one.key == key);
        property.map(|property| property.value.clone())
    })
}

/// Somebody else gives a property another value.
fn touch(desk: &Desk, owner: &str, key: &str) {
    let owner: Id = owner.parse().unwrap();
    desk.site.with_site(|site| {
        let found = site.around.properties.values_mut().find(|one| one.owner == owner && one.key == key);
        let property = found.unwrap();
        (property.version, property.value) = (property.version + 1, json!("mine"));
    });
}

#[tokio::test]
async fn a_property_is_made_changed_deleted_and_each_undone() {
    let desk = Desk::open().await;
    let page = desk.page(PAGE);
    let set = |value: Value| json!({ "page_id": page, "key": "owner.team", "value": value });
    let name = json!({ "page_id": page, "key": "owner.team" });
    assert_eq!(desk.data("set_property", set(json!("desk"))).await["version"], 1);
    undo(&desk).await.unwrap();
    assert_eq!(kept(&desk, &page, "owner.team"), None);
    desk.data("set_property", set(json!(["a"]))).await;
    desk.data("set_property", set(json!(["b"]))).await;
    assert_eq!(
        desk.error("set_property", json!({ "page_id": page, "key": "owner.team", "value": ["b"], "x": 1 })).await.code,
        "invalid_input"
    );
    undo(&desk).await.unwrap();
    assert_eq!(kept(&desk, &page, "owner.team"), Some(json!(["a"])));
    desk.data("delete_property", name.clone()).await;
    assert_eq!(
        (
            kept(&desk, &page, "owner.team"),
            desk.error("delete_property", json!({ "page_id": page, "key": "no" })).await.code.as_ref()
        ),
        (None, "invalid_input")
    );
    undo(&desk).await.unwrap();
    assert_eq!(kept(&desk, &page, "owner.team"), Some(json!(["a"])));
    for step in [set(json!(["c"])), json!({ "page_id": page, "key": "new", "value": 1 })] {
        let key = step["key"].as_str().unwrap().to_owned();
        desk.data("set_property", step).await;
        touch(&desk, &page, &key);
        assert_eq!(
            (&*undo(&desk).await.unwrap_err().code, kept(&desk, &page, &key)),
            ("conflict", Some(json!("mine")))
        );
    }
    desk.data("delete_property", name.clone()).await;
    desk.data("set_property", set(json!("theirs"))).await;
    let records = desk.approvals.list(None, |record| record.asked.tool == "delete_property", 1).await.unwrap();
    let error = desk.error("undo_write", json!({ "approval_id": records[0].asked.id })).await;
    assert_eq!((&*error.code, kept(&desk, &page, "owner.team")), ("conflict", Some(json!("theirs"))));
}

#[tokio::test]
async fn keys_and_values_that_confluence_would_not_take_are_refused_before_anything_is_sent() {
    let desk = Desk::open().await;
    let page = desk.page(PAGE);
    for (key, value) in [
        ("", json!(1)),
        (
            "a
b",
            json!(1),
        ),
        (&"k".repeat(256), json!(1)),
        ("k", json!("x".repeat(40_000))),
    ] {
        let error = desk.error("set_property", json!({ "page_id": page, "key": key, "value": value })).await;
        assert_eq!(error.code, "invalid_input", "{error:?}");
    }
}

#[tokio::test]
async fn a_space_has_properties_too_and_a_new_one_is_taken_away_by_people_alone() {
    let desk = Desk::open().await;
    let id = desk.site.with_site(|site| site.spaces.values().find(|space| space.key == "IT").unwrap().id.to_string());
    let set = |value: Value| json!({ "space": "IT", "key": "tier", "value": value });
    desk.data("set_space_property", set(json!(1))).await;
    assert_eq!(undo(&desk).await.unwrap_err().code, "refused");
    desk.data("set_space_property", set(json!(2))).await;
    undo(&desk).await.unwrap();
    assert_eq!(kept(&desk, &id, "tier"), Some(json!(1)));
}

#[tokio::test]
async fn a_task_is_ticked_off_opened_again_and_each_undone() {
    let desk = Desk::open().await;
    let page: Id = desk.page(PAGE).parse().unwrap();
    let task = desk.site.with_site(|site| crate::costs::task(site, page));
    let complete = || {
        desk.site.with_site(|site| {
            site.contents[&page].versions.last().unwrap().body.contains("<ac:task-status>complete</ac:task-status>")
        })
    };
    let arguments = json!({ "task_id": task });
    assert_eq!(desk.error("reopen_task", arguments.clone()).await.message, "the task is open already");
    desk.data("complete_task", arguments.clone()).await;
    assert!(complete());
    undo(&desk).await.unwrap();
    assert!(!complete());
    let all = desk.approvals.list(None, |_| true, 9).await.unwrap();
    assert!(all.iter().any(|record| record.asked.summary == format!("complete task {task} on page {page}")));
    assert_eq!(desk.error("complete_task", json!({ "task_id": "999999999" })).await.code, "not_found");
}

#[tokio::test]
async fn a_page_is_watched_and_not_watched_any_more_and_each_undone() {
    let desk = Desk::open().await;
    let page = desk.page(PAGE);
    let number: Id = page.parse().unwrap();
    desk.site.with_site(|site| site.around.watchers.remove(&number));
    let watchers =
        || desk.site.with_site(|site| site.around.watchers.get(&number).map_or(0, std::collections::BTreeSet::len));
    let arguments = json!({ "page_id": page });
    assert_eq!(desk.error("unwatch_page", arguments.clone()).await.code, "conflict");
    desk.data("watch_page", arguments.clone()).await;
    assert_eq!(watchers(), 1);
    undo(&desk).await.unwrap();
    assert_eq!(watchers(), 0);
    let other = json!({ "page_id": desk.page("Connect to the VPN from home") });
    let other_number: Id = other["page_id"].as_str().unwrap().parse().unwrap();
    desk.site.with_site(|site| site.around.watchers.remove(&other_number));
    desk.data("watch_page", other.clone()).await;
    desk.data("unwatch_page", other.clone()).await;
    undo(&desk).await.unwrap();
    assert_eq!(desk.site.with_site(|site| site.around.watchers[&other_number].len()), 1);
}
