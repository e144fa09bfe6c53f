//! The audit trail: rows in the store's chained log, and older ones in files that were moved out of it.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::Mutex;

use super::error::{Broken, TrailError};
use super::folder::{Folder, PAGE, Rotated};
use super::verify::{Known, Verified, belongs, verify};
use super::{Entry, Filter, line};
use crate::clock::Clock;
use crate::store::{Batch, Head, Row, Store, StoreError};

/// The store holds at most so many rows before the older half is moved into a file.
pub const MOST_ROWS: u64 = 100_000;
/// Rows that are given up at once after they were moved.
const FORGOTTEN_AT_ONCE: u64 = 5000;

/// The audit trail.
///
/// A file of older rows is never removed by Sluice. An administrator may move the oldest ones away; `verify` is then told
/// up to which row.
pub struct Trail {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    folder: Option<Folder>,
    /// Held by whoever reads files and store together, so that no row moves from one to the other meanwhile.
    turn: Mutex<()>,
}

/// A row as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The row.
    pub row: Row,
    /// What it says; `None` where that is no entry.
    pub entry: Option<Entry>,
}

impl Shown {
    fn of(row: Row) -> Self {
        let entry = serde_json::from_slice(&row.text).ok();
        Self { row, entry }
    }

    /// The row as one line of JSON, as in an export: its number, its link and the entry.
    pub fn json(&self) -> String {
        String::from_utf8_lossy(&line::written(&self.row)).into_owned()
    }
}

/// A piece of the trail that is read in one go.
enum Piece {
    File(Rotated),
    Rows { first: u64, last: u64 },
}

impl Piece {
    /// Number of its last row.
    const fn last(&self) -> u64 {
        match self {
            Self::File(file) => file.last,
            Self::Rows { last, .. } => *last,
        }
    }
}

