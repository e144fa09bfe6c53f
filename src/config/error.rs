//! What can be wrong with settings, always naming the setting and where its value stands.

use std::path::PathBuf;

use url::Url;

use super::profile::ProfileError;
use super::{Given, Kind, Setting};
use crate::policy::file::Mistake;

/// The settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// Mistakes in `sluice.toml`, one line each.
    #[error("{}", lines(.0))]
    Mistakes(Vec<Mistake>),
    /// A file or folder that cannot be read.
    #[error("`{}` (from {named_by}) cannot be read: {}", path.display(), source)]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// The flag, variable or key.
        named_by: String,
        /// The system's words.
        source: std::io::Error,
    },
    /// A variable whose value is not Unicode.
    #[error("the variable `{variable}` is not valid Unicode")]
    NotText {
        /// Which.
        variable: &'static str,
    },
    /// A value that cannot be right.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// The profile cannot be used.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// Something needed was not said.
    #[error("{what} is not set; {remedy}")]
    Missing {
        /// What.
        what: &'static str,
        /// How to say it.
        remedy: &'static str,
    },
    /// Two settings contradict each other.
    #[error("{0}")]
    Contradiction(String),
}

/// A value that cannot be right; a secret is not repeated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem} ({key} from {origin})")]
pub struct SettingError {
    /// The setting.
    key: &'static str,
    /// Where the value came from.
    origin: String,
    /// What is wrong, with the value where it may be shown.
    problem: String,
}

impl SettingError {
    /// `problem` says in a few words what is wrong.
    pub(super) fn of(setting: &'static Setting, given: &Given, problem: impl AsRef<str>) -> Self {
        let value = match (setting.kind, given.value.rsplit_once('@')) {
            (Kind::Secret, _) => "…".to_owned(),
            (Kind::Address, _) => host_of(&given.value),
            // What stands before the host of an address may be a password.
            (_, Some((address, host))) if address.contains("://") => format!("…@{host}"),
            _ => given.value.clone(),
        };
        let value: String = value.chars().filter(|sign| !sign.is_control() && *sign != '`').take(120).collect();
        Self::said(setting, given, format!("`{value}` cannot be right: {}", problem.as_ref()))
    }

    /// `sentence` says it all.
    pub(super) fn said(setting: &'static Setting, given: &Given, sentence: String) -> Self {
        Self { key: setting.key, origin: given.origin.to_string(), problem: sentence }
    }
}

/// As much of an address as may be shown.
pub(crate) fn host_of(address: &str) -> String {
    Url::parse(address)
        .map_or("…".to_owned(), |url| format!("{}://{}/…", url.scheme(), url.host_str().unwrap_or_default()))
}

fn lines(mistakes: &[Mistake]) -> String {
    mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}
