//! The chained log: what is appended, what is found when it is altered, what may be dropped.

use bytes::Bytes;
use sluice::store::chain::{Head, Row};
use sluice::store::{Batch, Chain, Store};

use super::{page, stores};

/// The number of the first row that does not follow from the one before it, or of the one that is missing.
fn first_bad(chain: &Chain, oldest: Head, newest: Head, rows: &[Row]) -> Option<u64> {
    let mut head = oldest;
    for row in rows {
        if !chain.follows(head, row) {
            return Some(head.number + 1);
        }
        head = row.head;
    }
    (head != newest).then_some(head.number + 1)
}

async fn five_rows(store: &dyn Store) -> (Head, Head, Vec<Row>) {
    store.commit(Batch::new().append("1").append("2").put(page("a"), "x")).await.unwrap();
    store.commit(Batch::new().append("3")).await.unwrap();
    store.commit(Batch::new().append("4").append("5").soon()).await.unwrap();
    let (oldest, newest) = store.log_ends().await.unwrap();
    (oldest, newest, store.rows(0, 99).await.unwrap())
}

#[tokio::test]
async fn rows_are_numbered_from_one_and_follow_from_each_other() {
    for (store, _folder) in stores() {
        assert_eq!(store.log_ends().await, Ok((store.chain().start(), store.chain().start())));
        let (oldest, newest, rows) = five_rows(&*store).await;
        let texts: Vec<_> = rows.iter().map(|row| (row.head.number, row.text.clone())).collect();
        assert_eq!(texts, ["1", "2", "3", "4", "5"].map(|text| (text.parse().unwrap(), Bytes::from(text))));
        assert_eq!(first_bad(store.chain(), oldest, newest, &rows), None);
        assert_eq!(store.rows(4, 1).await.unwrap(), rows[3..4]);
        assert_eq!(store.rows(6, 9).await.unwrap(), []);
    }
}

#[tokio::test]
async fn any_altered_dropped_or_exchanged_row_is_found() {
    for (store, _folder) in stores() {
        let (oldest, newest, rows) = five_rows(&*store).await;
        for place in 0..rows.len() {
            let number = Some(place as u64 + 1);
            let found = |rows: &[Row]| first_bad(store.chain(), oldest, newest, rows);
            let mut altered = rows.clone();
            altered[place].text = Bytes::from("other");
            assert_eq!(found(&altered), number);
            let mut dropped = rows.clone();
            dropped.remove(place);
            assert_eq!(found(&dropped), number);
            let mut exchanged = rows.clone();
            exchanged.swap(place, (place + 1) % rows.len());
            assert_eq!(found(&exchanged), number.filter(|number| *number < 5).or(Some(1)));
            // Forged by one who knows the rows and how they are tied, and has not the key.
            let mut forged = rows.clone();
            let before = if place == 0 { oldest } else { rows[place - 1].head };
            forged[place] = Chain::new(&[9; 32]).next(before, Bytes::from("other"));
            assert_eq!(found(&forged), number);
        }
    }
}

#[tokio::test]
async fn rows_that_are_kept_elsewhere_are_dropped_and_the_rest_still_follows() {
    for (store, _folder) in stores() {
        let (_, newest, rows) = five_rows(&*store).await;
        store.commit(Batch::new().forget_rows(3)).await.unwrap();
        assert_eq!(store.log_ends().await, Ok((rows[2].head, newest)));
        assert_eq!(store.rows(0, 9).await.unwrap(), rows[3..]);
        store.commit(Batch::new().forget_rows(2)).await.unwrap();
        assert_eq!(store.log_ends().await, Ok((rows[2].head, newest)));
        store.commit(Batch::new().forget_rows(99)).await.unwrap();
        assert_eq!(store.log_ends().await, Ok((newest, newest)));
        store.commit(Batch::new().append("6")).await.unwrap();
        let after = store.rows(0, 9).await.unwrap();
        assert_eq!(after[0].head.number, 6);
        assert!(store.chain().follows(newest, &after[0]));
    }
}
