//! The master key: where it comes from, and the keys that are derived from it, one for each purpose.

use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use hkdf::Hkdf;
use secrecy::{ExposeSecret as _, SecretBox};
use sha2::Sha256;

use super::embedded::guards::sync_folder;

const LENGTH: usize = 32;

/// The key that every other key is derived from. It cannot print itself.
pub struct MasterKey(SecretBox<[u8; LENGTH]>);

impl fmt::Debug for MasterKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("MasterKey(…)")
    }
}

/// What a derived key is for. No two purposes share a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Seals the records of the store.
    StoreSeal,
    /// Ties the rows of the log together.
    LogChain,
    /// Seals backups.
    Backup,
    /// Seals what a client carries between the legs of one call.
    RequestState,
}

impl Purpose {
    /// Part of what is derived; never changed.
    const fn label(self) -> &'static [u8] {
        match self {
            Self::StoreSeal => b"sluice store seal 1",
            Self::LogChain => b"sluice log chain 1",
            Self::Backup => b"sluice backup 1",
            Self::RequestState => b"sluice request state 1",
        }
    }
}

impl MasterKey {
    /// A key of these bytes.
    pub fn new(bytes: Box<[u8; LENGTH]>) -> Self {
        Self(SecretBox::new(bytes))
    }

    /// The key for that purpose: HKDF with SHA-256, RFC 5869.
    pub fn derive(&self, purpose: Purpose) -> SecretBox<[u8; LENGTH]> {
        let master = Hkdf::<Sha256>::new(None, self.0.expose_secret());
        SecretBox::init_with_mut(|derived: &mut [u8; LENGTH]| {
            // Fails only for more than 255 blocks of 32 bytes.
            let _ = master.expand(purpose.label(), derived);
        })
    }
}

/// Why there is no master key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// There is a store, but not its key.
    #[error("the key file `{}` is missing, and the store beside it cannot be read without; put the key file back", .0.display())]
    Missing(PathBuf),
    /// The file is no key.
    #[error("the key file `{}` holds {length} bytes instead of 32; put the right one back", path.display())]
    Length {
        /// Which file.
        path: PathBuf,
        /// What it holds.
        length: usize,
    },
    /// Others may use it.
    #[error("the key file `{}` may be read or written by others (mode {mode:o}); run `chmod 600` on it", path.display())]
    Open {
        /// Which file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// Another user's.
    #[error("the key file `{}` belongs to user {owner}, not to the one who runs Sluice", path.display())]
    Foreign {
        /// Which file.
        path: PathBuf,
        /// The number of its owner.
        owner: u32,
    },
    /// The system does not let us.
    #[error("the key file `{}` cannot be read or made: {source}", path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// The system's words.
        source: io::Error,
    },
}

/// A key of 32 random bytes in the file `key` of the data directory, made where neither key nor store is there.
#[derive(Clone, Debug)]
pub struct KeyFile {
    path: PathBuf,
    store: PathBuf,
}

impl KeyFile {
    /// The key file of this path, for the store in that folder.
    pub fn new(path: impl Into<PathBuf>, store: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), store: store.into() }
    }

    /// The key; always the same one.
    pub fn master(&self) -> Result<MasterKey, KeyError> {
        match File::open(&self.path) {
            Ok(file) => self.read(file),
            Err(error) if error.kind() == io::ErrorKind::NotFound => self.make(),
            Err(source) => Err(self.unreadable(source)),
        }
    }

    fn read(&self, mut file: File) -> Result<MasterKey, KeyError> {
        self.check_owner(&file)?;
        let mut read = Ok(0);
        let key = SecretBox::init_with_mut(|key: &mut [u8; LENGTH]| read = fill(&mut file, key));
        let length = read.map_err(|source| self.unreadable(source))?;
        if length == LENGTH { Ok(MasterKey(key)) } else { Err(KeyError::Length { path: self.path.clone(), length }) }
    }

    #[cfg(unix)]
    fn check_owner(&self, file: &File) -> Result<(), KeyError> {
        use std::os::unix::fs::MetadataExt as _;
        let found = file.metadata().map_err(|source| self.unreadable(source))?;
        let (mode, owner) = (found.mode() & 0o7777, found.uid());
        if owner != rustix::process::geteuid().as_raw() {
            return Err(KeyError::Foreign { path: self.path.clone(), owner });
        }
        if mode & 0o077 != 0 {
            return Err(KeyError::Open { path: self.path.clone(), mode });
        }
        Ok(())
    }

    #[cfg(not(unix))]
    #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "the folder of the user is his own there")]
    fn check_owner(&self, _file: &File) -> Result<(), KeyError> {
        Ok(())
    }

    fn make(&self) -> Result<MasterKey, KeyError> {
        if self.store.exists() {
            return Err(KeyError::Missing(self.path.clone()));
        }
        let mut made = Ok(());
        let key = SecretBox::init_with_mut(|key: &mut [u8; LENGTH]| made = getrandom::fill(key));
        made.map_err(|error| self.unreadable(io::Error::other(error)))?;
        write_new(&self.path, key.expose_secret()).map_err(|source| self.unreadable(source))?;
        Ok(MasterKey(key))
    }

    fn unreadable(&self, source: io::Error) -> KeyError {
        KeyError::Unreadable { path: self.path.clone(), source }
    }
}

/// Reads as many bytes as fit and says how many there are, one too many at most.
fn fill(file: &mut File, bytes: &mut [u8; LENGTH]) -> io::Result<usize> {
    let mut length = 0;
    while let Some(rest) = bytes.get_mut(length..).filter(|rest| !rest.is_empty()) {
        match file.read(rest)? {
            0 => return Ok(length),
            more => length += more,
        }
    }
    Ok(length + file.read(&mut [0])?)
}

/// Makes a file that only its owner may use, durably; it must not be there yet.
pub(in crate::store) fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = create_new(path)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    path.parent().map_or(Ok(()), sync_folder)
}

/// A new file that only its owner may use.
pub(in crate::store) fn create_new(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)
}
