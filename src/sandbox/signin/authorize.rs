//! `/authorize`: a person is asked, and the browser goes back to the app with a code or a refusal.

use std::collections::BTreeMap;

use url::Url;

use super::grants::{Code, Holder};
use super::{Visit, page};
use crate::sandbox::model::{User, UserStatus};
use crate::sandbox::server::answer::Answer;
use crate::sandbox::server::world::{Tenant, World};

/// What every app asks with; all of it is required of an app at Atlassian.
pub(super) const REQUIRED: [&str; 7] =
    ["audience", "client_id", "scope", "redirect_uri", "state", "response_type", "prompt"];
/// What it may send besides (RFC 7636 §4.3).
pub(super) const CHALLENGE: [&str; 2] = ["code_challenge", "code_challenge_method"];

/// A request for consent that may be shown to a person.
pub(super) struct Wish {
    fields: BTreeMap<String, String>,
    /// The app's name.
    pub(super) app: String,
}

impl Wish {
    /// The last value of a parameter; empty if absent.
    pub(super) fn field(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }

    pub(super) fn scopes(&self) -> impl Iterator<Item = &str> {
        self.field("scope").split_whitespace()
    }

    fn read(encoded: &[u8], world: &World) -> Result<Self, Answer> {
        let fields: BTreeMap<String, String> = url::form_urlencoded::parse(encoded).into_owned().collect();
        let mut wish = Self { fields, app: String::new() };
        let app = world.sign_in.apps.apps.get(wish.field("client_id"));
        let app = app.ok_or_else(|| page::error("There is no app with this client_id."))?;
        wish.app.clone_from(&app.name);
        if wish.field("redirect_uri") != app.callback {
            return Err(page::error("The redirect_uri is not the callback that is registered for the app."));
        }
        if let Some(missing) = REQUIRED.iter().find(|name| wish.field(name).is_empty()) {
            return Err(page::error(&format!("The parameter {missing} is missing.")));
        }
        let fixed = [("audience", "api.atlassian.com"), ("response_type", "code"), ("prompt", "consent")];
        if let Some((name, value)) = fixed.iter().find(|(name, value)| wish.field(name) != *value) {
            return Err(page::error(&format!("The parameter {name} must be {value}.")));
        }
        if !wish.field("code_challenge").is_empty() && wish.field("code_challenge_method") != "S256" {
            return Err(page::error("The parameter code_challenge_method must be S256."));
        }
        Ok(wish)
    }

    /// Back to the app with these parameters and the state.
    fn back(&self, parameters: &[(&str, &str)]) -> Answer {
        let Ok(mut address) = Url::parse(self.field("redirect_uri")) else {
            return page::error("The callback that is registered for the app is no URL.");
        };
        address.query_pairs_mut().extend_pairs(parameters).append_pair("state", self.field("state"));
        Answer::empty(302).with("location", address).with("cache-control", "no-store")
    }

    fn accepted(&self, account: &str, visit: &Visit<'_>, world: &mut World) -> Answer {
        if !people(world).any(|user| user.account_id == account) {
            return page::error("There is no such account to sign in with.");
        }
        let holder = Holder { client: self.field("client_id").to_owned(), account: account.to_owned() };
        let grants = &mut world.sign_in.grants;
        grants.grant(holder.clone(), self.scopes().map(str::to_owned).collect());
        let challenge = Some(self.field("code_challenge")).filter(|challenge| !challenge.is_empty());
        let code = grants.issue_code(Code {
            holder,
            redirect: self.field("redirect_uri").to_owned(),
            challenge: challenge.map(str::to_owned),
            made: visit.now,
        });
        self.back(&[("code", &code)])
    }
}

/// Answers `GET /authorize`: with the page, or at once where consent is given without asking.
pub(super) fn ask(visit: &Visit<'_>, world: &mut World) -> Answer {
    let wish = match Wish::read(visit.query.as_bytes(), world) {
        Ok(wish) => wish,
        Err(page) => return page,
    };
    if let Some(account) = world.sign_in.steering.auto_consent.clone() {
        return wish.accepted(&account, visit, world);
    }
    let accounts: Vec<&User> = people(world).collect();
    let sites = Tenant::ALL.map(|tenant| (tenant.name(), (visit.bases)(tenant)));
    page::consent(&wish, &accounts, &sites)
}

/// Answers `POST /authorize`: the decision of the person.
pub(super) fn decide(visit: &Visit<'_>, world: &mut World) -> Answer {
    let wish = match Wish::read(visit.body, world) {
        Ok(wish) => wish,
        Err(page) => return page,
    };
    match wish.field("decision") {
        "accept" => wish.accepted(wish.field("account"), visit, world),
        "cancel" => {
            let description = "User did not authorize the request";
            wish.back(&[("error", "access_denied"), ("error_description", description)])
        }
        _ => page::error("The decision must be accept or cancel."),
    }
}

/// Who can be signed in with: whoever has a token of the first site.
fn people(world: &World) -> impl Iterator<Item = &User> {
    world.site.users.values().filter(|user| user.status == UserStatus::Active && !user.api_token.is_empty())
}
