//! `sluice connect`, `disconnect`, `sites`, `status` and `sources`: where Sluice gets pages from.

use std::sync::Arc;

use super::{CliError, Console};
use crate::clock::{Clock, SystemClock};
use crate::config::{DataFolder, Settings};
use crate::connect::Cabinet;
use crate::keys::{KeyProvider, provider};
use crate::sources::Sources;

mod account;
mod asking;
pub(super) mod connect;
mod consent;
pub(super) mod disconnect;
mod establish;
mod given;
pub(super) mod keys;
pub(super) mod list;
mod scopes;
pub(super) mod sources;
pub(super) mod status;

/// What a command about connections and sources works with.
struct Home<'a> {
    settings: &'a Settings,
    clock: Arc<dyn Clock>,
    data: DataFolder,
}

impl<'a> Home<'a> {
    /// The data directory of the settings, there or not.
    fn of(settings: &'a Settings) -> Result<Self, CliError> {
        Ok(Self { settings, clock: Arc::new(SystemClock::new()), data: settings.data_folder()? })
    }

    fn cabinet(&self) -> Cabinet {
        Cabinet::of(&self.data)
    }

    fn keys(&self) -> Result<Arc<dyn KeyProvider>, CliError> {
        Ok(provider(self.settings, &self.clock)?)
    }

    fn sources(&self, keys: &Arc<dyn KeyProvider>) -> Result<Sources, CliError> {
        Ok(Sources::of(&self.data, Arc::clone(keys), self.settings.way_out()?, Arc::clone(&self.clock)))
    }

    /// The key that secrets are sealed with, made sure of before anybody gives one for nothing.
    async fn prepared_keys(&self, console: &mut Console) -> Result<Arc<dyn KeyProvider>, CliError> {
        let keys = self.keys()?;
        let mut kept = self.cabinet().wrapped_keys()?;
        kept.extend(Sources::cabinet(&self.data).wrapped_keys()?);
        if let Some(made) = keys.prepare(&kept).await? {
            console.line(made)?;
        }
        Ok(keys)
    }
}
