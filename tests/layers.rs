//! The crate's own page tells the truth: its layers stand as it says, and the tests it names are there.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// One file of the crate.
struct File {
    path: String,
    layer: String,
    text: String,
}

/// Every file in that folder of the crate and beneath it.
fn files(folder: &str) -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![root.join(folder)];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                let path = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
                let layer = path.split(['/', '.']).nth(1).unwrap().to_owned();
                files.push(File { path, layer, text });
            }
        }
    }
    files
}

fn page() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap()
}

/// The layers in the order of the page.
fn tower(page: &str) -> Vec<&str> {
    let rows = page.lines().filter_map(|line| line.strip_prefix("//! | [`"));
    rows.map(|row| row.split_once('`').unwrap().0).collect()
}

/// The layers a file names, with what it names of them.
fn named(text: &str) -> impl Iterator<Item = &str> {
    text.split("crate::").skip(1).map(|rest| {
        let end = rest.find(|sign: char| !sign.is_ascii_alphanumeric() && sign != '_').unwrap_or(rest.len());
        &rest[..end]
    })
}

fn holding(files: &[File], words: &[&str]) -> BTreeSet<String> {
    let holds = |file: &&File| words.iter().any(|word| file.text.contains(word));
    files.iter().filter(holds).map(|file| file.path.clone()).collect()
}

#[test]
fn the_page_lists_every_layer() {
    let page = page();
    let listed: BTreeSet<&str> = tower(&page).into_iter().collect();
    let modules = page.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'));
    assert_eq!(listed, modules.collect());
}

#[test]
fn each_layer_uses_only_those_above_it() {
    let page = page();
    let tower = tower(&page);
    let height = |layer: &str| tower.iter().position(|known| *known == layer);
    for file in files("src") {
        let Some(own) = height(&file.layer) else { continue };
        for layer in named(&file.text) {
            let used = height(layer).unwrap_or_else(|| panic!("{} names crate::{layer}, which is no layer", file.path));
            assert!(used <= own, "{} uses {layer}, which stands below {}", file.path, file.layer);
            let apart = file.layer != "sandbox" || ["sandbox", "domain"].contains(&layer);
            assert!(apart, "{} uses {layer}; the simulated site stands apart", file.path);
        }
    }
}

#[test]
fn words_policy_and_markup_touch_nothing() {
    let files: Vec<_> = files("src")
        .into_iter()
        .filter(|file| {
            let whole = ["domain", "published", "policy", "markup"].contains(&file.layer.as_str());
            whole || file.path == "src/sync/plan.rs" || file.path.starts_with("src/sync/plan/")
        })
        .collect();
    assert!(files.len() > 30);
    assert!(files.iter().any(|file| file.layer == "sync"));
    // Locks and channels touch nothing outside.
    let words = [
        "std::fs",
        "std::env",
        "std::net",
        "std::process",
        "tokio::fs",
        "tokio::io",
        "tokio::net",
        "tokio::process",
        "tokio::time",
        "tokio::spawn",
        "reqwest",
        "Instant",
        "SystemTime",
        "clock::",
    ];
    assert_eq!(holding(&files, &words), BTreeSet::new());
}

#[test]
fn only_the_client_and_what_carries_no_credentials_for_it_speak_http() {
    let known = ["src/notice/webhook.rs", "src/outside.rs", "src/telemetry/outgoing.rs"];
    let beyond = |path: &String| !path.starts_with("src/confluence/client/") && !known.contains(&path.as_str());
    let speaking: Vec<_> = holding(&files("src"), &["reqwest::Client", "reqwest::Proxy", ".build()?.get("])
        .into_iter()
        .filter(beyond)
        .collect();
    assert_eq!(speaking, Vec::<String>::new());
}

#[test]
fn standard_output_is_opened_in_few_places() {
    let opening = holding(&files("src"), &["stdout()", "io::stdio"]);
    assert_eq!(opening, ["src/cli/console.rs", "src/mcp.rs"].map(str::to_owned).into());
}

#[test]
fn no_tool_can_approve_or_make_a_permit() {
    let tools: Vec<_> = files("src").into_iter().filter(|file| file.layer == "tools").collect();
    assert!(tools.len() > 30);
    assert_eq!(
        holding(&tools, &["dyn Approver", "impl Approver", "Verdict", "Permit::for_", "BuiltIn", ".pass("]),
        BTreeSet::new()
    );
}

#[test]
fn every_test_the_page_names_is_there() {
    let page = page();
    let doc: String = page.lines().map_while(|line| line.strip_prefix("//!")).collect();
    let mut tests: Vec<File> = files("src");
    tests.extend(files("tests"));
    let promises: Vec<&str> = doc.split("Held by").skip(1).collect();
    assert_eq!(promises.len(), 13);
    for promise in promises {
        let promise = promise.split(". ").next().unwrap();
        let named: Vec<&str> =
            promise.split('`').skip(1).step_by(2).filter(|word| word.matches('_').count() > 1).collect();
        assert!(!named.is_empty(), "no test is named in:{promise}");
        for name in named {
            let there = tests.iter().any(|file| file.text.contains(&format!("fn {name}()")));
            assert!(there, "there is no test `{name}`");
        }
    }
}

#[test]
fn every_file_says_first_what_it_is_about_and_lies_no_deeper_than_two_folders() {
    for file in files("src").into_iter().chain(files("tests")) {
        assert!(file.text.starts_with("//! "), "{} does not begin with a sentence about itself", file.path);
        assert!(!file.path.ends_with("/mod.rs"), "{}", file.path);
        assert!(file.path.matches('/').count() <= 3, "{} lies too deep", file.path);
    }
}

#[test]
fn a_folder_holds_at_most_twelve_modules() {
    let files = files("src");
    let mut folders: BTreeSet<&str> = files.iter().filter_map(|file| Some(file.path.rsplit_once('/')?.0)).collect();
    // The crate itself, and groups, which have a file for each tool.
    folders.retain(|folder| *folder != "src" && !folder.starts_with("src/tools/"));
    for folder in folders {
        let held =
            files.iter().filter(|file| file.path.rsplit_once('/').is_some_and(|(held, _)| held == folder)).count();
        assert!(held <= 12, "{folder} holds {held} modules");
    }
}
