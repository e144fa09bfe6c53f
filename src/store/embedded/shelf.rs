//! The records on disk: sealed when they are put there, opened when they are read.

use std::ops::Bound;
use std::sync::{PoisonError, RwLock};

use bytes::Bytes;
use sled::IVec;

use super::guards::OpenError;
use super::layout::{self, First};
use super::seal::{Place, SURPLUS, Seal};
use super::state::State;
use crate::store::backup::frames;
use crate::store::batch::{Key, LONGEST_VALUE};
use crate::store::chain::{Chain, Head, Link, Row};
use crate::store::keys::{MasterKey, Purpose};
use crate::store::{Order, Record, Scan, StoreError, Version};

/// What records on disk are sealed for: the database and the version of the format.
const FORMAT: &[u8] = b"sled 1";
/// The table of the log in errors and seals.
pub(in crate::store) const LOG: &str = "log";
/// Bytes of a link, which a row's value begins with.
const LINK: usize = 32;
/// Longest sealed value: a row of the longest text.
pub(super) const LONGEST_SEALED: usize = LONGEST_VALUE + LINK + SURPLUS;

/// Records and rows. Whoever reads holds [`Self::state`] for reading, whoever writes for writing: so no reader sees half
/// a batch.
pub(in crate::store) struct Shelf {
    pub(in crate::store) database: sled::Db,
    pub(super) seal: Seal,
    /// Seals backups.
    pub(in crate::store) backup: Seal,
    pub(in crate::store) chain: Chain,
    pub(super) state: RwLock<State>,
}

impl Shelf {
    /// An empty log on this database, whatever it holds.
    pub(in crate::store) fn new(database: sled::Db, master: &MasterKey) -> Self {
        use secrecy::ExposeSecret as _;
        let chain = Chain::new(master.derive(Purpose::LogChain).expose_secret());
        let state = RwLock::new(State::new(chain.start()));
        let seal = Seal::new(&master.derive(Purpose::StoreSeal), FORMAT);
        let backup = Seal::new(&master.derive(Purpose::Backup), frames::FORMAT);
        Self { database, seal, backup, chain, state }
    }

    /// Reads where the store stands, which only the right key can. `mark` is what was last written down beside it.
    pub(in crate::store) fn resume(self, mark: Option<&[u8]>) -> Result<Self, OpenError> {
        let found = self.raw(layout::STATE, STATE_PLACE).map_err(|_| OpenError::Key)?;
        let state = found.and_then(|(_, state)| State::read(&state)).ok_or(OpenError::Key)?;
        let newest = self.row(&state.newest.number.to_be_bytes());
        if state.newest != state.oldest && !matches!(newest, Ok(Some(row)) if row.head == state.newest) {
            return Err(OpenError::Damaged("the newest row of the log is not the one that was written".to_owned()));
        }
        if let Some(mark) = mark {
            let damaged = |why: &str| OpenError::Damaged(why.to_owned());
            let mark = self.seal.open(MARK_PLACE, mark).ok().and_then(|(_, mark)| State::read(&mark));
            let mark = mark.ok_or_else(|| damaged("its file `mark` was changed"))?;
            if mark.batches > state.batches || mark.batches == state.batches && mark != state {
                return Err(damaged("it is older than its file `mark` says"));
            }
        }
        *self.state.write().unwrap_or_else(PoisonError::into_inner) = state;
        Ok(self)
    }

    /// Where the store stands, to be written down beside it.
    pub(in crate::store) fn mark(&self) -> Option<Vec<u8>> {
        self.seal.close(MARK_PLACE, &self.read(|state| state).write()).ok()
    }

