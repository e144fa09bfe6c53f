//! What a connection proves itself with; on disk it is always sealed.

use std::fmt;

use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What a connection proves itself with. Nothing prints it.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "method", deny_unknown_fields)]
pub enum Secrets {
    /// Of a grant.
    OAuth {
        /// Of the app.
        client: ClientSecrets,
        /// The present pair.
        tokens: Tokens,
        /// The refresh token of the pair before, for a while.
        former: Option<FormerToken>,
    },
    /// An API token, with or without scopes.
    ApiToken {
        /// The account's e-mail address.
        email: String,
        /// The token.
        token: Kept,
    },
    /// Of a service account.
    ServiceAccount {
        /// Of the service account.
        client: ClientSecrets,
        /// The present token.
        tokens: Tokens,
    },
}

/// What an app or a service account proves itself with.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientSecrets {
    /// Its id.
    pub id: String,
    /// Its secret.
    pub secret: Kept,
}

/// An access token and what renews it.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tokens {
    /// For the `Authorization` header.
    pub access: Kept,
    /// For the next pair; nothing for service accounts.
    pub refresh: Option<Kept>,
}

/// A refresh token that was exchanged a short while ago. The sign-in host takes it again for ten minutes, in case the
/// new pair was lost.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormerToken {
    /// It.
    pub refresh: Kept,
    /// From then on it is of no use.
    pub until: Timestamp,
}

/// A secret inside [`Secrets`]: text that is serialized only to be sealed.
#[derive(Clone)]
pub struct Kept(SecretString);

impl Kept {
    /// For who needs the text itself.
    pub const fn secret(&self) -> &SecretString {
        &self.0
    }
}

impl From<SecretString> for Kept {
    fn from(secret: SecretString) -> Self {
        Self(secret)
    }
}

impl Serialize for Kept {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.expose_secret())
    }
}

impl<'de> Deserialize<'de> for Kept {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(String::deserialize(deserializer)?.into()))
    }
}

impl fmt::Debug for Secrets {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secrets(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_do_not_print() {
        let secrets = Secrets::ApiToken { email: "a@b.example".into(), token: SecretString::from("canary").into() };
        assert_eq!(format!("{secrets:?}"), "Secrets(…)");
    }
}
