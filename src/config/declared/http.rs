//! The settings of the address where agents are served over HTTP.

use super::{Kind, Setting};

/// Where agents are served.
pub const HTTP: Setting = Setting {
    key: "http",
    variable: "SLUICE_HTTP",
    flag: Some("http"),
    value: "ADDRESS",
    default: None,
    help: "Address to serve agents at over HTTP, such as 127.0.0.1:7979; they connect to /mcp there",
    kind: Kind::Text,
};
/// Plain HTTP for others.
pub const INSECURE_LISTEN: Setting = Setting {
    key: "insecure_listen",
    variable: "SLUICE_INSECURE_LISTEN",
    flag: Some("insecure-listen"),
    value: "true",
    default: None,
    help: "Serve plain HTTP at an address that other machines reach: keys of agents travel unencrypted, unless something in front encrypts",
    kind: Kind::Switch,
};
/// The certificate.
pub const TLS_CERT: Setting = Setting {
    key: "tls_cert",
    variable: "SLUICE_TLS_CERT",
    flag: Some("tls-cert"),
    value: "FILE",
    default: None,
    help: "Certificate to serve with, and those that vouch for it (PEM); read again when it changes",
    kind: Kind::Path,
};
/// Its key.
pub const TLS_KEY: Setting = Setting {
    key: "tls_key",
    variable: "SLUICE_TLS_KEY",
    flag: Some("tls-key"),
    value: "FILE",
    default: None,
    help: "Private key of that certificate (PEM)",
    kind: Kind::Path,
};
/// How agents reach it.
pub const PUBLIC_URL: Setting = Setting {
    key: "public_url",
    variable: "SLUICE_PUBLIC_URL",
    flag: Some("public-url"),
    value: "URL",
    default: None,
    help: "How agents reach this server where that is not the address it listens at, such as https://sluice.example.com",
    kind: Kind::Text,
};
/// By which names.
pub const ALLOWED_HOSTS: Setting = Setting {
    key: "allowed_hosts",
    variable: "SLUICE_ALLOWED_HOSTS",
    flag: Some("allowed-hosts"),
    value: "HOST,…",
    default: None,
    help: "Further names that requests may be addressed to; names of this machine and of `public_url` always may",
    kind: Kind::Text,
};
/// From which pages.
pub const ALLOWED_ORIGINS: Setting = Setting {
    key: "allowed_origins",
    variable: "SLUICE_ALLOWED_ORIGINS",
    flag: Some("allowed-origins"),
    value: "ORIGIN,…",
    default: None,
    help: "Web pages that may ask, such as https://app.example.com:443; none where it is not given",
    kind: Kind::Text,
};
/// How many sessions.
pub const MAX_SESSIONS: Setting = Setting {
    key: "max_sessions",
    variable: "SLUICE_MAX_SESSIONS",
    flag: Some("max-sessions"),
    value: "NUMBER",
    default: None,
    help: "Sessions of older clients at once, of all agents; 10000 where it is not given, a tenth of it for one agent",
    kind: Kind::Number,
};
/// How much at once.
pub const AGENT_REQUESTS_AT_ONCE: Setting = Setting {
    key: "agent_requests_at_once",
    variable: "SLUICE_AGENT_REQUESTS_AT_ONCE",
    flag: Some("agent-requests-at-once"),
    value: "NUMBER",
    default: None,
    help: "Requests of one agent that are worked on at once; further ones wait; 32 where it is not given",
    kind: Kind::Number,
};
/// How fast.
pub const AGENT_REQUESTS_PER_SECOND: Setting = Setting {
    key: "agent_requests_per_second",
    variable: "SLUICE_AGENT_REQUESTS_PER_SECOND",
    flag: Some("agent-requests-per-second"),
    value: "NUMBER",
    default: None,
    help: "Requests of one agent per second on average, and four seconds' worth at once; 50 where it is not given",
    kind: Kind::Number,
};
/// Who may read figures from elsewhere.
pub const METRICS_TOKEN: Setting = Setting {
    key: "metrics_token",
    variable: "SLUICE_METRICS_TOKEN",
    flag: None,
    value: "TOKEN",
    default: None,
    help: "What whoever reads /metrics sends as bearer token; without it and without `public_url`, whoever asks from this machine may read them",
    kind: Kind::Secret,
};
