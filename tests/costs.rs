//! What a call costs: how many requests leave once spaces and names are known, for every tool.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use expect_test::expect;
use serde_json::{Value, json};
use sluice::domain::group::Group;
use sluice::sandbox::model::{
    Comment, CommentPlace, Content, ContentKind, ContentStatus, Id, Property, Resolution, Site, UserStatus,
};
use sluice::tools::catalog;

use crate::desk::{Desk, FULL, Opening};
use crate::tree::fresh;

/// Ids in the space IT.
pub(crate) struct Things {
    pub(crate) page: String,
    other: String,
    version: u32,
    post: String,
    comment: String,
    inline: String,
    task: String,
    pub(crate) commented: String,
    pub(crate) file: String,
    person: String,
    picture: String,
    nodes: [String; 4],
    /// A page with an inline comment.
    remarked: String,
    post_version: u32,
    tree: Tree,
}

/// What stands in the tree only for these tests: pages, and one of each other kind.
struct Tree {
    draft: String,
    old: String,
    parent: String,
    folder: String,
    whiteboard: String,
    database: String,
    link: String,
}

impl Tree {
    fn of(desk: &Desk) -> Self {
        let put = |kind| fresh(desk, kind, ContentStatus::Current);
        Self {
            draft: fresh(desk, ContentKind::Page, ContentStatus::Draft),
            old: put(ContentKind::Page),
            parent: put(ContentKind::Page),
            folder: put(ContentKind::Folder),
            whiteboard: put(ContentKind::Whiteboard),
            database: put(ContentKind::Database),
            link: put(ContentKind::Embed),
        }
    }
}

/// A node of that kind in a space, made where there is none.
pub(crate) fn node(site: &mut Site, space: Id, kind: ContentKind) -> Id {
    let mut here = site.contents.values().filter(|content| content.space == space);
    let mut of_kind = |kind| here.find(|content| (content.kind, content.status) == (kind, ContentStatus::Current));
    if let Some(found) = of_kind(kind) {
        return found.id;
    }
    let page = site.contents.values().find(|content| content.space == space && content.kind == ContentKind::Page);
    let id = site.next_id;
    let node = Content { id, kind, status: ContentStatus::Current, ..page.unwrap().clone() };
    site.next_id += 1;
    site.contents.insert(id, node);
    id
}

const NODES: [ContentKind; 4] =
    [ContentKind::Folder, ContentKind::Whiteboard, ContentKind::Database, ContentKind::Embed];

pub(crate) fn things(desk: &Desk) -> Things {
    let (page, other) = (desk.page("Escalation matrix"), desk.page("Connect to the VPN from home"));
    let tree = Tree::of(desk);
    desk.site.with_site(|site| {
        let space = site.spaces.values().find(|space| space.key == "IT").unwrap().id;
        let here = |id| site.contents.get(&id).is_some_and(|content| content.space == space);
        let post = site.contents.values().find(|content| {
            let kind = (content.kind, content.status);
            content.space == space && kind == (ContentKind::BlogPost, ContentStatus::Current)
        });
        let comment = site.comments.values().find(|comment| {
            comment.place == CommentPlace::Footer && comment.parent.is_none() && here(comment.container)
        });
        let inline = site.comments.values().find(|comment| {
            let open = matches!(comment.place, CommentPlace::Inline { resolution: Resolution::Open, .. });
            open && comment.parent.is_none() && here(comment.container)
        });
        let file = site.attachments.values().find(|file| here(file.container)).unwrap();
        let person = site.users.values().find(|user| user.status == UserStatus::Active).unwrap();
        let (id, of_page) = (page.parse().unwrap(), site.around.properties[&601].clone());
        site.around.properties.insert(700, Property { id: 700, owner: id, ..of_page });
        site.around.likes.insert(id, [person.account_id.clone()].into());
        let remark =
            |comment: &&Comment| matches!(comment.place, CommentPlace::Inline { .. }) && here(comment.container);
        let remarked = site.comments.values().find(remark).unwrap().container.to_string();
        let picture = site.attachments.values().find(|file| here(file.container) && file.media_type == "image/png");
        let (picture, file) = (format!("att{}", picture.unwrap().id), format!("att{}", file.id));
        let post_version = post.unwrap().versions.last().unwrap().number;
        let (post, person) = (post.unwrap().id.to_string(), person.account_id.clone());
        let (comment, commented) = (comment.unwrap().id.to_string(), comment.unwrap().container.to_string());
        let inline = inline.unwrap().id.to_string();
        let things = Things {
            remarked,
            nodes: NODES.map(|kind| node(site, space, kind).to_string()),
            picture,
            version: site.contents[&page.parse().unwrap()].versions.last().unwrap().number,
            post_version,
            post,
            comment,
            inline,
            task: String::new(),
            commented,
            file,
            person,
            page,
            other,
            tree,
        };
        let task = task(site, things.other.parse().unwrap());
        Things { task, ..things }
    })
}

