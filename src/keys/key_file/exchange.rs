//! Reads, makes and exchanges a file of secrets: whole or not at all, and for its owner alone.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use secrecy::zeroize::Zeroizing;

/// Random bytes in the name of a file that is not there yet under its own.
const SALT: usize = 8;

/// What the file holds, where nobody else may read or write it.
pub(super) fn read(path: &Path, longest: usize) -> io::Result<Zeroizing<Vec<u8>>> {
    let file = open(path)?;
    check(&file)?;
    // Never moved, so that no copy of it is left.
    let mut text = Zeroizing::new(Vec::with_capacity(longest + 1));
    let most = u64::try_from(longest).unwrap_or_default();
    file.take(most + 1).read_to_end(&mut text)?;
    if text.len() > longest { Err(io::Error::other("it is too long to be a key file")) } else { Ok(text) }
}

/// Makes the file, and the folders above it, where there is none; otherwise fails with `AlreadyExists`.
pub(super) fn make(path: &Path, text: &[u8]) -> io::Result<()> {
    let mut folders = fs::DirBuilder::new();
    folders.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut folders, 0o700);
    folders.create(folder(path))?;
    let new = beside(path)?;
    // A name of its own first, so that nobody ever finds half a key; a link never takes the place of another file.
    let made = write(&new, text).and_then(|()| fs::hard_link(&new, path));
    let cleared = fs::remove_file(&new);
    made.and(cleared)?;
    sync(folder(path))
}

/// Puts that in place of what the file held.
pub(super) fn exchange(path: &Path, text: &[u8]) -> io::Result<()> {
    let new = beside(path)?;
    if let Err(error) = write(&new, text).and_then(|()| fs::rename(&new, path)) {
        let _ = fs::remove_file(&new);
        return Err(error);
    }
    sync(folder(path))
}

/// Deletes the file, where there is one.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Ok(()) => sync(folder(path)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// The folder of a bare file name is spelt with nothing.
fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn beside(path: &Path) -> io::Result<PathBuf> {
    let mut salt = [0; SALT];
    getrandom::fill(&mut salt).map_err(io::Error::other)?;
    let name = path.file_name().ok_or_else(|| io::Error::other("it names no file"))?;
    Ok(folder(path).join(format!(".{}.{:016x}", name.to_string_lossy(), u64::from_ne_bytes(salt))))
}

fn write(path: &Path, text: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text)?;
    file.sync_all()
}

#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    use rustix::fs::{Mode, OFlags};
    // Neither a link to elsewhere nor a pipe that never answers.
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK;
    match rustix::fs::open(path, flags, Mode::empty()) {
        Ok(file) => Ok(File::from(file)),
        Err(rustix::io::Errno::LOOP) => Err(io::Error::other("it is a symbolic link; name the file itself")),
        Err(error) => Err(error.into()),
    }
}

#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<File> {
    if fs::symlink_metadata(path)?.is_symlink() {
        return Err(io::Error::other("it is a symbolic link; name the file itself"));
    }
    File::open(path)
}

#[cfg(unix)]
fn check(file: &File) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt as _;
    let found = file.metadata()?;
    let (mode, owner) = (found.mode() & 0o7777, found.uid());
    if !found.is_file() {
        return Err(io::Error::other("it is no file"));
    }
    if owner != rustix::process::geteuid().as_raw() {
        return Err(io::Error::other(format!("it belongs to user {owner}, not to the one who runs Sluice")));
    }
    if mode & 0o077 != 0 {
        let problem = format!("others may read or write it (mode {mode:o}); run `chmod 600` on it");
        return Err(io::Error::other(problem));
    }
    Ok(())
}

#[cfg(not(unix))]
fn check(file: &File) -> io::Result<()> {
    // The folder of the user is his own there.
    if file.metadata()?.is_file() { Ok(()) } else { Err(io::Error::other("it is no file")) }
}

#[cfg(unix)]
fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "folders cannot be opened there, and their names are journalled")]
fn sync(_folder: &Path) -> io::Result<()> {
    Ok(())
}
