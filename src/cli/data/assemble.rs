//! Puts client and app together from the settings.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::sites::Keepers;
use super::syncing::Syncing;
use crate::app::{App, Parts};
use crate::approval::mandates::FromFiles;
use crate::approval::{Announcer, Approvals, Mandates};
use crate::cli::{CliError, permissions};
use crate::clock::Clock;
use crate::config::{ConfigError, Connection};
use crate::confluence::address::Address;
use crate::confluence::client::{Client, Limits, Purse, Settings};
use crate::connect::{Record, cloud_id};
use crate::control::Connections;
use crate::mcp::Audience;
use crate::people::Roster;
use crate::store::{Store, StoreError};
use crate::telemetry::{Metrics, Spans};
use crate::tools::attachments::folder::Folder;

/// What every connection of a data directory shares.
#[derive(Clone)]
pub(in crate::cli) struct Shared {
    /// The queue of writes.
    pub(in crate::cli) approvals: Arc<Approvals>,
    /// What agents may do when an approved write is sent.
    pub(in crate::cli) mandates: Arc<dyn Mandates>,
    /// The kept connections that are open.
    pub(in crate::cli) keepers: Arc<Keepers>,
    /// Where the points of each site and account are counted.
    pub(in crate::cli) purses: Arc<Purses>,
    /// The connections that are open.
    pub(in crate::cli) connections: Arc<Connections>,
    /// The sessions that hear when their tools change.
    pub(in crate::cli) audience: Arc<Audience>,
    /// What is counted, of every connection together.
    pub(in crate::cli) metrics: Metrics,
    /// Where calls are told of.
    pub(in crate::cli) spans: Spans,
    /// What cannot be used of the files that say who may do what.
    pub(in crate::cli) mistakes: Arc<Mistakes>,
    /// What is copied of the sites, where anything is.
    pub(in crate::cli) syncing: Option<Arc<Syncing>>,
    /// Where people decide on what waits, where there is a dashboard.
    pub(in crate::cli) review: Option<String>,
    /// The time.
    pub(in crate::cli) clock: Arc<dyn Clock>,
}

/// Where points are counted, by site and account: of agents and of syncs together, whichever client sends.
#[derive(Default)]
pub(in crate::cli) struct Purses(Mutex<BTreeMap<String, Purse>>);

impl Purses {
    /// That of a connection. Only those are remembered that a client still has.
    fn of(&self, connection: &Connection) -> Purse {
        let mut purses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        purses.retain(|_, purse| purse.is_shared());
        purses.entry(name(connection)).or_default().clone()
    }
}

/// What cannot be used of the files that say who may do what, as whoever follows them has found.
#[derive(Default)]
pub(in crate::cli) struct Mistakes(Mutex<Option<Arc<Roster>>>);

impl Mistakes {
    /// These agents' files are followed from here on.
    pub(in crate::cli) fn follow(&self, roster: &Arc<Roster>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(roster));
    }

    /// Those of the last look, one line each.
    pub(in crate::cli) fn now(&self) -> Vec<String> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .as_ref()
            .map(|roster| roster.mistakes())
            .unwrap_or_default()
    }
}

impl Shared {
    /// What is shared over this store; agents are read from that file.
    pub(in crate::cli) async fn over(
        store: Arc<dyn Store>,
        agents: PathBuf,
        clock: Arc<dyn Clock>,
        announcer: Arc<dyn Announcer>,
        keepers: Keepers,
    ) -> Result<Self, StoreError> {
        let mandates = Arc::new(FromFiles { agents, known_tools: permissions::tool_names() });
        let approvals = Approvals::open(store, Arc::clone(&clock), announcer).await?;
        let audience = Arc::new(Audience::new(Arc::clone(&clock)));
        let (metrics, spans) = (Metrics::new(clock.now()), Spans::off());
        Ok(Self {
            approvals,
            mandates,
            keepers: Arc::new(keepers),
            purses: Arc::default(),
            connections: Arc::default(),
            audience,
            metrics,
            spans,
            mistakes: Arc::default(),
            syncing: None,
            review: None,
            clock,
        })
    }
}

/// Name of a connection: the site and the account it is used by.
pub(in crate::cli) fn name(connection: &Connection) -> String {
    format!("{} ({})", connection.site, connection.signed_in_with)
}

/// The same of a kept connection.
pub(in crate::cli) fn name_of(record: &Record) -> String {
    format!("{} ({})", record.place.site, record.signed_in_with())
}

/// An app at the site of the settings, which stays open as long as the data directory is. Nothing is asked yet, except
/// for the cloud id where it is needed and not given.
pub(in crate::cli) async fn app(
    connection: &Connection,
    folder: Option<&Path>,
    shared: &Shared,
) -> Result<Arc<App>, CliError> {
    let client = shared_client(connection, shared).await?;
    let folder = folder.map(open).transpose()?;
    let library = shared.syncing.as_ref().and_then(|syncing| syncing.library(connection, &client));
    let app = App::new(Parts {
        client,
        library,
        connection: name(connection),
        site: connection.site.clone(),
        folder,
        approvals: Arc::clone(&shared.approvals),
        mandates: Arc::clone(&shared.mandates),
        review: shared.review.clone(),
        clock: Arc::clone(&shared.clock),
    });
    let keepers = Arc::clone(&shared.keepers);
    let app = app.observed(shared.metrics.clone(), shared.spans.clone()).among(Arc::new(move || keepers.are_several()));
    let app = Arc::new(app);
    // What is approved goes out, whether or not its agent is still there.
    shared.connections.keep(Arc::clone(&app));
    Ok(app)
}

fn open(folder: &Path) -> Result<Folder, ConfigError> {
    Folder::open(folder).map_err(|source| ConfigError::Unreadable {
        path: folder.to_owned(),
        named_by: "`folder`".to_owned(),
        source,
    })
}

/// The client of the settings, alone.
pub(in crate::cli) async fn client(connection: &Connection, clock: &Arc<dyn Clock>) -> Result<Client, CliError> {
    client_with(connection, clock, Purse::default()).await
}

/// The same among others of a data directory, whose points are counted together with its.
pub(in crate::cli) async fn shared_client(connection: &Connection, shared: &Shared) -> Result<Client, CliError> {
    client_with(connection, &shared.clock, shared.purses.of(connection)).await
}

async fn client_with(connection: &Connection, clock: &Arc<dyn Clock>, purse: Purse) -> Result<Client, CliError> {
    let mut settings = Settings::new(address(connection).await?, Arc::clone(&connection.credentials));
    settings.authorities.clone_from(&connection.authority);
    settings.proxy.clone_from(&connection.proxy);
    settings.limits = limits(connection);
    settings.purse = purse;
    settings.clock = Arc::clone(clock);
    settings.media_hosts = connection.media_host.iter().cloned().collect();
    Client::new(settings).map_err(|error| CliError::Usage(error.to_string()))
}

async fn address(connection: &Connection) -> Result<Address, CliError> {
    let wrong = |error: crate::confluence::address::AddressError| CliError::Usage(error.to_string());
    let Some(gateway) = &connection.gateway else {
        return Address::site(&connection.site).map_err(wrong);
    };
    let id = match &gateway.cloud_id {
        Some(id) => id.clone(),
        None => cloud_id(connection).await?,
    };
    Address::gateway(&gateway.url, &id).map_err(wrong)
}

fn limits(connection: &Connection) -> Limits {
    let limits = connection.requests_per_second.map_or_else(Limits::default, Limits::at);
    let points_per_hour = connection.points_per_hour.unwrap_or(limits.points_per_hour);
    Limits { points_per_hour, ..limits }
}
