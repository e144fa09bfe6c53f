//! `agents.toml`: each agent's owner, profile, and what it proves itself with.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use url::Url;

use super::document::{Entry, Form, contents, entries};
use super::edit::{change, header_name, quoted, with_table, with_value};
use super::secret::SlowHash;
use super::{AgentKey, Owner, PeopleError};
use crate::config::ProfileName;
use crate::domain::digest::Digest;
use crate::domain::spelling::nearest;
use crate::policy::ask::AgentId;
use crate::policy::file::{Mistake, Mistakes};

const FORM: Form =
    Form { table: "agents", keys: &["owner", "profile", "connection", "key_hash", "issuer", "subject", "revoked"] };
/// Longest issuer, subject or connection, in bytes.
const LONGEST_WORD: usize = 255;

/// One agent of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agent {
    /// Its name.
    pub id: AgentId,
    /// Whose it is.
    pub owner: Owner,
    /// The profile it runs under; a file is found from `agents.toml`.
    pub profile: ProfileName,
    /// The connection it uses, where the file names one.
    pub connection: Option<String>,
    /// What it proves itself with.
    pub credential: Credential,
    /// Whether it is let in.
    pub validity: Validity,
}

/// What an agent proves itself with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credential {
    /// A key, of which the hash is known.
    Key(Box<SlowHash>),
    /// A signed token of this issuer about this subject.
    Token {
        /// Who signs, an `https` address.
        issuer: String,
        /// About whom.
        subject: String,
    },
}

/// Whether an agent is let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Validity {
    /// It is.
    Valid,
    /// Not any more; it stays listed, so that its name is not given to another by mistake.
    Revoked,
}

impl fmt::Display for Validity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Valid => "valid",
            Self::Revoked => "revoked",
        })
    }
}

/// The agents of one file.
#[derive(Debug, Default)]
pub struct Agents {
    by_id: BTreeMap<AgentId, Agent>,
    /// Digests of keys that were verified, each of a valid agent: at most one for each.
    verified: Mutex<HashMap<Digest, AgentId>>,
}

impl Agents {
    /// Reads the file; where there is none, there are no agents.
    pub fn load(path: &Path) -> Result<Self, PeopleError> {
        let Some(text) = contents(path)? else { return Ok(Self::default()) };
        let (by_id, _) = understand(&text, path).map_err(PeopleError::Mistakes)?;
        Ok(Self { by_id, verified: Mutex::default() })
    }

    /// An agent by name; it may be revoked.
    pub fn get(&self, id: &AgentId) -> Option<&Agent> {
        self.by_id.get(id)
    }

    /// Every agent, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Agent> {
        self.by_id.values()
    }

    /// The agent whose key this is. A key that nobody has and one of a revoked agent look alike.
    ///
    /// A valid key is remembered and found at once from then on; any other costs one slow hash for each agent, so the
    /// caller counts failures and does not call this in async code.
    pub fn by_key(&self, key: &AgentKey) -> Option<&Agent> {
        let digest = key.digest();
        let verified = || self.verified.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(id) = verified().get(&digest).cloned() {
            return self.by_id.get(&id);
        }
        let mut found = None;
        for agent in self.by_id.values() {
            if let Credential::Key(hash) = &agent.credential
                && hash.is_of(key.secret())
            {
                found = Some(agent);
            }
        }
        let agent = found.filter(|agent| agent.validity == Validity::Valid)?;
        verified().insert(digest, agent.id.clone());
        Some(agent)
    }

    /// Writes a new agent into the file and gives its key, which nobody can find out again.
    pub fn add(path: &Path, name: &str, owner: &Owner, profile: &str) -> Result<AgentKey, PeopleError> {
        if !AgentId::fits(name) {
            return Err(PeopleError::BadName { name: name.to_owned() });
        }
        let key = AgentKey::generate()?;
        let hash = SlowHash::of(key.secret())?;
        let table = format!(
            "[agents.{}]\nowner = {}\nprofile = {}\nkey_hash = {}\n",
            header_name(name),
            quoted(owner.as_str()),
            quoted(profile),
            quoted(&hash.to_string())
        );
        let agent = Agent {
            id: AgentId::new(name),
            owner: owner.clone(),
            profile: profile_name(profile, path),
            connection: None,
            credential: Credential::Key(Box::new(hash)),
            validity: Validity::Valid,
        };
        change(path, |text| {
            let (mut agents, _) = understand(text.unwrap_or_default(), path).map_err(PeopleError::Mistakes)?;
            if agents.insert(agent.id.clone(), agent).is_some() {
                return Err(PeopleError::Taken { name: name.to_owned(), path: path.to_owned() });
            }
            checked(with_table(text, &table), &agents, path)
        })?;
        Ok(key)
    }

    /// Writes into the file that an agent is revoked.
    pub fn revoke(path: &Path, name: &str) -> Result<(), PeopleError> {
        change(path, |text| {
            let text = text.unwrap_or_default();
            let (mut agents, entries) = understand(text, path).map_err(PeopleError::Mistakes)?;
            let entry = entries.iter().find(|entry| entry.name == name);
            let (Some(agent), Some(entry)) = (agents.get_mut(&AgentId::new(name)), entry) else {
                let meant = nearest(name, entries.iter().map(|entry| entry.name.as_str())).map(str::to_owned);
                return Err(PeopleError::Nobody { name: shown(name), path: path.to_owned(), meant });
            };
            agent.validity = Validity::Revoked;
            let revoked = with_value(text, entry, "revoked", "true");
            revoked.map_or_else(|| Err(not_editable(path)), |text| checked(text, &agents, path))
        })
    }
}

