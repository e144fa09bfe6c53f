//! What only a store on disk must stand: being closed, opened anew, opened twice, tampered with.

use sluice::store::batch::{LONGEST_NAME, LONGEST_VALUE};
use sluice::store::embedded::{EmbeddedStore, OpenError};
use sluice::store::{Batch, Scan, Store, StoreError};

use super::{Folder, PAGES, key, page, read};

#[tokio::test]
async fn what_was_committed_is_there_when_the_store_is_opened_anew() {
    let folder = Folder::new();
    let store = folder.open();
    store.commit(Batch::new().put(page("a"), "1").append("row")).await.unwrap();
    store.commit(Batch::new().put(page("b"), "2").append("row").soon()).await.unwrap();
    let ends = store.log_ends().await.unwrap();
    store.close().await;
    let closed = StoreError::Stopped { why: "it was closed".to_owned() };
    assert_eq!(store.commit(Batch::new().put(page("c"), "3")).await, Err(closed));
    assert!(store.get(&page("a")).await.unwrap().is_some(), "reads go on");
    drop(store);
    let store = folder.open();
    let expected = [(b"a".to_vec(), b"1".to_vec()), (b"b".to_vec(), b"2".to_vec())];
    assert_eq!(read(&store, Scan::of(PAGES, 9)).await, expected);
    assert_eq!(store.log_ends().await.unwrap(), ends);
}

#[tokio::test]
async fn two_do_not_open_one_store() {
    let folder = Folder::new();
    let first = folder.open();
    let second = EmbeddedStore::open(&folder.path("store"), &key(7)).map(drop).unwrap_err();
    assert!(matches!(second, OpenError::InUse(_)), "{second}");
    first.commit(Batch::new().put(page("a"), "1")).await.unwrap();
}

#[tokio::test]
async fn another_key_opens_nothing_and_harms_nothing() {
    let folder = Folder::new();
    folder.open().commit(Batch::new().put(page("a"), "1")).await.unwrap();
    let error = EmbeddedStore::open(&folder.path("store"), &key(8)).map(drop).unwrap_err();
    assert!(matches!(error, OpenError::Key), "{error}");
    assert!(folder.open().get(&page("a")).await.unwrap().is_some());
}

#[tokio::test]
async fn a_store_of_another_format_is_refused_by_name() {
    let folder = Folder::new();
    drop(folder.open());
    std::fs::write(folder.path("store/format"), "sluice store 2\n").unwrap();
    let error = EmbeddedStore::open(&folder.path("store"), &key(7)).map(drop).unwrap_err();
    assert!(error.to_string().contains("another format (sluice store 2 )"), "{error}");
}

