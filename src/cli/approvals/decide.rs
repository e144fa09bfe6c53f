//! `approve` and `deny`: what was shown is what is decided, and what became of it is told.

use super::{Terminal, Unproven, paper};
use crate::approval::State;
use crate::approval::approvals::DecideError;
use crate::approval::record::{Decision, Says};
use crate::cli::console::Colour;
use crate::cli::data::way::strange;
use crate::cli::{CliError, Verdict};
use crate::control::{Question, Reached, Reply, Shown};
use crate::domain::digest::Digest;
use crate::domain::ids::ApprovalId;

/// How long the owner is asked to wait for an outcome, in seconds.
const WAIT: u8 = 20;

impl Terminal<'_> {
    pub(super) async fn shown(&mut self, id: &ApprovalId) -> Result<Shown, CliError> {
        match self.way.ask(Question::Show { id: id.clone() }).await? {
            Reply::Shown(shown) => Ok(*shown),
            _ => Err(strange()),
        }
    }

    pub(super) async fn approve(
        &mut self,
        id: ApprovalId,
        seal: Option<Digest>,
        unproven: Unproven,
    ) -> Result<Verdict, CliError> {
        let shown = self.shown(&id).await?;
        still_waits(&shown)?;
        if seal.is_some_and(|seal| seal != shown.seal) {
            return Err(CliError::Refused(DecideError::OtherSeal.to_string()));
        }
        self.way.connect(self.settings, &shown.connection).await?;
        paper::show(&shown, self.console)?;
        self.approve_shown(shown, unproven).await
    }

    /// Approves what is on the screen.
    pub(super) async fn approve_shown(&mut self, shown: Shown, unproven: Unproven) -> Result<Verdict, CliError> {
        let who = self.claim(unproven, "Approve exactly this?").await?;
        // What was shown, not what may be there by now.
        let question = Question::Decide { id: shown.id, seal: shown.seal, says: Says::Yes, reason: None, who };
        let Reply::Shown(approved) = self.way.ask(question).await? else { return Err(strange()) };
        self.follow(*approved).await
    }

    pub(super) async fn deny(&mut self, id: ApprovalId, reason: String) -> Result<Verdict, CliError> {
        let shown = self.shown(&id).await?;
        still_waits(&shown)?;
        self.console.line(paper::safe_line(&shown.summary))?;
        self.deny_shown(shown, reason).await
    }

    /// Denies what is on the screen.
    pub(super) async fn deny_shown(&mut self, shown: Shown, reason: String) -> Result<Verdict, CliError> {
        let who = self.claim(Unproven::Stops, "").await?;
        let question = Question::Decide { id: shown.id, seal: shown.seal, says: Says::No, reason: Some(reason), who };
        let Reply::Shown(denied) = self.way.ask(question).await? else { return Err(strange()) };
        self.told(&denied)
    }

    /// Waits for the outcome of what was approved: as the owner until it is known, else a while.
    pub(super) async fn follow(&mut self, approved: Shown) -> Result<Verdict, CliError> {
        let mut shown = approved;
        if shown.reached == Reached::No && !shown.state.is_settled() {
            let note = format!("It is sent as soon as a server for {} runs", paper::safe_line(&shown.connection));
            let until = shown.execute_by.map(|at| format!(", until {at:.0}")).unwrap_or_default();
            self.console.line(format_args!("{note}{until}."))?;
            return Ok(Verdict::Well);
        }
        let mut told = false;
        while !shown.state.is_settled() {
            let question = Question::Wait { id: shown.id.clone(), seconds: WAIT };
            let reply = tokio::select! {
                reply = self.way.ask(question) => reply?,
                () = self.shutdown.cancelled() => return Err(CliError::Interrupted),
            };
            let Reply::Shown(later) = reply else { return Err(strange()) };
            shown = *later;
            if !self.way.is_here() {
                break;
            }
            if !shown.state.is_settled() && !told {
                told = true;
                let state = shown.state;
                self.console
                    .line(format_args!("It is {state}; waiting. Whoever opens the data directory next goes on."))?;
            }
        }
        self.told(&shown)
    }

    /// Says how far it is in the end.
    pub(super) fn told(&mut self, shown: &Shown) -> Result<Verdict, CliError> {
        let good = matches!(shown.state, State::Succeeded | State::Denied);
        let bad = shown.state.is_settled() && !good;
        let (mark, colour) = if bad { ("✗", Colour::Red) } else { ("✓", Colour::Green) };
        let mark = self.console.paint(colour, mark);
        self.console.line(format_args!("{mark} {} is {}{}", shown.id, shown.state, paper::why(shown)))?;
        Ok(if bad { Verdict::Wrong } else { Verdict::Well })
    }
}

/// Says who decided, or what became of it, where it no longer waits.
fn still_waits(shown: &Shown) -> Result<(), CliError> {
    let state = shown.state;
    let error = match &shown.decision {
        _ if state == State::Pending => return Ok(()),
        Some(Decision { by, says, .. }) => DecideError::Decided { by: paper::safe_line(by), says: *says, state },
        None => DecideError::Over(state),
    };
    Err(CliError::Refused(error.to_string()))
}
