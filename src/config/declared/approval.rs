//! The settings of approvals: who is told, who is asked, where people decide.

use super::{Kind, Setting};

/// Who is told.
pub const APPROVAL_WEBHOOK: Setting = Setting {
    key: "approval_webhook",
    variable: "SLUICE_APPROVAL_WEBHOOK",
    flag: None,
    value: "URL",
    default: None,
    help: "Address that is told of each write that waits for approval; https, or http on this machine",
    kind: Kind::Address,
};
/// What signs webhooks.
pub const APPROVAL_WEBHOOK_SECRET: Setting = Setting {
    key: "approval_webhook_secret",
    variable: "SLUICE_APPROVAL_WEBHOOK_SECRET",
    flag: None,
    value: "SECRET",
    default: None,
    help: "Secret that signs what goes there, as Standard Webhooks has it; needed for the shape json",
    kind: Kind::Secret,
};
/// A file with that secret.
pub const APPROVAL_WEBHOOK_SECRET_FILE: Setting = Setting {
    key: "approval_webhook_secret_file",
    variable: "SLUICE_APPROVAL_WEBHOOK_SECRET_FILE",
    flag: Some("approval-webhook-secret-file"),
    value: "FILE",
    default: None,
    help: "File that holds that secret and nothing else",
    kind: Kind::Path,
};
/// The shape of webhooks.
pub const APPROVAL_WEBHOOK_SHAPE: Setting = Setting {
    key: "approval_webhook_shape",
    variable: "SLUICE_APPROVAL_WEBHOOK_SHAPE",
    flag: Some("approval-webhook-shape"),
    value: "SHAPE",
    default: Some("json"),
    help: "What it is told in: json, slack or teams",
    kind: Kind::Text,
};
/// Who is asked.
pub const APPROVAL_COMMAND: Setting = Setting {
    key: "approval_command",
    variable: "SLUICE_APPROVAL_COMMAND",
    flag: Some("approval-command"),
    value: "COMMAND",
    default: None,
    help: "Program, by its full path, with arguments, that is asked about each write that waits for approval",
    kind: Kind::Text,
};
/// How long the command may take.
pub const APPROVAL_COMMAND_TIMEOUT: Setting = Setting {
    key: "approval_command_timeout",
    variable: "SLUICE_APPROVAL_COMMAND_TIMEOUT",
    flag: Some("approval-command-timeout"),
    value: "SECONDS",
    default: Some("30"),
    help: "Seconds that program may take; after that it has given no answer",
    kind: Kind::Number,
};
/// What an approver proves with.
pub const APPROVER_SECRET: Setting = Setting {
    key: "approver_secret",
    variable: "SLUICE_APPROVER_SECRET",
    flag: None,
    value: "SECRET",
    default: None,
    help: "Secret of the person who approves; never for the process that serves an agent",
    kind: Kind::Secret,
};
/// Where people decide.
pub const DASHBOARD: Setting = Setting {
    key: "dashboard",
    variable: "SLUICE_DASHBOARD",
    flag: Some("dashboard"),
    value: "ADDRESS",
    default: None,
    help: "Address of this machine that people decide at, such as 127.0.0.1:7433; port 0 lets the system choose; none where it is not given",
    kind: Kind::Text,
};