/// Puts a task on a page; its id.
pub(crate) fn task(site: &mut Site, page: Id) -> String {
    let list = "<ac:task-list><ac:task><ac:task-id>7</ac:task-id><ac:task-status>incomplete</ac:task-status>\
        <ac:task-body>Ring the desk</ac:task-body></ac:task></ac:task-list>";
    site.contents.get_mut(&page).unwrap().versions.last_mut().unwrap().body.push_str(list);
    format!("{page}000007")
}

pub(crate) fn reads(things: &Things) -> Vec<(&'static str, Value)> {
    let Things { page, post, file, person, comment, commented, .. } = things;
    let mut reads = vec![
        ("get_page", json!({ "page_id": page })),
        ("get_page", json!({ "page_id": page, "version": 1 })),
        ("get_page_by_title", json!({ "space": "IT", "title": "Escalation matrix" })),
        ("convert_body", json!({ "body": "<p>x</p>", "from": "html" })),
        ("get_page_children", json!({ "page_id": page })),
        ("get_page_ancestors", json!({ "page_id": page })),
        ("get_blog_post", json!({ "blog_post_id": post })),
        ("list_pages", json!({ "space": "IT" })),
        ("list_pages", json!({})),
        ("list_blog_posts", json!({ "space": "IT" })),
        ("list_blog_posts", json!({})),
        ("list_comments", json!({ "page_id": page })),
        ("list_comments", json!({ "page_id": commented, "comment_id": comment })),
        ("list_labels", json!({ "page_id": page })),
        ("list_versions", json!({ "page_id": page })),
        ("get_space", json!({ "space": "IT" })),
        ("list_spaces", json!({})),
        ("search_docs", json!({ "query": "vpn" })),
        ("get_sync_status", json!({})),
        ("sync_now", json!({})),
        ("search_text", json!({ "query": "vpn" })),
        ("search_text", json!({ "query": "vpn", "space": "IT" })),
        ("search_cql", json!({ "cql": "type = page and text ~ \"vpn\"" })),
        ("list_attachments", json!({ "page_id": page })),
        ("get_attachment", json!({ "attachment_id": file })),
        ("download_attachment", json!({ "attachment_id": file })),
        ("get_user", json!({ "account_id": person })),
        ("get_current_user", json!({})),
        ("search_users", json!({ "query": "Mira" })),
    ];
    reads.extend(more_reads(things));
    reads
}

