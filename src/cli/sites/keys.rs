//! Changes the key that connections' keys are wrapped with, without anybody signing in again.

use super::Home;
use crate::cli::{CliError, Console, Verdict};
use crate::config::Settings;
use crate::connect::establish;

/// Makes a new wrapping key where the provider lets us, wraps everything anew, and forgets the former one.
pub(super) async fn rewrap(settings: &Settings, console: &mut Console) -> Result<Verdict, CliError> {
    let home = Home::of(settings)?;
    let keys = home.keys()?;
    let sources = home.sources(&keys)?;
    keys.renew().await?;
    let count = establish::rewrap(&home.cabinet(), &keys, &*home.clock).await?;
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
