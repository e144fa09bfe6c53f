//! Who is told that a write waits, and which command is asked.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret as _, SecretSlice};
use url::Url;

use super::connection::WayOut;
use super::declared::{
    APPROVAL_COMMAND, APPROVAL_COMMAND_TIMEOUT, APPROVAL_WEBHOOK, APPROVAL_WEBHOOK_SECRET,
    APPROVAL_WEBHOOK_SECRET_FILE, APPROVAL_WEBHOOK_SHAPE,
};
use super::{ConfigError, SettingError, Settings};
use crate::confluence::address::is_loopback;

/// How a webhook's secret begins that is written in base64.
const ENCODED: &str = "whsec_";
/// A secret that signs is at least so long, in bytes.
const SHORTEST_SECRET: usize = 24;
/// Where nobody says how long the command may take.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(30);

/// Where notices go, and how.
#[derive(Clone)]
pub struct WebhookSettings {
    /// The address: `https`, or `http` on this machine. Its path may be a secret.
    pub url: Url,
    /// What signs; always there for the shape `json`.
    pub secret: Option<SecretSlice<u8>>,
    /// The shape of the body.
    pub shape: WebhookShape,
    /// The proxy to go through.
    pub proxy: Option<Url>,
    /// Certificates of a private authority, PEM.
    pub authority: Option<Vec<u8>>,
}

impl fmt::Debug for WebhookSettings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "WebhookSettings({}, {:?})", self.url.host_str().unwrap_or_default(), self.shape)
    }
}

/// The shape of a webhook's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WebhookShape {
    /// The notice as JSON.
    Json,
    /// A message for Slack.
    Slack,
    /// An Adaptive Card for Microsoft Teams.
    Teams,
}

/// A command and how long it may take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandSettings {
    /// The program, by its full path.
    pub program: String,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// How long it may take.
    pub timeout: Duration,
}

impl Settings {
    /// Where people are told that a write waits, if anywhere.
    pub fn webhook(&self) -> Result<Option<WebhookSettings>, ConfigError> {
        let Some(url) = self.understood(&APPROVAL_WEBHOOK, address)? else { return Ok(None) };
        let shape = self.understood(&APPROVAL_WEBHOOK_SHAPE, shape)?.unwrap_or(WebhookShape::Json);
        let secret = match self.secret(&APPROVAL_WEBHOOK_SECRET, &APPROVAL_WEBHOOK_SECRET_FILE)? {
            Some((text, given)) => Some(
                secret(text.expose_secret())
                    .map_err(|problem| SettingError::said(&APPROVAL_WEBHOOK_SECRET, given, problem))?,
            ),
            None => None,
        };
        if secret.is_none() && shape == WebhookShape::Json {
            let remedy = "set SLUICE_APPROVAL_WEBHOOK_SECRET, which the receiver checks signatures with";
            return Err(ConfigError::Missing { what: "the secret of `approval_webhook`", remedy });
        }
        let WayOut { proxy, authority } = self.way_out()?;
        Ok(Some(WebhookSettings { url, secret, shape, proxy, authority }))
    }

    /// The command that is asked about each write, if any.
    pub fn approval_command(&self) -> Result<Option<CommandSettings>, SettingError> {
        let Some((program, arguments)) = self.understood(&APPROVAL_COMMAND, words)? else { return Ok(None) };
        let seconds = self.number(&APPROVAL_COMMAND_TIMEOUT)?;
        let timeout = seconds.map_or(COMMAND_TIMEOUT, |seconds| Duration::from_secs(seconds.get().into()));
        Ok(Some(CommandSettings { program, arguments, timeout }))
    }
}

fn address(text: &str) -> Result<Url, String> {
    let wrong = "it is an https address, or an http one on this machine, without a name or password in it";
    let url = Url::parse(text).map_err(|_| wrong.to_owned())?;
    let scheme = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url));
    let fits = scheme && url.has_host() && url.username().is_empty() && url.password().is_none();
    if fits { Ok(url) } else { Err(wrong.to_owned()) }
}

fn shape(word: &str) -> Result<WebhookShape, String> {
    match word {
        "json" => Ok(WebhookShape::Json),
        "slack" => Ok(WebhookShape::Slack),
        "teams" => Ok(WebhookShape::Teams),
        _ => Err("it is `json`, `slack` or `teams`".to_owned()),
    }
}

fn secret(text: &str) -> Result<SecretSlice<u8>, String> {
    let bytes = match text.strip_prefix(ENCODED) {
        Some(encoded) => STANDARD.decode(encoded).unwrap_or_default(),
        None => text.as_bytes().to_vec(),
    };
    if bytes.len() < SHORTEST_SECRET {
        return Err(format!(
            "the webhook's secret is `{ENCODED}` and base64 of at least {SHORTEST_SECRET} bytes, or a text as long"
        ));
    }
    Ok(bytes.into())
}

/// Program and arguments. The program is named by its full path, so that no search path decides what runs.
fn words(line: &str) -> Result<(String, Vec<String>), String> {
    let words = shlex::split(line).ok_or_else(|| "a quotation mark in it is not closed".to_owned())?;
    let mut words = words.into_iter();
    let program = words.next().ok_or_else(|| "it names no program".to_owned())?;
    if !Path::new(&program).is_absolute() {
        return Err("name the program by its full path".to_owned());
    }
    if !is_program(Path::new(&program)) {
        return Err("there is no such program, or it may not be run".to_owned());
    }
    Ok((program, words.collect()))
}

fn is_program(path: &Path) -> bool {
    #[cfg(unix)]
    let may_run = |file: &std::fs::Metadata| std::os::unix::fs::PermissionsExt::mode(&file.permissions()) & 0o111 != 0;
    #[cfg(not(unix))]
    let may_run = |_: &std::fs::Metadata| true;
    path.metadata().is_ok_and(|file| file.is_file() && may_run(&file))
}
