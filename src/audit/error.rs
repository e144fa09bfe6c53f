//! What can go wrong with the trail: it cannot be read, or it is not what was written.

use std::path::{Path, PathBuf};

use crate::store::StoreError;

/// The trail cannot be read, moved or written out.
#[derive(Debug, thiserror::Error)]
pub enum TrailError {
    /// The store says no.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file of older rows, or the folder of them, cannot be read or written.
    #[error("`{}` cannot be used: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// The system's words.
        source: std::io::Error,
    },
    /// A line of a file of older rows is not as it was written.
    #[error("line {line} of `{}` is not a row of the audit trail", path.display())]
    NotARow {
        /// Which file.
        path: PathBuf,
        /// Line, from 1.
        line: u64,
    },
    /// A file of older rows that does not belong to the rows in the store; none of those is given up for it.
    #[error("`{}` does not hold the rows before those in the store; run `sluice audit verify`", path.display())]
    Stranger {
        /// Which file.
        path: PathBuf,
    },
}

impl TrailError {
    /// The file or folder cannot be used.
    pub(super) fn file(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { path, source }
    }
}

/// What is wrong with the trail, by its first row that is not as it was written.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    /// The row, or its link, was changed.
    #[error("row {number} was altered")]
    Altered {
        /// Its number.
        number: u64,
    },
    /// Another row, or none, stands in its place.
    #[error("row {number} is missing or does not stand in its place")]
    Missing {
        /// Its number.
        number: u64,
    },
    /// The row fits those before it, but it is another than the one that is known from elsewhere.
    #[error("row {number} is another one than is known from elsewhere: the trail was rewritten or put back")]
    Rewritten {
        /// Its number.
        number: u64,
    },
    /// Rows at the end are gone.
    #[error(
        "the trail ends with row {last}, but there was a row {known}: rows were cut off, or an older store put back"
    )]
    CutOff {
        /// The last row that is there.
        last: u64,
        /// The row that is known from elsewhere.
        known: u64,
    },
    /// The row that the given head names was moved away.
    #[error("row {number}, which the given head names, is no longer kept here, so that it cannot be compared")]
    NotKept {
        /// Its number.
        number: u64,
    },
    /// The trail could not be read to its end.
    #[error(transparent)]
    Unreadable(TrailError),
}

impl From<StoreError> for Broken {
    fn from(error: StoreError) -> Self {
        Self::Unreadable(error.into())
    }
}

impl From<TrailError> for Broken {
    fn from(error: TrailError) -> Self {
        Self::Unreadable(error)
    }
}
