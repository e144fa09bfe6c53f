//! What holds for every row of the table, whatever the documents say.

use std::collections::BTreeSet;

use sluice::domain::access::AccessClass;
use sluice::domain::group::Group;
use sluice::domain::method::Method;
use sluice::published::{Place, Row, Verdict, Watch, matched, rows, segments};
use sluice::tools;

/// The reads that POST, because their arguments are long or because v1 has them so.
const POST_READS: [&str; 5] = [
    "POST /wiki/api/v2/content/convert-ids-to-types",
    "POST /wiki/api/v2/users-bulk",
    "POST /wiki/rest/api/content/{id}/permission/check",
    "POST /wiki/rest/api/contentbody/convert/async/{to}",
    "POST /wiki/rest/api/contentbody/convert/async/bulk/tasks",
];

fn reached() -> impl Iterator<Item = &'static Row> {
    rows().iter().filter(|row| row.verdict == Verdict::Allow)
}

#[test]
fn access_is_never_weaker_than_the_method_implies() {
    for row in rows() {
        let implied = match row.method {
            Method::Get => AccessClass::Read,
            Method::Post => AccessClass::Create,
            Method::Put => AccessClass::Update,
            Method::Delete => AccessClass::Delete,
        };
        let reviewed = POST_READS.contains(&row.name().as_str()) || row.verdict == Verdict::Gone;
        assert!(row.access >= implied || reviewed, "{}", row.name());
        assert!(row.access == AccessClass::Read || row.method != Method::Get, "{}", row.name());
    }
    let reads: BTreeSet<String> =
        reached().filter(|row| row.access == AccessClass::Read && row.method != Method::Get).map(Row::name).collect();
    assert_eq!(reads, POST_READS.map(str::to_owned).into());
}

#[test]
fn no_row_deletes_a_space_purges_or_touches_the_site() {
    for row in reached() {
        let name = row.name();
        assert!(row.group.is_some(), "{name}");
        assert!(row.group != Some(Group::Spaces) || row.access != AccessClass::Delete, "{name}");
        assert!(!row.group.is_some_and(Group::read_only_by_nature) || row.access == AccessClass::Read, "{name}");
        for barred in ["purge", "draft", "_method", "method"] {
            assert!(!row.query.contains(&barred), "{name} {barred}");
        }
        if row.access.writes() {
            assert!(!row.query.contains(&"status"), "{name}");
            for barred in ["permissions", "copyPermissions", "roleAssignments", "homepage", "ownerId", "container"] {
                assert!(!row.body.contains(&barred), "{name} {barred}");
            }
            let words = ["permission", "restriction", "redact", "admin-key", "audit", "settings", "role", "group"];
            assert!(!words.iter().any(|word| row.template.contains(word)), "{name}");
        }
    }
}

#[test]
fn what_sets_a_status_or_a_body_is_watched() {
    for row in reached().filter(|row| row.access.writes()) {
        let sets = row.body.iter().any(|member| *member == "status" || *member == "body");
        let harmless = ["/tasks/", "-comments", "/template"].iter().any(|part| row.template.contains(part));
        assert!(!sets || harmless || row.watch != Watch::Nothing, "{}", row.name());
        let changes_body = row.access == AccessClass::Update && row.body.contains(&"body");
        assert!(!changes_body || row.watch == Watch::Body, "{}", row.name());
    }
}

#[test]
fn every_write_says_where_it_is() {
    for row in reached().filter(|row| row.access.writes()) {
        let named = row.template.contains("/user/watch/label/");
        let said = !matches!(row.place, Place::Unsaid | Place::Nowhere | Place::Answer | Place::Spaces | Place::Cql);
        assert!(said || named, "{}", row.name());
    }
}

#[test]
fn every_reason_is_short_and_names_only_tools_there_are() {
    let verbs = ["get", "create", "update", "delete", "move", "copy", "archive", "upload", "download"];
    for row in rows() {
        assert!((10..=120).contains(&row.why.len()) && !row.why.ends_with('.'), "{}: {}", row.name(), row.why);
        let words = row.why.split(|sign: char| !(sign.is_ascii_lowercase() || sign == '_'));
        for word in words.filter(|word| word.split_once('_').is_some_and(|(verb, _)| verbs.contains(&verb))) {
            assert!(tools::find(word).is_some(), "{}: {word}", row.name());
        }
    }
}

#[test]
fn each_row_is_found_by_its_own_path_in_both_spellings_and_by_no_other_method() {
    let nothing = serde_json::Map::new();
    for row in rows() {
        let path: Vec<&str> = row.template.split('/').map(|word| filled(word, row.template)).collect();
        let path = path.join("/");
        let short = path.trim_start_matches("/wiki").to_owned();
        let spellings =
            if short.starts_with("/api") || short.starts_with("/rest") { vec![path, short] } else { vec![path] };
        for path in spellings {
            let found = segments(&path).ok().and_then(|segments| sluice::published::find(row.method, &segments));
            assert_eq!(found.map(|(found, _)| found.name()), Some(row.name()), "{path}");
            let judged = matched(row.method.as_str(), &path, &nothing, None);
            assert_eq!(judged.is_ok(), row.verdict == Verdict::Allow, "{path}: {judged:?}");
        }
    }
}

/// A value that a variable of a template takes.
fn filled<'a>(word: &'a str, template: &str) -> &'a str {
    match word {
        "{spaceKey}" => "IT",
        "{to}" => "export_view",
        "{type}" => "page",
        "{position}" => "append",
        "{id}" if template.contains("/space-roles/") || template.contains("longtask") => "abc",
        word if word.starts_with('{') && (word.contains("ame") || word.contains("ey") || word.contains("roup")) => {
            "abc"
        }
        word if word.starts_with('{') => "7",
        word => word,
    }
}
