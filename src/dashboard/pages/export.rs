//! The audit trail as a file: JSON lines as the trail keeps them, or a table of comma-separated values.

use std::convert::Infallible;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{RawQuery, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;
use tokio::sync::mpsc;

use super::activity::filter;
use crate::audit::Entry;
use crate::control::{Question, Reply};
use crate::dashboard::Office;
use crate::dashboard::entry::Person;

/// Rows that may wait to be taken.
const WAITING: usize = 256;
const HEAD: &str = "number,at,who,event,tool,class,profile,approval,target,why\r\n";

pub(super) async fn lines(State(office): State<Arc<Office>>, RawQuery(query): RawQuery, _: Person) -> Response {
    let headers =
        [(CONTENT_TYPE, "application/jsonl"), (CONTENT_DISPOSITION, "attachment; filename=\"sluice-audit.jsonl\"")];
    let line = |_: u64, _: Option<&Entry>, json: String| json + "\n";
    (headers, exported(&office, query.as_deref(), "", line)).into_response()
}

pub(super) async fn table(State(office): State<Arc<Office>>, RawQuery(query): RawQuery, _: Person) -> Response {
    let headers =
        [(CONTENT_TYPE, "text/csv; charset=utf-8"), (CONTENT_DISPOSITION, "attachment; filename=\"sluice-audit.csv\"")];
    let line =
        |number: u64, entry: Option<&Entry>, _: String| entry.map(|entry| row(number, entry)).unwrap_or_default();
    (headers, exported(&office, query.as_deref(), HEAD, line)).into_response()
}

/// Every row that fits, as it is read: the whole trail is never in memory. Where it cannot be read on, the file breaks off
/// and so does the answer.
fn exported(
    office: &Arc<Office>,
    query: Option<&str>,
    head: &'static str,
    line: impl Fn(u64, Option<&Entry>, String) -> String + Send + 'static,
) -> Body {
    let (sender, replies) = mpsc::channel(WAITING);
    let (desk, question) = (Arc::clone(&office.desk), Question::Export { filter: filter(query) });
    office.tasks.spawn(async move {
        if let Err(error) = desk.serve(question, &sender).await {
            tracing::error!(%error, "the audit trail cannot be exported");
        }
    });
    let first = stream::iter([Ok::<_, Infallible>(Bytes::from_static(head.as_bytes()))]);
    let rows = stream::unfold((replies, line), async |(mut replies, line)| match replies.recv().await {
        Some(Reply::Row { number, entry, json }) => {
            let text = line(number, entry.as_deref(), json);
            Some((Ok::<_, Infallible>(Bytes::from(text)), (replies, line)))
        }
        _ => None,
    });
    Body::from_stream(futures_util::StreamExt::chain(first, rows))
}

fn row(number: u64, entry: &Entry) -> String {
    let text = |word: &Option<String>| word.clone().unwrap_or_default();
    let fields = [
        number.to_string(),
        entry.at.to_string(),
        entry.who.clone(),
        entry.event.clone(),
        text(&entry.tool),
        entry.class.map(|class| class.to_string()).unwrap_or_default(),
        text(&entry.profile),
        entry.approval.as_ref().map(ToString::to_string).unwrap_or_default(),
        text(&entry.target),
        text(&entry.why),
    ];
    let fields: Vec<String> = fields.iter().map(|field| quoted(field)).collect();
    fields.join(",") + "\r\n"
}

/// A field in quotation marks (RFC 4180, section 2); what a table program would take for a formula it takes for text.
fn quoted(field: &str) -> String {
    let formula = field.starts_with(['=', '+', '-', '@', '\t', '\r']);
    format!("\"{}{}\"", if formula { "'" } else { "" }, field.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_text_whatever_it_says() {
        assert_eq!(quoted("a \"b\", c\n"), "\"a \"\"b\"\", c\n\"");
        assert_eq!(quoted("=HYPERLINK(1)"), "\"'=HYPERLINK(1)\"");
    }
}
