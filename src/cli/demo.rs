//! `sluice demo`: a simulated site, the server and an agent in one process, so that one sees what Sluice does.

mod agent;
mod configuration;
mod ledger;
mod story;

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use tokio_util::sync::CancellationToken;

use self::agent::Agent;
use self::ledger::Ledger;
use super::data::assemble::{self, Shared};
use super::{CliError, Console, Verdict, permissions};
use crate::app::App;
use crate::approval::Quiet;
use crate::cli::data::sites::Keepers;
use crate::clock::{Clock, SystemClock};
use crate::config::{Connection, ProfileName};
use crate::confluence::credentials::ApiToken;
use crate::policy::Caller;
use crate::policy::ask::{AgentId, Written};
use crate::sandbox::model::{ContentKind, Site};
use crate::sandbox::{Sandbox, SandboxOptions, seed};
use crate::store::memory::MemoryStore;

/// The account of the simulated site that the server signs in with: one that may do everything.
const EMAIL: &str = "admin@example.com";
const TOKEN: &str = "sandbox-token";

/// `sluice demo`.
#[derive(Args)]
pub(super) struct Arguments {
    /// Stay up afterwards, with a ready configuration for your own client
    #[arg(long)]
    keep: bool,
}

pub(super) async fn run(
    arguments: &Arguments,
    console: &mut Console,
    shutdown: CancellationToken,
) -> Result<Verdict, CliError> {
    let site = seed::service_desk();
    let (spaces, pages) = size(&site);
    let sandbox = Sandbox::start(SandboxOptions::new(site)).await?;
    let connection = connection(&sandbox)?;
    let store = Arc::new(MemoryStore::new());
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let keepers = Keepers::none(Arc::clone(&clock));
    let shared = Shared::over(store, PathBuf::new(), clock, Arc::new(Quiet), keepers).await?;
    let app = assemble::app(&connection, None, &shared).await?;
    let mut ledger = Ledger::new(console, &sandbox);
    ledger.title("Sluice: an AI agent works in Confluence, and a profile decides what it may do")?;
    ledger
        .remark(&format!("A simulated site of {spaces} spaces and {pages} pages is up at {}/wiki.", sandbox.url()))?;
    ledger.remark("The server signs in as an administrator. The agent gets only what its profile allows.")?;

    let page = read_only(&app, &mut ledger).await?;
    documentation_manager(&app, &page, &mut ledger).await?;
    app.finish().await;

    let verdict = ledger.close(sandbox.space_delete_executed())?;
    if arguments.keep {
        configuration::keep(&sandbox, [EMAIL, TOKEN], console)?;
        shutdown.cancelled().await;
    } else {
        configuration::next_steps(console)?;
    }
    sandbox.stop().await;
    Ok(verdict)
}

async fn read_only(app: &Arc<App>, ledger: &mut Ledger<'_>) -> Result<story::Found, CliError> {
    ledger.scene("Profile read-only: the agent looks around")?;
    let agent = Agent::connect(app, caller("read-only")?).await?;
    let found = story::looks_around(&agent, ledger).await;
    agent.leave().await?;
    found
}

async fn documentation_manager(app: &Arc<App>, page: &story::Found, ledger: &mut Ledger<'_>) -> Result<(), CliError> {
    ledger.scene("Profile documentation-manager: the same agent may write")?;
    let agent = Agent::connect(app, caller("documentation-manager")?).await?;
    let told = story::writes(&agent, page, ledger).await;
    agent.leave().await?;
    told
}

fn caller(profile: &str) -> Result<Caller, CliError> {
    let name = ProfileName::Shipped(profile.to_owned());
    let profile = Arc::new(name.read(&permissions::tool_names())?.profile);
    let written = Written { from: name.kept().into(), text: Arc::clone(&profile.written) };
    Ok(Caller {
        agent: AgentId::new("demo"),
        profile,
        owner: "demo".into(),
        profiles: [written].into(),
        connection: None,
    })
}

fn connection(sandbox: &Sandbox) -> Result<Connection, CliError> {
    let token = ApiToken::new(EMAIL, TOKEN.into()).map_err(|error| CliError::Usage(error.to_string()))?;
    Ok(Connection {
        id: None,
        site: sandbox.url(),
        gateway: None,
        credentials: Arc::new(token),
        signed_in_with: format!("API token of {EMAIL}"),
        authority: None,
        proxy: None,
        media_host: None,
        requests_per_second: None,
        points_per_hour: None,
    })
}

fn size(site: &Site) -> (usize, usize) {
    let pages = site.contents.values().filter(|content| content.kind == ContentKind::Page);
    (site.spaces.len(), pages.count())
}