/// Reads of what stands in the tree, in the history and around pages.
fn more_reads(things: &Things) -> Vec<(&'static str, Value)> {
    let Things { page, post, file, person, picture, remarked, .. } = things;
    let [folder, whiteboard, database, smart_link] = &things.nodes;
    vec![
        ("get_page_descendants", json!({ "page_id": page })),
        ("get_page_tree", json!({ "page_id": page })),
        ("get_page_tree", json!({ "space": "IT" })),
        ("get_space_homepage", json!({ "space": "IT" })),
        ("list_trashed_pages", json!({ "space": "IT" })),
        ("list_recent_changes", json!({})),
        ("list_recent_changes", json!({ "space": "IT", "type": "blog_post" })),
        ("list_recent_changes", json!({ "page_id": page, "version": 1 })),
        ("get_folder", json!({ "folder_id": folder })),
        ("get_whiteboard", json!({ "whiteboard_id": whiteboard })),
        ("get_database", json!({ "database_id": database })),
        ("get_smart_link", json!({ "smart_link_id": smart_link })),
        ("list_folder_children", json!({ "folder_id": folder })),
        ("list_folder_children", json!({ "folder_id": whiteboard, "type": "whiteboard" })),
        ("list_folder_children", json!({ "folder_id": database, "type": "database" })),
        ("list_folder_children", json!({ "folder_id": smart_link, "type": "smart_link" })),
        ("list_inline_comments", json!({ "page_id": remarked })),
        ("get_version", json!({ "page_id": page, "version": 1 })),
        ("get_version", json!({ "page_id": post, "version": 1 })),
        ("compare_versions", json!({ "page_id": page, "from_version": 1 })),
        ("list_tasks", json!({})),
        ("list_tasks", json!({ "space": "IT" })),
        ("list_tasks", json!({ "page_id": page })),
        ("list_templates", json!({})),
        ("list_templates", json!({ "space": "IT" })),
        ("get_template", json!({ "template_id": "501" })),
        ("get_template", json!({ "template_id": "502" })),
        ("list_properties", json!({ "page_id": page })),
        ("get_property", json!({ "page_id": page, "key": "review" })),
        ("get_restrictions", json!({ "page_id": page })),
        ("list_watchers", json!({ "page_id": page })),
        ("get_likes", json!({ "page_id": page })),
        ("get_page_views", json!({ "page_id": page })),
        ("get_space_permissions", json!({ "space": "IT" })),
        ("list_space_properties", json!({ "space": "IT" })),
        ("list_space_labels", json!({ "space": "IT" })),
        ("list_attachment_labels", json!({ "attachment_id": file })),
        ("list_attachment_comments", json!({ "attachment_id": file })),
        ("list_attachment_versions", json!({ "attachment_id": file })),
        ("get_attachment_thumbnail", json!({ "attachment_id": picture })),
        ("get_users", json!({ "account_ids": [person] })),
        ("list_group_members", json!({ "group": "service-desk" })),
        ("search_pages_by_label", json!({ "label": "runbook" })),
    ]
}

/// One word changed on a page that says `x`, or only shown as changed where it says `y`.
fn edit(page: &str, version: u32, dry_run: bool) -> Value {
    let (find, replace) = if dry_run { ("y", "z") } else { ("x", "y") };
    let operations = json!([{ "op": "replace_text", "find": find, "replace": replace }]);
    json!({ "page_id": page, "version": version, "operations": operations, "dry_run": dry_run })
}

/// A page from the template that the simulated site has for its first space.
pub(crate) fn from_template(parent: Option<&str>) -> Value {
    let variables = json!({ "start": "08:00", "reporter": "Ann & Bob" });
    let mut made = json!({ "space": "IT", "template_id": "501", "title": "An incident", "variables": variables });
    if let Some(parent) = parent {
        made["parent_id"] = json!(parent);
    }
    made
}

/// Writes that change the tree, and those of blog posts.
pub(crate) fn writes_in_the_tree(things: &Things) -> Vec<(&'static str, Value)> {
    let post = &things.post;
    let Tree { draft, old, parent, folder, whiteboard, database, link } = &things.tree;
    let made = json!({ "space": "IT", "title": "In the tree" });
    let mut linked = made.clone();
    linked["url"] = json!("https://example.com/");
    vec![
        ("create_live_doc", json!({ "space": "IT", "title": "Live", "body": "x" })),
        ("create_page_from_template", from_template(None)),
        ("publish_draft", json!({ "page_id": draft })),
        ("rename_page", json!({ "page_id": old, "title": "Renamed" })),
        ("copy_page", json!({ "page_id": old, "title": "Copied", "space": "IT" })),
        ("copy_page_tree", json!({ "page_id": old, "parent_id": parent, "title_prefix": "Copied " })),
        ("move_page", json!({ "page_id": old, "target_id": parent })),
        ("archive_page", json!({ "page_id": parent })),
        ("create_folder", made.clone()),
        ("delete_folder", json!({ "folder_id": folder })),
        ("create_whiteboard", made.clone()),
        ("delete_whiteboard", json!({ "whiteboard_id": whiteboard })),
        ("create_database", made),
        ("delete_database", json!({ "database_id": database })),
        ("create_smart_link", linked),
        ("delete_smart_link", json!({ "smart_link_id": link })),
        (
            "update_blog_post",
            json!({ "blog_post_id": post, "version": things.post_version, "body": "x", "allow_loss": true }),
        ),
        ("delete_blog_post", json!({ "blog_post_id": post })),
    ]
}

