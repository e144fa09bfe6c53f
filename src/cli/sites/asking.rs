//! Asks whoever sits at the terminal, or reads what a script has written there.

use std::io::{self, IsTerminal as _};

use secrecy::SecretString;
use tokio_util::sync::CancellationToken;

use crate::cli::{CliError, Console};

/// Whoever answers.
pub(super) struct Asker<'a> {
    pub(super) console: &'a mut Console,
    pub(super) shutdown: CancellationToken,
    /// Whether every question that can be answered with yes is, and nothing else is asked: `--yes`.
    pub(super) yes: bool,
}

impl Asker<'_> {
    /// A line. `otherwise` says how to give it without being asked.
    pub(super) async fn line(&mut self, what: &str, otherwise: &str) -> Result<String, CliError> {
        self.may_ask(what, otherwise)?;
        self.console.text(&format!("{what}: "))?;
        let line = self.read(read_line).await?;
        self.given(line, what, otherwise)
    }

    /// A line that is not shown.
    pub(super) async fn hidden(&mut self, what: &str, otherwise: &str) -> Result<SecretString, CliError> {
        self.may_ask(what, otherwise)?;
        self.console.text(&format!("{what} (not shown): "))?;
        let line = if io::stdin().is_terminal() {
            self.read(|| rpassword::read_password().map(Some)).await?
        } else {
            self.read(read_line).await?
        };
        self.given(line, what, otherwise).map(SecretString::from)
    }

    /// Which of several, from 0.
    pub(super) async fn choice(&mut self, what: &str, of: usize, otherwise: &str) -> Result<usize, CliError> {
        loop {
            let answer = self.line(&format!("{what} [1-{of}]"), otherwise).await?;
            match answer.parse::<usize>() {
                Ok(number) if (1..=of).contains(&number) => return Ok(number - 1),
                _ => self.console.line(format_args!("a number from 1 to {of}, please"))?,
            }
        }
    }

    /// Whether the answer is yes.
    pub(super) async fn agreed(&mut self, what: &str) -> Result<bool, CliError> {
        if self.yes {
            return Ok(true);
        }
        let answer = self.line(&format!("{what} [y/N]"), "give `--yes`").await;
        match answer {
            Ok(answer) => Ok(["y", "yes"].contains(&answer.to_lowercase().as_str())),
            // Nothing but a line break is a no.
            Err(CliError::Usage(_)) if io::stdin().is_terminal() => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn may_ask(&self, what: &str, otherwise: &str) -> Result<(), CliError> {
        if self.yes { Err(missing(what, otherwise)) } else { Ok(()) }
    }

    fn given(&mut self, line: Option<String>, what: &str, otherwise: &str) -> Result<String, CliError> {
        if !io::stdin().is_terminal() {
            // Nobody has pressed the key that would have ended the line.
            self.console.line("")?;
        }
        let line = line.map(|line| line.trim().to_owned()).filter(|line| !line.is_empty());
        line.ok_or_else(|| missing(what, otherwise))
    }

    async fn read(
        &self,
        read: impl FnOnce() -> io::Result<Option<String>> + Send + 'static,
    ) -> Result<Option<String>, CliError> {
        tokio::select! {
            line = tokio::task::spawn_blocking(read) => Ok(line.map_err(io::Error::other)??),
            () = self.shutdown.cancelled() => Err(CliError::Interrupted),
        }
    }
}

fn missing(what: &str, otherwise: &str) -> CliError {
    CliError::Usage(format!("{} was not given; {otherwise}", what.to_lowercase()))
}

/// `None` where nothing will come any more.
fn read_line() -> io::Result<Option<String>> {
    let mut line = String::new();
    Ok((io::stdin().read_line(&mut line)? > 0).then_some(line))
}
