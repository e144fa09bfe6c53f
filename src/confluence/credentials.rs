//! What Sluice signs in with: an API token or a bearer token, kept so that nothing prints it.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::future::{BoxFuture, FutureExt as _};
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret as _, SecretString};

use super::failure::Failure;

/// Says who we are, for each request anew, so that a token can be renewed in between.
pub trait Credentials: Send + Sync {
    /// The `Authorization` header of the next request.
    fn authorization(&self) -> BoxFuture<'_, Result<Authorization, Failure>>;

    /// Confluence answered 401 to a request with this header, for the first or another time; it did not carry the
    /// request out. What to do with the request now.
    fn refused<'a>(
        &'a self,
        authorization: &'a Authorization,
        attempt: Refusal,
    ) -> BoxFuture<'a, Result<Remedy, Failure>>;

    /// Which of Atlassian's allowances requests are counted against.
    fn allowance(&self) -> Allowance;
}

/// How often Confluence has answered 401 to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Once.
    First,
    /// Again, when it was sent once more.
    Second,
}

/// What to do with a request that was answered 401.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// Nothing helps.
    None,
    /// Send it once more, with the `Authorization` there is now.
    SendAgain,
}

/// What Atlassian counts requests against, besides the burst limits everyone has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allowance {
    /// Burst limits alone: API tokens.
    BurstOnly,
    /// An hourly quota of points: OAuth apps.
    HourlyPoints,
}

/// The value of an `Authorization` header; it cannot be printed.
#[derive(Clone)]
pub struct Authorization {
    value: HeaderValue,
    /// Which of the tokens that came one after the other it holds.
    generation: u64,
}

impl Authorization {
    /// A header value that stays out of every log.
    pub fn new(value: &SecretString) -> Result<Self, CredentialError> {
        let mut value = HeaderValue::from_str(value.expose_secret()).map_err(|_| CredentialError::Token)?;
        value.set_sensitive(true);
        Ok(Self { value, generation: 0 })
    }

    /// The same, with the number of its token.
    #[must_use]
    pub const fn of_generation(mut self, generation: u64) -> Self {
        self.generation = generation;
        self
    }

    /// The number of its token; 0 where there is only one.
    pub const fn generation(&self) -> u64 {
        self.generation
    }

    pub(in crate::confluence) fn header(&self) -> HeaderValue {
        self.value.clone()
    }
}

impl fmt::Debug for Authorization {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Authorization(…)")
    }
}

/// A credential that cannot be right; it is not repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CredentialError {
    /// The e-mail address is empty or holds a colon or control character.
    #[error("the e-mail address of the API token is empty or holds a colon or a control character")]
    Email,
    /// The token is empty or holds characters no token has.
    #[error("the token is empty or holds spaces or characters outside ASCII")]
    Token,
}

/// An Atlassian account's e-mail address and API token: on the site host, or on the gateway where the token has scopes.
pub struct ApiToken {
    email: String,
    token: SecretString,
}

impl ApiToken {
    /// Checks what can be checked without asking.
    pub fn new(email: &str, token: SecretString) -> Result<Self, CredentialError> {
        if email.is_empty() || email.chars().any(|sign| sign == ':' || sign.is_control()) {
            return Err(CredentialError::Email);
        }
        check(&token)?;
        Ok(Self { email: email.into(), token })
    }
}

impl Credentials for ApiToken {
    fn authorization(&self) -> BoxFuture<'_, Result<Authorization, Failure>> {
        let pair = SecretString::from(format!("{}:{}", self.email, self.token.expose_secret()));
        let value = SecretString::from(format!("Basic {}", STANDARD.encode(pair.expose_secret())));
        let authorization = Authorization::new(&value).map_err(|_| Failure::Bug { what: "unsendable credentials" });
        async { authorization }.boxed()
    }

    fn refused<'a>(&'a self, _: &'a Authorization, _: Refusal) -> BoxFuture<'a, Result<Remedy, Failure>> {
        async { Ok(Remedy::None) }.boxed()
    }

    fn allowance(&self) -> Allowance {
        Allowance::BurstOnly
    }
}

impl fmt::Debug for ApiToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ApiToken(…)")
    }
}

/// A bearer token that somebody else renews: on the gateway.
pub struct Bearer {
    token: SecretString,
}

impl Bearer {
    /// Checks what can be checked without asking.
    pub fn new(token: SecretString) -> Result<Self, CredentialError> {
        check(&token)?;
        Ok(Self { token })
    }
}

impl Credentials for Bearer {
    fn authorization(&self) -> BoxFuture<'_, Result<Authorization, Failure>> {
        let value = SecretString::from(format!("Bearer {}", self.token.expose_secret()));
        let authorization = Authorization::new(&value).map_err(|_| Failure::Bug { what: "unsendable credentials" });
        async { authorization }.boxed()
    }

    fn refused<'a>(&'a self, _: &'a Authorization, _: Refusal) -> BoxFuture<'a, Result<Remedy, Failure>> {
        async { Ok(Remedy::None) }.boxed()
    }

    fn allowance(&self) -> Allowance {
        Allowance::HourlyPoints
    }
}

impl fmt::Debug for Bearer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Bearer(…)")
    }
}

fn check(token: &SecretString) -> Result<(), CredentialError> {
    let token = token.expose_secret();
    if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(CredentialError::Token);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const CANARY: &str = "canary-4711";

    #[tokio::test]
    async fn an_api_token_goes_as_basic_and_a_bearer_token_as_bearer() {
        let token = ApiToken::new("admin@example.com", CANARY.into()).unwrap();
        let header = token.authorization().await.unwrap().header();
        assert_eq!(header, "Basic YWRtaW5AZXhhbXBsZS5jb206Y2FuYXJ5LTQ3MTE=");
        let header = Bearer::new(CANARY.into()).unwrap().authorization().await.unwrap().header();
        assert_eq!(header, "Bearer canary-4711");
    }

    #[tokio::test]
    async fn nothing_prints_a_token() {
        let api_token = ApiToken::new("a@b.example", CANARY.into()).unwrap();
        let bearer = Bearer::new(CANARY.into()).unwrap();
        let header = bearer.authorization().await.unwrap();
        let printed = format!("{api_token:?} {bearer:?} {header:?} {:?}", header.header());
        assert!(!printed.contains(CANARY) && !printed.contains("a@b.example"), "{printed}");
    }

    #[test]
    fn tokens_that_cannot_be_right_are_refused_without_repeating_them() {
        for token in ["", "a b", "a\nb", "ä"] {
            assert_eq!(Bearer::new(token.into()).unwrap_err(), CredentialError::Token);
            assert_eq!(ApiToken::new("a@b.example", token.into()).unwrap_err(), CredentialError::Token);
        }
        for email in ["", "a:b", "a\r\nb"] {
            assert_eq!(ApiToken::new(email, CANARY.into()).unwrap_err(), CredentialError::Email);
        }
    }
}
