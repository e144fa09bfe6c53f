//! Whether the server is alive and ready, and its figures. None of it says who asks what, or about what.

use std::net::SocketAddr;

use axum::http::header::{CONTENT_TYPE, FORWARDED, HeaderValue};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use futures_util::future::BoxFuture;
use secrecy::{ExposeSecret as _, SecretString};

use super::House;
use super::entrance::bearer;
use crate::domain::digest::Digest;
use crate::telemetry;

/// Tells whether calls can be served.
pub trait Readiness: Send + Sync {
    /// Why they cannot, in a few words that anybody may read.
    fn ready(&self) -> BoxFuture<'_, Result<(), &'static str>>;
}

impl House {
    /// Whether calls can be served: the store is open, and Confluence takes the credentials.
    pub(super) async fn ready(&self) -> Response {
        if self.leaving.is_cancelled() {
            return (StatusCode::SERVICE_UNAVAILABLE, "about to stop\n").into_response();
        }
        match self.parts.readiness.ready().await {
            Ok(()) => "ready\n".into_response(),
            Err(why) => (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {why}\n")).into_response(),
        }
    }

    /// The figures, for whoever asks from this machine or has the token for them.
    pub(super) fn figures(&self, headers: &HeaderMap, peer: SocketAddr) -> Response {
        // What comes through a proxy comes from anywhere, and not every proxy says that it is one.
        let passed_on = headers.contains_key(FORWARDED) || headers.contains_key("x-forwarded-for");
        let alone = self.metrics_token.is_none() && self.public_url.is_none();
        let near = peer.ip().to_canonical().is_loopback() && !passed_on && alone;
        if !near && !has(self.metrics_token.as_ref(), headers) {
            return StatusCode::NOT_FOUND.into_response();
        }
        let mut answer = self.parts.metrics.text().into_response();
        answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(telemetry::CONTENT_TYPE));
        answer
    }
}

/// Whether the headers bring the token. Digests are compared: how long that takes tells nothing of the token.
fn has(token: Option<&SecretString>, headers: &HeaderMap) -> bool {
    let digest = |secret: &SecretString| Digest::of_bytes(secret.expose_secret().as_bytes());
    token.is_some_and(|token| bearer(headers).is_some_and(|given| digest(&given) == digest(token)))
}
