//! The first line each way over the socket: who comes and what for, and whether they may stay.

use std::collections::BTreeMap;
use std::io::{Error, ErrorKind};
use std::time::Duration;

use bytes::BufMut as _;
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use crate::clock::Clock;
use crate::config::Carried;

/// The version that both ends go by.
const VERSION: &str = env!("CARGO_PKG_VERSION");
/// Longest line of a greeting, in bytes.
const LONGEST: usize = 64 * 1024;

/// What a connection is for.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Purpose {
    /// To serve one client: MCP lines from here on.
    Serve(Settings),
    /// To ask the owner: a question a line, and lines of answers.
    Control,
}

#[derive(Serialize, Deserialize)]
struct Hello {
    version: String,
    purpose: Purpose,
}

/// The version alone, which every version understands.
#[derive(Deserialize)]
struct Version {
    version: String,
}

/// The settings of whoever comes as they travel. The one place where secrets are written out.
#[derive(Serialize, Deserialize)]
pub(super) struct Settings {
    values: BTreeMap<String, String>,
    #[serde(serialize_with = "written_out", deserialize_with = "taken_in")]
    secrets: BTreeMap<String, SecretString>,
}

impl From<Carried> for Settings {
    fn from(carried: Carried) -> Self {
        Self { values: carried.values, secrets: carried.secrets }
    }
}

impl From<Settings> for Carried {
    fn from(settings: Settings) -> Self {
        Self { values: settings.values, secrets: settings.secrets }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Reply {
    Welcome { version: String },
    Refused { why: String },
}

/// Why a greeting came to nothing.
#[derive(Debug, thiserror::Error)]
pub(super) enum GreetingError {
    /// The owner does not want us.
    #[error("{0}")]
    Refused(String),
    /// What came is no greeting, or nothing came in time.
    #[error("the other end did not greet: {0}")]
    Broken(#[from] Error),
}

/// Says hello and waits for the answer.
pub(super) async fn greet<S>(stream: &mut S, purpose: Purpose, clock: &dyn Clock, patience: Duration) -> Greeted
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let greeting = async {
        let hello = Hello { version: VERSION.to_owned(), purpose };
        // With room from the start: a buffer that grows leaves copies behind.
        let mut line = Zeroizing::new(Vec::with_capacity(LONGEST));
        serde_json::to_writer(&mut *line, &hello).map_err(Error::from)?;
        line.push(b'\n');
        if line.len() > LONGEST {
            return Err(GreetingError::Refused("the settings are too long to be sent to the owner".to_owned()));
        }
        stream.write_all(&line).await?;
        // The other end may go on at once, and what comes then is not for us.
        let reply = read_line(stream, 1).await?;
        match serde_json::from_slice(&reply).map_err(nonsense)? {
            Reply::Welcome { version } if is_kin(&version) => Ok(()),
            Reply::Welcome { version } => Err(GreetingError::Refused(strangers(&version, VERSION))),
            Reply::Refused { why } => Err(GreetingError::Refused(why)),
        }
    };
    within(greeting, clock, patience).await
}

/// What a greeting comes to.
pub(super) type Greeted<T = ()> = Result<T, GreetingError>;

/// Hears what a connection is for; whoever is of another version is refused.
pub(super) async fn hear<S>(stream: &mut S, clock: &dyn Clock, patience: Duration) -> Greeted<Purpose>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let hearing = async {
        let line = read_line(stream, LONGEST).await?;
        let Version { version } = serde_json::from_slice(&line).map_err(nonsense)?;
        if !is_kin(&version) {
            let why = strangers(VERSION, &version);
            refuse(stream, &why).await?;
            return Err(GreetingError::Refused(why));
        }
        let hello: Hello = serde_json::from_slice(&line).map_err(nonsense)?;
        Ok(hello.purpose)
    };
    within(hearing, clock, patience).await
}

/// Lets a connection in.
pub(super) async fn welcome<S: AsyncWrite + Unpin>(stream: &mut S) -> Result<(), Error> {
    reply(stream, &Reply::Welcome { version: VERSION.to_owned() }).await
}

/// Sends a connection away with a sentence.
pub(super) async fn refuse<S: AsyncWrite + Unpin>(stream: &mut S, why: &str) -> Result<(), Error> {
    reply(stream, &Reply::Refused { why: why.to_owned() }).await
}

async fn reply<S: AsyncWrite + Unpin>(stream: &mut S, reply: &Reply) -> Result<(), Error> {
    let mut line = serde_json::to_vec(reply)?;
    line.push(b'\n');
    stream.write_all(&line).await
}

async fn within<T>(greeting: impl Future<Output = Greeted<T>>, clock: &dyn Clock, patience: Duration) -> Greeted<T> {
    tokio::select! {
        greeted = greeting => greeted,
        () = clock.sleep(patience) => Err(Error::from(ErrorKind::TimedOut).into()),
    }
}

/// Reads one line, up to so many bytes at a time; what comes along with its end makes it no greeting.
async fn read_line<S: AsyncRead + Unpin>(stream: &mut S, at_once: usize) -> Result<Zeroizing<Vec<u8>>, Error> {
    let mut line = Zeroizing::new(Vec::with_capacity(LONGEST));
    // Never past its room, so that it never moves.
    loop {
        let room = LONGEST.saturating_sub(line.len()).min(at_once);
        if stream.read_buf(&mut (&mut *line).limit(room)).await? == 0 {
            break;
        }
        if let Some(end) = line.iter().position(|byte| *byte == b'\n') {
            if end + 1 != line.len() {
                return Err(Error::new(ErrorKind::InvalidData, "more than a greeting"));
            }
            return Ok(line);
        }
        if line.len() >= LONGEST {
            return Err(Error::new(ErrorKind::InvalidData, "too long a greeting"));
        }
    }
    Err(ErrorKind::UnexpectedEof.into())
}

/// The parser's words may hold what stands in the line; they are not repeated.
fn nonsense(_: serde_json::Error) -> Error {
    Error::new(ErrorKind::InvalidData, "not a greeting")
}

fn strangers(owner: &str, other: &str) -> String {
    format!("the data directory belongs to a process of version {owner}, and this is {other}; end the other one first")
}

/// Whether a process of this version and we understand each other: the same major version, before 1.0 the same minor.
fn is_kin(version: &str) -> bool {
    let leading = |version: &str| {
        let mut numbers = version.split('.').map(str::to_owned);
        let major = numbers.next();
        let minor = if major.as_deref() == Some("0") { numbers.next() } else { None };
        (major, minor)
    };
    leading(version) == leading(VERSION)
}

fn written_out<S: Serializer>(secrets: &BTreeMap<String, SecretString>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(secrets.iter().map(|(name, secret)| (name, secret.expose_secret())))
}

fn taken_in<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, SecretString>, D::Error> {
    let secrets = BTreeMap::<String, String>::deserialize(deserializer)?;
    // The text itself becomes the secret; no copy stays behind.
    Ok(secrets.into_iter().map(|(name, secret)| (name, SecretString::from(secret))).collect())
}
