//! What a profile's scope hides looks exactly like what is not there, on every path.

use serde_json::{Value, json};
use sluice::domain::group::Group;
use sluice::sandbox::model::{CommentPlace, ContentKind, ContentStatus, Id, Site, Template};
use sluice::tools::{self, Entry};

use crate::costs::node;
use crate::desk::{Desk, FULL, text_of};
use crate::tree::put;

/// Ids of things in one space.
pub(crate) struct Things {
    pub(crate) page: Id,
    pub(crate) post: Id,
    attachment: Id,
    comment: Id,
    pub(crate) folder: Id,
    pub(crate) smart_link: Id,
    pub(crate) template: Id,
    /// A draft, a page in the trash, a folder, a whiteboard, a database and a smart link.
    tree: [Id; 6],
}

fn scoped(scope: &str) -> String {
    format!("{FULL}\n[scope]\n{scope}\n")
}

/// Things in the space with this key; ids that nothing has where `key` is `None`.
pub(crate) fn things(site: &mut Site, key: Option<&str>) -> Things {
    let Some(key) = key else {
        let (page, post, attachment, comment) = (777_777_777, 777_777_778, 777_777_779, 777_777_780);
        let tree = [777_777_781, 777_777_782, 777_777_783, 777_777_784, 777_777_785, 777_777_786];
        let (folder, smart_link, template) = (777_777_787, 777_777_788, 777_777_789);
        return Things { page, post, attachment, comment, folder, smart_link, template, tree };
    };
    let space = site.spaces.values().find(|space| space.key == key).unwrap().id;
    let here = |kind: ContentKind, site: &Site| {
        let fits = |content: &&sluice::sandbox::model::Content| {
            content.space == space && content.kind == kind && content.status == ContentStatus::Current
        };
        site.contents.values().find(fits).map(|content| content.id)
    };
    let page = here(ContentKind::Page, site).unwrap();
    let post = here(ContentKind::BlogPost, site).unwrap_or_else(|| {
        let id = site.next_id;
        site.next_id += 1;
        let mut post = site.contents[&page].clone();
        (post.id, post.kind, post.parent) = (id, ContentKind::BlogPost, None);
        post.versions.last_mut().unwrap().title = "Hidden post".into();
        site.contents.insert(id, post);
        id
    });
    let on_space = |container: Id| site.contents.get(&container).is_some_and(|content| content.space == space);
    let attachment = site.attachments.values().find(|file| on_space(file.container)).unwrap().id;
    let footer = |comment: &&sluice::sandbox::model::Comment| {
        on_space(comment.container) && comment.place == CommentPlace::Footer && comment.parent.is_none()
    };
    let comment = site.comments.values().find(footer).unwrap().id;
    crate::costs::task(site, page);
    let folder = node(site, space, ContentKind::Folder);
    let smart_link = node(site, space, ContentKind::Embed);
    let template = 901;
    let hidden = site.around.templates[&501].clone();
    site.around.templates.insert(template, Template { id: template, space: Some(space), ..hidden });
    let tree = [
        (ContentKind::Page, ContentStatus::Draft),
        (ContentKind::Page, ContentStatus::Trashed),
        (ContentKind::Folder, ContentStatus::Current),
        (ContentKind::Whiteboard, ContentStatus::Current),
        (ContentKind::Database, ContentStatus::Current),
        (ContentKind::Embed, ContentStatus::Current),
    ];
    let tree = tree.map(|(kind, status)| put(site, page, kind, status, &format!("Here {kind:?} {status:?}")));
    Things { page, post, attachment, comment, folder, smart_link, template, tree }
}

