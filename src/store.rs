//! What Sluice keeps: sealed records in order, changed by batches that happen whole or not at all, and one chained log.
//!
//! [`Store`] is the port. [`memory`] keeps records for as long as the process lives; [`embedded`] keeps them on disk.
//! Every implementation passes the one conformance suite in `tests/store`.

pub mod backup;
pub mod batch;
pub mod chain;
pub mod check;
pub mod embedded;
pub mod keys;
pub mod memory;
pub mod pieces;

use bytes::Bytes;
use futures_util::future::BoxFuture;

pub use batch::{Batch, Expected, Key, Table, When};
pub use chain::{Chain, Head, Link, Row};

/// Keeps records.
///
/// Commits happen one after the other. A commit that has been acknowledged [`When::Durable`] survives a crash of the
/// process, a power cut and everything but the loss of the disk, and so does every commit before it.
pub trait Store: Send + Sync {
    /// The record of that key.
    fn get<'a>(&'a self, key: &'a Key) -> BoxFuture<'a, Result<Option<Record>, StoreError>>;

    /// Records of one table in the order of their names, at most `limit`.
    fn scan<'a>(&'a self, scan: Scan<'a>) -> BoxFuture<'a, Result<Vec<(Key, Record)>, StoreError>>;

    /// Does everything the batch says, or, where an expectation does not hold, nothing.
    fn commit(&self, batch: Batch) -> BoxFuture<'_, Result<(), StoreError>>;

    /// Rows of the chained log from this number on, at most `limit`.
    fn rows(&self, from: u64, limit: usize) -> BoxFuture<'_, Result<Vec<Row>, StoreError>>;

    /// The oldest row's predecessor, from where the rows that are kept can be checked, and the newest row.
    fn log_ends(&self) -> BoxFuture<'_, Result<(Head, Head), StoreError>>;

    /// The chain's key, to check rows that were taken out of the log.
    fn chain(&self) -> &Chain;
}

/// A value and the version it was read at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The value.
    pub value: Bytes,
    /// Changes whenever the value is written, even with the same bytes.
    pub version: Version,
}

/// Names one write of one record; compared, never ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Version(pub(in crate::store) [u8; 24]);

/// Which records of a table.
#[derive(Clone, Copy, Debug)]
pub struct Scan<'a> {
    /// The table.
    pub table: Table,
    /// Only names that begin so.
    pub prefix: &'a [u8],
    /// Only names after this one, in the direction of the scan.
    pub after: Option<&'a [u8]>,
    /// In which direction.
    pub order: Order,
    /// At most so many.
    pub limit: usize,
}

impl Scan<'_> {
    /// The whole table from its first name on, at most `limit` records.
    pub const fn of(table: Table, limit: usize) -> Self {
        Self { table, prefix: &[], after: None, order: Order::Rising, limit }
    }
}

/// The direction of a scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Smallest name first.
    Rising,
    /// Largest name first.
    Falling,
}

/// Why the store did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// An expectation of the batch did not hold; nothing was changed.
    #[error("a record of `{table}` has changed in between")]
    Conflict {
        /// Its table.
        table: &'static str,
    },
    /// A record, or what holds it, is not what was written.
    #[error("a record of `{table}` is damaged or was changed from outside")]
    Damaged {
        /// Its table.
        table: &'static str,
    },
    /// A value or a name is longer than it may be.
    #[error("a record of `{table}` or its name is longer than {most} bytes")]
    TooLong {
        /// Its table.
        table: &'static str,
        /// How long it may be.
        most: usize,
    },
    /// The disk has no room; nothing was changed, and what was there can be read.
    #[error("the disk that holds the data directory has no room left; make room there")]
    Full,
    /// An earlier write failed, so that nothing more is written until the next start.
    #[error("the store has stopped writing: {why}")]
    Stopped {
        /// The first failure.
        why: String,
    },
}
