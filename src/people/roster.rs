//! The agents that are let in, each under its profile as it is now: files are read again, and the last good ones hold.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::callers::{replace, written};
use super::files::Files;
use super::{Agent, Agents, CredentialId, PeopleError, Validity};
use crate::config::ProfileName;
use crate::policy::ask::AgentId;
use crate::policy::{Caller, Profile};

/// The agents of one `agents.toml`.
pub struct Roster {
    file: PathBuf,
    known_tools: Vec<&'static str>,
    state: Mutex<State>,
}

struct State {
    agents: Arc<Agents>,
    members: BTreeMap<AgentId, Member>,
    files: Files,
    mistakes: Vec<String>,
    /// Whether `agents.toml` was not there at the last look.
    missing: bool,
}

/// An agent that may be let in.
struct Member {
    agent: Agent,
    callers: watch::Sender<Arc<Caller>>,
    /// One for each credential that lets it in; set when the credential does so no more.
    ends: BTreeMap<CredentialId, CancellationToken>,
}

/// An agent that is let in.
#[derive(Clone)]
pub struct Admitted {
    /// Under its profile; another one as soon as that changes.
    pub caller: watch::Receiver<Arc<Caller>>,
    /// Set when the credential it came with lets it in no more.
    pub gone: CancellationToken,
}

/// What a look at changed files brought: what could be used of them has been taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Looked {
    /// What cannot be used, one line each; what was good before holds.
    pub mistakes: Vec<String>,
    /// Whether these are other mistakes than at the last look.
    pub others: bool,
}

impl Roster {
    /// Reads the files. `agents.toml` has to be right; an agent whose profile is not is let in once it is.
    pub fn open(file: PathBuf, known_tools: Vec<&'static str>, now: Timestamp) -> Result<Self, PeopleError> {
        let agents = Arc::new(Agents::load(&file)?);
        let empty = State {
            agents: Arc::clone(&agents),
            members: BTreeMap::new(),
            files: Files::default(),
            mistakes: Vec::new(),
            missing: false,
        };
        let roster = Self { file, known_tools, state: Mutex::new(empty) };
        roster.take(agents, Vec::new(), now);
        Ok(roster)
    }

    /// The agents as they were read last.
    pub fn agents(&self) -> Arc<Agents> {
        Arc::clone(&self.state().agents)
    }

    /// What could not be used at the last look, one line each.
    pub fn mistakes(&self) -> Vec<String> {
        self.state().mistakes.clone()
    }

    /// Lets an agent in that has proven itself with this credential; not where its profile could never be read, or
    /// where the credential has just ended.
    pub fn admit(&self, agent: &AgentId, credential: CredentialId) -> Option<Admitted> {
        let state = self.state();
        let member = state.members.get(agent)?;
        let gone = member.ends.get(&credential)?.clone();
        Some(Admitted { caller: member.callers.subscribe(), gone })
    }

    /// Looks at the files again where they may have changed; `None` where they have not. Reads files: not for async code.
    pub fn look(&self, now: Timestamp) -> Option<Looked> {
        let before = {
            let mut state = self.state();
            state.end_what_has_ended(now);
            let was_missing = std::mem::replace(&mut state.missing, !self.file.exists());
            if !state.files.changed(now.into()) && !was_missing {
                return None;
            }
            // Some editors put a new file in place of the old one in two steps: nobody is turned out in between.
            if state.missing && !was_missing {
                return None;
            }
            state.mistakes.clone()
        };
        let (agents, mistakes) = match Agents::load(&self.file) {
            Ok(agents) => (Arc::new(agents.remembering(&self.agents())), Vec::new()),
            Err(error) => (self.agents(), error.to_string().lines().map(str::to_owned).collect()),
        };
        let mistakes = self.take(agents, mistakes, now);
        Some(Looked { others: mistakes != before, mistakes })
    }

    /// Takes these agents, with their profiles as they are now, and gives what could not be used.
    fn take(&self, agents: Arc<Agents>, mut mistakes: Vec<String>, now: Timestamp) -> Vec<String> {
        let mut files = vec![self.file.clone()];
        let mut callers = BTreeMap::new();
        // Many agents run under few profiles.
        let mut profiles = BTreeMap::new();
        for agent in agents.iter().filter(|agent| agent.validity == Validity::Valid) {
            if let ProfileName::File(path) = &agent.profile {
                files.push(path.clone());
            }
            let read = || agent.profile.read(&self.known_tools).map(|source| Arc::new(source.profile));
            let profile =
                profiles.entry(agent.profile.kept()).or_insert_with(|| read().map_err(|error| error.to_string()));
            let caller = profile.clone().map(|profile| caller(agent, profile));
            match caller {
                Ok(caller) => drop(callers.insert(agent.id.clone(), caller)),
                Err(why) => mistakes.extend(why.lines().map(|line| format!("agent `{}`: {line}", agent.id))),
            }
        }
        let mut state = self.state();
        state.agents = agents;
        state.seat(callers, now);
        state.files.watch(files);
        state.mistakes.clone_from(&mistakes);
        mistakes
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn caller(agent: &Agent, profile: Arc<Profile>) -> Caller {
    let profiles = [written(&agent.profile, &profile)].into();
    let connection = agent.connection.clone().or_else(|| profile.connection.clone()).map(Arc::from);
    Caller { agent: agent.id.clone(), profile, owner: agent.owner.as_str().into(), profiles, connection }
}

impl State {
    /// Gives every agent its place, with a new profile where there is one, and turns out those that are there no more.
    fn seat(&mut self, mut callers: BTreeMap<AgentId, Caller>, now: Timestamp) {
        let agents = Arc::clone(&self.agents);
        let valid = |agent: &&Agent| agent.validity == Validity::Valid;
        let mut members = BTreeMap::new();
        for agent in agents.iter().filter(valid) {
            let former = self.members.remove(&agent.id);
            let member = match (former, callers.remove(&agent.id)) {
                (Some(former), caller) => former.again(agent, caller),
                (None, Some(caller)) => Member {
                    agent: agent.clone(),
                    callers: watch::Sender::new(Arc::new(caller)),
                    ends: BTreeMap::new(),
                },
                // Its profile could never be read.
                (None, None) => continue,
            };
            members.insert(agent.id.clone(), member);
        }
        for gone in std::mem::replace(&mut self.members, members).into_values() {
            gone.ends.values().for_each(CancellationToken::cancel);
        }
        self.end_what_has_ended(now);
    }

    /// Ends what came with credentials that let nobody in any more, and knows those that do.
    fn end_what_has_ended(&mut self, now: Timestamp) {
        for member in self.members.values_mut() {
            let valid = member.agent.credentials(now);
            member.ends.retain(|credential, end| {
                let holds = valid.contains(credential);
                if !holds {
                    end.cancel();
                }
                holds
            });
            for credential in valid {
                member.ends.entry(credential).or_default();
            }
        }
    }
}

impl Member {
    /// The same agent as it stands in the file now; without a caller its profile stays the last good one.
    fn again(mut self, agent: &Agent, caller: Option<Caller>) -> Self {
        self.agent = agent.clone();
        if let Some(caller) = caller {
            replace(&self.callers, caller);
        }
        self
    }
}
