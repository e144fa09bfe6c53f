//! The way of a request through the simulated site: counted, delayed or spoilt on request, signed in, answered.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Multipart, State};
use axum::http::request::Parts;
use axum::http::{Request, header};
use axum::response::Response;
use jiff::Timestamp;
use serde_json::json;

use super::Shared;
use super::accounts::{Face, sign_in};
use super::answer::{Answer, Answered, Departure, Dialect, Failure, leave};
use super::call::{Call, Part};
use super::faults::{Effect, Moment, instead, server_error, spoilt};
use super::routes::{Match, Operation, Served, find};
use super::world::{Logged, Tenant, World};
use crate::sandbox::media;
use crate::sandbox::rules::space_delete::space_key;
use crate::sandbox::signin::{self, Address, Visit};
use crate::sandbox::v1;

/// The largest body taken in.
const LARGEST_BODY: usize = 128 << 20;
/// The largest body of a page, blog post, comment or space.
const LARGEST_DOCUMENT: usize = 5_242_880;
const NOT_FOUND_PAGE: &str = "<!DOCTYPE html><html><head><title>Page Not Found - Confluence</title></head><body><h1>Page Not Found</h1></body></html>";

/// A request taken apart.
#[derive(Clone)]
struct Arrived {
    face: Face,
    tenant: Tenant,
    /// Where on the sign-in side, if it went there.
    address: Option<&'static Address>,
    method: String,
    path: String,
    query: String,
    dialect: Dialect,
    now: Timestamp,
    site_base: String,
    parts: Parts,
    body: Bytes,
    multipart: Option<Vec<Part>>,
}

/// Answers any request to the first site, the gateway or the sign-in side.
pub(super) async fn site(State(shared): State<Arc<Shared>>, request: Request<Body>) -> Response {
    visit(&shared, Tenant::First, request).await
}

/// Answers any request to the second site.
pub(super) async fn second_site(State(shared): State<Arc<Shared>>, request: Request<Body>) -> Response {
    visit(&shared, Tenant::Second, request).await
}

async fn visit(shared: &Arc<Shared>, host: Tenant, request: Request<Body>) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, LARGEST_BODY).await else {
        return Failure::too_large().answer(Dialect::V2).leave(&Departure::Whole, shared.next_trace());
    };
    if let Some(answer) = super::desk::answer(shared, host, &parts, &body) {
        return answer.leave(&Departure::Whole, shared.next_trace());
    }
    let multipart = read_parts(&parts, &body).await;
    let arrived = match arrive(shared, host, parts, body, multipart) {
        Ok(arrived) => arrived,
        Err(answer) => return answer.leave(&Departure::Whole, shared.next_trace()),
    };
    let (answer, departure) = answer(shared, &arrived);
    leave(shared, answer, &departure).await
}

/// Tells the faces apart and brings them to the path below a site.
fn arrive(
    shared: &Shared,
    host: Tenant,
    parts: Parts,
    body: Bytes,
    multipart: Option<Vec<Part>>,
) -> Result<Arrived, Answer> {
    let whole = parts.uri.path();
    let named = parts.headers.get(header::HOST).and_then(|name| name.to_str().ok());
    let mut site_base = named.map_or_else(|| shared.base(host), |name| format!("{}://{name}/wiki", shared.scheme));
    let everything = host == Tenant::First;
    let address = signin::find(parts.method.as_str(), whole).filter(|_| everything);
    let (face, tenant, path) = match whole.strip_prefix("/ex/confluence/").filter(|_| everything) {
        None => (Face::Site, host, whole.to_owned()),
        Some(rest) => {
            let (cloud, rest) = rest.split_once('/').unwrap_or((rest, ""));
            let Some(tenant) = Tenant::ALL.into_iter().find(|tenant| tenant.cloud_id() == cloud) else {
                return Err(Answer::json(404, json!({ "code": 404, "message": "No site has this cloud id" })));
            };
            site_base = shared.base(tenant);
            let wiki = if rest.starts_with("wiki/") { "" } else { "wiki/" };
            (Face::Gateway, tenant, format!("/{wiki}{rest}"))
        }
    };
    let dialect = match address {
        Some(_) => Dialect::Gateway,
        None if path.starts_with("/wiki/rest/api/") => Dialect::V1,
        None => Dialect::V2,
    };
    Ok(Arrived {
        face,
        tenant,
        address,
        method: parts.method.to_string(),
        path,
        query: parts.uri.query().unwrap_or_default().to_owned(),
        dialect,
        now: shared.now(),
        site_base,
        parts,
        body,
        multipart,
    })
}

