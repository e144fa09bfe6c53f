//! People as Confluence answers them.

use serde::Deserialize;

use crate::domain::ids::AccountId;

/// A person, by v2 (`users-bulk`) or v1 (`user`, `user/current`, `search/user`).
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct User {
    /// The account.
    #[serde(default)]
    pub account_id: Option<AccountId>,
    /// `atlassian`, `app`, ….
    #[serde(default)]
    pub account_type: Option<String>,
    /// `active`, `inactive`, `closed`, `unknown` (v2 only).
    #[serde(default)]
    pub account_status: Option<String>,
    /// The name shown to others; null by privacy.
    #[serde(default)]
    pub display_name: Option<String>,
    /// The public name.
    #[serde(default)]
    pub public_name: Option<String>,
    /// The address; null by privacy.
    #[serde(default)]
    pub email: Option<String>,
    /// The time zone; null by privacy.
    #[serde(default)]
    pub time_zone: Option<String>,
}

impl User {
    /// The name to show: display name, else public name.
    pub fn name(&self) -> Option<&str> {
        let shown = |name: &'_ Option<String>| name.as_deref().is_some_and(|name| !name.trim().is_empty());
        if shown(&self.display_name) { self.display_name.as_deref() } else { self.public_name.as_deref() }
    }
}
