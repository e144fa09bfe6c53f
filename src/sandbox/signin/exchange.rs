//! `POST /oauth/token`: codes, refresh tokens and client credentials become tokens.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::http::{HeaderMap, header::CONTENT_TYPE};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::grants::{ACCESS_LIFETIME, Holder, NoCode};
use super::{SignIn, Visit};
use crate::sandbox::server::answer::Answer;
use crate::sandbox::server::world::World;

/// What was sent, by name.
type Fields = BTreeMap<String, String>;

/// The part of an exchange's name that says its kind.
pub(super) fn kind(headers: &HeaderMap, body: &Bytes) -> &'static str {
    let fields = fields(headers, body);
    match fields.as_ref().and_then(|fields| fields.get("grant_type")).map(String::as_str) {
        Some("authorization_code") => "#authorization_code",
        Some("refresh_token") => "#refresh_token",
        Some("client_credentials") => "#client_credentials",
        _ => "#other",
    }
}

/// The texts of a JSON object or of a form.
fn fields(headers: &HeaderMap, body: &Bytes) -> Option<Fields> {
    let kind = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    match kind.split(';').next()?.trim() {
        "application/json" => {
            let document: Map<String, Value> = serde_json::from_slice(body).ok()?;
            let texts = document.into_iter().filter_map(|(name, value)| Some((name, value.as_str()?.to_owned())));
            Some(texts.collect())
        }
        "application/x-www-form-urlencoded" => Some(url::form_urlencoded::parse(body).into_owned().collect()),
        _ => None,
    }
}

/// Answers an exchange.
pub(super) fn exchange(visit: &Visit<'_>, world: &mut World) -> Answer {
    let Some(fields) = fields(visit.headers, visit.body) else {
        return refused(400, "invalid_request", "The body must be JSON or a form");
    };
    let sign_in = &mut world.sign_in;
    let exchanged = match field(&fields, "grant_type") {
        "authorization_code" => of_code(&fields, sign_in, visit.now),
        "refresh_token" => of_refresh_token(&fields, sign_in, visit.now),
        "client_credentials" => of_credentials(&fields, sign_in, visit.now),
        "" => Err(refused(400, "invalid_request", "Missing required parameter: grant_type")),
        _ => Err(refused(400, "unsupported_grant_type", "Unsupported grant type")),
    };
    exchanged.unwrap_or_else(|refusal| refusal)
}

fn of_code(fields: &Fields, sign_in: &mut SignIn, now: Timestamp) -> Result<Answer, Answer> {
    let client = app(fields, sign_in)?;
    let verifier = fields.get("code_verifier").map(String::as_str);
    let (code, redirect) = (field(fields, "code"), field(fields, "redirect_uri"));
    let holder = sign_in.grants.take_code(code, client, redirect, verifier, now).map_err(|no_code| match no_code {
        NoCode::Invalid => refused(400, "invalid_request", "authorization_code is invalid"),
        NoCode::Verifier => refused(403, "invalid_grant", "Failed to verify code verifier"),
    })?;
    let offline = sign_in.grants.scopes(&holder).is_some_and(|scopes| scopes.iter().any(|one| one == "offline_access"));
    let refresh = offline.then(|| sign_in.grants.found_family(holder.clone(), now));
    Ok(granted(sign_in, holder, refresh, now))
}

fn of_refresh_token(fields: &Fields, sign_in: &mut SignIn, now: Timestamp) -> Result<Answer, Answer> {
    let client = app(fields, sign_in)?;
    let withheld = sign_in.steering.withhold_refresh_tokens;
    let rotated = sign_in.grants.rotate(field(fields, "refresh_token"), client, withheld, now);
    let (holder, successor) =
        rotated.ok_or_else(|| refused(403, "invalid_grant", "Unknown or invalid refresh token."))?;
    Ok(granted(sign_in, holder, successor, now))
}

fn of_credentials(fields: &Fields, sign_in: &mut SignIn, now: Timestamp) -> Result<Answer, Answer> {
    let (client, secret) = (field(fields, "client_id"), field(fields, "client_secret"));
    let service = sign_in.apps.services.get(client).filter(|service| service.client_secret == secret);
    let service = service.ok_or_else(unauthorized)?.clone();
    let holder = Holder { client: service.client_id, account: service.account };
    sign_in.grants.grant(holder.clone(), service.scopes);
    Ok(granted(sign_in, holder, None, now))
}

fn granted(sign_in: &mut SignIn, holder: Holder, refresh: Option<String>, now: Timestamp) -> Answer {
    let scope = sign_in.grants.scopes(&holder).unwrap_or_default().join(" ");
    let mut document = json!({
        "access_token": sign_in.grants.issue_access(holder, now),
        "expires_in": ACCESS_LIFETIME.saturating_add(sign_in.steering.expires_in_skew),
        "token_type": "Bearer",
        "scope": scope,
    });
    if let (Some(refresh), Some(object)) = (refresh, document.as_object_mut()) {
        object.insert("refresh_token".to_owned(), refresh.into());
    }
    Answer::ok(document).with("cache-control", "no-store")
}

/// The client, once it has shown its secret in the body.
fn app<'a>(fields: &'a Fields, sign_in: &SignIn) -> Result<&'a str, Answer> {
    let (client, secret) = (field(fields, "client_id"), field(fields, "client_secret"));
    match sign_in.apps.apps.get(client) {
        Some(app) if app.client_secret == secret => Ok(client),
        _ => Err(unauthorized()),
    }
}

fn field<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields.get(name).map_or("", String::as_str)
}

fn unauthorized() -> Answer {
    refused(401, "access_denied", "Unauthorized")
}

fn refused(status: u16, error: &str, description: &str) -> Answer {
    Answer::json(status, json!({ "error": error, "error_description": description }))
}
