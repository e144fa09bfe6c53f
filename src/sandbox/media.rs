//! The host apart, from which files are downloaded with a signed address and no other credential.

use std::fmt::Write as _;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Request, header::AUTHORIZATION};
use axum::response::Response;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::server::answer::{Answer, Departure, Payload, leave};
use super::server::world::World;
use super::server::{Effect, Logged, Shared, Tenant};
use crate::sandbox::model::{Attachment, AttachmentVersion, Id};

/// How long a signed address holds, in seconds.
const LIFETIME: i64 = 600;

/// Before the paths of the second site's files.
const SECOND: &str = "/second";

/// Where the files of a site are downloaded from.
pub(crate) fn base(host: &str, tenant: Tenant) -> String {
    match tenant {
        Tenant::First => host.to_owned(),
        Tenant::Second => format!("{host}{SECOND}"),
    }
}

/// Answers any request to the media host; it can be made slow, or to break off.
pub(super) async fn host(State(shared): State<Arc<Shared>>, request: Request<Body>) -> Response {
    let (parts, _) = request.into_parts();
    let now = shared.now();
    let path = parts.uri.path();
    let (tenant, path) = path.strip_prefix(SECOND).map_or((Tenant::First, path), |path| (Tenant::Second, path));
    let (answer, departure) = {
        let mut world = shared.world();
        let template = format!("{} media", parts.method);
        world.count(template.clone(), Logged::of(&parts, Some(tenant)));
        let departure = match world.faults.take(&template) {
            Some(Effect::Slow { milliseconds }) => Departure::Late(milliseconds),
            Some(Effect::Truncated) => Departure::Truncated,
            Some(Effect::Reset { .. }) => Departure::Reset,
            _ => Departure::Whole,
        };
        let query = parts.uri.query().unwrap_or_default();
        (world.at(tenant, |world| serve(world, path, query, &parts.headers, now)), departure)
    };
    leave(&shared, answer, &departure).await
}

/// The signed address of one version of a file.
pub(crate) fn address(base: &str, attachment: &Attachment, version: &AttachmentVersion, now: Timestamp) -> String {
    let path = format!("/file/{}/{}/binary", attachment.id, version.number);
    let until = now.as_second() + LIFETIME;
    let name: String = url::form_urlencoded::byte_serialize(attachment.title.as_bytes()).collect();
    format!("{base}{path}?token={}&name={name}", sign(&path, until))
}

fn sign(path: &str, until: i64) -> String {
    let digest = Sha256::digest(format!("simulated media host|{path}|{until}").as_bytes());
    let mut token = format!("{until}.");
    for byte in digest.iter().take(16) {
        let _ = write!(token, "{byte:02x}");
    }
    token
}

/// Serves a file to whoever holds its signed address; a credential is refused.
fn serve(world: &World, path: &str, query: &str, headers: &HeaderMap, now: Timestamp) -> Answer {
    if headers.contains_key(AUTHORIZATION) {
        return Answer::html(403, "<html><body>Only one auth mechanism allowed</body></html>");
    }
    let token = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "token").map(|(_, token)| token);
    let Some(token) = token else { return Answer::html(401, "<html><body>Missing token</body></html>") };
    let until = token.split_once('.').and_then(|(until, _)| until.parse::<i64>().ok()).unwrap_or_default();
    if sign(path, until) != token {
        return Answer::html(401, "<html><body>Invalid token</body></html>");
    }
    if until < now.as_second() {
        return Answer::html(403, "<html><body>Token expired</body></html>");
    }
    match file(world, path) {
        Some((attachment, version)) => Answer {
            status: 200,
            headers: Vec::new(),
            payload: Payload::Bytes { media_type: attachment.media_type.clone(), bytes: version.bytes.clone().into() },
        },
        None => Answer::html(404, "<html><body>Not found</body></html>"),
    }
}

fn file<'a>(world: &'a World, path: &str) -> Option<(&'a Attachment, &'a AttachmentVersion)> {
    let mut segments = path.strip_prefix("/file/")?.split('/');
    let id = segments.next()?.parse::<Id>().ok()?;
    let number = segments.next()?.parse::<u32>().ok()?;
    let attachment = world.site.attachments.get(&id)?;
    attachment.versions.iter().find(|version| version.number == number).map(|version| (attachment, version))
}
