//! How opening a shard can go, and why a search cannot be answered.

use std::io;
use std::sync::Arc;

use tantivy::TantivyError;
use tantivy::directory::error::{LockError, OpenDirectoryError, OpenReadError, OpenWriteError};

use super::shard::CopiesError;

/// How a shard was found when it was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opened {
    /// As it was left, or new.
    Fine,
    /// It could not be used as it was, and was made anew; a full sync brings back what is missing.
    MadeAnew {
        /// What was wrong with it.
        why: String,
        /// How many copies could still be read and are in it.
        kept: u64,
    },
}

/// Why the index cannot be opened or searched.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IndexError {
    /// What is kept is not what was written.
    #[error("the local index of {shard} is damaged; the next sync makes it anew ({why})")]
    Damaged {
        /// The shard.
        shard: String,
        /// What was seen.
        why: String,
    },
    /// The disk has no room.
    #[error("the disk has no room for the local index; make room and try again")]
    Full,
    /// The system does not let us.
    #[error("the local index cannot be read or written: {0}")]
    System(String),
}

impl IndexError {
    pub(super) fn of(shard: &str, error: CopiesError) -> Self {
        match error {
            CopiesError::Full => Self::Full,
            CopiesError::Damaged(why) => Self::Damaged { shard: shard.to_owned(), why },
            CopiesError::System(why) => Self::System(why),
        }
    }

    pub(super) fn system(error: &io::Error) -> Self {
        if is_full(error) { Self::Full } else { Self::System(error.to_string()) }
    }
}

fn is_full(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge)
}

impl From<io::Error> for CopiesError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            _ if is_full(&error) => Self::Full,
            // What the index says of bytes that it cannot read.
            io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidInput => {
                Self::Damaged(error.to_string())
            }
            _ => Self::System(error.to_string()),
        }
    }
}

fn shared(error: &Arc<io::Error>) -> CopiesError {
    io::Error::new(error.kind(), error.to_string()).into()
}

impl From<TantivyError> for CopiesError {
    fn from(error: TantivyError) -> Self {
        match &error {
            // Merges hand on of the system's errors no more than their words.
            TantivyError::InternalError(text) | TantivyError::ErrorInThread(text) | TantivyError::SystemError(text)
                if let Some(number) = number_of_system(text) =>
            {
                io::Error::from_raw_os_error(number).into()
            }
            TantivyError::LockFailure(LockError::LockBusy, _) => Self::System(
                "another process fills this part of the index; let one process alone own the data directory".to_owned(),
            ),
            TantivyError::IoError(error)
            | TantivyError::LockFailure(LockError::IoError(error), _)
            | TantivyError::OpenReadError(OpenReadError::IoError { io_error: error, .. })
            | TantivyError::OpenWriteError(OpenWriteError::IoError { io_error: error, .. })
            | TantivyError::OpenDirectoryError(OpenDirectoryError::IoError { io_error: error, .. }) => shared(error),
            TantivyError::OpenDirectoryError(error) => Self::System(error.to_string()),
            TantivyError::OpenWriteError(error) => Self::System(error.to_string()),
            TantivyError::ErrorInThread(_) | TantivyError::SystemError(_) | TantivyError::Poisoned => {
                Self::System(one_line(&error))
            }
            _ => Self::Damaged(one_line(&error)),
        }
    }
}

/// The number of the system's error that is told there.
fn number_of_system(text: &str) -> Option<i32> {
    let (_, rest) = text.rsplit_once("(os error ")?;
    rest.split_once(')')?.0.parse().ok()
}

fn one_line(error: &TantivyError) -> String {
    crate::domain::text::one_line(&error.to_string(), 200)
}
