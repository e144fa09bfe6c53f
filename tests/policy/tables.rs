//! What each shipped profile comes to, tool by tool, and which line decides.

use expect_test::expect;
use sluice::policy::file::{Source, read_source};
use sluice::policy::shipped::shipped;
use sluice::policy::table::{columns, explain, markdown, table};

use super::catalog::{self, facts, tool_named};

fn source(name: &str) -> Source {
    let example = include_str!("../../permissions/example.toml");
    let text = shipped(name).unwrap_or(example);
    read_source(text, &format!("{name}.toml"), &catalog::names()).unwrap()
}

fn source_of(text: &str) -> Source {
    read_source(text, "x.toml", &catalog::names()).unwrap()
}

fn explained(source: &Source, tool: &str, space: Option<&str>) -> String {
    let space = space.map(|space| space.parse().unwrap());
    explain(source, &tool_named(tool), space.as_ref())
}

#[test]
fn what_read_only_allows() {
    expect![[r#"
        allow    get_page             read    pages        [pages] mode = "read-only"
        allow    get_page_by_title    read    pages        [pages] mode = "read-only"
        allow    list_pages           read    pages        [pages] mode = "read-only"
        allow    get_page_children    read    pages        [pages] mode = "read-only"
        allow    get_page_ancestors   read    pages        [pages] mode = "read-only"
        deny     create_page          create  pages        [pages] mode = "read-only"
        deny     edit_page            update  pages        [pages] mode = "read-only"
        deny     update_page          update  pages        [pages] mode = "read-only"
        deny     delete_page          delete  pages        [pages] mode = "read-only"
        allow    get_blog_post        read    pages        [pages] mode = "read-only"
        allow    list_blog_posts      read    pages        [pages] mode = "read-only"
        deny     create_blog_post     create  pages        [pages] mode = "read-only"
        allow    list_comments        read    pages        [pages] mode = "read-only"
        deny     add_comment          create  pages        [pages] mode = "read-only"
        deny     reply_to_comment     create  pages        [pages] mode = "read-only"
        allow    list_labels          read    pages        [pages] mode = "read-only"
        deny     add_labels           create  pages        [pages] mode = "read-only"
        deny     remove_label         delete  pages        [pages] mode = "read-only"
        allow    list_versions        read    pages        [pages] mode = "read-only"
        allow    convert_body         read    pages        [pages] mode = "read-only"
        allow    list_spaces          read    spaces       [spaces] mode = "read-only"
        allow    get_space            read    spaces       [spaces] mode = "read-only"
        deny     create_space         create  spaces       [spaces] mode = "read-only"
        deny     update_space         update  spaces       [spaces] mode = "read-only"
        allow    search_text          read    search       [search] mode = "read-only"
        allow    search_cql           read    search       [search] mode = "read-only"
        allow    list_attachments     read    attachments  [attachments] mode = "read-only"
        allow    get_attachment       read    attachments  [attachments] mode = "read-only"
        allow    download_attachment  read    attachments  [attachments] mode = "read-only"
        deny     upload_attachment    create  attachments  [attachments] mode = "read-only"
        deny     delete_attachment    delete  attachments  [attachments] mode = "read-only"
        allow    get_user             read    users        [users] mode = "read-only"
        allow    search_users         read    users        [users] mode = "read-only"
        allow    get_current_user     read    users        [users] mode = "read-only"
        allow    get_approval         read    session      [session] mode = "read-write"
        allow    list_approvals       read    session      [session] mode = "read-write"
        allow    cancel_approval      delete  session      [session] allow_delete = true
        allow    undo_write           update  session      [session] mode = "read-write"
    "#]]
    .assert_eq(&columns(&table(&source("read-only").profile, &facts())));
}

#[test]
fn what_documentation_manager_allows() {
    expect![[r#"
        allow    get_page             read    pages        [pages] mode = "read-write"
        allow    get_page_by_title    read    pages        [pages] mode = "read-write"
        allow    list_pages           read    pages        [pages] mode = "read-write"
        allow    get_page_children    read    pages        [pages] mode = "read-write"
        allow    get_page_ancestors   read    pages        [pages] mode = "read-write"
        allow    create_page          create  pages        [pages] mode = "read-write"
        allow    edit_page            update  pages        [pages] mode = "read-write"
        allow    update_page          update  pages        [pages] mode = "read-write"
        deny     delete_page          delete  pages        [pages] allow_delete = false
        allow    get_blog_post        read    pages        [pages] mode = "read-write"
        allow    list_blog_posts      read    pages        [pages] mode = "read-write"
        allow    create_blog_post     create  pages        [pages] mode = "read-write"
        allow    list_comments        read    pages        [pages] mode = "read-write"
        allow    add_comment          create  pages        [pages] mode = "read-write"
        allow    reply_to_comment     create  pages        [pages] mode = "read-write"
        allow    list_labels          read    pages        [pages] mode = "read-write"
        allow    add_labels           create  pages        [pages] mode = "read-write"
        deny     remove_label         delete  pages        [pages] allow_delete = false
        allow    list_versions        read    pages        [pages] mode = "read-write"
        allow    convert_body         read    pages        [pages] mode = "read-write"
        allow    list_spaces          read    spaces       [spaces] mode = "read-only"
        allow    get_space            read    spaces       [spaces] mode = "read-only"
        deny     create_space         create  spaces       [spaces] mode = "read-only"
        deny     update_space         update  spaces       [spaces] mode = "read-only"
        allow    search_text          read    search       [search] mode = "read-only"
        allow    search_cql           read    search       [search] mode = "read-only"
        allow    list_attachments     read    attachments  [attachments] mode = "read-write"
        allow    get_attachment       read    attachments  [attachments] mode = "read-write"
        allow    download_attachment  read    attachments  [attachments] mode = "read-write"
        allow    upload_attachment    create  attachments  [attachments] mode = "read-write"
        deny     delete_attachment    delete  attachments  [attachments] allow_delete = false
        allow    get_user             read    users        [users] mode = "read-only"
        allow    search_users         read    users        [users] mode = "read-only"
        allow    get_current_user     read    users        [users] mode = "read-only"
        allow    get_approval         read    session      [session] mode = "read-write"
        allow    list_approvals       read    session      [session] mode = "read-write"
        allow    cancel_approval      delete  session      [session] allow_delete = true
        allow    undo_write           update  session      [session] mode = "read-write"
    "#]]
    .assert_eq(&columns(&table(&source("documentation-manager").profile, &facts())));
}

#[test]
fn what_full_access_allows() {
    expect![[r#"
        allow    get_page             read    pages        [pages] mode = "read-write"
        allow    get_page_by_title    read    pages        [pages] mode = "read-write"
        allow    list_pages           read    pages        [pages] mode = "read-write"
        allow    get_page_children    read    pages        [pages] mode = "read-write"
        allow    get_page_ancestors   read    pages        [pages] mode = "read-write"
        allow    create_page          create  pages        [pages] mode = "read-write"
        allow    edit_page            update  pages        [pages] mode = "read-write"
        allow    update_page          update  pages        [pages] mode = "read-write"
        allow    delete_page          delete  pages        [pages] allow_delete = true
        allow    get_blog_post        read    pages        [pages] mode = "read-write"
        allow    list_blog_posts      read    pages        [pages] mode = "read-write"
        allow    create_blog_post     create  pages        [pages] mode = "read-write"
        allow    list_comments        read    pages        [pages] mode = "read-write"
        allow    add_comment          create  pages        [pages] mode = "read-write"
        allow    reply_to_comment     create  pages        [pages] mode = "read-write"
        allow    list_labels          read    pages        [pages] mode = "read-write"
        allow    add_labels           create  pages        [pages] mode = "read-write"
        allow    remove_label         delete  pages        [pages] allow_delete = true
        allow    list_versions        read    pages        [pages] mode = "read-write"
        allow    convert_body         read    pages        [pages] mode = "read-write"
        allow    list_spaces          read    spaces       [spaces] mode = "read-write"
        allow    get_space            read    spaces       [spaces] mode = "read-write"
        allow    create_space         create  spaces       [spaces] mode = "read-write"
        allow    update_space         update  spaces       [spaces] mode = "read-write"
        allow    search_text          read    search       [search] mode = "read-write"
        allow    search_cql           read    search       [search] mode = "read-write"
        allow    list_attachments     read    attachments  [attachments] mode = "read-write"
        allow    get_attachment       read    attachments  [attachments] mode = "read-write"
        allow    download_attachment  read    attachments  [attachments] mode = "read-write"
        allow    upload_attachment    create  attachments  [attachments] mode = "read-write"
        allow    delete_attachment    delete  attachments  [attachments] allow_delete = true
        allow    get_user             read    users        [users] mode = "read-write"
        allow    search_users         read    users        [users] mode = "read-write"
        allow    get_current_user     read    users        [users] mode = "read-write"
        allow    get_approval         read    session      [session] mode = "read-write"
        allow    list_approvals       read    session      [session] mode = "read-write"
        allow    cancel_approval      delete  session      [session] allow_delete = true
        allow    undo_write           update  session      [session] mode = "read-write"
    "#]]
    .assert_eq(&columns(&table(&source("full-access").profile, &facts())));
}

#[test]
fn what_the_example_allows() {
    expect![[r#"
        | tool | group | access | | why |
        |---|---|---|---|---|
        | `get_page` | pages | read | allow | [pages] mode = "read-write" |
        | `get_page_by_title` | pages | read | allow | [pages] mode = "read-write" |
        | `list_pages` | pages | read | allow | [pages] mode = "read-write" |
        | `get_page_children` | pages | read | allow | [pages] mode = "read-write" |
        | `get_page_ancestors` | pages | read | allow | [pages] mode = "read-write" |
        | `create_page` | pages | create | approve | [pages] require_approval = true |
        | `edit_page` | pages | update | approve | [pages] require_approval = true |
        | `update_page` | pages | update | approve | [pages] require_approval = true |
        | `delete_page` | pages | delete | deny | [pages] allow_delete = false |
        | `get_blog_post` | pages | read | allow | [pages] mode = "read-write" |
        | `list_blog_posts` | pages | read | allow | [pages] mode = "read-write" |
        | `create_blog_post` | pages | create | approve | [pages] require_approval = true |
        | `list_comments` | pages | read | allow | [pages] mode = "read-write" |
        | `add_comment` | pages | create | approve | [pages] require_approval = true |
        | `reply_to_comment` | pages | create | approve | [pages] require_approval = true |
        | `list_labels` | pages | read | allow | [pages] mode = "read-write" |
        | `add_labels` | pages | create | approve | [pages] require_approval = true |
        | `remove_label` | pages | delete | deny | [pages] allow_delete = false |
        | `list_versions` | pages | read | allow | [pages] mode = "read-write" |
        | `convert_body` | pages | read | allow | [pages] mode = "read-write" |
        | `list_spaces` | spaces | read | allow | [spaces] mode = "read-only" |
        | `get_space` | spaces | read | allow | [spaces] mode = "read-only" |
        | `create_space` | spaces | create | deny | [spaces] mode = "read-only" |
        | `update_space` | spaces | update | deny | [spaces] mode = "read-only" |
        | `search_text` | search | read | allow | [search] mode = "read-only" |
        | `search_cql` | search | read | allow | [search] mode = "read-only" |
        | `list_attachments` | attachments | read | allow | [attachments] mode = "read-write" |
        | `get_attachment` | attachments | read | allow | [attachments] mode = "read-write" |
        | `download_attachment` | attachments | read | allow | [attachments] mode = "read-write" |
        | `upload_attachment` | attachments | create | deny | [tools] deny names upload_attachment |
        | `delete_attachment` | attachments | delete | deny | [attachments] allow_delete = false |
        | `get_user` | users | read | allow | [users] mode = "read-only" |
        | `search_users` | users | read | allow | [users] mode = "read-only" |
        | `get_current_user` | users | read | allow | [users] mode = "read-only" |
        | `get_approval` | session | read | allow | [session] mode = "read-write" |
        | `list_approvals` | session | read | allow | [session] mode = "read-write" |
        | `cancel_approval` | session | delete | allow | [session] allow_delete = true |
        | `undo_write` | session | update | allow | [session] mode = "read-write" |
    "#]]
    .assert_eq(&markdown(&table(&source("example").profile, &facts())));
}

#[test]
fn the_line_of_a_switch_that_is_off_decides_about_deletes() {
    expect!["documentation-manager.toml:8: [pages] allow_delete = false → delete_page is refused"]
        .assert_eq(&explained(&source("documentation-manager"), "delete_page", None));
}

#[test]
fn the_line_of_the_mode_decides_about_writes() {
    expect![[r#"read-only.toml:7: [pages] mode = "read-only" → update_page is refused"#]].assert_eq(&explained(
        &source("read-only"),
        "update_page",
        None,
    ));
    expect![[r#"documentation-manager.toml:7: [pages] mode = "read-write" → update_page is allowed"#]]
        .assert_eq(&explained(&source("documentation-manager"), "update_page", None));
}

#[test]
fn limits_are_told_beside_what_is_allowed() {
    expect![[r#"
        full-access.toml:8: [pages] allow_delete = true → delete_page is allowed
        full-access.toml:32: [limits] at most 100 deletes in a day"#]]
    .assert_eq(&explained(&source("full-access"), "delete_page", None));
}

#[test]
fn approval_and_scope_are_told() {
    expect![[r#"
        example.toml:21: [pages] require_approval = true → update_page is allowed once a person approves it
        example.toml:51: [scope] allow_spaces names IT
        example.toml:74: [limits] at most 120 writes in an hour"#]]
    .assert_eq(&explained(&source("example"), "update_page", Some("IT")));
    expect![[r#"
        example.toml:21: [pages] require_approval = true → update_page is allowed once a person approves it
        example.toml:49: [scope] limits the spaces it may touch
        example.toml:74: [limits] at most 120 writes in an hour"#]]
    .assert_eq(&explained(&source("example"), "update_page", None));
    expect![[r#"example.toml:53: [scope] deny_spaces names hr → get_page is answered as "not found""#]]
        .assert_eq(&explained(&source("example"), "get_page", Some("hr")));
    expect![[r#"example.toml:51: [scope] allow_spaces does not name LAB → get_page is answered as "not found""#]]
        .assert_eq(&explained(&source("example"), "get_page", Some("LAB")));
    expect![[r#"
        example.toml:51: [scope] allow_spaces does not name 123456 → get_page is answered as "not found"
        keys and ids are compared when a call is judged: a space that [scope] names otherwise may be 123456"#]]
    .assert_eq(&explained(&source("example"), "get_page", Some("123456")));
    expect!["example.toml:84: [tools] deny names upload_attachment → upload_attachment is refused"]
        .assert_eq(&explained(&source("example"), "upload_attachment", Some("IT")));
}

#[test]
fn what_is_left_out_is_told_as_left_out() {
    let bare = source_of("name = \"x\"\n\n[pages]\nmode = \"read-write\"\n\n[spaces]\n");
    expect!["x.toml:3: [pages] allow_delete = false, since the key is left out → delete_page is refused"]
        .assert_eq(&explained(&bare, "delete_page", None));
    expect![[r#"x.toml:6: [spaces] mode = "disabled", since the key is left out → list_spaces is refused"#]]
        .assert_eq(&explained(&bare, "list_spaces", None));
    expect![[r#"x.toml: [search] mode = "disabled", since there is no [search] → search_cql is refused"#]]
        .assert_eq(&explained(&bare, "search_cql", Some("IT")));
}

#[test]
fn an_empty_scope_and_a_limit_of_nothing_are_told() {
    let closed = source_of(
        "name = \"x\"\n[pages]\nmode = \"read-write\"\n[scope]\nallow_spaces = []\n[limits]\nwrites_per_hour = 0\n",
    );
    expect![[r#"x.toml:5: [scope] allow_spaces does not name IT → get_page is answered as "not found""#]]
        .assert_eq(&explained(&closed, "get_page", Some("IT")));
    expect!["x.toml:7: [limits] writes_per_hour = 0 → create_page is refused"].assert_eq(&explained(
        &closed,
        "create_page",
        None,
    ));
}
