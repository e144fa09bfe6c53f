//! A site that knows where things are, a person who always says the same, and a record that can fail: all count what they are asked.

use std::sync::{Arc, Mutex};

use futures_util::future::BoxFuture;
use sluice::domain::access::AccessClass;
use sluice::domain::digest::Digest;
use sluice::domain::group::Group;
use sluice::domain::ids::{ApprovalId, SpaceId, SpaceKey};
use sluice::domain::place::Place;
use sluice::policy::ask::AgentId;
use sluice::policy::file::read;
use sluice::policy::ports::{Approver, Event, Freshness, LocateError, Locator, RecordError, Recorder, Row, Verdict};
use sluice::policy::{Caller, Gate, Proposal, ToolFacts, Usage};

pub(super) const GET_PAGE: ToolFacts = tool("get_page", Group::Pages, AccessClass::Read);
pub(super) const UPDATE_PAGE: ToolFacts = tool("update_page", Group::Pages, AccessClass::Update);
pub(super) const DELETE_PAGE: ToolFacts = tool("delete_page", Group::Pages, AccessClass::Delete);
pub(super) const GET_USER: ToolFacts = tool("get_user", Group::Users, AccessClass::Read);

const fn tool(name: &'static str, group: Group, class: AccessClass) -> ToolFacts {
    ToolFacts { name, group, class }
}

/// Pages 1xx lie in space 11 (`IT`), pages 2xx in space 22 (`HR`), pages 3xx in space 33 (`2024`); nothing else is there.
#[derive(Default)]
pub(super) struct Site {
    look_ups: Mutex<Vec<(Place, Freshness)>>,
    down: bool,
}

impl Locator for Site {
    fn space_of<'a>(
        &'a self,
        place: &'a Place,
        freshness: Freshness,
    ) -> BoxFuture<'a, Result<Option<SpaceId>, LocateError>> {
        self.look_ups.lock().unwrap().push((place.clone(), freshness));
        let space = match place {
            Place::Space(id) => Some(id.as_str()),
            Place::SpaceKey(key) if key.as_str() == "IT" => Some("11"),
            Place::SpaceKey(key) if key.as_str() == "HR" => Some("22"),
            Place::Content(id) if id.as_str().starts_with('1') => Some("11"),
            Place::Content(id) if id.as_str().starts_with('2') => Some("22"),
            Place::Content(id) if id.as_str().starts_with('3') => Some("33"),
            _ => None,
        };
        let answer = if self.down {
            Err(LocateError("the site did not answer".into()))
        } else {
            Ok(space.map(|space| space.parse().unwrap()))
        };
        Box::pin(async { answer })
    }

    fn key_of<'a>(&'a self, space: &'a SpaceId) -> BoxFuture<'a, Result<Option<SpaceKey>, LocateError>> {
        let key = match space.as_str() {
            "11" => Some("IT"),
            "22" => Some("HR"),
            "33" => Some("2024"),
            _ => None,
        };
        let key = key.map(|key| key.parse().unwrap());
        Box::pin(async { Ok(key) })
    }
}

/// Answers every question with the same verdict.
pub(super) struct Person {
    verdict: Verdict,
    asked: Mutex<Vec<AccessClass>>,
}

impl Approver for Person {
    fn ask<'a>(&'a self, _: &'a Caller, proposal: &'a Proposal) -> BoxFuture<'a, Verdict> {
        self.asked.lock().unwrap().push(proposal.effect);
        Box::pin(async { self.verdict.clone() })
    }
}

/// Keeps every row; fails from the given row on.
#[derive(Default)]
pub(super) struct Book {
    rows: Mutex<Vec<Row>>,
    full_after: Option<usize>,
    usage: Usage,
}

impl Recorder for Book {
    fn record(&self, row: Row) -> BoxFuture<'_, Result<(), RecordError>> {
        let mut rows = self.rows.lock().unwrap();
        let full = self.full_after.is_some_and(|most| rows.len() >= most);
        if !full {
            rows.push(row);
        }
        Box::pin(async move { if full { Err(RecordError::NotWritten) } else { Ok(()) } })
    }

    fn usage(&self, _: &AgentId) -> Usage {
        self.usage
    }
}

/// The gate among its fakes, and an agent under one profile.
pub(super) struct World {
    pub(super) gate: Gate,
    pub(super) caller: Caller,
    site: Arc<Site>,
    person: Arc<Person>,
    book: Arc<Book>,
}

/// What differs from an ordinary day.
#[derive(Default)]
pub(super) struct Day {
    pub(super) verdict: Option<Verdict>,
    pub(super) book_full_after: Option<usize>,
    pub(super) usage: Usage,
    pub(super) site_is_down: bool,
}

impl World {
    /// An ordinary day: the site answers, nobody is set up to approve, the book has room.
    pub(super) fn new(profile: &str) -> Self {
        Self::on(profile, Day::default())
    }

    pub(super) fn on(profile: &str, day: Day) -> Self {
        let names = [GET_PAGE.name, UPDATE_PAGE.name, DELETE_PAGE.name, GET_USER.name];
        let profile = read(&format!("name = \"test\"\n{profile}"), "test.toml", &names).unwrap();
        let site = Arc::new(Site { down: day.site_is_down, ..Site::default() });
        let verdict = day.verdict.unwrap_or(Verdict::NoApprover);
        let person = Arc::new(Person { verdict, asked: Mutex::default() });
        let book = Arc::new(Book { full_after: day.book_full_after, usage: day.usage, ..Book::default() });
        let gate = Gate::new(site.clone(), person.clone(), book.clone());
        Self { gate, caller: Caller::new(AgentId::new("agent"), profile), site, person, book }
    }

    pub(super) fn look_ups(&self) -> Vec<(Place, Freshness)> {
        self.site.look_ups.lock().unwrap().clone()
    }

    /// What the person was asked about, by what it amounts to.
    pub(super) fn asked(&self) -> Vec<AccessClass> {
        self.person.asked.lock().unwrap().clone()
    }

    /// The record as words: tool, class and what became of the call.
    pub(super) fn record(&self) -> Vec<String> {
        let words = |row: &Row| {
            let event = match &row.event {
                Event::Refused(reason) => format!("refused {}", reason.word()),
                Event::NotApproved(_) => "not approved".to_owned(),
                Event::Admitted { shape } => format!("called with {shape}"),
                Event::Intended { approved_by: Some(by), .. } => format!("intended, approved by {by}"),
                Event::Intended { approved_by: None, .. } => "intended".to_owned(),
                Event::Answered { code: None } => "answered".to_owned(),
                Event::Answered { code: Some(code) } => format!("answered {code}"),
            };
            format!("{} {}: {event}", row.tool, row.class)
        };
        self.book.rows.lock().unwrap().iter().map(words).collect()
    }
}

pub(super) fn page(id: &str) -> Place {
    Place::Content(id.parse().unwrap())
}

/// A planned write that touches these places.
pub(super) fn proposal(tool: ToolFacts, effect: AccessClass, places: &[Place]) -> Proposal {
    Proposal {
        approval: ApprovalId::of(1),
        tool,
        effect,
        places: places.to_vec(),
        target: "page 123 \"VPN runbook\"".into(),
        summary: "a write".into(),
        preview: String::new(),
        digest: Digest::of([b"the exact request".as_slice()]),
    }
}
