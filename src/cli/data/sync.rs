//! `sluice sync`: copies what changed at the connected sites and other sources into the local index now, and shows how
//! far it is.

use std::time::Duration;

use clap::Args;

use super::way::{Way, of_owner, strange};
use crate::cli::console::{Colour, harmless};
use crate::cli::{CliError, Console, Verdict};
use crate::clock::{Clock, SystemClock};
use crate::config::{Flags, Settings, SyncWhen};
use crate::connect::Cabinet;
use crate::control::{Question, Reply};
use crate::sources::{self, Problem, Standing};
use crate::sync::{Ended, Kind, Phase, Status};

/// How often it is looked how far a sync is.
const LOOK: Duration = Duration::from_millis(250);
/// Looks until it must be under way.
const PATIENCE: u32 = 40;
/// The same for a site, whose index is made anew before where it is damaged.
const PATIENCE_WITH_SITES: u32 = 1_200;
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
    let shown = Shown { json: arguments.json, watch: arguments.watch, others: true };
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
        // Where no site is connected, there may be other sources.
        Err(error) if !(shown.others && is_unconnected(settings)) => Err(error),
        _ => follow(&mut way, kind, shown, console).await,
    };
    way.close().await;
    verdict
}

fn is_unconnected(settings: &Settings) -> bool {
    let names = settings.data_folder().ok().and_then(|data| Cabinet::of(&data).names().ok());
    !settings.bring_credentials() && names.is_some_and(|names| names.is_empty())
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
    let shown = Shown { json: false, watch: false, others: false };
    through("connect", settings, Some(connection), Kind::Incremental, shown, console).await.map(drop)
}

/// How it is shown.
#[derive(Clone, Copy)]
struct Shown {
    json: bool,
    watch: bool,
    /// The other sources too.
    others: bool,
}

/// How it stands with everything that is copied.
struct Standings {
    sites: Vec<Status>,
    sources: Vec<Standing>,
}

/// Asks for a run and shows it to its end.
async fn follow(way: &mut Way, kind: Kind, shown: Shown, console: &mut Console) -> Result<Verdict, CliError> {
    let clock = SystemClock::new();
    let before = standing(way, None, shown).await?;
    if before.sites.is_empty() && before.sources.is_empty() {
        return Err(CliError::Usage(
            "whoever owns the data directory serves no connected site; `sluice connect` connects one".into(),
        ));
    }
    let mut now = standing(way, Some(kind), shown).await?;
    let mut said = Vec::new();
    for look in 0_u32.. {
        let (lines, all_ended) = lines(&before, &now, look, shown, console);
        let number = lines.len();
        for text in lines {
            if said.iter().all(|earlier| *earlier != text) {
                console.line(&text)?;
            }
            said.push(text);
        }
        said = said.split_off(said.len().saturating_sub(number));
        if !shown.watch && all_ended {
            break;
        }
        clock.sleep(LOOK).await;
        now = standing(way, None, shown).await?;
    }
    let run = |status: &Status| status.last.as_ref().map_or(0, |last| last.number);
    let never_ran = |status: &Status| {
        let mut known = before.sites.iter().filter(|known| known.connection == status.connection);
        known.any(|known| run(known) == run(status))
    };
    let failed = |status: &Status| status.last.as_ref().is_some_and(|last| last.how == Ended::Failed);
    let wrong = now.sites.iter().any(|status| failed(status) || never_ran(status)) || now.sources.iter().any(is_wrong);
    Ok(if wrong { Verdict::Wrong } else { Verdict::Well })
}

/// What there is to say now, and whether everything that was asked for has come to its end.
fn lines(before: &Standings, now: &Standings, look: u32, shown: Shown, console: &Console) -> (Vec<String>, bool) {
    let run = |status: &Status| status.last.as_ref().map_or(0, |last| last.number);
    let (mut lines, mut all_ended) = (Vec::new(), true);
    for status in &now.sites {
        let known = before.sites.iter().find(|known| known.connection == status.connection);
        let is_newer = known.is_none_or(|known| run(known) != run(status) || look > PATIENCE_WITH_SITES);
        let ended = status.phase == Phase::Idle && is_newer;
        all_ended &= ended;
        if status.phase != Phase::Idle || ended {
            lines.push(if shown.json { json(status) } else { words(status, console) });
        }
    }
    for source in &now.sources {
        let known = before.sources.iter().find(|known| known.source == source.source);
        let is_newer = known.is_none_or(|known| known.last != source.last || look > PATIENCE);
        let ended = !source.busy && (is_newer || source.trouble.is_some());
        all_ended &= ended;
        if source.progress.phase != sources::Phase::Idle || ended {
            lines.push(if shown.json { json(source) } else { words_of(source, console) });
        }
    }
    (lines, all_ended)
}

async fn standing(way: &mut Way, ask: Option<Kind>, shown: Shown) -> Result<Standings, CliError> {
    let Reply::Syncs(sites) = way.ask(Question::Syncs { ask }).await? else { return Err(strange()) };
    if !shown.others {
        return Ok(Standings { sites, sources: Vec::new() });
    }
    match way.ask(Question::Sources { ask: ask.is_some() }).await? {
        Reply::Sources(sources) => Ok(Standings { sites, sources }),
        _ => Err(strange()),
    }
}

fn json(standing: &impl serde::Serialize) -> String {
    serde_json::to_string(standing).unwrap_or_default()
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

/// One line about one source.
fn words_of(standing: &Standing, console: &Console) -> String {
    let Standing { source, progress, last, trouble, .. } = standing;
    let errors = |errors: u64| if errors > 0 { format!(", {errors} errors") } else { String::new() };
    if standing.busy {
        let of = progress.total.map(|total| format!(" of {total}")).unwrap_or_default();
        let (bar, errors) = (bar(progress.done, progress.total), errors(progress.errors));
        return format!("{source} {bar}: {}{of} articles, {} copied{errors}", progress.done, progress.copied);
    }
    if let Some(trouble) = trouble {
        return format!("{source} {}: {}", console.paint(Colour::Red, "cannot be copied"), harmless(trouble, 300));
    }
    let Some(outcome) = last.as_ref().map(|run| &run.outcome) else { return format!("{source}: not copied yet") };
    let (colour, how) = match &outcome.ended {
        sources::Ended::Complete => (Colour::Green, "done".to_owned()),
        sources::Ended::WithHoles => (Colour::Yellow, "done, but for what could not be listed".to_owned()),
        sources::Ended::Cancelled => (Colour::Yellow, "stopped; the next run goes on".to_owned()),
        sources::Ended::Failed { why } => (Colour::Red, format!("failed: {}", harmless(why, 300))),
    };
    let mut lines = vec![format!(
        "{source} {}: {} articles, {} copied, {} removed{}",
        console.paint(colour, how),
        outcome.seen,
        outcome.copied,
        outcome.removed,
        errors(outcome.errors)
    )];
    let problem = |problem: &Problem| format!("  {}: {}", harmless(&problem.what, 200), harmless(&problem.why, 200));
    lines.extend(outcome.problems.iter().map(problem));
    lines.join("\n")
}

/// Whether somebody has to look.
fn is_wrong(standing: &Standing) -> bool {
    let failed = |run: &sources::fill::Run| matches!(run.outcome.ended, sources::Ended::Failed { .. });
    standing.trouble.is_some() || standing.last.as_ref().is_some_and(failed)
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
