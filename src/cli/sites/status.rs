//! `sluice status`: what state each connection is in, until when its tokens hold, what is left of its quota.

use clap::Args;

use crate::cli::console::{Colour, harmless};
use crate::cli::data::{assemble, way};
use crate::cli::{CliError, Console, Verdict};
use crate::clock::{Clock as _, SystemClock};
use crate::config::{Flags, Settings};
use crate::connect::record::{Record, State};
use crate::connect::{Cabinet, ConnectionName};
use crate::control::{Question, Quota, Reply};
use crate::sync;

use super::scopes;

/// `sluice status`.
#[derive(Args)]
pub(in crate::cli) struct Arguments {
    /// Name of a connection, instead of all
    name: Option<ConnectionName>,
    #[command(flatten)]
    flags: Flags,
}

impl Arguments {
    pub(in crate::cli) fn flags(&self) -> &Flags {
        &self.flags
    }
}

pub(in crate::cli) async fn run(
    arguments: &Arguments,
    settings: &Settings,
    console: &mut Console,
) -> Result<Verdict, CliError> {
    if settings.bring_credentials() {
        let what = match settings.connection() {
            Ok(connection) => format!("{} at {}", connection.signed_in_with, connection.site),
            Err(error) => error.to_string(),
        };
        let what = harmless(&what, 300);
        console.line(format_args!("These settings bring credentials of their own, which go first: {what}\n"))?;
    }
    let cabinet = Cabinet::of(&settings.data_folder()?);
    let mut listed = cabinet.records()?;
    if let Some(name) = &arguments.name {
        listed.retain(|(known, _)| known == name);
        if listed.is_empty() {
            return Err(crate::connect::ConnectError::Missing(name.clone()).into());
        }
    }
    if listed.is_empty() {
        console.line("Sluice is connected to no site; `sluice connect` connects one.")?;
        return Ok(Verdict::Well);
    }
    let quotas = match way::of_owner(settings, &Question::Quotas).await {
        Some(Reply::Quotas(quotas)) => Some(quotas),
        _ => None,
    };
    let syncs = match way::of_owner(settings, &Question::Syncs { ask: None }).await {
        Some(Reply::Syncs(syncs)) => Some(syncs),
        _ => None,
    };
    let default = cabinet.default();
    let mut verdict = Verdict::Well;
    for (name, record) in listed {
        let used = if default.as_ref() == Some(&name) { " (default)" } else { "" };
        let heading = console.paint(Colour::Bold, format_args!("{name}{used}"));
        console.line(heading)?;
        match record {
            Ok(record) => {
                if record.state != State::Connected {
                    verdict = Verdict::Wrong;
                }
                one(&record, settings, quotas.as_deref(), console)?;
                row(console, "copies", copies(&record, syncs.as_deref()))?;
            }
            Err(error) => {
                verdict = Verdict::Wrong;
                let error = console.paint(Colour::Red, harmless(&error.to_string(), 400));
                row(console, "state", error)?;
            }
        }
        console.line("")?;
    }
    Ok(verdict)
}

/// How old the copies of its site are.
fn copies(record: &Record, syncs: Option<&[sync::Status]>) -> String {
    let Some(syncs) = syncs else { return "not known: Sluice does not serve now".to_owned() };
    match syncs.iter().find(|sync| sync.connection == record.id) {
        None => "none are kept".to_owned(),
        Some(sync) => {
            let age = sync.synced.map_or_else(|| "not copied whole yet".to_owned(), |at| format!("as of {at:.0}"));
            let runs = if sync.phase == sync::Phase::Idle { "" } else { "; a sync is under way" };
            let damage = sync.damage.as_ref().map(|damage| format!("; {}", harmless(damage, 300))).unwrap_or_default();
            format!("{age}{runs}{damage}")
        }
    }
}

fn one(record: &Record, settings: &Settings, quotas: Option<&[Quota]>, console: &mut Console) -> Result<(), CliError> {
    let state = match &record.state {
        State::Connected => console.paint(Colour::Green, "connected"),
        State::Failing { .. } => console.paint(Colour::Yellow, "failing"),
        State::ReconnectNeeded { .. } => {
            let how = format!("reconnect needed: `sluice connect --reconnect {}`", record.name);
            console.paint(Colour::Red, how)
        }
    };
    row(console, "state", state)?;
    if let State::Failing { since, why } | State::ReconnectNeeded { since, why } = &record.state {
        row(console, "last error", format!("{} (since {since:.0})", harmless(why, 300)))?;
    }
    row(console, "site", harmless(&record.place.site, 200))?;
    let account = harmless(&record.place.account_name, 60);
    row(console, "account", format!("{account} ({})", harmless(&record.place.account_id, 80)))?;
    row(console, "method", format!("{}, since {:.0}", record.method.words(), record.connected_at))?;
    if let Some(access) = record.access {
        let left = access.ends_at.duration_since(SystemClock::new().now()).as_mins();
        let left = if left > 0 { format!("{left} minutes from now") } else { "renewed with the next call".to_owned() };
        row(console, "token until", format!("{:.0}, {left}", access.ends_at))?;
    }
    if !record.scopes.is_empty() {
        row(console, "scopes", harmless(&record.scopes.join(" "), 4000))?;
    }
    let name = assemble::name_of(record);
    let quota = match quotas.map(|quotas| quotas.iter().find(|quota| quota.connection == name)) {
        Some(Some(Quota { left: Some(left), of: Some(of), .. })) => format!("{left} of {of} points in this hour"),
        Some(Some(_)) => "not counted in points: API tokens have burst limits alone".to_owned(),
        Some(None) => "nothing was asked of the site since Sluice started".to_owned(),
        None => "not known: Sluice does not serve now".to_owned(),
    };
    row(console, "quota left", quota)?;
    for line in scopes::lacking(settings, record)? {
        let line = console.paint(Colour::Yellow, line);
        row(console, "lacks", line)?;
    }
    Ok(())
}

fn row(console: &mut Console, what: &str, value: impl std::fmt::Display) -> Result<(), CliError> {
    Ok(console.line(format_args!("  {what:<12} {value}"))?)
}
