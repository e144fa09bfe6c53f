//! Where the system has no sockets in its file system that tell whose they are: nobody can be let in.

use std::io::{Error, ErrorKind};
use std::path::Path;

use tokio::io::DuplexStream;

use crate::owner::lock::{Holder, Lock, LockError};

/// A connection over the socket; there is never one.
pub(super) type Connection = DuplexStream;

/// A door that stays shut.
#[derive(Debug)]
pub struct Listener;

/// Why the owner cannot listen.
#[derive(Debug, thiserror::Error)]
pub enum SocketError {
    /// It cannot be said where the socket is.
    #[error(transparent)]
    Lock(#[from] LockError),
}

impl Listener {
    /// Nothing listens; a second process refuses, naming the first.
    pub fn bind(_: &mut Lock, _: Option<&Path>) -> Result<Self, SocketError> {
        Ok(Self)
    }

    pub(super) async fn accept(&self) -> Result<Connection, Error> {
        std::future::pending().await
    }
}

pub(super) async fn connect(_: &Path, _: Option<&Holder>) -> Result<Connection, Error> {
    Err(ErrorKind::Unsupported.into())
}
