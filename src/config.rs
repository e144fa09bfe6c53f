//! Settings: from `sluice.toml`, then the environment, then flags; later wins.
//!
//! Each setting is declared once, in [`declared`]; flags, variables, keys and their help follow from that. Values are
//! read here and understood where they are needed, so that a command minds only the settings it uses.

mod carried;
mod collector;
mod connection;
mod data;
pub mod declared;
mod environment;
mod error;
mod file;
mod log;
mod notices;
mod profile;
mod serving;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use secrecy::SecretString;
use secrecy::zeroize::Zeroize as _;

use crate::policy::ask::AgentId;

pub use carried::Carried;
pub use collector::CollectorSettings;
pub use connection::{
    AzureIdentity, AzureSettings, Callback, Connection, Gateway, GivenSecret, GivenSecrets, KeySettings, ProviderKind,
    SignInSettings, VaultSettings, VaultToken, WayOut,
};
pub use data::DataFolder;
pub use declared::{Kind, Setting};
pub use environment::Environment;
pub(crate) use error::host_of;
pub use error::{ConfigError, SettingError};
pub use log::{Format, Log};
pub use notices::{CommandSettings, WebhookSettings, WebhookShape};
pub use profile::{ProfileError, ProfileName, read_profile};
pub use serving::{HttpSettings, SearchVerify, SyncSettings, SyncWhen, TlsFiles};

use declared::{AGENT, ALL, APPROVER_SECRET, FOLDER, LOG, STANDARD};

/// Where a value came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Nobody said anything else.
    Default,
    /// A line of `sluice.toml`.
    File {
        /// Which file.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
    },
    /// An environment variable.
    Environment(&'static str),
    /// A flag.
    Flag(&'static str),
    /// The process that we serve for.
    Carried,
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => formatter.write_str("default"),
            Self::File { path, line } => write!(formatter, "{}:{line}", path.display()),
            Self::Environment(name) => formatter.write_str(name),
            Self::Flag(flag) => write!(formatter, "--{flag}"),
            Self::Carried => formatter.write_str("the process that asked to be served"),
        }
    }
}

/// A value and where it came from.
#[derive(Clone, PartialEq, Eq)]
pub struct Given {
    /// The value as it was written.
    pub value: String,
    /// Where.
    pub origin: Origin,
}

/// Some values are secrets, wherever they came from.
impl Drop for Given {
    fn drop(&mut self) {
        self.value.zeroize();
    }
}

impl fmt::Debug for Given {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Given(… from {})", self.origin)
    }
}

/// Values of flags by the key of their setting, and the file named by `--config`.
#[derive(Clone, Default)]
pub struct Flags {
    /// `--config FILE`.
    pub config: Option<PathBuf>,
    /// Every other flag that was given.
    pub values: BTreeMap<&'static str, String>,
}

/// All settings, merged.
#[derive(Clone, Debug)]
pub struct Settings {
    given: BTreeMap<&'static str, Given>,
    /// The file that was read, where there is one.
    pub file: Option<PathBuf>,
    /// The configuration folder, where there can be one: `agents.toml` and `approvers.toml` stand there.
    pub configuration_folder: Option<PathBuf>,
    /// What the environment calls the user of the system.
    pub user: Option<String>,
    /// Variables that begin with `SLUICE_` and mean nothing: most likely misspelt.
    pub unknown_variables: Vec<String>,
    /// Variables that other programs know as well, where they are set.
    standard: BTreeMap<&'static str, Given>,
    /// Where Sluice keeps things where nobody says anything else.
    data: Option<PathBuf>,
}

/// What holds where nobody says anything else.
fn defaults() -> BTreeMap<&'static str, Given> {
    let default = |setting: &&Setting| Some((setting.key, setting.default?));
    let given = |(key, value): (&'static str, &str)| (key, Given { value: value.to_owned(), origin: Origin::Default });
    ALL.iter().filter_map(default).map(given).collect()
}

/// Variables that other programs know as well; what is no text means nothing to us.
fn standard(environment: &Environment) -> BTreeMap<&'static str, Given> {
    let given = |name| {
        let value = environment.get(name).unwrap_or_default()?;
        Some((name, Given { value, origin: Origin::Environment(name) }))
    };
    STANDARD.into_iter().filter_map(given).collect()
}

impl Settings {
    /// Reads file, environment and flags; checks no value yet.
    pub fn load(flags: &Flags, environment: &Environment) -> Result<Self, ConfigError> {
        let mut given = defaults();
        let file = file::find(flags.config.as_deref(), environment)?;
        if let Some(path) = &file {
            given.extend(file::read(path)?);
        }
        for setting in ALL {
            if let Some(value) = environment.get(setting.variable)? {
                given.insert(setting.key, Given { value, origin: Origin::Environment(setting.variable) });
            }
            if let (Some(flag), Some(value)) = (setting.flag, flags.values.get(setting.key)) {
                given.insert(setting.key, Given { value: value.clone(), origin: Origin::Flag(flag) });
            }
        }
        let mut user = None;
        for variable in ["USER", "LOGNAME", "USERNAME"] {
            user = user.or(environment.get(variable).unwrap_or_default());
        }
        let configuration_folder = file::folder(environment);
        Ok(Self {
            given,
            file,
            configuration_folder,
            user,
            unknown_variables: environment.unknown(),
            standard: standard(environment),
            data: data::usual(environment),
        })
    }

    /// What was said about a setting.
    pub fn get(&self, setting: &Setting) -> Option<&Given> {
        self.given.get(setting.key)
    }

    /// A setting that names a file or folder; what stands in `sluice.toml` is relative to that file.
    pub fn path(&self, setting: &Setting) -> Option<PathBuf> {
        self.get(setting).map(|given| match &given.origin {
            Origin::File { path, .. } => path.parent().unwrap_or(Path::new("")).join(&given.value),
            _ => PathBuf::from(&given.value),
        })
    }

    /// How and how much is logged.
    pub fn log(&self) -> Result<Log, SettingError> {
        self.understood(&LOG, Log::read).map(Option::unwrap_or_default)
    }

    /// The agent that calls.
    pub fn agent(&self) -> Result<AgentId, SettingError> {
        let read = |name: &str| {
            if AgentId::fits(name) {
                Ok(AgentId::new(name))
            } else {
                Err("use 1 to 64 letters, digits, dots, dashes".to_owned())
            }
        };
        Ok(self.understood(&AGENT, read)?.unwrap_or_else(|| AgentId::new("local")))
    }

    /// What an approver proves with, where it is set.
    pub fn approver_secret(&self) -> Option<SecretString> {
        self.get(&APPROVER_SECRET).map(|given| SecretString::from(given.value.clone()))
    }

    /// The folder of uploads and downloads, where there is one.
    pub fn folder(&self) -> Option<PathBuf> {
        self.path(&FOLDER)
    }

    /// A value, understood by `read`, which says in a few words what is wrong with it.
    fn understood<T>(
        &self,
        setting: &'static Setting,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<Option<T>, SettingError> {
        let Some(given) = self.get(setting) else { return Ok(None) };
        read(&given.value).map(Some).map_err(|problem| SettingError::of(setting, given, problem))
    }
}
