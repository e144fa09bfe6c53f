//! The page that says what went wrong.

use askama::Template;
use axum::http::HeaderValue;
use axum::http::StatusCode;
use axum::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use axum::response::Response;

use super::frame::{Frame, page as rendered};
use super::words::words;
use crate::control::ControlError;
use crate::dashboard::answer::Failure;

#[derive(Template)]
#[template(path = "sorry.html", config = "src/dashboard/askama.toml")]
struct Sorry {
    frame: Frame,
    message: String,
}

/// The page of a failure.
pub(in crate::dashboard) fn page(failure: &Failure) -> Response {
    let frame = Frame::outside(None);
    let mut response = rendered(failure.status, &Sorry { frame, message: words(&failure.message) });
    if failure.status == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if let Some(wait) = failure.wait {
        response.headers_mut().insert(RETRY_AFTER, wait.into());
    }
    response
}

impl From<ControlError> for Failure {
    fn from(error: ControlError) -> Self {
        let (status, code) = match &error {
            ControlError::Absent(_) => return Self::absent(),
            ControlError::Decide(_) => (StatusCode::CONFLICT, "not_decided"),
            ControlError::NotYours(_) => (StatusCode::FORBIDDEN, "not_yours"),
            _ => {
                tracing::error!(%error, "a page cannot be answered");
                (StatusCode::SERVICE_UNAVAILABLE, "fault")
            }
        };
        Self::new(status, code, error.to_string())
    }
}
