//! `sluice serve`: serves one agent over standard input and output.

use std::sync::Arc;

use clap::Args;
use tokio_util::sync::CancellationToken;

use super::assemble::{self, Shared};
use super::people::agents;
use super::{CliError, Verdict, permissions};
use crate::clock::{Clock, SystemClock};
use crate::config::{Flags, Settings};
use crate::mcp;
use crate::people::{self, Known};
use crate::store::memory::MemoryStore;

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
    let Known { caller, owner, .. } = people::caller(settings, &agents::of(settings)?, &permissions::tool_names())?;
    let connection = settings.connection()?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let shared = Shared::over(Arc::new(MemoryStore::new()), people::agents_file(settings)?, clock).await?;
    let app = Arc::new(assemble::app(&connection, settings.folder().as_deref(), &shared).await?);
    tracing::info!(
        site = connection.site, agent = %caller.agent, %owner, profile = caller.profile.name, "serving over standard input and output"
    );
    let served = mcp::serve_stdio(Arc::clone(&app), caller, shutdown).await;
    app.finish().await;
    served.map_err(|error| CliError::Mcp(error.to_string()))?;
    Ok(Verdict::Well)
}
