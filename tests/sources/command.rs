//! `sluice sources`, and what becomes of keys.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex};

use clap::Parser as _;
use secrecy::SecretString;
use serde_json::json;
use sluice::cli::{CommandLine, Console};
use sluice::config::Environment;
use sluice::sources::{SourceKind, SourcesError};
use tokio_util::sync::CancellationToken;

use super::host::{Answer, Host};
use super::{Home, KEY, folder};

#[derive(Clone, Default)]
struct Paper(Arc<Mutex<Vec<u8>>>);

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// What a command wrote, or why it did not run.
async fn run(place: &Path, arguments: &[&str]) -> String {
    sluice(place, &[&["sources"], arguments].concat()).await
}

async fn sluice(place: &Path, arguments: &[&str]) -> String {
    let (data, key) = (place.join("data"), place.join("wrapping.key"));
    let environment: Environment = [
        ("SLUICE_DATA_DIR", data.to_str().unwrap()),
        ("SLUICE_KEY_PROVIDER", "file"),
        ("SLUICE_KEY_FILE", key.to_str().unwrap()),
    ]
    .into_iter()
    .collect();
    let paper = Paper::default();
    let mut console = Console::plain(Box::new(paper.clone()));
    let arguments = ["sluice"].iter().chain(arguments);
    let command_line = CommandLine::try_parse_from(arguments).unwrap_or_else(|error| panic!("{error}"));
    let settings = command_line.settings(&environment).unwrap();
    let ended = command_line.run(settings, &mut console, CancellationToken::new()).await;
    let output = String::from_utf8(paper.0.lock().unwrap().clone()).unwrap();
    match ended {
        Ok(_) => output,
        Err(error) => format!("{output}error: {error}"),
    }
}

async fn hudu() -> Host {
    Host::start(|asked| {
        let name = asked.path.rsplit('/').next().unwrap();
        Answer::Json(json!({ name: [] }))
    })
    .await
}

