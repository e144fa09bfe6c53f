//! `sluice approvals`, `sluice undo`, `sluice pause` and `sluice resume`: people decide, in the terminal.

mod claim;
mod decide;
mod keys;
mod paper;
mod person;
mod requests;
mod watch;

use clap::{Args, Subcommand};
use jiff::{Span, SpanRelativeTo};
use tokio_util::sync::CancellationToken;

use super::data::way::Way;
use super::{CliError, Console, Verdict};
use crate::config::{Flags, Settings};
use crate::domain::digest::Digest;
use crate::domain::ids::ApprovalId;
use crate::domain::place::SpaceName;
use crate::policy::ask::AgentId;

pub(super) use claim::Unproven;
pub(super) use requests::cancel_of;

/// `sluice approvals`.
#[derive(Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    flags: Flags,
    #[command(subcommand)]
    task: Task,
}

/// `sluice undo`.
#[derive(Args)]
pub(super) struct Undo {
    #[command(flatten)]
    flags: Flags,
    /// The write, as `sluice approvals list --all` names it
    id: ApprovalId,
    /// Ask nothing where no approver has been set up
    #[arg(long)]
    yes: bool,
}

/// `sluice pause`.
#[derive(Args)]
pub(super) struct Pause {
    #[command(flatten)]
    flags: Flags,
}

/// `sluice resume`.
#[derive(Args)]
pub(super) struct Resume {
    #[command(flatten)]
    flags: Flags,
    /// Ask nothing where no approver has been set up
    #[arg(long)]
    yes: bool,
}

#[derive(Subcommand)]
enum Task {
    /// List writes, newest first: those that wait, or all
    List {
        /// Those that came to an end as well
        #[arg(long)]
        all: bool,
        /// Of this agent alone
        #[arg(long, value_name = "NAME", value_parser = agent)]
        agent: Option<AgentId>,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Show a write: what will change, what it costs, and its seal
    Show {
        /// The write
        id: ApprovalId,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Show a write, then approve it
    Approve {
        /// The write
        id: ApprovalId,
        /// Only if its seal is still this one, as `show` printed it
        #[arg(long, value_name = "SEAL")]
        seal: Option<Digest>,
        /// Ask nothing where no approver has been set up
        #[arg(long)]
        yes: bool,
    },
    /// Deny a write
    Deny {
        /// The write
        id: ApprovalId,
        /// Why; the agent is told
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Show writes as they are asked; on a terminal, single keys decide
    Watch,
    /// Say what became of a write that only a person can tell about
    Settle {
        /// The write
        id: ApprovalId,
        #[command(flatten)]
        seen: Seen,
        /// Ask nothing where no approver has been set up
        #[arg(long)]
        yes: bool,
    },
    /// Approve in advance: what an agent does with one tool in one space, for a while
    Grant {
        /// The agent
        #[arg(long, value_name = "NAME", value_parser = agent)]
        agent: AgentId,
        /// The tool, such as `update_page`
        #[arg(long)]
        tool: String,
        /// The space, by key or id
        #[arg(long, value_name = "KEY")]
        space: SpaceName,
        /// For how long, such as `1h`; at most 7 days
        #[arg(long = "for", value_name = "TIME", value_parser = minutes)]
        minutes: u32,
        /// Ask nothing where no approver has been set up
        #[arg(long)]
        yes: bool,
    },
    /// List the grants that hold
    Grants,
    /// Take a grant back
    RevokeGrant {
        /// The grant
        id: String,
    },
}

/// What a person saw in Confluence.
#[derive(Args)]
#[group(required = true, multiple = false)]
struct Seen {
    /// It took effect
    #[arg(long)]
    happened: bool,
    /// It did not
    #[arg(long)]
    did_not_happen: bool,
}

impl Arguments {
    pub(super) fn flags(&self) -> &Flags {
        &self.flags
    }
}

impl Undo {
    pub(super) fn flags(&self) -> &Flags {
        &self.flags
    }
}

impl Pause {
    pub(super) fn flags(&self) -> &Flags {
        &self.flags
    }
}

impl Resume {
    pub(super) fn flags(&self) -> &Flags {
        &self.flags
    }
}

/// What a command works with.
struct Terminal<'a> {
    way: Way,
    settings: &'a Settings,
    console: &'a mut Console,
    shutdown: CancellationToken,
}

pub(super) async fn run(
    arguments: Arguments,
    settings: &Settings,
    console: &mut Console,
    shutdown: CancellationToken,
) -> Result<Verdict, CliError> {
    let what = if matches!(arguments.task, Task::Watch) { watch::WHAT } else { "approvals" };
    let way = Way::open(settings, what).await?;
    let mut terminal = Terminal { way, settings, console, shutdown };
    let ended = terminal.run(arguments.task).await;
    terminal.way.close().await;
    ended
}

pub(super) async fn undo(
    undo: Undo,
    settings: &Settings,
    console: &mut Console,
    shutdown: CancellationToken,
) -> Result<Verdict, CliError> {
    let way = Way::open(settings, "undo").await?;
    let mut terminal = Terminal { way, settings, console, shutdown };
    let ended = terminal.undo(undo.id, Unproven::asked(undo.yes)).await;
    terminal.way.close().await;
    ended
}

pub(super) async fn pause(
    settings: &Settings,
    console: &mut Console,
    shutdown: CancellationToken,
) -> Result<Verdict, CliError> {
    let way = Way::open(settings, "pause").await?;
    let mut terminal = Terminal { way, settings, console, shutdown };
    let ended = terminal.pause().await;
    terminal.way.close().await;
    ended
}

pub(super) async fn resume(
    resume: Resume,
    settings: &Settings,
    console: &mut Console,
    shutdown: CancellationToken,
) -> Result<Verdict, CliError> {
    let way = Way::open(settings, "resume").await?;
    let mut terminal = Terminal { way, settings, console, shutdown };
    let ended = terminal.resume(Unproven::asked(resume.yes)).await;
    terminal.way.close().await;
    ended
}

impl Terminal<'_> {
    async fn run(&mut self, task: Task) -> Result<Verdict, CliError> {
        match task {
            Task::List { all, agent, json } => self.list(all, agent, json).await,
            Task::Show { id, json } => self.show(id, json).await,
            Task::Approve { id, seal, yes } => self.approve(id, seal, Unproven::asked(yes)).await,
            Task::Deny { id, reason } => self.deny(id, reason).await,
            Task::Watch => Box::pin(self.watch()).await,
            Task::Settle { id, seen, yes } => self.settle(id, seen.happened, Unproven::asked(yes)).await,
            Task::Grant { agent, tool, space, minutes, yes } => {
                self.grant(agent, tool, space, minutes, Unproven::asked(yes)).await
            }
            Task::Grants => self.grants().await,
            Task::RevokeGrant { id } => self.revoke_grant(id).await,
        }
    }
}

fn agent(name: &str) -> Result<AgentId, String> {
    // A person's own writes have a name with a colon.
    let fits = AgentId::fits(name.strip_prefix("person:").unwrap_or(name));
    if fits { Ok(AgentId::new(name)) } else { Err("use 1 to 64 letters, digits, dots, dashes".to_owned()) }
}

fn minutes(text: &str) -> Result<u32, String> {
    let days = SpanRelativeTo::days_are_24_hours();
    let lasting = text.parse::<Span>().and_then(|span| span.to_duration(days)).ok();
    let minutes = lasting.and_then(|lasting| u32::try_from(lasting.as_secs().checked_add(59)? / 60).ok());
    minutes.filter(|minutes| *minutes > 0).ok_or_else(|| "give a time such as 30m, 1h or 2d".to_owned())
}
