//! Walks the trail row by row: each must follow the one before it, and be the one that is known from elsewhere.

use super::error::{Broken, TrailError};
use super::folder::{PAGE, Rotated};
use crate::store::{Chain, Head, Row, Store};

/// The trail is as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified {
    /// What the first row that is kept follows; number 0 where that is the very first.
    pub after: Head,
    /// The last row.
    pub last: Head,
}

/// What is known of the trail from elsewhere.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// A place in it, as the log had it.
    pub head: Option<Head>,
    /// Files with the rows up to this number were moved away; 0 where none were.
    pub moved_away: u64,
}

/// A walk along the chain.
struct Walk<'a> {
    chain: &'a Chain,
    at: Head,
    known: Vec<Head>,
}

impl Walk<'_> {
    fn step(&mut self, row: &Row) -> Result<(), Broken> {
        let number = self.at.number.saturating_add(1);
        if row.head.number != number {
            return Err(Broken::Missing { number });
        }
        if !self.chain.follows(self.at, row) {
            return Err(Broken::Altered { number });
        }
        self.arrive(row.head)
    }

    /// Stands there, unless another row is known to be there.
    fn arrive(&mut self, head: Head) -> Result<(), Broken> {
        self.at = head;
        let number = head.number;
        let other = self.known.iter().any(|known| known.number == number && known.link != head.link);
        if other { Err(Broken::Rewritten { number }) } else { Ok(()) }
    }

    async fn through_file(&mut self, file: &Rotated) -> Result<(), Broken> {
        let number = self.at.number.saturating_add(1);
        if file.first != number {
            return Err(Broken::Missing { number });
        }
        let mut rows = file.open().await.map_err(|error| altered(error, number))?;
        if rows.after != self.at {
            return Err(Broken::Altered { number });
        }
        loop {
            let number = self.at.number.saturating_add(1);
            let row = rows.next().await.map_err(|error| altered(error, number))?;
            match row {
                Some(row) => self.step(&row)?,
                None if self.at.number < file.last => return Err(Broken::Missing { number }),
                None if self.at.number > file.last => return Err(Broken::Altered { number: self.at.number }),
                None => return Ok(()),
            }
        }
    }

    async fn through_store(&mut self, store: &dyn Store) -> Result<(), Broken> {
        loop {
            let rows = store.rows(self.at.number.saturating_add(1), PAGE).await?;
            if rows.is_empty() {
                return Ok(());
            }
            rows.iter().try_for_each(|row| self.step(row))?;
        }
    }
}

/// A line that is no row is the row that was to come next.
fn altered(error: TrailError, number: u64) -> Broken {
    if matches!(error, TrailError::NotARow { .. }) { Broken::Altered { number } } else { error.into() }
}

/// Whether the file's rows follow each other up to one that is in the store, or that those in the store follow.
pub(super) async fn belongs(file: &Rotated, store: &dyn Store) -> Result<(), Broken> {
    let after = file.open().await?.after;
    let mut walk = Walk { chain: store.chain(), at: after, known: Vec::new() };
    walk.through_file(file).await?;
    let (oldest, _) = store.log_ends().await?;
    let there = match store.rows(file.last, 1).await?.first() {
        Some(row) if row.head.number == file.last => row.head,
        _ => oldest,
    };
    if there == walk.at { Ok(()) } else { Err(Broken::Rewritten { number: file.last }) }
}

/// Walks through the files and then through the store; rows that are in both count once and must be the same.
pub(super) async fn verify(files: &[Rotated], store: &dyn Store, known: &Known) -> Result<Verified, Broken> {
    let chain = store.chain();
    let (oldest, newest) = store.log_ends().await?;
    let after = match files.first() {
        Some(file) => file.open().await.map_err(|error| altered(error, file.first))?.after,
        None => oldest,
    };
    if after.number > known.moved_away {
        return Err(Broken::Missing { number: known.moved_away.saturating_add(1) });
    }
    is_start(chain, after)?;
    let mut walk = Walk { chain, at: after, known: known.head.into_iter().collect() };
    walk.arrive(after)?;
    for file in files {
        walk.through_file(file).await?;
    }
    let moved = walk.at;
    if !files.is_empty() {
        if oldest.number > moved.number {
            return Err(Broken::Missing { number: moved.number.saturating_add(1) });
        }
        is_start(chain, oldest)?;
        walk.known.push(moved);
    }
    walk.known.push(newest);
    walk.arrive(oldest)?;
    walk.through_store(store).await?;
    let last = walk.at;
    if last.number < newest.number {
        return Err(Broken::Missing { number: last.number.saturating_add(1) });
    }
    match walk.known.iter().map(|known| known.number).max() {
        Some(known) if known > last.number => Err(Broken::CutOff { last: last.number, known }),
        _ => match known.head {
            Some(head) if head.number < after.number => Err(Broken::NotKept { number: head.number }),
            _ => Ok(Verified { after, last }),
        },
    }
}

/// The log begins in one way only.
fn is_start(chain: &Chain, head: Head) -> Result<(), Broken> {
    if head.number == 0 && head != chain.start() { Err(Broken::Altered { number: 1 }) } else { Ok(()) }
}
