//! What every store does with records.

use std::sync::Arc;

use sluice::store::batch::{LONGEST_NAME, LONGEST_VALUE};
use sluice::store::{Batch, Expected, Key, Order, Scan, StoreError};

use super::{PAGES, SPACES, page, read, stores};

#[tokio::test]
async fn a_record_is_read_as_it_was_written() {
    for (store, _folder) in stores() {
        assert_eq!(store.get(&page("7")).await, Ok(None));
        for value in [b"one".to_vec(), Vec::new(), vec![1; 4096], vec![2; 5000], vec![3; LONGEST_VALUE]] {
            store.commit(Batch::new().put(page("7"), value.clone())).await.unwrap();
            assert_eq!(store.get(&page("7")).await.unwrap().unwrap().value, value);
        }
        assert_eq!(store.get(&Key::new(SPACES, "7")).await, Ok(None));
        store.commit(Batch::new().remove(page("7")).remove(page("8"))).await.unwrap();
        assert_eq!(store.get(&page("7")).await, Ok(None));
    }
}

#[tokio::test]
async fn the_last_word_of_a_batch_about_a_record_counts() {
    for (store, _folder) in stores() {
        store.commit(Batch::new().put(page("a"), "1").remove(page("a")).put(page("a"), "2")).await.unwrap();
        store.commit(Batch::new().put(page("b"), "1").remove(page("b"))).await.unwrap();
        assert_eq!(read(&*store, Scan::of(PAGES, 9)).await, [(b"a".to_vec(), b"2".to_vec())]);
    }
}

#[tokio::test]
async fn a_batch_happens_whole_or_not_at_all() {
    for (store, _folder) in stores() {
        store.commit(Batch::new().put(page("there"), "old")).await.unwrap();
        let batch = Batch::new()
            .expect(page("absent"), Expected::Absent)
            .expect(page("there"), Expected::Absent)
            .put(page("absent"), "new")
            .put(page("there"), "new")
            .append("row")
            .remove(page("there"));
        assert_eq!(store.commit(batch).await, Err(StoreError::Conflict { table: "pages" }));
        assert_eq!(read(&*store, Scan::of(PAGES, 9)).await, [(b"there".to_vec(), b"old".to_vec())]);
        assert_eq!(store.rows(0, 9).await, Ok(Vec::new()));
    }
}

#[tokio::test]
async fn a_version_changes_with_every_write_and_an_old_one_writes_nothing() {
    for (store, _folder) in stores() {
        let write = || store.commit(Batch::new().put(page("a"), "same"));
        write().await.unwrap();
        let first = store.get(&page("a")).await.unwrap().unwrap().version;
        assert_eq!(store.get(&page("a")).await.unwrap().unwrap().version, first);
        write().await.unwrap();
        let second = store.get(&page("a")).await.unwrap().unwrap().version;
        assert_ne!(first, second);
        let at = |version| Batch::new().expect(page("a"), Expected::At(version)).put(page("a"), "next");
        assert_eq!(store.commit(at(first)).await, Err(StoreError::Conflict { table: "pages" }));
        assert_eq!(store.commit(at(second)).await, Ok(()));
        let gone = Batch::new().expect(page("b"), Expected::At(second)).put(page("b"), "x");
        assert_eq!(store.commit(gone).await, Err(StoreError::Conflict { table: "pages" }));
    }
}