/// A call of every tool that reads what stands in the tree, in the history or around pages.
fn more_calls(things: &Things, space: &str, visible_page: &str) -> Vec<(&'static str, Value)> {
    let text = |id: &Id| id.to_string();
    let (page, post, file) = (text(&things.page), text(&things.post), format!("att{}", things.attachment));
    let (folder, smart_link, template) = (text(&things.folder), text(&things.smart_link), text(&things.template));
    vec![
        ("get_version", json!({ "page_id": page, "version": 1 })),
        ("get_version", json!({ "page_id": post, "version": 1 })),
        ("get_version", json!({ "page_id": page, "version": 9999 })),
        ("compare_versions", json!({ "page_id": page, "from_version": 1 })),
        ("compare_versions", json!({ "page_id": page, "from_version": 9999 })),
        ("get_page_tree", json!({ "page_id": page })),
        ("get_page_tree", json!({ "space": space })),
        ("get_page_descendants", json!({ "page_id": page })),
        ("list_trashed_pages", json!({ "space": space })),
        ("list_recent_changes", json!({ "space": space })),
        ("list_recent_changes", json!({ "page_id": page })),
        ("get_space_homepage", json!({ "space": space })),
        ("get_folder", json!({ "folder_id": folder })),
        ("get_smart_link", json!({ "smart_link_id": smart_link })),
        ("get_whiteboard", json!({ "whiteboard_id": folder })),
        ("get_database", json!({ "database_id": folder })),
        ("list_folder_children", json!({ "folder_id": folder })),
        ("list_folder_children", json!({ "folder_id": folder, "cursor": "broken" })),
        ("list_folder_children", json!({ "folder_id": smart_link, "type": "smart_link" })),
        ("list_inline_comments", json!({ "page_id": page })),
        ("list_tasks", json!({ "page_id": page })),
        ("list_tasks", json!({ "space": space })),
        ("list_tasks", json!({ "page_id": visible_page, "space": space })),
        ("list_templates", json!({ "space": space })),
        ("get_template", json!({ "template_id": template })),
        ("list_properties", json!({ "page_id": page })),
        ("get_property", json!({ "page_id": page, "key": "review" })),
        ("get_restrictions", json!({ "page_id": page })),
        ("list_watchers", json!({ "page_id": page })),
        ("get_likes", json!({ "page_id": page })),
        ("get_page_views", json!({ "page_id": page })),
        ("get_space_permissions", json!({ "space": space })),
        ("list_space_properties", json!({ "space": space })),
        ("list_space_labels", json!({ "space": space })),
        ("list_attachment_labels", json!({ "attachment_id": file })),
        ("list_attachment_comments", json!({ "attachment_id": file })),
        ("list_attachment_versions", json!({ "attachment_id": file })),
        ("get_attachment_thumbnail", json!({ "attachment_id": file })),
        ("search_pages_by_label", json!({ "label": "runbook", "space": space })),
    ]
}

/// A page from a template with its variables.
fn from_template(template: &str, space: &str, parent: Option<&str>) -> Value {
    let variables = if template == "502" { json!({ "people": "x" }) } else { json!({ "start": "x", "reporter": "x" }) };
    let mut made = json!({ "space": space, "template_id": template, "title": "From", "variables": variables });
    if let Some(parent) = parent {
        made["parent_id"] = json!(parent);
    }
    made
}

/// A call of every tool that changes the tree and can be pointed at a thing or a space.
fn calls_in_the_tree(things: &Things, space: &str, visible: &str) -> Vec<(&'static str, Value)> {
    let (page, post) = (things.page.to_string(), things.post.to_string());
    let [draft, trashed, folder, whiteboard, database, link] = things.tree.map(|id| id.to_string());
    let mut calls = vec![
        ("move_page", json!({ "page_id": page, "target_id": visible })),
        ("move_page", json!({ "page_id": visible, "target_id": page })),
        ("move_page", json!({ "page_id": visible, "target_id": folder, "position": "before" })),
        ("rename_page", json!({ "page_id": page, "title": "renamed" })),
        ("copy_page", json!({ "page_id": page, "title": "copied", "space": "IT" })),
        ("copy_page", json!({ "page_id": visible, "title": "copied", "space": space })),
        ("copy_page", json!({ "page_id": visible, "title": "x", "space": "IT", "parent_id": folder })),
        ("copy_page_tree", json!({ "page_id": page, "parent_id": visible, "title_prefix": "x" })),
        ("copy_page_tree", json!({ "page_id": visible, "parent_id": page, "title_prefix": "x" })),
        ("archive_page", json!({ "page_id": page })),
        ("restore_page", json!({ "page_id": trashed })),
        ("restore_version", json!({ "page_id": page, "version": 1 })),
        ("restore_version", json!({ "page_id": page, "version": 99 })),
        ("publish_draft", json!({ "page_id": draft })),
        ("create_page_from_template", from_template(&things.template.to_string(), "IT", None)),
        ("create_page_from_template", from_template("502", space, None)),
        ("create_page_from_template", from_template("502", "IT", Some(&folder))),
        ("create_live_doc", json!({ "space": space, "title": "live", "body": "x" })),
        ("update_blog_post", json!({ "blog_post_id": post, "version": 99, "body": "x" })),
        ("delete_blog_post", json!({ "blog_post_id": post })),
        ("delete_folder", json!({ "folder_id": folder })),
        ("delete_whiteboard", json!({ "whiteboard_id": whiteboard })),
        ("delete_database", json!({ "database_id": database })),
        ("delete_smart_link", json!({ "smart_link_id": link })),
    ];
    for tool in ["create_folder", "create_whiteboard", "create_database", "create_smart_link"] {
        let mut made = json!({ "space": space, "title": "x" });
        let mut under = json!({ "space": "IT", "title": "x", "parent_id": folder });
        if tool == "create_smart_link" {
            made["url"] = json!("https://example.com/");
            under["url"] = json!("https://example.com/");
        }
        calls.extend([(tool, made), (tool, under)]);
    }
    calls
}

