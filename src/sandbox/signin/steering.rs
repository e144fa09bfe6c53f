//! How tests steer the sign-in side and the clock, from Rust and over HTTP.

use axum::body::Bytes;
use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::Value;

use super::apps::{App, ServiceAccount};
use super::grants::Holder;
use crate::sandbox::model::Site;
use crate::sandbox::server::answer::Answer;
use crate::sandbox::server::desk::read;
use crate::sandbox::server::world::Issued;
use crate::sandbox::server::{Sandbox, Shared, Tenant};

/// Deviations of the sign-in side, until others are set or the sandbox is reset.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Steering {
    /// The account that consents at once, without a page; absent: people are asked.
    pub auto_consent: Option<String>,
    /// Whether refreshes leave the refresh token as it is and answer none.
    pub withhold_refresh_tokens: bool,
    /// Seconds added to the announced `expires_in`; tokens end after an hour all the same.
    pub expires_in_skew: i64,
    /// What `accessible-resources` answers instead of the sites, such as an empty list.
    pub resources: Option<Value>,
    /// The account that `/me` and the current-user operation of bearers name instead of the token's own.
    pub current_account: Option<String>,
}

/// Which grants are withdrawn.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Revocation {
    /// Those of this client; absent: of any.
    pub client_id: Option<String>,
    /// Those of this account; absent: of any.
    pub account: Option<String>,
}

impl Revocation {
    fn matches(&self, holder: &Holder) -> bool {
        self.client_id.as_ref().is_none_or(|client| *client == holder.client)
            && self.account.as_ref().is_none_or(|account| *account == holder.account)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance_seconds: i64,
}

impl Sandbox {
    /// Reads or edits the second site directly, without permissions.
    pub fn with_second_site<T>(&self, edit: impl FnOnce(&mut Site) -> T) -> T {
        self.shared.world().at(Tenant::Second, |world| edit(&mut world.site))
    }

    /// `http://127.0.0.1:40213`, to which `/wiki/…` of the second site is added.
    pub fn second_url(&self) -> String {
        self.shared.second_base.trim_end_matches("/wiki").to_owned()
    }

    /// Makes a token of an account for the gateway that may do no more than these scopes.
    pub fn issue_token(&self, account: &str, scopes: &[&str]) -> String {
        let mut world = self.shared.world();
        let token = format!("issued-token-{}", world.tokens.len() + 1);
        let scopes = scopes.iter().map(|&scope| scope.to_owned()).collect();
        let issued = Issued { account: account.to_owned(), scopes, basic_only: false };
        world.tokens.insert(token.clone(), issued);
        token
    }

    /// Moves the clock: later requests come this much later than the given clock says.
    pub fn advance(&self, time: SignedDuration) {
        self.shared.advance(time.as_secs());
    }

    /// Sets all deviations of the sign-in side; the default is none.
    pub fn steer(&self, steering: Steering) {
        self.shared.world().sign_in.steering = steering;
    }

    /// Registers another app, or changes the one with that client id.
    pub fn register_app(&self, app: App) {
        self.shared.world().sign_in.apps.register(app);
    }

    /// Registers another service account, or changes the one with that client id.
    pub fn register_service_account(&self, service: ServiceAccount) {
        self.shared.world().sign_in.apps.services.insert(service.client_id.clone(), service);
    }

    /// Withdraws consent: refresh tokens become unknown, access tokens end at once.
    pub fn revoke(&self, revocation: &Revocation) {
        self.shared.world().sign_in.grants.revoke(|holder| revocation.matches(holder));
    }
}

/// Answers an address of the desk that steers the sign-in side or the clock; `None` for every other.
pub(crate) fn answer(shared: &Shared, path: &str, body: &Bytes) -> Option<Answer> {
    let done = match path {
        "/_sandbox/clock" => read::<Advance>(body).map(|advance| shared.advance(advance.advance_seconds)),
        "/_sandbox/signin" => read(body).map(|steering| shared.world().sign_in.steering = steering),
        "/_sandbox/apps" => read(body).map(|app| shared.world().sign_in.apps.register(app)),
        "/_sandbox/service-accounts" => read::<ServiceAccount>(body).map(|service| {
            shared.world().sign_in.apps.services.insert(service.client_id.clone(), service);
        }),
        "/_sandbox/revoke" => read::<Revocation>(body)
            .map(|revocation| shared.world().sign_in.grants.revoke(|holder| revocation.matches(holder))),
        _ => return None,
    };
    Some(done.map_or_else(|refusal| refusal, |()| Answer::empty(204)))
}
