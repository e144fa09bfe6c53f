//! `sluice sync`: copies what changed at the connected sites into the local index now, and shows how far it is.

use std::time::Duration;

use clap::Args;

use super::way::{Way, of_owner, strange};
use crate::cli::console::{Colour, harmless};
use crate::cli::{CliError, Console, Verdict};
use crate::clock::{Clock, SystemClock};
use crate::config::{Flags, Settings, SyncWhen};
use crate::control::{Question, Reply};
use crate::sync::{Ended, Kind, Phase, Status};

/// How often it is looked how far a sync is.
const LOOK: Duration = Duration::from_millis(250);
/// Looks until it must be under way.
const PATIENCE: u32 = 40;
/// Signs of the bar.
const WIDTH: u64 = 24;

/// `sluice sync`.
#[derive(Args)]
pub(in crate::cli) struct Arguments {
    /// Look at every page: removes what is gone, also what an ordinary sync held back because it was so much
    #[arg(long)]
    full: bool,
    /// Show the next syncs too, until interrupted
    #[arg(long)]
    watch: bool,
    /// Print each state as a line of JSON
    #[arg(long)]
    json: bool,
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
    if settings.sync()?.when == SyncWhen::Off {
        return Err(CliError::Usage("syncs are off: set `sync` to scheduled or asked".into()));
    }
    let kind = if arguments.full { Kind::Full } else { Kind::Incremental };
    let shown = Shown { json: arguments.json, watch: arguments.watch };
    through("sync", settings, None, kind, shown, console).await
}

/// Opens the data directory, asks for a run over the connection of that name or that of the settings, and shows it.
/// `what` is what we do, as one would type it.
async fn through(
    what: &str,
    settings: &Settings,
    connection: Option<&str>,
    kind: Kind,
    shown: Shown,
    console: &mut Console,
) -> Result<Verdict, CliError> {
    let mut way = Way::open_or_make(settings, what).await?;
    let verdict = match way.connect_to(settings, connection).await {
        Ok(()) => follow(&mut way, kind, shown, console).await,
        Err(error) => Err(error),
    };
    way.close().await;
    verdict
}

/// Copies a site that was just connected, where syncs are scheduled: by whoever serves already, or here.
pub(in crate::cli) async fn first(
    settings: &Settings,
    connection: &str,
    console: &mut Console,
) -> Result<(), CliError> {
    if settings.sync()?.when != SyncWhen::Scheduled {
        return Ok(());
    }
    if of_owner(settings, &Question::Syncs { ask: None }).await.is_some() {
        console.line("  its spaces are copied by the server that runs; `sluice sync --watch` shows how far it is")?;
        return Ok(());
    }
    // Credentials of the settings go before any connection, so that the next server would copy by them.
    if settings.bring_credentials() {
        return Ok(());
    }
    console
        .line("  its spaces are copied for searches now; what is left when you interrupt, the next server copies")?;
    let shown = Shown { json: false, watch: false };
    through("connect", settings, Some(connection), Kind::Incremental, shown, console).await.map(drop)
}

/// How it is shown.
#[derive(Clone, Copy)]
struct Shown {
    json: bool,
    watch: bool,
}

/// Asks for a run and shows it to its end.
async fn follow(way: &mut Way, kind: Kind, shown: Shown, console: &mut Console) -> Result<Verdict, CliError> {
    let clock = SystemClock::new();
    let before = standing(way, None).await?;
    if before.is_empty() {
        return Err(CliError::Usage(
            "whoever owns the data directory serves no connected site; `sluice connect` connects one".into(),
        ));
    }
    let run = |status: &Status| status.last.as_ref().map_or(0, |last| last.number);
    let mut now = standing(way, Some(kind)).await?;
    let mut said = Vec::new();
    for look in 0_u32.. {
        let ended = |status: &Status| {
            let known = before.iter().find(|known| known.connection == status.connection);
            status.phase == Phase::Idle && known.is_none_or(|known| run(known) < run(status) || look > PATIENCE)
        };
        for status in now.iter().filter(|status| status.phase != Phase::Idle || ended(status)) {
            let text = if shown.json { json(status) } else { words(status, console) };
            if said.iter().all(|earlier| *earlier != text) {
                console.line(&text)?;
            }
            said.push(text);
        }
        said = said.split_off(said.len().saturating_sub(now.len()));
        if !shown.watch && now.iter().all(ended) {
            break;
        }
        clock.sleep(LOOK).await;
        now = standing(way, None).await?;
    }
    let failed = |status: &Status| status.last.as_ref().is_some_and(|last| last.how == Ended::Failed);
    Ok(if now.iter().any(failed) { Verdict::Wrong } else { Verdict::Well })
}

async fn standing(way: &mut Way, ask: Option<Kind>) -> Result<Vec<Status>, CliError> {
    match way.ask(Question::Syncs { ask }).await? {
        Reply::Syncs(standing) => Ok(standing),
        _ => Err(strange()),
    }
}

fn json(status: &Status) -> String {
    serde_json::to_string(status).unwrap_or_default()
}

/// One line about one site.
fn words(status: &Status, console: &Console) -> String {
    let site = harmless(&status.site, 80);
    if status.phase != Phase::Idle {
        let (done, total) = (status.pages.done, status.pages.total);
        let of = total.map(|total| format!(" of {total}")).unwrap_or_default();
        let left = status.seconds_left.map(|seconds| format!(", {seconds} s left")).unwrap_or_default();
        let errors = if status.errors > 0 { format!(", {} errors", status.errors) } else { String::new() };
        let waits = status.waits_until.map(|until| format!(", waits until {until:.0}")).unwrap_or_default();
        return format!(
            "{site} {} {}: {done}{of} pages, {:.0} a second, {} points{errors}{left}{waits}",
            bar(done, total),
            status.phase.word(),
            status.per_second,
            status.points
        );
    }
    let Some(last) = &status.last else { return format!("{site}: not copied yet") };
    let colour = if last.how == Ended::Done { Colour::Green } else { Colour::Yellow };
    let why = last.why.as_ref().map(|why| format!(": {}", harmless(why, 200))).unwrap_or_default();
    let mut lines = vec![format!(
        "{site} {}{why}: {} copies made or changed, {} removed, {} requests, {} points, {} errors",
        console.paint(colour, last.how.word()),
        last.written,
        last.removed,
        last.requests,
        last.points,
        last.errors
    )];
    let trouble = last.troubles.iter().map(|trouble| {
        let about = trouble.id.as_ref().map(|id| format!("{}: ", harmless(id, 40))).unwrap_or_default();
        format!("  {about}{}", harmless(&trouble.what, 200))
    });
    lines.extend(trouble);
    lines.join("\n")
}

/// How far it is, drawn.
fn bar(done: u64, total: Option<u64>) -> String {
    let full = total.filter(|total| *total > 0).map_or(0, |total| done.min(total) * WIDTH / total);
    let sign = |place: u64| if place < full { '█' } else { '░' };
    (0..WIDTH).map(sign).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_full_as_what_is_done() {
        assert_eq!(bar(0, None), "░".repeat(24));
        assert_eq!(bar(5, Some(10)), format!("{}{}", "█".repeat(12), "░".repeat(12)));
        assert_eq!(bar(20, Some(10)), "█".repeat(24));
        assert_eq!(bar(1, Some(0)), "░".repeat(24));
    }
}
