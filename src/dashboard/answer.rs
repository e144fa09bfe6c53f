//! What goes wrong, always told in the same shape: a status, a stable code and one sentence.

use axum::Json;
use axum::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::approval::DecideError;
use crate::people::{PeopleError, TooManyAttempts};
use crate::store::StoreError;

/// Why a request is not answered as it was meant.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) status: StatusCode,
    pub(super) code: &'static str,
    pub(super) message: String,
    /// Seconds until it may be tried again, where that is known.
    pub(super) wait: Option<u64>,
}

impl Failure {
    pub(super) fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), wait: None }
    }

    /// There is no such thing here.
    pub(super) fn absent() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "there is no such thing")
    }

    /// Whoever asks has not proven to be an approver.
    pub(super) fn not_proven() -> Self {
        let message = "an approver's secret is needed, as `Authorization: Bearer SECRET`";
        Self::new(StatusCode::UNAUTHORIZED, "not_proven", message)
    }

    /// Nobody can prove to be an approver.
    pub(super) fn no_approvers() -> Self {
        let message = "no approver is set up; `sluice approvers add NAME` makes one";
        Self::new(StatusCode::FORBIDDEN, "no_approvers", message)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let Self { status, code, message, wait } = self;
        let mut response = (status, Json(json!({ "error": { "code": code, "message": message } }))).into_response();
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(wait) = wait {
            response.headers_mut().insert(RETRY_AFTER, wait.into());
        }
        response
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "the dashboard cannot read or change what is kept");
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "store", error.to_string())
    }
}

impl From<DecideError> for Failure {
    fn from(error: DecideError) -> Self {
        let (status, code) = match error {
            DecideError::Absent(_) => return Self::absent(),
            DecideError::Store(error) => return error.into(),
            DecideError::Decided { .. } => (StatusCode::CONFLICT, "decided"),
            DecideError::Over(_) => (StatusCode::CONFLICT, "over"),
            DecideError::OtherSeal => (StatusCode::CONFLICT, "other_seal"),
            DecideError::Tampered => (StatusCode::CONFLICT, "tampered"),
            DecideError::NotYours(_) => (StatusCode::FORBIDDEN, "not_yours"),
        };
        Self::new(status, code, error.to_string())
    }
}

impl From<TooManyAttempts> for Failure {
    fn from(error: TooManyAttempts) -> Self {
        let wait = Some(error.wait.as_secs().saturating_add(1));
        Self { wait, ..Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_attempts", error.to_string()) }
    }
}

impl From<PeopleError> for Failure {
    /// Nobody is let in by a file that cannot be read. What is wrong with it is for the log.
    fn from(error: PeopleError) -> Self {
        tracing::error!(%error, "the approvers cannot be read; nobody can decide in the dashboard");
        let message = "approvers.toml cannot be read; the log says why";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "approvers", message)
    }
}
