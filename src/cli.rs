//! The command line: one file per command.
//!
//! Exit codes: 0 all is well; 1 the command ran and found something wrong; 2 the command line or a setting is wrong;
//! 70 a client deleted a space on the simulated site.

mod approvals;
mod console;
mod data;
mod demo;
mod doctor;
mod error;
mod offline;
mod people;
mod process;
mod sandbox;
mod serve;
mod sites;

use clap::{Parser, Subcommand};
use tokio_util::sync::CancellationToken;

use data::{audit, store, sync};
use offline::{completions, convert, tools};
use people::{agents, approvers, dashboard, permissions};
use sites::{connect, disconnect, list, sources, status};

use crate::config::{ConfigError, Environment, Flags, Settings};

pub use console::{Colour, Console};
pub use error::{CliError, Verdict};
pub use process::main;

/// An MCP server for Confluence Cloud in which every call passes one gate.
#[derive(Parser)]
#[command(name = "sluice", version, after_help = AFTER_HELP, arg_required_else_help = true)]
pub struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

const AFTER_HELP: &str = "New here? `sluice demo` needs no account and no network.\n\n\
    Exit codes: 0 all is well, 1 something is wrong, 2 a flag or setting is wrong.";

#[derive(Subcommand)]
enum Command {
    /// Serve agents over MCP
    Serve(serve::Arguments),
    /// Show what Sluice does: a simulated site, a server and an agent in one process
    Demo(demo::Arguments),
    /// Run a simulated Confluence Cloud site
    Sandbox(sandbox::Arguments),
    /// Connect a site: sign in, pick it, done
    Connect(connect::Arguments),
    /// Forget a site's tokens
    Disconnect(disconnect::Arguments),
    /// List the connected sites, choose the one to use, remove one
    Sites(list::Arguments),
    /// Show the state of every connection
    Status(status::Arguments),
    /// Add other documentation to search, list it, look at it, remove it
    Sources(sources::Arguments),
    /// Check and explain permission profiles
    #[command(subcommand)]
    Permissions(permissions::Question),
    /// Give agents keys of their own, list them, revoke them
    #[command(subcommand)]
    Agents(agents::Task),
    /// Name the people who may approve
    #[command(subcommand)]
    Approvers(approvers::Task),
    /// Print a link that lets a browser into the dashboard
    Dashboard(dashboard::Arguments),
    /// List writes that wait, show them, decide on them
    Approvals(approvals::Arguments),
    /// Take a write back
    Undo(approvals::Undo),
    /// Stop every write until `resume`
    Pause(approvals::Pause),
    /// Let writes be sent again
    Resume(approvals::Resume),
    /// Copy what changed at the sites into the local index now
    Sync(sync::Arguments),
    /// Show, check and write out the audit trail
    Audit(audit::Arguments),
    /// Convert a page body between formats, without a site
    Convert(convert::Arguments),
    /// List the tools as a Markdown table
    Tools(tools::Arguments),
    /// Check settings, credentials and what the site answers
    Doctor(doctor::Arguments),
    /// Check, back up and restore what Sluice keeps
    Store(store::Arguments),
    /// Print completions for a shell
    Completions(completions::Arguments),
}

impl CommandLine {
    /// Whether the command serves somebody else; all others are for the person who runs them.
    const fn serves(&self) -> bool {
        matches!(self.command, Command::Serve(_))
    }

    /// The settings of the commands that have any.
    pub fn settings(&self, environment: &Environment) -> Result<Option<Settings>, ConfigError> {
        let flags = match &self.command {
            Command::Serve(arguments) => arguments.flags(),
            Command::Doctor(arguments) => arguments.flags(),
            Command::Connect(arguments) => arguments.flags(),
            Command::Disconnect(arguments) => arguments.flags(),
            Command::Sites(arguments) => arguments.flags(),
            Command::Status(arguments) => arguments.flags(),
            Command::Sources(arguments) => arguments.flags(),
            Command::Store(arguments) => arguments.flags(),
            Command::Sync(arguments) => arguments.flags(),
            Command::Audit(arguments) => arguments.flags(),
            Command::Dashboard(arguments) => arguments.flags(),
            Command::Approvals(arguments) => arguments.flags(),
            Command::Undo(arguments) => arguments.flags(),
            Command::Pause(arguments) => arguments.flags(),
            Command::Resume(arguments) => arguments.flags(),
            Command::Agents(_) | Command::Approvers(_) => &Flags::default(),
            _ => return Ok(None),
        };
        Settings::load(flags, environment).map(Some)
    }

    /// Runs the command until it is done or `shutdown` is called for.
    pub async fn run(
        self,
        settings: Option<Settings>,
        console: &mut Console,
        shutdown: CancellationToken,
    ) -> Result<Verdict, CliError> {
        match (self.command, settings) {
            (Command::Serve(arguments), Some(settings)) => serve::run(&arguments, &settings, shutdown).await,
            (Command::Doctor(_), Some(settings)) => doctor::run(&settings, console).await,
            (Command::Connect(arguments), Some(settings)) => {
                Box::pin(connect::run(arguments, &settings, console, shutdown)).await
            }
            (Command::Disconnect(arguments), Some(settings)) => {
                Box::pin(disconnect::run(arguments, &settings, console, shutdown)).await
            }
            (Command::Sites(arguments), Some(settings)) => {
                Box::pin(list::run(arguments, &settings, console, shutdown)).await
            }
            (Command::Status(arguments), Some(settings)) => status::run(&arguments, &settings, console).await,
            (Command::Sources(arguments), Some(settings)) => {
                Box::pin(sources::run(arguments, &settings, console, shutdown)).await
            }
            (Command::Dashboard(_), Some(settings)) => dashboard::run(&settings, console).await,
            (Command::Approvals(arguments), Some(settings)) => {
                Box::pin(approvals::run(arguments, &settings, console, shutdown)).await
            }
            (Command::Undo(arguments), Some(settings)) => {
                Box::pin(approvals::undo(arguments, &settings, console, shutdown)).await
            }
            (Command::Pause(_), Some(settings)) => Box::pin(approvals::pause(&settings, console, shutdown)).await,
            (Command::Resume(arguments), Some(settings)) => {
                Box::pin(approvals::resume(arguments, &settings, console, shutdown)).await
            }
            (Command::Agents(task), Some(settings)) => Box::pin(agents::run(&task, &settings, console)).await,
            (Command::Approvers(task), Some(settings)) => approvers::run(&task, &settings, console),
            (Command::Store(arguments), Some(settings)) => store::run(&arguments, &settings, console).await,
            (Command::Sync(arguments), Some(settings)) => sync::run(&arguments, &settings, console).await,
            (Command::Audit(arguments), Some(settings)) => audit::run(&arguments, &settings, console).await,
            (Command::Demo(arguments), _) => demo::run(&arguments, console, shutdown).await,
            (Command::Sandbox(arguments), _) => sandbox::run(&arguments, console, shutdown).await,
            (Command::Permissions(question), _) => permissions::run(&question, console),
            (Command::Convert(arguments), _) => convert::run(arguments, console).await,
            (Command::Tools(arguments), _) => tools::run(&arguments, console),
            (Command::Completions(arguments), _) => completions::run(&arguments, console),
            (_, None) => Err(CliError::NoSettings),
        }
    }
}

/// The tools as a Markdown table, for the README.
pub fn tools_table() -> String {
    tools::markdown()
}
