//! What was acknowledged, what the store says and what the site holds, held against each other.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use sluice::approval::approvals::Quiet;
use sluice::approval::record::Says;
use sluice::approval::{Approvals, Record, State, marker};
use sluice::audit::{Known, Trail, Verified};
use sluice::domain::ids::ApprovalId;
use sluice::sandbox::Sandbox;
use sluice::sandbox::model::{ContentStatus, Site};
use sluice::store::Store;
use sluice::store::check::check as check_store;

use crate::Failure;
use crate::items::{Item, Kind};
use crate::time::Fast;

/// What the worker said, and therefore has to stand by.
#[derive(Default)]
pub(crate) struct Acknowledged {
    pub(crate) proposed: BTreeMap<ApprovalId, Item>,
    pub(crate) decided: BTreeMap<ApprovalId, String>,
    pub(crate) ended: BTreeMap<ApprovalId, String>,
    pub(crate) given_up: u32,
}

/// What a check came to.
#[derive(Default)]
pub(crate) struct Verdict {
    records: u32,
    states: BTreeMap<&'static str, u32>,
    unresolved: BTreeMap<Kind, u32>,
    resent: u32,
    duplicated: u32,
    doubled: u32,
    lost: u32,
    false_successes: u32,
    false_failures: u32,
    acknowledged: usize,
    given_up: u32,
    trail: String,
    pub(crate) violations: Vec<String>,
}

impl fmt::Display for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unresolved: u32 = self.unresolved.values().sum();
        let share = 100.0 * f64::from(unresolved) / f64::from(self.records.max(1));
        writeln!(formatter, "records={} acknowledged={} {:?}", self.records, self.acknowledged, self.states)?;
        writeln!(
            formatter,
            "double_effects={} lost_approvals={} false_successes={} false_failures={}",
            self.doubled, self.lost, self.false_successes, self.false_failures
        )?;
        writeln!(formatter, "unresolved={unresolved} ({share:.2} %) {:?}", self.unresolved)?;
        writeln!(
            formatter,
            "sent_more_than_once={} comments_duplicated_by_the_network={} given_up={}",
            self.resent, self.duplicated, self.given_up
        )?;
        write!(formatter, "trail: {}", self.trail)
    }
}

/// How often things are on the site.
struct Effects {
    titles: BTreeMap<String, u32>,
    labels: BTreeMap<String, u32>,
    comments: BTreeMap<String, u32>,
    trashed: BTreeSet<u64>,
    /// Notes in histories of pages and files.
    notes: BTreeMap<String, u32>,
    duplicated: u32,
}

impl Effects {
    fn of(site: &Site) -> Self {
        let mut effects = Self {
            titles: BTreeMap::new(),
            labels: BTreeMap::new(),
            comments: BTreeMap::new(),
            trashed: BTreeSet::new(),
            notes: BTreeMap::new(),
            duplicated: 0,
        };
        for content in site.contents.values() {
            if let Some(first) = content.versions.first() {
                *effects.titles.entry(first.title.clone()).or_default() += 1;
            }
            for label in &content.labels {
                *effects.labels.entry(label.name.clone()).or_default() += 1;
            }
            if content.status == ContentStatus::Trashed {
                effects.trashed.insert(content.id);
            }
            for version in &content.versions {
                effects.note(&version.message);
            }
        }
        for file in site.attachments.values() {
            for version in &file.versions {
                effects.note(&version.comment);
            }
        }
        let mut seen = BTreeSet::new();
        for comment in site.comments.values() {
            let Some(words) = comment.versions.first().map(|version| version.body.clone()) else { continue };
            let words = words.trim_start_matches("<p>").trim_end().trim_end_matches("</p>").to_owned();
            // Two in the same instant are one request that came twice.
            if seen.insert((words.clone(), comment.created)) {
                *effects.comments.entry(words).or_default() += 1;
            } else {
                effects.duplicated += 1;
            }
        }
        effects
    }

    fn note(&mut self, note: &str) {
        if let Some(start) = note.find("[sluice ") {
            let end = note.get(start..).and_then(|rest| rest.find(']')).map_or(note.len(), |end| start + end + 1);
            *self.notes.entry(note.get(start..end).unwrap_or_default().to_owned()).or_default() += 1;
        }
    }

    fn of_item(&self, item: Item) -> u32 {
        let count = |map: &BTreeMap<String, u32>| map.get(&item.name()).copied().unwrap_or_default();
        match item.kind() {
            Kind::Create => count(&self.titles),
            Kind::Label => count(&self.labels),
            Kind::Comment => count(&self.comments),
            Kind::Delete => u32::from(self.trashed.contains(&item.page())),
            Kind::Update | Kind::Upload => 0,
        }
    }

    fn of_record(&self, id: &ApprovalId) -> u32 {
        self.notes.get(&marker(id)).copied().unwrap_or_default()
    }
}

/// What the records of one item say.
#[derive(Default)]
struct Said {
    succeeded: u32,
    unresolved: u32,
    ids: Vec<String>,
}