/// A call of every tool that can be pointed at a thing or a space.
pub(crate) fn calls(things: &Things, space: &str, visible_page: &str) -> Vec<(&'static str, Value)> {
    let Things { page, post, attachment, comment, .. } = things;
    let task = format!("{page}000007");
    let (page, post, comment, attachment) =
        (page.to_string(), post.to_string(), comment.to_string(), format!("att{attachment}"));
    let mut calls = calls_in_the_tree(things, space, visible_page);
    calls.extend([
        ("get_page", json!({ "page_id": page })),
        ("get_page", json!({ "page_id": page, "version": 9999 })),
        ("get_page", json!({ "page_id": page, "cursor": "999999" })),
        ("get_page_by_title", json!({ "space": space, "title": "Home" })),
        ("list_pages", json!({ "space": space })),
        ("get_page_children", json!({ "page_id": page })),
        ("get_page_children", json!({ "page_id": page, "cursor": "broken" })),
        ("get_page_ancestors", json!({ "page_id": page })),
        ("create_page", json!({ "space": space, "title": "x", "body": "x" })),
        ("create_page", json!({ "space": "IT", "title": "x", "body": "x", "parent_id": page })),
        ("update_page", json!({ "page_id": page, "version": 1, "body": "x" })),
        ("update_page", json!({ "page_id": page, "version": 99, "body": "x" })),
        ("delete_page", json!({ "page_id": page })),
        ("get_blog_post", json!({ "blog_post_id": post })),
        ("list_blog_posts", json!({ "space": space })),
        ("create_blog_post", json!({ "space": space, "title": "x", "body": "x" })),
        ("list_comments", json!({ "page_id": page })),
        ("list_comments", json!({ "page_id": visible_page, "comment_id": comment })),
        ("add_comment", json!({ "page_id": page, "body": "x" })),
        ("reply_to_comment", json!({ "comment_id": comment, "body": "x" })),
        ("add_inline_comment", json!({ "page_id": page, "quote": "no such words", "body": "x" })),
        ("reply_to_inline_comment", json!({ "comment_id": comment, "body": "x" })),
        ("update_comment", json!({ "comment_id": comment, "body": "x" })),
        ("resolve_comment", json!({ "comment_id": comment })),
        ("reopen_comment", json!({ "comment_id": comment })),
        ("list_labels", json!({ "page_id": page })),
        ("add_labels", json!({ "page_id": page, "labels": ["x"] })),
        ("remove_label", json!({ "page_id": page, "label": "x" })),
        ("list_versions", json!({ "page_id": page })),
        ("get_space", json!({ "space": space })),
        ("update_space", json!({ "space": space, "name": "x" })),
        ("search_text", json!({ "query": "x", "space": space })),
        ("search_docs", json!({ "query": "x", "space": space })),
        ("list_attachments", json!({ "page_id": page })),
        ("get_attachment", json!({ "attachment_id": attachment })),
        ("download_attachment", json!({ "attachment_id": attachment })),
        ("upload_attachment", json!({ "page_id": page, "file_name": "x.txt", "text": "x" })),
        ("set_property", json!({ "page_id": page, "key": "k", "value": 1 })),
        ("delete_property", json!({ "page_id": page, "key": "k" })),
        ("watch_page", json!({ "page_id": page })),
        ("unwatch_page", json!({ "page_id": page })),
        ("complete_task", json!({ "task_id": task })),
        ("reopen_task", json!({ "task_id": task })),
        ("set_space_property", json!({ "space": space, "key": "k", "value": 1 })),
        ("upload_attachments", json!({ "page_id": page, "files": [{ "file_name": "y.txt", "text": "x" }] })),
        ("update_attachment", json!({ "attachment_id": attachment, "text": "x" })),
        ("rename_attachment", json!({ "attachment_id": attachment, "file_name": "z.txt" })),
        ("apply_changes", json!({ "changes": [{ "tool": "delete_comment", "arguments": { "comment_id": comment } }] })),
        ("delete_comment", json!({ "comment_id": comment })),
        ("delete_attachment", json!({ "attachment_id": attachment })),
    ]);
    calls.extend(more_calls(things, space, visible_page));
    calls
}

