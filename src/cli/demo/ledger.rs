//! Tells each call and its outcome, and keeps count.

use std::time::Duration;

use serde_json::{Map, Value};

use super::agent::{Agent, Said};
use crate::cli::console::{Colour, harmless};
use crate::cli::{CliError, Console, Verdict};
use crate::clock::{Clock as _, SystemClock};
use crate::sandbox::Sandbox;

/// Longest line, in characters.
const WIDTH: usize = 100;
/// How many lines of an answer are shown.
const LINES: usize = 7;

/// What a call is expected to come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Expected {
    /// It is answered.
    Answer,
    /// The profile refuses it, and nothing is asked of Confluence.
    Refusal,
    /// Somebody was faster; nothing is overwritten.
    Conflict,
}

/// The console, and the counts.
pub(super) struct Ledger<'a> {
    console: &'a mut Console,
    sandbox: &'a Sandbox,
    clock: SystemClock,
    calls: usize,
    refused: usize,
    scenes: usize,
    surprises: usize,
}

impl<'a> Ledger<'a> {
    pub(super) fn new(console: &'a mut Console, sandbox: &'a Sandbox) -> Self {
        let clock = SystemClock::new();
        Self { console, sandbox, clock, calls: 0, refused: 0, scenes: 0, surprises: 0 }
    }

    /// The first line of all.
    pub(super) fn title(&mut self, text: &str) -> Result<(), CliError> {
        let text = self.console.paint(Colour::Bold, text);
        Ok(self.console.line(format_args!("\n{text}"))?)
    }

    /// A line beside the story.
    pub(super) fn remark(&mut self, text: &str) -> Result<(), CliError> {
        let text = self.console.paint(Colour::Dim, text);
        Ok(self.console.line(text)?)
    }

    /// A new part of the story.
    pub(super) fn scene(&mut self, text: &str) -> Result<(), CliError> {
        self.scenes += 1;
        let text = self.console.paint(Colour::Bold, format_args!("{}  {text}", self.scenes));
        Ok(self.console.line(format_args!("\n{text}"))?)
    }

    /// Lists the tools the agent is shown.
    pub(super) async fn tools(&mut self, agent: &Agent) -> Result<(), CliError> {
        let began = self.clock.steady();
        self.console.line(format_args!(
            "\n  → tools/list {}",
            self.console.paint(Colour::Dim, "over MCP ") + &agent.protocol()
        ))?;
        let (names, writers) = agent.tools().await?;
        let cost = self.cost(began, self.sandbox.total_requests());
        let shown = match writers {
            0 => format!("{} tools, none of them can change anything", names.len()),
            more => format!("{} tools, {more} of them can change something", names.len()),
        };
        let mark = self.console.paint(Colour::Green, "✓");
        self.console.line(format_args!("  {mark} {shown}{cost}"))?;
        Ok(self
            .console
            .line(format_args!("    {}", self.console.paint(Colour::Dim, harmless(&names.join(" "), WIDTH))))?)
    }

    /// Calls a tool and tells what became of it; `point` is what there is to learn from it.
    pub(super) async fn call(
        &mut self,
        agent: &Agent,
        tool: &'static str,
        arguments: Map<String, Value>,
        (expected, point): (Expected, &str),
    ) -> Result<Said, CliError> {
        let (began, requests) = (self.clock.steady(), self.sandbox.total_requests());
        self.console.line(format_args!("\n  → {} {}", self.console.paint(Colour::Bold, tool), summary(&arguments)))?;
        let said = agent.call(tool, arguments).await?;
        let cost = self.cost(began, requests);
        self.calls += 1;
        let (mark, word) = match &said.error {
            None => (self.console.paint(Colour::Green, "✓"), "answered"),
            Some(code) if code == "refused" => (self.console.paint(Colour::Red, "✗"), "refused"),
            Some(_) => (self.console.paint(Colour::Yellow, "✗"), "not done"),
        };
        self.refused += usize::from(said.error.is_some());
        self.console.line(format_args!("  {mark} {word}{cost}"))?;
        for line in quoted(&said) {
            self.console.line(format_args!("    {}", self.console.paint(Colour::Dim, format_args!("│ {line}"))))?;
        }
        let asked = self.sandbox.total_requests() - requests;
        if came_to(&said, asked) == Some(expected) {
            self.console.line(format_args!("    {point}"))?;
        } else {
            self.surprises += 1;
            self.console.line(self.console.paint(Colour::Red, "    This is not what should have happened."))?;
        }
        Ok(said)
    }

    /// The counts, and whether all went as expected.
    pub(super) fn close(mut self, space_deleted: bool) -> Result<Verdict, CliError> {
        self.surprises += usize::from(space_deleted);
        let requests = self.sandbox.total_requests();
        let took = milliseconds(self.clock.steady());
        let Self { calls, refused, .. } = self;
        let sum = format!("{calls} calls · {requests} requests to Confluence · {refused} calls stopped · {took}");
        self.console.line(format_args!("\n{}", self.console.paint(Colour::Bold, sum)))?;
        if self.surprises == 0 {
            return Ok(Verdict::Well);
        }
        let text =
            self.console.paint(Colour::Red, format_args!("{} things went otherwise than they should.", self.surprises));
        self.console.line(text)?;
        Ok(Verdict::Wrong)
    }

    fn cost(&self, began: Duration, requests_before: u64) -> String {
        let took = milliseconds(self.clock.steady().saturating_sub(began));
        let requests = match self.sandbox.total_requests() - requests_before {
            0 => "Confluence was not asked".to_owned(),
            1 => "1 request to Confluence".to_owned(),
            more => format!("{more} requests to Confluence"),
        };
        self.console.paint(Colour::Dim, format_args!("  {took}, {requests}"))
    }
}

fn came_to(said: &Said, requests: u64) -> Option<Expected> {
    match said.error.as_deref() {
        None => Some(Expected::Answer),
        Some("refused") if requests == 0 => Some(Expected::Refusal),
        Some("conflict") => Some(Expected::Conflict),
        Some(_) => None,
    }
}

fn milliseconds(time: Duration) -> String {
    match time.as_millis() {
        0 => "under 1 ms".to_owned(),
        more => format!("{more} ms"),
    }
}

/// The arguments on one line, each value cut.
fn summary(arguments: &Map<String, Value>) -> String {
    let value = |value: &Value| match value {
        Value::String(text) => format!("\"{}\"", harmless(text, 36)),
        other => other.to_string(),
    };
    arguments.iter().map(|(name, given)| format!("{name}={}", value(given))).collect::<Vec<_>>().join(" ")
}

/// The first lines that say something.
fn quoted(said: &Said) -> Vec<String> {
    let mut lines = said.text.lines().filter(|line| !line.trim().is_empty()).map(|line| harmless(line, WIDTH));
    let mut shown: Vec<String> = lines.by_ref().take(LINES).collect();
    let left = lines.count();
    if left > 0 {
        shown.push(format!("… {left} more lines"));
    }
    shown
}