#[tokio::test]
async fn a_source_is_added_looked_at_listed_and_forgotten() {
    let (place, host) = (folder(), hudu().await);
    assert!(run(&place, &["list"]).await.starts_with("There is no source beside Confluence"));
    let key = place.join("api.key");
    fs::write(&key, format!("{KEY}\n")).unwrap();
    let key = key.to_str().unwrap();
    let added = run(&place, &["add", "hudu", "wiki", "--url", &host.address, "--key-file", key]).await;
    let told = format!("✓ `wiki` added: Hudu at {}, the knowledge base, no article yet\n", host.address);
    assert!(added.ends_with(&told), "{added}");
    fs::create_dir(place.join("docs")).unwrap();
    let docs = place.join("docs");
    let added = run(&place, &["add", "folder", "docs", "--path", docs.to_str().unwrap()]).await;
    assert!(added.starts_with("✓ `docs` added: folder at ") && added.ends_with(", 0 files\n"), "{added}");
    let listed = run(&place, &["list"]).await;
    assert!(listed.contains(&format!("| wiki | Hudu | {} | |", host.address)) && listed.contains("| docs | folder |"));
    assert!(run(&place, &["check", "wiki"]).await.starts_with("✓ `wiki` can be read"));
    host.next("articles", 1, Answer::Status(403));
    assert!(
        run(&place, &["check", "wiki"]).await.starts_with("✗ `wiki` cannot be read: its key may not read articles")
    );
    let again = run(&place, &["add", "hudu", "wiki", "--url", &host.address, "--key-file", key]).await;
    assert!(again.contains("there is a source `wiki` already"), "{again}");
    let file = fs::read(place.join("data/sources/wiki.source")).unwrap();
    assert!(!String::from_utf8_lossy(&file).contains("canary"));
    let index = place.join("data/index/source-wiki");
    fs::create_dir_all(&index).unwrap();
    let removed = run(&place, &["remove", "wiki", "--yes"]).await;
    assert!(removed.contains("`wiki` is forgotten") && removed.contains("its copies are deleted"), "{removed}");
    assert!(!index.exists() && !place.join("data/sources/wiki.source").exists());
    for task in [["check", "wiki"].as_slice(), &["remove", "wiki", "--yes"]] {
        assert!(run(&place, task).await.contains("there is no source `wiki`"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_looks_through_the_sources_too_and_says_how_far_it_is() {
    let place = folder();
    let docs = place.join("docs");
    fs::create_dir(&docs).unwrap();
    for name in ["one", "two"] {
        fs::write(docs.join(format!("{name}.md")), format!("# {name}\n\nWords.\n")).unwrap();
    }
    assert!(sluice(&place, &["sync"]).await.contains("`sluice connect` connects one"));
    run(&place, &["add", "folder", "docs", "--path", docs.to_str().unwrap()]).await;
    let told = sluice(&place, &["sync"]).await;
    assert!(told.ends_with("docs done: 2 articles, 2 copied, 0 removed\n"), "{told}");
    fs::remove_file(docs.join("two.md")).unwrap();
    let told = sluice(&place, &["sync", "--json"]).await;
    let last: serde_json::Value = serde_json::from_str(told.lines().last().unwrap()).unwrap();
    let outcome = &last["last"]["outcome"];
    assert_eq!((&last["source"], &last["busy"]), (&json!("docs"), &json!(false)), "{told}");
    assert_eq!(
        (&outcome["seen"], &outcome["copied"], &outcome["removed"]),
        (&json!(1), &json!(0), &json!(1)),
        "{told}"
    );
    assert!(place.join("data/index/source-docs").is_dir());
    fs::remove_dir_all(&docs).unwrap();
    let told = sluice(&place, &["sync"]).await;
    assert!(told.contains("docs failed: ") || told.contains("docs cannot be copied: "), "{told}");
    let told = run(&place, &["remove", "docs", "--yes"]).await;
    assert!(told.contains("its copies are deleted") && !place.join("data/index/source-docs").exists(), "{told}");
    assert!(sluice(&place, &["sync"]).await.contains("`sluice connect` connects one"));
}

#[tokio::test]
async fn a_source_that_cannot_be_read_is_not_added() {
    let (place, host) = (folder(), hudu().await);
    let key = place.join("api.key");
    fs::write(&key, "wrong").unwrap();
    let key = key.to_str().unwrap();
    let told = run(&place, &["add", "hudu", "wiki", "--url", &host.address, "--key-file", key]).await;
    assert!(told.contains("error: `wiki` cannot be read: its key is not accepted (status 401)"), "{told}");
    let plain = run(&place, &["add", "hudu", "wiki", "--url", "http://hudu.example.com", "--key-file", key]).await;
    assert!(plain.contains("error: the source `wiki` cannot be used: ") && plain.contains("https"), "{plain}");
    assert!(run(&place, &["add", "hudu", "wiki", "--key-file", key]).await.contains("give the address with `--url`"));
    let docs = run(&place, &["add", "folder", "docs", "--path", "/nowhere/at/all"]).await;
    assert!(docs.contains("cannot be opened"), "{docs}");
    assert!(run(&place, &["list"]).await.starts_with("There is no source"));
}

#[tokio::test]
async fn keys_are_wrapped_anew_and_lost_ones_are_said() {
    let (home, host) = (Home::new().await, hudu().await);
    let sources = &home.sources;
    let record = |name: &str| {
        let place = Some(host.address.clone());
        sources.new_record(name.parse().unwrap(), SourceKind::Hudu, place, None).unwrap()
    };
    for name in ["one", "two"] {
        sources.add(record(name), Some(&SecretString::from(KEY))).await.unwrap();
    }
    let taken = sources.add(record("two"), Some(&SecretString::from("other"))).await;
    assert!(matches!(taken, Err(SourcesError::Taken(_))));
    let before = sources.wrapped_keys().unwrap();
    home.keys.renew().await.unwrap();
    assert_eq!(sources.rewrap().await.unwrap(), 2);
    home.keys.retire().await.unwrap();
    assert!(sources.wrapped_keys().unwrap().iter().all(|wrapped| !before.contains(wrapped)));
    let opened = sources.open().await.unwrap();
    assert_eq!(opened.len(), 2);
    for configured in opened {
        configured.source.unwrap().check().await.unwrap();
    }
    // The file of another name, one that was changed, and one that is cut short.
    let files = home.folder.join("sources");
    fs::copy(files.join("one.source"), files.join("three.source")).unwrap();
    let text = fs::read_to_string(files.join("two.source")).unwrap();
    fs::write(files.join("two.source"), text.replace("127.0.0.1", "127.0.0.2")).unwrap();
    fs::write(files.join("one.source"), &text[..50]).unwrap();
    for configured in sources.open().await.unwrap() {
        let told = configured.source.err().unwrap().to_string();
        assert!(told.starts_with("the source's file `") && !told.contains("canary"), "{told}");
    }
}
