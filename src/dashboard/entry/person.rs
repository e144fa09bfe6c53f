//! The person behind a request, by the session in its cookie, as approvers are named now.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header::{AUTHORIZATION, COOKIE, LOCATION, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use secrecy::{ExposeSecret as _, SecretString};

use super::sessions::Who;
use crate::approval::record::Via;
use crate::approval::{Decider, Rights};
use crate::dashboard::Office;
use crate::dashboard::answer::Failure;
use crate::dashboard::credentials::Visitor;
use crate::dashboard::pages::sorry;
use crate::people::Approver;

/// A person who may see the pages.
pub(in crate::dashboard) struct Person {
    /// As whom the person decides.
    pub(in crate::dashboard) decider: Decider,
    /// What the person is here.
    pub(in crate::dashboard) role: &'static str,
    /// What forms must bring back; nothing where the request carries its own proof and has no session.
    pub(in crate::dashboard) csrf: Option<SecretString>,
}

impl Person {
    /// Somebody who proved to be an approver.
    pub(super) fn approver(approver: Approver, csrf: Option<SecretString>) -> Self {
        let Approver { name, classes, spaces } = approver;
        let decider = Decider::Approver { name, via: Via::Dashboard, rights: Rights { classes, spaces } };
        Self { decider, role: "approver", csrf }
    }

    /// The person of a session; `None` where there is none any more.
    async fn of_session(token: &str, office: &Office) -> Result<Option<Self>, Failure> {
        let Some((who, csrf)) = office.sessions.find(token) else { return Ok(None) };
        let approvers = office.credentials.approvers().await?;
        let person = match who {
            Who::Approver(name) => approvers
                .iter()
                .find(|approver| approver.name == name)
                .map(|approver| Self::approver(approver.clone(), Some(csrf))),
            // A link lets in only as long as nobody can sign in.
            Who::Owner => approvers.is_empty().then(|| Self {
                decider: Decider::Anyone { name: office.user.to_string(), via: Via::Dashboard },
                role: "owner",
                csrf: Some(csrf),
            }),
        };
        if person.is_none() {
            office.sessions.end(token);
        }
        Ok(person)
    }
}

impl FromRequestParts<Arc<Office>> for Person {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, office: &Arc<Office>) -> Result<Self, Response> {
        let headers = &parts.headers;
        if headers.contains_key(AUTHORIZATION) {
            return match office.credentials.visitor(headers).await {
                Ok(Visitor::Approver(approver)) => Ok(Self::approver(approver, None)),
                Ok(Visitor::Anyone) => Err(to_sign_in()),
                Err(failure) => Err(sorry::page(&failure)),
            };
        }
        let Some(token) = token(headers, office.port) else { return Err(to_sign_in()) };
        match Self::of_session(&token, office).await {
            Ok(Some(person)) => Ok(person),
            Ok(None) => Err(to_sign_in()),
            Err(failure) => Err(sorry::page(&failure)),
        }
    }
}

fn to_sign_in() -> Response {
    see("/sign-in")
}

/// Sends the browser to another page of ours, which it then asks for.
pub(in crate::dashboard) fn see(path: &str) -> Response {
    let path = HeaderValue::from_str(path).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(LOCATION, path)]).into_response()
}

/// The token of the session cookie. Other servers of this machine get the same cookies, so that its name has our port.
pub(super) fn token(headers: &HeaderMap, port: u16) -> Option<String> {
    let name = cookie_name(port);
    let cookies = headers.get_all(COOKIE).into_iter().filter_map(|cookies| cookies.to_str().ok());
    let mut ours = cookies
        .flat_map(|cookies| cookies.split(';'))
        .filter_map(|cookie| cookie.trim().split_once('=').filter(|(given, _)| *given == name));
    // Of two, nobody can say which is ours.
    match (ours.next(), ours.next()) {
        (Some((_, token)), None) if token.len() <= 100 => Some(token.to_owned()),
        _ => None,
    }
}

/// Gives the browser a session, or takes it away where there is no token.
pub(super) fn with_session(response: Response, token: Option<&SecretString>, port: u16) -> Response {
    let name = cookie_name(port);
    let cookie = match token {
        Some(token) => format!("{name}={}; Path=/; HttpOnly; SameSite=Strict", token.expose_secret()),
        None => format!("{name}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0"),
    };
    let mut response = response;
    if let Ok(mut cookie) = HeaderValue::from_str(&cookie) {
        cookie.set_sensitive(true);
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

fn cookie_name(port: u16) -> String {
    format!("sluice_session_{port}")
}
