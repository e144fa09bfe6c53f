//! Where the state of a site's copies is kept: the store, under the connection's name.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::domain::ids::{ContentId, SpaceId};
use crate::store::{Batch, Key, Order, Scan, Store, StoreError, Table};

use super::plan::Kind;
use super::plan::facts::SpaceRow;
use super::plan::legs::Leg;

/// What is known of the site as a whole, under the empty name.
pub(super) const SITE: Table = Table::new("sync-site");
/// The run that has not ended, under the empty name.
pub(super) const RUN: Table = Table::new("sync-run");
/// Spaces by id.
pub(super) const SPACES: Table = Table::new("sync-space");
/// Pages and posts by id.
pub(super) const PAGES: Table = Table::new("sync-page");
/// Files by id.
pub(super) const FILES: Table = Table::new("sync-file");
/// What pages stand under, by id.
pub(super) const NODES: Table = Table::new("sync-node");
/// The run's legs by number.
pub(super) const LEGS: Table = Table::new("sync-leg");
/// Ids that a leg has seen, by leg and part.
const SEEN: Table = Table::new("sync-seen");
/// Names by account.
pub(super) const ACCOUNTS: Table = Table::new("sync-account");
/// Ended runs by number.
pub(super) const HISTORY: Table = Table::new("sync-history");

const ALL: [Table; 10] = [SITE, RUN, SPACES, PAGES, FILES, NODES, LEGS, SEEN, ACCOUNTS, HISTORY];

/// How many records are read together.
pub(super) const TOGETHER: usize = 500;
/// How many ended runs are kept.
const RUNS_KEPT: usize = 50;

/// A run that has not ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, serde::Deserialize)]
pub(super) struct Unfinished {
    /// How thorough it is.
    pub(super) kind: Kind,
    /// When it began.
    pub(super) began: jiff::Timestamp,
}

/// The state of one connection's copies.
#[derive(Clone)]
pub(super) struct Shelf {
    store: Arc<dyn Store>,
    prefix: Arc<[u8]>,
}

/// A number as a name, in the order of numbers.
pub(super) fn of_number(number: u64) -> String {
    format!("{number:020}")
}

/// A page's id as a name.
pub(super) fn of_page(id: &ContentId) -> String {
    // Every id is a number that fits.
    of_number(id.as_str().parse().unwrap_or_default())
}

impl Shelf {
    /// What is kept under this connection's name.
    pub(super) fn new(store: Arc<dyn Store>, connection: &str) -> Self {
        Self { store, prefix: [connection.as_bytes(), &[0]].concat().into() }
    }

    fn key(&self, table: Table, name: &str) -> Key {
        Key::new(table, [&self.prefix, name.as_bytes()].concat())
    }

    /// A record; one that an older Sluice wrote in another form counts as missing.
    pub(super) async fn get<T: DeserializeOwned>(&self, table: Table, name: &str) -> Result<Option<T>, StoreError> {
        let record = self.store.get(&self.key(table, name)).await?;
        Ok(record.and_then(|record| serde_json::from_slice(&record.value).ok()))
    }

    /// Writes a record with a batch.
    pub(super) fn put<T: Serialize>(&self, batch: Batch, table: Table, name: &str, value: &T) -> Batch {
        // Rows are plain structs, whose keys are texts.
        batch.put(self.key(table, name), serde_json::to_vec(value).unwrap_or_default())
    }

    /// Removes a record with a batch.
    pub(super) fn remove(&self, batch: Batch, table: Table, name: &str) -> Batch {
        batch.remove(self.key(table, name))
    }

    /// Commits a batch; what it says is durable within a second.
    pub(super) async fn commit(&self, batch: Batch) -> Result<(), StoreError> {
        self.store.commit(batch.soon()).await
    }

    /// The next records of a table after that name, in order, with their names.
    pub(super) async fn next<T: DeserializeOwned>(
        &self,
        table: Table,
        after: Option<&str>,
    ) -> Result<Vec<(String, Option<T>)>, StoreError> {
        let after = after.map(|after| [&self.prefix, after.as_bytes()].concat());
        let scan = Scan { prefix: &self.prefix, after: after.as_deref(), ..Scan::of(table, TOGETHER) };
        let records = self.store.scan(scan).await?;
        let named = |(key, record): (Key, crate::store::Record)| {
            let name = key.name.get(self.prefix.len()..).map(|name| String::from_utf8_lossy(name).into_owned());
            (name.unwrap_or_default(), serde_json::from_slice(&record.value).ok())
        };
        Ok(records.into_iter().map(named).collect())
    }

