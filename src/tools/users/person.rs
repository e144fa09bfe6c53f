//! A person as tools answer it.

use schemars::JsonSchema;
use serde::Serialize;

use crate::confluence::model::User;
use crate::domain::text::{clean_text, quoted};
use crate::tools::answer::Text;

/// A person or app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(super) struct Person {
    /// Account id, as other tools take it.
    pub(super) account_id: String,
    /// Name shown to others; left out where privacy hides it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<String>,
    /// `active`, `inactive`, `closed` or `unknown`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) status: Option<String>,
    /// `atlassian` for people, `app` for apps.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub(super) kind: Option<String>,
    /// Address; left out where privacy hides it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) email: Option<String>,
    /// Time zone; left out where privacy hides it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) time_zone: Option<String>,
}

impl Person {
    /// The person of an answer, where it has an account.
    pub(super) fn of(user: &User) -> Option<Self> {
        let visible = |text: &str| Some(clean_text(text).text).filter(|text| !text.trim().is_empty());
        Some(Self {
            account_id: user.account_id.as_ref()?.to_string(),
            name: user.name().and_then(visible),
            status: user.account_status.as_deref().and_then(visible),
            kind: user.account_type.as_deref().and_then(visible),
            email: user.email.as_deref().and_then(visible),
            time_zone: user.time_zone.as_deref().and_then(visible),
        })
    }
}

impl Text for Person {
    fn text(&self) -> String {
        let mut facts =
            vec![format!("{} · account {}", quoted(self.name.as_deref().unwrap_or(""), 80), self.account_id)];
        facts.extend(self.kind.as_deref().map(|kind| quoted(kind, 20)));
        facts.extend(self.status.as_deref().map(|status| quoted(status, 20)));
        facts.extend(self.email.as_deref().map(|email| quoted(email, 120)));
        facts.extend(self.time_zone.as_deref().map(|zone| quoted(zone, 60)));
        facts.join(" · ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_whose_name_is_hidden_is_told_by_account() {
        let user: User = serde_json::from_value(serde_json::json!({
            "accountId": "5b1", "displayName": null, "publicName": "Ana\u{202e}", "email": null, "accountStatus": "active"
        }))
        .unwrap();
        let person = Person::of(&user).unwrap();
        assert_eq!(person.text(), "`Ana` · account 5b1 · `active`");
        let nobody: User = serde_json::from_value(serde_json::json!({})).unwrap();
        assert_eq!(Person::of(&nobody), None);
    }
}