pub(crate) fn writes(things: &Things) -> Vec<(&'static str, Value)> {
    let Things { page, other, version, file, comment, inline, task, .. } = things;
    let rest = vec![
        ("create_page", json!({ "space": "IT", "title": "New here", "body": "x" })),
        ("create_page", json!({ "space": "IT", "title": "New there", "body": "x", "parent_id": page })),
        ("create_blog_post", json!({ "space": "IT", "title": "News", "body": "x" })),
        ("update_page", json!({ "page_id": page, "version": version, "body": "x" })),
        ("edit_page", edit(page, version + 1, false)),
        ("edit_page", edit(page, version + 2, true)),
        ("add_comment", json!({ "page_id": page, "body": "x" })),
        ("reply_to_comment", json!({ "comment_id": comment, "body": "x" })),
        ("add_inline_comment", json!({ "page_id": page, "quote": "y", "body": "x" })),
        ("reply_to_inline_comment", json!({ "comment_id": inline, "body": "x" })),
        ("update_comment", json!({ "comment_id": comment, "body": "y" })),
        ("resolve_comment", json!({ "comment_id": inline })),
        ("reopen_comment", json!({ "comment_id": inline })),
        ("add_labels", json!({ "page_id": page, "labels": ["brand-new"] })),
        ("remove_label", json!({ "page_id": page, "label": "brand-new" })),
        ("set_property", json!({ "page_id": page, "key": "k", "value": [1] })),
        ("set_property", json!({ "page_id": page, "key": "k", "value": [2] })),
        ("delete_property", json!({ "page_id": page, "key": "k" })),
        ("set_space_property", json!({ "space": "IT", "key": "k", "value": true })),
        ("watch_page", json!({ "page_id": page })),
        ("unwatch_page", json!({ "page_id": page })),
        ("complete_task", json!({ "task_id": task })),
        ("reopen_task", json!({ "task_id": task })),
        ("upload_attachment", json!({ "page_id": page, "file_name": "new.txt", "text": "x" })),
        ("upload_attachments", json!({ "page_id": page, "files": [{ "file_name": "two.txt", "text": "x" }] })),
        ("update_attachment", json!({ "attachment_id": file, "text": "x" })),
        ("rename_attachment", json!({ "attachment_id": file, "file_name": "other.txt" })),
        ("delete_attachment", json!({ "attachment_id": file })),
        ("delete_comment", json!({ "comment_id": comment })),
        ("restore_version", json!({ "page_id": page, "version": version })),
        ("delete_page", json!({ "page_id": other })),
        ("restore_page", json!({ "page_id": other })),
        ("update_space", json!({ "space": "IT", "name": "Help" })),
        ("create_space", json!({ "key": "NEW", "name": "New" })),
    ];
    writes_in_the_tree(things).into_iter().chain(rest).collect()
}

/// A call on a line: the tool, what tells it from its neighbours, and what left for it.
async fn cost(desk: &Desk, tool: &'static str, arguments: Value) -> (String, String) {
    let mut named: Vec<&str> = arguments.as_object().unwrap().keys().map(String::as_str).collect();
    named.retain(|name| ["version", "parent_id", "comment_id", "space", "type"].contains(name));
    let call = format!("{tool} {}", named.join(" "));
    let before = desk.site.total_requests();
    let outcome = match desk.call(tool, arguments).await {
        Ok(_) => String::new(),
        Err(error) => format!(" ({})", error.code),
    };
    (call.trim_end().to_owned(), format!("{}{outcome}", desk.site.total_requests() - before))
}

