//! How everything stands: each connection with its quota and its copies, and what waits.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;

use super::frame::{Frame, page};
use super::sorry;
use super::words::{Fact, distance, facts, minute, words};
use crate::control::{Question, Quota, Reply, Which};
use crate::dashboard::Office;
use crate::dashboard::answer::Failure;
use crate::dashboard::connections::Standing;
use crate::dashboard::entry::{Form, Person, see};
use crate::sync::{Kind, Phase, Status};

/// Most writes that are counted.
const MOST_COUNTED: usize = 500;
/// Troubles that are named of one sync.
const TROUBLES: usize = 3;

#[derive(Template)]
#[template(path = "overview.html", config = "src/dashboard/askama.toml")]
struct Overview {
    frame: Frame,
    paused: Option<String>,
    waiting: usize,
    cards: Vec<Card>,
    may_sync: bool,
    runs: Vec<Run>,
}

/// A connection.
struct Card {
    title: String,
    state: String,
    mood: &'static str,
    since: Option<String>,
    why: Option<String>,
    how: Option<String>,
    facts: Vec<Fact>,
    sync: Option<Copies>,
}

/// How it stands with the copies of a site.
struct Copies {
    line: String,
    running: bool,
    done: u64,
    total: Option<u64>,
    troubles: Vec<String>,
}

/// A sync that ended.
struct Run {
    site: String,
    ended: String,
    how: String,
    copies: String,
    cost: String,
}

pub(super) async fn show(State(office): State<Arc<Office>>, person: Person) -> Response {
    match overview(&office, Frame::at("/", &person)).await {
        Ok(overview) => page(StatusCode::OK, &overview),
        Err(failure) => sorry::page(&failure),
    }
}

/// Asks for a sync of every site.
pub(super) async fn sync(State(office): State<Arc<Office>>, person: Person, form: Form) -> Response {
    if let Err(failure) = form.must_be_from(&person) {
        return sorry::page(&failure);
    }
    match office.desk.answer(Question::Syncs { ask: Some(Kind::Incremental) }).await {
        Ok(_) => see("/"),
        Err(error) => sorry::page(&error.into()),
    }
}

async fn overview(office: &Office, frame: Frame) -> Result<Overview, Failure> {
    let list = Question::List { which: Which::Open, agent: None, limit: MOST_COUNTED };
    let (waiting, paused) = match office.desk.answer(list).await? {
        Reply::List { approvals, paused } => (approvals.iter().filter(|one| one.waits()).count(), paused),
        _ => (0, None),
    };
    let syncs = match office.desk.answer(Question::Syncs { ask: None }).await? {
        Reply::Syncs(syncs) => syncs,
        _ => Vec::new(),
    };
    let quotas = match office.desk.answer(Question::Quotas).await? {
        Reply::Quotas(quotas) => quotas,
        _ => Vec::new(),
    };
    let now = office.clock.now();
    let standing = (office.connections)();
    let mut cards: Vec<Card> = standing.iter().map(|standing| Card::of(standing, &syncs, &quotas, now)).collect();
    // What the settings connect to directly is no kept connection.
    let known = |sync: &&Status| standing.iter().any(|standing| is_of(sync, standing.site.as_deref()));
    cards.extend(syncs.iter().filter(|sync| !known(sync)).map(|sync| Card::given(sync, &quotas, now)));
    let paused = paused.map(|pause| words(&format!("{} stopped every write, {}", pause.by, minute(pause.at))));
    let runs = syncs.iter().filter_map(Run::of).collect();
    Ok(Overview { frame, paused, waiting, cards, may_sync: !syncs.is_empty(), runs })
}

fn is_of(sync: &Status, site: Option<&str>) -> bool {
    site.is_some_and(|site| site.trim_end_matches('/') == sync.site.trim_end_matches('/'))
}

/// What is left of the quota of a site's connection.
fn left(site: &str, quotas: &[Quota]) -> String {
    let host = site.trim_end_matches('/').split("//").last().unwrap_or_default();
    let of_site = quotas.iter().find(|quota| !host.is_empty() && quota.connection.contains(host));
    match of_site.map(|quota| (quota.left, quota.of)) {
        Some((Some(left), Some(of))) => format!("{left} of {of} points left in this hour"),
        _ => String::new(),
    }
}

impl Card {
    fn of(standing: &Standing, syncs: &[Status], quotas: &[Quota], now: Timestamp) -> Self {
        let site = standing.site.clone().unwrap_or_default();
        let mood = match standing.state {
            "connected" => "good",
            "failing" => "warn",
            _ => "bad",
        };
        Self {
            title: words(&standing.name),
            state: standing.state.to_owned(),
            mood,
            since: standing.since.map(|since| distance(since, now)),
            why: standing.why.as_deref().map(words),
            how: standing.how.as_deref().map(words),
            facts: facts([
                ("Site", site.clone()),
                ("Account", standing.signed_in_with.clone().unwrap_or_default()),
                ("Quota", left(&site, quotas)),
            ]),
            sync: syncs.iter().find(|sync| is_of(sync, Some(&site))).map(|sync| Copies::of(sync, now)),
        }
    }

    fn given(sync: &Status, quotas: &[Quota], now: Timestamp) -> Self {
        Self {
            title: words(sync.site.split("//").last().unwrap_or_default()),
            state: "given by the settings".to_owned(),
            mood: "",
            since: None,
            why: None,
            how: None,
            facts: facts([("Site", sync.site.clone()), ("Quota", left(&sync.site, quotas))]),
            sync: Some(Copies::of(sync, now)),
        }
    }
}

impl Copies {
    fn of(sync: &Status, now: Timestamp) -> Self {
        let running = sync.phase != Phase::Idle;
        let line = if running {
            let total = sync.pages.total.map(|total| format!(" of about {total}")).unwrap_or_default();
            let left = sync.seconds_left.map(|seconds| format!(", about {seconds} s left")).unwrap_or_default();
            format!(
                "{}: {}{total} pages, {:.0} a second{left}, {} requests, {} points",
                sync.phase.word(),
                sync.pages.done,
                sync.per_second,
                sync.requests,
                sync.points
            )
        } else {
            let age = match sync.synced {
                Some(at) => format!("as of {}", distance(at, now)),
                None => "not copied whole yet".to_owned(),
            };
            let next = sync.next.map(|next| format!(", next {}", distance(next, now))).unwrap_or_default();
            format!("{age}{next}")
        };
        let troubles = sync.troubles.iter().take(TROUBLES).map(|trouble| match &trouble.id {
            Some(id) => words(&format!("{id}: {}", trouble.what)),
            None => words(&trouble.what),
        });
        Self { line, running, done: sync.pages.done, total: sync.pages.total, troubles: troubles.collect() }
    }
}

impl Run {
    fn of(sync: &Status) -> Option<Self> {
        let last = sync.last.as_ref()?;
        let why = last.why.as_ref().map(|why| format!(": {why}")).unwrap_or_default();
        Some(Self {
            site: words(sync.site.split("//").last().unwrap_or_default()),
            ended: minute(last.ended),
            how: words(&format!("{}{why}", last.how.word())),
            copies: format!("{} written, {} removed", last.written, last.removed),
            cost: format!("{} requests, {} points", last.requests, last.points),
        })
    }
}
