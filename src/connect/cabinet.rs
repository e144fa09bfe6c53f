//! A folder of sealed files, one for each connection or other source: changed at once and durably, by one process at a time.

mod disk;
mod draft;
mod filed;
mod lock;

use std::fmt;
use std::fs;
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::marker::PhantomData;
use std::path::PathBuf;
use std::time::SystemTime;

use super::record::{ConnectionName, Record};
use super::sealed::{Sealed, Unreadable};
use crate::clock::Clock;
use crate::config::DataFolder;
use crate::keys::WrappedKey;
use disk::{blank, missing_is_fine, new_file, options, own, sync};

pub use draft::Draft;
pub use filed::Filed;
pub use lock::Lock;

/// Name of the file that holds the name of the default.
const DEFAULT: &str = "default";
/// A file is never longer than this, in bytes: tokens have a few thousand characters.
const LONGEST: u64 = 256 * 1024;
/// How often a file is read that is exchanged meanwhile.
const TRIES: usize = 5;
/// Room that is made sure of before new tokens are asked for, in bytes.
const ROOM: u64 = 64 * 1024;

/// Sealed files of a data directory: those of its connections, where nothing else is said.
pub struct Cabinet<S = Sealed> {
    folder: PathBuf,
    holds: PhantomData<fn() -> S>,
}

impl<S> Clone for Cabinet<S> {
    fn clone(&self) -> Self {
        Self { folder: self.folder.clone(), holds: PhantomData }
    }
}

impl<S> fmt::Debug for Cabinet<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Cabinet").field(&self.folder).finish()
    }
}

/// Something about the folder or a file in it that stands in the way.
#[derive(Debug, thiserror::Error)]
pub enum CabinetError {
    /// A file that is not as it was written; it is left as it is.
    #[error("the {whose} file `{}` {why}", path.display())]
    Unreadable {
        /// Whose files the cabinet holds.
        whose: &'static str,
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        why: Unreadable,
    },
    /// A file that others may use.
    #[error("the {whose} file `{}` {problem}", path.display())]
    Open {
        /// Whose files the cabinet holds.
        whose: &'static str,
        /// Which.
        path: PathBuf,
        /// What is wrong, and what to do.
        problem: String,
    },
    /// The system does not let us.
    #[error("`{}` cannot be read or written: {source}", path.display())]
    System {
        /// Which.
        path: PathBuf,
        /// The system's words.
        source: io::Error,
    },
    /// Another process has it, and keeps it.
    #[error("another process is renewing or changing `{0}`; try again")]
    Busy(ConnectionName),
}

/// A connection's name, with its record or with what is wrong with its file.
pub type Listed = (ConnectionName, Result<Record, CabinetError>);

/// Which bytes a file held at a moment: another stamp, other bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    modified: Option<SystemTime>,
    length: u64,
    number: u64,
}

impl Cabinet {
    /// The connections of a data directory; it need not be there.
    pub fn of(data: &DataFolder) -> Self {
        Self::at(data.connections())
    }

    /// Every connection's record, or what is wrong with its file.
    pub fn records(&self) -> Result<Vec<Listed>, CabinetError> {
        let record = |name: &ConnectionName| self.read(name).map(|sealed| Some(sealed?.connection)).transpose();
        Ok(self.names()?.into_iter().filter_map(|name| Some((name.clone(), record(&name)?))).collect())
    }
}

impl<S: Filed> Cabinet<S> {
    /// The files of a folder, which need not be there.
    pub(crate) fn at(folder: PathBuf) -> Self {
        Self { folder, holds: PhantomData }
    }

