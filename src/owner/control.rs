//! Questions to the owner: one a line, and lines of answers.

use std::io::{Error, ErrorKind};
use std::path::Path;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use secrecy::zeroize::{Zeroize as _, Zeroizing};
use serde::Serialize;
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _, ReadHalf, WriteHalf, split};
use tokio::sync::mpsc;

use super::doors::Doors;
use super::hello::{GreetingError, Purpose, greet};
use super::lock::Holder;
use super::socket::{Connection, connect};
use crate::clock::Clock;
use crate::mcp::wire::lines::{Line, Lines};

/// Longest question or answer, in bytes.
const LONGEST: usize = 1 << 20;
/// Questions are hardly ever longer, in bytes.
const SHORT: usize = 8192;
/// How many answers may wait to be written.
const OUTBOX: usize = 32;
/// How long the owner may take to greet.
const GREETING: Duration = Duration::from_secs(5);

/// Answers questions, one after the other, until the other end leaves.
pub(super) async fn answer<S: AsyncRead + AsyncWrite + Send>(stream: S, doors: &dyn Doors) {
    let (reader, mut writer) = split(stream);
    let mut lines = Lines::up_to(reader, LONGEST);
    let mut next = lines.next().await;
    while let Ok(Some(line)) = next {
        let (answers, outbox) = mpsc::channel(OUTBOX);
        let answering = match question(line) {
            Some(question) => doors.control(question, answers),
            None => complain(answers).boxed(),
        };
        next = pass_on(answering, outbox, &mut writer, &mut lines).await;
    }
}

fn question(line: Line) -> Option<Value> {
    match line {
        Line::Whole(mut line) => {
            let question = serde_json::from_slice(&line).ok();
            // It may hold a secret.
            line.zeroize();
            question
        }
        Line::TooLong => None,
    }
}

async fn complain(answers: mpsc::Sender<String>) {
    // Whoever left needs no complaint.
    let _ = answers.send(json!({ "error": "a question is one line of JSON" }).to_string()).await;
}

/// Writes the answers to one question; what comes next. Whoever leaves gets no more answers, and what they asked for
/// is done all the same.
async fn pass_on<R: AsyncRead + Unpin, W: AsyncWrite + Unpin>(
    mut answering: BoxFuture<'_, ()>,
    mut outbox: mpsc::Receiver<String>,
    writer: &mut W,
    lines: &mut Lines<R>,
) -> Result<Option<Line>, Error> {
    let (mut answered, mut next) = (false, None);
    loop {
        tokio::select! {
            () = &mut answering, if !answered => answered = true,
            answer = outbox.recv() => {
                let Some(answer) = answer else { break };
                if write(writer, &answer).await.is_err() {
                    outbox.close();
                }
            }
            line = lines.next(), if next.is_none() => {
                if !matches!(line, Ok(Some(_))) {
                    outbox.close();
                }
                next = Some(line);
            }
        }
    }
    if !answered {
        answering.await;
    }
    match next {
        Some(next) => next,
        None => lines.next().await,
    }
}

async fn write<W: AsyncWrite + Unpin>(writer: &mut W, line: &str) -> Result<(), Error> {
    writer.write_all(line.as_bytes()).await?;
    writer.write_all(b"\n").await?;
    writer.flush().await
}

/// A connection to ask the owner of a data directory.
pub struct Control {
    lines: Lines<ReadHalf<Connection>>,
    writer: WriteHalf<Connection>,
}

/// Why the owner could not be asked.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// It refuses.
    #[error("the owner of the data directory refuses: {0}")]
    Refused(String),
    /// It cannot be reached, or left.
    #[error("the owner of the data directory cannot be asked: {0}")]
    Unreachable(#[from] Error),
}

impl Control {
    /// Connects to whoever holds the data directory, as [`LockError::Held`] tells it.
    ///
    /// [`LockError::Held`]: super::LockError::Held
    pub async fn connect(folder: &Path, by: Option<&Holder>, clock: &dyn Clock) -> Result<Self, ControlError> {
        let mut connection = connect(folder, by).await?;
        match greet(&mut connection, Purpose::Control, clock, GREETING).await {
            Ok(()) => {}
            Err(GreetingError::Refused(why)) => return Err(ControlError::Refused(why)),
            Err(GreetingError::Broken(error)) => return Err(error.into()),
        }
        let (reader, writer) = split(connection);
        Ok(Self { lines: Lines::up_to(reader, LONGEST), writer })
    }

    /// Asks a question, which may hold a secret.
    pub async fn ask(&mut self, question: &(impl Serialize + Sync)) -> Result<(), ControlError> {
        // With room from the start: a buffer that grows leaves copies behind.
        let mut line = Zeroizing::new(Vec::with_capacity(SHORT));
        serde_json::to_writer(&mut *line, question).map_err(Error::from)?;
        line.push(b'\n');
        self.writer.write_all(&line).await?;
        Ok(self.writer.flush().await?)
    }

    /// The next line of an answer; `None` once the owner has left.
    pub async fn next(&mut self) -> Result<Option<String>, ControlError> {
        match self.lines.next().await? {
            Some(Line::Whole(line)) => Ok(Some(String::from_utf8(line).map_err(Error::other)?)),
            Some(Line::TooLong) => Err(Error::new(ErrorKind::InvalidData, "too long an answer").into()),
            None => Ok(None),
        }
    }
}
