//! What a profile hides page by page, by a subtree or by read restrictions, looks exactly like what is not there.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use sluice::sandbox::model::{ContentKind, ContentStatus, Id, Site};
use sluice::sandbox::seed;

use crate::desk::{Desk, FULL, Hurried, Opening, text_of};
use crate::scope::{calls, things};
use crate::tree::put;

const PAGE: ContentKind = ContentKind::Page;
const CURRENT: ContentStatus = ContentStatus::Current;

/// A site with a small tree below a page of the service desk's.
struct Grove {
    site: Site,
    /// What stands above the top.
    above: Id,
    /// `Grove top`, below it `Grove open` with `Grove leaf`, and `Grove shut` with `Grove inside`.
    top: Id,
    open: Id,
    leaf: Id,
    shut: Id,
    inside: Id,
}

fn grove() -> Grove {
    let mut site = seed::service_desk();
    let it = site.spaces.values().find(|space| space.key == "IT").unwrap().id;
    let stands = |site: &Site| {
        let fits = |content: &&sluice::sandbox::model::Content| {
            content.space == it && content.kind == PAGE && content.status == CURRENT && content.parent.is_some()
        };
        site.contents.values().find(fits).unwrap().id
    };
    let above = stands(&site);
    let mut grow = |under, title| put(&mut site, under, PAGE, CURRENT, title);
    let top = grow(above, "Grove top");
    let (open, shut) = (grow(top, "Grove open"), grow(top, "Grove shut"));
    let (leaf, inside) = (grow(open, "Grove leaf"), grow(shut, "Grove inside"));
    Grove { site, above, top, open, leaf, shut, inside }
}

/// Keeps everybody but the administrator from reading these.
fn restrict(site: &mut Site, ids: impl IntoIterator<Item = Id>) {
    let admin = site.users.values().find(|user| user.admin).unwrap().account_id.clone();
    for id in ids {
        site.contents.get_mut(&id).unwrap().readers = Some([admin.clone()].into());
    }
}

async fn desk(site: Site, scope: &str) -> Desk {
    Desk::opened(Opening { site, profile: &format!("{FULL}\n[scope]\n{scope}\n"), ..Opening::usual() }).await
}

async fn shows(desk: &Desk, tool: &str, arguments: Value) -> String {
    match desk.call(tool, arguments.clone()).await {
        Ok(answer) => format!("{} {:?}", text_of(&answer), answer),
        Err(error) => format!("{error:?}"),
    }
}

/// Every call that is pointed at something hidden is answered like one that is pointed at nothing, and nothing is
/// written.
async fn hidden_is_missing(desk: &Desk, hidden: Vec<(&'static str, Value)>, missing: Vec<(&'static str, Value)>) {
    let mut compared = 0;
    for ((tool, hidden), (_, missing)) in hidden.into_iter().zip(missing).filter(|(hidden, missing)| hidden != missing)
    {
        let (to_hidden, to_missing) = (desk.call(tool, hidden.clone()).await, desk.call(tool, missing).await);
        match (&to_hidden, &to_missing) {
            (Err(hidden_error), Err(missing_error)) => assert_eq!(hidden_error, missing_error, "{tool} {hidden}"),
            (Ok(a), Ok(b)) => assert_eq!(text_of(a), text_of(b), "{tool} {hidden}"),
            (a, b) => panic!("{tool} {hidden}: {a:?} and {b:?}"),
        }
        compared += 1;
    }
    assert!(compared > 70, "{compared} calls");
    let sent = desk.site.requests().into_keys();
    let writes: Vec<_> =
        sent.filter(|template| !template.starts_with("GET ") && !template.ends_with("-bulk")).collect();
    assert!(writes.is_empty(), "{writes:?}");
}

#[tokio::test]
async fn what_lies_outside_the_pages_that_are_allowed_is_answered_word_for_word_like_what_is_missing() {
    for (key, more) in [("IT", ""), ("HR", ""), ("HR", "allow_spaces = [\"OPS\"]\n")] {
        let Grove { site, top, .. } = grove();
        let desk = desk(site, &format!("{more}allow_pages = [\"{top}\"]")).await;
        let (hidden, missing) = desk.site.with_site(|site| (things(site, Some(key)), things(site, None)));
        let visible = top.to_string();
        hidden_is_missing(&desk, calls(&hidden, key, &visible), calls(&missing, "NOSUCH", &visible)).await;
    }
}

