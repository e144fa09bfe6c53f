//! Changes the key that connections' keys are wrapped with, without anybody signing in again.

use std::sync::Arc;

use crate::cli::{CliError, Console, Verdict};
use crate::clock::{Clock, SystemClock};
use crate::config::Settings;
use crate::connect::{Cabinet, establish};
use crate::keys::provider;

/// Makes a new wrapping key where the provider lets us, wraps everything anew, and forgets the former one.
pub(super) async fn rewrap(settings: &Settings, console: &mut Console) -> Result<Verdict, CliError> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let cabinet = Cabinet::of(&settings.data_folder()?);
    let keys = provider(settings, &clock)?;
    keys.renew().await?;
    let count = establish::rewrap(&cabinet, &keys, &*clock).await?;
    // Only now is nothing left that the former key wrapped.
    keys.retire().await?;
    let what = if count == 1 { "1 connection".to_owned() } else { format!("{count} connections") };
    console.line(format_args!("{what} wrapped anew; {} opens them", keys.described()))?;
    Ok(Verdict::Well)
}
