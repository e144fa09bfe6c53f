//! `sluice audit`: shows the audit trail, checks it row by row, writes it out.

#[cfg(test)]
#[path = "audit_tests.rs"]
mod tests;

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp};

use super::audit_row;
use super::way::{Way, gone, strange};
use crate::audit::Filter;
use crate::cli::console::Colour;
use crate::cli::process::flags::DataFlags;
use crate::cli::{CliError, Console, Verdict};
use crate::clock::{Clock as _, SystemClock};
use crate::config::{Flags, Settings};
use crate::control::{Question, Reply};
use crate::domain::ids::ApprovalId;
use crate::store::Head;

/// `sluice audit`.
#[derive(Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    flags: DataFlags,
    #[command(subcommand)]
    task: Task,
}

/// `sluice audit show|verify|export`.
#[derive(Subcommand)]
enum Task {
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
    pub(in crate::cli) fn flags(&self) -> &Flags {
        self.flags.flags()
    }
}

pub(in crate::cli) async fn run(
    arguments: &Arguments,
    settings: &Settings,
    console: &mut Console,
) -> Result<Verdict, CliError> {
    let mut way = Way::open(settings, "audit").await?;
    let answered = answer(&arguments.task, &mut way, SystemClock::new().now(), console).await;
    way.close().await;
    answered
}

async fn answer(task: &Task, way: &mut Way, now: Timestamp, console: &mut Console) -> Result<Verdict, CliError> {
    match task {
        Task::Show { wanted, limit, json } => {
            way.begin(Question::Rows { filter: wanted.filter(now), limit: *limit }).await?;
            while let Some(Reply::Row { number, entry, json: row }) = way.next().await? {
                console.line(if *json { row } else { audit_row::told(number, entry.as_deref()) })?;
            }
            Ok(Verdict::Well)
        }
        Task::Verify { head, moved_away } => {
            let question = Question::Verify { head: head.map(|head| head.to_string()), moved_away: *moved_away };
            let known = if head.is_some() { Known::Head } else { Known::Nothing };
            told(way.ask(question).await?, known, console)
        }
        Task::Export { file, wanted } => {
            way.begin(Question::Export { filter: wanted.filter(now) }).await?;
            if file == Path::new("-") {
                export(way, console.writer()).await?;
                return Ok(Verdict::Well);
            }
            let count = into_file(way, file).await?;
            console.line(format_args!("{count} rows are in {}", file.display()))?;
            Ok(Verdict::Well)
        }
    }
}

/// What is known of the trail from elsewhere.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Known {
    Head,
    Nothing,
}

fn told(reply: Reply, known: Known, console: &mut Console) -> Result<Verdict, CliError> {
    match reply {
        Reply::Verified { after, last, head } => {
            let mark = console.paint(Colour::Green, "✓");
            if last == after {
                console.line(format_args!("{mark} no rows are kept"))?;
            } else {
                console.line(format_args!("{mark} rows {} to {last} are as they were written", after + 1))?;
            }
            if known == Known::Nothing {
                console.line("  without `--head` from a server's log, rows cut off at the end go unseen")?;
            }
            console.line(format_args!("  head {head}"))?;
            Ok(Verdict::Well)
        }
        Reply::Broken { why } => {
            console.line(format_args!("{} {why}", console.paint(Colour::Red, "✗")))?;
            Ok(Verdict::Wrong)
        }
        _ => Err(strange()),
    }
}

async fn export(way: &mut Way, out: &mut (dyn Write + Send)) -> Result<u64, CliError> {
    let mut count = 0;
    loop {
        match way.next().await? {
            Some(Reply::Row { json, .. }) => {
                writeln!(out, "{json}")?;
                count += 1;
            }
            Some(Reply::Done) => break,
            Some(_) => return Err(strange()),
            // Half an export must not look like a whole one.
            None => return Err(gone()),
        }
    }
    out.flush()?;
    Ok(count)
}

async fn into_file(way: &mut Way, path: &Path) -> Result<u64, CliError> {
    let mut options = std::fs::OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let refused = |error| CliError::Usage(format!("`{}` cannot be written: {error}", path.display()));
    // Nothing is overwritten: an export may be the only copy of rows that were moved away.
    let file = options.write(true).create_new(true).open(path).map_err(refused)?;
    let mut out = std::io::BufWriter::new(file);
    let count = export(way, &mut out).await?;
    out.get_ref().sync_all()?;
    Ok(count)
}
