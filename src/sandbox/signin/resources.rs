//! What a token opens: the sites behind it, and the person.

use axum::http::header::AUTHORIZATION;
use serde_json::{Value, json};

use super::Visit;
use crate::sandbox::server::answer::{Answer, Dialect, Failure};
use crate::sandbox::server::world::{Tenant, World};

/// A site of the account that has no Confluence.
pub(super) const JIRA_ONLY: &str = "9d1f4b7a-2c64-4e0b-8a3d-0000000000aa";

/// Answers `GET /oauth/token/accessible-resources`.
pub(super) fn accessible(visit: &Visit<'_>, world: &mut World) -> Answer {
    let Some((account, scopes)) = bearer(visit, world) else { return refused("Unauthorized") };
    if let Some(resources) = &world.sign_in.steering.resources {
        return Answer::ok(resources.clone());
    }
    let confluence: Vec<&String> = scopes.iter().filter(|scope| scope.contains("confluence")).collect();
    let entry = |id: &str, name: &str, url: &str, scopes: Value| {
        let avatar = format!("{url}/avatar.png");
        json!({ "id": id, "name": name, "url": url, "scopes": scopes, "avatarUrl": avatar })
    };
    let mut entries = Vec::new();
    for tenant in Tenant::ALL {
        let base = (visit.bases)(tenant);
        let url = base.trim_end_matches("/wiki");
        let member = world.at(tenant, |world| world.site.users.contains_key(&account));
        if member && !confluence.is_empty() {
            entries.push(entry(tenant.cloud_id(), tenant.name(), url, json!(confluence)));
        }
        if tenant == Tenant::First {
            // The same site once more, for another product.
            entries.push(entry(tenant.cloud_id(), tenant.name(), url, json!(["read:jira-work", "read:jira-user"])));
        }
    }
    entries.push(entry(JIRA_ONLY, "no-confluence", "https://no-confluence.example", json!(["read:jira-work"])));
    Answer::ok(entries.into())
}

/// Answers `GET /me`.
pub(super) fn me(visit: &Visit<'_>, world: &mut World) -> Answer {
    let Some((account, scopes)) = bearer(visit, world) else { return refused("Unauthorized") };
    if !scopes.iter().any(|scope| scope == "read:me") {
        return refused("Unauthorized; scope does not match");
    }
    let account = world.sign_in.steering.current_account.clone().unwrap_or(account);
    let Some(user) = world.site.users.get(&account) else { return refused("Unauthorized") };
    Answer::ok(json!({
        "account_type": "atlassian",
        "account_id": user.account_id,
        "email": user.email,
        "name": user.display_name,
        "picture": format!("{}/aa-avatar/default", (visit.bases)(Tenant::First)),
        "account_status": "active",
        "zoneinfo": user.time_zone,
    }))
}

/// Account and scopes of an access token; no other credential opens these addresses.
fn bearer(visit: &Visit<'_>, world: &World) -> Option<(String, Vec<String>)> {
    let (scheme, token) = visit.headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let (holder, scopes) = world.sign_in.grants.holder(token.trim(), visit.now)?;
    scheme.eq_ignore_ascii_case("bearer").then(|| (holder.account.clone(), scopes.to_vec()))
}

fn refused(title: &str) -> Answer {
    Failure::unauthorized(title).answer(Dialect::Gateway)
}
