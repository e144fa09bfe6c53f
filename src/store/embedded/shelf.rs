//! The records on disk: sealed when they are put there, opened when they are read.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{PoisonError, RwLock};

use bytes::Bytes;
use sled::IVec;

use super::guards::OpenError;
use super::layout::{self, First};
use super::seal::{Place, SURPLUS, Seal};
use super::state::State;
use crate::store::backup::frames;
use crate::store::batch::{Batch, Expected, Key, LONGEST_VALUE};
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
const LONGEST_SEALED: usize = LONGEST_VALUE + LINK + SURPLUS;

/// Records and rows. Whoever reads holds [`Self::state`] for reading, whoever writes for writing: so no reader sees half
/// a batch.
pub(in crate::store) struct Shelf {
    pub(in crate::store) database: sled::Db,
    seal: Seal,
    /// Seals backups.
    pub(in crate::store) backup: Seal,
    pub(in crate::store) chain: Chain,
    state: RwLock<State>,
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

    fn row(&self, number: &[u8]) -> Result<Option<Row>, Unreadable> {
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

    /// Does what the batch says, not yet durably.
    pub(in crate::store) fn apply(&self, batch: Batch) -> Result<(), NotApplied> {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        batch.check_lengths().map_err(NotApplied::Refused)?;
        for (key, expected) in &batch.expected {
            let table = key.table.name();
            let there = self.first(&layout::record(table.as_bytes(), &key.name));
            let there = there.map_err(|error| NotApplied::from(error).of(table))?;
            let there = there.map(|(version, _)| version);
            let holds = match expected {
                Expected::Absent => there.is_none(),
                Expected::At(version) => there == Some(*version),
            };
            if !holds {
                return Err(NotApplied::Refused(StoreError::Conflict { table }));
            }
        }
        let mut writes = Writes::of(*state);
        let changes: BTreeMap<Key, Option<Bytes>> = batch.changes.into_iter().collect();
        for (key, value) in changes {
            let place = Place { table: key.table.name().as_bytes(), name: &key.name };
            let table = key.table.name();
            self.change(&mut writes, &layout::record(place.table, place.name), place, value.as_deref())
                .map_err(|error| error.of(table))?;
        }
        self.append(&mut writes, batch.rows, batch.forgotten)?;
        self.finish(writes, &mut state)
    }

    /// Writes all that, and where the store stands then.
    pub(in crate::store) fn finish(&self, mut writes: Writes, state: &mut State) -> Result<(), NotApplied> {
        writes.state.batches += 1;
        let sealed = self.seal.close(STATE_PLACE, &writes.state.write()).map_err(|_| no_random_bytes())?;
        writes.batch.insert(layout::STATE, layout::cut(&sealed).first);
        self.database.apply_batch(writes.batch).map_err(NotApplied::Broken)?;
        *state = writes.state;
        Ok(())
    }

    /// Changes the store before anybody else sees it.
    pub(in crate::store) fn load(
        &self,
        change: impl FnOnce(&mut Writes) -> Result<(), NotApplied>,
    ) -> Result<(), NotApplied> {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        let mut writes = Writes::of(*state);
        change(&mut writes)?;
        self.finish(writes, &mut state)
    }

    fn append(&self, writes: &mut Writes, rows: Vec<Bytes>, forgotten: Option<u64>) -> Result<(), NotApplied> {
        let last = forgotten.unwrap_or(0);
        for pair in self.database.range(layout::row(0)..=layout::row(last)) {
            let (key, _) = pair.map_err(NotApplied::Broken)?;
            let number = key.get(1..).unwrap_or_default();
            let row = self.row(number).ok().flatten().ok_or(NotApplied::Refused(StoreError::Damaged { table: LOG }))?;
            writes.state.oldest = row.head;
            self.change(writes, &key, row_place(number), None)?;
        }
        for text in rows {
            let row = self.chain.next(writes.state.newest, text);
            writes.state.newest = row.head;
            if row.head.number <= last {
                writes.state.oldest = row.head;
            } else {
                self.place_row(writes, &row)?;
            }
        }
        Ok(())
    }

    /// Puts a row where its number says.
    pub(in crate::store) fn place_row(&self, writes: &mut Writes, row: &Row) -> Result<(), NotApplied> {
        let number = row.head.number.to_be_bytes();
        let value = [row.head.link.0.as_slice(), &row.text].concat();
        self.change(writes, &layout::row(row.head.number), row_place(&number), Some(&value))
    }

    /// Writes or removes a value with all its pieces.
    pub(in crate::store) fn change(
        &self,
        writes: &mut Writes,
        key: &[u8],
        place: Place<'_>,
        value: Option<&[u8]>,
    ) -> Result<(), NotApplied> {
        if let Some((version, following)) = self.first(key).map_err(NotApplied::from)? {
            writes.state.sum.take(key, version);
            for key in following {
                writes.batch.remove(key);
            }
        }
        let Some(value) = value else {
            writes.batch.remove(key);
            return Ok(());
        };
        let sealed = self.seal.close(place, value).map_err(|_| no_random_bytes())?;
        let cut = layout::cut(&sealed);
        writes.state.sum.add(key, cut.version);
        writes.batch.insert(key, cut.first);
        for (key, piece) in cut.following {
            writes.batch.insert(key, piece);
        }
        Ok(())
    }

    /// The version of what is there now, and the keys of its further pieces.
    fn first(&self, key: &[u8]) -> Result<Option<There>, Failure> {
        let Some(value) = self.database.get(key).map_err(Failure::Database)? else { return Ok(None) };
        let first = layout::first(&value, LONGEST_SEALED).ok_or(Failure::Unreadable)?;
        Ok(Some((first.version, first.following)))
    }
}

/// A batch was not applied.
#[derive(Debug)]
pub(in crate::store) enum NotApplied {
    /// It says something that cannot be; nothing was changed, and the next may go well.
    Refused(StoreError),
    /// The database failed; what is in it now is not known.
    Broken(sled::Error),
}

impl NotApplied {
    /// Names the table that is meant where only damage was known.
    fn of(self, table: &'static str) -> Self {
        match self {
            Self::Refused(StoreError::Damaged { .. }) => Self::Refused(StoreError::Damaged { table }),
            other => other,
        }
    }
}

impl From<Failure> for NotApplied {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Database(error) => Self::Broken(error),
            Failure::Unreadable => Self::Refused(StoreError::Damaged { table: LOG }),
        }
    }
}

/// What is about to be written, and where the store stands then.
pub(in crate::store) struct Writes {
    batch: sled::Batch,
    pub(in crate::store) state: State,
}

impl Writes {
    fn of(state: State) -> Self {
        Self { batch: sled::Batch::default(), state }
    }
}

/// A version, and the keys of the pieces that follow the first.
type There = (Version, Vec<Vec<u8>>);

enum Failure {
    Database(sled::Error),
    Unreadable,
}

/// A value is not what was written.
#[derive(Clone, Copy, Debug)]
pub(in crate::store) struct Unreadable;

fn no_random_bytes() -> NotApplied {
    NotApplied::Refused(StoreError::Stopped { why: "the system gives no random bytes".to_owned() })
}

const STATE_PLACE: Place<'static> = Place { table: LOG.as_bytes(), name: b"state" };
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
