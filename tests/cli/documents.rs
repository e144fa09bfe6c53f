//! README, examples and the program say the same.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use sluice::cli::tools_table;
use sluice::config::declared::{self, ALL};
use sluice::config::{Environment, Flags, Kind, Origin, Settings, read_profile};
use sluice::domain::group::Group;
use sluice::policy::file::shipped;

use super::folder;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn profiles_table() -> String {
    let mut table = String::from(
        "| profile | what it is for | pages | spaces | search | attachments | users |\n|---|---|---|---|---|---|---|\n",
    );
    let tools: Vec<_> = sluice::tools::catalog().map(|entry| entry.facts.name).collect();
    for name in shipped::names() {
        let profile = read_profile(Path::new(name), &tools).unwrap().profile;
        let cells: Vec<String> = Group::ALL
            .iter()
            .map(|group| {
                let switches = profile.groups.of(*group);
                let deletes = switches.allow_delete == sluice::policy::profile::Switch::On;
                // Nothing of Spaces is ever deleted, and two groups have nothing to write.
                let deletes = deletes && matches!(group, Group::Pages | Group::Attachments);
                format!("{}{}", switches.mode, if deletes { ", delete" } else { "" })
            })
            .collect();
        writeln!(table, "| `{name}` | {} | {} |", profile.description, cells.join(" | ")).unwrap();
    }
    table
}

/// Puts the text between the markers of that name.
fn with_section(page: &str, name: &str, text: &str) -> String {
    let (begin, end) = (format!("<!-- {name}: begin -->\n"), format!("<!-- {name}: end -->"));
    let (before, rest) = page.split_once(&begin).unwrap();
    let (_, after) = rest.split_once(&end).unwrap();
    format!("{before}{begin}{text}{end}{after}")
}

#[test]
fn the_tables_of_the_readme_are_those_of_the_program() {
    let path = root().join("README.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let mut right = with_section(&page, "tools", &tools_table());
    let coverage = sluice::published::coverage();
    right = with_section(&right, "coverage", &format!("{}\n", coverage.lines().last().unwrap()));
    right = with_section(&right, "settings", &declared::markdown());
    right = with_section(&right, "profiles", &profiles_table());
    if right != page && std::env::var_os("UPDATE_EXPECT").is_some_and(|wish| wish == "1") {
        std::fs::write(&path, &right).unwrap();
        return;
    }
    assert!(right == page, "the tables of README.md are out of step; UPDATE_EXPECT=1 rewrites them");
}

#[test]
fn the_example_settings_show_every_key_there_is_and_no_other() {
    let text = std::fs::read_to_string(root().join("examples/sluice.toml")).unwrap();
    let lines = text.lines().filter_map(|line| line.strip_prefix("# "));
    let settings: Vec<&str> =
        lines.filter(|line| line.split_once(" = ").is_some_and(|(key, _)| !key.contains(' '))).collect();
    let file = folder("example").join("sluice.toml");
    std::fs::write(&file, settings.join("\n")).unwrap();
    let flags = Flags { config: Some(file), ..Flags::default() };
    let loaded = Settings::load(&flags, &Environment::default()).unwrap();
    for setting in ALL.iter().filter(|setting| setting.kind != Kind::Secret) {
        let given = loaded.get(setting).unwrap_or_else(|| panic!("{} is missing", setting.key));
        assert!(matches!(given.origin, Origin::File { .. }), "{} is missing", setting.key);
        assert!(setting.default.is_none_or(|default| default == given.value), "{} shows another default", setting.key);
    }
    assert!(text.lines().all(|line| line.is_empty() || line.starts_with('#')), "everything in it is commented out");
}

#[test]
fn the_client_configurations_start_the_server_with_settings_there_are() {
    let folder = root().join("examples/clients");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let value: serde_json::Value = match path.extension().and_then(|extension| extension.to_str()) {
            Some("json") => serde_json::from_str(&text).unwrap(),
            Some("toml") => serde_json::to_value(toml::from_str::<toml::Table>(&text).unwrap()).unwrap(),
            _ => continue,
        };
        let servers = ["mcpServers", "servers", "mcp_servers"].iter().find_map(|key| value.get(key)).unwrap();
        let server = &servers["confluence"];
        assert_eq!((&server["command"], &server["args"]), (&"sluice".into(), &serde_json::json!(["serve", "--stdio"])));
        let forwarded = server.get("env_vars").and_then(|names| names.as_array()).cloned().unwrap_or_default();
        let named: Vec<&str> = server["env"]
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .chain(forwarded.iter().filter_map(|name| name.as_str()))
            .collect();
        for variable in &named {
            assert!(ALL.iter().any(|setting| setting.variable == *variable), "{}: {variable}", path.display());
        }
        assert!(named.contains(&"SLUICE_SITE") && named.contains(&"SLUICE_API_TOKEN"), "{}", path.display());
        seen += 1;
    }
    assert_eq!(seen, 7);
}
