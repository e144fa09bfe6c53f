//! Who keeps the keys that the keys of connections are sealed with, and what was given for that.

use std::fmt;
use std::io::Read as _;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret as _, SecretBox, SecretString};

use super::vaults::{AzureSettings, VaultSettings};
use crate::config::declared::{
    AZURE_KEY, GIVEN_KEY_FILE, KEY, KEY_FILE, KEY_PROVIDER, KEYRING_ENTRY, PASSPHRASE, PASSPHRASE_FILE, PREVIOUS_KEY,
    PREVIOUS_KEY_FILE, PREVIOUS_PASSPHRASE, PREVIOUS_PASSPHRASE_FILE, VAULT_KEY,
};
use crate::config::{ConfigError, Setting, SettingError, Settings};

/// Bytes of a key.
const LENGTH: usize = 32;
/// A passphrase is at least and at most so long, in characters and in bytes.
const SHORTEST_PASSPHRASE: usize = 12;
const LONGEST_PASSPHRASE: usize = 1024;
/// An entry of the keyring has at most so many letters.
const LONGEST_ENTRY: usize = 64;
/// Name of the key file in the configuration folder.
const KEY_FILE_NAME: &str = "connection.key";
/// Where systemd keeps what it hands to a service (systemd.exec(5), `LoadCredential=`).
const CREDENTIALS: &str = "CREDENTIALS_DIRECTORY";

/// Kinds of those who keep keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProviderKind {
    /// A file of ours.
    File,
    /// A key or passphrase that somebody gives.
    Given,
    /// The desktop's keyring.
    Keyring,
    /// Azure Key Vault.
    Azure,
    /// Vault.
    Vault,
}

/// Who keeps keys, and everything that is set of the others: what they wrapped is still to be unwrapped.
pub struct KeySettings {
    /// Who wraps.
    pub provider: ProviderKind,
    /// The key file, where one is named or there is a configuration folder.
    pub file: Option<PathBuf>,
    /// What somebody gave.
    pub given: GivenSecrets,
    /// The entry of the keyring.
    pub keyring_entry: String,
    /// The key in Azure Key Vault, where one is named.
    pub azure: Option<AzureSettings>,
    /// The key in Vault, where one is named.
    pub vault: Option<VaultSettings>,
}

/// Keys and passphrases that somebody gave.
#[derive(Default)]
pub struct GivenSecrets {
    /// The one to wrap with.
    pub present: Option<GivenSecret>,
    /// Those before.
    pub previous: Vec<GivenSecret>,
}

/// A key or a passphrase. It cannot print itself.
pub enum GivenSecret {
    /// 32 bytes.
    Key(SecretBox<[u8; LENGTH]>),
    /// A passphrase, of 12 characters to 1024 bytes.
    Passphrase(SecretString),
}

impl fmt::Debug for GivenSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Key(_) => "Key(…)",
            Self::Passphrase(_) => "Passphrase(…)",
        })
    }
}

impl ProviderKind {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::File, Self::Given, Self::Keyring, Self::Azure, Self::Vault];

    /// Its name in settings and in wrapped keys; never changed.
    pub const fn name(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Given => "given",
            Self::Keyring => "keyring",
            Self::Azure => "azure",
            Self::Vault => "vault",
        }
    }

    /// The one of that name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

impl Settings {
    /// Who keeps the keys that the keys of connections are sealed with.
    pub fn keys(&self) -> Result<KeySettings, ConfigError> {
        let given = self.given_secrets()?;
        let otherwise = if given.present.is_some() { ProviderKind::Given } else { ProviderKind::File };
        let settings = KeySettings {
            provider: self.understood(&KEY_PROVIDER, kind)?.unwrap_or(otherwise),
            file: self.path(&KEY_FILE).or_else(|| Some(self.configuration_folder.as_ref()?.join(KEY_FILE_NAME))),
            given,
            keyring_entry: self.understood(&KEYRING_ENTRY, entry)?.unwrap_or_default(),
            azure: self.azure()?,
            vault: self.vault()?,
        };
        let missing = |what, remedy| Err(ConfigError::Missing { what, remedy });
        match settings.provider {
            ProviderKind::File if settings.file.is_none() => {
                missing("the key file", "give `--key-file`, SLUICE_CONFIG_DIR or HOME")
            }
            ProviderKind::Given if settings.given.present.is_none() => missing(
                "the key of the provider `given`",
                "set SLUICE_KEY or SLUICE_PASSPHRASE, or name a file with it",
            ),
            ProviderKind::Azure if settings.azure.is_none() => missing(AZURE_KEY.key, "give `--azure-key URL`"),
            ProviderKind::Vault if settings.vault.is_none() => missing(VAULT_KEY.key, "give `--vault-key NAME`"),
            _ => Ok(settings),
        }
    }

