//! `sluice store`, and where what Sluice keeps lies.

use std::path::{Path, PathBuf};

use sluice::config::{Environment, Flags, Settings};
use sluice::store::embedded::EmbeddedStore;
use sluice::store::keys::KeyFile;
use sluice::store::{Batch, Key, Store as _, Table};

use super::{Ran, folder, run_in};

/// An empty data directory.
fn data(name: &str) -> PathBuf {
    let data = folder(name);
    std::fs::remove_dir_all(&data).unwrap();
    data
}

/// A data directory with a key and one record.
async fn filled(name: &str) -> PathBuf {
    let data = data(name);
    std::fs::create_dir_all(&data).unwrap();
    let key = KeyFile::new(data.join("key"), data.join("store")).master().unwrap();
    let store = EmbeddedStore::open(&data.join("store"), &key).unwrap();
    store.commit(Batch::new().put(Key::new(Table::new("pages"), "a"), "words").append("row")).await.unwrap();
    data
}

async fn store(data: &Path, arguments: &[&str]) -> Ran {
    let arguments: Vec<&str> = std::iter::once("store").chain(arguments.iter().copied()).collect();
    run_in(&[("SLUICE_DATA_DIR", data.to_str().unwrap())], &arguments).await
}

#[tokio::test]
async fn a_store_is_checked_backed_up_and_restored() {
    let data = filled("store-whole").await;
    assert_eq!(store(&data, &["check"]).await.output, "✓ sound: 1 records, 1 rows of the log, 8 bytes\n");
    let file = data.join("backup");
    let ran = store(&data, &["backup", file.to_str().unwrap()]).await;
    let said = format!(
        "✓ backed up: 1 records, 1 rows of the log, 8 bytes\nIt opens only with the key in {}: keep both, apart.\n",
        data.join("key").display()
    );
    assert_eq!((ran.output, ran.exit_code), (said, 0));
    let ran = store(&data, &["restore", file.to_str().unwrap()]).await;
    assert!(ran.end.unwrap_err().ends_with("is not empty; restore into a folder that is"));
    std::fs::remove_dir_all(data.join("store")).unwrap();
    let ran = store(&data, &["restore", file.to_str().unwrap()]).await;
    assert_eq!((ran.output.as_str(), ran.exit_code), ("✓ restored: 1 records, 1 rows of the log, 8 bytes\n", 0));
    assert_eq!(store(&data, &["check"]).await.exit_code, 0);
}

#[tokio::test]
async fn a_damaged_record_is_named_and_the_command_fails() {
    let data = filled("store-damaged").await;
    let raw = sled::Config::new().path(data.join("store/records")).flush_every_ms(None).open().unwrap();
    raw.insert(b"pages\0a", vec![0; 100]).unwrap();
    raw.flush().unwrap();
    drop(raw);
    let ran = store(&data, &["check"]).await;
    assert_eq!(ran.exit_code, 1);
    assert!(ran.output.starts_with("✗ a record of `pages` was changed or cannot be read\n"), "{}", ran.output);
}

#[tokio::test]
async fn a_command_about_the_store_makes_neither_key_nor_store() {
    let data = data("store-absent");
    for arguments in [&["check"][..], &["backup", "x"], &["restore", "x"]] {
        let ran = store(&data, arguments).await;
        assert_eq!(ran.end, Err(format!("there is neither key nor store in `{}`", data.display())));
        assert!(!data.exists());
    }
}

#[test]
fn the_data_directory_is_where_it_is_said_to_be() {
    let at = |variables: &[(&str, &str)]| {
        let environment: Environment = variables.iter().copied().collect();
        let settings = Settings::load(&Flags::default(), &environment).unwrap();
        settings.data_folder().map(|folder| folder.store()).map_err(|error| error.to_string())
    };
    let home = ("HOME", "/home/ada");
    assert_eq!(at(&[home]), Ok(PathBuf::from("/home/ada/.local/state/sluice/store")));
    assert_eq!(at(&[home, ("XDG_STATE_HOME", "/state")]), Ok(PathBuf::from("/state/sluice/store")));
    assert_eq!(at(&[home, ("XDG_STATE_HOME", "state")]), Ok(PathBuf::from("/home/ada/.local/state/sluice/store")));
    assert_eq!(at(&[("LOCALAPPDATA", "/local")]), Ok(PathBuf::from("/local/sluice/store")));
    assert_eq!(at(&[home, ("SLUICE_DATA_DIR", "/data")]), Ok(PathBuf::from("/data/store")));
    let missing = "the folder for what Sluice keeps is not set; give `--data-dir`, SLUICE_DATA_DIR or HOME";
    assert_eq!(at(&[]), Err(missing.to_owned()));
}

#[cfg(unix)]
#[test]
fn a_new_data_directory_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let data = data("store-private").join("deep");
    let environment: Environment = [("SLUICE_DATA_DIR", data.to_str().unwrap())].into_iter().collect();
    let folder = Settings::load(&Flags::default(), &environment).unwrap().data_folder().unwrap();
    folder.create().unwrap();
    folder.create().unwrap();
    assert_eq!(std::fs::metadata(folder.path()).unwrap().permissions().mode() & 0o777, 0o700);
}
