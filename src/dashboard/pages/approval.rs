//! One write: what it would change, what a decision rests on, and the decision.

use std::sync::Arc;

use askama::Template;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::frame::{Frame, page};
use super::sorry;
use super::words::{Fact, facts, minute, mood, words};
use crate::approval::State as Stage;
use crate::approval::record::Says;
use crate::control::{Claim, Question, Reply, Shown};
use crate::dashboard::answer::Failure;
use crate::dashboard::entry::{Form, Person, see};
use crate::dashboard::{Office, api};
use crate::domain::ids::ApprovalId;
use crate::domain::text::one_line;

/// Most lines of what changes; what is more is said.
const MOST_LINES: usize = 5_000;
/// Longest reason, in characters.
const LONGEST_REASON: usize = 500;

type Id = Result<Path<String>, PathRejection>;

#[derive(Template)]
#[template(path = "approval.html", config = "src/dashboard/askama.toml")]
struct Approval {
    frame: Frame,
    id: String,
    summary: String,
    target: String,
    state: &'static str,
    mood: &'static str,
    decided: String,
    outcome: Option<String>,
    loss: Option<String>,
    form: Option<Deciding>,
    lines: Vec<Line>,
    facts: Vec<Fact>,
}

/// What a decision brings back.
struct Deciding {
    csrf: String,
    seal: String,
}

/// A line of what changes.
struct Line {
    mood: &'static str,
    text: String,
}

pub(super) async fn show(State(office): State<Arc<Office>>, id: Id, person: Person) -> Response {
    let found = async { Ok::<_, Failure>(Approval::of(&shown(&office, &api::read(&id)?).await?, &person)) };
    match found.await {
        Ok(approval) => page(StatusCode::OK, &approval),
        Err(failure) => sorry::page(&failure),
    }
}

pub(super) async fn approve(State(office): State<Arc<Office>>, id: Id, person: Person, form: Form) -> Response {
    say(office, &id, person, &form, Says::Yes).await
}

pub(super) async fn deny(State(office): State<Arc<Office>>, id: Id, person: Person, form: Form) -> Response {
    say(office, &id, person, &form, Says::No).await
}

async fn say(office: Arc<Office>, id: &Id, person: Person, form: &Form, says: Says) -> Response {
    let decided = async {
        form.must_be_from(&person)?;
        let id = api::read(id)?;
        let seal = form.text("seal").parse().map_err(|_| Failure::absent())?;
        let reason = Some(one_line(form.text("reason"), LONGEST_REASON)).filter(|reason| !reason.is_empty());
        let who = Claim::Proven(person.decider.clone());
        let question = Question::Decide { id: id.clone(), seal, says, reason, who };
        let desk = Arc::clone(&office.desk);
        // Whoever decides may leave before the answer; the decision is made to its end.
        let deciding = office.tasks.spawn(async move { desk.answer(question).await });
        let fault = |_| Failure::new(StatusCode::INTERNAL_SERVER_ERROR, "fault", "something broke in here");
        deciding.await.map_err(fault)??;
        Ok::<_, Failure>(id)
    };
    match decided.await {
        Ok(id) => see(&format!("/approvals/{id}")),
        Err(failure) => not_decided(&office, id, &person, &failure).await,
    }
}

/// The write as it stands now, and why it was not decided.
async fn not_decided(office: &Office, id: &Id, person: &Person, failure: &Failure) -> Response {
    let found = async { Ok::<_, Failure>(Approval::of(&shown(office, &api::read(id)?).await?, person)) };
    match found.await {
        Ok(approval) => {
            let frame = approval.frame.noting(&failure.message).still();
            page(failure.status, &Approval { frame, ..approval })
        }
        Err(_) => sorry::page(failure),
    }
}

async fn shown(office: &Office, id: &ApprovalId) -> Result<Shown, Failure> {
    match office.desk.answer(Question::Show { id: id.clone() }).await? {
        Reply::Shown(shown) => Ok(*shown),
        _ => Err(Failure::absent()),
    }
}

impl Approval {
    fn of(shown: &Shown, person: &Person) -> Self {
        let frame = Frame::at("/approvals", person);
        let csrf = frame.person.as_ref().map(|person| person.csrf.clone()).filter(|csrf| !csrf.is_empty());
        let form = csrf.filter(|_| shown.state == Stage::Pending);
        let decided = shown.decision.as_ref().map(|decision| {
            let says = if decision.says == Says::Yes { "approved" } else { "denied" };
            let why = decision.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
            words(&format!("{says} by {}, {}, {}{why}", decision.by, decision.via.word(), minute(decision.at)))
        });
        let outcome = shown.outcome.as_ref().map(|ended| {
            let parts = [ended.message.as_deref(), ended.hint.as_deref()];
            let said: Vec<&str> = parts.into_iter().flatten().collect();
            let which = ended.id.as_ref().map(|id| format!("{id} ")).unwrap_or_default();
            let version = ended.version.map(|version| format!("version {} ", version.0)).unwrap_or_default();
            words(&format!("{which}{version}{}", said.join("; ")))
        });
        Self {
            frame,
            id: shown.id.to_string(),
            summary: words(&shown.summary),
            target: words(&shown.target),
            state: shown.state.word(),
            mood: mood(shown.state),
            decided: decided.unwrap_or_default(),
            outcome: outcome.filter(|outcome| !outcome.trim().is_empty()),
            loss: shown.loss.as_deref().map(words),
            form: form.map(|csrf| Deciding { csrf, seal: shown.seal.to_string() }),
            lines: lines(&shown.preview),
            facts: about(shown),
        }
    }
}

fn about(shown: &Shown) -> Vec<Fact> {
    facts([
        ("Agent", shown.agent.to_string()),
        ("Owner", shown.owner.clone()),
        ("Profile", shown.profile.clone()),
        ("Tool", format!("{} ({})", shown.tool, shown.effect)),
        ("Target", shown.target.clone()),
        ("Spaces", shown.spaces.join(", ")),
        ("Connection", shown.connection.clone()),
        ("Asked", minute(shown.asked_at)),
        ("Decide by", minute(shown.decide_by)),
        ("Send by", shown.execute_by.map(minute).unwrap_or_default()),
        ("Request", shown.request.line.clone()),
        ("Digest", shown.request.digest.to_string()),
        ("Undoes", shown.undoes.as_ref().map(ToString::to_string).unwrap_or_default()),
        ("Undone by", shown.undone_by.as_ref().map(ToString::to_string).unwrap_or_default()),
    ])
}

/// The lines of a preview, each with what it is: new, gone, or where it stands.
fn lines(preview: &str) -> Vec<Line> {
    let line = |text: &str| {
        let mood = match text.as_bytes().first() {
            Some(b'+') => "new",
            Some(b'-') => "old",
            Some(b'@' | b'\\') => "place",
            _ => "",
        };
        Line { mood, text: words(text) }
    };
    let mut lines: Vec<Line> = preview.lines().take(MOST_LINES).map(line).collect();
    let more = preview.lines().count().saturating_sub(MOST_LINES);
    if more > 0 {
        lines.push(Line { mood: "place", text: format!("{more} more lines are not shown") });
    }
    if lines.is_empty() {
        lines.push(Line { mood: "place", text: "there is nothing to show".to_owned() });
    }
    lines
}