    fn given_secrets(&self) -> Result<GivenSecrets, ConfigError> {
        let present = match (
            self.given(&KEY, &GIVEN_KEY_FILE, "sluice-key", key)?,
            self.given(&PASSPHRASE, &PASSPHRASE_FILE, "sluice-passphrase", passphrase)?,
        ) {
            (Some((_, key)), Some((_, passphrase))) => Err(ConfigError::Contradiction(format!(
                "there is a key (from {key}) and a passphrase (from {passphrase}); give one of the two, and the other as \
                 the previous one while keys are sealed anew"
            ))),
            (key, passphrase) => Ok(key.or(passphrase).map(|(secret, _)| secret)),
        }?;
        let previous = [
            self.given(&PREVIOUS_KEY, &PREVIOUS_KEY_FILE, "sluice-previous-key", key)?,
            self.given(&PREVIOUS_PASSPHRASE, &PREVIOUS_PASSPHRASE_FILE, "sluice-previous-passphrase", passphrase)?,
        ];
        Ok(GivenSecrets { present, previous: previous.into_iter().flatten().map(|(secret, _)| secret).collect() })
    }

    /// A secret and where it came from: its variable, the file that the other setting names, or systemd.
    fn given(
        &self,
        setting: &'static Setting,
        file: &'static Setting,
        credential: &str,
        read: fn(&str) -> Result<GivenSecret, &'static str>,
    ) -> Result<Option<(GivenSecret, String)>, ConfigError> {
        if let Some((secret, given)) = self.secret(setting, file)? {
            let secret = read(secret.expose_secret())
                .map_err(|problem| SettingError::said(setting, given, format!("it cannot be right: {problem}")))?;
            return Ok(Some((secret, given.origin.to_string())));
        }
        let Some(folder) = self.standard.get(CREDENTIALS) else { return Ok(None) };
        let path = PathBuf::from(&folder.value).join(credential);
        let mut text = Zeroizing::new(String::with_capacity(2 * LONGEST_PASSPHRASE));
        let most = u64::try_from(text.capacity()).unwrap_or_default();
        let taken = std::fs::File::open(&path).and_then(|file| file.take(most).read_to_string(&mut text));
        match taken {
            Ok(_) => {
                let problem =
                    |problem| ConfigError::Contradiction(format!("`{}` cannot be right: {problem}", path.display()));
                Ok(Some((read(text.trim()).map_err(problem)?, path.display().to_string())))
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(ConfigError::Unreadable { path, named_by: CREDENTIALS.to_owned(), source }),
        }
    }
}

fn kind(text: &str) -> Result<ProviderKind, String> {
    ProviderKind::of_name(text).ok_or_else(|| "it is `file`, `given`, `keyring`, `azure` or `vault`".to_owned())
}

fn entry(text: &str) -> Result<String, String> {
    let plain = |sign: char| sign.is_ascii_alphanumeric() || "-_.".contains(sign);
    let fits = (1..=LONGEST_ENTRY).contains(&text.len()) && text.chars().all(plain);
    if fits { Ok(text.to_owned()) } else { Err("use 1 to 64 letters, digits, dots, dashes, underscores".to_owned()) }
}

/// A key, base64 in either alphabet, with or without padding.
fn key(text: &str) -> Result<GivenSecret, &'static str> {
    let text = text.trim_end_matches('=');
    let bytes = URL_SAFE_NO_PAD.decode(text).or_else(|_| STANDARD_NO_PAD.decode(text)).map(Zeroizing::new);
    let bytes: Option<[u8; LENGTH]> = bytes.ok().and_then(|bytes| bytes.as_slice().try_into().ok());
    let bytes = bytes.map(Zeroizing::new).ok_or("a key is 32 bytes as base64; `openssl rand -base64 32` makes one")?;
    Ok(GivenSecret::Key(SecretBox::init_with_mut(|key: &mut [u8; LENGTH]| key.copy_from_slice(bytes.as_slice()))))
}

fn passphrase(text: &str) -> Result<GivenSecret, &'static str> {
    let fits = text.chars().count() >= SHORTEST_PASSPHRASE && text.len() <= LONGEST_PASSPHRASE;
    let passphrase = || GivenSecret::Passphrase(SecretString::from(text));
    fits.then(passphrase).ok_or("a passphrase has at least 12 characters, and at most 1024 bytes")
}
