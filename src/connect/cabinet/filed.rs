//! What a cabinet holds: anything that people call by a name and that is sealed into one file.

use super::Unreadable;
use crate::connect::record::ConnectionName;
use crate::connect::sealed::Sealed;
use crate::keys::WrappedKey;

/// What a cabinet holds files of.
pub trait Filed: Sized {
    /// How the files end.
    const ENDING: &'static str;
    /// Whose files they are, in messages: such as ``connection's``.
    const WHOSE: &'static str;

    /// What people call it; its file has that name.
    fn name(&self) -> &ConnectionName;

    /// Its wrapped data key, where it has secrets.
    fn wrapped_key(&self) -> Option<&WrappedKey>;

    /// As it is written.
    fn bytes(&self) -> Vec<u8>;

    /// What [`bytes`](Self::bytes) wrote.
    fn read(bytes: &[u8]) -> Result<Self, Unreadable>;
}

impl Filed for Sealed {
    const ENDING: &'static str = ".connection";
    const WHOSE: &'static str = "connection's";

    fn name(&self) -> &ConnectionName {
        &self.connection.name
    }

    fn wrapped_key(&self) -> Option<&WrappedKey> {
        Some(&self.key)
    }

    fn bytes(&self) -> Vec<u8> {
        Self::bytes(self)
    }

    fn read(bytes: &[u8]) -> Result<Self, Unreadable> {
        Self::read(bytes)
    }
}
