//! The settings, each declared once: key in `sluice.toml`, variable, flag, default, what it is for.

mod approval;
mod connect;
mod http;
mod keys;
mod sync;

use std::fmt::Write as _;

pub use approval::{
    APPROVAL_COMMAND, APPROVAL_COMMAND_TIMEOUT, APPROVAL_WEBHOOK, APPROVAL_WEBHOOK_SECRET,
    APPROVAL_WEBHOOK_SECRET_FILE, APPROVAL_WEBHOOK_SHAPE, APPROVER_SECRET, DASHBOARD,
};
pub use connect::{AUTH_HOST, CALLBACK, CLIENT_ID, CLIENT_SECRET, CLIENT_SECRET_FILE, CONNECTION};
pub use http::{
    AGENT_REQUESTS_AT_ONCE, AGENT_REQUESTS_PER_SECOND, ALLOWED_HOSTS, ALLOWED_ORIGINS, HTTP, INSECURE_LISTEN,
    MAX_SESSIONS, METRICS_TOKEN, PUBLIC_URL, TLS_CERT, TLS_KEY,
};

pub use keys::{
    AZURE_KEY, GIVEN_KEY_FILE, KEY, KEY_FILE, KEY_PROVIDER, KEYRING_ENTRY, PASSPHRASE, PASSPHRASE_FILE, PREVIOUS_KEY,
    PREVIOUS_KEY_FILE, PREVIOUS_PASSPHRASE, PREVIOUS_PASSPHRASE_FILE, VAULT_ADDR, VAULT_KEY, VAULT_TOKEN_FILE,
};
pub(in crate::config) use keys::{KEYS, STANDARD};
pub use sync::{SEARCH_VERIFY, SYNC, SYNC_EVERY, SYNC_EXCEPT, SYNC_SHARE, SYNC_SPACES};

/// One setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Key in `sluice.toml`.
    pub key: &'static str,
    /// Environment variable.
    pub variable: &'static str,
    /// Flag without the dashes; secrets and what may hold one have none, since every user of a machine can read command lines.
    pub flag: Option<&'static str>,
    /// What the value stands for, as help shows it.
    pub value: &'static str,
    /// The value where nobody gives one.
    pub default: Option<&'static str>,
    /// What it is for; one line.
    pub help: &'static str,
    /// What sort of value it is.
    pub kind: Kind,
}

/// What sort of value a setting has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Words and addresses.
    Text,
    /// A whole number above zero.
    Number,
    /// A file or folder; in `sluice.toml` relative to that file.
    Path,
    /// True or false; its flag needs no value.
    Switch,
    /// An address whose path may be a secret: printed as far as its host.
    Address,
    /// Never printed; not allowed in `sluice.toml`.
    Secret,
}

