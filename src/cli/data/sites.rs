//! Which connection is meant, and the kept ones that are open: each once, however many agents use it.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::assemble::{self, Shared};
use crate::app::App;
use crate::cli::CliError;
use crate::clock::Clock;
use crate::config::{ConfigError, Connection, Gateway, Settings};
use crate::connect::{Cabinet, ConnectionName, Keeper, Record};
use crate::endpoint::Apps;
use crate::keys::provider;

/// The kept connections of a data directory that are open.
pub(in crate::cli) struct Keepers {
    /// Whose data directory it is; nothing where there is none.
    owner: Option<Settings>,
    clock: Arc<dyn Clock>,
    open: Mutex<BTreeMap<ConnectionName, Arc<Keeper>>>,
    renewing: TaskTracker,
    ending: CancellationToken,
}

impl Keepers {
    /// Those of the data directory that these settings name; none is open yet.
    pub(in crate::cli) fn of(settings: &Settings, clock: Arc<dyn Clock>) -> Self {
        Self { owner: Some(settings.clone()), ..Self::none(clock) }
    }

    /// Where nothing is kept.
    pub(in crate::cli) fn none(clock: Arc<dyn Clock>) -> Self {
        let (renewing, ending) = (TaskTracker::new(), CancellationToken::new());
        Self { owner: None, clock, open: Mutex::default(), renewing, ending }
    }

    /// The way to Confluence that is meant: what the settings bring, or a kept connection, `wanted` by the agent or its
    /// profile, named by the settings, or the default.
    pub(in crate::cli) async fn connection(
        &self,
        settings: &Settings,
        wanted: Option<&str>,
    ) -> Result<Connection, CliError> {
        match self.kept(settings, wanted).await? {
            None => Ok(settings.connection()?),
            Some(keeper) => to(keeper, settings),
        }
    }

    /// The kept connection that is meant; `None` where it is what the settings bring.
    async fn kept(&self, settings: &Settings, wanted: Option<&str>) -> Result<Option<Arc<Keeper>>, CliError> {
        match (&self.owner, wanted) {
            (_, None) if settings.bring_credentials() => Ok(None),
            (_, Some(wanted)) if settings.bring_credentials() => Err(CliError::Usage(format!(
                "the agent is to use the connection `{wanted}`, and the settings bring credentials of their own: \
                 take one of the two away"
            ))),
            (None, _) => Ok(None),
            (Some(owner), _) => {
                let name = named(settings, wanted, &Cabinet::of(&owner.data_folder()?))?;
                self.keeper(owner, name).await.map(Some)
            }
        }
    }

    /// Whether there are several connections.
    pub(in crate::cli) fn are_several(&self) -> bool {
        let data = self.owner.as_ref().and_then(|owner| owner.data_folder().ok());
        data.is_some_and(|data| Cabinet::of(&data).names().is_ok_and(|names| names.len() > 1))
    }

    /// The way that a write was asked over, as its record names it; that of the settings where none has that name.
    pub(in crate::cli) async fn recorded(&self, settings: &Settings, wanted: &str) -> Result<Connection, CliError> {
        if let Some(owner) = self.owner.as_ref().filter(|_| !settings.bring_credentials()) {
            for (name, record) in Cabinet::of(&owner.data_folder()?).records()? {
                if record.is_ok_and(|record| assemble::name_of(&record) == wanted) {
                    return self.connection(settings, Some(name.as_str())).await;
                }
            }
        }
        self.connection(settings, None).await
    }

    /// A connection, opened; the open one, unless it is another by now.
    async fn keeper(&self, owner: &Settings, name: ConnectionName) -> Result<Arc<Keeper>, CliError> {
        let cabinet = Cabinet::of(&owner.data_folder()?);
        let mut open = self.open.lock().await;
        if let Some(keeper) = open.get(&name)
            && keeper.is_current().await
        {
            return Ok(Arc::clone(keeper));
        }
        let keys = provider(owner, &self.clock)?;
        let keeper = Keeper::open(cabinet, name.clone(), keys, &owner.way_out()?, Arc::clone(&self.clock)).await?;
        let keeper = Arc::new(keeper);
        let (renewing, ending) = (Arc::clone(&keeper), self.ending.clone());
        self.renewing.spawn(async move {
            tokio::select! {
                () = renewing.keep() => {}
                () = ending.cancelled() => {}
            }
        });
        open.insert(name, Arc::clone(&keeper));
        Ok(keeper)
    }

    /// Renews nothing any more; a renewal that has begun is finished first.
    pub(in crate::cli) async fn close(&self) {
        self.ending.cancel();
        self.renewing.close();
        self.renewing.wait().await;
        for keeper in std::mem::take(&mut *self.open.lock().await).into_values() {
            keeper.finish().await;
        }
    }
}

