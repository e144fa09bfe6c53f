//! The environment variables of the process, read once.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

use super::declared::{ALL, CONFIG_DIR_VARIABLE, CONFIG_VARIABLE};
use super::error::ConfigError;

/// Environment variables by name. An empty one counts as not set.
#[derive(Clone, Default)]
pub struct Environment(BTreeMap<OsString, OsString>);

impl Environment {
    /// The process's own.
    pub fn of_process() -> Self {
        std::env::vars_os().collect()
    }

    /// A variable's value.
    pub fn get(&self, name: &'static str) -> Result<Option<String>, ConfigError> {
        let value = self.raw(name).map(|value| value.clone().into_string()).transpose();
        value.map_err(|_| ConfigError::NotText { variable: name })
    }

    /// A variable that holds a path.
    pub fn path(&self, name: &str) -> Option<PathBuf> {
        self.raw(name).map(PathBuf::from)
    }

    /// Whether a variable is set.
    pub fn has(&self, name: &str) -> bool {
        self.raw(name).is_some()
    }

    /// Names that begin with `SLUICE_` and that nothing reads.
    pub fn unknown(&self) -> Vec<String> {
        let known = |name: &str| {
            name == CONFIG_VARIABLE || name == CONFIG_DIR_VARIABLE || ALL.iter().any(|setting| setting.variable == name)
        };
        let names = self.0.keys().filter_map(|name| name.to_str());
        names.filter(|name| name.starts_with("SLUICE_") && !known(name)).map(str::to_owned).collect()
    }

    /// What a program we start may see: everything but our own variables.
    pub fn without_ours(&self) -> Vec<(OsString, OsString)> {
        let ours = |name: &OsString| name.to_string_lossy().to_uppercase().starts_with("SLUICE_");
        self.0.iter().filter(|(name, _)| !ours(name)).map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    fn raw(&self, name: &str) -> Option<&OsString> {
        self.0.get(&OsString::from(name)).filter(|value| !value.is_empty())
    }
}

impl<Name: Into<OsString>, Value: Into<OsString>> FromIterator<(Name, Value)> for Environment {
    fn from_iter<I: IntoIterator<Item = (Name, Value)>>(variables: I) -> Self {
        Self(variables.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}
