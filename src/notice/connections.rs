//! Which connections people are told of: at once where somebody has to sign in again, after a day where it keeps failing,
//! each trouble once, and that all is well again.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{ConnectionNotice, Listening, outbox};
use crate::connect::Record;
use crate::connect::cabinet::Listed;
use crate::connect::record::State;
use crate::domain::digest::Digest;
use crate::domain::text::one_line;
use crate::store::{Batch, Key, Scan, Store, StoreError, Table};

/// What was told of connections that are not well, by what each is remembered under.
pub const TABLE: Table = Table::new("connection-told");

/// How long something fails before people are told.
const LASTING: SignedDuration = SignedDuration::from_hours(24);
/// Most characters of a reason.
const LONGEST_WHY: usize = 300;

/// What is the matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// Somebody has to sign in again.
    ReconnectNeeded,
    /// It fails, for some reason that may pass.
    Failing,
}

impl What {
    /// In a word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::ReconnectNeeded => "reconnect needed",
            Self::Failing => "failing",
        }
    }
}

/// A connection, or something that runs over it, is not well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// Under which it is remembered: the connection's own id, or that with a word behind it for what runs over it.
    pub id: String,
    /// What people call the connection.
    pub connection: String,
    /// Its site.
    pub site: String,
    /// What is the matter.
    pub what: What,
    /// Since when.
    pub since: Timestamp,
    /// Why.
    pub why: String,
}

impl Trouble {
    /// The trouble of a connection, if it is in any.
    pub fn of(record: &Record) -> Option<Self> {
        let (what, since, why) = match &record.state {
            State::Connected => return None,
            State::Failing { since, why } => (What::Failing, *since, why),
            State::ReconnectNeeded { since, why } => (What::ReconnectNeeded, *since, why),
        };
        let (id, connection) = (record.id.clone(), record.name.to_string());
        Some(Self { id, connection, site: record.place.site.clone(), what, since, why: one_line(why, LONGEST_WHY) })
    }

    /// What a person can do about it.
    pub fn how(&self) -> String {
        format!("sluice connect --reconnect {}", self.connection)
    }

    fn is_told_at(&self, now: Timestamp) -> bool {
        self.what == What::ReconnectNeeded || now.duration_since(self.since) >= LASTING
    }

    fn notice(&self, now: Timestamp) -> ConnectionNotice {
        ConnectionNotice {
            id: message(&self.id, self.what.word(), self.since),
            connection: self.connection.clone(),
            site: self.site.clone(),
            state: self.what.word().to_owned(),
            since: self.since,
            why: Some(self.why.clone()),
            how: Some(self.how()),
            told_at: now,
        }
    }
}

/// How everything stands at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// What is not well.
    pub troubles: Vec<Trouble>,
    /// What is well.
    pub well: BTreeSet<String>,
    /// Whether anything is there that could not be read.
    pub unreadable: bool,
}

impl Seen {
    /// How the connections of a data directory stand.
    pub fn of(listed: &[Listed]) -> Self {
        let mut seen = Self::default();
        for (_, record) in listed {
            match record.as_ref().map(|record| (Trouble::of(record), record)) {
                Ok((Some(trouble), _)) => seen.troubles.push(trouble),
                Ok((None, record)) => drop(seen.well.insert(record.id.clone())),
                Err(_) => seen.unreadable = true,
            }
        }
        seen
    }
}

/// What people were told of one connection since it was well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// What people call it.
    pub connection: String,
    /// Its site.
    pub site: String,
    /// What, and since when that was.
    pub told: BTreeMap<What, Timestamp>,
}

/// Something to tell or to forget about one connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    /// Under which it is remembered.
    pub id: String,
    /// What is told; nothing where the connection is gone.
    pub notice: Option<ConnectionNotice>,
    /// What is remembered from now on.
    pub told: Option<Told>,
    /// Messages that are of no use any more.
    pub withdrawn: Vec<String>,
}

/// What is to be told now. A trouble is told once until it was seen well; one that was there before is not told again
/// because its reason or its moment changed.
pub fn news(now: Timestamp, seen: &Seen, told: &BTreeMap<String, Told>) -> Vec<News> {
    let mut news = Vec::new();
    for trouble in seen.troubles.iter().filter(|trouble| trouble.is_told_at(now)) {
        let id = &trouble.id;
        let new = || Told { connection: trouble.connection.clone(), site: trouble.site.clone(), told: BTreeMap::new() };
        let mut known = told.get(id).cloned().unwrap_or_else(new);
        if known.told.insert(trouble.what, trouble.since).is_none() {
            let notice = Some(trouble.notice(now));
            news.push(News { id: id.clone(), notice, told: Some(known), withdrawn: Vec::new() });
        }
    }
    for (id, known) in told {
        let is_gone = || !seen.unreadable && !seen.troubles.iter().any(|trouble| trouble.id == *id);
        let is_well = seen.well.contains(id);
        if is_well || is_gone() {
            let withdrawn = known.told.iter().map(|(what, since)| message(id, what.word(), *since)).collect();
            let notice = is_well.then(|| well_again(id, known, now));
            news.push(News { id: id.clone(), notice, told: None, withdrawn });
        }
    }
    news
}

fn well_again(id: &str, known: &Told, now: Timestamp) -> ConnectionNotice {
    let state = "well again";
    ConnectionNotice {
        id: message(id, state, now),
        connection: known.connection.clone(),
        site: known.site.clone(),
        state: state.to_owned(),
        since: now,
        why: None,
        how: None,
        told_at: now,
    }
}

/// The same for the same trouble, and says nothing about it.
fn message(id: &str, state: &str, since: Timestamp) -> String {
    let digest = Digest::of([id.as_bytes(), state.as_bytes(), since.to_string().as_bytes()]).to_string();
    "cn-".chars().chain(digest.chars().take(26)).collect()
}

/// Queues what is to be told, each with what is remembered of it in one commit, and says it in the log.
pub async fn tell(store: &dyn Store, now: Timestamp, seen: &Seen, webhook: Listening) -> Result<(), StoreError> {
    let mut told = BTreeMap::new();
    for (key, found) in store.scan(Scan::of(TABLE, usize::MAX)).await? {
        // What cannot be read is told anew.
        if let Ok(known) = serde_json::from_slice(&found.value) {
            told.insert(String::from_utf8_lossy(&key.name).into_owned(), known);
        }
    }
    for News { id, notice, told, withdrawn } in news(now, seen, &told) {
        let key = Key::new(TABLE, &id);
        let batch = match told {
            // Texts and times can always be written.
            Some(told) => Batch::new().put(key, serde_json::to_vec(&told).unwrap_or_default()),
            None => Batch::new().remove(key),
        };
        let batch = withdrawn.iter().fold(batch, |batch, id| outbox::withdraw_message(batch, id));
        let batch = match notice.as_ref().filter(|_| webhook == Listening::Yes) {
            Some(notice) => outbox::put_connection(batch, notice),
            None => batch,
        };
        store.commit(batch).await?;
        if let Some(notice) = notice {
            log(&notice);
        }
    }
    Ok(())
}

fn log(notice: &ConnectionNotice) {
    let ConnectionNotice { connection, site, state, since, why, how, .. } = notice;
    if let (Some(why), Some(how)) = (why, how) {
        tracing::error!(connection, site, state, %since, why, how, "a connection needs you");
    } else {
        tracing::info!(connection, site, "the connection is well again");
    }
}