/// What each call costs under a profile after everything that only reads was called once.
async fn costs(profile: &str) -> Vec<(String, String)> {
    let desk = Desk::opened(Opening { profile, ..Opening::usual() }).await;
    let things = things(&desk);
    for (tool, arguments) in reads(&things) {
        desk.text(tool, arguments).await;
    }
    desk.text("get_page", json!({ "page_id": things.other })).await;
    let mut costs = Vec::new();
    for (tool, arguments) in reads(&things).into_iter().chain(writes(&things)) {
        costs.push(cost(&desk, tool, arguments).await);
    }
    costs
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "the table has a line for each call")]
async fn each_call_costs_as_many_requests_as_it_did() {
    let scoped = format!("{FULL}\n[scope]\nallow_spaces = [\"IT\"]\n");
    let (free, scoped) = (costs(FULL).await, costs(&scoped).await);
    let mut table = format!("{:28} {:8} {}\n", "call", "no scope", "IT only");
    for ((call, free), (_, scoped)) in free.iter().zip(&scoped) {
        writeln!(table, "{call:28} {free:8} {scoped}").unwrap();
    }
    expect![[r#"
        call                         no scope IT only
        get_page                     1        1
        get_page version             1        1
        get_page_by_title space      1        1
        convert_body                 0        0
        get_page_children            1        1
        get_page_ancestors           2        2
        get_blog_post                1        1
        list_pages space             1        1
        list_pages                   1        1
        list_blog_posts space        1        1
        list_blog_posts              1        1
        list_comments                1        1
        list_comments comment_id     2        2
        list_labels                  1        1
        list_versions                1        1
        get_space space              1        1
        list_spaces                  1        1
        search_docs                  0        0
        get_sync_status              0        0
        sync_now                     0        0
        search_text                  1        1
        search_text space            1        1
        search_cql                   1        1
        list_attachments             1        1
        get_attachment               1        1
        download_attachment          3        3
        get_user                     1        1
        get_current_user             1        1
        search_users                 1        1
        get_page_descendants         1        1
        get_page_tree                2        2
        get_page_tree space          2        2
        get_space_homepage space     1        1
        list_trashed_pages space     1        1
        list_recent_changes          1        1
        list_recent_changes space type 1        1
        list_recent_changes version  2        2
        get_folder                   1        1
        get_whiteboard               1        1
        get_database                 1        1
        get_smart_link               1        1
        list_folder_children         2        2
        list_folder_children type    2        2
        list_folder_children type    2        2
        list_folder_children type    2        2
        list_inline_comments         1        1
        get_version version          1        1
        get_version version          2        2
        compare_versions             2        2
        list_tasks                   1        1
        list_tasks space             1        1
        list_tasks                   1        1
        list_templates               1        1
        list_templates space         1        1
        get_template                 1        1
        get_template                 1        1
        list_properties              1        1
        get_property                 1        1
        get_restrictions             1        1
        list_watchers                1        1
        get_likes                    1        1
        get_page_views               2        2
        get_space_permissions space  1        1
        list_space_properties space  1        1
        list_space_labels space      1        1
        list_attachment_labels       2        2
        list_attachment_comments     2        2
        list_attachment_versions     2        2
        get_attachment_thumbnail     3        3
        get_users                    1        1
        list_group_members           2        2
        search_pages_by_label        1        1
        create_live_doc space        1        1
        create_page_from_template space 2        2
        publish_draft                2        2
        rename_page                  2        2
        copy_page space              2        2
        copy_page_tree parent_id     5        5
        move_page                    6        6
        archive_page                 5        5
        create_folder space          1        1
        delete_folder                3        3
        create_whiteboard space      1        1
        delete_whiteboard            3        3
        create_database space        1        1
        delete_database              3        3
        create_smart_link space      1        1
        delete_smart_link            3        3
        update_blog_post version     2        2
        delete_blog_post             2        2
        create_page space            1        1
        create_page space parent_id  2        2
        create_blog_post space       1        1
        update_page version          2        2
        edit_page version            2        2
        edit_page version            1        1
        add_comment                  2        2
        reply_to_comment comment_id  2        2
        add_inline_comment           2        2
        reply_to_inline_comment comment_id 3        3
        update_comment comment_id    2        2
        resolve_comment comment_id   3        3
        reopen_comment comment_id    3        3
        add_labels                   2        2
        remove_label                 2        2
        set_property                 3        3
        set_property                 3        3
        delete_property              3        3
        set_space_property space     2        2
        watch_page                   3        3
        unwatch_page                 3        3
        complete_task                2        2
        reopen_task                  2        2
        upload_attachment            3        3
        upload_attachments           3        3
        update_attachment            2        2
        rename_attachment            3        3
        delete_attachment            2        2
        delete_comment comment_id    3        3
        restore_version version      3        3
        delete_page                  4        4
        restore_page                 3        3
        update_space space           2        2
        create_space                 1        1 (not_found)
    "#]]
    .assert_eq(&table);
    let shown: BTreeSet<&str> = free.iter().filter_map(|(call, _)| call.split(' ').next()).collect();
    let of_groups = catalog().filter(|entry| !matches!(entry.facts.group, Group::Session | Group::Matched));
    let tools: BTreeSet<&str> = of_groups.map(|entry| entry.facts.name).collect();
    assert_eq!(shown, tools);
}
