//! The OAuth scopes that tools name: what laws they keep, what profiles come to, and that they are the ones needed.

mod exact;
mod profiles;

use std::collections::BTreeSet;
use std::path::Path;

use sluice::domain::access::AccessClass;
use sluice::sandbox::Sandbox;
use sluice::tools::scopes::{BACKGROUND, BACKGROUND_OF, NEVER, SIGN_IN};
use sluice::tools::{Entry, catalog};

use crate::shared;

/// Writes that are no deletes, and that only a delete undoes.
const UNDONE_BY_DELETING: [&str; 17] = [
    "create_page",
    "create_blog_post",
    "add_comment",
    "reply_to_comment",
    "add_inline_comment",
    "reply_to_inline_comment",
    "upload_attachment",
    "upload_attachments",
    "copy_page",
    "create_live_doc",
    "create_page_from_template",
    "publish_draft",
    "restore_page",
    "create_folder",
    "create_whiteboard",
    "create_database",
    "create_smart_link",
];

fn verb(scope: &str) -> &str {
    scope.split(':').next().unwrap()
}

/// Every scope of a tool with whether only undoing needs it.
fn all(entry: &Entry) -> impl Iterator<Item = (&'static str, bool)> {
    let undoing = entry.undo_scopes.iter().map(|scope| (*scope, true));
    entry.scopes.iter().map(|scope| (*scope, false)).chain(undoing)
}

#[test]
fn scopes_are_granular_named_once_and_never_the_forbidden_ones() {
    for entry in catalog() {
        let mut seen = BTreeSet::new();
        for (scope, _) in all(entry) {
            let name = entry.facts.name;
            let parts: Vec<_> = scope.split(':').collect();
            let granular = parts.len() == 3 && ["read", "write", "delete"].contains(&parts[0]);
            assert!(granular && parts[2] == "confluence", "{name}: {scope}");
            assert!(!parts[1].starts_with("confluence-"), "{name}: {scope} is a classic one");
            assert!(!NEVER.contains(&scope), "{name}: {scope}");
            assert!(seen.insert(scope), "{name} names {scope} twice");
        }
    }
}

#[test]
fn reads_name_read_scopes_and_only_deletes_and_undoing_name_delete_scopes() {
    let mut undone_by_deleting = BTreeSet::new();
    for entry in catalog() {
        let (name, class) = (entry.facts.name, entry.facts.class);
        for (scope, undoing) in all(entry) {
            match (verb(scope), class) {
                ("read", _) | ("delete", AccessClass::Delete) => {}
                ("write", _) => assert!(class.writes(), "{name}: {scope}"),
                _ => assert!(undoing && undone_by_deleting.insert(name), "{name}: {scope}"),
            }
        }
        let here = ["convert_body", "get_sync_status", "sync_now"];
        let asks_nothing = ["session", "matched"].contains(&entry.facts.group.word()) || here.contains(&name);
        assert_eq!(entry.scopes.is_empty(), asks_nothing, "{name}");
    }
    assert_eq!(undone_by_deleting, BTreeSet::from(UNDONE_BY_DELETING));
    for scope in BACKGROUND.iter().chain(BACKGROUND_OF.iter().map(|(_, scope)| scope)) {
        assert_eq!(verb(scope), "read", "{scope}");
    }
}

/// Rows of the published operations, by the names of their columns.
fn published(folder: &Path, columns: [&str; 4]) -> Vec<[String; 4]> {
    let table = std::fs::read_to_string(folder.join("operations.tsv")).unwrap();
    let head: Vec<_> = table.lines().next().unwrap().split('\t').collect();
    let places = columns.map(|name| head.iter().position(|column| *column == name).unwrap());
    let row = |line: &str| {
        let cells: Vec<_> = line.split('\t').collect();
        places.map(|place| cells[place].to_owned())
    };
    table.lines().skip(1).map(row).collect()
}

const COLUMNS: [&str; 4] = ["method", "path", "scopes_classic", "scopes_granular"];

/// A template whose `{…}` have lost their names, which documents choose as they like.
fn nameless(template: &str) -> String {
    let segment = |segment: &str| if segment.starts_with('{') { "{}".to_owned() } else { segment.to_owned() };
    template.split('/').map(segment).collect::<Vec<_>>().join("/")
}

#[test]
fn the_simulated_site_asks_for_the_scopes_that_are_published() {
    /// Published in one cell, though either will do: the scopes of two states, "Current" and "Beta".
    const EITHER: &str = "/wiki/rest/api/content/{}/child/attachment/{}/download";
    let Some(folder) = shared::folder("openapi") else { return };
    let published = published(&folder, COLUMNS);
    let set = |scopes: &str| -> BTreeSet<String> { scopes.split_whitespace().map(str::to_owned).collect() };
    for (method, template, asked) in Sandbox::scopes() {
        let same = |row: &&[String; 4]| row[0] == method && nameless(&row[1]) == nameless(template);
        let Some([_, _, classic, granular]) = published.iter().find(same) else { continue };
        let asked: BTreeSet<_> = asked.split('|').map(set).collect();
        let either = nameless(template) == EITHER;
        let granular = if either { granular.split_whitespace().map(set).collect() } else { vec![set(granular)] };
        let expected: BTreeSet<_> = granular.into_iter().chain([set(classic)]).filter(|set| !set.is_empty()).collect();
        assert_eq!(asked, expected, "{method} {template}");
    }
}

#[test]
fn each_scope_belongs_to_a_published_operation() {
    let Some(folder) = shared::folder("openapi") else { return };
    let published = published(&folder, COLUMNS);
    let named_in =
        |column: usize| -> BTreeSet<&str> { published.iter().flat_map(|row| row[column].split_whitespace()).collect() };
    let (classic, granular) = (named_in(2), named_in(3));
    for scope in catalog().flat_map(all).map(|(scope, _)| scope).chain(BACKGROUND) {
        assert!(granular.contains(scope), "{scope}");
    }
    let unknown: Vec<_> =
        NEVER.iter().filter(|scope| !granular.contains(*scope) && !classic.contains(*scope)).collect();
    assert_eq!(unknown, [""; 0].iter().collect::<Vec<_>>());
    // These two are the account's own, not Confluence's.
    assert_eq!(SIGN_IN, ["offline_access", "read:me"]);
}
