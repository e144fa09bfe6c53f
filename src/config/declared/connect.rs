//! The settings of connections that Sluice keeps: which one, and how an administrator signs in.

use super::{Kind, Setting};

/// Which connection.
pub const CONNECTION: Setting = Setting {
    key: "connection",
    variable: "SLUICE_CONNECTION",
    flag: Some("connection"),
    value: "NAME",
    default: None,
    help: "Which of the sites that were connected with `sluice connect`; what an agent or a profile names goes first, and `sluice sites use` says which it is where nobody does",
    kind: Kind::Text,
};
/// The app.
pub const CLIENT_ID: Setting = Setting {
    key: "client_id",
    variable: "SLUICE_CLIENT_ID",
    flag: Some("client-id"),
    value: "ID",
    default: None,
    help: "Client id of the OAuth app, or of the service account, that `sluice connect` signs in with; asked for where it is not given",
    kind: Kind::Text,
};
/// Its secret.
pub const CLIENT_SECRET: Setting = Setting {
    key: "client_secret",
    variable: "SLUICE_CLIENT_SECRET",
    flag: None,
    value: "SECRET",
    default: None,
    help: "Its secret",
    kind: Kind::Secret,
};
/// Its secret, in a file.
pub const CLIENT_SECRET_FILE: Setting = Setting {
    key: "client_secret_file",
    variable: "SLUICE_CLIENT_SECRET_FILE",
    flag: Some("client-secret-file"),
    value: "FILE",
    default: None,
    help: "File that holds it",
    kind: Kind::Path,
};
/// Where people sign in.
pub const AUTH_HOST: Setting = Setting {
    key: "auth_host",
    variable: "SLUICE_AUTH_HOST",
    flag: Some("auth-host"),
    value: "URL",
    default: Some("https://auth.atlassian.com"),
    help: "Atlassian's sign-in host",
    kind: Kind::Text,
};
/// Where the browser comes back to.
pub const CALLBACK: Setting = Setting {
    key: "callback",
    variable: "SLUICE_CALLBACK",
    flag: Some("callback"),
    value: "URL",
    default: Some("http://127.0.0.1:7978/callback"),
    help: "Callback URL as it is registered with the OAuth app, letter by letter: an address of this machine",
    kind: Kind::Text,
};
