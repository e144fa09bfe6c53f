//! Who calls: the agent the settings name, its owner, and the profile it runs under.

use std::sync::Arc;

use tokio::sync::watch;

use super::{Agents, Owner, PeopleError, Validity};
use crate::config::declared::PROFILE;
use crate::config::{Origin, ProfileName, Settings};
use crate::policy::ask::Written;
use crate::policy::{Caller, Profile};

/// An agent that may call, and what its profile is made of.
#[derive(Clone, Debug)]
pub struct Known {
    /// The agent under its profile as it is now.
    pub caller: Caller,
    /// Whose agent it is.
    pub owner: Owner,
    /// The profiles to read again for [`profile_now`]: the first, narrowed by each of the others.
    pub profiles: Vec<ProfileName>,
}

/// The caller of the settings. An agent of `agents.toml` has owner and profile from there, and a profile that somebody
/// set besides can only narrow its own. Any other runs under the profile of the settings, and belongs to the user of
/// the system.
pub fn caller(settings: &Settings, agents: &Agents, known_tools: &[&str]) -> Result<Known, PeopleError> {
    let id = settings.agent()?;
    let (owner, profiles, connection) = match agents.get(&id) {
        Some(agent) => {
            if agent.validity == Validity::Revoked {
                return Err(PeopleError::Revoked { agent: id });
            }
            let mut profiles = vec![agent.profile.clone()];
            if settings.get(&PROFILE).is_some_and(|given| given.origin != Origin::Default) {
                profiles.push(settings.profile());
            }
            (agent.owner.clone(), profiles, agent.connection.clone())
        }
        None => (Owner::of_system(settings), vec![settings.profile()], None),
    };
    let read = profiles_now(&profiles, known_tools)?;
    let written = profiles.iter().zip(&read).map(|(name, profile)| written(name, profile)).collect();
    let profile = Arc::new(narrowed(read)?);
    let connection = connection.or_else(|| profile.connection.clone()).map(Arc::from);
    let caller = Caller { agent: id, profile, owner: owner.as_str().into(), profiles: written, connection };
    Ok(Known { caller, owner, profiles })
}

/// Puts a caller in place of the one there is, where its profile or owner is another; whether it was.
pub fn replace(callers: &watch::Sender<Arc<Caller>>, caller: Caller) -> bool {
    callers.send_if_modified(|known| {
        let same =
            known.profile == caller.profile && known.owner == caller.owner && known.connection == caller.connection;
        if !same {
            *known = Arc::new(caller);
        }
        !same
    })
}

/// What records keep of a profile.
pub(super) fn written(name: &ProfileName, profile: &Profile) -> Written {
    Written { from: name.kept().into(), text: Arc::clone(&profile.written) }
}

/// The profiles as they are now: the first, narrowed by each of the others.
pub fn profile_now(profiles: &[ProfileName], known_tools: &[&str]) -> Result<Profile, PeopleError> {
    narrowed(profiles_now(profiles, known_tools)?)
}

fn profiles_now(profiles: &[ProfileName], known_tools: &[&str]) -> Result<Vec<Profile>, PeopleError> {
    profiles.iter().map(|name| Ok(name.read(known_tools)?.profile)).collect()
}

fn narrowed(profiles: Vec<Profile>) -> Result<Profile, PeopleError> {
    let narrowed = profiles.into_iter().reduce(|narrowed, profile| narrowed.narrowed_by(&profile));
    narrowed.ok_or(PeopleError::NoProfile)
}
