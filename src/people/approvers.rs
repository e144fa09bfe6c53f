//! `approvers.toml`: who may approve what, and the hash of the secret each proves it with.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use secrecy::SecretString;

use super::PeopleError;
use super::agents::shown;
use super::document::{Entry, Form, contents, entries};
use super::edit::{change, header_name, quoted, with_table, without_table};
use super::secret::{SlowHash, random};
use crate::domain::access::AccessClass;
use crate::domain::ids::{SpaceId, SpaceKey};
use crate::domain::place::SpaceName;
use crate::domain::spelling::nearest;
use crate::domain::text;
use crate::policy::ask::AgentId;
use crate::policy::file::{Mistake, Mistakes};

const FORM: Form = Form { table: "approvers", keys: &["secret_hash", "classes", "spaces"] };
/// Each of them costs one slow hash whenever somebody proves who they are.
const MOST_APPROVERS: usize = 50;
const PREFIX: &str = "sla_";

/// The classes there is anything to approve in.
pub const CLASSES: [AccessClass; 3] = [AccessClass::Create, AccessClass::Update, AccessClass::Delete];

/// A person who may approve, and what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Approver {
    /// The name that decisions carry.
    pub name: String,
    /// What may be approved.
    pub classes: BTreeSet<AccessClass>,
    /// Where; every space where nothing is said, none where the set is empty.
    pub spaces: Option<BTreeSet<SpaceName>>,
}

/// A space that a write touches, as it was looked up.
#[derive(Clone, Copy, Debug)]
pub struct TouchedSpace<'a> {
    /// Its id.
    pub id: &'a SpaceId,
    /// Its key, where it is known.
    pub key: Option<&'a SpaceKey>,
}

impl Approver {
    /// Whether this person may decide on a write of that class in all of these spaces. Where the approver's spaces are
    /// limited, a write that touches no known space is not covered.
    pub fn covers(&self, class: AccessClass, touched: &[TouchedSpace<'_>]) -> bool {
        let Some(spaces) = &self.spaces else { return self.classes.contains(&class) };
        // Confluence finds a space by its key in any letter case.
        let is_named = |touched: &TouchedSpace<'_>| {
            spaces.iter().any(|name| match name {
                SpaceName::Id(id) => id == touched.id,
                SpaceName::Key(key) => {
                    touched.key.is_some_and(|touched| touched.as_str().eq_ignore_ascii_case(key.as_str()))
                }
            })
        };
        self.classes.contains(&class) && !touched.is_empty() && touched.iter().all(is_named)
    }
}

/// Nobody's secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no approver's secret; `sluice approvers add NAME` makes one")]
pub struct NotProven;

/// The approvers of one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Approvers {
    by_name: BTreeMap<String, Listed>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Listed {
    approver: Approver,
    hash: SlowHash,
}

impl Approvers {
    /// Reads the file; where there is none, there are no approvers.
    pub fn load(path: &Path) -> Result<Self, PeopleError> {
        let Some(text) = contents(path)? else { return Ok(Self::default()) };
        let (by_name, _) = understand(&text, path).map_err(PeopleError::Mistakes)?;
        Ok(Self { by_name })
    }

    /// Whether nobody has been set up.
    pub fn is_empty(&self) -> bool {
        self.by_name.is_empty()
    }

    /// Their names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.by_name.keys().map(String::as_str)
    }

    /// Every approver, by name.
    pub fn iter(&self) -> impl Iterator<Item = &Approver> {
        self.by_name.values().map(|listed| &listed.approver)
    }

    /// The approver whose secret this is. Takes one slow hash for each approver, whoever it is: the caller counts
    /// failures with [`super::Attempts`] and does not call this in async code.
    pub fn prove(&self, secret: &SecretString) -> Result<Approver, NotProven> {
        let mut proven = Err(NotProven);
        for listed in self.by_name.values() {
            if listed.hash.is_of(secret) {
                proven = Ok(&listed.approver);
            }
        }
        proven.cloned()
    }

    /// Writes a new approver into the file and gives the secret, which nobody can find out again.
    pub fn add(path: &Path, approver: Approver) -> Result<SecretString, PeopleError> {
        let name = approver.name.clone();
        if !AgentId::fits(&name) {
            return Err(PeopleError::BadName { name });
        }
        let secret = random(PREFIX)?;
        let hash = SlowHash::of(&secret)?;
        let mut table = format!("[approvers.{}]\nsecret_hash = {}\n", header_name(&name), quoted(&hash.to_string()));
        if approver.classes.len() < CLASSES.len() {
            table.push_str(&list("classes", &approver.classes));
        }
        if let Some(spaces) = &approver.spaces {
            table.push_str(&list("spaces", spaces));
        }
        change(path, |text| {
            let (mut approvers, _) = understand(text.unwrap_or_default(), path).map_err(PeopleError::Mistakes)?;
            if approvers.insert(name.clone(), Listed { approver, hash }).is_some() {
                return Err(PeopleError::Taken { name, path: path.to_owned() });
            }
            checked(with_table(text, &table), &approvers, path)
        })?;
        Ok(secret)
    }

    /// Takes an approver out of the file.
    pub fn remove(path: &Path, name: &str) -> Result<(), PeopleError> {
        change(path, |text| {
            let text = text.unwrap_or_default();
            let (mut approvers, entries) = understand(text, path).map_err(PeopleError::Mistakes)?;
            let entry = entries.iter().find(|entry| entry.name == name);
            let (Some(_), Some(entry)) = (approvers.remove(name), entry) else {
                let meant = nearest(name, approvers.keys().map(String::as_str)).map(str::to_owned);
                return Err(PeopleError::Nobody { name: shown(name), path: path.to_owned(), meant });
            };
            let without = without_table(text, entry);
            without.map_or_else(|| Err(not_editable(path)), |text| checked(text, &approvers, path))
        })
    }
}

