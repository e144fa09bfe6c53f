//! `watch`: what is asked appears as it is asked; on a terminal, single keys decide.

use std::collections::VecDeque;
use std::io::IsTerminal as _;

use super::keys::{Key, Keys};
use super::{Terminal, Unproven, paper};
use crate::approval::State;
use crate::cli::console::{Colour, Reader};
use crate::cli::data::way::{Way, strange};
use crate::cli::{CliError, Verdict};
use crate::control::{Question, Reply, Shown};

/// What we do, as one would type it.
pub(super) const WHAT: &str = "approvals watch";
const PROMPT: &str = "[a]pprove  [d]eny  [s]kip  [q]uit ";

/// Why watching ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Left {
    Person,
    Owner,
}

/// What waits, as far as this person has not skipped it.
#[derive(Default)]
struct Waiting {
    queue: VecDeque<Shown>,
    current: Option<Shown>,
}

impl Waiting {
    /// Hears of a write; whether it is the one on the screen that no longer waits.
    fn hear(&mut self, shown: Shown) -> Option<Shown> {
        let is_current = self.current.as_ref().is_some_and(|current| current.id == shown.id);
        if shown.state != State::Pending {
            self.queue.retain(|waiting| waiting.id != shown.id);
            return is_current.then(|| {
                self.current = None;
                shown
            });
        }
        if !is_current && !self.queue.iter().any(|waiting| waiting.id == shown.id) {
            self.queue.push_back(shown);
        }
        None
    }
}

impl Terminal<'_> {
    pub(super) async fn watch(&mut self) -> Result<Verdict, CliError> {
        let has_keys = std::io::stdin().is_terminal() && self.console.reader() == Reader::Person;
        loop {
            self.connect_if_possible().await?;
            self.way.begin(Question::Watch).await?;
            let left = if has_keys { self.decide_with_keys().await? } else { self.print_changes().await? };
            if left == Left::Person {
                return Ok(Verdict::Well);
            }
            // Somebody else owns the data directory now, or we do.
            let next = Way::open(self.settings, WHAT).await?;
            std::mem::replace(&mut self.way, next).close().await;
        }
    }

    /// As the owner, what is approved is carried out over the connection of the settings, where they have one.
    async fn connect_if_possible(&mut self) -> Result<(), CliError> {
        if !self.way.is_here() {
            return Ok(());
        }
        if let Err(error) = self.way.connect_to(self.settings, None).await {
            let told = format!("! what is approved here waits for a server, since there is no connection: {error}");
            let told = self.console.paint(Colour::Yellow, told);
            self.console.line(told)?;
        }
        Ok(())
    }

    /// The next change; `None` where the owner left.
    async fn change(&mut self) -> Result<Option<Shown>, CliError> {
        match self.way.next().await {
            Ok(Some(Reply::Shown(shown))) => Ok(Some(*shown)),
            Ok(None) | Err(CliError::Owner(_)) => Ok(None),
            Ok(Some(_)) => Err(strange()),
            Err(error) => Err(error),
        }
    }

    async fn print_changes(&mut self) -> Result<Left, CliError> {
        let shutdown = self.shutdown.clone();
        loop {
            let change = tokio::select! {
                change = self.change() => change?,
                () = shutdown.cancelled() => return Ok(Left::Person),
            };
            let Some(shown) = change else { return Ok(Left::Owner) };
            let parts = [shown.agent.as_str(), &shown.tool, &shown.summary].map(paper::safe_line).join("  ");
            self.console.line(format_args!("{}  {:<10}  {parts}{}", shown.id, shown.state, paper::why(&shown)))?;
        }
    }

    async fn decide_with_keys(&mut self) -> Result<Left, CliError> {
        let shutdown = self.shutdown.clone();
        let mut waiting = Waiting::default();
        self.console.line("Waiting for requests; q ends this.")?;
        loop {
            if waiting.current.is_none()
                && let Some(next) = waiting.queue.pop_front()
            {
                self.console.line("")?;
                paper::show(&next, self.console)?;
                self.console.text(PROMPT)?;
                waiting.current = Some(next);
            }
            let mut keys = Keys::open()?;
            let happened = tokio::select! {
                key = keys.next() => Happened::Key(key?),
                change = self.change() => Happened::Change(change?.map(Box::new)),
                () = shutdown.cancelled() => Happened::Key(Key::Quit),
            };
            // From here on the terminal is as it was, and what is typed is nobody else's.
            keys.close().await;
            match happened {
                Happened::Change(None) => return Ok(Left::Owner),
                Happened::Change(Some(shown)) => {
                    if let Some(ended) = waiting.hear(*shown) {
                        self.console.line("")?;
                        self.told(&ended)?;
                    }
                }
                Happened::Key(Key::Quit) => {
                    self.console.line("")?;
                    return Ok(Left::Person);
                }
                Happened::Key(Key::Other) => {}
                Happened::Key(key) => {
                    let Some(shown) = waiting.current.take() else { continue };
                    self.console.line("")?;
                    self.act(key, shown).await?;
                }
            }
        }
    }

    /// Does what a key says with the write on the screen; whatever comes of it is told, and watching goes on.
    async fn act(&mut self, key: Key, shown: Shown) -> Result<(), CliError> {
        if !matches!(key, Key::Approve | Key::Deny) {
            return Ok(());
        }
        let way = self.way.beside(self.settings, WHAT).await?;
        let (settings, shutdown) = (self.settings, self.shutdown.clone());
        let mut beside = Terminal { way, settings, console: &mut *self.console, shutdown };
        let done = match key {
            Key::Approve => beside.approve_shown(shown, Unproven::IsAsked).await,
            _ => match beside.ask_for("Why? ").await {
                Ok(reason) => beside.deny_shown(shown, reason).await,
                Err(error) => Err(error),
            },
        };
        beside.way.close().await;
        match done {
            Ok(_) => Ok(()),
            Err(error @ (CliError::Output(_) | CliError::Interrupted)) => Err(error),
            Err(error) => {
                let told = self.console.paint(Colour::Red, format_args!("✗ {error}"));
                Ok(self.console.line(told)?)
            }
        }
    }
}

enum Happened {
    Key(Key),
    Change(Option<Box<Shown>>),
}
