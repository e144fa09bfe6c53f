//! Keeps other processes from a connection while its tokens are renewed.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::clock::Clock;

/// How long another process may take. A renewal has at most half of it.
const PATIENCE: Duration = Duration::from_mins(1);
/// How often it is tried.
const TRY: Duration = Duration::from_millis(25);

/// A locked file; the system lets it go with the process, however that ends.
pub struct Lock {
    path: PathBuf,
    file: File,
}

impl Lock {
    /// Waits for the lock; `None` where another process keeps it too long.
    pub(in crate::connect) async fn take(path: &Path, clock: &dyn Clock) -> io::Result<Option<Self>> {
        let since = clock.steady();
        loop {
            if let Some(lock) = Self::attempt(path)? {
                return Ok(Some(lock));
            }
            if clock.steady().saturating_sub(since) >= PATIENCE {
                return Ok(None);
            }
            clock.sleep(TRY).await;
        }
    }

    fn attempt(path: &Path) -> io::Result<Option<Self>> {
        let mut options = File::options();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        // Whoever had it before may have removed it: then somebody else has locked the file that bears its name now.
        Ok(is_at(&file, path).then(|| Self { path: path.to_owned(), file }))
    }

    /// Removes the file, and lets it go.
    pub(in crate::connect) fn remove(self) -> io::Result<()> {
        fs::remove_file(&self.path)?;
        self.file.unlock()
    }
}

#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let which = |found: fs::Metadata| (found.dev(), found.ino());
    let at_path = fs::metadata(path).map(which).ok();
    at_path.is_some() && file.metadata().map(which).ok() == at_path
}

#[cfg(not(unix))]
fn is_at(_file: &File, path: &Path) -> bool {
    path.exists()
}
