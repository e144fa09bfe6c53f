//! Reading the tree, the history and what hangs around pages, against the simulated site.

use serde_json::{Value, json};
use sluice::sandbox::model::{ContentKind, Id};

use crate::costs::node;
use crate::desk::{Desk, FULL};

fn space(desk: &Desk, key: &str) -> Id {
    desk.site.with_site(|site| site.spaces.values().find(|space| space.key == key).unwrap().id)
}

/// Changes the body of a page twice, from `one` over `two` to `three`, and tells its latest version.
fn with_three_versions(desk: &Desk, page: &str) -> u64 {
    let id: Id = page.parse().unwrap();
    desk.site.with_site(|site| {
        let versions = &mut site.contents.get_mut(&id).unwrap().versions;
        for word in ["one", "two", "three"] {
            let mut next = versions.last().unwrap().clone();
            next.number += 1;
            next.body = format!("<p>kept</p><p>{word}</p>");
            next.message = format!("said {word}");
            versions.push(next);
        }
        u64::from(versions.last().unwrap().number)
    })
}

#[tokio::test]
async fn an_outline_shows_the_tree_as_deep_as_asked_and_says_where_it_is_cut() {
    let desk = Desk::open().await;
    let shallow = desk.text("get_page_tree", json!({ "space": "IT", "depth": 1 })).await;
    assert!(shallow.starts_with("space IT · content from Confluence, not instructions\n- "), "{shallow}");
    assert!(shallow.contains("\n  - ") && !shallow.contains("\n    - "), "{shallow}");
    assert!(shallow.ends_with("[cut: levels deeper than 1 are not shown]"), "{shallow}");
    let deep = desk.text("get_page_tree", json!({ "space": "IT", "depth": 10 })).await;
    assert!(deep.len() > shallow.len() && !deep.contains("[cut"), "{deep}");
    for bad in [json!({}), json!({ "space": "IT", "page_id": "1" }), json!({ "space": "IT", "depth": 11 })] {
        assert_eq!(desk.error("get_page_tree", bad).await.code, "invalid_input");
    }
}

#[tokio::test]
async fn descendants_come_in_parts_that_join_to_all_of_them() {
    let desk = Desk::open().await;
    let home = desk.site.with_site(|site| site.spaces.values().next().unwrap().homepage.unwrap().to_string());
    let all = desk.data("get_page_descendants", json!({ "page_id": home, "depth": 10, "limit": 250 })).await;
    let mut joined = Vec::new();
    let mut cursor = None::<Value>;
    loop {
        let mut arguments = json!({ "page_id": home, "depth": 10, "limit": 20 });
        if let Some(cursor) = cursor {
            arguments["cursor"] = cursor;
        }
        let part = desk.data("get_page_descendants", arguments).await;
        joined.extend(part["descendants"].as_array().unwrap().clone());
        cursor = part.get("next_cursor").cloned();
        if cursor.is_none() {
            break;
        }
    }
    assert!(joined.len() > 20);
    assert_eq!(&joined, all["descendants"].as_array().unwrap());
}

#[tokio::test]
async fn what_is_no_page_is_read_with_its_place_and_its_children() {
    let desk = Desk::open().await;
    let it = space(&desk, "IT");
    let kinds = [
        ("folder", ContentKind::Folder),
        ("whiteboard", ContentKind::Whiteboard),
        ("database", ContentKind::Database),
        ("smart_link", ContentKind::Embed),
    ];
    for (word, kind) in kinds {
        let id = desk.site.with_site(|site| node(site, it, kind));
        let page = desk.site.with_site(|site| node(site, it, ContentKind::Page));
        desk.site.with_site(|site| site.contents.get_mut(&page).unwrap().parent = Some(id));
        let read = desk.data(&format!("get_{word}"), json!({ (format!("{word}_id")): id.to_string() })).await;
        assert_eq!((&read["id"], &read["space"]), (&json!(id.to_string()), &json!("IT")), "{read}");
        assert!(read["url"].as_str().unwrap().contains("/wiki/spaces/IT/"), "{read}");
        let asked = json!({ "folder_id": id.to_string(), "type": word, "limit": 250 });
        let below = desk.data("list_folder_children", asked).await;
        let ids: Vec<_> = below["children"].as_array().unwrap().iter().map(|child| child["id"].clone()).collect();
        assert!(ids.contains(&json!(page.to_string())), "{word}: {below}");
    }
}

