//! A command that is asked about each write: the notice on its standard input, a verdict on its standard output.

use std::ffi::OsString;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, ChildStdin, Command};

use super::Notice;
use crate::clock::Clock;
use crate::config::{CommandSettings, Environment};
use crate::domain::text::one_line;

/// Most that a command may say, in bytes.
const LONGEST_ANSWER: u64 = 64 * 1024;
/// Most of its standard error that is logged, in characters.
const LONGEST_COMPLAINT: usize = 1000;
/// Longest reason, in characters.
const LONGEST_REASON: usize = 500;

/// What the command says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HookAnswer {
    /// It would let the write happen.
    Approve,
    /// It would not.
    Deny {
        /// Why, in its own words on one line; may be empty.
        reason: String,
    },
    /// It says nothing, or nothing that can be understood. Nothing is decided.
    None,
}

/// The command.
pub struct CommandHook {
    program: String,
    arguments: Vec<String>,
    timeout: Duration,
    environment: Vec<(OsString, OsString)>,
    clock: Arc<dyn Clock>,
}

/// Why a command gave no answer.
#[derive(Debug, thiserror::Error)]
enum Silence {
    #[error("it cannot be run: {0}")]
    Io(#[from] std::io::Error),
    #[error("it took longer than {} s and was ended", .0.as_secs())]
    Late(Duration),
    #[error("it said more than {LONGEST_ANSWER} bytes")]
    Long,
    #[error("it ended with {0}")]
    Failed(std::process::ExitStatus),
    #[error("what it said is not one JSON object with `verdict` and `reason`")]
    Garbled,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    verdict: Word,
    #[serde(default)]
    reason: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Word {
    Approve,
    Deny,
}

impl CommandHook {
    /// The command of these settings. It gets this environment, without any variable of Sluice: those may be secrets.
    pub fn new(settings: &CommandSettings, environment: &Environment, clock: Arc<dyn Clock>) -> Self {
        Self {
            program: settings.program.clone(),
            arguments: settings.arguments.clone(),
            timeout: settings.timeout,
            environment: environment.without_ours(),
            clock,
        }
    }

    /// Asks the command. Whatever goes wrong, the answer is [`HookAnswer::None`] and a line in the log says why.
    pub async fn ask(&self, notice: &Notice) -> HookAnswer {
        match self.answer(notice).await {
            Ok(answer) => answer,
            Err(error) => {
                tracing::warn!(approval = %notice.approval, %error, "the approval command gave no answer");
                HookAnswer::None
            }
        }
    }

    async fn answer(&self, notice: &Notice) -> Result<HookAnswer, Silence> {
        let mut child = self.start()?;
        let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let group = Group::of(&child);
        let mut complaint = Vec::new();
        let conversation = async {
            let ((), said) = tokio::join!(tell(stdin, notice), hear(stdout));
            let said = said?;
            if said.len() as u64 > LONGEST_ANSWER {
                return Err(Silence::Long);
            }
            Ok((child.wait().await?, said))
        };
        let ended = tokio::select! {
            biased;
            ended = conversation => ended,
            never = drain(stderr, &mut complaint) => match never {},
            () = self.clock.sleep(self.timeout) => Err(Silence::Late(self.timeout)),
        };
        if ended.is_ok() {
            // Its number may belong to another process from now on.
            group.ended();
        }
        if !complaint.is_empty() {
            let complaint = one_line(&String::from_utf8_lossy(&complaint), LONGEST_COMPLAINT);
            tracing::info!(approval = %notice.approval, complaint, "the approval command wrote to standard error");
        }
        let (status, said) = ended?;
        if !status.success() {
            return Err(Silence::Failed(status));
        }
        // A list of the right values would pass for the object.
        let object = said.trim_ascii_start().starts_with(b"{");
        let understood = if object { serde_json::from_slice(&said).ok() } else { None };
        let Said { verdict, reason } = understood.ok_or(Silence::Garbled)?;
        Ok(match verdict {
            Word::Approve => HookAnswer::Approve,
            Word::Deny => HookAnswer::Deny { reason: one_line(&reason, LONGEST_REASON) },
        })
    }

    fn start(&self) -> std::io::Result<Child> {
        let mut command = Command::new(&self.program);
        command
            .args(&self.arguments)
            .env_clear()
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        #[cfg(unix)]
        command.process_group(0);
        command.spawn()
    }
}

/// The process group of the command, ended when this is dropped.
struct Group(Option<u32>);

impl Group {
    fn of(child: &Child) -> Self {
        Self(child.id())
    }

    fn ended(mut self) {
        self.0 = None;
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        #[cfg(unix)]
        if let Some(group) = self.0.and_then(|id| rustix::process::Pid::from_raw(id.cast_signed())) {
            // It may have ended by itself.
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
    }
}

/// Writes the notice; a command that does not want to hear it may still answer.
async fn tell(stdin: Option<ChildStdin>, notice: &Notice) {
    let Some(mut stdin) = stdin else { return };
    let mut line = serde_json::to_vec(&notice.clone().cut()).unwrap_or_default();
    line.push(b'\n');
    let _ = stdin.write_all(&line).await;
}

/// What it says, to the end or to one byte more than is allowed.
async fn hear(stdout: Option<impl AsyncRead + Unpin>) -> std::io::Result<Vec<u8>> {
    let mut said = Vec::new();
    if let Some(stdout) = stdout {
        stdout.take(LONGEST_ANSWER + 1).read_to_end(&mut said).await?;
    }
    Ok(said)
}

/// Keeps the beginning of what it complains about and reads on, so that the command never waits for a reader.
async fn drain(stderr: Option<impl AsyncRead + Unpin>, kept: &mut Vec<u8>) -> std::convert::Infallible {
    if let Some(mut stderr) = stderr {
        let mut piece = [0; 4096];
        while let Ok(read @ 1..) = stderr.read(&mut piece).await {
            let room = (4 * LONGEST_COMPLAINT).saturating_sub(kept.len());
            kept.extend(piece.iter().take(read.min(room)));
        }
    }
    std::future::pending().await
}
