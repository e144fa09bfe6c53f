//! What each shipped profile comes to, tool by tool, and which line decides.

#![expect(clippy::too_many_lines, reason = "each table has a line for every tool")]

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
        allow    get_page                   read    pages        [pages] mode = "read-only"
        allow    get_page_by_title          read    pages        [pages] mode = "read-only"
        allow    list_pages                 read    pages        [pages] mode = "read-only"
        allow    get_page_children          read    pages        [pages] mode = "read-only"
        allow    get_page_ancestors         read    pages        [pages] mode = "read-only"
        allow    get_page_descendants       read    pages        [pages] mode = "read-only"
        allow    get_page_tree              read    pages        [pages] mode = "read-only"
        allow    get_space_homepage         read    pages        [pages] mode = "read-only"
        allow    list_trashed_pages         read    pages        [pages] mode = "read-only"
        allow    list_recent_changes        read    pages        [pages] mode = "read-only"
        allow    get_folder                 read    pages        [pages] mode = "read-only"
        allow    list_folder_children       read    pages        [pages] mode = "read-only"
        allow    get_whiteboard             read    pages        [pages] mode = "read-only"
        allow    get_database               read    pages        [pages] mode = "read-only"
        allow    get_smart_link             read    pages        [pages] mode = "read-only"
        deny     create_page                create  pages        [pages] mode = "read-only"
        deny     create_live_doc            create  pages        [pages] mode = "read-only"
        deny     create_page_from_template  create  pages        [pages] mode = "read-only"
        deny     publish_draft              update  pages        [pages] mode = "read-only"
        deny     edit_page                  update  pages        [pages] mode = "read-only"
        deny     update_page                update  pages        [pages] mode = "read-only"
        deny     rename_page                update  pages        [pages] mode = "read-only"
        deny     restore_version            update  pages        [pages] mode = "read-only"
        deny     move_page                  update  pages        [pages] mode = "read-only"
        deny     copy_page                  create  pages        [pages] mode = "read-only"
        deny     copy_page_tree             create  pages        [pages] mode = "read-only"
        deny     archive_page               delete  pages        [pages] mode = "read-only"
        deny     delete_page                delete  pages        [pages] mode = "read-only"
        deny     restore_page               update  pages        [pages] mode = "read-only"
        deny     create_folder              create  pages        [pages] mode = "read-only"
        deny     delete_folder              delete  pages        [pages] mode = "read-only"
        deny     create_whiteboard          create  pages        [pages] mode = "read-only"
        deny     delete_whiteboard          delete  pages        [pages] mode = "read-only"
        deny     create_database            create  pages        [pages] mode = "read-only"
        deny     delete_database            delete  pages        [pages] mode = "read-only"
        deny     create_smart_link          create  pages        [pages] mode = "read-only"
        deny     delete_smart_link          delete  pages        [pages] mode = "read-only"
        allow    get_blog_post              read    pages        [pages] mode = "read-only"
        allow    list_blog_posts            read    pages        [pages] mode = "read-only"
        deny     create_blog_post           create  pages        [pages] mode = "read-only"
        deny     update_blog_post           update  pages        [pages] mode = "read-only"
        deny     delete_blog_post           delete  pages        [pages] mode = "read-only"
        allow    list_comments              read    pages        [pages] mode = "read-only"
        allow    list_inline_comments       read    pages        [pages] mode = "read-only"
        deny     add_comment                create  pages        [pages] mode = "read-only"
        deny     add_inline_comment         create  pages        [pages] mode = "read-only"
        deny     reply_to_comment           create  pages        [pages] mode = "read-only"
        deny     reply_to_inline_comment    create  pages        [pages] mode = "read-only"
        deny     update_comment             update  pages        [pages] mode = "read-only"
        deny     resolve_comment            update  pages        [pages] mode = "read-only"
        deny     reopen_comment             update  pages        [pages] mode = "read-only"
        deny     delete_comment             delete  pages        [pages] mode = "read-only"
        allow    list_labels                read    pages        [pages] mode = "read-only"
        deny     add_labels                 create  pages        [pages] mode = "read-only"
        deny     remove_label               delete  pages        [pages] mode = "read-only"
        allow    list_versions              read    pages        [pages] mode = "read-only"
        allow    get_version                read    pages        [pages] mode = "read-only"
        allow    compare_versions           read    pages        [pages] mode = "read-only"
        allow    list_tasks                 read    pages        [pages] mode = "read-only"
        deny     complete_task              update  pages        [pages] mode = "read-only"
        deny     reopen_task                update  pages        [pages] mode = "read-only"
        allow    list_templates             read    pages        [pages] mode = "read-only"
        allow    get_template               read    pages        [pages] mode = "read-only"
        allow    list_properties            read    pages        [pages] mode = "read-only"
        allow    get_property               read    pages        [pages] mode = "read-only"
        deny     set_property               update  pages        [pages] mode = "read-only"
        deny     delete_property            delete  pages        [pages] mode = "read-only"
        allow    get_restrictions           read    pages        [pages] mode = "read-only"
        allow    list_watchers              read    pages        [pages] mode = "read-only"
        deny     watch_page                 create  pages        [pages] mode = "read-only"
        deny     unwatch_page               delete  pages        [pages] mode = "read-only"
        allow    get_likes                  read    pages        [pages] mode = "read-only"
        allow    get_page_views             read    pages        [pages] mode = "read-only"
        allow    convert_body               read    pages        [pages] mode = "read-only"
        allow    list_spaces                read    spaces       [spaces] mode = "read-only"
        allow    get_space                  read    spaces       [spaces] mode = "read-only"
        allow    get_space_permissions      read    spaces       [spaces] mode = "read-only"
        allow    list_space_properties      read    spaces       [spaces] mode = "read-only"
        allow    list_space_labels          read    spaces       [spaces] mode = "read-only"
        deny     create_space               create  spaces       [spaces] mode = "read-only"
        deny     update_space               update  spaces       [spaces] mode = "read-only"
        deny     set_space_property         update  spaces       [spaces] mode = "read-only"
        allow    search_docs                read    search       [search] mode = "read-only"
        allow    search_text                read    search       [search] mode = "read-only"
        allow    search_cql                 read    search       [search] mode = "read-only"
        allow    search_pages_by_label      read    search       [search] mode = "read-only"
        allow    get_sync_status            read    search       [search] mode = "read-only"
        allow    sync_now                   read    search       [search] mode = "read-only"
        allow    list_attachments           read    attachments  [attachments] mode = "read-only"
        allow    get_attachment             read    attachments  [attachments] mode = "read-only"
        allow    download_attachment        read    attachments  [attachments] mode = "read-only"
        allow    get_attachment_thumbnail   read    attachments  [attachments] mode = "read-only"
        allow    list_attachment_versions   read    attachments  [attachments] mode = "read-only"
        allow    list_attachment_labels     read    attachments  [attachments] mode = "read-only"
        allow    list_attachment_comments   read    attachments  [attachments] mode = "read-only"
        deny     upload_attachment          create  attachments  [attachments] mode = "read-only"
        deny     upload_attachments         create  attachments  [attachments] mode = "read-only"
        deny     update_attachment          update  attachments  [attachments] mode = "read-only"
        deny     rename_attachment          update  attachments  [attachments] mode = "read-only"
        deny     delete_attachment          delete  attachments  [attachments] mode = "read-only"
        allow    get_user                   read    users        [users] mode = "read-only"
        allow    get_users                  read    users        [users] mode = "read-only"
        allow    list_group_members         read    users        [users] mode = "read-only"
        allow    search_users               read    users        [users] mode = "read-only"
        allow    get_current_user           read    users        [users] mode = "read-only"
        allow    whoami                     read    session      [session] mode = "read-write"
        allow    apply_changes              update  session      [session] mode = "read-write"
        allow    get_approval               read    session      [session] mode = "read-write"
        allow    list_approvals             read    session      [session] mode = "read-write"
        allow    cancel_approval            delete  session      [session] allow_delete = true
        allow    undo_write                 update  session      [session] mode = "read-write"
        allow    confluence_request         delete  matched      each request is judged by the group of its operation and what it does
    "#]]
    .assert_eq(&columns(&table(&source("read-only").profile, &facts())));
}

