//! How a command ends: well, with something wrong found, or not at all.

use std::process::ExitCode;

use crate::audit::TrailError;
use crate::config::{ConfigError, ProfileError, SettingError};
use crate::connect::callback::CallbackError;
use crate::connect::host::SignInError;
use crate::connect::sites::SitesError;
use crate::connect::{CabinetError, CloudIdError, ConnectError};
use crate::control::ControlError;
use crate::dashboard::DashboardError;
use crate::endpoint::EndpointError;
use crate::identity::IdentityError;
use crate::keys::KeepingError;
use crate::notice::WebhookError;
use crate::owner::bridge::BridgeError;
use crate::owner::{self, LockError, SocketError};
use crate::people::PeopleError;
use crate::sandbox::SandboxError;
use crate::sources::SourcesError;
use crate::store::StoreError;
use crate::store::backup::BackupError;
use crate::store::embedded::OpenError;
use crate::store::keys::KeyError;
use crate::telemetry::CollectorError;

/// How a command that ran to its end came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// All is well.
    Well,
    /// What was looked at is not as it should be; the command has said so.
    Wrong,
}

impl From<Verdict> for ExitCode {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Well => Self::SUCCESS,
            Verdict::Wrong => Self::from(1),
        }
    }
}

/// Why a command could not run.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// A setting or settings file is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The settings of a command were not read.
    #[error("the settings were not read")]
    NoSettings,
    /// Who agents and approvers are.
    #[error(transparent)]
    People(#[from] PeopleError),
    /// Something on the command line is wrong.
    #[error("{0}")]
    Usage(String),
    /// The site could not be found at the gateway.
    #[error(transparent)]
    Gateway(#[from] CloudIdError),
    /// A connection cannot be opened, made or changed.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The folder of connections cannot be used.
    #[error(transparent)]
    Cabinet(#[from] CabinetError),
    /// Nobody came back from the browser with what was waited for.
    #[error(transparent)]
    Callback(#[from] CallbackError),
    /// The sign-in host.
    #[error(transparent)]
    SignIn(#[from] SignInError),
    /// The gateway does not say which sites there are.
    #[error(transparent)]
    Sites(#[from] SitesError),
    /// A source cannot be opened, added or removed.
    #[error(transparent)]
    Source(#[from] SourcesError),
    /// Whoever keeps the keys.
    #[error(transparent)]
    Keeping(#[from] KeepingError),
    /// The simulated site did not start.
    #[error("{}", not_started(.0))]
    Sandbox(#[from] SandboxError),
    /// There is no key for the store.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The store does not open.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The store does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The backup, or what was to be made of it.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// What came over MCP, or did not.
    #[error("the MCP connection failed: {0}")]
    Mcp(String),
    /// The audit trail cannot be read.
    #[error(transparent)]
    Trail(#[from] TrailError),
    /// The client could not be served at the data directory, or no longer.
    #[error(transparent)]
    Bridge(#[from] BridgeError),
    /// Nobody else can come to the owner of the data directory.
    #[error(transparent)]
    Socket(#[from] SocketError),
    /// Nobody outside can be told of what waits.
    #[error(transparent)]
    Webhook(#[from] WebhookError),
    /// Agents cannot be served over HTTP.
    #[error(transparent)]
    Endpoint(#[from] EndpointError),
    /// Issuers of tokens cannot be asked.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// No spans can be sent.
    #[error(transparent)]
    Collector(#[from] CollectorError),
    /// There is no dashboard.
    #[error(transparent)]
    Dashboard(#[from] DashboardError),
    /// The data directory cannot be used.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The owner of the data directory cannot be asked.
    #[error(transparent)]
    Owner(#[from] owner::ControlError),
    /// A question got no reply.
    #[error(transparent)]
    Control(#[from] ControlError),
    /// The owner of the data directory gave this instead of a reply.
    #[error("{0}")]
    Refused(String),
    /// A second signal came before the end.
    #[error("interrupted")]
    Interrupted,
    /// The output, or a file.
    #[error("{0}")]
    Output(#[from] std::io::Error),
}

impl CliError {
    /// The exit code.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Config(_)
            | Self::People(_)
            | Self::Usage(_)
            | Self::Webhook(_)
            | Self::Identity(_)
            | Self::Collector(_) => 2,
            _ => 1,
        }
    }

    /// Whether whoever read our output stopped reading, as `head` does.
    pub fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == std::io::ErrorKind::BrokenPipe)
    }
}

impl From<SettingError> for CliError {
    fn from(error: SettingError) -> Self {
        Self::Config(error.into())
    }
}

impl From<ProfileError> for CliError {
    fn from(error: ProfileError) -> Self {
        Self::Config(error.into())
    }
}

fn not_started(error: &SandboxError) -> String {
    let because = std::error::Error::source(error).map(|source| format!(": {source}")).unwrap_or_default();
    format!("the simulated site did not start: {error}{because}")
}
