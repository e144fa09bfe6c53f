//! What profiles come to in scopes: no more than their tools need, and what is lost where less was granted.

use std::collections::BTreeSet;

use expect_test::expect;
use sluice::policy::Profile;
use sluice::policy::file::read;
use sluice::policy::shipped::{names, shipped};
use sluice::tools::scopes::{
    DELETE_ATTACHMENT, DELETE_COMMENT, DELETE_DATABASE, DELETE_EMBED, DELETE_FOLDER, DELETE_PAGE, DELETE_WHITEBOARD,
    NEVER, READ_ATTACHMENT, READ_METADATA, READ_PAGE, SIGN_IN, cost, dangerous, needed, to_take_back,
};

use super::verb;
use crate::desk::{FULL, profile};

fn one(name: &str) -> Profile {
    let tools: Vec<&str> = sluice::tools::catalog().map(|entry| entry.facts.name).collect();
    read(shipped(name).unwrap(), name, &tools).unwrap()
}

fn owned<'a>(scopes: impl IntoIterator<Item = &'a &'a str>) -> BTreeSet<String> {
    scopes.into_iter().map(|scope| (*scope).to_owned()).collect()
}

/// Everything but deletes.
fn careful() -> Profile {
    profile(&FULL.replace("allow_delete = true\n", ""))
}

#[test]
fn a_profile_that_only_reads_needs_read_scopes_only() {
    for scope in needed([&one("read-only")]) {
        assert!(SIGN_IN.contains(&scope) || verb(scope) == "read", "{scope}");
    }
    assert_eq!(to_take_back([&one("read-only")]), BTreeSet::new());
}

#[test]
fn nothing_is_asked_for_attachments_where_no_profile_opens_them() {
    let without = FULL.replace("[attachments]\nmode = \"read-write\"\nallow_delete = true\n", "");
    let of_files = |scope: &&str| scope.contains("attachment");
    assert_eq!(needed([&profile(&without)]).into_iter().find(of_files), None);
    assert_eq!(to_take_back([&profile(&without)]).into_iter().find(of_files), None);
    let both = needed([&profile(&without), &one("read-only")]);
    assert_eq!(both.into_iter().filter(of_files).collect::<Vec<_>>(), [READ_ATTACHMENT]);
}

#[test]
fn what_stands_above_a_page_is_asked_for_where_a_profile_tells_pages_apart() {
    let asked = |scope: &str| {
        let text = format!("name = \"x\"\n[attachments]\nmode = \"read-only\"\n[scope]\n{scope}\n");
        needed([&profile(&text)]).contains(READ_METADATA)
    };
    assert!(asked("allow_pages = [\"12\"]") && asked("visible_to_all_only = true"));
    assert!(!asked("allow_spaces = [\"IT\"]"));
}

#[test]
fn no_profile_needs_what_is_never_asked_for() {
    let mut profiles: Vec<_> = names().map(one).collect();
    profiles.extend([profile(FULL), careful()]);
    let needed = &needed(&profiles) | &to_take_back(&profiles);
    assert_eq!(needed.into_iter().find(|scope| NEVER.contains(scope)), None);
}

#[test]
fn a_profile_that_may_not_delete_needs_no_scope_to_delete_until_people_shall_take_its_writes_back() {
    let careful = careful();
    assert_eq!(needed([&careful]).into_iter().find(|scope| verb(scope) == "delete"), None);
    let nodes = [DELETE_DATABASE, DELETE_EMBED, DELETE_FOLDER, DELETE_WHITEBOARD];
    let taken_back = [DELETE_ATTACHMENT, DELETE_COMMENT, DELETE_PAGE].into_iter().chain(nodes).collect();
    assert_eq!(to_take_back([&careful]), taken_back);
    assert_eq!(to_take_back([&profile(FULL)]), BTreeSet::new());
}

#[test]
fn what_profiles_need_together_is_what_each_needs() {
    let (reads, writes) = (one("read-only"), one("full-access"));
    assert_eq!(needed([&reads, &writes]), &needed([&reads]) | &needed([&writes]));
    assert!(needed([&reads]).is_subset(&needed([&writes])));
}