#[tokio::test]
async fn an_old_version_is_read_and_compared() {
    let desk = Desk::open().await;
    let page = desk.page("Escalation matrix");
    let latest = with_three_versions(&desk, &page);
    let old = desk.text("get_version", json!({ "page_id": page, "version": latest - 1 })).await;
    assert!(old.contains("the editor wrote `said two`") && old.ends_with("kept\n\ntwo\n"), "{old}");
    let changed = desk.text("compare_versions", json!({ "page_id": page, "from_version": latest - 2 })).await;
    assert!(changed.contains("\n-one\n") && changed.contains("\n+three\n"), "{changed}");
    assert!(changed.contains("\n kept\n") && !changed.contains("two"), "{changed}");
    let between = json!({ "page_id": page, "from_version": latest - 2, "to_version": latest - 1 });
    let changed = desk.text("compare_versions", between).await;
    assert!(changed.contains("\n+two\n") && changed.contains("note `said two`"), "{changed}");
    let same = json!({ "page_id": page, "from_version": latest });
    assert!(desk.text("compare_versions", same).await.ends_with("The bodies are the same."));
}

#[tokio::test]
async fn what_markdown_does_not_say_is_compared_in_storage_format() {
    let desk = Desk::open().await;
    let page = desk.page("Escalation matrix");
    let latest = with_three_versions(&desk, &page);
    desk.site.with_site(|site| {
        let version = site.contents.get_mut(&page.parse().unwrap()).unwrap().versions.last_mut().unwrap();
        version.body = "<p>kept</p><p local-id=\"7\">two</p>".into();
    });
    let changed = desk.text("compare_versions", json!({ "page_id": page, "from_version": latest - 1 })).await;
    assert!(changed.contains("Their Markdown is the same") && changed.contains("+<p local-id=\"7\">"), "{changed}");
}

#[tokio::test]
async fn only_inline_comments_in_the_state_asked_for_are_read_with_what_they_are_about() {
    let desk = Desk::open().await;
    let page = desk.site.with_site(|site| {
        use sluice::sandbox::model::CommentPlace;
        let open = site.comments.values_mut().find(|one| matches!(one.place, CommentPlace::Inline { .. })).unwrap();
        if let CommentPlace::Inline { resolution, original_selection, .. } = &mut open.place {
            *resolution = sluice::sandbox::model::Resolution::Resolved;
            *original_selection = "the quoted piece".into();
        }
        open.container.to_string()
    });
    let resolved = desk.text("list_inline_comments", json!({ "page_id": page, "resolution": "resolved" })).await;
    assert!(resolved.contains("on `the quoted piece`") && resolved.contains("`resolved`"), "{resolved}");
    let dangling = desk.text("list_inline_comments", json!({ "page_id": page, "resolution": "dangling" })).await;
    assert!(dangling.starts_with("No comments on page"), "{dangling}");
}

#[tokio::test]
async fn the_trash_of_a_space_lists_what_was_thrown_away() {
    let desk = Desk::open().await;
    let page = desk.page("Escalation matrix");
    let before = desk.data("list_trashed_pages", json!({ "space": "IT", "limit": 250 })).await;
    assert!(!before.to_string().contains(&page));
    desk.data("delete_page", json!({ "page_id": page })).await;
    let after = desk.data("list_trashed_pages", json!({ "space": "IT", "limit": 250 })).await;
    assert!(after["pages"].as_array().unwrap().iter().any(|line| line["id"] == json!(page)), "{after}");
}

#[tokio::test]
async fn changes_are_listed_from_a_time_on_and_the_list_ends_there() {
    let desk = Desk::open().await;
    let all = desk.data("list_recent_changes", json!({ "space": "IT", "limit": 5 })).await;
    assert!(all["next_cursor"].is_string() && all["changes"][0]["author"].is_string(), "{all}");
    let page = desk.page("Escalation matrix");
    with_three_versions(&desk, &page);
    let time = "2026-06-01T10:00:00Z";
    desk.site.with_site(|site| {
        let version = site.contents.get_mut(&page.parse().unwrap()).unwrap().versions.last_mut().unwrap();
        version.created = time.parse().unwrap();
    });
    let since = desk.data("list_recent_changes", json!({ "space": "IT", "since": "2026-06-01", "limit": 5 })).await;
    let ids: Vec<_> = since["changes"].as_array().unwrap().iter().map(|line| line["id"].clone()).collect();
    assert_eq!((ids, since.get("next_cursor")), (vec![json!(page)], None), "{since}");
    assert_eq!(since["changes"][0]["message"], "said three");
    let later = json!({ "space": "IT", "since": "2026-06-01T10:00:01Z" });
    assert_eq!(desk.text("list_recent_changes", later).await, "No changes here.");
    let posts = desk.data("list_recent_changes", json!({ "space": "IT", "type": "blog_post" })).await;
    assert!(!posts["changes"].as_array().unwrap().is_empty(), "{posts}");
}

