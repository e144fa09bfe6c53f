//! What tells a client where to get a token for this server (RFC 9728, OAuth 2.0 Protected Resource Metadata).

use axum::http::HeaderMap;
use axum::http::header::{CONTENT_TYPE, HOST, HeaderValue};
use axum::response::Response;
use serde_json::{Value, json};

use super::House;
use crate::identity::Scopes;

/// Where the metadata of `/mcp` stands (RFC 9728 section 3.1).
pub(super) const PATH: &str = "/.well-known/oauth-protected-resource/mcp";

impl House {
    /// The address that agents reach this server by: the one it is told, or else the one the request was sent to,
    /// which is one of ours.
    pub(super) fn base(&self, headers: &HeaderMap) -> String {
        if let Some(url) = &self.public_url {
            return url.clone();
        }
        let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
        format!("{}://{host}", self.scheme)
    }

    /// The metadata: who issues tokens, and for which scopes.
    pub(super) fn metadata(&self, headers: &HeaderMap) -> Response {
        let agents = self.parts.roster.agents();
        let issuers: Vec<&str> = agents.issuers().map(|issuer| issuer.issuer.as_str()).collect();
        let metadata = json!({
            "resource": format!("{}/mcp", self.base(headers)),
            "resource_name": "Sluice for Confluence",
            // What is empty is left out (RFC 9728 section 3.2).
            "authorization_servers": (!issuers.is_empty()).then_some(issuers),
            "scopes_supported": Scopes::ALL,
            "bearer_methods_supported": ["header"],
        });
        let mut answer = Response::new(without_nulls(metadata).to_string().into());
        answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        answer
    }
}

fn without_nulls(mut value: Value) -> Value {
    if let Some(fields) = value.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
    }
    value
}
