//! `sluice audit`: shows the audit trail, checks it row by row, writes it out.

mod row;
#[cfg(test)]
mod tests;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Args, Subcommand};
use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp};

use super::console::Colour;
use super::process::flags::DataFlags;
use super::{CliError, Console, Verdict};
use crate::audit::{Broken, Filter, Known, Trail};
use crate::clock::{Clock, SystemClock};
use crate::config::declared::DATA_DIR;
use crate::config::{Flags, Settings};
use crate::domain::ids::ApprovalId;
use crate::store::{Head, Store};

/// The folder of older rows in the data directory.
const FOLDER: &str = "audit";

/// `sluice audit`.
#[derive(Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    flags: DataFlags,
    #[command(subcommand)]
    question: Question,
}

/// `sluice audit show|verify|export`.
#[derive(Subcommand)]
enum Question {
    /// Show rows, newest first
    Show {
        #[command(flatten)]
        wanted: Wanted,
        /// At most so many rows
        #[arg(long, value_name = "NUMBER", default_value_t = 50)]
        limit: usize,
        /// One line of JSON for each row, as in an export
        #[arg(long)]
        json: bool,
    },
    /// Walk the trail and name the first row that was altered or is missing
    Verify {
        /// A place that the log of a server has as `head`: the trail must still hold it
        #[arg(long, value_name = "NUMBER:HEX")]
        head: Option<Head>,
        /// Files with the rows up to this number were moved away
        #[arg(long, value_name = "NUMBER", default_value_t = 0)]
        moved_away: u64,
    },
    /// Write rows out, oldest first, one line of JSON for each
    Export {
        /// A new file, or `-` for standard output
        file: PathBuf,
        #[command(flatten)]
        wanted: Wanted,
    },
}

/// Which rows.
#[derive(Args)]
struct Wanted {
    /// By this agent, person or part of Sluice
    #[arg(long, value_name = "NAME")]
    agent: Option<String>,
    /// About this tool
    #[arg(long, value_name = "TOOL")]
    tool: Option<String>,
    /// About this write
    #[arg(long, value_name = "ID")]
    approval: Option<ApprovalId>,
    /// This event, such as `refused`
    #[arg(long, value_name = "EVENT")]
    event: Option<String>,
    /// Not older: a time such as 2026-11-22T10:30:00Z, or how long ago, such as `2h`
    #[arg(long, value_name = "TIME")]
    since: Option<Since>,
}

/// The earliest time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Since {
    At(Timestamp),
    Ago(SignedDuration),
}

impl std::str::FromStr for Since {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(time) = text.parse() {
            return Ok(Self::At(time));
        }
        let days = SpanRelativeTo::days_are_24_hours();
        let ago = text.parse::<Span>().and_then(|span| span.to_duration(days)).ok();
        ago.filter(|ago| !ago.is_negative())
            .map(Self::Ago)
            .ok_or_else(|| "give a time such as 2026-11-22T10:30:00Z, or how long ago, such as 2h or 3d".to_owned())
    }
}

impl Wanted {
    fn filter(&self, now: Timestamp) -> Filter {
        let since = self.since.map(|since| match since {
            Since::At(time) => time,
            // Longer ago than there is time means all of it.
            Since::Ago(ago) => now.checked_sub(ago).unwrap_or(Timestamp::MIN),
        });
        let Self { agent, tool, approval, event, .. } = self;
        Filter { who: agent.clone(), tool: tool.clone(), approval: approval.clone(), event: event.clone(), since }
    }
}

impl Arguments {
    pub(super) fn flags(&self) -> &Flags {
        self.flags.flags()
    }
}

pub(super) async fn run(
    arguments: &Arguments,
    settings: &Settings,
    console: &mut Console,
) -> Result<Verdict, CliError> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let store = open_store(settings).await?;
    let folder = settings.path(&DATA_DIR).map(|folder| folder.join(FOLDER));
    answer(&arguments.question, &Trail::new(store, Arc::clone(&clock), folder), clock.now(), console).await
}

/// The store of the data directory.
#[expect(clippy::unused_async, reason = "opening a store waits for the disk")]
async fn open_store(settings: &Settings) -> Result<Arc<dyn Store>, CliError> {
    let folder = settings.path(&DATA_DIR).map(|folder| format!(" in `{}`", folder.display())).unwrap_or_default();
    Err(CliError::Usage(format!("there is no store{folder} to read the audit trail from")))
}

async fn answer(
    question: &Question,
    trail: &Trail,
    now: Timestamp,
    console: &mut Console,
) -> Result<Verdict, CliError> {
    match question {
        Question::Show { wanted, limit, json } => {
            for shown in trail.show(&wanted.filter(now), *limit).await? {
                console.line(if *json { shown.json() } else { row::told(&shown) })?;
            }
            Ok(Verdict::Well)
        }
        Question::Verify { head, moved_away } => {
            check(trail, &Known { head: *head, moved_away: *moved_away }, console).await
        }
        Question::Export { file, wanted } => {
            let filter = wanted.filter(now);
            if file == Path::new("-") {
                trail.export(console.writer(), &filter).await?;
                return Ok(Verdict::Well);
            }
            let count = export(trail, file, &filter).await?;
            console.line(format_args!("{count} rows are in {}", file.display()))?;
            Ok(Verdict::Well)
        }
    }
}

async fn check(trail: &Trail, known: &Known, console: &mut Console) -> Result<Verdict, CliError> {
    match trail.verify(known).await {
        Ok(verified) => {
            let mark = console.paint(Colour::Green, "✓");
            let (after, last) = (verified.after.number, verified.last);
            if last.number == after {
                console.line(format_args!("{mark} no rows are kept"))?;
            } else {
                console.line(format_args!("{mark} rows {} to {} are as they were written", after + 1, last.number))?;
            }
            if known.head.is_none() {
                console.line("  without `--head` from a server's log, rows cut off at the end go unseen")?;
            }
            console.line(format_args!("  head {last}"))?;
            Ok(Verdict::Well)
        }
        Err(Broken::Unreadable(error)) => Err(error.into()),
        Err(broken) => {
            console.line(format_args!("{} {broken}", console.paint(Colour::Red, "✗")))?;
            Ok(Verdict::Wrong)
        }
    }
}

async fn export(trail: &Trail, path: &Path, filter: &Filter) -> Result<u64, CliError> {
    let mut options = std::fs::OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let refused = |error| CliError::Usage(format!("`{}` cannot be written: {error}", path.display()));
    // Nothing is overwritten: an export may be the only copy of rows that were moved away.
    let file = options.write(true).create_new(true).open(path).map_err(refused)?;
    let mut out = std::io::BufWriter::new(file);
    let count = trail.export(&mut out, filter).await?;
    out.flush()?;
    out.get_ref().sync_all()?;
    Ok(count)
}
