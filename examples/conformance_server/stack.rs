//! The fixtures behind everything that stands before Sluice's own tools: its transport, credentials, bounds and end.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use secrecy::ExposeSecret as _;
use sluice::app::{App, Parts as AppParts};
use sluice::approval::mandates::FromFiles;
use sluice::approval::{Approvals, Quiet};
use sluice::clock::{Clock, SystemClock};
use sluice::config::HttpSettings;
use sluice::confluence::{Address, ApiToken, Client, Settings};
use sluice::endpoint::{Apps, Endpoint, Parts, Readiness};
use sluice::identity::{Identity, Reach};
use sluice::mcp::Audience;
use sluice::mcp::http::StreamableHttp;
use sluice::people::{Agents, Owner, Roster};
use sluice::store::memory::MemoryStore;
use sluice::telemetry::Metrics;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::Failure;
use crate::fixtures::{Fixtures, Shared};

/// The stack, and the key of the one agent that it lets in.
pub(crate) struct Stack {
    endpoint: Endpoint,
    parts: Parts,
    folder: PathBuf,
    pub(crate) bearer: String,
    pub(crate) url: Url,
}

impl Stack {
    /// Takes a port of this machine; nobody is answered yet. Who is let in stands in a new temporary folder.
    pub(crate) async fn new() -> Result<Self, Failure> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let folder = std::env::temp_dir().join(format!("sluice-conformance-{}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        let agents = folder.join("agents.toml");
        let key = Agents::add(&agents, "suite", &Owner::read("suite")?, "full-access")?;
        let roster = Arc::new(Roster::open(agents.clone(), Vec::new(), clock.now())?);
        let endpoint = Endpoint::bind(settings()?).await?;
        let (shared, metrics) = (Arc::new(Shared::new()?), Metrics::new(clock.now()));
        let protocol =
            StreamableHttp::new(move || Fixtures::new(&shared), endpoint.rules(metrics.clone(), Arc::clone(&clock)));
        let parts = Parts {
            apps: Arc::new(One(app(&clock).await?)),
            roster,
            identity: Arc::new(Identity::new(Arc::clone(&clock), &Reach::default())?),
            audience: Arc::new(Audience::new(Arc::clone(&clock))),
            protocol,
            readiness: Arc::new(Always),
            metrics,
            clock,
        };
        let (bearer, url) = (key.secret().expose_secret().to_owned(), endpoint.url().parse()?);
        Ok(Self { endpoint, parts, folder, bearer, url })
    }

    /// Answers until `shutdown` is set, and as long after as the product does.
    pub(crate) async fn serve(self, shutdown: CancellationToken) {
        self.endpoint.serve(self.parts, shutdown).await;
        if let Err(error) = std::fs::remove_dir_all(&self.folder) {
            println!("{} cannot be removed: {error}", self.folder.display());
        }
    }
}

fn settings() -> Result<HttpSettings, Failure> {
    let plenty = NonZeroU32::new(10_000).ok_or("no number")?;
    Ok(HttpSettings {
        address: SocketAddr::from(([127, 0, 0, 1], 0)),
        tls: None,
        public_url: None,
        hosts: Vec::new(),
        origins: ["http://localhost:*", "http://127.0.0.1:*"].map(str::to_owned).into(),
        metrics_token: None,
        sessions: 1_000,
        at_once: 64,
        per_second: plenty,
    })
}

/// The fixtures call nothing through it: its Confluence is not there.
async fn app(clock: &Arc<dyn Clock>) -> Result<Arc<App>, Failure> {
    let credentials = ApiToken::new("suite@example.com", "none".to_owned().into())?;
    let client = Client::new(Settings::new(Address::site("http://127.0.0.1:1")?, Arc::new(credentials)))?;
    let approvals = Approvals::open(Arc::new(MemoryStore::new()), Arc::clone(clock), Arc::new(Quiet)).await?;
    Ok(Arc::new(App::new(AppParts {
        library: None,
        client,
        connection: "none".to_owned(),
        site: "http://127.0.0.1:1".to_owned(),
        folder: None,
        approvals,
        mandates: Arc::new(FromFiles { agents: PathBuf::new(), known_tools: Vec::new() }),
        review: None,
        clock: Arc::clone(clock),
    })))
}

/// The one site there is.
struct One(Arc<App>);

impl Apps for One {
    fn of<'a>(&'a self, _: Option<&'a str>) -> BoxFuture<'a, Result<Arc<App>, String>> {
        async { Ok(Arc::clone(&self.0)) }.boxed()
    }
}

struct Always;

impl Readiness for Always {
    fn ready(&self) -> BoxFuture<'_, Result<(), &'static str>> {
        async { Ok(()) }.boxed()
    }
}