#[tokio::test]
async fn what_is_restricted_is_answered_word_for_word_like_what_is_missing() {
    let Grove { site, top, .. } = grove();
    let desk = desk(site, "visible_to_all_only = true").await;
    let (hidden, missing) = desk.site.with_site(|site| (things(site, Some("HR")), things(site, None)));
    desk.site.with_site(|site| restrict(site, [hidden.page, hidden.post, hidden.folder, hidden.smart_link]));
    let visible = top.to_string();
    // Templates are a space's, and nobody can restrict them.
    let template = hidden.template.to_string();
    let of_templates = |(_, arguments): &(&'static str, Value)| arguments["template_id"] != json!(template);
    let (hidden, missing): (Vec<_>, Vec<_>) = calls(&hidden, "IT", &visible)
        .into_iter()
        .zip(calls(&missing, "IT", &visible))
        .filter(|(hidden, _)| of_templates(hidden))
        .unzip();
    hidden_is_missing(&desk, hidden, missing).await;
}

#[tokio::test]
async fn a_subtree_can_be_read_searched_and_written_and_nothing_beside_it() {
    let Grove { site, above, top, open, leaf, .. } = grove();
    let desk = desk(site, &format!("allow_pages = [\"{top}\"]")).await;
    let title = desk.site.with_site(|site| site.contents[&above].versions.last().unwrap().title.clone());
    for (tool, arguments) in [
        ("get_page", json!({ "page_id": leaf.to_string() })),
        ("get_page_ancestors", json!({ "page_id": leaf.to_string() })),
        ("get_page_descendants", json!({ "page_id": top.to_string() })),
        ("get_page_tree", json!({ "page_id": top.to_string() })),
        ("get_page_children", json!({ "page_id": open.to_string() })),
        ("list_pages", json!({ "limit": 250 })),
        ("list_recent_changes", json!({ "limit": 250 })),
        ("search_text", json!({ "query": "Grove", "limit": 100 })),
        ("search_cql", json!({ "cql": "type = page or space = IT", "limit": 100 })),
    ] {
        // What is asked for by the caller stands in the error.
        let text = if tool == "search_cql" {
            shows(&desk, tool, json!({ "cql": "type = page", "limit": 100 })).await
        } else {
            shows(&desk, tool, arguments.clone()).await
        };
        assert!(text.contains("Grove"), "{tool} {arguments}: {text}");
        assert!(!text.contains(&title) && !text.contains("Escalation"), "{tool} {arguments}: {text}");
    }
    let pages = desk.data("list_pages", json!({ "limit": 250 })).await;
    assert_eq!(pages["pages"].as_array().unwrap().len(), 5, "{pages}");
    assert_eq!(desk.text("list_spaces", json!({})).await, "No such space here.");
    let made = json!({ "space": "IT", "title": "Grove new", "body": "x", "parent_id": leaf.to_string() });
    let made = desk.data("create_page", made).await;
    desk.data("add_labels", json!({ "page_id": made["id"], "labels": ["grove"] })).await;
    desk.data("move_page", json!({ "page_id": made["id"], "target_id": open.to_string() })).await;
    desk.data("delete_page", json!({ "page_id": made["id"] })).await;
    let outside = json!({ "page_id": leaf.to_string(), "target_id": above.to_string() });
    assert_eq!(desk.error("move_page", outside).await.code, "not_found");
    let at_the_top = json!({ "space": "IT", "title": "Elsewhere", "body": "x" });
    assert_eq!(desk.error("create_page", at_the_top).await.code, "not_found");
    let raw = json!({ "method": "GET", "path": format!("/wiki/api/v2/pages/{leaf}") });
    assert_eq!(desk.error("confluence_request", raw).await.code, "refused");
}

#[tokio::test]
async fn a_page_that_is_moved_out_of_the_subtree_is_not_found_a_minute_later_and_not_written_at_once() {
    let Grove { site, above, top, leaf, .. } = grove();
    let clock = Arc::new(Hurried::default());
    let profile = format!("{FULL}\n[scope]\nallow_pages = [\"{top}\"]\n");
    let desk =
        Desk::opened(Opening { site, profile: &profile, clock: Arc::clone(&clock) as _, ..Opening::usual() }).await;
    let read = json!({ "page_id": leaf.to_string() });
    desk.text("get_page", read.clone()).await;
    desk.site.with_site(|site| site.contents.get_mut(&leaf).unwrap().parent = Some(above));
    clock.pass(Duration::from_secs(6));
    let labels = json!({ "page_id": leaf.to_string(), "labels": ["x"] });
    assert_eq!(desk.error("add_labels", labels).await.code, "not_found");
    clock.pass(Duration::from_mins(1));
    assert_eq!(desk.error("get_page", read).await.code, "not_found");
}

#[tokio::test]
async fn lists_show_nothing_that_somebody_is_kept_from_reading() {
    let Grove { mut site, above, top, shut, inside, leaf, .. } = grove();
    restrict(&mut site, [shut]);
    let desk = desk(site, "visible_to_all_only = true").await;
    desk.sync().await;
    for (tool, arguments) in [
        ("get_page_descendants", json!({ "page_id": above.to_string(), "depth": 10 })),
        ("get_page_tree", json!({ "page_id": above.to_string(), "depth": 10 })),
        ("get_page_tree", json!({ "space": "IT", "depth": 10 })),
        ("get_page_children", json!({ "page_id": top.to_string() })),
        ("list_pages", json!({ "space": "IT", "limit": 250 })),
        ("list_recent_changes", json!({ "space": "IT", "limit": 250 })),
        ("search_docs", json!({ "query": "Grove", "limit": 100 })),
    ] {
        let text = shows(&desk, tool, arguments.clone()).await;
        assert!(text.contains("Grove open"), "{tool} {arguments}: {text}");
        assert!(!text.contains("Grove shut") && !text.contains("Grove inside"), "{tool} {arguments}: {text}");
    }
    let found = desk.data("search_docs", json!({ "query": "Grove" })).await;
    assert_eq!(found["total"], 3, "{found}");
    for (tool, arguments) in [
        ("search_text", json!({ "query": "Grove" })),
        ("search_cql", json!({ "cql": "text ~ Grove" })),
        ("search_pages_by_label", json!({ "label": "runbook" })),
        ("confluence_request", json!({ "method": "GET", "path": format!("/wiki/api/v2/pages/{leaf}") })),
    ] {
        assert_eq!(desk.error(tool, arguments).await.code, "refused", "{tool}");
    }
    let cached = json!({ "page_id": inside.to_string(), "freshness": "cached" });
    assert_eq!(desk.error("get_page", cached).await.code, "not_found");
    // What everybody may read is read and written like any other page.
    desk.text("get_page", json!({ "page_id": leaf.to_string() })).await;
    desk.data("add_labels", json!({ "page_id": leaf.to_string(), "labels": ["grove"] })).await;
}

#[tokio::test]
async fn a_copied_page_of_a_subtree_says_nothing_of_what_stands_above() {
    let Grove { site, above, top, leaf, .. } = grove();
    let desk = desk(site, &format!("allow_pages = [\"{top}\"]")).await;
    desk.sync().await;
    let title = desk.site.with_site(|site| site.contents[&above].versions.last().unwrap().title.clone());
    let found = desk.data("search_docs", json!({ "query": "Grove leaf" })).await;
    let first = &found["documents"][0];
    assert_eq!(
        (&first["id"], &first["breadcrumb"]),
        (&json!(leaf.to_string()), &json!(["IT", "Grove top", "Grove open"]))
    );
    let all = desk.data("search_docs", json!({ "query": "", "limit": 100 })).await;
    assert!(!all.to_string().contains(&title), "{all}");
    assert_eq!(all["total"], 5, "{all}");
}

#[tokio::test]
async fn who_may_read_a_whole_list_is_asked_in_one_request() {
    let Grove { mut site, top, .. } = grove();
    for number in 0..40 {
        put(&mut site, top, PAGE, CURRENT, &format!("Grove {number}"));
    }
    let restricted = desk(site.clone(), "visible_to_all_only = true").await;
    let children = json!({ "page_id": top.to_string(), "limit": 100 });
    // The page itself: its head, its ancestors, and each one's restrictions; then the children, what they all stand
    // under, and one search.
    let asked = restricted.requests_of("get_page_children", children.clone()).await;
    let sent = restricted.site.requests();
    assert_eq!(sent.get("GET /wiki/rest/api/content/search"), Some(&1), "{sent:?}");
    let depth = sent["GET /wiki/rest/api/content/{id}/restriction/byOperation"];
    assert_eq!(asked, 1 + 1 + depth + 1 + 1 + 1, "{sent:?}");
    let below = desk(site, &format!("allow_pages = [\"{top}\"]")).await;
    assert_eq!(below.requests_of("get_page_children", children).await, 1 + 1 + 1 + 1);
}

#[tokio::test]
async fn what_nobody_can_say_is_hidden() {
    let Grove { site, top, leaf, .. } = grove();
    let desk = desk(site, &format!("allow_pages = [\"{top}\"]\nvisible_to_all_only = true")).await;
    let broken = sluice::sandbox::Effect::NotFound;
    desk.site.set_fault(sluice::sandbox::Fault {
        template: Some("GET /wiki/rest/api/content/{id}/restriction/byOperation".into()),
        times: u32::MAX,
        effect: broken,
    });
    assert_eq!(desk.error("get_page", json!({ "page_id": leaf.to_string() })).await.code, "not_found");
}
