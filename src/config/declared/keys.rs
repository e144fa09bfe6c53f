//! The settings of who keeps the keys that the keys of connections are sealed with.

use super::{Kind, Setting};

/// Who keeps the keys.
pub const KEY_PROVIDER: Setting = Setting {
    key: "key_provider",
    variable: "SLUICE_KEY_PROVIDER",
    flag: Some("key-provider"),
    value: "PROVIDER",
    default: None,
    help: "Who keeps the key that the keys of connections are sealed with: file, given, keyring, azure or vault; given where a key or passphrase is set, otherwise file",
    kind: Kind::Text,
};
/// The key file.
pub const KEY_FILE: Setting = Setting {
    key: "key_file",
    variable: "SLUICE_KEY_FILE",
    flag: Some("key-file"),
    value: "FILE",
    default: None,
    help: "Key file of the provider file, made where there is none; connection.key in the configuration folder where it is not given",
    kind: Kind::Path,
};
/// A given key.
pub const KEY: Setting = Setting {
    key: "key",
    variable: "SLUICE_KEY",
    flag: None,
    value: "KEY",
    default: None,
    help: "Key of the provider given: 32 bytes as base64; sluice-key in systemd's $CREDENTIALS_DIRECTORY does as well",
    kind: Kind::Secret,
};
/// A file with the given key.
pub const GIVEN_KEY_FILE: Setting = Setting {
    key: "given_key_file",
    variable: "SLUICE_GIVEN_KEY_FILE",
    flag: Some("given-key-file"),
    value: "FILE",
    default: None,
    help: "File that holds that key and nothing else; Sluice never makes or changes it",
    kind: Kind::Path,
};
/// A given passphrase.
pub const PASSPHRASE: Setting = Setting {
    key: "passphrase",
    variable: "SLUICE_PASSPHRASE",
    flag: None,
    value: "WORDS",
    default: None,
    help: "Passphrase instead of that key, of at least 12 characters; sluice-passphrase in $CREDENTIALS_DIRECTORY does as well",
    kind: Kind::Secret,
};
/// A file with the passphrase.
pub const PASSPHRASE_FILE: Setting = Setting {
    key: "passphrase_file",
    variable: "SLUICE_PASSPHRASE_FILE",
    flag: Some("passphrase-file"),
    value: "FILE",
    default: None,
    help: "File that holds the passphrase and nothing else",
    kind: Kind::Path,
};
/// The given key before.
pub const PREVIOUS_KEY: Setting = Setting {
    key: "previous_key",
    variable: "SLUICE_PREVIOUS_KEY",
    flag: None,
    value: "KEY",
    default: None,
    help: "The given key before, while keys are sealed anew",
    kind: Kind::Secret,
};
/// A file with the given key before.
pub const PREVIOUS_KEY_FILE: Setting = Setting {
    key: "previous_key_file",
    variable: "SLUICE_PREVIOUS_KEY_FILE",
    flag: Some("previous-key-file"),
    value: "FILE",
    default: None,
    help: "File that holds the given key before and nothing else",
    kind: Kind::Path,
};
/// The passphrase before.
pub const PREVIOUS_PASSPHRASE: Setting = Setting {
    key: "previous_passphrase",
    variable: "SLUICE_PREVIOUS_PASSPHRASE",
    flag: None,
    value: "WORDS",
    default: None,
    help: "The passphrase before, while keys are sealed anew",
    kind: Kind::Secret,
};
/// A file with the passphrase before.
pub const PREVIOUS_PASSPHRASE_FILE: Setting = Setting {
    key: "previous_passphrase_file",
    variable: "SLUICE_PREVIOUS_PASSPHRASE_FILE",
    flag: Some("previous-passphrase-file"),
    value: "FILE",
    default: None,
    help: "File that holds the passphrase before and nothing else",
    kind: Kind::Path,
};
/// The entry of the keyring.
pub const KEYRING_ENTRY: Setting = Setting {
    key: "keyring_entry",
    variable: "SLUICE_KEYRING_ENTRY",
    flag: Some("keyring-entry"),
    value: "NAME",
    default: Some("sluice"),
    help: "Name of the entry in the desktop's keyring, for the provider keyring",
    kind: Kind::Text,
};
/// The key in Azure Key Vault.
pub const AZURE_KEY: Setting = Setting {
    key: "azure_key",
    variable: "SLUICE_AZURE_KEY",
    flag: Some("azure-key"),
    value: "URL",
    default: None,
    help: "RSA key of Azure Key Vault, such as https://acme.vault.azure.net/keys/sluice; who asks: AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET or AZURE_FEDERATED_TOKEN_FILE, otherwise the managed identity",
    kind: Kind::Text,
};
/// The key in Vault.
pub const VAULT_KEY: Setting = Setting {
    key: "vault_key",
    variable: "SLUICE_VAULT_KEY",
    flag: Some("vault-key"),
    value: "NAME",
    default: None,
    help: "Key of HashiCorp Vault's transit engine: its name, or mount/name where the engine is not mounted at transit",
    kind: Kind::Text,
};
/// Where Vault is.
pub const VAULT_ADDR: Setting = Setting {
    key: "vault_addr",
    variable: "SLUICE_VAULT_ADDR",
    flag: Some("vault-addr"),
    value: "URL",
    default: None,
    help: "Address of HashiCorp Vault, such as https://vault.example.com:8200; VAULT_ADDR where it is not given; VAULT_NAMESPACE is read as well",
    kind: Kind::Text,
};
/// A file with the token for Vault.
pub const VAULT_TOKEN_FILE: Setting = Setting {
    key: "vault_token_file",
    variable: "SLUICE_VAULT_TOKEN_FILE",
    flag: Some("vault-token-file"),
    value: "FILE",
    default: None,
    help: "File that holds the token for HashiCorp Vault, read anew each time; VAULT_TOKEN where it is not given",
    kind: Kind::Path,
};

/// Every setting above.
pub(in crate::config) const KEYS: [&Setting; 15] = [
    &KEY_PROVIDER,
    &KEY_FILE,
    &KEY,
    &GIVEN_KEY_FILE,
    &PASSPHRASE,
    &PASSPHRASE_FILE,
    &PREVIOUS_KEY,
    &PREVIOUS_KEY_FILE,
    &PREVIOUS_PASSPHRASE,
    &PREVIOUS_PASSPHRASE_FILE,
    &KEYRING_ENTRY,
    &AZURE_KEY,
    &VAULT_KEY,
    &VAULT_ADDR,
    &VAULT_TOKEN_FILE,
];

/// Variables that other programs know as well; they are no settings themselves.
pub(in crate::config) const STANDARD: [&str; 12] = [
    "AZURE_AUTHORITY_HOST",
    "AZURE_CLIENT_ID",
    "AZURE_CLIENT_SECRET",
    "AZURE_FEDERATED_TOKEN_FILE",
    "AZURE_POD_IDENTITY_AUTHORITY_HOST",
    "AZURE_TENANT_ID",
    "CREDENTIALS_DIRECTORY",
    "IDENTITY_ENDPOINT",
    "IDENTITY_HEADER",
    "VAULT_ADDR",
    "VAULT_NAMESPACE",
    "VAULT_TOKEN",
];
