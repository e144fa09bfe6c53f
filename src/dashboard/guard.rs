//! Stands before every request: only pages of our own origin speak to us, and every answer stays where it was asked for.

use std::net::Ipv4Addr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HOST, ORIGIN, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::Office;
use super::answer::Failure;

/// Headers of every answer: nothing is loaded from elsewhere, run inline, framed, kept or passed on.
const HEADERS: [(HeaderName, &str); 7] = [
    (
        CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'",
    ),
    (X_FRAME_OPTIONS, "DENY"),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (CACHE_CONTROL, "no-store"),
    // Without any referrer, browsers would not say either which origin a form is of.
    (REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// Lets a request through or not, and seals its answer.
pub(super) async fn stand(State(office): State<Arc<Office>>, request: Request, next: Next) -> Response {
    let mut response = match admit(&request, office.port) {
        Ok(()) => next.run(request).await,
        Err(failure) => failure.into_response(),
    };
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}

/// A name that somebody else may point to this machine is not ours, nor is a page that comes from elsewhere.
fn admit(request: &Request, port: u16) -> Result<(), Failure> {
    let refused = |code, message: &str| Err(Failure::new(StatusCode::FORBIDDEN, code, message));
    let host = only(request.headers(), &HOST).filter(|host| is_ours(host, port));
    let whole = request.uri().authority().is_none_or(|authority| Some(authority.as_str()) == host);
    let Some(host) = host.filter(|_| whole) else {
        return refused("host", "this is not the host of the dashboard; open it at the address it listens at");
    };
    let own = only(request.headers(), &ORIGIN).and_then(|origin| origin.strip_prefix("http://"));
    if request.headers().contains_key(ORIGIN) && own != Some(host) {
        return refused("origin", "a page of another origin asks, and is not answered");
    }
    Ok(())
}

/// The value of a header that is there once.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut given = headers.get_all(name).into_iter();
    let (Some(only), None) = (given.next(), given.next()) else { return None };
    only.to_str().ok()
}

/// Whether this is a name or an address of this machine, with our port.
fn is_ours(host: &str, port: u16) -> bool {
    let Ok(authority) = host.parse::<Authority>() else { return false };
    let name = authority.host();
    let loopback = name.eq_ignore_ascii_case("localhost")
        || name == "[::1]"
        || name.parse().is_ok_and(|address: Ipv4Addr| address.is_loopback());
    // A browser leaves out the port that HTTP has anyway.
    loopback && !host.contains('@') && (authority.port_u16() == Some(port) || authority.port().is_none() && port == 80)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ours_are_loopback_names_with_our_port_and_nothing_else() {
        for ours in ["localhost:7433", "LOCALHOST:7433", "127.0.0.1:7433", "127.8.9.10:7433", "[::1]:7433"] {
            assert!(is_ours(ours, 7433), "{ours}");
        }
        assert!(is_ours("localhost", 80));
        let others = [
            "",
            ":7433",
            "localhost",
            "localhost:",
            "localhost:7434",
            "localhost:07433x",
            "evil.com:7433",
            "localhost.evil.com:7433",
            "127.0.0.1.evil.com:7433",
            "evil.com@localhost:7433",
            "localhost:7433@evil.com",
            "localhost:7433, evil.com",
            "127.1:7433",
            "2130706433:7433",
            "0.0.0.0:7433",
            "[::]:7433",
            "[::ffff:127.0.0.1]:7433",
            "localhost.:7433",
            "http://localhost:7433",
        ];
        for other in others {
            assert!(!is_ours(other, 7433), "{other}");
        }
    }
}
