//! Changes the key that connections' keys are wrapped with, without anybody signing in again.

use std::sync::Arc;

use crate::cli::{CliError, Console, Verdict};
use crate::clock::{Clock, SystemClock};
use crate::config::Settings;
use crate::connect::{Cabinet, establish};
use crate::keys::provider;
use crate::sources::Sources;

/// Makes a new wrapping key where the provider lets us, wraps everything anew, and forgets the former one.
pub(super) async fn rewrap(settings: &Settings, console: &mut Console) -> Result<Verdict, CliError> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let data = settings.data_folder()?;
    let keys = provider(settings, &clock)?;
    let sources = Sources::of(&data, Arc::clone(&keys), settings.way_out()?, Arc::clone(&clock));
    keys.renew().await?;
    let count = establish::rewrap(&Cabinet::of(&data), &keys, &*clock).await?;
    let others = sources.rewrap().await?;
    // Only now is nothing left that the former key wrapped.
    keys.retire().await?;
    let mut what = if count == 1 { "1 connection".to_owned() } else { format!("{count} connections") };
    match others {
        0 => {}
        1 => what += " and 1 source",
        others => what = format!("{what} and {others} sources"),
    }
    console.line(format_args!("{what} wrapped anew; {} opens them", keys.described()))?;
    Ok(Verdict::Well)
}
