//! Who asks: Basic and bearer credentials on the site and on the gateway, and what a token may do.

use axum::http::{HeaderMap, header::AUTHORIZATION};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::Timestamp;

use super::answer::Failure;
use super::call::Caller;
use super::world::World;
use crate::sandbox::model::{User, UserStatus};

/// Which face of the site a request came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Face {
    /// `https://site.example/wiki/…`: Basic with a classic token.
    Site,
    /// `https://api.example/ex/confluence/{cloudId}/…`: bearer, or Basic with a scoped token.
    Gateway,
}

/// What a credential may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Scopes {
    All,
    Only(Vec<String>),
}

impl Scopes {
    /// Whether they cover an operation's scopes (`|` between alternatives).
    pub(crate) fn cover(&self, needed: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(held) => needed
                .split('|')
                .any(|together| together.split_whitespace().all(|scope| held.iter().any(|one| one == scope))),
        }
    }
}

/// Signs a request in.
pub(crate) fn sign_in(
    world: &World,
    face: Face,
    headers: &HeaderMap,
    now: Timestamp,
) -> Result<(Caller, Scopes), Failure> {
    let refused = || Failure::unauthorized("Unauthorized");
    let value = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).ok_or_else(refused)?;
    let (scheme, credential) = value.split_once(' ').ok_or_else(refused)?;
    if scheme.eq_ignore_ascii_case("bearer") && face == Face::Gateway {
        let credential = credential.trim();
        if world.tokens.get(credential).is_some_and(|issued| issued.basic_only) {
            return Err(Failure { status: 404, code: "NOT_FOUND", title: "Not Found".to_owned() });
        }
        let (user, scopes) =
            granted(world, credential, now).or_else(|| holder(world, credential, None)).ok_or_else(refused)?;
        return Ok((caller(user), scopes));
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(refused());
    }
    let decoded = STANDARD.decode(credential.trim()).map_err(|_| refused())?;
    let decoded = String::from_utf8(decoded).map_err(|_| refused())?;
    let (email, token) = decoded.split_once(':').ok_or_else(refused)?;
    let (user, scopes) = holder(world, token, Some(email)).ok_or_else(refused)?;
    if face == Face::Site && scopes != Scopes::All {
        return Err(refused());
    }
    Ok((caller(user), scopes))
}

/// The person behind an access token of the sign-in side.
fn granted<'a>(world: &'a World, token: &str, now: Timestamp) -> Option<(&'a User, Scopes)> {
    let (holder, scopes) = world.sign_in.grants.holder(token, now)?;
    let user = world.site.users.get(&holder.account).filter(|user| user.status == UserStatus::Active)?;
    Some((user, Scopes::Only(scopes.to_vec())))
}

fn holder<'a>(world: &'a World, token: &str, email: Option<&str>) -> Option<(&'a User, Scopes)> {
    let fits = |user: &&User| {
        user.status == UserStatus::Active && email.is_none_or(|email| user.email.eq_ignore_ascii_case(email))
    };
    if let Some(issued) = world.tokens.get(token) {
        let user = world.site.users.get(&issued.account).filter(fits)?;
        return Some((user, Scopes::Only(issued.scopes.clone())));
    }
    if token.is_empty() {
        return None;
    }
    world.site.users.values().filter(|user| user.api_token == token).find(fits).map(|user| (user, Scopes::All))
}

fn caller(user: &User) -> Caller {
    Caller { account: user.account_id.clone(), admin: user.admin, time_zone: user.time_zone.clone() }
}
