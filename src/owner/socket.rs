//! The owner's socket: one per data directory, for processes of the same user alone.

use std::fs::Permissions;
use std::io::{Error, ErrorKind};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{DirBuilderExt as _, FileTypeExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use tokio::net::{UnixListener, UnixStream};

use super::lock::{Holder, Lock, LockError, is_exposed};
use crate::domain::digest::Digest;

/// The socket's name in the data directory.
const NAME: &str = "control.sock";
/// Longest path of a socket that every system takes, in bytes; macOS has room for 103, Linux for 107.
const LONGEST: usize = 100;

/// A connection over the socket.
pub(super) type Connection = UnixStream;

/// Where the owner listens. The socket's file goes when the value does; drop it before the lock.
#[derive(Debug)]
pub struct Listener {
    listener: UnixListener,
    path: PathBuf,
}

/// Why the owner cannot listen.
#[derive(Debug, thiserror::Error)]
pub enum SocketError {
    /// The socket cannot be made.
    #[error("the control socket `{}` cannot be made: {source}", path.display())]
    Unusable {
        /// Where.
        path: PathBuf,
        /// The system's words.
        source: Error,
    },
    /// It cannot be said where the socket is.
    #[error(transparent)]
    Lock(#[from] LockError),
}

impl Listener {
    /// Listens for whoever wants the owner of this lock, in the place of a socket that a former owner left behind.
    ///
    /// Where the path in the data directory would be too long, the socket is in `runtime`, the user's runtime
    /// directory, or else in a folder of the user's own among temporary files. Needs a Tokio runtime.
    pub fn bind(lock: &mut Lock, runtime: Option<&Path>) -> Result<Self, SocketError> {
        let path = place(lock.folder(), runtime)
            .map_err(|source| SocketError::Unusable { path: lock.folder().join(NAME), source })?;
        let made = remove_socket(&path).and_then(|()| UnixListener::bind(&path));
        let listener = made.map_err(|source| SocketError::Unusable { path: path.clone(), source })?;
        // From here on the file goes with the value.
        let listener = Self { listener, path };
        std::fs::set_permissions(&listener.path, Permissions::from_mode(0o600))
            .map_err(|source| SocketError::Unusable { path: listener.path.clone(), source })?;
        if !listener.path.starts_with(lock.folder()) {
            lock.announce(&listener.path)?;
        }
        Ok(listener)
    }

    /// The next connection of a process of this user. Others are shown the door.
    pub(super) async fn accept(&self) -> Result<Connection, Error> {
        loop {
            let (connection, _) = self.listener.accept().await?;
            match is_ours(&connection) {
                Ok(true) => return Ok(connection),
                Ok(false) => tracing::warn!("another user's process tried the control socket"),
                Err(error) => tracing::warn!(%error, "nobody knows whose process tried the control socket"),
            }
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        if let Err(error) = remove_socket(&self.path) {
            tracing::debug!(%error, "the control socket stays behind");
        }
    }
}

/// Connects to whoever holds the data directory, if that is a process of this user.
pub(super) async fn connect(folder: &Path, holder: Option<&Holder>) -> Result<Connection, Error> {
    let announced = holder.and_then(|holder| holder.socket.clone());
    let connection = UnixStream::connect(announced.unwrap_or_else(|| folder.join(NAME))).await?;
    // What goes out over it holds credentials.
    if is_ours(&connection)? { Ok(connection) } else { Err(ErrorKind::PermissionDenied.into()) }
}

fn is_ours(connection: &Connection) -> Result<bool, Error> {
    Ok(is_same_user(connection.peer_cred()?.uid(), rustix::process::geteuid().as_raw()))
}

/// Root is no exception: it has its own data directory.
fn is_same_user(peer: u32, own: u32) -> bool {
    peer == own
}

fn place(folder: &Path, runtime: Option<&Path>) -> Result<PathBuf, Error> {
    let fits = |path: &Path| path.as_os_str().as_bytes().len() <= LONGEST;
    let inside = folder.join(NAME);
    if fits(&inside) {
        return Ok(inside);
    }
    let digest = Digest::of([folder.as_os_str().as_bytes()]).to_string();
    let name = format!("sluice-{}.sock", digest.get(..16).unwrap_or_default());
    let in_runtime = runtime.filter(|runtime| is_exposed(runtime).is_ok_and(|exposed| !exposed));
    if let Some(path) = in_runtime.map(|runtime| runtime.join(&name)).filter(|path| fits(path)) {
        return Ok(path);
    }
    let own = Path::new("/tmp").join(format!("sluice-{}", rustix::process::geteuid().as_raw()));
    match std::fs::DirBuilder::new().mode(0o700).create(&own) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    if is_exposed(&own)? {
        return Err(Error::new(ErrorKind::PermissionDenied, format!("`{}` belongs to others", own.display())));
    }
    Ok(own.join(name))
}

/// Removes a socket; anything else stays.
fn remove_socket(path: &Path) -> Result<(), Error> {
    match std::fs::symlink_metadata(path) {
        Ok(about) if about.file_type().is_socket() => std::fs::remove_file(path),
        Ok(_) => Err(ErrorKind::AlreadyExists.into()),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_user_is_let_in() {
        assert!(is_same_user(1000, 1000) && is_same_user(0, 0));
        assert!(!is_same_user(0, 1000) && !is_same_user(1000, 0) && !is_same_user(1001, 1000));
    }

    #[test]
    fn a_path_too_long_for_a_socket_is_replaced_by_a_short_one_of_its_own() {
        let short = Path::new("/home/me/.local/state/sluice");
        assert_eq!(place(short, None).unwrap(), short.join(NAME));
        let [one, other] = ["a", "b"].map(|sign| PathBuf::from("/").join(sign.repeat(LONGEST)));
        assert!(place(&one, None).unwrap().as_os_str().len() <= LONGEST);
        assert_ne!(place(&one, None).unwrap(), place(&other, None).unwrap());
    }

    #[test]
    fn what_is_no_socket_is_not_removed() {
        let file = std::env::temp_dir().join(format!("sluice-test-{}", std::process::id()));
        std::fs::write(&file, "kept").unwrap();
        assert!(remove_socket(&file).is_err());
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "kept");
        std::fs::remove_file(&file).unwrap();
        assert!(remove_socket(&file).is_ok());
    }
}
