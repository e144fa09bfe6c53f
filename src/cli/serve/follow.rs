//! Keeps an agent's profile as its file is now, for an agent that settings name.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::cli::people::agents;
use crate::cli::permissions;
use crate::clock::Clock;
use crate::config::{ProfileName, Settings};
use crate::mcp::Audience;
use crate::people::callers::replace;
use crate::people::files::Files;
use crate::people::{self, Known, PeopleError};
use crate::policy::Caller;

/// How often files are looked at: what is written holds within a second.
pub(super) const LOOK: Duration = Duration::from_millis(500);

/// An agent that settings name, and who is told when it is another one than before.
pub(super) struct Following {
    pub(super) settings: Settings,
    pub(super) callers: watch::Sender<Arc<Caller>>,
    pub(super) audience: Arc<Audience>,
    /// To be set when the agent is let in no more.
    pub(super) gone: CancellationToken,
    pub(super) clock: Arc<dyn Clock>,
}

impl Following {
    /// Looks at the files again and again. What cannot be used changes nothing and is said once; the former goes on.
    pub(super) async fn go_on(self) {
        let mut files = Files::default();
        let mut said = None;
        files.watch(self.files(None));
        let agents = people::agents_file(&self.settings).ok();
        let there = || agents.as_ref().is_some_and(|file| file.exists());
        let (listed, mut missing) = (read(&self.settings).is_ok_and(|(_, listed)| listed == Listed::Yes), false);
        loop {
            self.clock.sleep(LOOK).await;
            let was_missing = std::mem::replace(&mut missing, listed && !there());
            // Some editors put a new file in place of the old one in two steps: nothing is concluded in between.
            let changed = files.changed(self.clock.now().into()) || was_missing;
            if !changed || (missing && !was_missing) {
                continue;
            }
            match read(&self.settings) {
                // Without its entry it would run under whatever the settings say, as nobody's agent.
                Ok((known, Listed::No)) if listed => {
                    tracing::warn!(agent = %known.caller.agent, "the agent is not listed any more");
                    return self.gone.cancel();
                }
                Ok((known, _)) => {
                    files.watch(self.files(Some(&known)));
                    said = None;
                    self.take(known.caller).await;
                }
                Err(PeopleError::Revoked { agent }) => {
                    tracing::warn!(%agent, "the agent has been revoked");
                    return self.gone.cancel();
                }
                Err(error) => {
                    let error = error.to_string();
                    if said.as_ref() != Some(&error) {
                        tracing::error!(%error, "what the agent may do cannot be read; it stays as it was");
                    }
                    said = Some(error);
                }
            }
        }
    }

    async fn take(&self, caller: Caller) {
        let (agent, profile) = (caller.agent.clone(), caller.profile.name.clone());
        if replace(&self.callers, caller) {
            tracing::info!(%agent, profile, "the agent runs under a new profile");
            self.audience.tell().await;
        }
    }

    fn files(&self, known: Option<&Known>) -> Vec<PathBuf> {
        let known = known.cloned().or_else(|| read(&self.settings).ok().map(|(known, _)| known));
        let profiles = known.map_or_else(|| vec![self.settings.profile()], |known| known.profiles);
        let file = |name| match name {
            ProfileName::File(path) => Some(path),
            ProfileName::Shipped(_) => None,
        };
        profiles.into_iter().filter_map(file).chain(people::agents_file(&self.settings).ok()).collect()
    }
}

/// Whether `agents.toml` has an agent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Listed {
    Yes,
    No,
}

/// The agent of these settings as it may call now, and whether `agents.toml` has it.
fn read(settings: &Settings) -> Result<(Known, Listed), PeopleError> {
    let agents = agents::of(settings)?;
    let known = people::caller(settings, &agents, &permissions::tool_names())?;
    let listed = if agents.get(&known.caller.agent).is_some() { Listed::Yes } else { Listed::No };
    Ok((known, listed))
}