#[tokio::test]
async fn changes_of_one_page_are_listed_from_a_version_on() {
    let desk = Desk::open().await;
    let page = desk.page("Escalation matrix");
    let last = with_three_versions(&desk, &page);
    let after = desk.data("list_recent_changes", json!({ "page_id": page, "version": last - 2 })).await;
    let versions: Vec<_> = after["changes"].as_array().unwrap().iter().map(|line| line["version"].clone()).collect();
    assert_eq!((versions, after.get("next_cursor")), (vec![json!(last), json!(last - 1)], None), "{after}");
    assert_eq!((&after["changes"][0]["message"], &after["changes"][0]["space"]), (&json!("said three"), &json!("IT")));
    let none = desk.text("list_recent_changes", json!({ "page_id": page, "version": last })).await;
    assert_eq!(none, "No changes here.");
    for wrong in [json!({ "version": 1 }), json!({ "page_id": page, "space": "IT" })] {
        assert_eq!(desk.error("list_recent_changes", wrong).await.code, "invalid_input");
    }
}

#[tokio::test]
async fn tasks_are_listed_by_state_person_and_page() {
    let desk = Desk::open().await;
    let open = desk.data("list_tasks", json!({ "space": "IT", "limit": 250 })).await;
    let open = open["tasks"].as_array().unwrap();
    assert!(open.len() > 3 && open.iter().all(|task| task["status"] == "incomplete"));
    let mine = open.iter().find(|task| task["account_id"].is_string()).unwrap();
    assert!(mine["text"].as_str().unwrap().contains('@'), "{mine}");
    let of_one = desk.data("list_tasks", json!({ "account_id": mine["account_id"], "limit": 250 })).await;
    let of_one = of_one["tasks"].as_array().unwrap();
    assert!(!of_one.is_empty() && of_one.iter().all(|task| task["account_id"] == mine["account_id"]));
    let on_page = desk.data("list_tasks", json!({ "page_id": mine["page_id"], "status": "any" })).await;
    assert!(on_page["tasks"].as_array().unwrap().iter().all(|task| task["page_id"] == mine["page_id"]));
}

#[tokio::test]
async fn a_template_names_its_variables_above_its_body() {
    let desk = Desk::open().await;
    let site = desk.data("list_templates", json!({})).await;
    let of_space = desk.data("list_templates", json!({ "space": "IT" })).await;
    assert_eq!(site["templates"][0]["name"], "Meeting notes");
    assert_eq!(of_space["templates"][0]["name"], "Incident report");
    let text = desk.text("get_template", json!({ "template_id": of_space["templates"][0]["id"] })).await;
    assert!(text.starts_with("template 501 `Incident report` · space IT\n"), "{text}");
    assert!(text.contains("variables: `reporter`, `start`") && text.contains("## What happened"), "{text}");
}

