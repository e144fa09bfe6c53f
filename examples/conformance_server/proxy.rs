//! A proxy that adds a key to every request, and is otherwise not noticed: bodies flow through as they come, and a
//! client that leaves takes its request along.

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, CONNECTION, CONTENT_LENGTH, HeaderMap, HeaderValue, TRANSFER_ENCODING};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use reqwest::redirect::Policy;
use url::Url;

use crate::Failure;

#[derive(Clone)]
struct Upstream {
    client: reqwest::Client,
    origin: Url,
    key: HeaderValue,
}

/// Routes everything to this URL's origin, with this key.
pub(crate) fn routes(to: &Url, bearer: &str) -> Result<Router, Failure> {
    let mut key = HeaderValue::try_from(format!("Bearer {bearer}"))?;
    key.set_sensitive(true);
    // Whoever installed a provider first wins, and any will do.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().no_gzip().redirect(Policy::none()).build()?;
    Ok(Router::new().fallback(pass).with_state(Upstream { client, origin: to.clone(), key }))
}

async fn pass(State(upstream): State<Upstream>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Some(url) = target(&upstream.origin, &parts.uri) else { return StatusCode::BAD_REQUEST.into_response() };
    // Host and Origin stay as they are: the suite tries false ones.
    let has_body = parts.headers.contains_key(CONTENT_LENGTH) || parts.headers.contains_key(TRANSFER_ENCODING);
    let mut headers = own(parts.headers);
    headers.insert(AUTHORIZATION, upstream.key);
    let mut sent = upstream.client.request(parts.method, url).headers(headers);
    if has_body {
        sent = sent.body(reqwest::Body::wrap_stream(body.into_data_stream()));
    }
    match sent.send().await {
        Ok(answer) => {
            let (status, headers) = (answer.status(), own(answer.headers().clone()));
            (status, headers, Body::from_stream(answer.bytes_stream())).into_response()
        }
        Err(error) => (StatusCode::BAD_GATEWAY, error.to_string()).into_response(),
    }
}

/// The same path and query at the other origin.
fn target(origin: &Url, uri: &Uri) -> Option<Url> {
    origin.join(uri.path_and_query()?.as_str()).ok().filter(|url| url.origin() == origin.origin())
}

/// Without the headers that concern one connection alone.
fn own(mut headers: HeaderMap) -> HeaderMap {
    headers.remove(CONNECTION);
    headers.remove(TRANSFER_ENCODING);
    headers
}
