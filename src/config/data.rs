//! The data directory: where it is, what lies where in it.

use std::io;
use std::path::{Path, PathBuf};

use super::declared::DATA_DIR;
use super::{ConfigError, Environment, Settings};

/// Where Sluice keeps things where no setting says so.
pub(super) fn usual(environment: &Environment) -> Option<PathBuf> {
    // The standard for these folders has relative ones ignored.
    let state = environment.path("XDG_STATE_HOME").filter(|path| path.is_absolute());
    let folder = state
        .or_else(|| environment.path("LOCALAPPDATA"))
        .or_else(|| environment.path("HOME").map(|home| home.join(".local").join("state")));
    folder.map(|folder| folder.join("sluice"))
}

/// The folder for what Sluice keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataFolder(PathBuf);

impl Settings {
    /// The folder for what Sluice keeps; it need not be there.
    pub fn data_folder(&self) -> Result<DataFolder, ConfigError> {
        let folder = self.path(&DATA_DIR).or_else(|| self.data.clone());
        folder.map(DataFolder).ok_or(ConfigError::Missing {
            what: "the folder for what Sluice keeps",
            remedy: "give `--data-dir`, SLUICE_DATA_DIR or HOME",
        })
    }
}

impl DataFolder {
    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The key file.
    pub fn key(&self) -> PathBuf {
        self.0.join("key")
    }

    /// The folder of the store.
    pub fn store(&self) -> PathBuf {
        self.0.join("store")
    }

    /// The lock of whoever owns the folder.
    pub fn lock(&self) -> PathBuf {
        self.0.join("lock")
    }

    /// The folder of audit rows that are no longer in the store.
    pub fn audit(&self) -> PathBuf {
        self.0.join("audit")
    }

    /// The folder of connections.
    pub fn connections(&self) -> PathBuf {
        self.0.join("connections")
    }

    /// The folder of other sources of documentation.
    pub fn sources(&self) -> PathBuf {
        self.0.join("sources")
    }

    /// The folder of all local indexes.
    pub fn indexes(&self) -> PathBuf {
        self.0.join("index")
    }

    /// The folder of the local index of the connection with that id.
    pub fn index(&self, connection: &str) -> PathBuf {
        self.indexes().join(connection)
    }

    /// Makes the folder, and those above it, where they are not there; nobody else may look into a new one.
    pub fn create(&self) -> Result<(), ConfigError> {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        let failed = |source: io::Error| ConfigError::Unreadable {
            path: self.0.clone(),
            named_by: DATA_DIR.key.to_owned(),
            source,
        };
        builder.create(&self.0).map_err(failed)
    }
}