#[tokio::test]
async fn what_is_hidden_is_answered_word_for_word_like_what_is_missing() {
    for scope in [
        "allow_spaces = [\"IT\"]",
        "deny_spaces = [\"HR\"]",
        "allow_spaces = [\"IT\", \"98317\"]\ndeny_spaces = [\"HR\"]",
    ] {
        let desk = Desk::under(&scoped(scope)).await;
        let visible = desk.page("Escalation matrix");
        let (hidden, missing) = desk.site.with_site(|site| (things(site, Some("HR")), things(site, None)));
        let hidden = calls(&hidden, "HR", &visible);
        let missing = calls(&missing, "NOSUCH", &visible);
        for ((tool, hidden), (_, missing)) in hidden.into_iter().zip(missing) {
            let (to_hidden, to_missing) = (desk.call(tool, hidden.clone()).await, desk.call(tool, missing).await);
            match (&to_hidden, &to_missing) {
                (Err(hidden_error), Err(missing_error)) => assert_eq!(hidden_error, missing_error, "{tool} {hidden}"),
                (Ok(a), Ok(b)) => assert_eq!(text_of(a), text_of(b), "{tool} {hidden}"),
                (a, b) => panic!("{tool} {hidden}: {a:?} and {b:?}"),
            }
        }
        let writes = desk
            .site
            .requests()
            .into_keys()
            .find(|template| !template.starts_with("GET ") && template != "POST /wiki/api/v2/users-bulk");
        assert_eq!(writes, None);
    }
}

#[tokio::test]
async fn the_same_calls_reach_the_space_once_the_scope_allows_it() {
    let desk = Desk::under(&scoped("allow_spaces = [\"IT\", \"HR\"]")).await;
    let visible = desk.page("Escalation matrix");
    let there = desk.site.with_site(|site| things(site, Some("HR")));
    for (tool, arguments) in calls(&there, "HR", &visible) {
        if let Err(error) = desk.call(tool, arguments.clone()).await {
            let expected = matches!(
                (tool, &*error.code),
                ("update_page" | "update_blog_post", "conflict")
                    | (
                        "get_page"
                            | "get_page_by_title"
                            | "list_comments"
                            | "get_version"
                            | "compare_versions"
                            | "get_whiteboard"
                            | "get_database"
                            | "get_property"
                            | "delete_comment"
                            | "get_blog_post",
                        "not_found"
                    )
                    | (
                        "create_page"
                            | "update_page"
                            | "remove_label"
                            | "delete_property"
                            | "get_attachment_thumbnail"
                            | "add_inline_comment"
                            | "reply_to_inline_comment"
                            | "resolve_comment"
                            | "reopen_comment"
                            | "create_folder"
                            | "create_whiteboard"
                            | "create_database"
                            | "create_smart_link"
                            | "create_page_from_template",
                        "invalid_input"
                    )
                    | ("get_page_children" | "list_folder_children" | "add_labels", "invalid")
                    | ("delete_page" | "update_page" | "move_page" | "archive_page", "refused")
                    | ("create_blog_post", _)
                    | ("restore_version" | "copy_page" | "move_page" | "copy_page_tree", "invalid_input" | "invalid")
            );
            assert!(expected, "{tool} {arguments}: {error:?}");
        }
    }
}