#[tokio::test]
async fn records_that_were_changed_or_exchanged_from_outside_are_damaged() {
    let folder = Folder::new();
    let store = folder.open();
    let long = vec![5; 3 * 4096];
    store
        .commit(Batch::new().put(page("a"), "1").put(page("b"), "2").put(page("c"), long).append("row"))
        .await
        .unwrap();
    drop(store);
    let raw = folder.raw();
    let [a, b, c] = ["a", "b", "c"].map(|name| raw.get(format!("pages\0{name}")).unwrap().unwrap());
    let row = raw.get([2, 0, 0, 0, 0, 0, 0, 0, 1]).unwrap().unwrap();
    let piece = raw.scan_prefix([3]).next().unwrap().unwrap();
    let mut flipped = a.to_vec();
    *flipped.last_mut().unwrap() ^= 1;
    let cases: [(&str, &[Tampering<'_>]); 6] = [
        ("a", &[(b"pages\0a", Some(&flipped))]),
        ("a", &[(b"pages\0a", Some(&b)), (b"pages\0b", Some(&a))]),
        ("a", &[(b"pages\0a", Some(b""))]),
        ("a", &[(b"pages\0a", Some(&row))]),
        ("c", &[(&piece.0, None)]),
        ("c", &[(&piece.0, Some(&piece.1[1..]))]),
    ];
    drop(raw);
    let damaged = StoreError::Damaged { table: "pages" };
    for (name, changes) in cases {
        let raw = folder.raw();
        for (key, value) in changes {
            match value {
                Some(value) => raw.insert(key, *value).unwrap(),
                None => raw.remove(key).unwrap(),
            };
        }
        raw.flush().unwrap();
        drop(raw);
        let store = folder.open();
        assert_eq!(store.get(&page(name)).await, Err(damaged.clone()), "{changes:?}");
        assert_eq!(store.scan(Scan::of(PAGES, 9)).await, Err(damaged.clone()));
        drop(store);
        let raw = folder.raw();
        for (key, value) in [(&b"pages\0a"[..], &a), (b"pages\0b", &b), (b"pages\0c", &c), (&piece.0, &piece.1)] {
            raw.insert(key, value).unwrap();
        }
        raw.flush().unwrap();
    }
    assert_eq!(folder.open().scan(Scan::of(PAGES, 9)).await.unwrap().len(), 3);
}

#[tokio::test]
async fn a_log_without_its_newest_row_does_not_open() {
    let folder = Folder::new();
    folder.open().commit(Batch::new().append("1").append("2")).await.unwrap();
    let raw = folder.raw();
    raw.remove([2, 0, 0, 0, 0, 0, 0, 0, 2]).unwrap();
    raw.flush().unwrap();
    drop(raw);
    let error = EmbeddedStore::open(&folder.path("store"), &key(7)).map(drop).unwrap_err();
    assert!(matches!(error, OpenError::Damaged(_)), "{error}");
}

#[tokio::test]
async fn a_store_that_was_put_back_to_an_older_state_does_not_open() {
    let folder = Folder::new();
    folder.open().commit(Batch::new().put(page("a"), "1")).await.unwrap();
    copy(&folder.path("store/records"), &folder.path("older"));
    folder.open().commit(Batch::new().put(page("a"), "2")).await.unwrap();
    std::fs::remove_dir_all(folder.path("store/records")).unwrap();
    copy(&folder.path("older"), &folder.path("store/records"));
    let error = EmbeddedStore::open(&folder.path("store"), &key(7)).map(drop).unwrap_err();
    assert_eq!(error.to_string(), "the store is damaged: it is older than its file `mark` says; restore a backup");
}

#[tokio::test]
async fn an_opening_that_was_cut_off_leaves_nothing_in_the_way() {
    let folder = Folder::new();
    std::fs::create_dir_all(folder.path("store/records/blobs")).unwrap();
    std::fs::write(folder.path("store/records/conf"), "segment_size: 524288\nuse_compr").unwrap();
    std::fs::write(folder.path("store/format.draft"), "slu").unwrap();
    folder.open().commit(Batch::new().put(page("a"), "1")).await.unwrap();
    assert!(folder.path("store/unfinished-1/conf").exists());
    std::fs::write(folder.path("store/records/snap.0000000000000007.generating"), "half").unwrap();
    assert!(folder.open().get(&page("a")).await.unwrap().is_some());
    assert!(folder.path("store/records/unfinished.snap.0000000000000007.generating").exists());
}

#[tokio::test]
async fn whatever_its_length_a_record_stays_inside_the_log_of_the_database() {
    let folder = Folder::new();
    let store = folder.open();
    let mut random = fastrand::Rng::with_seed(4);
    for round in 0..40_usize {
        let mut batch = Batch::new();
        for _ in 0..12 {
            let name = [random.u8(..), random.u8(..)].repeat(LONGEST_NAME / 2);
            let length = [30, 4000, 4100, 9000][random.usize(..4)];
            batch =
                if random.u8(..) < 60 { batch.remove(page(&name)) } else { batch.put(page(&name), vec![1; length]) };
        }
        store
            .commit(batch.put(page("long"), vec![2; LONGEST_VALUE - round]).append(vec![3; 5000]).soon())
            .await
            .unwrap();
    }
    drop(store);
    drop(folder.open());
    assert_eq!(std::fs::read_dir(folder.path("store/records/blobs")).unwrap().count(), 0);
}

/// A key of the database, and what is put there, or that it is removed.
type Tampering<'a> = (&'a [u8], Option<&'a [u8]>);

fn copy(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            std::fs::copy(entry.path(), to).unwrap();
        }
    }
}

#[tokio::test]
async fn of_a_thousand_records_with_one_random_byte_changed_none_is_read() {
    let folder = Folder::new();
    let store = folder.open();
    let names: Vec<String> = (0..1000).map(|number| format!("record-{number:04}")).collect();
    for some in names.chunks(100) {
        let batch = some.iter().fold(Batch::new(), |batch, name| batch.put(page(name), name.repeat(50)));
        store.commit(batch).await.unwrap();
    }
    drop(store);
    let raw = folder.raw();
    let mut random = fastrand::Rng::with_seed(7);
    for name in &names {
        let key = format!("pages\0{name}");
        let mut value = raw.get(&key).unwrap().unwrap().to_vec();
        let place = random.usize(..value.len());
        value[place] ^= random.u8(1..);
        raw.insert(key, value).unwrap();
    }
    raw.flush().unwrap();
    drop(raw);
    let store = folder.open();
    for name in &names {
        assert_eq!(store.get(&page(name)).await, Err(StoreError::Damaged { table: "pages" }), "{name}");
    }
}
