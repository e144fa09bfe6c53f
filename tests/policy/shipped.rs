//! The profiles that come with Sluice, and the schema editors check them by.

use std::collections::BTreeSet;
use std::path::Path;

use expect_test::expect_file;
use serde_json::Value;
use sluice::policy::file::{read, schema};
use sluice::policy::profile::{Mode, Profile, Switch, ToolSet};
use sluice::policy::shipped::{names, shipped};

use super::catalog;

fn profile(name: &str) -> Profile {
    read(shipped(name).unwrap(), name, &catalog::names()).unwrap()
}

fn example() -> Profile {
    read(include_str!("../../permissions/example.toml"), "example.toml", &catalog::names()).unwrap()
}

fn as_json(text: &str) -> Value {
    serde_json::to_value(text.parse::<toml::Table>().unwrap()).unwrap()
}

#[test]
fn the_built_in_profiles_are_the_files_in_permissions() {
    for name in names() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("permissions/{name}.toml"));
        assert_eq!(std::fs::read_to_string(path).unwrap(), shipped(name).unwrap());
    }
    assert_eq!(shipped("example"), None);
    assert_eq!(shipped("../read-only"), None);
}

#[test]
fn every_shipped_profile_loads_and_waits_for_nobody() {
    for name in names() {
        let groups = profile(name).groups;
        for switches in [groups.pages, groups.spaces, groups.search, groups.attachments, groups.users] {
            assert_eq!(switches.require_approval, Switch::Off, "{name}");
        }
    }
}

#[test]
fn no_two_shipped_profiles_share_a_revision() {
    let revisions: BTreeSet<String> = names().map(|name| profile(name).revision.to_string()).collect();
    assert_eq!(revisions.len(), 3);
}

#[test]
fn only_full_access_deletes_and_only_so_often() {
    for name in names() {
        let deletes = profile(name).groups.pages.allow_delete == Switch::On;
        assert_eq!(deletes, name == "full-access");
    }
    assert_eq!(profile("full-access").limits.deletes_per_day, Some(100));
}

#[test]
fn the_example_says_what_it_is_meant_to() {
    let example = example();
    assert_eq!(example.groups.pages.mode, Mode::ReadWrite);
    assert_eq!(example.groups.pages.require_approval, Switch::On);
    assert_eq!(example.scope.allow[0].spaces.len(), 2);
    assert_eq!(example.limits.writes_per_hour, Some(120));
    assert_eq!(example.tools.set, ToolSet::Core);
    assert_eq!(example.approval, sluice::policy::profile::Approval::default());
}

#[test]
fn every_file_begins_with_its_schema() {
    for name in ["read-only", "documentation-manager", "full-access", "example"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("permissions/{name}.toml"));
        assert!(std::fs::read_to_string(path).unwrap().starts_with("#:schema ./profile.schema.json\n"), "{name}");
    }
}

#[test]
fn the_schema_file_is_the_one_the_types_make() {
    let schema = serde_json::to_string_pretty(&schema()).unwrap() + "\n";
    expect_file!["../../permissions/profile.schema.json"].assert_eq(&schema);
}

#[test]
fn every_file_is_valid_by_the_schema() {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    for text in names().filter_map(shipped).chain([include_str!("../../permissions/example.toml")]) {
        assert!(validator.is_valid(&as_json(text)), "{:?}", validator.iter_errors(&as_json(text)).collect::<Vec<_>>());
    }
}

#[test]
fn the_example_shows_every_key_of_the_schema() {
    let schema = schema();
    let example = as_json(include_str!("../../permissions/example.toml"));
    for (key, property) in schema["properties"].as_object().unwrap() {
        assert!(example.get(key).is_some(), "{key}");
        let reference =
            property.pointer("/anyOf/0/$ref").or(property.pointer("/allOf/0/$ref")).or(property.get("$ref"));
        let Some(reference) = reference else { continue };
        let table = schema.pointer(reference.as_str().unwrap().trim_start_matches('#')).unwrap();
        for inner in table["properties"].as_object().unwrap().keys() {
            assert!(example[key].get(inner).is_some(), "{key}.{inner}");
        }
    }
}

#[test]
fn the_schema_refuses_what_the_reader_refuses_by_form() {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    let bad = [
        "[pages]\nmode = \"read-only\"",
        "name = \"x\"\n[pages]\nmodee = \"read-only\"",
        "name = \"x\"\n[pages]\nmode = \"readonly\"",
        "name = \"x\"\n[pages]\nallow_delete = \"yes\"",
        "name = \"x\"\n[scope]\nallow_spaces = [\"I T\"]",
        "name = \"x\"\n[limits]\nwrites_per_hour = -1",
        "name = \"x\"\n[approval]\nhold = \"25 seconds\"",
        "name = \"x\"\n[tools]\nset = \"some\"",
        "name = \"x\"\n[zebra]",
    ];
    for text in bad {
        assert!(!validator.is_valid(&as_json(text)), "{text}");
        assert!(read(text, "x.toml", &catalog::names()).is_err(), "{text}");
    }
}