#[tokio::test]
async fn under_two_scopes_lists_and_searches_show_what_both_allow() {
    let one = Desk::under(&scoped("allow_spaces = [\"IT\"]")).await;
    let both = Desk::under(&scoped("allow_spaces = [\"IT\", \"HR\"]")).await;
    let id = both.site.with_site(|site| site.spaces.values().find(|space| space.key == "IT").unwrap().id);
    let both = both.narrowed_by(&scoped(&format!("allow_spaces = [\"OPS\", \"{id}\"]")));
    for (tool, arguments) in [
        ("list_spaces", json!({ "limit": 250 })),
        ("list_pages", json!({ "limit": 250 })),
        ("search_text", json!({ "query": "page", "limit": 100 })),
        ("search_cql", json!({ "cql": "type = page", "limit": 100 })),
        ("search_cql", json!({ "cql": "type = page or space = IT", "limit": 100 })),
    ] {
        let expected = one.text(tool, arguments.clone()).await.replace(&one.site.url(), "");
        assert_eq!(
            both.text(tool, arguments.clone()).await.replace(&both.site.url(), ""),
            expected,
            "{tool} {arguments}"
        );
    }
    let pages = both.text("search_cql", json!({ "cql": "type = page", "limit": 100 })).await;
    assert!(pages.contains("/spaces/IT/") && !pages.contains("/spaces/HR/"), "{pages}");
    let error = both.error("search_cql", json!({ "cql": "space = HR" })).await;
    assert_eq!(error, one.error("search_cql", json!({ "cql": "space = NOSUCH" })).await);
}

#[tokio::test]
async fn lists_and_searches_show_nothing_of_a_hidden_space() {
    let desk = Desk::under(&scoped("deny_spaces = [\"HR\"]")).await;
    let titles: Vec<String> = desk.site.with_site(|site| {
        let hr = site.spaces.values().find(|space| space.key == "HR").unwrap().id;
        let title = |content: &sluice::sandbox::model::Content| content.versions.last().unwrap().title.clone();
        let (here, elsewhere): (Vec<_>, Vec<_>) = site.contents.values().partition(|content| content.space == hr);
        let elsewhere: Vec<String> = elsewhere.into_iter().map(title).collect();
        here.into_iter().map(title).filter(|title| title.len() > 12 && !elsewhere.contains(title)).collect()
    });
    assert!(!titles.is_empty());
    let word = titles[0].split(' ').max_by_key(|word| word.len()).unwrap().to_owned();
    let calls = [
        ("list_spaces", json!({ "limit": 250 })),
        ("list_pages", json!({ "limit": 250 })),
        ("list_blog_posts", json!({ "limit": 250 })),
        ("list_recent_changes", json!({ "limit": 250 })),
        ("list_tasks", json!({ "limit": 250, "status": "any" })),
        ("list_templates", json!({ "limit": 250 })),
        ("search_pages_by_label", json!({ "label": "runbook", "limit": 100 })),
        ("search_text", json!({ "query": word, "limit": 100 })),
        ("search_cql", json!({ "cql": format!("text ~ \"{word}\""), "limit": 100 })),
        ("search_cql", json!({ "cql": "space = HR", "limit": 100 })),
        ("search_cql", json!({ "cql": "type = page or space = HR", "limit": 100 })),
        ("search_cql", json!({ "cql": "type = space", "limit": 100 })),
        ("search_cql", json!({ "cql": "creator = currentUser() order by lastmodified desc", "limit": 100 })),
    ];
    for (tool, arguments) in calls {
        let text = match desk.call(tool, arguments.clone()).await {
            Ok(answer) => format!("{answer:?}"),
            Err(error) => format!("{error:?}"),
        };
        for title in &titles {
            assert!(!text.contains(title.as_str()), "{tool} {arguments} shows `{title}`");
        }
        assert!(!text.contains("\"HR\"") && !text.contains("/HR/"), "{tool} {arguments}: {text}");
    }
}

