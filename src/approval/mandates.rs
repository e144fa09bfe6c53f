//! What an agent may do now: its profile read anew, as long as nobody has revoked it.

use std::path::PathBuf;
use std::sync::Arc;

use crate::config::ProfileName;
use crate::people::{Agents, Validity, profile_now};
use crate::policy::Profile;

use super::line::{Mandates, NoLonger};
use super::record::Asked;

/// Reads `agents.toml` and the files of profiles whenever it is asked.
pub struct FromFiles {
    /// The file of agents.
    pub agents: PathBuf,
    /// The name of every tool.
    pub known_tools: Vec<&'static str>,
}

impl Mandates for FromFiles {
    fn now(&self, asked: &Asked) -> Result<Arc<Profile>, NoLonger> {
        let unreadable = |error: &dyn std::fmt::Display| NoLonger::Unreadable(error.to_string());
        let agents = Agents::load(&self.agents).map_err(|error| unreadable(&error))?;
        let names = asked.profiles.iter().map(|profile| ProfileName::of_kept(&profile.from));
        let mut names: Vec<ProfileName> = names
            .collect::<Option<_>>()
            .ok_or_else(|| NoLonger::Unreadable("the record does not say where it is".into()))?;
        if let Some(agent) = agents.get(&asked.agent) {
            if agent.validity == Validity::Revoked {
                return Err(NoLonger::Revoked);
            }
            // The file may give the agent another profile by now; what narrowed the first one still does.
            match names.first_mut() {
                Some(first) => first.clone_from(&agent.profile),
                None => names.push(agent.profile.clone()),
            }
        }
        profile_now(&names, &self.known_tools).map(Arc::new).map_err(|error| unreadable(&error))
    }
}