/// Looks at everything that is left of a storm.
pub(crate) async fn check(folder: &Path, site: &Sandbox, acknowledged: &Acknowledged) -> Result<Verdict, Failure> {
    let store = Arc::new(crate::worker::open(folder)?);
    let mut verdict =
        Verdict { acknowledged: acknowledged.proposed.len(), given_up: acknowledged.given_up, ..Verdict::default() };
    if let Some(damage) = check_store(&store).await?.damage {
        verdict.violations.push(format!("the store is damaged: {damage}"));
    }
    let clock = Arc::new(Fast::new(Fast::real(), 1, 0));
    let port = Arc::clone(&store) as Arc<dyn Store>;
    match Trail::new(Arc::clone(&port), clock.clone(), None).verify(&Known::default()).await {
        Ok(Verified { last, .. }) => verdict.trail = format!("{} rows follow from each other", last.number),
        Err(broken) => verdict.violations.push(format!("the trail: {broken}")),
    }
    let approvals = Approvals::open(port, clock, Arc::new(Quiet)).await?;
    let effects = site.with_site(|site| Effects::of(site));
    verdict.duplicated = effects.duplicated;
    let looking = Mutex::new((&mut verdict, BTreeMap::<Item, Said>::new(), BTreeSet::new()));
    let looked = |record: &Record| {
        let (verdict, said, seen) = &mut *looking.lock().unwrap_or_else(PoisonError::into_inner);
        verdict.look(record, acknowledged, &effects, said);
        seen.insert(record.asked.id.clone());
        false
    };
    approvals.list(None, looked, 1).await?;
    let (verdict_of, said, seen) = looking.into_inner().unwrap_or_else(PoisonError::into_inner);
    for id in acknowledged.proposed.keys().chain(acknowledged.ended.keys()).filter(|id| !seen.contains(id)) {
        verdict_of.lost += 1;
        verdict_of.violations.push(format!("lost: {id}"));
    }
    for (item, said) in said {
        verdict_of.weigh(item, &said, effects.of_item(item));
    }
    drop(approvals);
    store.close().await;
    Ok(verdict)
}

impl Verdict {
    fn look(&mut self, record: &Record, told: &Acknowledged, effects: &Effects, said: &mut BTreeMap<Item, Said>) {
        let (id, state) = (&record.asked.id, record.state);
        self.records += 1;
        *self.states.entry(state.word()).or_default() += 1;
        self.resent += u32::from(record.attempts > 1);
        let Some(item) = item_of(record) else {
            self.violations.push(format!("{id} is about nothing that was proposed"));
            return;
        };
        if state == State::NeedsHuman {
            *self.unresolved.entry(item.kind()).or_default() += 1;
        }
        if !state.is_settled() {
            self.lost += 1;
            self.violations.push(format!("stuck: {id} {item:?} is {state}"));
        }
        self.keeps_word(record, told);
        let of_item = said.entry(item).or_default();
        of_item.succeeded += u32::from(state == State::Succeeded);
        of_item.unresolved += u32::from(state == State::NeedsHuman);
        of_item.ids.push(format!("{id} {state} {} sent {} {:?}", item.kind().tool(), record.attempts, record.outcome));
        if matches!(item.kind(), Kind::Update | Kind::Upload) {
            let found = effects.of_record(id);
            self.doubled += found.saturating_sub(1);
            self.false_successes += u32::from(state == State::Succeeded && found == 0);
            self.false_failures += u32::from(!matches!(state, State::Succeeded | State::NeedsHuman) && found > 0);
            if found > 1 || (state == State::Succeeded) != (found == 1) && state != State::NeedsHuman {
                self.violations.push(format!("effects {found}: {item:?} {:?}", of_item.ids));
            }
        }
    }

    /// Whether a record still says what the worker acknowledged.
    fn keeps_word(&mut self, record: &Record, told: &Acknowledged) {
        let (id, state) = (&record.asked.id, record.state);
        let says = record.decision.as_ref().map(|decision| decision.says);
        let decided = match told.decided.get(id).map(String::as_str) {
            Some("yes") => says == Some(Says::Yes) && !matches!(state, State::Pending | State::Denied),
            Some("no") => says == Some(Says::No) && state == State::Denied,
            _ => true,
        };
        let ended = told.ended.get(id).is_none_or(|ended| ended == state.word());
        let unchecked = record.asked.seal() == record.seal;
        if !decided || !ended || !unchecked {
            self.lost += 1;
            let (decided, ended) = (told.decided.get(id), told.ended.get(id));
            self.violations.push(format!("{id} was {decided:?} {ended:?} and is {state} {says:?}"));
        }
    }

    /// Weighs what all records of an item say against what is there of it.
    fn weigh(&mut self, item: Item, said: &Said, found: u32) {
        let (most, least) = match item.kind() {
            Kind::Update | Kind::Upload => return,
            // Each of several records made one.
            Kind::Create | Kind::Comment => (said.succeeded + said.unresolved, said.succeeded),
            // The second finds what the first has done.
            Kind::Label | Kind::Delete => {
                (u32::from(said.succeeded + said.unresolved > 0), u32::from(said.succeeded > 0))
            }
        };
        if found > most {
            if most == 0 { self.false_failures += 1 } else { self.doubled += found - most }
        }
        self.false_successes += least.saturating_sub(found);
        if found > most || found < least {
            self.violations.push(format!("effects {found}, {least} to {most} said: {item:?} {:?}", said.ids));
        }
    }
}

/// Which item a record is about: its name is in the words of what is made, or it is on the item's own page.
fn item_of(record: &Record) -> Option<Item> {
    let words = [record.asked.summary.as_str(), record.asked.target.as_str()];
    let named = |before| words.into_iter().find_map(|text| number_after(text, before));
    named("storm-").or_else(|| named("Page "))
}

fn number_after(text: &str, before: &str) -> Option<Item> {
    let rest = text.split(before).nth(1)?;
    rest.chars().take_while(char::is_ascii_digit).collect::<String>().parse().ok().map(Item)
}
