//! Changes `agents.toml`: a new agent, a new key for one that has a key, and an agent that is let in no more.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};

use super::reading::{FORM, Read, profile_name, understand};
use super::{Agent, Agents, Credential, FormerKey, KeyHashes, Validity};
use crate::domain::spelling::nearest;
use crate::people::document::Entry;
use crate::people::edit::{change, header_name, quoted, with_table, with_values};
use crate::people::secret::SlowHash;
use crate::people::{AgentKey, Owner, PeopleError};
use crate::policy::ask::AgentId;

/// An agent that is to be written into the file.
#[derive(Clone, Copy, Debug)]
pub struct NewAgent<'a> {
    /// Its name.
    pub name: &'a str,
    /// Whose it is.
    pub owner: &'a Owner,
    /// The profile it runs under, as the file writes it.
    pub profile: &'a str,
}

impl Agents {
    /// Writes a new agent into the file and gives its key, which nobody can find out again.
    pub fn add(path: &Path, name: &str, owner: &Owner, profile: &str) -> Result<AgentKey, PeopleError> {
        let new = NewAgent { name, owner, profile };
        new.check()?;
        let key = AgentKey::generate()?;
        let hash = SlowHash::of_key(&key)?;
        let proof = format!("key_hash = {}\n", quoted(&hash.to_string()));
        let credential = Credential::Key(Box::new(KeyHashes { now: hash, former: None }));
        change(path, |text| new.written(text.unwrap_or_default(), path, credential, &proof))?;
        Ok(key)
    }

    /// Writes a new agent into the file that proves itself with tokens of an issuer which the file has a table of.
    pub fn add_with_token(path: &Path, new: NewAgent<'_>, issuer: &str, subject: &str) -> Result<(), PeopleError> {
        new.check()?;
        let proof = format!("issuer = {}\nsubject = {}\n", quoted(issuer), quoted(subject));
        let credential = Credential::Token { issuer: issuer.to_owned(), subject: subject.to_owned() };
        change(path, |text| {
            let text = text.unwrap_or_default();
            let issuers = understand(text, path).map_err(PeopleError::Mistakes)?.issuers;
            if !issuers.contains_key(issuer) {
                let meant = nearest(issuer, issuers.keys().map(String::as_str)).map(str::to_owned);
                return Err(PeopleError::NoIssuer { issuer: shown(issuer), path: path.to_owned(), meant });
            }
            new.written(text, path, credential, &proof)
        })
    }

    /// Writes a new key for an agent into the file and gives it. The key it had stays valid for the overlap; one that
    /// was rotated out before ends at once.
    pub fn rotate(path: &Path, name: &str, overlap: SignedDuration, now: Timestamp) -> Result<AgentKey, PeopleError> {
        let key = AgentKey::generate()?;
        let hash = SlowHash::of_key(&key)?;
        // The file has whole seconds.
        let second = Timestamp::from_second(now.as_second()).unwrap_or(now);
        let until = second.saturating_add(overlap).unwrap_or(Timestamp::MAX);
        change(path, |text| {
            let text = text.unwrap_or_default();
            let mut read = understand(text, path).map_err(PeopleError::Mistakes)?;
            let agent = known(&read, name, path)?;
            let Credential::Key(hashes) = &agent.credential else {
                return Err(PeopleError::NoKey { agent: agent.id.clone() });
            };
            if agent.validity == Validity::Revoked {
                return Err(PeopleError::Revoked { agent: agent.id.clone() });
            }
            let former = overlap.is_positive().then(|| FormerKey { hash: hashes.now.clone(), until });
            let written = |text: String| quoted(&text);
            let changed = values(
                text,
                read.entry(name),
                path,
                &[
                    ("key_hash", Some(written(hash.to_string()))),
                    ("former_key_hash", former.as_ref().map(|former| written(former.hash.to_string()))),
                    ("former_key_until", former.as_ref().map(|former| written(former.until.to_string()))),
                ],
            )?;
            let credential = Credential::Key(Box::new(KeyHashes { now: hash, former }));
            let agent = Agent { credential, ..agent.clone() };
            read.agents.insert(agent.id.clone(), agent);
            checked(changed, &read.agents, path)
        })?;
        Ok(key)
    }

    /// Writes into the file that an agent is revoked.
    pub fn revoke(path: &Path, name: &str) -> Result<(), PeopleError> {
        change(path, |text| {
            let text = text.unwrap_or_default();
            let mut read = understand(text, path).map_err(PeopleError::Mistakes)?;
            let agent = Agent { validity: Validity::Revoked, ..known(&read, name, path)?.clone() };
            let changed = values(text, read.entry(name), path, &[("revoked", Some("true".to_owned()))])?;
            read.agents.insert(agent.id.clone(), agent);
            checked(changed, &read.agents, path)
        })
    }
}

impl NewAgent<'_> {
    fn check(&self) -> Result<(), PeopleError> {
        if AgentId::fits(self.name) { Ok(()) } else { Err(PeopleError::BadName { name: self.name.to_owned() }) }
    }

    /// The text with this agent at its end.
    fn written(&self, text: &str, path: &Path, credential: Credential, proof: &str) -> Result<String, PeopleError> {
        let mut agents = understand(text, path).map_err(PeopleError::Mistakes)?.agents;
        let agent = Agent {
            id: AgentId::new(self.name),
            owner: self.owner.clone(),
            profile: profile_name(self.profile, path),
            connection: None,
            credential,
            validity: Validity::Valid,
        };
        if agents.insert(agent.id.clone(), agent).is_some() {
            return Err(PeopleError::Taken { name: self.name.to_owned(), path: path.to_owned() });
        }
        let (name, owner) = (header_name(self.name), quoted(self.owner.as_str()));
        let table = format!("[agents.{name}]\nowner = {owner}\nprofile = {}\n{proof}", quoted(self.profile));
        checked(with_table(Some(text), &table), &agents, path)
    }
}

fn known<'a>(read: &'a Read, name: &str, path: &Path) -> Result<&'a Agent, PeopleError> {
    read.agents.get(&AgentId::new(name)).ok_or_else(|| {
        let meant = nearest(name, read.agents.keys().map(AgentId::as_str)).map(str::to_owned);
        PeopleError::Nobody { name: shown(name), path: path.to_owned(), meant }
    })
}

fn values(
    text: &str,
    entry: Option<&Entry>,
    path: &Path,
    values: &[(&str, Option<String>)],
) -> Result<String, PeopleError> {
    let values: Vec<_> = values.iter().map(|(key, value)| (*key, value.as_deref())).collect();
    entry.and_then(|entry| with_values(text, entry, &values)).ok_or_else(|| not_editable(path))
}

/// A name from the command line as a message repeats it.
pub(in crate::people) fn shown(name: &str) -> String {
    crate::domain::text::one_line(name, 60)
}

/// The text, if it says what it is meant to say.
fn checked(text: String, meant: &BTreeMap<AgentId, Agent>, path: &Path) -> Result<String, PeopleError> {
    match understand(&text, path) {
        Ok(read) if read.agents == *meant => Ok(text),
        _ => Err(not_editable(path)),
    }
}

fn not_editable(path: &Path) -> PeopleError {
    PeopleError::NotEditable { path: path.to_owned(), table: FORM.table }
}
