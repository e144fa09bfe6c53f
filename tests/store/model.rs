//! Random batches against the plainest store there is.

use std::collections::BTreeMap;

use proptest::prelude::*;
use sluice::store::{Batch, Expected, Order, Scan, Store, StoreError, Version};

use super::{Folder, PAGES, page, read, stores};

#[derive(Clone, Debug)]
enum Change {
    Put(Vec<u8>, u8, usize),
    Remove(Vec<u8>),
}

/// One batch: what is expected of which record, what is changed, how many rows are added, and whether it is opened anew.
#[derive(Clone, Debug)]
struct Step {
    expected: Vec<(Vec<u8>, bool)>,
    changes: Vec<Change>,
    rows: usize,
    soon: bool,
    reopen: bool,
}

fn name() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(prop_oneof![Just(0_u8), Just(b'a'), Just(b'b'), Just(255)], 0..4)
}

fn change() -> impl Strategy<Value = Change> {
    let length = prop_oneof![4 => 0..50_usize, 1 => 4000..9000_usize];
    prop_oneof![
        3 => (name(), any::<u8>(), length).prop_map(|(name, byte, length)| Change::Put(name, byte, length)),
        1 => name().prop_map(Change::Remove),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    let expected = proptest::collection::vec((name(), any::<bool>()), 0..2);
    let changes = proptest::collection::vec(change(), 0..8);
    (expected, changes, 0..3_usize, any::<bool>(), proptest::bool::weighted(0.1))
        .prop_map(|(expected, changes, rows, soon, reopen)| Step { expected, changes, rows, soon, reopen })
}

#[derive(Default)]
struct Model {
    records: BTreeMap<Vec<u8>, Vec<u8>>,
    rows: u64,
}

async fn take(store: &dyn Store, model: &mut Model, step: &Step) {
    let mut batch = Batch::new();
    let mut holds = true;
    for (name, is_absent) in &step.expected {
        let there = store.get(&page(name)).await.unwrap();
        assert_eq!(there.as_ref().map(|record| record.value.to_vec()), model.records.get(name).cloned());
        holds &= *is_absent == there.is_none();
        let version: Option<Version> = there.map(|record| record.version);
        batch = batch.expect(
            page(name),
            match (is_absent, version) {
                (false, Some(version)) => Expected::At(version),
                (true, _) => Expected::Absent,
                // A version that is no more.
                (false, None) => Expected::At(passed(store).await),
            },
        );
    }
    for change in &step.changes {
        batch = match change {
            Change::Put(name, byte, length) => batch.put(page(name), vec![*byte; *length]),
            Change::Remove(name) => batch.remove(page(name)),
        };
    }
    batch = (0..step.rows).fold(batch, |batch, number| batch.append(vec![7; number]));
    let ended = store.commit(if step.soon { batch.soon() } else { batch }).await;
    if !holds {
        assert_eq!(ended, Err(StoreError::Conflict { table: "pages" }));
        return;
    }
    assert_eq!(ended, Ok(()));
    for change in &step.changes {
        match change {
            Change::Put(name, byte, length) => model.records.insert(name.clone(), vec![*byte; *length]),
            Change::Remove(name) => model.records.remove(name),
        };
    }
    model.rows += step.rows as u64;
}

/// The version of a record that has gone.
async fn passed(store: &dyn Store) -> Version {
    let key = sluice::store::Key::new(super::SPACES, "gone");
    store.commit(Batch::new().put(key.clone(), "x")).await.unwrap();
    let version = store.get(&key).await.unwrap().unwrap().version;
    store.commit(Batch::new().remove(key)).await.unwrap();
    version
}

async fn compare(store: &dyn Store, model: &Model) {
    let expected: Vec<_> = model.records.clone().into_iter().collect();
    let mut falling = read(store, Scan { order: Order::Falling, ..Scan::of(PAGES, 999) }).await;
    falling.reverse();
    assert_eq!(falling, expected);
    for (name, value) in &expected {
        assert_eq!(store.get(&page(name)).await.unwrap().unwrap().value, *value);
        let after = read(store, Scan { after: Some(name), limit: 1, ..Scan::of(PAGES, 1) }).await;
        assert_eq!(after.first(), expected.iter().find(|(other, _)| other > name));
        let with: Vec<_> = expected.iter().filter(|(other, _)| other.starts_with(name)).cloned().collect();
        assert_eq!(read(store, Scan { prefix: name, ..Scan::of(PAGES, 999) }).await, with);
    }
    let (oldest, newest) = store.log_ends().await.unwrap();
    let rows = store.rows(0, 9999).await.unwrap();
    assert_eq!((oldest.number, newest.number, rows.len() as u64), (0, model.rows, model.rows));
    let mut head = oldest;
    for row in &rows {
        assert!(store.chain().follows(head, row));
        head = row.head;
    }
    assert_eq!(head, newest);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_store_does_what_a_plain_map_does(steps in proptest::collection::vec(step(), 1..24)) {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            for (mut store, folder) in stores() {
                let mut model = Model::default();
                for step in &steps {
                    if let Some(folder) = folder.as_ref().filter(|_| step.reopen) {
                        drop(store);
                        store = std::sync::Arc::new(folder.open());
                    }
                    take(&*store, &mut model, step).await;
                }
                compare(&*store, &model).await;
                if let Some(folder) = &folder {
                    drop(store);
                    compare(&folder.open(), &model).await;
                    assert!(blobs(folder).is_empty(), "sled does not make these durable");
                }
            }
        });
    }
}

/// Files that sled moved records to.
fn blobs(folder: &Folder) -> Vec<std::fs::DirEntry> {
    std::fs::read_dir(folder.path("store/records/blobs")).unwrap().map(Result::unwrap).collect()
}