/// Reads a multipart body; `None` when it is none, an empty list when it is broken.
async fn read_parts(parts: &Parts, body: &Bytes) -> Option<Vec<Part>> {
    let kind = parts.headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    if !kind.starts_with("multipart/form-data") {
        return None;
    }
    let request = Request::from_parts(parts.clone(), Body::from(body.clone()));
    let Ok(mut multipart) = Multipart::from_request(request, &()).await else { return Some(Vec::new()) };
    let mut read = Vec::new();
    while let Ok(Some(field)) = multipart.next_field().await {
        let name = field.name().unwrap_or_default().to_owned();
        let file_name = field.file_name().map(str::to_owned);
        let media_type = field.content_type().map(str::to_owned);
        let Ok(bytes) = field.bytes().await else { break };
        read.push(Part { name, file_name, media_type, bytes });
    }
    Some(read)
}

fn template(arrived: &Arrived) -> String {
    match (arrived.address, find(&arrived.method, &arrived.path)) {
        (Some(address), _) => signin::template(address, &arrived.parts.headers, &arrived.body),
        (None, Match::Found(operation, _)) => format!("{} {}", arrived.method, operation.template),
        (None, _) => format!("{} unknown", arrived.method),
    }
}

fn answer(shared: &Arc<Shared>, arrived: &Arrived) -> (Answer, Departure) {
    let mut world = shared.world();
    let template = template(arrived);
    let tenant = Some(arrived.tenant).filter(|_| arrived.address.is_none());
    world.count(template.clone(), Logged::of(&arrived.parts, tenant));
    let effect = world.faults.take(&template);
    if let Some(answer) = effect.as_ref().and_then(|effect| instead(effect, arrived.dialect, arrived.now)) {
        return (answer, Departure::Whole);
    }
    if matches!(effect, Some(Effect::Reset { moment: Moment::Before })) {
        return (Answer::empty(200), Departure::Reset);
    }
    if arrived.address.is_none()
        && let Some(refusal) = world.quota.refuse(&template, arrived.dialect, arrived.now)
    {
        return (announce(&world, arrived, refusal), Departure::Whole);
    }
    if let Some(Effect::Late { milliseconds }) = effect {
        world.late.after(Duration::from_millis(milliseconds), later(Arc::clone(shared), arrived.clone()));
        return (Answer::empty(200), Departure::Reset);
    }
    let answered = execute(shared, &mut world, arrived);
    if effect == Some(Effect::Twice) {
        // Whoever sent it hears of the first time only.
        let _ = execute(shared, &mut world, arrived);
    }
    let mut answer = answered.unwrap_or_else(|failure| failure.answer(arrived.dialect));
    if let Some(effect) = &effect {
        let cursor = arrived.query.split('&').find_map(|pair| pair.strip_prefix("cursor="));
        answer = spoilt(effect, answer, cursor, arrived.dialect);
    }
    if arrived.address.is_none() {
        world.quota.charge(&arrived.method, &answer);
    }
    let answer = announce(&world, arrived, answer);
    match effect {
        Some(Effect::Slow { milliseconds }) => (answer, Departure::Late(milliseconds)),
        Some(Effect::Truncated) => (answer, Departure::Truncated),
        Some(Effect::Reset { .. }) => (answer, Departure::Reset),
        Some(Effect::ServerError { .. }) => (server_error(arrived.dialect), Departure::Whole),
        _ => (answer, Departure::Whole),
    }
}

/// Executes a request whose sender has long given up.
fn later(shared: Arc<Shared>, arrived: Arrived) -> impl FnOnce() + Send + 'static {
    move || {
        let now = shared.now();
        let _ = execute(&shared, &mut shared.world(), &Arrived { now, ..arrived });
    }
}

