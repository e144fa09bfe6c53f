//! Starts, watches, steers and stops a simulated site.

mod accounts;
pub(crate) mod answer;
pub(crate) mod call;
pub(crate) mod desk;
mod faults;
mod gzip;
mod limits;
mod listen;
pub(crate) mod paging;
pub(crate) mod routes;
mod serve;
pub(crate) mod world;

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use jiff::{SignedDuration, Timestamp};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

pub use faults::{Effect, Fault, Moment, RetryAfter};
pub use limits::{Announced, Limits};
pub use listen::SandboxError;
pub use world::{Clock, Logged, TaskPace, Tenant};

use super::model::Site;
use super::signin::Steering;
use super::{media, seed};
use listen::{authority, bind, host, local};
use world::World;

/// The cloud id of the site at the listening address.
pub const CLOUD_ID: &str = "5a9d0c0e-0f5a-4d3e-9a53-0000c0ffee00";
/// The cloud id of the second site.
pub const SECOND_CLOUD_ID: &str = "5a9d0c0e-0f5a-4d3e-9a53-0000c0ffee02";

/// What is called with the key of a space that was deleted.
pub type SpaceDeleteHook = Box<dyn Fn(&str) + Send + Sync>;

/// How to start a simulated site.
pub struct SandboxOptions {
    /// Where to listen; port 0 takes any free one. The media host takes a free port of the same address.
    pub listen: SocketAddr,
    /// What the site holds.
    pub site: Site,
    /// What the second site holds, which has a port of its own.
    pub second: Site,
    /// Whether all hosts speak TLS with a throwaway authority.
    pub tls: bool,
    /// The time of every request.
    pub clock: Clock,
    /// How long a change stays invisible to searches.
    pub search_lag: SignedDuration,
    /// Called when a space was deleted; by default the process ends with code 70.
    pub on_space_delete: SpaceDeleteHook,
}

impl SandboxOptions {
    /// A site on a free loopback port, in the clear, by the machine's clock.
    pub fn new(site: Site) -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            second: seed::branch(&site),
            site,
            tls: false,
            clock: machine_clock(),
            search_lag: SignedDuration::ZERO,
            on_space_delete: Box::new(end_process),
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the simulated site is a process of its own; tests hand in their clock")]
fn machine_clock() -> Clock {
    Arc::new(Timestamp::now)
}

#[expect(clippy::print_stderr, reason = "the last words of the process")]
fn end_process(key: &str) {
    eprintln!("the space `{key}` was deleted on the simulated site; no client may ever do that");
    std::process::exit(70);
}

/// What the listeners and the handle share.
pub(crate) struct Shared {
    world: Mutex<World>,
    clock: Clock,
    /// Seconds by which the clock was moved.
    ahead: AtomicI64,
    scheme: &'static str,
    site_base: String,
    pub(crate) second_base: String,
    media_base: String,
    on_space_delete: SpaceDeleteHook,
    space_deleted: AtomicBool,
    trace: AtomicU64,
}

impl Shared {
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The time of a request that comes now.
    pub(crate) fn now(&self) -> Timestamp {
        let now = (self.clock)();
        now.saturating_add(SignedDuration::from_secs(self.ahead.load(Ordering::SeqCst))).unwrap_or(now)
    }

    pub(crate) fn advance(&self, seconds: i64) {
        self.ahead.fetch_add(seconds, Ordering::SeqCst);
    }

    fn base(&self, tenant: Tenant) -> String {
        match tenant {
            Tenant::First => self.site_base.clone(),
            Tenant::Second => self.second_base.clone(),
        }
    }

    fn next_trace(&self) -> String {
        format!("{:032x}", self.trace.fetch_add(1, Ordering::Relaxed) + 1)
    }

    fn space_deleted(&self, key: &str) {
        self.space_deleted.store(true, Ordering::SeqCst);
        (self.on_space_delete)(key);
    }

    fn space_delete_executed(&self) -> bool {
        self.space_deleted.load(Ordering::SeqCst)
    }

