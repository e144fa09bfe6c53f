//! Settings on their way to the process that owns the data directory, which serves in our place.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret as _, SecretString};

use super::declared::{ALL, API_TOKEN, API_TOKEN_FILE, BEARER_TOKEN, BEARER_TOKEN_FILE, DATA_DIR, KEYS, LOG, PROFILE};
use super::{ConfigError, Given, Kind, Origin, Setting, Settings};
use crate::policy::file::shipped;

/// Settings by key: agent, profile, site, account, and what it signs in with.
///
/// They mean the same in any folder: paths are absolute, and secrets have been read from the files that hold them.
#[derive(Clone)]
pub struct Carried {
    /// Those that may be seen.
    pub values: BTreeMap<String, String>,
    /// Those that may not.
    pub secrets: BTreeMap<String, SecretString>,
}

impl Settings {
    /// The settings as they may be carried to another process of this machine.
    pub fn carried(&self) -> Result<Carried, ConfigError> {
        let mut carried = Carried { values: BTreeMap::new(), secrets: BTreeMap::new() };
        for (setting, file) in [(&API_TOKEN, &API_TOKEN_FILE), (&BEARER_TOKEN, &BEARER_TOKEN_FILE)] {
            if let Some((secret, _)) = self.secret(setting, file)? {
                carried.secrets.insert(setting.key.to_owned(), secret);
            }
        }
        // Logs and the data directory are each process's own; who keeps keys is the owner's.
        let own = [&API_TOKEN_FILE, &BEARER_TOKEN_FILE, &DATA_DIR, &LOG];
        let travels = |setting: &&Setting| !own.contains(setting) && !KEYS.contains(setting);
        for setting in ALL.into_iter().filter(|setting| setting.kind != Kind::Secret).filter(travels) {
            // What nobody said is the same there.
            let said = self.get(setting).is_some_and(|given| given.origin != Origin::Default);
            if let Some(value) = self.anywhere(setting)?.filter(|_| said) {
                carried.values.insert(setting.key.to_owned(), value);
            }
        }
        Ok(carried)
    }

    /// The settings that another process sent; agents are known by our own files, and keys are kept as we are told. Keys
    /// that mean nothing here are passed over.
    pub fn of_carried(carried: &Carried, own: &Self) -> Self {
        let mut given = super::defaults();
        let ours = KEYS.into_iter().filter_map(|setting| Some((setting.key, own.get(setting)?.clone())));
        given.extend(ours);
        for setting in ALL.into_iter().filter(|setting| !KEYS.contains(setting)) {
            let secret = carried.secrets.get(setting.key).map(|secret| secret.expose_secret().to_owned());
            if let Some(value) = secret.or_else(|| carried.values.get(setting.key).cloned()) {
                given.insert(setting.key, Given { value, origin: Origin::Carried });
            }
        }
        Self { given, file: None, unknown_variables: Vec::new(), ..own.clone() }
    }

    /// A value that means the same in every folder.
    fn anywhere(&self, setting: &'static Setting) -> Result<Option<String>, ConfigError> {
        let Some(given) = self.get(setting) else { return Ok(None) };
        let is_path = setting.kind == Kind::Path && !(*setting == PROFILE && shipped::shipped(&given.value).is_some());
        let Some(path) = self.path(setting).filter(|_| is_path) else { return Ok(Some(given.value.clone())) };
        let unreadable =
            |source| ConfigError::Unreadable { path: path.clone(), named_by: given.origin.to_string(), source };
        let absolute = std::path::absolute(&path).map_err(unreadable)?;
        let text = absolute.into_os_string().into_string();
        text.map(Some).map_err(|_| unreadable(std::io::Error::other("its name is not text")))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::{Environment, Flags};

    fn settings(variables: &[(&str, &str)]) -> Settings {
        let environment: Environment = variables.iter().copied().collect();
        Settings::load(&Flags::default(), &environment).unwrap()
    }

    #[test]
    fn what_is_carried_means_the_same_elsewhere() {
        let file = std::env::temp_dir().join(format!("sluice-carried-{}", std::process::id()));
        std::fs::write(&file, "canary-4711\n").unwrap();
        let settings = settings(&[
            ("SLUICE_SITE", "https://acme.atlassian.net"),
            ("SLUICE_EMAIL", "a@example.com"),
            ("SLUICE_API_TOKEN_FILE", file.to_str().unwrap()),
            ("SLUICE_PROFILE", "full-access"),
            ("SLUICE_FOLDER", "files"),
            ("SLUICE_LOG", "json,trace"),
        ]);
        let carried = settings.carried().unwrap();
        std::fs::remove_file(&file).unwrap();
        assert!(Path::new(&carried.values["folder"]).is_absolute());
        assert_eq!(carried.values["profile"], "full-access");
        assert!(!carried.values.contains_key("log") && !carried.values.contains_key("api_token_file"));
        assert!(!carried.values.values().any(|value| value.contains("canary")));
        let there = Settings::of_carried(&carried, &settings);
        assert_eq!(there.connection().unwrap().signed_in_with, "API token of a@example.com");
        assert_eq!(there.agent().unwrap(), settings.agent().unwrap());
    }

    #[test]
    fn a_profile_file_is_carried_with_its_whole_path() {
        let carried = settings(&[("SLUICE_PROFILE", "mine.toml")]).carried().unwrap();
        assert!(Path::new(&carried.values["profile"]).is_absolute());
    }
}
