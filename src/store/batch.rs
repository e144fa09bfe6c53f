//! One change of the store: what is expected, what is written, which rows join the log.

use bytes::Bytes;

use super::StoreError;

/// Longest value of one record, in bytes. What is longer is kept in pieces.
pub const LONGEST_VALUE: usize = 256 << 10;

/// Longest name of one record, in bytes, without its table.
pub const LONGEST_NAME: usize = 256;

/// A kind of records, named once and for all: it is part of every key on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Table(&'static str);

impl Table {
    /// A table of that name: lower-case letters and dashes.
    pub const fn new(name: &'static str) -> Self {
        Self(name)
    }

    /// The name.
    pub const fn name(self) -> &'static str {
        self.0
    }
}

/// The key of a record: its table, and its name there. Names are ordered byte by byte.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// The table.
    pub table: Table,
    /// The name.
    pub name: Box<[u8]>,
}

impl Key {
    /// The record of that name.
    pub fn new(table: Table, name: impl AsRef<[u8]>) -> Self {
        Self { table, name: name.as_ref().into() }
    }
}

/// What must be there for a batch to happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// No record.
    Absent,
    /// The record as it was read.
    At(super::Version),
}

/// When a commit is acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum When {
    /// Once it survives a power cut.
    #[default]
    Durable,
    /// At once; it becomes durable with the next durable commit, or within a second.
    Applied,
}

/// One change of the store.
#[derive(Clone, Debug, Default)]
#[must_use = "a batch does nothing until it is committed"]
pub struct Batch {
    pub(in crate::store) expected: Vec<(Key, Expected)>,
    pub(in crate::store) changes: Vec<(Key, Option<Bytes>)>,
    pub(in crate::store) rows: Vec<Bytes>,
    pub(in crate::store) forgotten: Option<u64>,
    pub(in crate::store) when: When,
}

impl Batch {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets the batch happen only where this holds.
    pub fn expect(mut self, key: Key, expected: Expected) -> Self {
        self.expected.push((key, expected));
        self
    }

    /// Writes a record, new or not.
    pub fn put(mut self, key: Key, value: impl Into<Bytes>) -> Self {
        self.changes.push((key, Some(value.into())));
        self
    }

    /// Removes a record, there or not.
    pub fn remove(mut self, key: Key) -> Self {
        self.changes.push((key, None));
        self
    }

    /// Adds a row to the chained log.
    pub fn append(mut self, row: impl Into<Bytes>) -> Self {
        self.rows.push(row.into());
        self
    }

    /// Drops the rows of the log up to this number, which are kept elsewhere.
    pub fn forget_rows(mut self, last: u64) -> Self {
        self.forgotten = Some(last);
        self
    }

    /// Acknowledges before it is durable.
    pub fn soon(mut self) -> Self {
        self.when = When::Applied;
        self
    }
    /// Bytes of everything it writes, with something for each part and for the batch itself.
    pub(in crate::store) fn weight(&self) -> usize {
        let value = |value: &Option<Bytes>| value.as_ref().map_or(0, Bytes::len);
        let changes = self.changes.iter().map(|(key, written)| key.name.len() + value(written) + 128);
        let rows = self.rows.iter().map(|row| row.len() + 128);
        256 + changes.chain(rows).sum::<usize>()
    }

    /// Whether every name, value and row is short enough.
    pub(in crate::store) fn check_lengths(&self) -> Result<(), StoreError> {
        let too_long = |table: &'static str, length: usize, most: usize| {
            if length > most { Err(StoreError::TooLong { table, most }) } else { Ok(()) }
        };
        for (Key { table, name }, value) in &self.changes {
            too_long(table.name(), name.len(), LONGEST_NAME)?;
            too_long(table.name(), value.as_ref().map_or(0, Bytes::len), LONGEST_VALUE)?;
        }
        self.rows.iter().try_for_each(|row| too_long("log", row.len(), LONGEST_VALUE))
    }
}
