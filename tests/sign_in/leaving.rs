//! What is left of a site's copies after its connection is gone.

use std::sync::Arc;

use sluice::config::{Environment, Flags, Settings};
use sluice::store::embedded::EmbeddedStore;
use sluice::store::keys::KeyFile;
use sluice::store::{Scan, Store, Table};

use super::command::Office;

/// Where the sync keeps what it knows.
const TABLES: [&str; 10] = [
    "sync-site",
    "sync-run",
    "sync-space",
    "sync-page",
    "sync-file",
    "sync-node",
    "sync-leg",
    "sync-seen",
    "sync-account",
    "sync-history",
];

/// Everything that is known of copied sites, as text.
async fn known(office: &Office) -> String {
    let environment: Environment = [("SLUICE_DATA_DIR", office.data().to_str().unwrap())].into_iter().collect();
    let data = Settings::load(&Flags::default(), &environment).unwrap().data_folder().unwrap();
    let master = KeyFile::new(data.key(), data.store()).master().unwrap();
    let store = Arc::new(EmbeddedStore::open(&data.store(), &master).unwrap());
    let mut known = String::new();
    for table in TABLES {
        for (key, record) in store.scan(Scan::of(Table::new(table), 5_000)).await.unwrap() {
            known += &String::from_utf8_lossy(&key.name);
            known += &String::from_utf8_lossy(&record.value);
        }
    }
    store.close().await;
    known
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_purge_no_name_of_the_site_is_left_and_no_index() {
    let office = Office::open().await;
    let site = office.sandbox.url();
    let given = [("SLUICE_EMAIL", "admin@example.com"), ("SLUICE_API_TOKEN", "sandbox-token")];
    for name in ["one", "two"] {
        let connecting = ["connect", "--method", "api-token", "--yes", "--site", &site, "--name", name, "--no-sync"];
        assert_eq!(office.start(&connecting, &given).end().code, Some(0));
        let synced = office.start(&["sync", "--connection", name], &[("SLUICE_SYNC", "asked")]).end();
        assert_eq!(synced.code, Some(0), "{}\n{}", synced.printed, synced.log);
    }
    let indexes = || std::fs::read_dir(office.data().join("index")).unwrap().count();
    let named = async || known(&office).await.matches("Avery Admin").count();
    let both = named().await;
    assert!(both > 0 && indexes() == 2);
    let kept = office.run(&["disconnect", "one", "--yes"], "");
    assert!(kept.code == Some(0) && kept.printed.contains("stays"), "{}\n{}", kept.printed, kept.log);
    assert_eq!((named().await, indexes()), (both, 2));
    let purged = office.run(&["disconnect", "two", "--yes", "--purge-index"], "");
    assert!(purged.code == Some(0) && purged.printed.contains("deleted"), "{}\n{}", purged.printed, purged.log);
    assert_eq!((named().await, indexes()), (both / 2, 1));
    // Another account's connection has no use for what was left.
    let connecting = ["connect", "--method", "api-token", "--yes", "--site", &site, "--no-sync"];
    let other = [("SLUICE_EMAIL", "editor@example.com"), ("SLUICE_API_TOKEN", "editor-token")];
    let wiped = office.start(&connecting, &other).end();
    assert!(wiped.code == Some(0) && wiped.printed.contains("deleted"), "{}\n{}", wiped.printed, wiped.log);
    assert_eq!((known(&office).await, indexes()), (String::new(), 0));
    office.sandbox.stop().await;
}
