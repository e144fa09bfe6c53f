//! Changes the records on disk: a batch happens whole, under the lock that readers share, and is not yet durable then.

use std::collections::BTreeMap;
use std::sync::PoisonError;

use bytes::Bytes;

use super::layout;
use super::seal::Place;
use super::shelf::{LOG, LONGEST_SEALED, STATE_PLACE, Shelf, row_place};
use super::state::State;
use crate::store::batch::{Batch, Expected, Key};
use crate::store::chain::Row;
use crate::store::{StoreError, Version};

impl Shelf {
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

fn no_random_bytes() -> NotApplied {
    NotApplied::Refused(StoreError::Stopped { why: "the system gives no random bytes".to_owned() })
}
