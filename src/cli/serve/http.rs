//! `sluice serve --http`: serves many agents over HTTP, as the owner of the data directory.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use super::take_over::take_over;
use crate::app::App;
use crate::cli::data::owned::{Door, HandOver, Owned};
use crate::cli::data::sites::SiteApps;
use crate::cli::{CliError, Verdict, permissions};
use crate::clock::{Clock, SystemClock};
use crate::config::{Settings, WayOut};
use crate::confluence::Request;
use crate::confluence::api::users;
use crate::confluence::failure::Failure;
use crate::domain::access::Read;
use crate::endpoint::{Endpoint, Parts, Readiness};
use crate::identity::{Identity, Reach};
use crate::mcp::Handler;
use crate::mcp::http::StreamableHttp;
use crate::people::{self, Roster};
use crate::policy::gate::BuiltIn;

/// What others are told holds the data directory.
pub(super) const WHAT: &str = "serve --http";
/// How long what store and Confluence said is believed.
const BELIEVED: Duration = Duration::from_secs(10);

pub(super) async fn run(settings: &Settings, shutdown: CancellationToken) -> Result<Verdict, CliError> {
    let http = settings.http()?.ok_or_else(|| CliError::Usage("`http` is not set".to_owned()))?;
    let identity = identity(settings)?;
    let data = settings.data_folder()?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let file = people::agents_file(settings)?;
    let roster = Roster::open(file.clone(), permissions::tool_names(), clock.now())?;
    let endpoint = Endpoint::bind(http).await?;
    let lock = take_over(&std::path::absolute(data.path())?, WHAT, &clock, &shutdown).await?;
    let leaving = CancellationToken::new();
    let owned =
        Owned::open(lock, settings, Door::WithDashboard, HandOver::never(), Arc::clone(&clock), leaving.clone())
            .await?;
    let apps = Arc::new(SiteApps::new(settings.clone(), owned.shared().clone()));
    // Whoever names no connection of its own is served with this one.
    let site = match apps.app(None).await {
        Ok(app) => app.context().site.to_string(),
        Err(error) => {
            leaving.cancel();
            owned.close().await;
            return Err(error);
        }
    };
    let roster = Arc::new(roster);
    owned.shared().mistakes.follow(&roster);
    for mistake in roster.mistakes() {
        tracing::error!(mistake, "this cannot be used; the agent is let in once it can");
    }
    if roster.agents().iter().next().is_none() {
        tracing::warn!(file = %file.display(), "no agent is let in yet; add one with `sluice agents add`");
    }
    let (states, audience) = (owned.states().clone(), Arc::clone(&owned.shared().audience));
    let handler = {
        let audience = Arc::clone(&audience);
        move || Handler::each(states.clone(), Arc::clone(&audience))
    };
    let parts = Parts {
        protocol: StreamableHttp::new(handler, endpoint.rules(owned.shared().metrics.clone(), Arc::clone(&clock))),
        readiness: Arc::new(Probe { apps: Arc::clone(&apps), clock: Arc::clone(&clock), last: Mutex::default() }),
        apps,
        roster,
        identity: Arc::new(identity),
        audience,
        metrics: owned.shared().metrics.clone(),
        clock,
    };
    tracing::info!(url = endpoint.url(), site, "serving agents");
    endpoint.serve(parts, shutdown).await;
    leaving.cancel();
    owned.close().await;
    tracing::info!("everything has ended");
    Ok(Verdict::Well)
}

fn identity(settings: &Settings) -> Result<Identity, CliError> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let WayOut { proxy, authority } = settings.way_out()?;
    Ok(Identity::new(clock, &Reach { authority, proxy, ..Reach::default() })?)
}

/// Asks whether calls can be served: the store answers, and Confluence takes the credentials.
struct Probe {
    apps: Arc<SiteApps>,
    clock: Arc<dyn Clock>,
    /// One look at a time: whoever comes meanwhile hears what it brings.
    last: Mutex<Option<(Duration, Result<(), &'static str>)>>,
}

impl Probe {
    async fn ask(&self, app: &App) -> Result<(), &'static str> {
        let request: Request<Read> = users::current_user();
        let permit = BuiltIn::Doctor.permit();
        match app.context().client.send(&permit, request).await {
            // A token without that scope is taken all the same, and a busy site is there.
            Ok(_) | Err(Failure::ScopeMissing(_) | Failure::TooFast { .. }) => Ok(()),
            Err(Failure::NotSignedIn(_)) => Err("Confluence does not take the credentials"),
            Err(Failure::ReconnectNeeded { .. }) => Err("somebody has to sign in again"),
            Err(Failure::Disconnected { .. }) => Err("the site was disconnected"),
            Err(_) => Err("Confluence does not answer"),
        }
    }
}

impl Readiness for Probe {
    fn ready(&self) -> BoxFuture<'_, Result<(), &'static str>> {
        async move {
            let mut last = self.last.lock().await;
            let now = self.clock.steady();
            if let Some((_, said)) = last.filter(|(at, _)| now.saturating_sub(*at) < BELIEVED) {
                return said;
            }
            let said = match self.apps.app(None).await {
                Err(_) => Err("no site is connected"),
                Ok(app) if app.approvals().paused().await.is_err() => Err("the store does not answer"),
                Ok(app) => self.ask(&app).await,
            };
            *last = Some((self.clock.steady(), said));
            said
        }
        .boxed()
    }
}
