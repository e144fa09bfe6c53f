//! `sluice serve`: serves one agent over standard input and output, or many over HTTP.

mod desks;
mod follow;
mod http;
mod take_over;

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

/// `sluice serve`.
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
    for variable in &settings.unknown_variables {
        tracing::warn!(variable, "this variable means nothing to Sluice; is it misspelt?");
    }
    match (arguments.stdio, settings.http()?.is_some()) {
        (true, _) => Box::pin(over_stdio(settings, shutdown)).await,
        (false, true) => Box::pin(http::run(settings, shutdown)).await,
        (false, false) => Err(CliError::Usage(
            "say how to serve: `sluice serve --stdio` for the one client that starts it, \
             `sluice serve --http 127.0.0.1:7979` for many agents"
                .into(),
        )),
    }
}

/// As the owner of the data directory, or through whoever owns it.
async fn over_stdio(settings: &Settings, shutdown: CancellationToken) -> Result<Verdict, CliError> {
    // What is wrong with our own settings is said here, whoever serves us.
    Desk::of(settings)?;
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
        own: Box::new(|lock| Box::pin(desks.open(lock))),
        handed_over: desks.handed_over(),
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