/// The way to Confluence over a kept connection.
fn to(keeper: Arc<Keeper>, settings: &Settings) -> Result<Connection, CliError> {
    let record = keeper.record();
    let (id, signed_in_with) = (Some(record.id.clone()), record.signed_in_with());
    let place = record.place;
    let gateway = place.gateway.map(|url| Gateway { url, cloud_id: place.cloud_id });
    let connection = settings.connection_to(place.site, gateway, keeper, signed_in_with)?;
    Ok(Connection { id, ..connection })
}

/// Whether there is a way to Confluence for these settings, as far as can be said without opening anything.
pub(in crate::cli) fn check(settings: &Settings, wanted: Option<&str>) -> Result<(), CliError> {
    match settings.data_folder() {
        Ok(data) if !settings.bring_credentials() => named(settings, wanted, &Cabinet::of(&data)).map(drop),
        _ => Ok(settings.connection().map(drop)?),
    }
}

/// The name of the kept connection that is meant.
fn named(settings: &Settings, wanted: Option<&str>, cabinet: &Cabinet) -> Result<ConnectionName, CliError> {
    if let Some(name) = wanted.or_else(|| settings.named_connection()) {
        return name.parse().map_err(|error| CliError::Usage(format!("`{}`: {error}", name.escape_debug())));
    }
    if let Some(site) = settings.site_if_set()? {
        return of_site(&site, settings, cabinet);
    }
    match (cabinet.default(), cabinet.names()?.as_slice()) {
        (Some(name), _) => Ok(name),
        (None, []) => Err(settings.connection().err().unwrap_or_else(nothing_kept).into()),
        (None, names) => {
            let names: Vec<_> = names.iter().map(ConnectionName::as_str).collect();
            Err(CliError::Usage(format!(
                "no connection is the default (there is {}); say which is used with `sluice sites use NAME`",
                names.join(", ")
            )))
        }
    }
}

/// The one connection to a site.
fn of_site(site: &str, settings: &Settings, cabinet: &Cabinet) -> Result<ConnectionName, CliError> {
    let of_site = |record: &Record| record.place.site == site;
    let mut found = cabinet.records()?.into_iter().filter(|(_, record)| record.as_ref().is_ok_and(of_site));
    match (found.next(), found.next()) {
        (Some((name, _)), None) => Ok(name),
        (Some(_), Some(_)) => {
            Err(CliError::Usage(format!("there are several connections to {site}; say which with `--connection NAME`")))
        }
        (None, _) => Err(settings.connection().err().unwrap_or_else(nothing_kept).into()),
    }
}

fn nothing_kept() -> ConfigError {
    ConfigError::Missing { what: "a connection", remedy: "run `sluice connect`" }
}

/// The apps of one process that serves many agents: one for each connection.
pub(in crate::cli) struct SiteApps {
    settings: Settings,
    folder: Option<PathBuf>,
    shared: Shared,
    /// By the connection that agents name.
    open: Mutex<BTreeMap<Option<String>, Arc<App>>>,
}

impl SiteApps {
    /// None is open yet.
    pub(in crate::cli) fn new(settings: Settings, shared: Shared) -> Self {
        Self { folder: settings.folder(), settings, shared, open: Mutex::default() }
    }

    /// The app for agents that name this connection, or none.
    pub(in crate::cli) async fn app(&self, wanted: Option<&str>) -> Result<Arc<App>, CliError> {
        let mut open = self.open.lock().await;
        let wanted = wanted.map(str::to_owned);
        let known = open.get(&wanted).cloned();
        // Asked for every request: nothing is read that was read before.
        let connection = match (self.shared.keepers.kept(&self.settings, wanted.as_deref()).await, known) {
            (Ok(Some(keeper)), Some(app)) if app.connection() == assemble::name_of(&keeper.record()) => return Ok(app),
            // What the settings bring stays as it is. Where something is wrong, such as that the site was disconnected,
            // the tools of the app say so.
            (Ok(None) | Err(_), Some(app)) => return Ok(app),
            (Ok(None), None) => self.settings.connection()?,
            (Ok(Some(keeper)), _) => to(keeper, &self.settings)?,
            (Err(error), None) => return Err(error),
        };
        let app = assemble::app(&connection, self.folder.as_deref(), &self.shared).await?;
        open.insert(wanted, Arc::clone(&app));
        Ok(app)
    }
}

impl Apps for SiteApps {
    fn of<'a>(&'a self, connection: Option<&'a str>) -> BoxFuture<'a, Result<Arc<App>, String>> {
        async move {
            self.app(connection).await.map_err(|error| {
                tracing::error!(%error, "an agent's site cannot be used");
                error.to_string()
            })
        }
        .boxed()
    }
}
