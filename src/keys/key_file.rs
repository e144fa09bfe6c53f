//! Keeps wrapping keys in a file that only its owner may use.

mod exchange;

use std::io;
use std::path::PathBuf;

use secrecy::zeroize::Zeroizing;

use super::KeepingError;
use super::kept::{KeptKeys, Place};
use super::wrapping::WrappingKeys;
use crate::config::ProviderKind;

/// Keys in a file.
pub type KeyFile = KeptKeys<FilePlace>;

/// A file as a place for keys.
#[derive(Debug)]
pub struct FilePlace {
    path: PathBuf,
}

impl KeyFile {
    /// The key file of this path; it need not be there.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self::at(FilePlace { path: path.into() })
    }
}

impl Place for FilePlace {
    fn kind(&self) -> ProviderKind {
        ProviderKind::File
    }

    fn described(&self) -> String {
        format!("the key file `{}`", self.path.display())
    }

    fn read(&self) -> Result<Option<Zeroizing<Vec<u8>>>, KeepingError> {
        match exchange::read(&self.path, WrappingKeys::LONGEST) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.problem(format!("cannot be used: {error}"))),
        }
    }

    fn make(&self, text: &[u8]) -> Result<bool, KeepingError> {
        match exchange::make(&self.path, text) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
            Err(error) => {
                let remedy = "make its folder writable, or name another with `key_file`";
                Err(self.problem(format!("cannot be made: {error}; {remedy}")))
            }
        }
    }

    fn exchange(&self, text: &[u8]) -> Result<(), KeepingError> {
        exchange::exchange(&self.path, text).map_err(|error| self.problem(format!("cannot be changed: {error}")))
    }

    fn remove(&self) -> Result<(), KeepingError> {
        exchange::remove(&self.path).map_err(|error| self.problem(format!("cannot be deleted: {error}")))
    }

    fn problem(&self, problem: String) -> KeepingError {
        KeepingError::File { path: self.path.clone(), problem }
    }
}
