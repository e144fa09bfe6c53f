//! What stands round every page: where one can go, and who is signed in.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Response};
use secrecy::ExposeSecret as _;

use super::words::words;
use crate::dashboard::entry::Person;

/// The pages one can go to, by path and name.
const PAGES: [(&str, &str); 3] = [("/", "Overview"), ("/approvals", "Approvals"), ("/activity", "Activity")];

/// Round a page.
pub(in crate::dashboard) struct Frame {
    pub(in crate::dashboard) person: Option<SignedIn>,
    /// What went wrong.
    pub(in crate::dashboard) note: Option<String>,
    /// Whether the page changes while it is looked at.
    pub(in crate::dashboard) is_live: bool,
    here: &'static str,
}

/// Who is signed in.
pub(in crate::dashboard) struct SignedIn {
    pub(in crate::dashboard) name: String,
    pub(in crate::dashboard) role: &'static str,
    pub(in crate::dashboard) csrf: String,
}

/// A page one can go to.
pub(in crate::dashboard) struct Link {
    pub(in crate::dashboard) path: &'static str,
    pub(in crate::dashboard) name: &'static str,
    /// Whether one is there.
    pub(in crate::dashboard) here: bool,
}

impl Frame {
    /// Round a page that anybody may see.
    pub(in crate::dashboard) fn outside(note: Option<&str>) -> Self {
        Self { person: None, note: note.map(words), is_live: false, here: "" }
    }

    /// Round one of the pages.
    pub(in crate::dashboard) fn at(here: &'static str, person: &Person) -> Self {
        let csrf = person.csrf.as_ref().map(|csrf| csrf.expose_secret().to_owned()).unwrap_or_default();
        let signed_in = SignedIn { name: words(person.decider.name()), role: person.role, csrf };
        Self { person: Some(signed_in), note: None, is_live: true, here }
    }

    /// The same, which does not change while it is looked at.
    pub(in crate::dashboard) fn still(self) -> Self {
        Self { is_live: false, ..self }
    }

    /// The same, with what went wrong.
    pub(in crate::dashboard) fn noting(self, note: &str) -> Self {
        Self { note: Some(words(note)), ..self }
    }

    pub(in crate::dashboard) fn links(&self) -> Vec<Link> {
        PAGES.iter().map(|(path, name)| Link { path, name, here: *path == self.here }).collect()
    }
}

/// A rendered page.
pub(in crate::dashboard) fn page(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(text) => (status, Html(text)).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page cannot be rendered");
            (StatusCode::INTERNAL_SERVER_ERROR, Html("<!doctype html><title>Sluice</title><p>Something broke in here."))
                .into_response()
        }
    }
}
