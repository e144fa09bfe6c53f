//! The queue: what waits, oldest first, and what ended, newest first.

use std::sync::Arc;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::frame::{Frame, page};
use super::sorry;
use super::words::{distance, minute, mood, words};
use crate::control::{Listed, Question, Reply, Which};
use crate::dashboard::Office;
use crate::dashboard::answer::Failure;
use crate::dashboard::entry::Person;

/// Most writes on the page.
const MOST_LISTED: usize = 200;

#[derive(Template)]
#[template(path = "approvals.html", config = "src/dashboard/askama.toml")]
struct Approvals {
    frame: Frame,
    all: bool,
    rows: Vec<Row>,
    cut: bool,
}

struct Row {
    id: String,
    summary: String,
    tool: String,
    effect: String,
    agent: String,
    state: &'static str,
    mood: &'static str,
    decided_by: Option<String>,
    asked: String,
    decide_by: String,
}

pub(super) async fn show(State(office): State<Arc<Office>>, RawQuery(query): RawQuery, person: Person) -> Response {
    let all = query.as_deref() == Some("which=all");
    match approvals(&office, all, Frame::at("/approvals", &person)).await {
        Ok(approvals) => page(StatusCode::OK, &approvals),
        Err(failure) => sorry::page(&failure),
    }
}

async fn approvals(office: &Office, all: bool, frame: Frame) -> Result<Approvals, Failure> {
    // The oldest wait longest, and lists are newest first: as much as the desk lists is read before the first are shown.
    let (which, limit) = if all { (Which::All, MOST_LISTED) } else { (Which::Open, usize::MAX) };
    let Reply::List { mut approvals, .. } = office.desk.answer(Question::List { which, agent: None, limit }).await?
    else {
        return Err(Failure::absent());
    };
    if !all {
        approvals.retain(Listed::waits);
        approvals.reverse();
    }
    let cut = approvals.len() >= MOST_LISTED;
    let now = office.clock.now();
    let row = |listed: &Listed| Row {
        id: listed.id.to_string(),
        summary: words(&listed.summary),
        tool: words(&listed.tool),
        effect: listed.effect.to_string(),
        agent: words(listed.agent.as_str()),
        state: listed.state.word(),
        mood: mood(listed.state),
        decided_by: listed.decided_by.as_deref().map(words),
        asked: distance(listed.asked_at, now),
        decide_by: minute(listed.decide_by),
    };
    Ok(Approvals { frame, all, rows: approvals.iter().take(MOST_LISTED).map(row).collect(), cut })
}
