//! Why a data key cannot be wrapped, unwrapped or used.

use std::path::PathBuf;

use crate::config::ConfigError;
use crate::outside::OutsideError;

/// A data key cannot be wrapped, unwrapped or used; each message says where and what to do.
#[derive(Debug, thiserror::Error)]
pub enum KeepingError {
    /// The system gives no random bytes.
    #[error("the system gives no random bytes: {0}")]
    Random(String),
    /// Something sealed or wrapped does not open.
    #[error("it does not open with {key}: it was changed, or sealed under another key")]
    Broken {
        /// Which key, in words.
        key: String,
    },
    /// Wrapped by a provider that the settings do not name.
    #[error("its key is kept by {wanted}, which the settings do not name: {remedy}")]
    Elsewhere {
        /// Whose it is, in words.
        wanted: String,
        /// How to name it.
        remedy: &'static str,
    },
    /// A file that cannot be used.
    #[error("the key file `{}` {problem}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What is wrong, and what to do.
        problem: String,
    },
    /// The settings do not say who keeps keys.
    #[error(transparent)]
    Settings(#[from] ConfigError),
    /// Nobody outside can be asked.
    #[error(transparent)]
    Outside(#[from] OutsideError),
    /// A provider that does not answer, or not well.
    #[error("{provider}: {problem}")]
    Provider {
        /// Which, in words.
        provider: String,
        /// What is wrong, and what to do.
        problem: String,
    },
}
