//! Stands before every request: it is addressed to us, and no web page asks that nobody allowed to.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, HOST, ORIGIN, X_CONTENT_TYPE_OPTIONS};
use axum::http::uri::{Authority, Uri};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::Response;

use super::House;
use super::answers::{Checked, Refused};
use crate::telemetry::Refusal;

/// Headers of every answer: nothing is kept, guessed or shown elsewhere.
const HEADERS: [(HeaderName, &str); 2] = [(CACHE_CONTROL, "no-store"), (X_CONTENT_TYPE_OPTIONS, "nosniff")];

/// Lets a request through or not, counts it, and seals its answer.
pub(super) async fn stand(State(house): State<Arc<House>>, request: Request, next: Next) -> Response {
    let metrics = &house.parts.metrics;
    let began = house.parts.clock.steady();
    let _in_flight = metrics.request();
    let mut answer = match admit(&request, &house.hosts, &house.origins) {
        Ok(()) => next.run(request).await,
        Err(refused) => {
            metrics.refused(refused.as_what);
            *refused.answer
        }
    };
    for (name, value) in HEADERS {
        answer.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    metrics.request_ended(answer.status().as_u16(), house.parts.clock.steady().saturating_sub(began));
    answer
}

/// A name that somebody else may point to this machine is not ours; nor does a page speak for its visitor.
fn admit(request: &Request, hosts: &[String], origins: &[String]) -> Checked<()> {
    let host = only(request.headers(), &HOST).and_then(|host| host.parse::<Authority>().ok());
    let whole = request.uri().authority().is_none_or(|authority| Some(authority) == host.as_ref());
    if !host.is_some_and(|host| whole && is_ours(&host, hosts)) {
        let why = "this server does not answer to that name; whoever runs it can add it to `allowed_hosts`";
        return Err(Refused::new(StatusCode::FORBIDDEN, Refusal::Host, why).closing());
    }
    if request.headers().contains_key(ORIGIN) {
        let allowed = only(request.headers(), &ORIGIN).is_some_and(|origin| is_allowed(origin, origins));
        if !allowed {
            let why = "a page of an origin that is not in `allowed_origins` asks, and is not answered";
            return Err(Refused::new(StatusCode::FORBIDDEN, Refusal::Origin, why).closing());
        }
    }
    Ok(())
}

/// The value of a header that is there once.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut given = headers.get_all(name).into_iter();
    let (Some(only), None) = (given.next(), given.next()) else { return None };
    only.to_str().ok()
}

/// Whether a host is one of these; one without a port stands for every port of it.
fn is_ours(host: &Authority, hosts: &[String]) -> bool {
    if host.as_str().contains('@') {
        return false;
    }
    hosts.iter().any(|ours| match ours.parse::<Authority>() {
        Ok(ours) if ours.port_u16().is_some() => same(ours.host(), host.host()) && ours.port_u16() == host.port_u16(),
        Ok(ours) => same(ours.host(), host.host()),
        // An address of the newer kind without its brackets.
        Err(_) => same(ours, host.host()),
    })
}

fn same(one: &str, other: &str) -> bool {
    one.trim_matches(['[', ']']).eq_ignore_ascii_case(other.trim_matches(['[', ']']))
}

/// Whether an origin is one of these; `:*` stands for every port.
fn is_allowed(origin: &str, origins: &[String]) -> bool {
    let Ok(asked) = origin.parse::<Uri>() else { return false };
    let (Some(scheme), Some(authority)) = (asked.scheme_str(), asked.authority()) else { return false };
    let usual = if scheme == "https" { 443 } else { 80 };
    let port = authority.port_u16().unwrap_or(usual);
    origins.iter().any(|allowed| {
        let (base, any) = allowed.strip_suffix(":*").map_or((allowed.as_str(), false), |base| (base, true));
        base.parse::<Uri>().is_ok_and(|allowed| {
            allowed.scheme_str() == Some(scheme)
                && allowed.authority().is_some_and(|ours| {
                    same(ours.host(), authority.host()) && (any || ours.port_u16().unwrap_or(usual) == port)
                })
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ours_are_the_names_we_know_and_nothing_that_looks_like_them() {
        let hosts = ["localhost", "127.0.0.1", "::1", "sluice.example.com", "proxy:8443"].map(str::to_owned);
        let ours = |host: &str| host.parse::<Authority>().is_ok_and(|host| is_ours(&host, &hosts));
        for host in ["localhost:7979", "LOCALHOST", "127.0.0.1:1", "[::1]:7979", "sluice.example.com", "proxy:8443"] {
            assert!(ours(host), "{host}");
        }
        for host in [
            "evil.com",
            "localhost.evil.com",
            "evil.com@localhost",
            "localhost@evil.com",
            "127.0.0.1.evil.com",
            "127.1",
            "2130706433",
            "0.0.0.0",
            "[::ffff:127.0.0.1]",
            "localhost.",
            "proxy:8444",
            "proxy",
            "sluice.example.com.evil.com",
        ] {
            assert!(!ours(host), "{host}");
        }
    }

    #[test]
    fn an_origin_is_allowed_with_its_scheme_and_port() {
        let origins = ["https://app.example.com:443", "http://localhost:*"].map(str::to_owned);
        for origin in ["https://app.example.com", "https://APP.example.com:443", "http://localhost:3000"] {
            assert!(is_allowed(origin, &origins), "{origin}");
        }
        for origin in [
            "null",
            "",
            "http://app.example.com",
            "https://app.example.com:8443",
            "https://localhost:3000",
            "http://localhost.evil.com",
            "https://app.example.com.evil.com",
        ] {
            assert!(!is_allowed(origin, &origins), "{origin}");
        }
        assert!(!is_allowed("https://app.example.com", &[]));
    }
}