    pub(in crate::store) fn read<T>(&self, read: impl FnOnce(State) -> T) -> T {
        read(*self.state.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(in crate::store) fn get(&self, key: &Key) -> Result<Option<Record>, StoreError> {
        let table = key.table.name();
        let place = Place { table: table.as_bytes(), name: &key.name };
        let found = self.read(|_| self.raw(&layout::record(place.table, place.name), place));
        let found = found.map_err(|_| StoreError::Damaged { table })?;
        Ok(found.map(|(version, value)| Record { value, version }))
    }

    pub(in crate::store) fn scan(&self, scan: &Scan<'_>) -> Result<Vec<(Key, Record)>, StoreError> {
        let range = layout::range(scan);
        if let (Bound::Included(start) | Bound::Excluded(start), Bound::Excluded(end)) = &range
            && start >= end
        {
            return Ok(Vec::new());
        }
        let table = scan.table.name();
        let damaged = StoreError::Damaged { table };
        let opened = |pair: sled::Result<(IVec, IVec)>| {
            let (key, first) = pair.map_err(|_| damaged.clone())?;
            let name = key.get(table.len() + 1..).ok_or_else(|| damaged.clone())?;
            let place = Place { table: table.as_bytes(), name };
            let (version, value) = self.whole(&first, place).map_err(|_| damaged.clone())?;
            Ok((Key::new(scan.table, name), Record { value, version }))
        };
        self.read(|_| {
            let found = self.database.range(range);
            match scan.order {
                Order::Rising => found.take(scan.limit).map(opened).collect(),
                Order::Falling => found.rev().take(scan.limit).map(opened).collect(),
            }
        })
    }

    pub(in crate::store) fn rows(&self, from: u64, limit: usize) -> Result<Vec<Row>, StoreError> {
        let damaged = StoreError::Damaged { table: LOG };
        let opened = |pair: sled::Result<(IVec, IVec)>| {
            let (key, first) = pair.map_err(|_| damaged.clone())?;
            let number = key.get(1..).ok_or_else(|| damaged.clone())?;
            let value = self.whole(&first, row_place(number)).map_err(|_| damaged.clone())?;
            read_row(number, &value.1).ok_or_else(|| damaged.clone())
        };
        let range = layout::row(from)..=layout::row(u64::MAX);
        self.read(|_| self.database.range(range).take(limit).map(opened).collect())
    }

    pub(super) fn row(&self, number: &[u8]) -> Result<Option<Row>, Unreadable> {
        let key = number.try_into().map(|number| layout::row(u64::from_be_bytes(number))).map_err(|_| Unreadable)?;
        let Some((_, value)) = self.raw(&key, row_place(number))? else { return Ok(None) };
        read_row(number, &value).map(Some).ok_or(Unreadable)
    }

    /// The opened value under a key of the database.
    fn raw(&self, key: &[u8], place: Place<'_>) -> Result<Option<(Version, Bytes)>, Unreadable> {
        let first = self.database.get(key).map_err(|_| Unreadable)?;
        first.map(|first| self.whole(&first, place)).transpose()
    }

    /// Opens a value from its first piece and those that follow.
    pub(in crate::store) fn whole(&self, first: &[u8], place: Place<'_>) -> Result<(Version, Bytes), Unreadable> {
        let First { following, length, piece, .. } = layout::first(first, LONGEST_SEALED).ok_or(Unreadable)?;
        let mut sealed = piece.to_vec();
        for key in following {
            sealed.extend_from_slice(&self.database.get(key).map_err(|_| Unreadable)?.ok_or(Unreadable)?);
        }
        if sealed.len() != length {
            return Err(Unreadable);
        }
        let (version, value) = self.seal.open(place, &sealed).map_err(|_| Unreadable)?;
        Ok((version, value.into()))
    }
}

/// A value is not what was written.
#[derive(Clone, Copy, Debug)]
pub(in crate::store) struct Unreadable;

/// What the state of the store is sealed for.
pub(super) const STATE_PLACE: Place<'static> = Place { table: LOG.as_bytes(), name: b"state" };
const MARK_PLACE: Place<'static> = Place { table: LOG.as_bytes(), name: b"mark" };

/// What a row is sealed for: its number in eight bytes.
pub(in crate::store) fn row_place(number: &[u8]) -> Place<'_> {
    Place { table: LOG.as_bytes(), name: number }
}

/// A row from its number in eight bytes and its opened value.
pub(in crate::store) fn read_row(number: &[u8], value: &Bytes) -> Option<Row> {
    let number = u64::from_be_bytes(number.try_into().ok()?);
    let link = Link(*value.first_chunk::<LINK>()?);
    Some(Row { head: Head { number, link }, text: value.slice(LINK..) })
}