fn list<T: ToString>(key: &str, entries: impl IntoIterator<Item = T>) -> String {
    let entries: Vec<String> = entries.into_iter().map(|entry| quoted(&entry.to_string())).collect();
    format!("{key} = [{}]\n", entries.join(", "))
}

/// The text, if it says what it is meant to say.
fn checked(text: String, meant: &BTreeMap<String, Listed>, path: &Path) -> Result<String, PeopleError> {
    match understand(&text, path) {
        Ok((approvers, _)) if approvers == *meant => Ok(text),
        Err(mistakes) if meant.len() > MOST_APPROVERS => Err(PeopleError::Mistakes(mistakes)),
        _ => Err(not_editable(path)),
    }
}

fn not_editable(path: &Path) -> PeopleError {
    PeopleError::NotEditable { path: path.to_owned(), table: FORM.table }
}

type Understood = (BTreeMap<String, Listed>, Vec<Entry>);

fn understand(text: &str, path: &Path) -> Result<Understood, Vec<Mistake>> {
    let source = path.display().to_string();
    let mut mistakes = Mistakes::of(&source, text);
    let entries = entries(text, &[FORM], &mut mistakes);
    if let Some(entry) = entries.get(MOST_APPROVERS) {
        mistakes.add(entry.at, &format!("more than {MOST_APPROVERS} approvers"), None);
    }
    let mut approvers: BTreeMap<String, Listed> = BTreeMap::new();
    for entry in &entries {
        let Some(listed) = listed(entry, &mut mistakes) else { continue };
        if let Some(other) = approvers.values().find(|other| other.hash == listed.hash) {
            let message = format!("`{}` has the secret of `{}`", entry.name, other.approver.name);
            mistakes.add(entry.at, &message, None);
        }
        approvers.insert(entry.name.clone(), listed);
    }
    if mistakes.is_empty() { Ok((approvers, entries)) } else { Err(mistakes.sorted()) }
}

/// The approver of a table; `None` only where there is a mistake.
fn listed(entry: &Entry, mistakes: &mut Mistakes<'_>) -> Option<Listed> {
    if !entry.has("secret_hash") {
        mistakes.add(entry.at, &format!("`{}` lacks the key `secret_hash`", entry.name), None);
    }
    let hash = entry.text("secret_hash", mistakes).and_then(|(text, at)| {
        // What stands there is not repeated: it may be the secret itself.
        SlowHash::read(text).map_err(|problem| mistakes.add(at, &format!("`secret_hash` {problem}"), None)).ok()
    });
    let classes = match entry.list("classes", mistakes) {
        Some(words) => classes(&words, mistakes),
        None => CLASSES.into(),
    };
    let spaces = entry.list("spaces", mistakes).map(|words| spaces(&words, mistakes));
    let approver = Approver { name: entry.name.clone(), classes, spaces };
    hash.map(|hash| Listed { approver, hash })
}

fn classes(words: &[(&str, usize)], mistakes: &mut Mistakes<'_>) -> BTreeSet<AccessClass> {
    let mut classes = BTreeSet::new();
    for (word, at) in words {
        if let Some(class) = CLASSES.into_iter().find(|class| class.to_string() == **word) {
            classes.insert(class);
        } else {
            let message = format!("{} is none of create, update, delete", text::quoted(word, 60));
            mistakes.add(*at, &message, nearest(word, ["create", "update", "delete"]));
        }
    }
    classes
}

fn spaces(words: &[(&str, usize)], mistakes: &mut Mistakes<'_>) -> BTreeSet<SpaceName> {
    let mut spaces = BTreeSet::new();
    for (word, at) in words {
        match word.parse::<SpaceName>() {
            Ok(space) => {
                spaces.insert(space);
            }
            Err(error) => mistakes.add(*at, &error.to_string(), None),
        }
    }
    spaces
}
