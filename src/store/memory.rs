//! A store that lasts as long as the process: for the demonstration and for tests.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use futures_util::future::BoxFuture;

use super::batch::{Batch, Expected, Key, Table};
use super::chain::{Chain, Head, Row};
use super::{Order, Record, Scan, Store, StoreError, Version};

/// Keeps records in memory.
pub struct MemoryStore {
    chain: Chain,
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    records: BTreeMap<Key, Record>,
    writes: u64,
    oldest: Option<Head>,
    rows: Vec<Row>,
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self { chain: Chain::new(&[0; 32]), held: Mutex::default() }
    }
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    fn read<T>(&self, read: impl FnOnce(&mut Held) -> T) -> T {
        read(&mut self.held.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn ends(&self, held: &Held) -> (Head, Head) {
        let oldest = held.oldest.unwrap_or_else(|| self.chain.start());
        (oldest, held.rows.last().map_or(oldest, |row| row.head))
    }

    fn apply(&self, held: &mut Held, batch: Batch) -> Result<(), StoreError> {
        batch.check_lengths()?;
        for (key, expected) in &batch.expected {
            let there = held.records.get(key).map(|record| record.version);
            let holds = match expected {
                Expected::Absent => there.is_none(),
                Expected::At(version) => there == Some(*version),
            };
            if !holds {
                return Err(StoreError::Conflict { table: key.table.name() });
            }
        }
        for (key, value) in batch.changes {
            held.writes += 1;
            match value {
                Some(value) => held.records.insert(key, Record { value, version: version(held.writes) }),
                None => held.records.remove(&key),
            };
        }
        for text in batch.rows {
            let (_, newest) = self.ends(held);
            held.rows.push(self.chain.next(newest, text));
        }
        if let Some(last) = batch.forgotten {
            let goes = held.rows.partition_point(|row| row.head.number <= last);
            held.oldest = held.rows.drain(..goes).next_back().map(|row| row.head).or(held.oldest);
        }
        Ok(())
    }
}

fn version(writes: u64) -> Version {
    let mut version = [0; 24];
    for (place, byte) in version.iter_mut().zip(writes.to_be_bytes()) {
        *place = byte;
    }
    Version(version)
}

fn matching(held: &Held, scan: &Scan<'_>) -> Vec<(Key, Record)> {
    let table: Table = scan.table;
    let fits = |(key, _): &(&Key, &Record)| {
        let beyond = scan.after.is_none_or(|after| match scan.order {
            Order::Rising => &*key.name > after,
            Order::Falling => &*key.name < after,
        });
        key.name.starts_with(scan.prefix) && beyond
    };
    let records = held.records.range(Key::new(table, [])..).take_while(|(key, _)| key.table == table).filter(fits);
    let owned = |(key, record): (&Key, &Record)| (key.clone(), record.clone());
    match scan.order {
        Order::Rising => records.take(scan.limit).map(owned).collect(),
        Order::Falling => {
            let records: Vec<_> = records.collect();
            records.into_iter().rev().take(scan.limit).map(owned).collect()
        }
    }
}

impl Store for MemoryStore {
    fn get<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Option<Record>, StoreError>> {
        Box::pin(async move { Ok(self.read(|held| held.records.get(key).cloned())) })
    }

    fn scan<'a>(&'a self, scan: Scan<'a>) -> BoxFuture<'a, Result<Vec<(Key, Record)>, StoreError>> {
        Box::pin(async move { Ok(self.read(|held| matching(held, &scan))) })
    }

    fn commit(&self, batch: Batch) -> BoxFuture<'_, Result<(), StoreError>> {
        Box::pin(async move { self.read(|held| self.apply(held, batch)) })
    }

    fn rows(&self, from: u64, limit: usize) -> BoxFuture<'_, Result<Vec<Row>, StoreError>> {
        Box::pin(async move {
            let rows =
                |held: &mut Held| held.rows.iter().filter(|row| row.head.number >= from).take(limit).cloned().collect();
            Ok(self.read(rows))
        })
    }

    fn log_ends(&self) -> BoxFuture<'_, Result<(Head, Head), StoreError>> {
        Box::pin(async move { Ok(self.read(|held| self.ends(held))) })
    }

    fn chain(&self) -> &Chain {
        &self.chain
    }
}
