//! Who decides in the terminal: an approver by secret, or, where none has been set up, whoever says so.

use std::io::IsTerminal as _;

use super::Terminal;
use crate::cli::CliError;
use crate::cli::console::Colour;
use crate::cli::data::way::strange;
use crate::control::{Claim, ControlError, Question, Reply};

/// What happens where no approver has been set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum Unproven {
    /// Whoever sits at the terminal is asked.
    IsAsked,
    /// Nobody is asked: `--yes`.
    Passes,
    /// It only stops something, so that nobody has to be asked.
    Stops,
}

impl Unproven {
    pub(super) const fn asked(yes: bool) -> Self {
        if yes { Self::Passes } else { Self::IsAsked }
    }
}

impl Terminal<'_> {
    /// Who decides. `what` is what they would do, as a question to a person.
    pub(super) async fn claim(&mut self, unproven: Unproven, what: &str) -> Result<Claim, CliError> {
        let Reply::Approvers { set_up } = self.way.ask(Question::Approvers).await? else { return Err(strange()) };
        if set_up {
            return self.secret().await;
        }
        if unproven == Unproven::Stops {
            return Ok(Claim::Anyone);
        }
        let warning = "no approver has been set up: whoever runs programs as this user could do this, an agent with a \
            shell as well; `sluice approvers add NAME` sets one up";
        let warning = self.console.paint(Colour::Yellow, format_args!("! {warning}"));
        self.console.line(warning)?;
        if unproven == Unproven::Passes {
            return Ok(Claim::Anyone);
        }
        if !std::io::stdin().is_terminal() {
            return Err(CliError::Usage("nobody is there to be asked: give `--yes`".to_owned()));
        }
        let answer = self.ask_for(&format!("{what} [y/N] ")).await?;
        let agreed = ["y", "yes"].contains(&answer.to_lowercase().as_str());
        if agreed { Ok(Claim::Anyone) } else { Err(CliError::Refused("nothing was done".to_owned())) }
    }

    /// Asks whoever sits at the terminal for a line.
    pub(super) async fn ask_for(&mut self, what: &str) -> Result<String, CliError> {
        self.console.text(what)?;
        let answer = blocking(|| {
            let mut answer = String::new();
            std::io::stdin().read_line(&mut answer).map(|_| answer)
        });
        tokio::select! {
            answer = answer => Ok(answer?.trim().to_owned()),
            () = self.shutdown.cancelled() => Err(CliError::Interrupted),
        }
    }

    async fn secret(&mut self) -> Result<Claim, CliError> {
        if let Some(secret) = self.settings.approver_secret() {
            return Ok(Claim::Secret(secret));
        }
        if !std::io::stdin().is_terminal() {
            return Err(ControlError::NoSecret.into());
        }
        // What is typed is not shown, and the terminal is put right again however this ends.
        let secret = blocking(|| rpassword::prompt_password("Your approver's secret: ")).await?;
        Ok(Claim::Secret(secret.trim().to_owned().into()))
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> Result<T, CliError> {
    let worked = tokio::task::spawn_blocking(work).await;
    Ok(worked.map_err(std::io::Error::other)??)
}
