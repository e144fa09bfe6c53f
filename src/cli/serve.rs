//! `sluice serve`: serves one agent over standard input and output, as the owner of the data directory or through it.

mod desks;
mod follow;

use std::sync::Arc;

use clap::Args;
use tokio_util::sync::CancellationToken;

pub(super) use self::desks::Desk;
use self::desks::Desks;
use super::{CliError, Verdict};
use crate::clock::{Clock, SystemClock};
use crate::config::{Flags, Settings};
use crate::mcp;
use crate::owner::Entry;
use crate::owner::bridge::{self, Bridge};

/// What others are told holds the data directory.
const WHAT: &str = "serve --stdio";

/// `sluice serve --stdio`.
#[derive(Args)]
pub(super) struct Arguments {
    /// Serve the one client that started this process, over standard input and output
    #[arg(long)]
    stdio: bool,
    #[command(flatten)]
    flags: Flags,
}

impl Arguments {
    pub(super) fn flags(&self) -> &Flags {
        &self.flags
    }
}

pub(super) async fn run(
    arguments: &Arguments,
    settings: &Settings,
    shutdown: CancellationToken,
) -> Result<Verdict, CliError> {
    if !arguments.stdio {
        return Err(CliError::Usage("say how to serve: `sluice serve --stdio` is the one way there is".into()));
    }
    for variable in &settings.unknown_variables {
        tracing::warn!(variable, "this variable means nothing to Sluice; is it misspelt?");
    }
    // What is wrong with our own settings is said here, whoever serves us.
    let desk = Desk::of(settings)?;
    settings.dashboard()?;
    let carried = settings.carried()?;
    let data = settings.data_folder()?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let entry = Entry { folder: std::path::absolute(data.path())?, what: WHAT, clock: Arc::clone(&clock) };
    let leaving = CancellationToken::new();
    let desks = Desks::new(settings.clone(), clock, leaving.clone());
    let bridge = Bridge {
        entry: &entry,
        settings: &carried,
        own: Some(Box::new(|lock| Box::pin(desks.open(lock, desk)))),
        shutdown,
        leaving: leaving.clone(),
    };
    let (input, output) = mcp::stdio();
    let passed = Box::pin(bridge::run(bridge, input, output)).await;
    // From here on nobody else is served either; what was sent is finished, and the lock is let go.
    leaving.cancel();
    desks.closed().await?;
    passed?;
    Ok(Verdict::Well)
}