#[tokio::test]
async fn lists_over_all_spaces_ask_only_for_those_in_scope() {
    let desk =
        Desk::under(&scoped("allow_spaces = [\"IT\", \"KB\", \"HR\", \"NOSUCH\"]\ndeny_spaces = [\"98317\"]")).await;
    let spaces = desk.data("list_spaces", json!({ "limit": 2 })).await;
    let keys: Vec<_> = spaces["spaces"].as_array().unwrap().iter().map(|space| space["key"].clone()).collect();
    assert_eq!((keys, spaces.get("next_cursor")), (vec![json!("IT"), json!("KB")], None));
    let pages = desk.data("list_pages", json!({ "limit": 50 })).await;
    assert_eq!(pages["pages"].as_array().unwrap().len(), 50);
    desk.data("list_blog_posts", json!({})).await;
    let asked = desk.site.log();
    for path in ["/wiki/api/v2/pages", "/wiki/api/v2/blogposts"] {
        assert!(asked.iter().any(|request| request.path == path && request.query.contains("space-id=98305%2C98307")));
    }
    let nothing = Desk::under(&scoped("allow_spaces = []")).await;
    for tool in ["list_spaces", "list_pages", "list_blog_posts", "list_recent_changes", "list_tasks"] {
        assert!(nothing.text(tool, json!({})).await.starts_with("No "), "{tool}");
    }
    assert_eq!(nothing.site.total_requests(), 0);
}

#[tokio::test]
async fn an_injected_query_never_leaves_the_scope() {
    let desk = Desk::under(&scoped("allow_spaces = [\"IT\"]")).await;
    let hostile = [
        "\" or space = HR or title ~ \"",
        "x\") or (space = HR",
        "x) or space in (HR",
        "x\\\" or space = HR or text ~ \\\"x",
        "x\nor space = HR",
        "x order by title",
        "“ or space = HR or title ~ ”",
        "*) or (space = HR",
        "/* */ or space = HR",
        "\u{202e}RH = ecaps ro",
    ];
    for query in hostile {
        for (tool, key) in [("search_text", "query"), ("search_cql", "cql")] {
            if let Ok(answer) = desk.call(tool, json!({ key: query })).await {
                let answer = format!("{answer:?}");
                assert!(!answer.contains("\"HR\"") && !answer.contains("/HR/"), "{tool} {query:?}: {answer}");
            }
        }
        let people = desk.call("search_users", json!({ "query": query })).await;
        assert!(people.is_ok() || people.is_err_and(|error| error.code == "invalid_input"), "{query:?}");
    }
}

#[tokio::test]
async fn without_a_scope_nothing_is_looked_up_for_it() {
    let desk = Desk::open().await;
    let page = desk.page("Escalation matrix");
    for tool in ["get_page", "list_labels", "list_comments", "get_page_children", "list_attachments", "list_versions"] {
        desk.call(tool, json!({ "page_id": page })).await.unwrap();
        assert_eq!(desk.requests_of(tool, json!({ "page_id": page })).await, 1, "{tool}");
    }
}

#[tokio::test]
async fn a_tool_the_profile_hides_is_refused_without_a_request() {
    for profile in ["name = \"Nothing\"", "name = \"Reader\"\n[pages]\nmode = \"read-only\""] {
        let desk = Desk::under(&format!("{profile}\n[tools]\nset = \"all\"\n")).await;
        let allowed: Vec<_> = desk.visible_tools();
        let hidden = |entry: &&Entry| !allowed.contains(&entry.facts.name) && entry.facts.group != Group::Session;
        for entry in tools::catalog().filter(hidden) {
            let error = desk.error(entry.facts.name, json!({})).await;
            assert_eq!(error.code, "refused", "{}: {error:?}", entry.facts.name);
            assert!(error.hint.contains("profile"), "{error:?}");
        }
        assert_eq!(desk.site.total_requests(), 0);
    }
}

#[tokio::test]
async fn a_denied_key_that_nothing_has_costs_nothing_and_hides_nothing_else() {
    let desk = Desk::under(&scoped("deny_spaces = [\"NOSUCH\"]")).await;
    let page = desk.page("Escalation matrix");
    desk.call("get_page", json!({ "page_id": page })).await.unwrap();
    assert_eq!(desk.requests_of("get_page", json!({ "page_id": page })).await, 1);
}

#[tokio::test]
async fn a_hidden_page_costs_no_more_requests_than_a_missing_one() {
    let desk = Desk::under(&scoped("allow_spaces = [\"IT\"]")).await;
    let hidden = desk.site.with_site(|site| things(site, Some("HR")));
    let count = async |id: String| {
        let before = desk.site.total_requests();
        desk.error("get_page", json!({ "page_id": id })).await;
        desk.site.total_requests() - before
    };
    // Once, its space has to be looked up.
    count(hidden.page.to_string()).await;
    assert_eq!(count(hidden.page.to_string()).await, count("777777777".into()).await);
}