/// A name from the command line as a message repeats it.
pub(super) fn shown(name: &str) -> String {
    crate::domain::text::one_line(name, 60)
}

/// The text, if it says what it is meant to say.
fn checked(text: String, meant: &BTreeMap<AgentId, Agent>, path: &Path) -> Result<String, PeopleError> {
    match understand(&text, path) {
        Ok((agents, _)) if agents == *meant => Ok(text),
        _ => Err(not_editable(path)),
    }
}

fn not_editable(path: &Path) -> PeopleError {
    PeopleError::NotEditable { path: path.to_owned(), table: FORM.table }
}

fn profile_name(written: &str, path: &Path) -> ProfileName {
    ProfileName::of(written, |file| path.parent().unwrap_or(Path::new("")).join(file))
}

type Understood = (BTreeMap<AgentId, Agent>, Vec<Entry>);

fn understand(text: &str, path: &Path) -> Result<Understood, Vec<Mistake>> {
    let source = path.display().to_string();
    let mut mistakes = Mistakes::of(&source, text);
    let entries = entries(text, &FORM, &mut mistakes);
    let mut agents: BTreeMap<AgentId, Agent> = BTreeMap::new();
    for entry in &entries {
        let Some(agent) = agent(entry, path, &mut mistakes) else { continue };
        if let Some(other) = agents.values().find(|other| other.credential == agent.credential) {
            let message = format!("`{}` proves itself with what `{}` does", agent.id, other.id);
            mistakes.add(entry.at, &message, None);
        }
        agents.insert(agent.id.clone(), agent);
    }
    if mistakes.is_empty() { Ok((agents, entries)) } else { Err(mistakes.sorted()) }
}

/// The agent of a table; `None` only where there is a mistake.
fn agent(entry: &Entry, path: &Path, mistakes: &mut Mistakes<'_>) -> Option<Agent> {
    for key in ["owner", "profile"].into_iter().filter(|key| !entry.has(key)) {
        mistakes.add(entry.at, &format!("`{}` lacks the key `{key}`", entry.name), None);
    }
    let owner = entry.text("owner", mistakes).and_then(|(text, at)| match Owner::read(text) {
        Ok(owner) => Some(owner),
        Err(problem) => {
            mistakes.add(at, &problem, None);
            None
        }
    });
    let profile = entry.text("profile", mistakes).map(|(text, _)| profile_name(text, path));
    let connection = word(entry, "connection", mistakes);
    let credential = credential(entry, mistakes);
    let validity = if entry.switch("revoked", mistakes) { Validity::Revoked } else { Validity::Valid };
    Some(Agent {
        id: AgentId::new(&entry.name),
        owner: owner?,
        profile: profile?,
        connection,
        credential: credential?,
        validity,
    })
}

fn credential(entry: &Entry, mistakes: &mut Mistakes<'_>) -> Option<Credential> {
    match (entry.has("key_hash"), entry.has("issuer"), entry.has("subject")) {
        (true, false, false) => {
            let (text, at) = entry.text("key_hash", mistakes)?;
            match SlowHash::read(text) {
                Ok(hash) => return Some(Credential::Key(Box::new(hash))),
                // What stands there is not repeated: it may be the key itself.
                Err(problem) => mistakes.add(at, &format!("`key_hash` {problem}"), None),
            }
        }
        (false, true, true) => {
            let subject = word(entry, "subject", mistakes);
            let (text, at) = entry.text("issuer", mistakes)?;
            if text.len() <= LONGEST_WORD && Url::parse(text).is_ok_and(|url| url.scheme() == "https") {
                return Some(Credential::Token { issuer: text.to_owned(), subject: subject? });
            }
            mistakes.add(at, "`issuer` is an address such as https://login.example.com", None);
        }
        (false, false, false) => {
            let message = format!(
                "`{}` has nothing to prove itself with; give `key_hash`, or `issuer` and `subject`",
                entry.name
            );
            mistakes.add(entry.at, &message, None);
        }
        (false, _, _) => {
            mistakes.add(entry.at, &format!("`{}` needs both `issuer` and `subject`", entry.name), None);
        }
        (true, _, _) => {
            let message = format!("`{}` has `key_hash` beside `issuer` or `subject`; give one of the two", entry.name);
            mistakes.add(entry.at, &message, None);
        }
    }
    None
}

fn word(entry: &Entry, key: &str, mistakes: &mut Mistakes<'_>) -> Option<String> {
    let (text, at) = entry.text(key, mistakes)?;
    if text.len() > LONGEST_WORD {
        mistakes.add(at, &format!("`{key}` is longer than {LONGEST_WORD} bytes"), None);
        return None;
    }
    Some(text.to_owned())
}
