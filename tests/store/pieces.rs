//! Values longer than one record.

use bytes::Bytes;
use sluice::store::pieces::{LONGEST, read, remove, write};
use sluice::store::{Batch, Key, Scan, Store, StoreError, Table};

use super::stores;

const FILES: Table = Table::new("files");

fn value(length: usize, byte: u8) -> Bytes {
    (0..length).map(|place| byte.wrapping_add((place >> 11).to_le_bytes()[0])).collect()
}

async fn names(store: &dyn Store) -> usize {
    store.scan(Scan::of(FILES, 9999)).await.unwrap().len()
}

#[tokio::test]
async fn a_long_value_is_read_as_it_was_written_and_leaves_nothing_when_it_goes() {
    for (store, _folder) in stores() {
        assert_eq!(read(&*store, FILES, "a").await, Ok(None));
        for (length, byte) in [(1 << 20, 1), (0, 2), (131_072, 3), (131_073, 4), (3 << 20, 5)] {
            write(&*store, FILES, "a", value(length, byte)).await.unwrap();
            assert!(read(&*store, FILES, "a").await == Ok(Some(value(length, byte))), "{length}");
            assert_eq!(names(&*store).await, 1 + length.div_ceil(131_072));
        }
        write(&*store, FILES, "ab", value(9, 6)).await.unwrap();
        remove(&*store, FILES, "a").await.unwrap();
        assert_eq!(read(&*store, FILES, "a").await, Ok(None));
        assert_eq!(read(&*store, FILES, "ab").await, Ok(Some(value(9, 6))));
        assert_eq!(names(&*store).await, 2);
    }
}

#[tokio::test]
async fn half_a_value_is_none_and_is_swept_up_later() {
    for (store, _folder) in stores() {
        write(&*store, FILES, "a", value(400_000, 1)).await.unwrap();
        let there = store.scan(Scan::of(FILES, 99)).await.unwrap();
        // As it is before the last piece is written: the pieces of another writing, and no cover.
        store.commit(Batch::new().remove(Key::new(FILES, "a"))).await.unwrap();
        assert_eq!(read(&*store, FILES, "a").await, Ok(None));
        write(&*store, FILES, "a", value(10, 2)).await.unwrap();
        assert_eq!((there.len(), names(&*store).await), (5, 2));
        assert_eq!(read(&*store, FILES, "a").await, Ok(Some(value(10, 2))));
    }
}

#[tokio::test]
async fn a_value_with_a_missing_or_exchanged_piece_is_damaged() {
    for (store, _folder) in stores() {
        write(&*store, FILES, "a", value(400_000, 1)).await.unwrap();
        let there = store.scan(Scan::of(FILES, 99)).await.unwrap();
        let damaged = Err(StoreError::Damaged { table: "files" });
        let exchanged = Batch::new().put(there[1].0.clone(), there[2].1.value.clone());
        store.commit(exchanged.put(there[2].0.clone(), there[1].1.value.clone())).await.unwrap();
        assert!(read(&*store, FILES, "a").await == damaged);
        store.commit(Batch::new().remove(there[3].0.clone())).await.unwrap();
        assert!(read(&*store, FILES, "a").await == damaged);
    }
}

#[tokio::test]
async fn what_is_longer_than_anything_is_refused() {
    for (store, _folder) in stores() {
        let ended = write(&*store, FILES, "a", vec![0; LONGEST + 1].into()).await;
        assert_eq!(ended, Err(StoreError::TooLong { table: "files", most: LONGEST }));
        assert!(write(&*store, FILES, "a\0b", Bytes::new()).await.is_err());
        assert_eq!(names(&*store).await, 0);
    }
}
