//! The one folder that uploads may come from and downloads may go to.

/// A folder opened once; every name is resolved beneath it.
pub struct Folder;
