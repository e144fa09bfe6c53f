//! Puts client and app together from the settings.

use std::path::Path;
use std::sync::Arc;

use super::CliError;
use crate::app::{App, Parts};
use crate::approval::{Approvals, Asked, Mandates, NoLonger};
use crate::clock::{Clock, SystemClock};
use crate::config::{ConfigError, Connection};
use crate::confluence::address::Address;
use crate::confluence::client::{Client, Limits, Settings};
use crate::connect::cloud_id;
use crate::policy::Profile;
use crate::store::memory::MemoryStore;
use crate::tools::attachments::folder::Folder;

/// An app at the site of the settings. Nothing is asked yet, except for the cloud id where it is needed and not given.
pub(super) async fn app(
    connection: &Connection,
    folder: Option<&Path>,
    profile: Arc<Profile>,
) -> Result<App, CliError> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let client = client(connection, &clock).await?;
    let folder = folder.map(open).transpose()?;
    let store = Arc::new(MemoryStore::new());
    let approvals =
        Approvals::open(store, Arc::clone(&clock)).await.map_err(|error| CliError::Usage(error.to_string()))?;
    Ok(App::new(Parts {
        client,
        site: connection.site.clone(),
        folder,
        connection: connection.site.clone(),
        approvals,
        mandates: Arc::new(Unchanged(profile)),
        review: None,
        clock,
    }))
}

/// The profile as it was at start.
struct Unchanged(Arc<Profile>);

impl Mandates for Unchanged {
    fn now(&self, _: &Asked) -> Result<Arc<Profile>, NoLonger> {
        Ok(Arc::clone(&self.0))
    }
}

fn open(folder: &Path) -> Result<Folder, ConfigError> {
    Folder::open(folder).map_err(|source| ConfigError::Unreadable {
        path: folder.to_owned(),
        named_by: "`folder`".to_owned(),
        source,
    })
}

/// The client of the settings.
pub(super) async fn client(connection: &Connection, clock: &Arc<dyn Clock>) -> Result<Client, CliError> {
    let mut settings = Settings::new(address(connection).await?, Arc::clone(&connection.credentials));
    settings.authorities.clone_from(&connection.authority);
    settings.proxy.clone_from(&connection.proxy);
    settings.limits = limits(connection);
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
