//! Checks, backups, and what is made of them.

use sluice::store::backup::{BackupError, backup, restore};
use sluice::store::check::{Counts, check};
use sluice::store::embedded::EmbeddedStore;
use sluice::store::{Batch, Scan, Store};

use super::{Folder, PAGES, key, page};

/// A store with something of everything; the first row has been dropped.
async fn filled(folder: &Folder) -> EmbeddedStore {
    let store = folder.open();
    for number in 0..40_u8 {
        let batch = Batch::new().put(page([number]), vec![number; 400 * usize::from(number)]);
        store.commit(batch.append(vec![number; 10]).soon()).await.unwrap();
    }
    store.commit(Batch::new().remove(page([39])).put(page([3]), "again").forget_rows(1)).await.unwrap();
    store
}

#[tokio::test]
async fn a_sound_store_is_counted() {
    let folder = Folder::new();
    let checked = check(&filled(&folder).await).await.unwrap();
    let bytes = (0..39).filter(|number| *number != 3).map(|number| 400 * number).sum::<u64>() + 5 + 39 * 10;
    assert_eq!(checked.damage, None);
    assert_eq!(checked.counts, Counts { records: 39, rows: 39, bytes });
}

#[tokio::test]
async fn every_record_that_is_altered_lost_or_put_back_is_found() {
    let folder = Folder::new();
    drop(filled(&folder).await);
    let raw = folder.raw();
    let older = raw.get(b"pages\0\x05").unwrap().unwrap();
    drop(raw);
    folder.open().commit(Batch::new().put(page([5]), "newer")).await.unwrap();
    let raw = folder.raw();
    let all: Vec<_> = raw.iter().map(Result::unwrap).filter(|(key, _)| key != &[1]).collect();
    drop(raw);
    let mut cases: Vec<_> = all.iter().step_by(9).map(|(key, _)| (key.clone(), None)).collect();
    cases.push((b"pages\0\x05".into(), Some(older)));
    cases.push((b"pages\0new".into(), Some(all[3].1.clone())));
    cases.push((b"nonsense".into(), Some(all[3].1.clone())));
    assert!(cases.len() > 10);
    for (name, value) in cases {
        let raw = folder.raw();
        let before = match &value {
            Some(value) => raw.insert(&name, value).unwrap(),
            None => raw.remove(&name).unwrap(),
        };
        raw.flush().unwrap();
        drop(raw);
        // Without its newest row it does not even open.
        if let Ok(store) = EmbeddedStore::open(&folder.path("store"), &key(7)) {
            let checked = check(&store).await.unwrap();
            assert!(checked.damage.is_some(), "{name:?} {value:?}");
        }
        let raw = folder.raw();
        match before {
            Some(before) => raw.insert(&name, before).unwrap(),
            None => raw.remove(&name).unwrap(),
        };
        raw.flush().unwrap();
    }
    assert_eq!(check(&folder.open()).await.unwrap().damage, None);
}

#[tokio::test]
async fn a_restored_store_holds_what_was_backed_up_and_its_log_goes_on() {
    let folder = Folder::new();
    let store = filled(&folder).await;
    let counts = backup(&store, &folder.path("backup")).await.unwrap();
    let (records, rows) = (store.scan(Scan::of(PAGES, 99)).await.unwrap(), store.rows(0, 99).await.unwrap());
    let ends = store.log_ends().await.unwrap();
    store.commit(Batch::new().put(page("later"), "x").append("later")).await.unwrap();
    drop(store);
    std::fs::remove_dir_all(folder.path("store")).unwrap();
    assert_eq!(restore(&folder.path("backup"), &folder.path("store"), &key(7)).unwrap(), counts);
    let store = folder.open();
    let values = |records: &[(sluice::store::Key, sluice::store::Record)]| -> Vec<_> {
        records.iter().map(|(key, record)| (key.clone(), record.value.clone())).collect()
    };
    assert_eq!(values(&store.scan(Scan::of(PAGES, 99)).await.unwrap()), values(&records));
    assert_eq!((store.rows(0, 99).await.unwrap(), store.log_ends().await.unwrap()), (rows, ends));
    store.commit(Batch::new().append("next")).await.unwrap();
    assert!(store.chain().follows(ends.1, &store.rows(ends.1.number + 1, 1).await.unwrap()[0]));
    assert_eq!(check(&store).await.unwrap().damage, None);
}

#[tokio::test]
async fn a_backup_that_was_cut_off_or_changed_anywhere_restores_nothing() {
    let folder = Folder::new();
    let store = folder.open();
    store.commit(Batch::new().put(page("a"), "1").put(page("b"), "2").append("row")).await.unwrap();
    backup(&store, &folder.path("backup")).await.unwrap();
    let whole = std::fs::read(folder.path("backup")).unwrap();
    let refused = |bytes: &[u8], what: String| {
        std::fs::write(folder.path("other"), bytes).unwrap();
        let error = restore(&folder.path("other"), &folder.path("restored"), &key(7)).unwrap_err();
        assert!(matches!(error, BackupError::Broken { .. } | BackupError::NotABackup(_)), "{what}: {error}");
        assert!(!folder.path("restored").exists(), "{what}");
    };
    for length in 0..whole.len() {
        refused(&whole[..length], format!("cut to {length}"));
    }
    for place in 0..whole.len() {
        let mut changed = whole.clone();
        changed[place] ^= 1;
        refused(&changed, format!("changed at {place}"));
    }
    refused(&[whole.as_slice(), b"x"].concat(), "with something behind it".to_owned());
    let error = restore(&folder.path("backup"), &folder.path("restored"), &key(8)).unwrap_err();
    assert!(matches!(error, BackupError::Broken { frame: 0, .. }), "{error}");
}

#[tokio::test]
async fn a_backup_replaces_no_file_and_a_restored_store_no_store() {
    let folder = Folder::new();
    let store = filled(&folder).await;
    backup(&store, &folder.path("backup")).await.unwrap();
    let error = backup(&store, &folder.path("backup")).await.unwrap_err();
    assert!(matches!(error, BackupError::File { .. }), "{error}");
    drop(store);
    let error = restore(&folder.path("backup"), &folder.path("store"), &key(7)).unwrap_err();
    assert!(matches!(error, BackupError::NotEmpty(_)), "{error}");
    assert_eq!(check(&folder.open()).await.unwrap().counts.records, 39);
}

#[cfg(unix)]
#[tokio::test]
async fn only_its_owner_may_read_a_backup() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new();
    backup(&filled(&folder).await, &folder.path("backup")).await.unwrap();
    let mode = |name: &str| std::fs::metadata(folder.path(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("backup"), mode("store")), (0o600, 0o700));
}