#[test]
fn what_documentation_manager_allows() {
    expect![[r#"
        allow    get_page                   read    pages        [pages] mode = "read-write"
        allow    get_page_by_title          read    pages        [pages] mode = "read-write"
        allow    list_pages                 read    pages        [pages] mode = "read-write"
        allow    get_page_children          read    pages        [pages] mode = "read-write"
        allow    get_page_ancestors         read    pages        [pages] mode = "read-write"
        allow    get_page_descendants       read    pages        [pages] mode = "read-write"
        allow    get_page_tree              read    pages        [pages] mode = "read-write"
        allow    get_space_homepage         read    pages        [pages] mode = "read-write"
        allow    list_trashed_pages         read    pages        [pages] mode = "read-write"
        allow    list_recent_changes        read    pages        [pages] mode = "read-write"
        allow    get_folder                 read    pages        [pages] mode = "read-write"
        allow    list_folder_children       read    pages        [pages] mode = "read-write"
        allow    get_whiteboard             read    pages        [pages] mode = "read-write"
        allow    get_database               read    pages        [pages] mode = "read-write"
        allow    get_smart_link             read    pages        [pages] mode = "read-write"
        allow    create_page                create  pages        [pages] mode = "read-write"
        allow    create_live_doc            create  pages        [pages] mode = "read-write"
        allow    create_page_from_template  create  pages        [pages] mode = "read-write"
        allow    publish_draft              update  pages        [pages] mode = "read-write"
        allow    edit_page                  update  pages        [pages] mode = "read-write"
        allow    update_page                update  pages        [pages] mode = "read-write"
        allow    rename_page                update  pages        [pages] mode = "read-write"
        allow    restore_version            update  pages        [pages] mode = "read-write"
        allow    move_page                  update  pages        [pages] mode = "read-write"
        allow    copy_page                  create  pages        [pages] mode = "read-write"
        allow    copy_page_tree             create  pages        [pages] mode = "read-write"
        deny     archive_page               delete  pages        [pages] allow_delete = false
        deny     delete_page                delete  pages        [pages] allow_delete = false
        allow    restore_page               update  pages        [pages] mode = "read-write"
        allow    create_folder              create  pages        [pages] mode = "read-write"
        deny     delete_folder              delete  pages        [pages] allow_delete = false
        allow    create_whiteboard          create  pages        [pages] mode = "read-write"
        deny     delete_whiteboard          delete  pages        [pages] allow_delete = false
        allow    create_database            create  pages        [pages] mode = "read-write"
        deny     delete_database            delete  pages        [pages] allow_delete = false
        allow    create_smart_link          create  pages        [pages] mode = "read-write"
        deny     delete_smart_link          delete  pages        [pages] allow_delete = false
        allow    get_blog_post              read    pages        [pages] mode = "read-write"
        allow    list_blog_posts            read    pages        [pages] mode = "read-write"
        allow    create_blog_post           create  pages        [pages] mode = "read-write"
        allow    update_blog_post           update  pages        [pages] mode = "read-write"
        deny     delete_blog_post           delete  pages        [pages] allow_delete = false
        allow    list_comments              read    pages        [pages] mode = "read-write"
        allow    list_inline_comments       read    pages        [pages] mode = "read-write"
        allow    add_comment                create  pages        [pages] mode = "read-write"
        allow    add_inline_comment         create  pages        [pages] mode = "read-write"
        allow    reply_to_comment           create  pages        [pages] mode = "read-write"
        allow    reply_to_inline_comment    create  pages        [pages] mode = "read-write"
        allow    update_comment             update  pages        [pages] mode = "read-write"
        allow    resolve_comment            update  pages        [pages] mode = "read-write"
        allow    reopen_comment             update  pages        [pages] mode = "read-write"
        deny     delete_comment             delete  pages        [pages] allow_delete = false
        allow    list_labels                read    pages        [pages] mode = "read-write"
        allow    add_labels                 create  pages        [pages] mode = "read-write"
        deny     remove_label               delete  pages        [pages] allow_delete = false
        allow    list_versions              read    pages        [pages] mode = "read-write"
        allow    get_version                read    pages        [pages] mode = "read-write"
        allow    compare_versions           read    pages        [pages] mode = "read-write"
        allow    list_tasks                 read    pages        [pages] mode = "read-write"
        allow    complete_task              update  pages        [pages] mode = "read-write"
        allow    reopen_task                update  pages        [pages] mode = "read-write"
        allow    list_templates             read    pages        [pages] mode = "read-write"
        allow    get_template               read    pages        [pages] mode = "read-write"
        allow    list_properties            read    pages        [pages] mode = "read-write"
        allow    get_property               read    pages        [pages] mode = "read-write"
        allow    set_property               update  pages        [pages] mode = "read-write"
        deny     delete_property            delete  pages        [pages] allow_delete = false
        allow    get_restrictions           read    pages        [pages] mode = "read-write"
        allow    list_watchers              read    pages        [pages] mode = "read-write"
        allow    watch_page                 create  pages        [pages] mode = "read-write"
        deny     unwatch_page               delete  pages        [pages] allow_delete = false
        allow    get_likes                  read    pages        [pages] mode = "read-write"
        allow    get_page_views             read    pages        [pages] mode = "read-write"
        allow    convert_body               read    pages        [pages] mode = "read-write"
        allow    list_spaces                read    spaces       [spaces] mode = "read-only"
        allow    get_space                  read    spaces       [spaces] mode = "read-only"
        allow    get_space_permissions      read    spaces       [spaces] mode = "read-only"
        allow    list_space_properties      read    spaces       [spaces] mode = "read-only"
        allow    list_space_labels          read    spaces       [spaces] mode = "read-only"
        deny     create_space               create  spaces       [spaces] mode = "read-only"
        deny     update_space               update  spaces       [spaces] mode = "read-only"
        deny     set_space_property         update  spaces       [spaces] mode = "read-only"
        allow    search_docs                read    search       [search] mode = "read-only"
        allow    search_text                read    search       [search] mode = "read-only"
        allow    search_cql                 read    search       [search] mode = "read-only"
        allow    search_pages_by_label      read    search       [search] mode = "read-only"
        allow    get_sync_status            read    search       [search] mode = "read-only"
        allow    sync_now                   read    search       [search] mode = "read-only"
        allow    list_attachments           read    attachments  [attachments] mode = "read-write"
        allow    get_attachment             read    attachments  [attachments] mode = "read-write"
        allow    download_attachment        read    attachments  [attachments] mode = "read-write"
        allow    get_attachment_thumbnail   read    attachments  [attachments] mode = "read-write"
        allow    list_attachment_versions   read    attachments  [attachments] mode = "read-write"
        allow    list_attachment_labels     read    attachments  [attachments] mode = "read-write"
        allow    list_attachment_comments   read    attachments  [attachments] mode = "read-write"
        allow    upload_attachment          create  attachments  [attachments] mode = "read-write"
        allow    upload_attachments         create  attachments  [attachments] mode = "read-write"
        allow    update_attachment          update  attachments  [attachments] mode = "read-write"
        allow    rename_attachment          update  attachments  [attachments] mode = "read-write"
        deny     delete_attachment          delete  attachments  [attachments] allow_delete = false
        allow    get_user                   read    users        [users] mode = "read-only"
        allow    get_users                  read    users        [users] mode = "read-only"
        allow    list_group_members         read    users        [users] mode = "read-only"
        allow    search_users               read    users        [users] mode = "read-only"
        allow    get_current_user           read    users        [users] mode = "read-only"
        allow    whoami                     read    session      [session] mode = "read-write"
        allow    apply_changes              update  session      [session] mode = "read-write"
        allow    get_approval               read    session      [session] mode = "read-write"
        allow    list_approvals             read    session      [session] mode = "read-write"
        allow    cancel_approval            delete  session      [session] allow_delete = true
        allow    undo_write                 update  session      [session] mode = "read-write"
        allow    confluence_request         delete  matched      each request is judged by the group of its operation and what it does
    "#]]
    .assert_eq(&columns(&table(&source("documentation-manager").profile, &facts())));
}

#[test]
fn what_full_access_allows() {
    expect![[r#"
        allow    get_page                   read    pages        [pages] mode = "read-write"
        allow    get_page_by_title          read    pages        [pages] mode = "read-write"
        allow    list_pages                 read    pages        [pages] mode = "read-write"
        allow    get_page_children          read    pages        [pages] mode = "read-write"
        allow    get_page_ancestors         read    pages        [pages] mode = "read-write"
        allow    get_page_descendants       read    pages        [pages] mode = "read-write"
        allow    get_page_tree              read    pages        [pages] mode = "read-write"
        allow    get_space_homepage         read    pages        [pages] mode = "read-write"
        allow    list_trashed_pages         read    pages        [pages] mode = "read-write"
        allow    list_recent_changes        read    pages        [pages] mode = "read-write"
        allow    get_folder                 read    pages        [pages] mode = "read-write"
        allow    list_folder_children       read    pages        [pages] mode = "read-write"
        allow    get_whiteboard             read    pages        [pages] mode = "read-write"
        allow    get_database               read    pages        [pages] mode = "read-write"
        allow    get_smart_link             read    pages        [pages] mode = "read-write"
        allow    create_page                create  pages        [pages] mode = "read-write"
        allow    create_live_doc            create  pages        [pages] mode = "read-write"
        allow    create_page_from_template  create  pages        [pages] mode = "read-write"
        allow    publish_draft              update  pages        [pages] mode = "read-write"
        allow    edit_page                  update  pages        [pages] mode = "read-write"
        allow    update_page                update  pages        [pages] mode = "read-write"
        allow    rename_page                update  pages        [pages] mode = "read-write"
        allow    restore_version            update  pages        [pages] mode = "read-write"
        allow    move_page                  update  pages        [pages] mode = "read-write"
        allow    copy_page                  create  pages        [pages] mode = "read-write"
        allow    copy_page_tree             create  pages        [pages] mode = "read-write"
        allow    archive_page               delete  pages        [pages] allow_delete = true
        allow    delete_page                delete  pages        [pages] allow_delete = true
        allow    restore_page               update  pages        [pages] mode = "read-write"
        allow    create_folder              create  pages        [pages] mode = "read-write"
        allow    delete_folder              delete  pages        [pages] allow_delete = true
        allow    create_whiteboard          create  pages        [pages] mode = "read-write"
        allow    delete_whiteboard          delete  pages        [pages] allow_delete = true
        allow    create_database            create  pages        [pages] mode = "read-write"
        allow    delete_database            delete  pages        [pages] allow_delete = true
        allow    create_smart_link          create  pages        [pages] mode = "read-write"
        allow    delete_smart_link          delete  pages        [pages] allow_delete = true
        allow    get_blog_post              read    pages        [pages] mode = "read-write"
        allow    list_blog_posts            read    pages        [pages] mode = "read-write"
        allow    create_blog_post           create  pages        [pages] mode = "read-write"
        allow    update_blog_post           update  pages        [pages] mode = "read-write"
        allow    delete_blog_post           delete  pages        [pages] allow_delete = true
        allow    list_comments              read    pages        [pages] mode = "read-write"
        allow    list_inline_comments       read    pages        [pages] mode = "read-write"
        allow    add_comment                create  pages        [pages] mode = "read-write"
        allow    add_inline_comment         create  pages        [pages] mode = "read-write"
        allow    reply_to_comment           create  pages        [pages] mode = "read-write"
        allow    reply_to_inline_comment    create  pages        [pages] mode = "read-write"
        allow    update_comment             update  pages        [pages] mode = "read-write"
        allow    resolve_comment            update  pages        [pages] mode = "read-write"
        allow    reopen_comment             update  pages        [pages] mode = "read-write"
        allow    delete_comment             delete  pages        [pages] allow_delete = true
        allow    list_labels                read    pages        [pages] mode = "read-write"
        allow    add_labels                 create  pages        [pages] mode = "read-write"
        allow    remove_label               delete  pages        [pages] allow_delete = true
        allow    list_versions              read    pages        [pages] mode = "read-write"
        allow    get_version                read    pages        [pages] mode = "read-write"
        allow    compare_versions           read    pages        [pages] mode = "read-write"
        allow    list_tasks                 read    pages        [pages] mode = "read-write"
        allow    complete_task              update  pages        [pages] mode = "read-write"
        allow    reopen_task                update  pages        [pages] mode = "read-write"
        allow    list_templates             read    pages        [pages] mode = "read-write"
        allow    get_template               read    pages        [pages] mode = "read-write"
        allow    list_properties            read    pages        [pages] mode = "read-write"
        allow    get_property               read    pages        [pages] mode = "read-write"
        allow    set_property               update  pages        [pages] mode = "read-write"
        allow    delete_property            delete  pages        [pages] allow_delete = true
        allow    get_restrictions           read    pages        [pages] mode = "read-write"
        allow    list_watchers              read    pages        [pages] mode = "read-write"
        allow    watch_page                 create  pages        [pages] mode = "read-write"
        allow    unwatch_page               delete  pages        [pages] allow_delete = true
        allow    get_likes                  read    pages        [pages] mode = "read-write"
        allow    get_page_views             read    pages        [pages] mode = "read-write"
        allow    convert_body               read    pages        [pages] mode = "read-write"
        allow    list_spaces                read    spaces       [spaces] mode = "read-write"
        allow    get_space                  read    spaces       [spaces] mode = "read-write"
        allow    get_space_permissions      read    spaces       [spaces] mode = "read-write"
        allow    list_space_properties      read    spaces       [spaces] mode = "read-write"
        allow    list_space_labels          read    spaces       [spaces] mode = "read-write"
        allow    create_space               create  spaces       [spaces] mode = "read-write"
        allow    update_space               update  spaces       [spaces] mode = "read-write"
        allow    set_space_property         update  spaces       [spaces] mode = "read-write"
        allow    search_docs                read    search       [search] mode = "read-write"
        allow    search_text                read    search       [search] mode = "read-write"
        allow    search_cql                 read    search       [search] mode = "read-write"
        allow    search_pages_by_label      read    search       [search] mode = "read-write"
        allow    get_sync_status            read    search       [search] mode = "read-write"
        allow    sync_now                   read    search       [search] mode = "read-write"
        allow    list_attachments           read    attachments  [attachments] mode = "read-write"
        allow    get_attachment             read    attachments  [attachments] mode = "read-write"
        allow    download_attachment        read    attachments  [attachments] mode = "read-write"
        allow    get_attachment_thumbnail   read    attachments  [attachments] mode = "read-write"
        allow    list_attachment_versions   read    attachments  [attachments] mode = "read-write"
        allow    list_attachment_labels     read    attachments  [attachments] mode = "read-write"
        allow    list_attachment_comments   read    attachments  [attachments] mode = "read-write"
        allow    upload_attachment          create  attachments  [attachments] mode = "read-write"
        allow    upload_attachments         create  attachments  [attachments] mode = "read-write"
        allow    update_attachment          update  attachments  [attachments] mode = "read-write"
        allow    rename_attachment          update  attachments  [attachments] mode = "read-write"
        allow    delete_attachment          delete  attachments  [attachments] allow_delete = true
        allow    get_user                   read    users        [users] mode = "read-write"
        allow    get_users                  read    users        [users] mode = "read-write"
        allow    list_group_members         read    users        [users] mode = "read-write"
        allow    search_users               read    users        [users] mode = "read-write"
        allow    get_current_user           read    users        [users] mode = "read-write"
        allow    whoami                     read    session      [session] mode = "read-write"
        allow    apply_changes              update  session      [session] mode = "read-write"
        allow    get_approval               read    session      [session] mode = "read-write"
        allow    list_approvals             read    session      [session] mode = "read-write"
        allow    cancel_approval            delete  session      [session] allow_delete = true
        allow    undo_write                 update  session      [session] mode = "read-write"
        allow    confluence_request         delete  matched      each request is judged by the group of its operation and what it does
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
        | `get_page_descendants` | pages | read | allow | [pages] mode = "read-write" |
        | `get_page_tree` | pages | read | allow | [pages] mode = "read-write" |
        | `get_space_homepage` | pages | read | allow | [pages] mode = "read-write" |
        | `list_trashed_pages` | pages | read | allow | [pages] mode = "read-write" |
        | `list_recent_changes` | pages | read | allow | [pages] mode = "read-write" |
        | `get_folder` | pages | read | allow | [pages] mode = "read-write" |
        | `list_folder_children` | pages | read | allow | [pages] mode = "read-write" |
        | `get_whiteboard` | pages | read | allow | [pages] mode = "read-write" |
        | `get_database` | pages | read | allow | [pages] mode = "read-write" |
        | `get_smart_link` | pages | read | allow | [pages] mode = "read-write" |
        | `create_page` | pages | create | approve | [pages] require_approval = true |
        | `create_live_doc` | pages | create | approve | [pages] require_approval = true |
        | `create_page_from_template` | pages | create | approve | [pages] require_approval = true |
        | `publish_draft` | pages | update | approve | [pages] require_approval = true |
        | `edit_page` | pages | update | approve | [pages] require_approval = true |
        | `update_page` | pages | update | approve | [pages] require_approval = true |
        | `rename_page` | pages | update | approve | [pages] require_approval = true |
        | `restore_version` | pages | update | approve | [pages] require_approval = true |
        | `move_page` | pages | update | approve | [pages] require_approval = true |
        | `copy_page` | pages | create | approve | [pages] require_approval = true |
        | `copy_page_tree` | pages | create | approve | [pages] require_approval = true |
        | `archive_page` | pages | delete | deny | [pages] allow_delete = false |
        | `delete_page` | pages | delete | deny | [pages] allow_delete = false |
        | `restore_page` | pages | update | approve | [pages] require_approval = true |
        | `create_folder` | pages | create | approve | [pages] require_approval = true |
        | `delete_folder` | pages | delete | deny | [pages] allow_delete = false |
        | `create_whiteboard` | pages | create | approve | [pages] require_approval = true |
        | `delete_whiteboard` | pages | delete | deny | [pages] allow_delete = false |
        | `create_database` | pages | create | approve | [pages] require_approval = true |
        | `delete_database` | pages | delete | deny | [pages] allow_delete = false |
        | `create_smart_link` | pages | create | approve | [pages] require_approval = true |
        | `delete_smart_link` | pages | delete | deny | [pages] allow_delete = false |
        | `get_blog_post` | pages | read | allow | [pages] mode = "read-write" |
        | `list_blog_posts` | pages | read | allow | [pages] mode = "read-write" |
        | `create_blog_post` | pages | create | approve | [pages] require_approval = true |
        | `update_blog_post` | pages | update | approve | [pages] require_approval = true |
        | `delete_blog_post` | pages | delete | deny | [pages] allow_delete = false |
        | `list_comments` | pages | read | allow | [pages] mode = "read-write" |
        | `list_inline_comments` | pages | read | allow | [pages] mode = "read-write" |
        | `add_comment` | pages | create | approve | [pages] require_approval = true |
        | `add_inline_comment` | pages | create | approve | [pages] require_approval = true |
        | `reply_to_comment` | pages | create | approve | [pages] require_approval = true |
        | `reply_to_inline_comment` | pages | create | approve | [pages] require_approval = true |
        | `update_comment` | pages | update | approve | [pages] require_approval = true |
        | `resolve_comment` | pages | update | approve | [pages] require_approval = true |
        | `reopen_comment` | pages | update | approve | [pages] require_approval = true |
        | `delete_comment` | pages | delete | deny | [pages] allow_delete = false |
        | `list_labels` | pages | read | allow | [pages] mode = "read-write" |
        | `add_labels` | pages | create | approve | [pages] require_approval = true |
        | `remove_label` | pages | delete | deny | [pages] allow_delete = false |
        | `list_versions` | pages | read | allow | [pages] mode = "read-write" |
        | `get_version` | pages | read | allow | [pages] mode = "read-write" |
        | `compare_versions` | pages | read | allow | [pages] mode = "read-write" |
        | `list_tasks` | pages | read | allow | [pages] mode = "read-write" |
        | `complete_task` | pages | update | approve | [pages] require_approval = true |
        | `reopen_task` | pages | update | approve | [pages] require_approval = true |
        | `list_templates` | pages | read | allow | [pages] mode = "read-write" |
        | `get_template` | pages | read | allow | [pages] mode = "read-write" |
        | `list_properties` | pages | read | allow | [pages] mode = "read-write" |
        | `get_property` | pages | read | allow | [pages] mode = "read-write" |
        | `set_property` | pages | update | approve | [pages] require_approval = true |
        | `delete_property` | pages | delete | deny | [pages] allow_delete = false |
        | `get_restrictions` | pages | read | allow | [pages] mode = "read-write" |
        | `list_watchers` | pages | read | allow | [pages] mode = "read-write" |
        | `watch_page` | pages | create | approve | [pages] require_approval = true |
        | `unwatch_page` | pages | delete | deny | [pages] allow_delete = false |
        | `get_likes` | pages | read | allow | [pages] mode = "read-write" |
        | `get_page_views` | pages | read | allow | [pages] mode = "read-write" |
        | `convert_body` | pages | read | allow | [pages] mode = "read-write" |
        | `list_spaces` | spaces | read | allow | [spaces] mode = "read-only" |
        | `get_space` | spaces | read | allow | [spaces] mode = "read-only" |
        | `get_space_permissions` | spaces | read | allow | [spaces] mode = "read-only" |
        | `list_space_properties` | spaces | read | allow | [spaces] mode = "read-only" |
        | `list_space_labels` | spaces | read | allow | [spaces] mode = "read-only" |
        | `create_space` | spaces | create | deny | [spaces] mode = "read-only" |
        | `update_space` | spaces | update | deny | [spaces] mode = "read-only" |
        | `set_space_property` | spaces | update | deny | [spaces] mode = "read-only" |
        | `search_docs` | search | read | allow | [search] mode = "read-only" |
        | `search_text` | search | read | allow | [search] mode = "read-only" |
        | `search_cql` | search | read | allow | [search] mode = "read-only" |
        | `search_pages_by_label` | search | read | allow | [search] mode = "read-only" |
        | `get_sync_status` | search | read | allow | [search] mode = "read-only" |
        | `sync_now` | search | read | allow | [search] mode = "read-only" |
        | `list_attachments` | attachments | read | allow | [attachments] mode = "read-write" |
        | `get_attachment` | attachments | read | allow | [attachments] mode = "read-write" |
        | `download_attachment` | attachments | read | allow | [attachments] mode = "read-write" |
        | `get_attachment_thumbnail` | attachments | read | allow | [attachments] mode = "read-write" |
        | `list_attachment_versions` | attachments | read | allow | [attachments] mode = "read-write" |
        | `list_attachment_labels` | attachments | read | allow | [attachments] mode = "read-write" |
        | `list_attachment_comments` | attachments | read | allow | [attachments] mode = "read-write" |
        | `upload_attachment` | attachments | create | deny | [tools] deny names upload_attachment |
        | `upload_attachments` | attachments | create | allow | [attachments] mode = "read-write" |
        | `update_attachment` | attachments | update | allow | [attachments] mode = "read-write" |
        | `rename_attachment` | attachments | update | allow | [attachments] mode = "read-write" |
        | `delete_attachment` | attachments | delete | deny | [attachments] allow_delete = false |
        | `get_user` | users | read | allow | [users] mode = "read-only" |
        | `get_users` | users | read | allow | [users] mode = "read-only" |
        | `list_group_members` | users | read | allow | [users] mode = "read-only" |
        | `search_users` | users | read | allow | [users] mode = "read-only" |
        | `get_current_user` | users | read | allow | [users] mode = "read-only" |
        | `whoami` | session | read | allow | [session] mode = "read-write" |
        | `apply_changes` | session | update | allow | [session] mode = "read-write" |
        | `get_approval` | session | read | allow | [session] mode = "read-write" |
        | `list_approvals` | session | read | allow | [session] mode = "read-write" |
        | `cancel_approval` | session | delete | allow | [session] allow_delete = true |
        | `undo_write` | session | update | allow | [session] mode = "read-write" |
        | `confluence_request` | matched | delete | allow | each request is judged by the group of its operation and what it does |
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
        example.toml:79: [limits] at most 120 writes in an hour"#]]
    .assert_eq(&explained(&source("example"), "update_page", Some("IT")));
    expect![[r#"
        example.toml:21: [pages] require_approval = true → update_page is allowed once a person approves it
        example.toml:49: [scope] limits the spaces and pages it may touch
        example.toml:79: [limits] at most 120 writes in an hour"#]]
    .assert_eq(&explained(&source("example"), "update_page", None));
    expect![[r#"example.toml:56: [scope] deny_spaces names hr → get_page is answered as "not found""#]]
        .assert_eq(&explained(&source("example"), "get_page", Some("hr")));
    expect![[r#"
        example.toml:17: [pages] mode = "read-write" → get_page is allowed
        example.toml:54: [scope] allow_pages names the pages it may touch, with all below them"#]]
    .assert_eq(&explained(&source("example"), "get_page", Some("LAB")));
    expect![[r#"
        example.toml:17: [pages] mode = "read-write" → get_page is allowed
        example.toml:54: [scope] allow_pages names the pages it may touch, with all below them
        keys and ids are compared when a call is judged: a space that [scope] names otherwise may be 123456"#]]
    .assert_eq(&explained(&source("example"), "get_page", Some("123456")));
    expect!["example.toml:89: [tools] deny names upload_attachment → upload_attachment is refused"]
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