/// The site.
pub const SITE: Setting = Setting {
    key: "site",
    variable: "SLUICE_SITE",
    flag: Some("site"),
    value: "URL",
    default: None,
    help: "The Confluence site, such as https://acme.atlassian.net",
    kind: Kind::Text,
};
/// Whose API token it is.
pub const EMAIL: Setting = Setting {
    key: "email",
    variable: "SLUICE_EMAIL",
    flag: Some("email"),
    value: "ADDRESS",
    default: None,
    help: "E-mail address of the account that the API token belongs to",
    kind: Kind::Text,
};
/// The API token.
pub const API_TOKEN: Setting = Setting {
    key: "api_token",
    variable: "SLUICE_API_TOKEN",
    flag: None,
    value: "TOKEN",
    default: None,
    help: "API token of that account",
    kind: Kind::Secret,
};
/// A file with the API token.
pub const API_TOKEN_FILE: Setting = Setting {
    key: "api_token_file",
    variable: "SLUICE_API_TOKEN_FILE",
    flag: Some("api-token-file"),
    value: "FILE",
    default: None,
    help: "File that holds the API token and nothing else",
    kind: Kind::Path,
};
/// Classic or scoped.
pub const TOKEN_KIND: Setting = Setting {
    key: "token_kind",
    variable: "SLUICE_TOKEN_KIND",
    flag: Some("token-kind"),
    value: "KIND",
    default: Some("classic"),
    help: "classic: an API token without scopes, for the site's host; scoped: one with scopes, for the gateway",
    kind: Kind::Text,
};
/// The bearer token.
pub const BEARER_TOKEN: Setting = Setting {
    key: "bearer_token",
    variable: "SLUICE_BEARER_TOKEN",
    flag: None,
    value: "TOKEN",
    default: None,
    help: "OAuth access token, instead of e-mail address and API token; goes to the gateway",
    kind: Kind::Secret,
};
/// A file with the bearer token.
pub const BEARER_TOKEN_FILE: Setting = Setting {
    key: "bearer_token_file",
    variable: "SLUICE_BEARER_TOKEN_FILE",
    flag: Some("bearer-token-file"),
    value: "FILE",
    default: None,
    help: "File that holds the OAuth access token and nothing else",
    kind: Kind::Path,
};
/// The gateway.
pub const GATEWAY: Setting = Setting {
    key: "gateway",
    variable: "SLUICE_GATEWAY",
    flag: Some("gateway"),
    value: "URL",
    default: Some("https://api.atlassian.com"),
    help: "Atlassian's gateway, for scoped and OAuth tokens",
    kind: Kind::Text,
};
/// The site's id at the gateway.
pub const CLOUD_ID: Setting = Setting {
    key: "cloud_id",
    variable: "SLUICE_CLOUD_ID",
    flag: Some("cloud-id"),
    value: "ID",
    default: None,
    help: "The site's id at the gateway; looked up at the site where it is not given",
    kind: Kind::Text,
};
/// The profile.
pub const PROFILE: Setting = Setting {
    key: "profile",
    variable: "SLUICE_PROFILE",
    flag: Some("profile"),
    value: "PROFILE",
    default: Some("read-only"),
    help: "What the agent may do: a profile file, or read-only, documentation-manager or full-access",
    kind: Kind::Path,
};
/// The agent.
pub const AGENT: Setting = Setting {
    key: "agent",
    variable: "SLUICE_AGENT",
    flag: Some("agent"),
    value: "NAME",
    default: Some("local"),
    help: "Name of the agent, as the record of its calls and the history of pages carry it",
    kind: Kind::Text,
};
/// Uploads and downloads.
pub const FOLDER: Setting = Setting {
    key: "folder",
    variable: "SLUICE_FOLDER",
    flag: Some("folder"),
    value: "FOLDER",
    default: None,
    help: "Folder that attachments may be uploaded from and downloaded to; off where it is not given",
    kind: Kind::Path,
};
/// Where Sluice keeps things.
pub const DATA_DIR: Setting = Setting {
    key: "data_dir",
    variable: "SLUICE_DATA_DIR",
    flag: Some("data-dir"),
    value: "FOLDER",
    default: None,
    help: "Folder for what Sluice keeps; sluice in $XDG_STATE_HOME, ~/.local/state or %LOCALAPPDATA% where it is not given",
    kind: Kind::Path,
};
/// Logs.
pub const LOG: Setting = Setting {
    key: "log",
    variable: "SLUICE_LOG",
    flag: Some("log"),
    value: "LOG",
    default: Some("text,info"),
    help: "Logs on standard error: text or json, and error, warn, info, debug or trace; both with a comma",
    kind: Kind::Text,
};
/// Where spans go.
pub const OTLP: Setting = Setting {
    key: "otlp",
    variable: "SLUICE_OTLP",
    flag: Some("otlp"),
    value: "URL",
    default: None,
    help: "Base address of an OpenTelemetry collector that is told of each call (OTLP over HTTP), such as http://127.0.0.1:4318; https, or http on this machine; none where it is not given",
    kind: Kind::Text,
};
/// A private authority.
pub const CA_FILE: Setting = Setting {
    key: "ca_file",
    variable: "SLUICE_CA_FILE",
    flag: Some("ca-file"),
    value: "FILE",
    default: None,
    help: "Certificates (PEM) of a private authority to trust besides the machine's own",
    kind: Kind::Path,
};
/// A proxy.
pub const PROXY: Setting = Setting {
    key: "proxy",
    variable: "SLUICE_PROXY",
    flag: Some("proxy"),
    value: "URL",
    default: None,
    help: "HTTP proxy to go through; HTTPS_PROXY and the like are not read",
    kind: Kind::Text,
};
/// Where attachments come from.
pub const MEDIA_HOST: Setting = Setting {
    key: "media_host",
    variable: "SLUICE_MEDIA_HOST",
    flag: Some("media-host"),
    value: "HOST",
    default: Some("api.media.atlassian.com"),
    help: "The only host that attachments are downloaded from, with its port if it is not 443; a site on this machine may name any port of it",
    kind: Kind::Text,
};
/// How fast.
pub const REQUESTS_PER_SECOND: Setting = Setting {
    key: "requests_per_second",
    variable: "SLUICE_REQUESTS_PER_SECOND",
    flag: Some("requests-per-second"),
    value: "NUMBER",
    default: None,
    help: "Requests to Confluence per second at most, on average; 50 where it is not given",
    kind: Kind::Number,
};
/// How many points.
pub const POINTS_PER_HOUR: Setting = Setting {
    key: "points_per_hour",
    variable: "SLUICE_POINTS_PER_HOUR",
    flag: Some("points-per-hour"),
    value: "NUMBER",
    default: None,
    help: "Points that OAuth tokens may spend per hour; Atlassian's allowance where it is not given",
    kind: Kind::Number,
};