#[test]
#[expect(clippy::too_many_lines, reason = "the table is long")]
fn the_shipped_profiles_ask_for_these() {
    let mut text = String::new();
    for name in names() {
        text.extend([name, "\n"]);
        text.extend(needed([&one(name)]).into_iter().flat_map(|scope| ["  ", scope, "\n"]));
    }
    expect![[r#"
        read-only
          offline_access
          read:analytics.content:confluence
          read:attachment:confluence
          read:comment:confluence
          read:content-details:confluence
          read:content.metadata:confluence
          read:database:confluence
          read:embed:confluence
          read:folder:confluence
          read:group:confluence
          read:hierarchical-content:confluence
          read:me
          read:page:confluence
          read:space:confluence
          read:task:confluence
          read:template:confluence
          read:user:confluence
          read:watcher:confluence
          read:whiteboard:confluence
        documentation-manager
          offline_access
          read:analytics.content:confluence
          read:attachment:confluence
          read:comment:confluence
          read:content-details:confluence
          read:content.metadata:confluence
          read:database:confluence
          read:embed:confluence
          read:folder:confluence
          read:group:confluence
          read:hierarchical-content:confluence
          read:label:confluence
          read:me
          read:page:confluence
          read:space:confluence
          read:task:confluence
          read:template:confluence
          read:user:confluence
          read:watcher:confluence
          read:whiteboard:confluence
          write:attachment:confluence
          write:comment:confluence
          write:database:confluence
          write:embed:confluence
          write:folder:confluence
          write:label:confluence
          write:page:confluence
          write:task:confluence
          write:watcher:confluence
          write:whiteboard:confluence
        full-access
          delete:attachment:confluence
          delete:comment:confluence
          delete:database:confluence
          delete:embed:confluence
          delete:folder:confluence
          delete:page:confluence
          delete:whiteboard:confluence
          offline_access
          read:analytics.content:confluence
          read:attachment:confluence
          read:comment:confluence
          read:content-details:confluence
          read:content.metadata:confluence
          read:database:confluence
          read:embed:confluence
          read:folder:confluence
          read:group:confluence
          read:hierarchical-content:confluence
          read:label:confluence
          read:me
          read:page:confluence
          read:space-details:confluence
          read:space:confluence
          read:task:confluence
          read:template:confluence
          read:user:confluence
          read:watcher:confluence
          read:whiteboard:confluence
          write:attachment:confluence
          write:comment:confluence
          write:database:confluence
          write:embed:confluence
          write:folder:confluence
          write:label:confluence
          write:page:confluence
          write:space.permission:confluence
          write:space:confluence
          write:task:confluence
          write:watcher:confluence
          write:whiteboard:confluence
    "#]]
    .assert_eq(&text);
}

#[test]
fn what_was_not_granted_is_told_with_the_tools_it_costs() {
    let full = profile(FULL);
    let mut granted = owned(&needed([&full]));
    assert_eq!(cost(&granted, [&full]), []);
    for scope in ["write:label:confluence", DELETE_COMMENT, READ_ATTACHMENT, "read:me"] {
        granted.remove(scope);
    }
    let files = [
        "delete_attachment",
        "download_attachment",
        "get_attachment",
        "get_attachment_thumbnail",
        "list_attachment_comments",
        "list_attachment_labels",
        "list_attachment_versions",
        "list_attachments",
        "rename_attachment",
        "update_attachment",
        "upload_attachment",
        "upload_attachments",
    ];
    let expected = vec![
        (DELETE_COMMENT, vec!["delete_comment", "undo_write"]),
        (READ_ATTACHMENT, files.to_vec()),
        ("read:me", vec![]),
        ("write:label:confluence", vec!["add_labels", "remove_label"]),
    ];
    assert_eq!(cost(&granted, [&full]), expected);
    assert!(cost(&BTreeSet::new(), [&full]).iter().any(|(scope, tools)| *scope == READ_PAGE && tools.len() > 20));
}

#[test]
fn a_token_that_could_delete_spaces_or_history_is_told() {
    assert_eq!(dangerous(&owned(&needed([&profile(FULL)]))), [""; 0]);
    let granted = owned(&["write:confluence-space", READ_PAGE, "delete:space:confluence"]);
    assert_eq!(dangerous(&granted), ["delete:space:confluence", "write:confluence-space"]);
}
