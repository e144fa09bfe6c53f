//! One file with everything a store on disk holds, sealed again, which proves itself whole when it is read.
//!
//! The file begins with a line of text and sixteen random bytes. Then come frames: four bytes of length and a sealed
//! item. Each frame is sealed for its file and its place there, so that none can be dropped, repeated or exchanged; the
//! last one says that it is the last.

pub(in crate::store) mod frames;

use std::fs;
use std::io::{self, BufReader, BufWriter};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::StoreError;
use super::chain::Head;
use super::check::{Checked, Counts, Ended, check_shelf, walk};
use super::embedded::change::NotApplied;
use super::embedded::guards::{Folder, OpenError, sync_folder};
use super::embedded::layout;
use super::embedded::seal::Place;
use super::embedded::shelf::Shelf;
use super::embedded::{self, EmbeddedStore};
use super::keys::{MasterKey, create_new};
use frames::{Found, Frames, Sheet};

/// Bytes that are written at once while a store is restored.
const LOAD: usize = 128 << 10;

/// Why there is no backup, or no store made of it.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The file cannot be read or written.
    #[error("the backup `{}` cannot be read or written: {source}", path.display())]
    File {
        /// Which file.
        path: PathBuf,
        /// The system's words.
        source: io::Error,
    },
    /// The file is none.
    #[error("`{}` is not a backup that this version of Sluice can read", .0.display())]
    NotABackup(PathBuf),
    /// The file is not what was written.
    #[error("the backup `{}` was made under another key, was cut off or was changed (frame {frame})", path.display())]
    Broken {
        /// Which file.
        path: PathBuf,
        /// The first bad frame, from 0.
        frame: u64,
    },
    /// There is something already.
    #[error("`{}` is not empty; restore into a folder that is", .0.display())]
    NotEmpty(PathBuf),
    /// The store is damaged, so that it cannot be backed up.
    #[error("the store is damaged: {0}")]
    Damaged(String),
    /// The store cannot be made.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The store does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Writes everything the store holds at one moment into a new file that only its owner may read. Commits wait meanwhile.
pub async fn backup(store: &EmbeddedStore, path: &Path) -> Result<Counts, BackupError> {
    let path = path.to_owned();
    store.still(move |shelf| write(shelf, &path)).await?
}

fn write(shelf: &Shelf, path: &Path) -> Result<Counts, BackupError> {
    let failed = |source| BackupError::File { path: path.to_owned(), source };
    let file = create_new(path).map_err(failed)?;
    let written = written(shelf, file, path).and_then(|counts| {
        path.parent().map_or(Ok(()), sync_folder).map_err(failed)?;
        Ok(counts)
    });
    if written.is_err() {
        // Half a backup is worse than none; where even this fails, it is found out when it is read.
        let _ = fs::remove_file(path);
    }
    written
}

fn written(shelf: &Shelf, file: fs::File, path: &Path) -> Result<Counts, BackupError> {
    let failed = |source| BackupError::File { path: path.to_owned(), source };
    let mut sheet = Sheet::new(&shelf.backup, BufWriter::new(file)).map_err(failed)?;
    let mut counts = Counts::default();
    let walked = walk(shelf, &mut counts, |item| match sheet.item(&item) {
        Ok(()) => ControlFlow::Continue(()),
        Err(error) => ControlFlow::Break(error),
    });
    walked.map_err(|ended| match ended {
        Ended::Enough(source) => failed(source),
        Ended::Damage(why) => BackupError::Damaged(why),
    })?;
    let state = shelf.read(|state| state);
    let file = sheet.end(state.oldest, state.newest).map_err(failed)?;
    let file = file.into_inner().map_err(|error| failed(error.into_error()))?;
    file.sync_all().map_err(failed)?;
    Ok(counts)
}

/// Makes a store in an empty folder from a backup. The whole file is proven first, and the store when it is filled; only
/// then is it one. It blocks, so call it where that is allowed.
pub fn restore(path: &Path, directory: &Path, master: &MasterKey) -> Result<Counts, BackupError> {
    if fs::read_dir(directory).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(BackupError::NotEmpty(directory.to_owned()));
    }
    let proven = proven(path, master)?;
    let folder = Folder::new(directory);
    folder.prepare()?;
    let restored = restored(path, &folder, master, proven);
    if restored.is_err() {
        // It is no store yet; the next attempt finds an empty folder, or says that there is none.
        let _ = fs::remove_dir_all(folder.records());
    }
    restored
}

fn restored(path: &Path, folder: &Folder, master: &MasterKey, proven: Counts) -> Result<Counts, BackupError> {
    let shelf = Shelf::new(folder.open()?, master);
    fill(&shelf, &mut Frames::open(path, master)?)?;
    let Checked { counts, damage } = check_shelf(&shelf);
    if let Some(why) = damage {
        return Err(BackupError::Damaged(why));
    }
    if counts != proven {
        return Err(BackupError::Damaged("it does not hold what the backup held".to_owned()));
    }
    embedded::finish(folder, &shelf)?;
    Ok(counts)
}

/// Reads a backup to its end.
fn proven(path: &Path, master: &MasterKey) -> Result<Counts, BackupError> {
    let mut frames = Frames::open(path, master)?;
    let mut counts = Counts::default();
    loop {
        match frames.next()? {
            Found::Record { value, .. } => {
                counts.records += 1;
                counts.bytes += value.len() as u64;
            }
            Found::Row(row) => {
                counts.rows += 1;
                counts.bytes += row.text.len() as u64;
            }
            Found::End(..) => return Ok(counts),
        }
    }
}

fn fill(shelf: &Shelf, frames: &mut Frames<BufReader<fs::File>>) -> Result<(), BackupError> {
    let not_loaded = |error: NotApplied| BackupError::Open(embedded::not_begun(error));
    let mut ends: Option<(Head, Head)> = None;
    while ends.is_none() {
        let mut broken = None;
        let loaded = shelf.load(|writes| {
            let mut loaded = 0;
            while loaded < LOAD {
                match frames.next() {
                    Ok(Found::Record { table, name, value }) => {
                        loaded += value.len() + name.len();
                        let place = Place { table: &table, name: &name };
                        shelf.change(writes, &layout::record(&table, &name), place, Some(&value))?;
                    }
                    Ok(Found::Row(row)) => {
                        loaded += row.text.len();
                        shelf.place_row(writes, &row)?;
                    }
                    Ok(Found::End(oldest, newest)) => {
                        (writes.state.oldest, writes.state.newest) = (oldest, newest);
                        ends = Some((oldest, newest));
                        return Ok(());
                    }
                    Err(error) => {
                        broken = Some(error);
                        return Ok(());
                    }
                }
            }
            Ok(())
        });
        loaded.map_err(not_loaded)?;
        if let Some(error) = broken {
            return Err(error);
        }
    }
    Ok(())
}
