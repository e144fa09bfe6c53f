//! The profile an agent runs under: a file, or one that comes with Sluice.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::declared::PROFILE;
use super::{ConfigError, Settings};
use crate::policy::file::{LONGEST_FILE, Mistake, Source, read_source, shipped};

/// The profile cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ProfileError {
    /// No file and no shipped profile of that name.
    #[error("there is no profile file `{}`, and no shipped profile of that name ({})", path.display(), names())]
    Absent {
        /// What was asked for.
        path: PathBuf,
    },
    /// The file cannot be read.
    #[error("the profile file `{}` cannot be read: {source}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// The system's words.
        source: std::io::Error,
    },
    /// Mistakes in the file, one line each.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Mistakes(Vec<Mistake>),
}

impl Settings {
    /// The profile that is set. A name that stands for a shipped profile is never taken for a file.
    pub fn profile(&self, known_tools: &[&str]) -> Result<Source, ConfigError> {
        let written = self.get(&PROFILE).map_or("read-only", |given| given.value.as_str());
        match (shipped::shipped(written), self.path(&PROFILE)) {
            (None, Some(path)) => Ok(read_profile(&path, known_tools)?),
            _ => Ok(read_profile(Path::new(written), known_tools)?),
        }
    }
}

/// Reads a profile file, or the shipped profile of that name.
pub fn read_profile(path: &Path, known_tools: &[&str]) -> Result<Source, ProfileError> {
    let named = path.to_string_lossy();
    let text = match shipped::shipped(&named) {
        Some(text) => text.to_owned(),
        None => contents(path)?,
    };
    read_source(&text, &named, known_tools).map_err(ProfileError::Mistakes)
}

fn contents(path: &Path) -> Result<String, ProfileError> {
    let failed = |source: std::io::Error| match source.kind() {
        std::io::ErrorKind::NotFound => ProfileError::Absent { path: path.to_owned() },
        _ => ProfileError::Unreadable { path: path.to_owned(), source },
    };
    let mut text = String::new();
    // One byte more than the longest file is enough to see that a file is longer.
    let most = u64::try_from(LONGEST_FILE).unwrap_or(u64::MAX).saturating_add(1);
    std::fs::File::open(path).map_err(failed)?.take(most).read_to_string(&mut text).map_err(failed)?;
    Ok(text)
}

fn names() -> String {
    shipped::names().collect::<Vec<_>>().join(", ")
}
