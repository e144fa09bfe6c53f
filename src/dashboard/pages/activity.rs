//! The audit trail, newest first, with filters.

use std::sync::Arc;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use tokio::sync::mpsc;

use super::frame::{Frame, page};
use super::sorry;
use super::words::words;
use crate::audit::{Entry, Filter};
use crate::control::{Question, Reply};
use crate::dashboard::Office;
use crate::dashboard::answer::Failure;
use crate::dashboard::entry::Person;

/// Most rows on the page.
const MOST_ROWS: usize = 200;
/// Longest word of a filter, in bytes.
const LONGEST_WORD: usize = 200;

#[derive(Template)]
#[template(path = "activity.html", config = "src/dashboard/askama.toml")]
struct Activity {
    frame: Frame,
    who: String,
    tool: String,
    event: String,
    query: String,
    rows: Vec<Row>,
}

struct Row {
    at: String,
    who: String,
    event: String,
    mood: &'static str,
    tool: String,
    target: String,
    approval: Option<String>,
    why: String,
}

pub(super) async fn show(State(office): State<Arc<Office>>, RawQuery(query): RawQuery, person: Person) -> Response {
    let filter = filter(query.as_deref());
    match rows(&office, &filter).await {
        Ok(rows) => {
            let text = |word: &Option<String>| words(word.as_deref().unwrap_or_default());
            let (who, tool, event) = (text(&filter.who), text(&filter.tool), text(&filter.event));
            let frame = Frame::at("/activity", &person).still();
            page(StatusCode::OK, &Activity { frame, who, tool, event, query: written(&filter), rows })
        }
        Err(failure) => sorry::page(&failure),
    }
}

/// The filter that a query asks for; what it does not know it leaves out.
pub(super) fn filter(query: Option<&str>) -> Filter {
    let mut filter = Filter::default();
    for (name, word) in url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
        let word = Some(word.trim().to_owned()).filter(|word| !word.is_empty() && word.len() <= LONGEST_WORD);
        match &*name {
            "who" => filter.who = word,
            "tool" => filter.tool = word,
            "event" => filter.event = word,
            _ => {}
        }
    }
    filter
}

/// The same as a query.
fn written(filter: &Filter) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    for (name, word) in [("who", &filter.who), ("tool", &filter.tool), ("event", &filter.event)] {
        if let Some(word) = word {
            query.append_pair(name, word);
        }
    }
    query.finish()
}

async fn rows(office: &Office, filter: &Filter) -> Result<Vec<Row>, Failure> {
    let (sender, mut replies) = mpsc::channel(MOST_ROWS + 1);
    let question = Question::Rows { filter: filter.clone(), limit: MOST_ROWS };
    office.desk.serve(question, &sender).await?;
    drop(sender);
    let mut rows = Vec::new();
    while let Some(reply) = replies.recv().await {
        if let Reply::Row { entry: Some(entry), .. } = reply {
            rows.push(Row::of(&entry));
        }
    }
    Ok(rows)
}

impl Row {
    fn of(entry: &Entry) -> Self {
        let text = |word: &Option<String>| words(word.as_deref().unwrap_or_default());
        Self {
            at: entry.at.strftime("%Y-%m-%d %H:%M:%S").to_string(),
            who: words(&entry.who),
            event: words(&entry.event),
            mood: match entry.event.as_str() {
                "succeeded" | "approved" => "good",
                "refused" | "denied" | "failed" | "not_proven" => "bad",
                "asked" => "warn",
                _ => "",
            },
            tool: text(&entry.tool),
            target: text(&entry.target),
            approval: entry.approval.as_ref().map(ToString::to_string),
            why: text(&entry.why),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_there_and_back_stays_the_same() {
        let filter = filter(Some("who=a%26b&tool=get_page&event=&more=x"));
        assert_eq!(
            (filter.who.as_deref(), filter.tool.as_deref(), filter.event.as_deref()),
            (Some("a&b"), Some("get_page"), None)
        );
        assert_eq!(super::filter(Some(&written(&filter))), filter);
    }
}