#[tokio::test]
async fn scans_go_both_ways_from_where_they_are_told_and_no_further() {
    for (store, _folder) in stores() {
        let names: [&[u8]; 7] = [b"", b"a", b"a\0", b"ab", b"b", b"\xff", b"\xff\xff"];
        let mut batch =
            Batch::new().put(Key::new(SPACES, "a"), "other").put(Key::new(super::Table::new("page"), "z"), "");
        for name in names.iter().rev() {
            batch = batch.put(page(name), name.to_vec());
        }
        store.commit(batch).await.unwrap();
        let all = Scan::of(PAGES, 99);
        let cases: [(Scan<'_>, &[&[u8]]); 12] = [
            (all, &names),
            (Scan { limit: 2, ..all }, &names[..2]),
            (Scan { limit: 0, ..all }, &[]),
            (Scan { after: Some(b"a"), limit: 2, ..all }, &[b"a\0", b"ab"]),
            (Scan { after: Some(b"aa"), limit: 1, ..all }, &[b"ab"]),
            (Scan { after: Some(b"\xff\xff"), ..all }, &[]),
            (Scan { prefix: b"a", ..all }, &[b"a", b"a\0", b"ab"]),
            (Scan { prefix: b"\xff", ..all }, &[b"\xff", b"\xff\xff"]),
            (Scan { prefix: b"a", after: Some(b"z"), ..all }, &[]),
            (Scan { order: Order::Falling, limit: 2, ..all }, &[b"\xff\xff", b"\xff"]),
            (Scan { order: Order::Falling, prefix: b"a", after: Some(b"ab"), ..all }, &[b"a\0", b"a"]),
            (Scan { order: Order::Falling, prefix: b"b", after: Some(b"a"), ..all }, &[]),
        ];
        for (scan, expected) in cases {
            let found: Vec<Vec<u8>> = read(&*store, scan).await.into_iter().map(|(name, _)| name).collect();
            assert_eq!(found, expected, "{scan:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_write_on_the_same_version_exactly_one_wins() {
    for (store, _folder) in stores() {
        store.commit(Batch::new().put(page("a"), "0")).await.unwrap();
        for round in 0..10_u8 {
            let version = store.get(&page("a")).await.unwrap().unwrap().version;
            let tasks = (0..16_u8).map(|number| {
                let store = Arc::clone(&store);
                let batch = Batch::new().expect(page("a"), Expected::At(version)).put(page("a"), vec![round, number]);
                async move { store.commit(batch.append(vec![round, number])).await }
            });
            let ended = futures_util::future::join_all(tasks).await;
            let won: Vec<usize> = (0..16).filter(|number| ended[*number].is_ok()).collect();
            assert_eq!(won.len(), 1, "{ended:?}");
            let lost = Err(StoreError::Conflict { table: "pages" });
            assert_eq!(ended.iter().filter(|end| **end == lost).count(), 15);
            let expected = vec![round, u8::try_from(won[0]).unwrap()];
            assert_eq!(store.get(&page("a")).await.unwrap().unwrap().value, expected);
            assert_eq!(store.rows(u64::from(round) + 1, 9).await.unwrap()[0].text, expected);
        }
    }
}

#[tokio::test]
async fn what_is_too_long_is_refused_and_nothing_is_changed() {
    for (store, _folder) in stores() {
        let long = vec![0; LONGEST_VALUE + 1];
        let name = vec![b'n'; LONGEST_NAME + 1];
        let cases = [
            (Batch::new().put(page("b"), long.clone()), "pages", LONGEST_VALUE),
            (Batch::new().put(page(&name), "x"), "pages", LONGEST_NAME),
            (Batch::new().append(long), "log", LONGEST_VALUE),
        ];
        for (batch, table, most) in cases {
            let ended = store.commit(batch.put(page("a"), "x").append("row")).await;
            assert_eq!(ended, Err(StoreError::TooLong { table, most }));
        }
        store.commit(Batch::new().put(page(&name[1..]), "x").append(vec![0; LONGEST_VALUE])).await.unwrap();
        assert_eq!(store.get(&page("a")).await, Ok(None));
        assert_eq!(store.rows(1, 9).await.unwrap()[0].text.len(), LONGEST_VALUE);
    }
}

#[tokio::test]
async fn a_scan_sees_no_half_batch() {
    for (store, _folder) in stores() {
        let write = |value: u8| (0..40_u8).fold(Batch::new(), |batch, name| batch.put(page([name]), vec![value]));
        store.commit(write(0)).await.unwrap();
        let writing = async {
            for value in 1..30 {
                store.commit(write(value).soon()).await.unwrap();
            }
        };
        let reading = async {
            for _ in 0..60 {
                let found = read(&*store, Scan::of(PAGES, 99)).await;
                assert_eq!(found.len(), 40);
                assert!(found.iter().all(|(_, value)| *value == found[0].1), "{found:?}");
            }
        };
        tokio::join!(writing, reading);
    }
}
