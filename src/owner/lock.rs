//! The lock of a data directory: a file that one process at a time holds, and that says who.

use std::fmt;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Error, ErrorKind, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The lock file's name in the data directory.
const NAME: &str = "lock";
/// What is written into it is never longer.
const LONGEST: u64 = 4096;

/// The right to use a data directory, as long as the value lives. The system takes it back when the process ends,
/// however it ends.
#[derive(Debug)]
pub struct Lock {
    file: File,
    folder: PathBuf,
    holder: Holder,
}

/// Who holds a data directory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// Process id.
    pub pid: u32,
    /// What it does, as one would type it: `serve --stdio`.
    pub what: String,
    /// Version of Sluice.
    pub version: String,
    /// Since when.
    pub since: Timestamp,
    /// Where its socket is, if not in the data directory itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub socket: Option<PathBuf>,
}

impl fmt::Display for Holder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pid, what, version, since, socket: _ } = self;
        write!(formatter, "`{what}` (process {pid}, version {version}, since {since:.0})")
    }
}

/// Why a data directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Somebody else has it.
    #[error("the data directory `{}` is in use by {}; end that or name another with `--data-dir`",
        folder.display(), by.as_ref().map_or_else(|| "another process".to_owned(), ToString::to_string))]
    Held {
        /// Which.
        folder: PathBuf,
        /// Who, where it can be read.
        by: Option<Box<Holder>>,
    },
    /// Others may change what is in it.
    #[error("the data directory `{}` can be changed by others; name a folder inside it that only you can write to, \
        or `chmod 700` it", folder.display())]
    Exposed {
        /// Which.
        folder: PathBuf,
    },
    /// It cannot be made, opened or written to.
    #[error("the data directory `{}` cannot be used: {source}; {}", folder.display(), remedy(source))]
    Unusable {
        /// Which.
        folder: PathBuf,
        /// The system's words.
        source: Error,
    },
    /// Its file system has no locks.
    #[error("the data directory `{}` cannot be locked: {source}; name one on a local disk with `--data-dir`, network \
        file systems may have no locks", folder.display())]
    NoLocks {
        /// Which.
        folder: PathBuf,
        /// The system's words.
        source: Error,
    },
}

fn remedy(error: &Error) -> &'static str {
    match error.kind() {
        ErrorKind::PermissionDenied => "give it to the account that runs Sluice, or name another with `--data-dir`",
        ErrorKind::ReadOnlyFilesystem => "its disk is read-only, name another with `--data-dir`",
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "make room on its disk",
        ErrorKind::NotADirectory | ErrorKind::AlreadyExists => "a file is in its way",
        _ => "name another with `--data-dir`",
    }
}

impl Lock {
    /// Takes the lock without waiting, making the folder where there is none. `what` is what the holder does, as one
    /// would type it.
    pub fn take(folder: &Path, what: &str, now: Timestamp) -> Result<Self, LockError> {
        let unusable = |source| LockError::Unusable { folder: folder.to_owned(), source };
        prepare(folder).map_err(unusable)?;
        let folder = folder.canonicalize().map_err(unusable)?;
        if is_exposed(&folder).map_err(unusable)? {
            return Err(LockError::Exposed { folder });
        }
        let file = open(&folder.join(NAME)).map_err(unusable)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let by = holder(&folder).map(Box::new);
                return Err(LockError::Held { folder, by });
            }
            Err(TryLockError::Error(source)) => return Err(LockError::NoLocks { folder, source }),
        }
        let holder = Holder {
            pid: std::process::id(),
            what: what.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            since: now,
            socket: None,
        };
        let mut lock = Self { file, folder, holder };
        lock.write()?;
        Ok(lock)
    }

    /// The data directory, without links in its path.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Says where the owner listens, where that is not in the data directory.
    pub(super) fn announce(&mut self, socket: &Path) -> Result<(), LockError> {
        self.holder.socket = Some(socket.to_owned());
        self.write()
    }

    fn write(&mut self) -> Result<(), LockError> {
        let written = || -> Result<(), Error> {
            let text = serde_json::to_vec(&self.holder)?;
            self.file.set_len(0)?;
            self.file.rewind()?;
            self.file.write_all(&text)
        };
        let mut written = written;
        written().map_err(|source| LockError::Unusable { folder: self.folder.clone(), source })
    }
}

/// Who holds the data directory, by the word of whoever held it last.
fn holder(folder: &Path) -> Option<Holder> {
    let mut text = Vec::new();
    File::open(folder.join(NAME)).ok()?.take(LONGEST).read_to_end(&mut text).ok()?;
    serde_json::from_slice(&text).ok()
}

#[cfg(unix)]
fn prepare(folder: &Path) -> Result<(), Error> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn prepare(folder: &Path) -> Result<(), Error> {
    std::fs::create_dir_all(folder)
}

/// Whether somebody else may put things into a folder.
#[cfg(unix)]
pub(super) fn is_exposed(folder: &Path) -> Result<bool, Error> {
    use std::os::unix::fs::MetadataExt as _;
    let about = std::fs::symlink_metadata(folder)?;
    let owner_is_known = [0, rustix::process::geteuid().as_raw()].contains(&about.uid());
    Ok(!about.is_dir() || !owner_is_known || about.mode() & 0o022 != 0)
}

#[cfg(not(unix))]
fn is_exposed(_: &Path) -> Result<bool, Error> {
    Ok(false)
}

#[cfg(unix)]
fn open(path: &Path) -> Result<File, Error> {
    use std::os::unix::fs::OpenOptionsExt as _;
    OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)
}

#[cfg(not(unix))]
fn open(path: &Path) -> Result<File, Error> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path)
}
