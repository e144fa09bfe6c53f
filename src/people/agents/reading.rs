//! What the text of `agents.toml` says, or every mistake in it.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;

use super::issuers::{self, Issuer};
use super::{Agent, Credential, FormerKey, KeyHashes, Validity};
use crate::config::ProfileName;
use crate::domain::spelling::nearest;
use crate::people::Owner;
use crate::people::document::{Entry, Form, entries};
use crate::people::secret::SlowHash;
use crate::policy::ask::AgentId;
use crate::policy::file::{Mistake, Mistakes};

pub(super) const FORM: Form = Form {
    table: "agents",
    keys: &[
        "owner",
        "profile",
        "connection",
        "key_hash",
        "former_key_hash",
        "former_key_until",
        "issuer",
        "subject",
        "revoked",
    ],
};
/// Longest address, subject or connection, in bytes.
const LONGEST_WORD: usize = 255;

/// By the address that tokens carry as `iss`.
type Issuers = BTreeMap<String, Arc<Issuer>>;

/// What a text says.
pub(super) struct Read {
    pub(super) agents: BTreeMap<AgentId, Agent>,
    pub(super) issuers: Issuers,
    entries: Vec<Entry>,
}

impl Read {
    /// The table of an agent.
    pub(super) fn entry(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.table == FORM.table && entry.name == name)
    }
}

pub(super) fn understand(text: &str, path: &Path) -> Result<Read, Vec<Mistake>> {
    let source = path.display().to_string();
    let mut mistakes = Mistakes::of(&source, text);
    let entries = entries(text, &[FORM, issuers::FORM], &mut mistakes);
    let issuers = all_issuers(&entries, &mut mistakes);
    let mut agents: BTreeMap<AgentId, Agent> = BTreeMap::new();
    let mut proofs: HashMap<String, AgentId> = HashMap::new();
    for entry in entries.iter().filter(|entry| entry.table == FORM.table) {
        let Some(agent) = agent(entry, path, &issuers, &mut mistakes) else { continue };
        for proof in proofs_of(&agent.credential) {
            if let Some(other) = proofs.insert(proof, agent.id.clone()) {
                let message = if other == agent.id {
                    format!("`{other}` has its former key still")
                } else {
                    format!("`{}` proves itself with what `{other}` does", agent.id)
                };
                mistakes.add(entry.at, &message, None);
            }
        }
        agents.insert(agent.id.clone(), agent);
    }
    if mistakes.is_empty() { Ok(Read { agents, issuers, entries }) } else { Err(mistakes.sorted()) }
}

fn all_issuers(entries: &[Entry], mistakes: &mut Mistakes<'_>) -> Issuers {
    let mut all = Issuers::new();
    for entry in entries.iter().filter(|entry| entry.table == issuers::FORM.table) {
        let Some(issuer) = issuers::issuer(entry, mistakes) else { continue };
        if let Some(other) = all.get(&issuer.issuer) {
            mistakes.add(entry.at, &format!("`{}` is the same issuer as `{}`", issuer.name, other.name), None);
        }
        all.insert(issuer.issuer.clone(), Arc::new(issuer));
    }
    all
}

/// What no two agents may have in common.
fn proofs_of(credential: &Credential) -> Vec<String> {
    match credential {
        Credential::Key(hashes) => {
            let former = hashes.former.iter().map(|former| former.hash.to_string());
            std::iter::once(hashes.now.to_string()).chain(former).collect()
        }
        Credential::Token { issuer, subject } => vec![format!("{issuer}\n{subject}")],
    }
}

/// The agent of a table; `None` only where there is a mistake.
fn agent(entry: &Entry, path: &Path, issuers: &Issuers, mistakes: &mut Mistakes<'_>) -> Option<Agent> {
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
    let connection = word(entry, "connection", mistakes).map(|(text, _)| text.to_owned());
    let credential = credential(entry, issuers, mistakes);
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

fn credential(entry: &Entry, issuers: &Issuers, mistakes: &mut Mistakes<'_>) -> Option<Credential> {
    let former = former(entry, mistakes);
    let name = &entry.name;
    let message = match (entry.has("key_hash"), entry.has("issuer"), entry.has("subject")) {
        (true, false, false) => {
            let now = hash(entry, "key_hash", mistakes)?;
            return Some(Credential::Key(Box::new(KeyHashes { now, former })));
        }
        (false, true, true) => {
            let subject = word(entry, "subject", mistakes);
            let (issuer, at) = word(entry, "issuer", mistakes)?;
            if issuers.contains_key(issuer) {
                return Some(Credential::Token { issuer: issuer.to_owned(), subject: subject?.0.to_owned() });
            }
            if issuers::is_issuer(issuer) {
                let message = format!("no table [issuers.NAME] has the issuer of `{name}`");
                mistakes.add(at, &message, nearest(issuer, issuers.keys().map(String::as_str)));
            } else {
                mistakes.add(at, "`issuer` is an address such as https://login.example.com", None);
            }
            return None;
        }
        (false, false, false) => {
            format!("`{name}` has nothing to prove itself with; give `key_hash`, or `issuer` and `subject`")
        }
        (false, _, _) => format!("`{name}` needs both `issuer` and `subject`"),
        (true, _, _) => format!("`{name}` has `key_hash` beside `issuer` or `subject`; give one of the two"),
    };
    mistakes.add(entry.at, &message, None);
    None
}

/// The key that was rotated out, if the table has one.
fn former(entry: &Entry, mistakes: &mut Mistakes<'_>) -> Option<FormerKey> {
    let (has_hash, has_until) = (entry.has("former_key_hash"), entry.has("former_key_until"));
    if has_hash != has_until {
        let message = format!("`{}` needs both `former_key_hash` and `former_key_until`", entry.name);
        mistakes.add(entry.at, &message, None);
    } else if has_hash && !entry.has("key_hash") {
        mistakes.add(entry.at, &format!("`{}` has a former key and no `key_hash`", entry.name), None);
    }
    let hash = hash(entry, "former_key_hash", mistakes);
    let until = entry.text("former_key_until", mistakes).and_then(|(text, at)| {
        let until = text.parse::<Timestamp>();
        until.map_err(|_| mistakes.add(at, "`former_key_until` is a time such as 2030-01-31T12:00:00Z", None)).ok()
    });
    Some(FormerKey { hash: hash?, until: until? })
}

fn hash(entry: &Entry, key: &str, mistakes: &mut Mistakes<'_>) -> Option<SlowHash> {
    let (text, at) = entry.text(key, mistakes)?;
    // What stands there is not repeated: it may be the key itself.
    SlowHash::read(text).map_err(|problem| mistakes.add(at, &format!("`{key}` {problem}"), None)).ok()
}

/// A text that is not too long, and where it stands.
pub(super) fn word<'a>(entry: &'a Entry, key: &str, mistakes: &mut Mistakes<'_>) -> Option<(&'a str, usize)> {
    let (text, at) = entry.text(key, mistakes)?;
    if text.len() > LONGEST_WORD {
        mistakes.add(at, &format!("`{key}` is longer than {LONGEST_WORD} bytes"), None);
        return None;
    }
    Some((text, at))
}

pub(super) fn profile_name(written: &str, path: &Path) -> ProfileName {
    ProfileName::of(written, |file| path.parent().unwrap_or(Path::new("")).join(file))
}