    /// The name of everything that has a file, sorted.
    pub fn names(&self) -> Result<Vec<ConnectionName>, CabinetError> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(source) => return Err(CabinetError::System { path: self.folder.clone(), source }),
        };
        let name = |entry: fs::DirEntry| entry.file_name().to_str()?.strip_suffix(S::ENDING)?.parse().ok();
        let mut names: Vec<ConnectionName> = entries.flatten().filter_map(name).collect();
        names.sort();
        Ok(names)
    }

    /// The wrapped data keys of all files that can be read.
    pub fn wrapped_keys(&self) -> Result<Vec<WrappedKey>, CabinetError> {
        let key = |name: &ConnectionName| self.read(name).ok()??.wrapped_key().cloned();
        Ok(self.names()?.iter().filter_map(key).collect())
    }

    /// The file of that name; `None` where there is none.
    pub fn read(&self, name: &ConnectionName) -> Result<Option<S>, CabinetError> {
        for _ in 1..TRIES {
            let before = self.stamp(name);
            match self.read_once(name) {
                // Between opening and reading it another took its place, and what it held was overwritten.
                Err(CabinetError::Unreadable { .. }) if self.stamp(name) != before => {}
                read => return read,
            }
        }
        self.read_once(name)
    }

    fn read_once(&self, name: &ConnectionName) -> Result<Option<S>, CabinetError> {
        let (path, whose) = (self.path(name), S::WHOSE);
        let system = |source| CabinetError::System { path: path.clone(), source };
        let file = match options().read(true).open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(system(source)),
        };
        own(&file).map_err(system)?.map_err(|problem| CabinetError::Open { whose, path: path.clone(), problem })?;
        let mut bytes = Vec::new();
        file.take(LONGEST).read_to_end(&mut bytes).map_err(system)?;
        let unreadable = |why| CabinetError::Unreadable { whose, path: path.clone(), why };
        let sealed = S::read(&bytes).map_err(unreadable)?;
        if sealed.name() != name {
            let why = format!("is the file of `{}`; give it back its name", sealed.name());
            return Err(unreadable(Unreadable::Damaged(why)));
        }
        Ok(Some(sealed))
    }

    /// What stands in the file of that name now, without reading it; `None` where there is none.
    pub fn stamp(&self, name: &ConnectionName) -> Option<Stamp> {
        let found = fs::symlink_metadata(self.path(name)).ok()?;
        #[cfg(unix)]
        let number = std::os::unix::fs::MetadataExt::ino(&found);
        #[cfg(not(unix))]
        let number = 0;
        Some(Stamp { modified: found.modified().ok(), length: found.len(), number })
    }

    /// The connection that is used where nobody names one: the one that was chosen. Once that is gone nobody is sent to
    /// another site unasked.
    pub fn default(&self) -> Option<ConnectionName> {
        let chosen = fs::read_to_string(self.folder.join(DEFAULT)).ok().and_then(|name| name.trim().parse().ok());
        chosen.filter(|name| self.stamp(name).is_some())
    }

    /// Makes a connection the default.
    pub fn choose(&self, name: &ConnectionName) -> Result<(), CabinetError> {
        let path = self.folder.join(DEFAULT);
        let draft = self.folder.join(".default.new");
        let written = new_file(&draft).and_then(|mut file| {
            file.write_all(format!("{name}\n").as_bytes())?;
            file.sync_all()?;
            fs::rename(&draft, &path)?;
            sync(&self.folder)
        });
        written.map_err(|source| CabinetError::System { path, source })
    }

    /// Waits until no other process changes the file of that name, and keeps others from it as long as the lock lives.
    pub async fn lock(&self, name: &ConnectionName, clock: &dyn Clock) -> Result<Lock, CabinetError> {
        self.make().map_err(|source| CabinetError::System { path: self.folder.clone(), source })?;
        let path = self.folder.join(format!("{name}.lock"));
        match Lock::take(&path, clock).await {
            Ok(Some(lock)) => Ok(lock),
            Ok(None) => Err(CabinetError::Busy(name.clone())),
            Err(source) => Err(CabinetError::System { path, source }),
        }
    }

    /// Makes sure of the room for a new file, so that a full disk or a folder that cannot be written is noticed before
    /// anything is asked for that has to be kept. Whoever calls holds the lock.
    pub fn reserve(&self, name: &ConnectionName) -> Result<Draft<'_, S>, CabinetError> {
        let path = self.folder.join(format!(".{name}.new"));
        let reserved = new_file(&path).and_then(|mut file| {
            let zeros = [0; 4096];
            for _ in 0..ROOM / 4096 {
                file.write_all(&zeros)?;
            }
            file.sync_all()?;
            Ok(file)
        });
        match reserved {
            Ok(file) => Ok(Draft::new(self, name, path, file)),
            Err(source) => {
                let _ = fs::remove_file(&path);
                Err(CabinetError::System { path, source })
            }
        }
    }

    /// Forgets what has that name: its bytes are overwritten before its file goes. Whoever calls holds the lock, which goes as
    /// well.
    pub fn remove(&self, name: &ConnectionName, lock: Lock) -> Result<(), CabinetError> {
        let path = self.path(name);
        let removed = blank(&path).and_then(|()| {
            for gone in [path.clone(), self.folder.join(format!(".{name}.new"))] {
                missing_is_fine(fs::remove_file(gone))?;
            }
            if fs::read_to_string(self.folder.join(DEFAULT)).is_ok_and(|chosen| chosen.trim() == name.as_str()) {
                missing_is_fine(fs::remove_file(self.folder.join(DEFAULT)))?;
            }
            lock.remove()?;
            sync(&self.folder)
        });
        removed.map_err(|source| CabinetError::System { path, source })
    }

    /// Where the file of that name is.
    pub(crate) fn path(&self, name: &ConnectionName) -> PathBuf {
        self.folder.join(format!("{name}{}", S::ENDING))
    }

    fn make(&self) -> io::Result<()> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&self.folder)
    }
}
