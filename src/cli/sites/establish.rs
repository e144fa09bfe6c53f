//! Keeps what a sign-in has made, and sees to the indexes of other sites and accounts first.

use std::sync::Arc;

use super::asking::Asker;
use crate::cli::CliError;
use crate::cli::console::harmless;
use crate::cli::data::way::forget_copies;
use crate::clock::Clock;
use crate::config::{DataFolder, Settings};
use crate::connect::establish::{Established, keep, new_id};
use crate::connect::left::left;
use crate::connect::record::{Access, Method, Place};
use crate::connect::secrets::Secrets;
use crate::connect::{Cabinet, ConnectError, ConnectionName, Record};
use crate::keys::KeyProvider;

/// What a sign-in has made.
pub(super) struct Made {
    pub(super) method: Method,
    pub(super) place: Place,
    pub(super) auth_host: Option<String>,
    pub(super) scopes: Vec<String>,
    pub(super) access: Option<Access>,
    pub(super) secrets: Secrets,
}

/// Where it is kept.
pub(super) struct Shelf<'a> {
    pub(super) settings: &'a Settings,
    pub(super) data: &'a DataFolder,
    pub(super) cabinet: &'a Cabinet,
    pub(super) keys: &'a Arc<dyn KeyProvider>,
    pub(super) clock: &'a Arc<dyn Clock>,
}

impl Shelf<'_> {
    /// Keeps it: in the place of `former`, or under a name of its own.
    pub(super) async fn establish(
        &self,
        made: Made,
        name: Option<ConnectionName>,
        former: Option<&Record>,
        asker: &mut Asker<'_>,
    ) -> Result<Record, CliError> {
        let name = match (former, name) {
            (Some(former), _) => former.name.clone(),
            (None, Some(name)) => name,
            (None, None) => self.free_name(&made.place.site)?,
        };
        let id = match former {
            Some(former) => self.same_id(former, &made, asker).await?,
            None => self.fitting_id(&made, asker).await?,
        };
        let Made { method, place, auth_host, scopes, access, secrets } = made;
        let established = Established { id, name, method, place, auth_host, scopes, access, secrets };
        let record = keep(self.cabinet, established, self.keys, &**self.clock).await?;
        if self.cabinet.names()?.len() == 1 {
            self.cabinet.choose(&record.name)?;
        }
        Ok(record)
    }

    fn free_name(&self, site: &str) -> Result<ConnectionName, CliError> {
        let taken = self.cabinet.names()?;
        let first = ConnectionName::of_site(site);
        let mut names = std::iter::once(first.clone()).chain((2..).map(|number| first.numbered(number)));
        names.find(|name| !taken.contains(name)).ok_or_else(|| CliError::Usage("give `--name`".to_owned()))
    }

    /// The id of the connection that is made anew. Of another site or account, nothing of the former one stays.
    async fn same_id(&self, former: &Record, made: &Made, asker: &mut Asker<'_>) -> Result<String, CliError> {
        let (before, now) = (&former.place, &made.place);
        if before.site == now.site && before.account_id == now.account_id {
            return Ok(former.id.clone());
        }
        asker.console.line(format_args!(
            "`{}` was {} as {}; now it would be {} as {}.",
            former.name,
            harmless(&before.site, 200),
            harmless(&before.account_name, 60),
            harmless(&now.site, 200),
            harmless(&now.account_name, 60),
        ))?;
        if !asker.agreed("Delete the local index of the former one, and go on?").await? {
            return Err(CliError::Refused("nothing was changed".to_owned()));
        }
        forget_copies(self.settings, &former.id, "connect").await?;
        Ok(new_id().map_err(|source| ConnectError::Keys { name: former.name.clone(), source })?)
    }

    /// The id that an index of this very site and account was left under, or a new one. Other indexes that were left go,
    /// if the person agrees.
    async fn fitting_id(&self, made: &Made, asker: &mut Asker<'_>) -> Result<String, CliError> {
        let mut fitting = None;
        for index in left(self.data, self.cabinet)? {
            if fitting.is_none() && index.fits(&made.place.site, &made.place.account_id) {
                fitting = Some(index.id);
                continue;
            }
            asker.console.line(format_args!(
                "A local index of {} is left from a connection that is gone.",
                harmless(&index.site, 200)
            ))?;
            if asker.agreed("Delete it?").await? {
                forget_copies(self.settings, &index.id, "connect").await?;
                asker.console.line("deleted")?;
            }
        }
        match fitting {
            Some(id) => Ok(id),
            None => Ok(new_id()
                .map_err(|source| ConnectError::Keys { name: ConnectionName::of_site(&made.place.site), source })?),
        }
    }
}
