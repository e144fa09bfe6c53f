//! The profile an agent runs under: a file, or one that comes with Sluice.

use std::fmt;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::Settings;
use super::declared::PROFILE;
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
    /// The profile that is set.
    pub fn profile(&self) -> ProfileName {
        let written = self.get(&PROFILE).map_or("read-only", |given| given.value.as_str());
        ProfileName::of(written, |_| self.path(&PROFILE).unwrap_or_default())
    }
}

/// Which profile: one that comes with Sluice, or a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProfileName {
    /// One that comes with Sluice, by its name.
    Shipped(String),
    /// A file, found from the folder the process runs in.
    File(PathBuf),
}

impl ProfileName {
    /// What was written: the name of a shipped profile is never taken for a file, all else is one, and `place` says
    /// where.
    pub fn of(written: &str, place: impl FnOnce(&str) -> PathBuf) -> Self {
        match shipped::shipped(written) {
            Some(_) => Self::Shipped(written.to_owned()),
            None => Self::File(place(written)),
        }
    }

    /// The name as records keep it.
    pub fn kept(&self) -> String {
        // Names and paths that came out of text can be written as text again; another path is read from nowhere.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The name that a record kept.
    pub fn of_kept(kept: &str) -> Option<Self> {
        serde_json::from_str(kept).ok()
    }

    /// Reads the profile as it is now.
    pub fn read(&self, known_tools: &[&str]) -> Result<Source, ProfileError> {
        match self {
            Self::Shipped(name) => read_profile(Path::new(name), known_tools),
            Self::File(path) => {
                read_source(&contents(path)?, &path.to_string_lossy(), known_tools).map_err(ProfileError::Mistakes)
            }
        }
    }
}

impl fmt::Display for ProfileName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Shipped(name) => formatter.write_str(name),
            Self::File(path) => path.display().fmt(formatter),
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
