//! What can be asked for, as JSON: what waits, one write, a decision, how the connections stand.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::PathRejection;
use axum::extract::{DefaultBodyLimit, FromRequest as _, Path, RawQuery, Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use serde::Deserialize;
use serde_json::json;
use std::time::Duration;

use super::answer::Failure;
use super::credentials::Visitor;
use super::deciding::{decide, listed, shown};
use super::{Office, entry, guard, pages, stream};
use crate::approval::Record;
use crate::approval::record::Says;
use crate::domain::digest::Digest;
use crate::domain::ids::ApprovalId;

/// Longest body of a request, in bytes.
const LONGEST_BODY: usize = 64 * 1024;
/// How long a body may take.
const BODY: Duration = Duration::from_secs(10);
/// Most writes of a list.
const MOST_LISTED: usize = 200;

/// What comes with a decision.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Deciding {
    /// The fingerprint of what was shown.
    seal: Digest,
    /// Why.
    #[serde(default)]
    reason: Option<String>,
}

type Id = Result<Path<String>, PathRejection>;

/// Everything that is answered.
pub(super) fn routes(office: Arc<Office>) -> Router {
    Router::new()
        .route("/api/approvals", get(list))
        .route("/api/connections", get(connections))
        .route("/api/approvals/stream", get(stream::changes))
        .route("/api/approvals/{id}", get(show))
        .route("/api/approvals/{id}/approve", post(approve))
        .route("/api/approvals/{id}/deny", post(deny))
        .merge(pages::routes())
        .merge(entry::routes())
        .fallback(async || Failure::absent())
        .method_not_allowed_fallback(async || {
            Failure::new(StatusCode::METHOD_NOT_ALLOWED, "method", "this is asked for in another way")
        })
        .layer(DefaultBodyLimit::max(LONGEST_BODY))
        .layer(middleware::from_fn_with_state(Arc::clone(&office), guard::stand))
        .with_state(office)
}

async fn list(
    State(office): State<Arc<Office>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    office.credentials.visitor(&headers).await?;
    let records = match query.as_deref() {
        None | Some("" | "which=open") => office.desk.approvals().unfinished().await?,
        Some("which=all") => office.desk.approvals().list(None, |_| true, MOST_LISTED).await?,
        Some(_) => {
            return Err(Failure::new(StatusCode::BAD_REQUEST, "query", "there is `which=open` and `which=all`"));
        }
    };
    let listed: Vec<_> = records.iter().map(listed).collect();
    Ok(Json(json!({ "approvals": listed })).into_response())
}

/// How the connections stand; no tokens are among what is told.
async fn connections(State(office): State<Arc<Office>>, headers: HeaderMap) -> Result<Response, Failure> {
    office.credentials.visitor(&headers).await?;
    Ok(Json(json!({ "connections": (office.connections)() })).into_response())
}

async fn show(State(office): State<Arc<Office>>, id: Id, headers: HeaderMap) -> Result<Response, Failure> {
    office.credentials.visitor(&headers).await?;
    let record = record(&office, &id).await?;
    whole(&office, &record).await
}

async fn approve(State(office): State<Arc<Office>>, id: Id, request: Request) -> Result<Response, Failure> {
    say(office, &id, request, Says::Yes).await
}

async fn deny(State(office): State<Arc<Office>>, id: Id, request: Request) -> Result<Response, Failure> {
    say(office, &id, request, Says::No).await
}

async fn say(office: Arc<Office>, id: &Id, request: Request, says: Says) -> Result<Response, Failure> {
    let Visitor::Approver(approver) = office.credentials.visitor(request.headers()).await? else {
        return Err(Failure::no_approvers());
    };
    let Deciding { seal, reason } = body(&office, request).await?;
    let id = read(id)?;
    let approvals = Arc::clone(office.desk.approvals());
    // Whoever decides may leave before the answer; the decision is made to its end.
    let deciding =
        office.tasks.spawn(async move { decide(&approvals, &id, seal, approver, says, reason.as_deref()).await });
    let fault = |_| Failure::new(StatusCode::INTERNAL_SERVER_ERROR, "fault", "something broke in here");
    let record = deciding.await.map_err(fault)??;
    whole(&office, &record).await
}

/// The id of a path; what cannot be one is not there.
pub(super) fn read(id: &Id) -> Result<ApprovalId, Failure> {
    id.as_ref().ok().and_then(|Path(id)| id.parse().ok()).ok_or_else(Failure::absent)
}

/// The record of the path.
pub(super) async fn record(office: &Office, id: &Id) -> Result<Record, Failure> {
    office.desk.approvals().get(&read(id)?).await?.ok_or_else(Failure::absent)
}

async fn whole(office: &Office, record: &Record) -> Result<Response, Failure> {
    Ok(Json(shown(record, office.desk.approvals().store()).await?).into_response())
}

/// A form cannot send this type, and no page of another origin may without being asked first.
async fn body<T: for<'a> Deserialize<'a>>(office: &Office, request: Request) -> Result<T, Failure> {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/json") {
        let message = "send JSON, as `content-type: application/json`";
        return Err(Failure::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "content_type", message));
    }
    let read = tokio::select! {
        biased;
        read = Bytes::from_request(request, &()) => read,
        () = office.clock.sleep(BODY) => {
            return Err(Failure::new(StatusCode::REQUEST_TIMEOUT, "late", "the body took too long"));
        }
    };
    let bytes = read.map_err(|error| Failure::new(error.status(), "body", "the body is too long or was cut off"))?;
    serde_json::from_slice(&bytes).map_err(|_| {
        let message = "the body is one JSON object with `seal` and, if there is one, `reason`";
        Failure::new(StatusCode::BAD_REQUEST, "body", message)
    })
}