impl Trail {
    /// The trail of this store. Older rows go to `folder`; without one, all of them stay in the store.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, folder: Option<PathBuf>) -> Self {
        Self { store, clock, folder: folder.map(Folder::new), turn: Mutex::default() }
    }

    /// An entry that says when, who and what; fill in the rest.
    pub fn entry(&self, who: &str, event: &str) -> Entry {
        Entry::new(self.clock.now(), who, event)
    }

    /// Writes down what needs no durability of its own, such as a read: a crash may lose the last second of these.
    pub async fn note(&self, entry: Entry) -> Result<(), StoreError> {
        self.store.commit(Batch::new().append(entry.row()).soon()).await
    }

    /// The newest rows that fit, newest first, at most `limit`.
    pub async fn show(&self, filter: &Filter, limit: usize) -> Result<Vec<Shown>, TrailError> {
        let _turn = self.turn.lock().await;
        let mut shown = Vec::new();
        for piece in self.pieces().await?.iter().rev() {
            let room = limit.saturating_sub(shown.len());
            if room == 0 {
                break;
            }
            let mut fitting = VecDeque::new();
            let mut take = |row: Row| {
                let row = Shown::of(row);
                if filter.fits(row.entry.as_ref()) {
                    fitting.push_back(row);
                }
                if fitting.len() > room {
                    fitting.pop_front();
                }
                Ok(())
            };
            self.read(piece, &mut take).await?;
            shown.extend(fitting.into_iter().rev());
        }
        Ok(shown)
    }

    /// Walks the whole trail, from its first row that is kept to its last.
    pub async fn verify(&self, known: &Known) -> Result<Verified, Broken> {
        let _turn = self.turn.lock().await;
        verify(&self.files().await?, &*self.store, known).await
    }

    /// The next rows that fit after the row of that number, oldest first, until they come to `bytes` as JSON; together
    /// with the number to go on after, which is `None` at the end.
    pub async fn next(
        &self,
        filter: &Filter,
        after: u64,
        bytes: usize,
    ) -> Result<(Vec<Shown>, Option<u64>), TrailError> {
        let _turn = self.turn.lock().await;
        let (mut shown, mut room) = (Vec::new(), bytes);
        for piece in self.pieces().await?.iter().filter(|piece| piece.last() > after) {
            let mut at = after;
            let mut take = |row: Row| {
                if row.head.number <= after || room == 0 {
                    return Ok(());
                }
                at = row.head.number;
                let row = Shown::of(row);
                if filter.fits(row.entry.as_ref()) {
                    room = room.saturating_sub(row.json().len());
                    shown.push(row);
                }
                Ok(())
            };
            self.read(piece, &mut take).await?;
            if room == 0 {
                return Ok((shown, Some(at)));
            }
        }
        Ok((shown, None))
    }

    /// Where the store holds more than `most` rows, moves the older half into a file; says which row was the last moved.
    ///
    /// The file is durable before a row is given up. A crash in between leaves rows in both places, which readers take as
    /// one and the next call puts right.
    pub async fn rotate(&self, most: u64) -> Result<Option<Head>, TrailError> {
        let Some(folder) = &self.folder else { return Ok(None) };
        let _turn = self.turn.lock().await;
        self.give_up_moved().await?;
        let (oldest, newest) = self.store.log_ends().await?;
        let half = newest.number.saturating_sub(oldest.number) / 2;
        if newest.number.saturating_sub(oldest.number) <= most || half == 0 {
            return Ok(None);
        }
        let last = folder.write(&*self.store, oldest, oldest.number + half).await?;
        self.forget(oldest.number, last.number).await?;
        Ok(Some(last))
    }

    /// Writes the newest place to the log, where it is out of reach of whoever can write the data directory. Once an hour
    /// will do.
    pub async fn head_line(&self) -> Result<Head, StoreError> {
        let (_, newest) = self.store.log_ends().await?;
        tracing::info!(target: "sluice::audit", head = %newest, "the audit trail has come this far");
        Ok(newest)
    }

    /// Gives up rows that are in the last file as well.
    async fn give_up_moved(&self) -> Result<(), TrailError> {
        let (oldest, _) = self.store.log_ends().await?;
        let Some(file) = self.files().await?.pop().filter(|file| file.last > oldest.number) else { return Ok(()) };
        // A file that somebody put there must not make us lose rows.
        match belongs(&file, &*self.store).await {
            Ok(()) => self.forget(oldest.number, file.last).await,
            Err(Broken::Unreadable(error)) => Err(error),
            Err(_) => Err(TrailError::Stranger { path: file.path }),
        }
    }

    async fn forget(&self, oldest: u64, last: u64) -> Result<(), TrailError> {
        let mut gone = oldest;
        while gone < last {
            gone = gone.saturating_add(FORGOTTEN_AT_ONCE).min(last);
            self.store.commit(Batch::new().forget_rows(gone)).await?;
        }
        Ok(())
    }

    async fn files(&self) -> Result<Vec<Rotated>, TrailError> {
        match &self.folder {
            Some(folder) => folder.files().await,
            None => Ok(Vec::new()),
        }
    }

    /// The whole trail in pieces, oldest first; rows that are in a file and in the store come once.
    async fn pieces(&self) -> Result<Vec<Piece>, TrailError> {
        let files = self.files().await?;
        let (oldest, newest) = self.store.log_ends().await?;
        let mut last = files.last().map_or(0, |file| file.last).max(oldest.number);
        let mut pieces: Vec<Piece> = files.into_iter().map(Piece::File).collect();
        while last < newest.number {
            let first = last + 1;
            last = last.saturating_add(PAGE as u64).min(newest.number);
            pieces.push(Piece::Rows { first, last });
        }
        Ok(pieces)
    }

    async fn read(
        &self,
        piece: &Piece,
        take: &mut (dyn FnMut(Row) -> Result<(), TrailError> + Send),
    ) -> Result<(), TrailError> {
        match piece {
            Piece::File(file) => {
                let mut rows = file.open().await?;
                while let Some(row) = rows.next().await? {
                    take(row)?;
                }
                Ok(())
            }
            Piece::Rows { first, last } => {
                let rows = self.store.rows(*first, PAGE).await?;
                rows.into_iter().take_while(|row| row.head.number <= *last).try_for_each(take)
            }
        }
    }
}