    fn reset(&self) {
        let mut world = self.world();
        world.counts.clear();
        world.log.clear();
        world.requests = 0;
        world.given_up = 0;
        world.faults.clear();
        world.quota.set(Limits::default());
        world.sign_in.steering = Steering::default();
    }
}

/// A running simulated site; dropping it stops it.
pub struct Sandbox {
    pub(crate) shared: Arc<Shared>,
    address: SocketAddr,
    ca_pem: Option<String>,
    stopping: CancellationToken,
    hosts: JoinSet<std::io::Result<()>>,
}

impl Sandbox {
    /// Starts both sites, the sign-in side at the address of the first, and the media host.
    pub async fn start(options: SandboxOptions) -> Result<Self, SandboxError> {
        let authority = if options.tls { Some(authority()?) } else { None };
        let scheme = if authority.is_some() { "https" } else { "http" };
        let site = bind(options.listen).await?;
        let second = bind(SocketAddr::new(options.listen.ip(), 0)).await?;
        let media = bind(SocketAddr::new(options.listen.ip(), 0)).await?;
        let address = local(&site, options.listen)?;
        let second_address = local(&second, options.listen)?;
        let media_address = local(&media, options.listen)?;
        let shared = Arc::new(Shared {
            world: Mutex::new(World::new(options.site, options.second, options.search_lag)),
            clock: options.clock,
            ahead: AtomicI64::new(0),
            scheme,
            site_base: format!("{scheme}://{address}/wiki"),
            second_base: format!("{scheme}://{second_address}/wiki"),
            media_base: format!("{scheme}://{media_address}"),
            on_space_delete: options.on_space_delete,
            space_deleted: AtomicBool::new(false),
            trace: AtomicU64::new(0),
        });
        let unlimited = DefaultBodyLimit::disable;
        let routers = [
            (site, Router::new().fallback(serve::site).layer(unlimited()).with_state(Arc::clone(&shared))),
            (second, Router::new().fallback(serve::second_site).layer(unlimited()).with_state(Arc::clone(&shared))),
            (media, Router::new().fallback(media::host).with_state(Arc::clone(&shared))),
        ];
        let stopping = CancellationToken::new();
        let mut hosts = JoinSet::new();
        for (listener, router) in routers {
            hosts.spawn(host(listener, router, authority.as_ref(), stopping.clone()));
        }
        Ok(Self { shared, address, ca_pem: authority.map(|authority| authority.pem), stopping, hosts })
    }

    /// `http://127.0.0.1:8090`, to which `/wiki/…` is added. The gateway has the same address, with `/ex/confluence/…`.
    pub fn url(&self) -> String {
        format!("{}://{}", self.shared.scheme, self.address)
    }

    /// The address of the media host.
    pub fn media_url(&self) -> String {
        self.shared.media_base.clone()
    }

    /// The certificate of the throwaway authority, when TLS is on.
    pub fn ca_pem(&self) -> Option<&str> {
        self.ca_pem.as_deref()
    }

    /// How often each operation was asked, by `GET /wiki/api/v2/pages/{id}`.
    pub fn requests(&self) -> BTreeMap<String, u64> {
        self.shared.world().counts.clone()
    }

    /// Every operation served, as method and path template.
    pub fn served() -> Vec<(&'static str, &'static str)> {
        routes::operations().map(|operation| (operation.method, operation.template)).collect()
    }

    /// What each operation that the gateway serves asks of a token: method, path template, and scopes, with spaces
    /// between those that are needed together and `|` between alternatives.
    pub fn scopes() -> Vec<(&'static str, &'static str, &'static str)> {
        let asks = routes::operations().filter(|operation| operation.served == routes::Served::Everywhere);
        asks.map(|operation| (operation.method, operation.template, operation.scopes)).collect()
    }

    /// How many requests came since the start or the last reset, both hosts together.
    pub fn total_requests(&self) -> u64 {
        self.shared.world().requests
    }

    /// Forgets the counts and the log.
    pub fn reset_counts(&self) {
        let mut world = self.shared.world();
        world.counts.clear();
        world.log.clear();
        world.requests = 0;
        world.given_up = 0;
    }

    /// The latest requests, oldest first, as they were sent.
    pub fn log(&self) -> Vec<Logged> {
        self.shared.world().log.iter().cloned().collect()
    }

    /// Reads or edits the first site directly, without permissions.
    pub fn with_site<T>(&self, edit: impl FnOnce(&mut Site) -> T) -> T {
        edit(&mut self.shared.world().site)
    }

    /// Spoils the next requests.
    pub fn set_fault(&self, fault: Fault) {
        self.shared.world().faults.add(fault);
    }

    /// Forgets all spoiling still to come.
    pub fn clear_faults(&self) {
        self.shared.world().faults.clear();
    }

    /// Executes at once whatever was made late; when this returns, nothing is under way any more.
    pub async fn late_arrive(&self) {
        let late = std::mem::take(&mut self.shared.world().late);
        late.arrive().await;
    }

    /// Says how long tasks go that begin from now on; at first they are done when somebody looks.
    pub fn set_task_pace(&self, pace: TaskPace) {
        self.shared.world().pace = pace;
    }

    /// Switches rate limits on, or off with the default.
    pub fn set_limits(&self, limits: Limits) {
        self.shared.world().quota.set(limits);
    }

    /// Whether any client ever deleted a space.
    pub fn space_delete_executed(&self) -> bool {
        self.shared.space_delete_executed()
    }

    /// Stops all hosts; open connections get a moment to end.
    pub async fn stop(mut self) {
        self.stopping.cancel();
        let ended = async { while self.hosts.join_next().await.is_some() {} };
        if tokio::time::timeout(Duration::from_secs(2), ended).await.is_err() {
            self.hosts.abort_all();
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.stopping.cancel();
    }
}