    async fn all<T: DeserializeOwned>(&self, table: Table) -> Result<Vec<(String, T)>, StoreError> {
        let mut all = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let some = self.next(table, after.as_deref()).await?;
            let Some((last, _)) = some.last() else { return Ok(all) };
            after = Some(last.clone());
            all.extend(some.into_iter().filter_map(|(name, row)| Some((name, row?))));
        }
    }

    /// The known spaces.
    pub(super) async fn spaces(&self) -> Result<BTreeMap<SpaceId, SpaceRow>, StoreError> {
        let all = self.all::<SpaceRow>(SPACES).await?;
        Ok(all.into_iter().filter_map(|(name, row)| Some((name.parse().ok()?, row))).collect())
    }

    /// The legs of the run that has not ended.
    pub(super) async fn legs(&self) -> Result<Vec<Leg>, StoreError> {
        Ok(self.all(LEGS).await?.into_iter().map(|(_, leg)| leg).collect())
    }

    /// Writes a leg with a batch, and the ids its last part has seen.
    pub(super) fn put_leg(&self, batch: Batch, leg: &Leg, seen: &[u64]) -> Batch {
        let batch = self.put(batch, LEGS, &of_number(leg.number.into()), leg);
        if seen.is_empty() || !leg.is_whole() {
            return batch;
        }
        self.put(batch, SEEN, &of_part(leg), &seen)
    }

    /// All ids that a leg has seen since it began.
    pub(super) async fn seen(&self, leg: &Leg) -> Result<Vec<u64>, StoreError> {
        let mut seen = Vec::new();
        for parts in 1..=leg.parts {
            let name = of_part(&Leg { parts, ..leg.clone() });
            seen.extend(self.get::<Vec<u64>>(SEEN, &name).await?.unwrap_or_default());
        }
        Ok(seen)
    }

    /// Forgets legs and what they saw, and keeps the latest ended runs.
    pub(super) async fn tidy(&self) -> Result<(), StoreError> {
        self.empty(LEGS).await?;
        self.empty(SEEN).await?;
        let scan = Scan { prefix: &self.prefix, order: Order::Falling, ..Scan::of(HISTORY, RUNS_KEPT * 2) };
        let old = self.store.scan(scan).await?.into_iter().skip(RUNS_KEPT);
        self.commit(old.fold(Batch::new(), |batch, (key, _)| batch.remove(key))).await
    }

    /// Ended runs, latest first.
    pub(super) async fn history(&self) -> Result<Vec<super::RunRecord>, StoreError> {
        let scan = Scan { prefix: &self.prefix, order: Order::Falling, ..Scan::of(HISTORY, RUNS_KEPT) };
        let records = self.store.scan(scan).await?;
        Ok(records.into_iter().filter_map(|(_, record)| serde_json::from_slice(&record.value).ok()).collect())
    }

    /// Forgets everything but how earlier runs ended.
    pub(super) async fn forget(&self) -> Result<(), StoreError> {
        for table in ALL.into_iter().filter(|table| *table != HISTORY) {
            self.empty(table).await?;
        }
        Ok(())
    }

    /// Forgets that as well.
    pub(super) async fn forget_all(&self) -> Result<(), StoreError> {
        self.forget().await?;
        self.forget_history().await
    }

    async fn forget_history(&self) -> Result<(), StoreError> {
        self.empty(HISTORY).await
    }

    async fn empty(&self, table: Table) -> Result<(), StoreError> {
        loop {
            let scan = Scan { prefix: &self.prefix, ..Scan::of(table, TOGETHER) };
            let records = self.store.scan(scan).await?;
            if records.is_empty() {
                return Ok(());
            }
            self.commit(records.into_iter().fold(Batch::new(), |batch, (key, _)| batch.remove(key))).await?;
        }
    }
}

fn of_part(leg: &Leg) -> String {
    format!("{:010}-{:010}-{:010}", leg.number, leg.restarts, leg.parts)
}
