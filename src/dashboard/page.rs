//! A page about one write, plain and without scripts: what it would do, and how to decide on it elsewhere.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::header::WWW_AUTHENTICATE;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse as _, Response};

use super::answer::Failure;
use super::connections::banner;
use super::deciding::{Shown, shown};
use super::{Office, api};
use crate::approval::State as Stage;
use crate::approval::record::Says;
use crate::domain::text::escaped;

/// The page of a write. Opening it changes nothing.
pub(super) async fn show(
    State(office): State<Arc<Office>>,
    id: Result<Path<String>, PathRejection>,
    headers: HeaderMap,
) -> Response {
    let found = async {
        office.credentials.visitor(&headers).await?;
        let record = api::record(&office, &id).await?;
        let shown = shown(&record, office.approvals.store()).await?;
        Ok::<_, Failure>(Html(page(&shown, &banner(&(office.connections)()))).into_response())
    };
    found.await.unwrap_or_else(|failure| sorry(&failure))
}

/// Says what went wrong to a person, the same for every write.
fn sorry(failure: &Failure) -> Response {
    let elsewhere = match failure.status {
        StatusCode::UNAUTHORIZED => {
            "<p>A browser cannot sign in here yet. In a terminal, <code>sluice approvals list</code> shows what waits.</p>"
        }
        _ => "",
    };
    let text = document("Sluice", &format!("<h1>Sluice</h1>\n<p>{}.</p>\n{elsewhere}", harmless(&failure.message)));
    let mut response = (failure.status, Html(text)).into_response();
    if failure.status == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}

/// `banner` is HTML already.
fn page(shown: &Shown<'_>, banner: &str) -> String {
    let listed = &shown.listed;
    let mut body = format!("{banner}<h1>{}</h1>\n<dl>\n", harmless(listed.summary));
    let spaces: Vec<&str> = shown.spaces.iter().map(|space| space.key.as_str()).collect();
    let lines = [
        ("State", listed.state.to_string()),
        ("Agent", format!("{} of {}", listed.agent, listed.owner)),
        ("Tool", format!("{} ({})", listed.tool, listed.class)),
        ("Target", listed.target.to_owned()),
        ("Spaces", spaces.join(", ")),
        ("Profile", shown.profile.to_owned()),
        ("Request", shown.request.clone()),
        ("Asked at", listed.asked_at.to_string()),
        ("Decide by", listed.decide_by.to_string()),
        ("Cost", shown.loss.unwrap_or_default().to_owned()),
        (
            "Decided",
            listed.decision.as_ref().map_or_else(String::new, |decision| {
                let says = if decision.says == Says::Yes { "approved" } else { "denied" };
                format!("{says} by {}, {}, {}", decision.by, decision.via.word(), decision.at)
            }),
        ),
        ("Seal", shown.seal.to_string()),
    ];
    for (name, text) in lines.iter().filter(|(_, text)| !text.is_empty()) {
        // Writing to a string cannot fail.
        let _ = writeln!(body, "<dt>{name}</dt><dd>{}</dd>", harmless(text));
    }
    let _ = writeln!(body, "</dl>\n<h2>What changes</h2>\n<pre>{}</pre>", harmless(&shown.preview));
    if listed.state == Stage::Pending {
        let id = listed.id;
        let _ = writeln!(
            body,
            "<h2>How to decide</h2>\n<p>In a terminal: <code>sluice approvals approve {id}</code> or \
             <code>sluice approvals deny {id}</code>. This page decides nothing.</p>"
        );
    }
    document(&format!("{} – Sluice", harmless(listed.target)), &body)
}

/// A whole document; both texts are HTML already.
fn document(title: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>{title}</title></head>\n<body>\n{body}\n</body>\n</html>\n"
    )
}

/// A text that is not ours as text: no sign of it is markup, and none is invisible.
pub(super) fn harmless(text: &str) -> String {
    let mut harmless = String::with_capacity(text.len());
    for sign in escaped(text).chars() {
        match sign {
            '&' => harmless.push_str("&amp;"),
            '<' => harmless.push_str("&lt;"),
            '>' => harmless.push_str("&gt;"),
            '"' => harmless.push_str("&quot;"),
            '\'' => harmless.push_str("&#39;"),
            '`' => harmless.push_str("&#96;"),
            other => harmless.push(other),
        }
    }
    harmless
}