fn announce(world: &World, arrived: &Arrived, answer: Answer) -> Answer {
    if arrived.address.is_some() {
        return answer;
    }
    world.quota.headers(arrived.now).into_iter().fold(answer, |answer, (name, value)| answer.with(name, value))
}

fn execute(shared: &Shared, world: &mut World, arrived: &Arrived) -> Answered {
    let Some(address) = arrived.address else {
        return world.at(arrived.tenant, |world| operate(shared, world, arrived));
    };
    let visit = Visit {
        query: &arrived.query,
        headers: &arrived.parts.headers,
        body: &arrived.body,
        now: arrived.now,
        bases: &|tenant| shared.base(tenant),
    };
    Ok((address.run)(&visit, world))
}

fn operate(shared: &Shared, world: &mut World, arrived: &Arrived) -> Answered {
    let (mut caller, scopes) = match sign_in(world, arrived.face, &arrived.parts.headers, arrived.now) {
        Ok(signed_in) => signed_in,
        Err(failure) if arrived.face == Face::Gateway => return Ok(failure.answer(Dialect::Gateway)),
        Err(failure) => {
            let base = shared.base(arrived.tenant);
            let realm = url::form_urlencoded::byte_serialize(base.as_bytes()).collect::<String>();
            let answer = failure.answer(arrived.dialect);
            return Ok(answer.with("www-authenticate", format!("OAuth realm=\"{realm}\"")));
        }
    };
    if let Some(key) = space_key(&arrived.method, &arrived.path, &arrived.query, &arrived.parts.headers, &arrived.body)
    {
        if !scopes.cover(v1::DELETE_SPACE_SCOPES) {
            return Ok(scope_mismatch());
        }
        return v1::delete_space(world, &caller, &key).inspect(|_| shared.space_deleted(&key));
    }
    let (operation, variables) = match find(&arrived.method, &arrived.path) {
        Match::Found(operation, variables) => (operation, variables),
        Match::OtherMethod => {
            return Err(Failure { status: 405, code: "METHOD_NOT_ALLOWED", title: "Method Not Allowed".to_owned() });
        }
        Match::Unknown => return Ok(Answer::html(404, NOT_FOUND_PAGE)),
    };
    if arrived.face == Face::Gateway && operation.served == Served::SiteOnly {
        return Err(Failure::gone());
    }
    if !scopes.cover(operation.scopes) {
        return Ok(scope_mismatch());
    }
    guard_body(operation, arrived)?;
    if let (Face::Gateway, "/wiki/rest/api/user/current", Some(account)) =
        (arrived.face, operation.template, &world.sign_in.steering.current_account)
    {
        caller.account.clone_from(account);
    }
    let call = Call {
        path: arrived.path.clone(),
        variables,
        query: url::form_urlencoded::parse(arrived.query.as_bytes()).into_owned().collect(),
        body: arrived.body.clone(),
        parts: arrived.multipart.clone().unwrap_or_default(),
        caller,
        now: arrived.now,
        site_base: arrived.site_base.clone(),
        media_base: media::base(&shared.media_base, arrived.tenant),
    };
    (operation.run)(&call, world)
}

fn scope_mismatch() -> Answer {
    Failure::unauthorized("Unauthorized; scope does not match").answer(Dialect::Gateway)
}

/// What is asked of a body before an operation sees it.
fn guard_body(operation: &Operation, arrived: &Arrived) -> Result<(), Failure> {
    if arrived.multipart.is_some() {
        let token = arrived.parts.headers.get("x-atlassian-token").and_then(|value| value.to_str().ok());
        if !matches!(token, Some("nocheck" | "no-check")) {
            return Err(Failure { status: 403, code: "XSRF", title: "XSRF check failed".to_owned() });
        }
        return Ok(());
    }
    if operation.template.ends_with("/child/attachment") && operation.method != "GET" {
        return Err(Failure {
            status: 415,
            code: "UNSUPPORTED_MEDIA_TYPE",
            title: "Unsupported Media Type".to_owned(),
        });
    }
    if arrived.body.len() > LARGEST_DOCUMENT { Err(Failure::too_large()) } else { Ok(()) }
}
