//! Takes a data directory from whoever serves one client over standard input and output; that process goes on as a bridge.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::cli::CliError;
use crate::clock::Clock;
use crate::control::{Line, Question, Reply};
use crate::owner::{Control, Holder, Lock, LockError};

/// How long the former owner may take to finish.
const PATIENCE: Duration = Duration::from_secs(30);
/// How often the directory is tried. More often than a bridge does that finds itself without an owner.
const TRY: Duration = Duration::from_millis(10);
/// How often the owner is asked again: another one may have come in between.
const ASK: Duration = Duration::from_millis(500);

/// The lock of the data directory. An owner that serves agents over HTTP itself keeps it.
pub(super) async fn take_over(
    folder: &Path,
    what: &'static str,
    clock: &Arc<dyn Clock>,
    shutdown: &CancellationToken,
) -> Result<Lock, CliError> {
    let since = clock.steady();
    let mut asked: Option<Duration> = None;
    loop {
        let (held, by) = match Lock::take(folder, what, clock.now()) {
            Ok(lock) => return Ok(lock),
            Err(LockError::Held { folder, by }) => (folder, by),
            Err(error) => return Err(error.into()),
        };
        let now = clock.steady();
        let serves_agents = by.as_deref().is_some_and(|holder| holder.what == what);
        if serves_agents || now.saturating_sub(since) >= PATIENCE || shutdown.is_cancelled() {
            return Err(LockError::Held { folder: held, by }.into());
        }
        if asked.is_none_or(|last| now.saturating_sub(last) >= ASK) {
            asked = Some(now);
            ask(&held, by.as_deref(), clock).await;
        }
        clock.sleep(TRY).await;
    }
}

/// Asks the owner to hand over. One that cannot, such as a command that decides on a write, ends by itself soon.
async fn ask(folder: &Path, by: Option<&Holder>, clock: &Arc<dyn Clock>) {
    let asking = async {
        let mut control = Control::connect(folder, by, &**clock).await?;
        control.ask(&Question::HandOver).await?;
        control.next().await
    };
    match asking.await {
        Ok(Some(line)) if matches!(serde_json::from_str(&line), Ok(Line::Reply(Reply::Done))) => {
            tracing::info!("the owner of the data directory hands it over");
        }
        Ok(Some(_)) => tracing::debug!("the owner of the data directory keeps it for now"),
        Ok(None) => {}
        Err(error) => tracing::debug!(%error, "the owner of the data directory cannot be asked"),
    }
}
