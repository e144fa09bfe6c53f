//! A connection: to which site, as whom, in what state.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};

/// Most characters of a name.
const LONGEST_NAME: usize = 40;

/// What people call a connection, such as `acme`: lower-case letters, digits and dashes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct ConnectionName(String);

/// A name that no connection can have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a connection's name has 1 to {LONGEST_NAME} lower-case letters, digits and dashes, and begins with none of the latter"
)]
pub struct NameError;

impl ConnectionName {
    /// As people write it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A name made of a site's address: `acme` of `https://acme.atlassian.net`.
    pub fn of_site(site: &str) -> Self {
        let host = site.split_once("://").map_or(site, |(_, host)| host);
        let first = host.split(['.', ':', '/']).next().unwrap_or_default().to_lowercase();
        let fitting: String = first.chars().filter(|sign| sign.is_ascii_alphanumeric() || *sign == '-').collect();
        let fitting: String = fitting.trim_start_matches('-').chars().take(LONGEST_NAME).collect();
        let is_number = fitting.bytes().all(|byte| byte.is_ascii_digit());
        if is_number { Self("site".to_owned()) } else { Self(fitting) }
    }

    /// The same with a number, where the name is taken.
    #[must_use]
    pub fn numbered(&self, number: usize) -> Self {
        let ending = format!("-{number}");
        let start: String = self.0.chars().take(LONGEST_NAME.saturating_sub(ending.len())).collect();
        Self(start + &ending)
    }
}

impl FromStr for ConnectionName {
    type Err = NameError;

    fn from_str(name: &str) -> Result<Self, NameError> {
        let fits = (1..=LONGEST_NAME).contains(&name.len())
            && !name.starts_with('-')
            && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        if fits { Ok(Self(name.to_owned())) } else { Err(NameError) }
    }
}

impl<'de> Deserialize<'de> for ConnectionName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl fmt::Display for ConnectionName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(&self.0)
    }
}

/// How a connection signs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// A person signed in and consented; the grant renews itself.
    #[serde(rename = "oauth")]
    OAuth,
    /// An account's API token, at the site's own host.
    ApiToken,
    /// An account's API token with scopes, at the gateway.
    ScopedApiToken,
    /// A service account's client credentials, at the gateway.
    ServiceAccount,
}

impl Method {
    /// In words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::OAuth => "OAuth",
            Self::ApiToken => "API token",
            Self::ScopedApiToken => "scoped API token",
            Self::ServiceAccount => "service account",
        }
    }
}

/// Everything about a connection that anyone with its file may see. It is sealed against changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// Random, never given twice: what belongs to the connection is kept under it.
    pub id: String,
    /// What people call it.
    pub name: ConnectionName,
    /// How it signs in.
    pub method: Method,
    /// The site and its account.
    pub place: Place,
    /// Where tokens are renewed; nothing for API tokens.
    pub auth_host: Option<String>,
    /// What the tokens may be used for; empty where nobody says.
    pub scopes: Vec<String>,
    /// When it was made, or a person signed in again.
    pub connected_at: Timestamp,
    /// When the present access token was given, and when it ends.
    pub access: Option<Access>,
    /// Goes up with each renewal.
    pub generation: u64,
    /// Whether it can be used.
    pub state: State,
}

/// A site, and the account it is used by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// Base of the links people open, such as `https://acme.atlassian.net`.
    pub site: String,
    /// Its id at the gateway; nothing where requests go to the site itself.
    pub cloud_id: Option<String>,
    /// The gateway's base address, where requests go there.
    pub gateway: Option<String>,
    /// Atlassian's id of the account.
    pub account_id: String,
    /// Its name when it was connected.
    pub account_name: String,
}

/// From when to when an access token holds, by this machine's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Access {
    /// When it was given.
    pub given_at: Timestamp,
    /// When it ends.
    pub ends_at: Timestamp,
}

/// Whether a connection can be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state", deny_unknown_fields)]
pub enum State {
    /// It can.
    Connected,
    /// It could not be renewed for some reason that may pass.
    Failing {
        /// Since when.
        since: Timestamp,
        /// The latest reason.
        why: String,
    },
    /// Somebody has to sign in again.
    ReconnectNeeded {
        /// Since when.
        since: Timestamp,
        /// Why.
        why: String,
    },
}

impl State {
    /// In a word.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Connected => "connected",
            Self::Failing { .. } => "failing",
            Self::ReconnectNeeded { .. } => "reconnect needed",
        }
    }
}

impl Record {
    /// In words: how it signs in and as whom. The account's id is part of it, since a name may be given to another.
    pub fn signed_in_with(&self) -> String {
        format!("{} `{}` of account {}", self.method.words(), self.name, self.place.account_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_gives_its_connection_a_name() {
        for (site, name) in [
            ("https://acme.atlassian.net", "acme"),
            ("https://Acme-2.atlassian.net/wiki", "acme-2"),
            ("http://127.0.0.1:8090", "site"),
            ("http://localhost:8090", "localhost"),
            ("https://-.example", "site"),
        ] {
            let made = ConnectionName::of_site(site);
            assert_eq!(made.as_str(), name, "{site}");
            assert_eq!(made.as_str().parse(), Ok(made), "{site}");
        }
        let long = ConnectionName::of_site(&format!("https://{}.example", "a".repeat(60)));
        assert_eq!(long.numbered(12).as_str().len(), LONGEST_NAME);
    }

    #[test]
    fn names_with_which_a_path_could_be_left_are_none() {
        for name in ["", "-a", "a/b", "..", "a.b", "A", "ä", "a\0", &"a".repeat(41)] {
            assert_eq!(name.parse::<ConnectionName>(), Err(NameError), "{name}");
        }
    }
}
