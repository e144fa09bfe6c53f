//! Where agents reach Sluice over HTTP: who they are, how much each may ask, and how everything ends.
//!
//! Nothing is answered at `/mcp` before an agent has proven who it is; there is no anonymous access and no credential of
//! anybody else to fall back to. What stands behind is [`StreamableHttp`]; here stands what is around it: connections,
//! TLS, names and origins, credentials, rates, health and figures, and the orderly end.

mod answers;
mod bounds;
mod connections;
mod entrance;
mod follow;
mod guard;
mod health;
mod metadata;
mod routes;
mod tls;

use std::net::SocketAddr;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use secrecy::SecretString;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::clock::Clock;
use crate::config::HttpSettings;
use crate::identity::Identity;
use crate::mcp::Audience;
use crate::mcp::http::{Rules, SessionLimits, StreamableHttp};
use crate::people::Roster;
use crate::telemetry::Metrics;

use self::bounds::{Bounds, BoundsOfAll};
use self::connections::Connections;
use self::tls::Certificates;

pub use self::health::Readiness;
pub use self::tls::TlsError;

/// An address that agents are served at.
pub struct Endpoint {
    listener: TcpListener,
    address: SocketAddr,
    tls: Option<Arc<Certificates>>,
    settings: HttpSettings,
}

/// Agents cannot be served at the address.
#[derive(Debug, thiserror::Error)]
pub enum EndpointError {
    /// The address cannot be had.
    #[error("agents cannot be served at `{address}`: {source}; give `http` another address")]
    Address {
        /// Which.
        address: SocketAddr,
        /// The system's words.
        source: std::io::Error,
    },
    /// The certificate or its key cannot be used.
    #[error(transparent)]
    Tls(#[from] TlsError),
}

/// The sites that agents may use.
pub trait Apps: Send + Sync {
    /// The app for agents that name this connection, or none; or a sentence that says why there is none.
    fn of<'a>(&'a self, connection: Option<&'a str>) -> BoxFuture<'a, Result<Arc<App>, String>>;
}

/// What agents are served with.
pub struct Parts {
    /// The app that each agent's calls go through.
    pub apps: Arc<dyn Apps>,
    /// Who is let in.
    pub roster: Arc<Roster>,
    /// How they prove it.
    pub identity: Arc<Identity>,
    /// The sessions that hear when their tools change.
    pub audience: Arc<Audience>,
    /// The protocol; see [`Endpoint::rules`].
    pub protocol: StreamableHttp,
    /// Whether calls can be served now.
    pub readiness: Arc<dyn Readiness>,
    /// What is counted.
    pub metrics: Metrics,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// What every request is answered from.
struct House {
    parts: Parts,
    bounds: BoundsOfAll,
    /// Names that requests may be addressed to.
    hosts: Vec<String>,
    origins: Vec<String>,
    public_url: Option<String>,
    scheme: &'static str,
    metrics_token: Option<SecretString>,
    leaving: CancellationToken,
}

impl Endpoint {
    /// Takes the address and reads the certificate, where there is one. Nobody is answered yet.
    pub async fn bind(settings: HttpSettings) -> Result<Self, EndpointError> {
        let failed = |source| EndpointError::Address { address: settings.address, source };
        let tls = settings.tls.clone().map(Certificates::open).transpose()?.map(Arc::new);
        let listener = TcpListener::bind(settings.address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        Ok(Self { listener, address, tls, settings })
    }

    /// Where agents connect to, such as `http://127.0.0.1:7979/mcp`.
    pub fn url(&self) -> String {
        let own = || format!("{}://{}", self.scheme(), self.address);
        format!("{}/mcp", self.settings.public_url.clone().unwrap_or_else(own))
    }

    /// What the protocol has to know of this address.
    pub fn rules(&self, metrics: Metrics, clock: Arc<dyn Clock>) -> Rules {
        let total = self.settings.sessions;
        let sessions = SessionLimits { total, per_agent: (total / 10).max(1) };
        Rules { hosts: self.hosts(), origins: self.settings.origins.clone(), sessions, metrics, clock }
    }

    /// Answers until `shutdown` is set; then lets everything that has begun end within 20 seconds, and says so to those
    /// who listen.
    pub async fn serve(self, parts: Parts, shutdown: CancellationToken) {
        let (scheme, hosts) = (self.scheme(), self.hosts());
        let Self { listener, tls, settings, .. } = self;
        let HttpSettings { origins, public_url, metrics_token, at_once, per_second, .. } = settings;
        let clock = Arc::clone(&parts.clock);
        let bounds = BoundsOfAll::new(Bounds { at_once, per_second }, Arc::clone(&clock));
        let metrics = parts.metrics.clone();
        let leaving = shutdown.clone();
        let house = Arc::new(House { parts, bounds, hosts, origins, public_url, scheme, metrics_token, leaving });
        let router = routes::routes(&house);
        let serving = Connections { listener, tls: tls.clone(), router, clock: Arc::clone(&clock), metrics, shutdown };
        let watching = async {
            match &tls {
                Some(tls) => tls.follow(&clock).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = serving.serve(|| house.parts.protocol.end()) => {}
            () = house.follow_roster() => {}
            () = watching => {}
        }
    }

    const fn scheme(&self) -> &'static str {
        if self.tls.is_some() { "https" } else { "http" }
    }

    fn hosts(&self) -> Vec<String> {
        let own = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
        own.into_iter().chain(self.settings.hosts.iter().cloned()).collect()
    }
}