/// Every setting, in the order people need them.
pub const ALL: [&Setting; 66] = [
    &CONNECTION,
    &CLIENT_ID,
    &CLIENT_SECRET,
    &CLIENT_SECRET_FILE,
    &AUTH_HOST,
    &CALLBACK,
    &SITE,
    &EMAIL,
    &API_TOKEN,
    &API_TOKEN_FILE,
    &TOKEN_KIND,
    &BEARER_TOKEN,
    &BEARER_TOKEN_FILE,
    &GATEWAY,
    &CLOUD_ID,
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
    &PROFILE,
    &AGENT,
    &HTTP,
    &TLS_CERT,
    &TLS_KEY,
    &INSECURE_LISTEN,
    &PUBLIC_URL,
    &ALLOWED_HOSTS,
    &ALLOWED_ORIGINS,
    &MAX_SESSIONS,
    &AGENT_REQUESTS_AT_ONCE,
    &AGENT_REQUESTS_PER_SECOND,
    &METRICS_TOKEN,
    &DASHBOARD,
    &APPROVAL_WEBHOOK,
    &APPROVAL_WEBHOOK_SECRET,
    &APPROVAL_WEBHOOK_SECRET_FILE,
    &APPROVAL_WEBHOOK_SHAPE,
    &APPROVAL_COMMAND,
    &APPROVAL_COMMAND_TIMEOUT,
    &FOLDER,
    &SYNC,
    &SYNC_EVERY,
    &SYNC_SPACES,
    &SYNC_EXCEPT,
    &SYNC_SHARE,
    &SEARCH_VERIFY,
    &DATA_DIR,
    &APPROVER_SECRET,
    &LOG,
    &OTLP,
    &CA_FILE,
    &PROXY,
    &MEDIA_HOST,
    &REQUESTS_PER_SECOND,
    &POINTS_PER_HOUR,
];

/// Variables that name the settings file and its folder; they are no settings themselves.
pub const CONFIG_VARIABLE: &str = "SLUICE_CONFIG";
/// The folder that `sluice.toml` is looked for in.
pub const CONFIG_DIR_VARIABLE: &str = "SLUICE_CONFIG_DIR";

/// The settings as a Markdown table, for the README.
pub fn markdown() -> String {
    let mut table =
        String::from("| `sluice.toml` | variable | flag | default | what it is for |\n|---|---|---|---|---|\n");
    for Setting { key, variable, flag, value, default, help, kind } in ALL {
        let key = if *kind == Kind::Secret { String::new() } else { format!("`{key}`") };
        let flag = flag.map(|flag| format!("`--{flag} {value}`")).unwrap_or_default();
        let default = default.map(|default| format!("`{default}`")).unwrap_or_default();
        // Writing to a string cannot fail.
        let _ = writeln!(table, "| {key} | `{variable}` | {flag} | {default} | {help} |");
    }
    table
}
