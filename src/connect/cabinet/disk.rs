//! Files that are their owner's alone, put in place at once, and overwritten before they go.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::Path;

/// No more than this is overwritten, in bytes: no file here is longer.
const LONGEST: u64 = 256 * 1024;

/// Overwrites the file at a path, where there is one.
pub(super) fn blank(path: &Path) -> io::Result<()> {
    match options().write(true).open(path) {
        Ok(file) => overwrite(file),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// Puts zeros over a file's bytes. Where the disk writes them elsewhere, what was there needs a key all the same.
pub(super) fn overwrite(mut file: File) -> io::Result<()> {
    let length = usize::try_from(file.metadata()?.len().min(LONGEST)).unwrap_or_default();
    file.write_all(&vec![0; length])?;
    file.sync_all()
}

/// What is gone already need not be removed.
pub(super) fn missing_is_fine(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// A file for its owner alone; what was left there by a process that ended early goes.
pub(super) fn new_file(path: &Path) -> io::Result<File> {
    missing_is_fine(fs::remove_file(path))?;
    let mut options = options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Opens no links.
pub(super) fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(
        &mut options,
        i32::try_from(rustix::fs::OFlags::NOFOLLOW.bits()).unwrap_or_default(),
    );
    options
}

/// Whether a file is its owner's alone, and ours; in words what is wrong where it is not.
#[cfg(unix)]
pub(super) fn own(file: &File) -> io::Result<Result<(), String>> {
    use std::os::unix::fs::MetadataExt as _;
    let found = file.metadata()?;
    let mode = found.mode() & 0o7777;
    Ok(match () {
        () if found.uid() != rustix::process::geteuid().as_raw() => {
            Err(format!("belongs to user {}, not to the one who runs Sluice", found.uid()))
        }
        () if mode & 0o077 != 0 => {
            Err(format!("may be read or written by others (mode {mode:o}); run `chmod 600` on it"))
        }
        () => Ok(()),
    })
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "the folder of the user is his own there")]
pub(super) fn own(_file: &File) -> io::Result<Result<(), String>> {
    Ok(Ok(()))
}

/// Makes the names in a folder durable.
#[cfg(unix)]
pub(super) fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "folders cannot be opened there, and their names are journalled")]
pub(super) fn sync(_folder: &Path) -> io::Result<()> {
    Ok(())
}