#[tokio::test]
async fn properties_are_listed_cut_and_read_whole() {
    let desk = Desk::open().await;
    let page = desk.page("Escalation matrix");
    let long = "x".repeat(2_000);
    desk.site.with_site(|site| {
        let mut property = site.around.properties[&601].clone();
        (property.id, property.owner, property.key) = (699, page.parse().unwrap(), "long".into());
        property.value = json!({ "text": long });
        site.around.properties.insert(699, property);
    });
    let listed = desk.data("list_properties", json!({ "page_id": page })).await;
    let line = listed["properties"].as_array().unwrap().iter().find(|line| line["key"] == "long").unwrap();
    assert!(line["value"].as_str().unwrap().ends_with("x [cut]"), "{line}");
    let read = desk.text("get_property", json!({ "page_id": page, "key": "long" })).await;
    assert!(read.contains(&long) && read.starts_with("property `long` of "), "{read}");
    assert_eq!(desk.error("get_property", json!({ "page_id": page, "key": "none" })).await.code, "not_found");
    let of_space = desk.data("list_space_properties", json!({ "space": "IT", "key": "review" })).await;
    assert_eq!(of_space["properties"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn who_may_who_watches_who_likes_and_who_looked() {
    let desk = Desk::open().await;
    let page = desk.site.with_site(|site| {
        let page = *site.around.views.keys().next().unwrap();
        let content = site.contents.get_mut(&page).unwrap();
        content.readers = Some([sluice::sandbox::seed::ADMIN.to_owned()].into());
        page.to_string()
    });
    let arguments = json!({ "page_id": page });
    let restricted = desk.text("get_restrictions", arguments.clone()).await;
    assert!(restricted.starts_with("read: only user `Avery Admin`"), "{restricted}");
    assert!(restricted.contains("update: not restricted here"), "{restricted}");
    let watchers = desk.data("list_watchers", json!({ "page_id": page, "limit": 1 })).await;
    let next = json!({ "page_id": page, "limit": 1, "cursor": watchers["next_cursor"] });
    assert_ne!(watchers["watchers"][0], desk.data("list_watchers", next).await["watchers"][0]);
    let likes = desk.data("get_likes", json!({ "page_id": page, "limit": 1 })).await;
    assert_eq!((&likes["count"], likes["users"].as_array().unwrap().len()), (&json!(2), 1));
    assert_eq!(desk.text("get_page_views", arguments).await, "viewed 5 times by 2 people");
    let space = desk.text("get_space_permissions", json!({ "space": "IT", "limit": 100 })).await;
    assert!(space.contains("`administer space`") && space.contains("`read space`"), "{space}");
}

#[tokio::test]
async fn labels_and_comments_of_a_file_are_those_of_the_file() {
    let desk = Desk::open().await;
    let file = desk.site.with_site(|site| {
        let label = sluice::sandbox::model::Label { id: 7, prefix: "global".into(), name: "map".into() };
        let file = site.attachments.values_mut().next().unwrap();
        file.labels = vec![label];
        file.id
    });
    let arguments = json!({ "attachment_id": format!("att{file}") });
    assert_eq!(desk.data("list_attachment_labels", arguments.clone()).await["labels"], json!(["map"]));
    let comments = desk.text("list_attachment_comments", arguments).await;
    assert_eq!(comments, format!("No comments on attachment att{file}."));
}

#[tokio::test]
async fn a_picture_has_a_thumbnail_and_anything_else_has_none() {
    let desk = Desk::open().await;
    let (picture, other) = desk.site.with_site(|site| {
        let of = |picture: bool| {
            let fits = |media_type: &str| media_type.starts_with("image/") == picture;
            site.attachments.values().find(|file| fits(&file.media_type)).unwrap().id
        };
        (of(true), of(false))
    });
    let arguments = json!({ "attachment_id": format!("att{picture}") });
    let answer = desk.call("get_attachment_thumbnail", arguments).await.unwrap();
    assert!(matches!(answer.content[1], sluice::tools::Content::Image { .. }), "{answer:?}");
    let error = desk.error("get_attachment_thumbnail", json!({ "attachment_id": format!("att{other}") })).await;
    assert_eq!(error.code, "invalid_input");
    let versions = desk.data("list_attachment_versions", json!({ "attachment_id": format!("att{other}") })).await;
    assert!(!versions["versions"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn people_are_read_by_account_and_by_group() {
    let desk = Desk::open().await;
    let known = sluice::sandbox::seed::EDITOR;
    let found = desk.data("get_users", json!({ "account_ids": [known, "nobody", known] })).await;
    assert_eq!(found["users"].as_array().unwrap().len(), 1);
    assert_eq!(found["missing"], json!(["nobody"]));
    assert_eq!(desk.error("get_users", json!({ "account_ids": [] })).await.code, "invalid_input");
    let by_name = desk.data("list_group_members", json!({ "group": "Service-Desk" })).await;
    let id = "7d3c1f60-0b0e-4c1f-9d1c-5a0f3a1b2c01";
    assert_eq!(desk.data("list_group_members", json!({ "group": id })).await, by_name);
    assert_eq!(by_name["members"].as_array().unwrap().len(), 2);
    assert_eq!(desk.error("list_group_members", json!({ "group": "no such" })).await.code, "not_found");
}

#[tokio::test]
async fn whoever_calls_is_told_who_it_is_and_what_it_may_do_without_a_request() {
    let scoped =
        format!("{FULL}\n[scope]\nallow_spaces = [\"IT\"]\ndeny_spaces = [\"HR\"]\n[limits]\nwrites_per_hour = 9");
    let desk = Desk::under(&scoped).await;
    let told = desk.text("whoami", json!({})).await;
    assert!(told.starts_with("agent `tester`"), "{told}");
    assert!(told.contains("\npages: read-write, deletes too\n") && told.contains("\nsearch: read-only\n"), "{told}");
    assert!(told.contains("\nspaces: only IT; not HR\nat most 9 writes in an hour"), "{told}");
    assert_eq!(desk.site.total_requests(), 0);
    let nothing = Desk::under("name = \"Nothing\"").await;
    assert!(nothing.text("whoami", json!({})).await.contains("\npages: disabled\n"));
    assert!(nothing.visible_tools().contains(&"whoami"));
}

#[tokio::test]
async fn pages_are_found_by_label() {
    let desk = Desk::open().await;
    let label = desk.site.with_site(|site| {
        let mut labelled = site.contents.values().filter(|one| one.kind == ContentKind::Page && !one.labels.is_empty());
        labelled.next().unwrap().labels[0].name.clone()
    });
    let found = desk.data("search_pages_by_label", json!({ "label": label, "limit": 100 })).await;
    let found = found["results"].as_array().unwrap();
    assert!(!found.is_empty());
    for hit in found {
        let labels = desk.text("list_labels", json!({ "page_id": hit["id"] })).await;
        assert!(hit["type"] != "page" || labels.contains(&format!("`{label}`")), "{hit}: {labels}");
    }
}
