//! `sluice doctor`: what is configured and from where, whether the site answers, who we are, what we may read.

mod files;
mod probe;

use clap::Args;

use std::sync::Arc;

use super::console::{Colour, harmless};
use super::data::sites::Keepers;
use super::people::agents;
use super::{CliError, Console, Verdict, permissions};
use crate::clock::SystemClock;
use crate::config::declared::ALL;
use crate::config::{Flags, Kind, Settings, host_of};
use crate::people::{self, Known};
use crate::policy::gate::may_ever;
use crate::tools::catalog;

/// `sluice doctor`.
#[derive(Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    flags: Flags,
}

impl Arguments {
    pub(super) fn flags(&self) -> &Flags {
        &self.flags
    }
}

/// What was found, written as it is found.
struct Findings<'a> {
    console: &'a mut Console,
    problems: usize,
}

impl Findings<'_> {
    fn heading(&mut self, text: &str) -> std::io::Result<()> {
        let text = self.console.paint(Colour::Bold, text);
        self.console.line(text)
    }

    fn good(&mut self, text: &str) -> std::io::Result<()> {
        let mark = self.console.paint(Colour::Green, "✓");
        self.console.line(format_args!("  {mark} {text}"))
    }

    fn note(&mut self, text: &str) -> std::io::Result<()> {
        let mark = self.console.paint(Colour::Yellow, "!");
        self.console.line(format_args!("  {mark} {text}"))
    }

    fn problem(&mut self, text: &str) -> std::io::Result<()> {
        self.problems += 1;
        let mark = self.console.paint(Colour::Red, "✗");
        self.console.line(format_args!("  {mark} {}", text.replace('\n', "\n    ")))
    }
}

pub(super) async fn run(settings: &Settings, console: &mut Console) -> Result<Verdict, CliError> {
    let mut findings = Findings { console, problems: 0 };
    list(settings, &mut findings)?;
    profile(settings, &mut findings)?;
    files::list(settings, &mut findings)?;
    findings.heading("Site")?;
    let keepers = Keepers::of(settings, Arc::new(SystemClock::new()));
    match keepers.connection(settings, None).await {
        Ok(connection) => probe::site(&connection, &mut findings).await?,
        Err(error) => findings.problem(&error.to_string())?,
    }
    keepers.close().await;
    let problems = findings.problems;
    console.line("")?;
    match problems {
        0 => console.line(console.paint(Colour::Green, "All is well."))?,
        1 => console.line(console.paint(Colour::Red, "1 problem."))?,
        more => console.line(console.paint(Colour::Red, format_args!("{more} problems.")))?,
    }
    Ok(if problems == 0 { Verdict::Well } else { Verdict::Wrong })
}

/// Every setting that has a value, and where it came from. Secrets are only said to be there.
fn list(settings: &Settings, findings: &mut Findings<'_>) -> Result<(), CliError> {
    findings.heading("Settings")?;
    let file = settings.file.as_ref().map_or("none".to_owned(), |path| path.display().to_string());
    findings.console.line(format_args!("  {:<20} {file}", "settings file"))?;
    for setting in ALL {
        let Some(given) = settings.get(setting) else { continue };
        let value = match setting.kind {
            Kind::Secret => "(set)".to_owned(),
            Kind::Address => harmless(&host_of(&given.value), 120),
            Kind::Text | Kind::Number | Kind::Path | Kind::Switch => without_password(&given.value),
        };
        let origin = findings.console.paint(Colour::Dim, format_args!("from {}", given.origin));
        findings.console.line(format_args!("  {:<20} {value:<32} {origin}", setting.key))?;
    }
    for variable in &settings.unknown_variables {
        findings.note(&format!("{} means nothing to Sluice; is it misspelt?", harmless(variable, 60)))?;
    }
    let checked =
        [settings.log().err(), settings.agent().err(), settings.approval_command().err(), settings.dashboard().err()];
    let checked = checked.into_iter().flatten().map(|error| error.to_string());
    let told = [settings.webhook().err(), settings.collector().err()].into_iter().flatten();
    for problem in checked.chain(told.map(|error| error.to_string())) {
        findings.problem(&problem)?;
    }
    Ok(findings.console.line("")?)
}

/// An address may hold a password, though it should not.
fn without_password(value: &str) -> String {
    match (value.split_once("://"), value.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, rest))) => harmless(&format!("{scheme}://…@{rest}"), 120),
        _ => harmless(value, 120),
    }
}

fn profile(settings: &Settings, findings: &mut Findings<'_>) -> Result<(), CliError> {
    findings.heading("Profile")?;
    match (agents::of(settings), settings.agent()) {
        (Ok(agents), Ok(_)) => match people::caller(settings, &agents, &permissions::tool_names()) {
            Ok(known) => told(&known, findings)?,
            Err(error) => findings.problem(&error.to_string())?,
        },
        (Err(error), _) => findings.problem(&error.to_string())?,
        // The agent's name was said to be wrong above.
        (Ok(_), Err(_)) => {}
    }
    Ok(findings.console.line("")?)
}

fn told(Known { caller, owner, profiles }: &Known, findings: &mut Findings<'_>) -> std::io::Result<()> {
    let allowed = catalog().filter(|entry| may_ever(caller, entry.facts).is_ok()).count();
    let name = harmless(&caller.profile.name, 120);
    let files: Vec<String> = profiles.iter().map(|profile| harmless(&profile.to_string(), 120)).collect();
    let files = files.join(", narrowed by ");
    findings.good(&format!("{files}: \"{name}\" allows {allowed} of {} tools", catalog().count()))?;
    findings.good(&format!("agent {} belongs to {owner}", caller.agent))
}
