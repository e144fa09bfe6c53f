//! A new file on its way into the place of the one before.

use std::fs::{self, File};
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use super::disk::{options, overwrite, sync};
use super::filed::Filed;
use super::{Cabinet, CabinetError};
use crate::connect::record::ConnectionName;
use crate::connect::sealed::Sealed;

/// Room for a new file; gone with the value, unless it was filled.
pub struct Draft<'a, S = Sealed> {
    cabinet: &'a Cabinet<S>,
    name: ConnectionName,
    path: PathBuf,
    file: File,
}

impl<'a, S> Draft<'a, S> {
    pub(super) fn new(cabinet: &'a Cabinet<S>, name: &ConnectionName, path: PathBuf, file: File) -> Self {
        Self { cabinet, name: name.clone(), path, file }
    }
}

impl<S: Filed> Draft<'_, S> {
    /// Puts the file in the place of the one before, durably, and overwrites what that held.
    pub fn put(&mut self, sealed: &S) -> Result<(), CabinetError> {
        let path = self.cabinet.path(&self.name);
        self.put_at(&path, &sealed.bytes()).map_err(|source| CabinetError::System { path, source })
    }

    fn put_at(&mut self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(bytes)?;
        self.file.set_len(bytes.len() as u64)?;
        self.file.sync_all()?;
        let former = options().write(true).open(path).ok();
        fs::rename(&self.path, path)?;
        sync(&self.cabinet.folder)?;
        if let Some(former) = former
            && let Err(error) = overwrite(former)
        {
            // The new file is in place; what remains of the old one has no name any more.
            tracing::debug!(%error, "the bytes of a former file could not be overwritten");
        }
        Ok(())
    }
}

impl<S> Drop for Draft<'_, S> {
    fn drop(&mut self) {
        // Gone already where it was put in place.
        let _ = fs::remove_file(&self.path);
    }
}
