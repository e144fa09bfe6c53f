//! Signing in and out, and coming in by a one-time link.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing::{get, post};
use secrecy::{ExposeSecret as _, SecretString};

use super::person::{see, token, with_session};
use super::sessions::Who;
use super::{Form, Person};
use crate::dashboard::Office;
use crate::dashboard::answer::Failure;
use crate::dashboard::pages::frame::{Frame, page};
use crate::dashboard::pages::sorry;
use crate::domain::text::one_line;

/// What lets people in and out.
pub(in crate::dashboard) fn routes() -> Router<Arc<Office>> {
    Router::new()
        .route("/sign-in", get(ask).post(sign_in))
        .route("/sign-out", post(sign_out))
        .route("/enter/{link}", get(offer))
        .route("/enter", post(enter))
}

#[derive(Template)]
#[template(path = "sign_in.html", config = "src/dashboard/askama.toml")]
struct SignIn {
    frame: Frame,
    /// Whether nobody can sign in.
    nobody: bool,
}

#[derive(Template)]
#[template(path = "enter.html", config = "src/dashboard/askama.toml")]
struct Enter {
    frame: Frame,
    link: String,
}

async fn ask(State(office): State<Arc<Office>>) -> Response {
    asked(&office, None).await
}

async fn asked(office: &Office, note: Option<&Failure>) -> Response {
    let nobody = match office.credentials.approvers().await {
        Ok(approvers) => approvers.is_empty(),
        Err(failure) => return sorry::page(&failure),
    };
    let status = note.map_or(StatusCode::OK, |failure| failure.status);
    let frame = Frame::outside(note.map(|failure| failure.message.as_str()));
    page(status, &SignIn { frame, nobody })
}

async fn sign_in(State(office): State<Arc<Office>>, headers: HeaderMap, form: Form) -> Response {
    match proven(&office, &form).await {
        Ok(name) => let_in(&office, &headers, Who::Approver(name)).await,
        Err(failure) => asked(&office, Some(&failure)).await,
    }
}

/// The name of the approver whose secret it is; a name that is another's is as wrong as a wrong secret.
async fn proven(office: &Office, form: &Form) -> Result<String, Failure> {
    let approver = office.credentials.prove(form.secret("secret")).await?;
    if approver.name == form.text("name").trim() {
        return Ok(approver.name);
    }
    Err(Failure::new(StatusCode::UNAUTHORIZED, "not_proven", "name and secret do not belong together"))
}

/// A new session, whatever the browser had before.
async fn let_in(office: &Office, headers: &HeaderMap, who: Who) -> Response {
    if let Some(token) = token(headers, office.port) {
        office.sessions.end(&token);
    }
    let name = match &who {
        Who::Approver(name) => name.clone(),
        Who::Owner => office.user.to_string(),
    };
    let row = office.desk.trail().entry(&name, "signed_in");
    if office.desk.trail().note(row).await.is_err() {
        let message = "the audit trail cannot be written, so nobody is let in";
        return sorry::page(&Failure::new(StatusCode::SERVICE_UNAVAILABLE, "store", message));
    }
    match office.sessions.begin(who) {
        Ok(token) => with_session(see("/"), Some(&token), office.port),
        Err(error) => sorry::page(&Failure::new(StatusCode::INTERNAL_SERVER_ERROR, "fault", error.to_string())),
    }
}

async fn sign_out(State(office): State<Arc<Office>>, headers: HeaderMap, person: Person, form: Form) -> Response {
    if let Err(failure) = form.must_be_from(&person) {
        return sorry::page(&failure);
    }
    if let Some(token) = token(&headers, office.port) {
        office.sessions.end(&token);
    }
    with_session(see("/sign-in"), None, office.port)
}

/// Looking at a link uses nothing up: mail scanners and previews look too.
async fn offer(Path(link): Path<String>) -> Response {
    page(StatusCode::OK, &Enter { frame: Frame::outside(None), link: one_line(&link, 100) })
}

async fn enter(State(office): State<Arc<Office>>, headers: HeaderMap, form: Form) -> Response {
    let refused = |message: &str| sorry::page(&Failure::new(StatusCode::FORBIDDEN, "link", message));
    match office.credentials.approvers().await {
        Ok(approvers) if approvers.is_empty() => {}
        Ok(_) => return refused("approvers have been set up: sign in"),
        Err(failure) => return sorry::page(&failure),
    }
    let link: SecretString = form.secret("link");
    if !office.desk.links().take(link.expose_secret(), office.clock.steady()) {
        return refused("this link was used already, or is too old; `sluice dashboard` prints a new one");
    }
    let_in(&office, &headers, Who::Owner).await
}
