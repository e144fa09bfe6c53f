//! The sign-in side of Atlassian: consent, tokens and their rotation, and what a token opens.

pub(crate) mod apps;
mod authorize;
mod exchange;
pub(crate) mod grants;
mod page;
mod resources;
mod steering;

use axum::body::Bytes;
use axum::http::HeaderMap;
use jiff::Timestamp;

pub use apps::{
    App, CALLBACK, CLIENT_ID, CLIENT_SECRET, SCOPED_TOKEN, SCOPES, SERVICE_CLIENT_ID, SERVICE_CLIENT_SECRET,
    ServiceAccount,
};
pub(crate) use steering::answer;
pub use steering::{Revocation, Steering};

use self::apps::Apps;
use self::grants::Grants;
use super::server::answer::Answer;
use super::server::world::{Tenant, World};

/// Everything the sign-in side remembers.
pub(crate) struct SignIn {
    pub(crate) apps: Apps,
    pub(crate) grants: Grants,
    pub(crate) steering: Steering,
}

impl SignIn {
    /// The app and the service account every sandbox starts with; the latter acts as that account.
    pub(crate) fn new(service: &str) -> Self {
        Self { apps: Apps::new(service), grants: Grants::default(), steering: Steering::default() }
    }
}

/// A request to the sign-in side.
pub(crate) struct Visit<'a> {
    pub(crate) query: &'a str,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a Bytes,
    pub(crate) now: Timestamp,
    /// Where each site is, with `/wiki`.
    pub(crate) bases: &'a dyn Fn(Tenant) -> String,
}

/// What answers an address of the sign-in side.
pub(crate) type Run = fn(&Visit<'_>, &mut World) -> Answer;

/// One address of the sign-in side.
pub(crate) struct Address {
    method: &'static str,
    path: &'static str,
    pub(crate) run: Run,
}

const ADDRESSES: [Address; 5] = [
    Address { method: "GET", path: "/authorize", run: authorize::ask },
    Address { method: "POST", path: "/authorize", run: authorize::decide },
    Address { method: "POST", path: "/oauth/token", run: exchange::exchange },
    Address { method: "GET", path: "/oauth/token/accessible-resources", run: resources::accessible },
    Address { method: "GET", path: "/me", run: resources::me },
];

/// The address of the sign-in side that a request goes to.
pub(crate) fn find(method: &str, path: &str) -> Option<&'static Address> {
    ADDRESSES.iter().find(|address| address.method == method && address.path == path)
}

/// The name under which a request is counted and spoilt: exchanges say after a `#` which kind they are.
pub(crate) fn template(address: &Address, headers: &HeaderMap, body: &Bytes) -> String {
    let kind = if address.path == "/oauth/token" { exchange::kind(headers, body) } else { "" };
    format!("{} {}{kind}", address.method, address.path)
}
