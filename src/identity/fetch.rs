//! Asks issuers for their keys: without credentials, without following redirects, and not for long.

use std::time::Duration;

use reqwest::header::{ACCEPT, CACHE_CONTROL, HeaderValue};
use reqwest::{Method, Request};
use url::Url;

use super::discovery;
use super::verify::KeySet;
use super::{IdentityError, Reach};
use crate::config::WayOut;
use crate::outside::{Outside, OutsideError, Said};
use crate::people::Issuer;

/// The way to issuers.
pub(super) struct Fetch {
    outside: Outside,
    patience: Duration,
}

/// Keys as an issuer gave them.
pub(super) struct Fetched {
    /// The keys.
    pub(super) set: KeySet,
    /// How long they are good for, where the answer says so.
    pub(super) age: Option<Duration>,
}

/// Why there are no keys.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unfetched {
    #[error(transparent)]
    Outside(#[from] OutsideError),
    #[error("it answered with status {0}")]
    Status(u16),
    #[error("{0}")]
    Answer(&'static str),
}

impl Fetch {
    pub(super) fn new(reach: &Reach) -> Result<Self, IdentityError> {
        let way = WayOut { proxy: reach.proxy.clone(), authority: reach.authority.clone() };
        Ok(Self { outside: Outside::new(&way, reach.patience)?, patience: reach.patience })
    }

    /// The keys of an issuer, from where its table or its discovery document says.
    pub(super) async fn keys(&self, issuer: &Issuer) -> Result<Fetched, Unfetched> {
        let fetched = tokio::time::timeout(self.patience, self.keys_at_leisure(issuer)).await;
        fetched.unwrap_or(Err(OutsideError::Late.into()))
    }

    async fn keys_at_leisure(&self, issuer: &Issuer) -> Result<Fetched, Unfetched> {
        let address = match &issuer.jwks_uri {
            Some(address) => address.clone(),
            None => self.discovered(issuer).await?,
        };
        let (text, age) = self.text(address).await?;
        Ok(Fetched { set: KeySet::read(&text).map_err(Unfetched::Answer)?, age })
    }

    async fn discovered(&self, issuer: &Issuer) -> Result<Url, Unfetched> {
        let mut problem = Unfetched::Answer("it has no address");
        for address in discovery::addresses(&issuer.issuer) {
            let found = self
                .text(address)
                .await
                .and_then(|(text, _)| discovery::keys_address(&text, &issuer.issuer).map_err(Unfetched::Answer));
            match found {
                Ok(address) => return Ok(address),
                Err(error) => problem = error,
            }
        }
        Err(problem)
    }

    async fn text(&self, address: Url) -> Result<(Vec<u8>, Option<Duration>), Unfetched> {
        let mut request = Request::new(Method::GET, address);
        request.headers_mut().insert(ACCEPT, HeaderValue::from_static("application/json"));
        let Said { status, headers, body } = self.outside.ask(request).await?;
        if status != 200 {
            return Err(Unfetched::Status(status));
        }
        Ok((body, headers.get(CACHE_CONTROL).and_then(|value| age(value.to_str().ok()?))))
    }
}

/// How long an answer is good for (RFC 9111 section 5.2.2).
fn age(control: &str) -> Option<Duration> {
    let words = || control.split(',').map(|word| word.trim().to_ascii_lowercase());
    if words().any(|word| word == "no-store" || word == "no-cache") {
        return Some(Duration::ZERO);
    }
    let seconds = words().find_map(|word| word.strip_prefix("max-age=")?.trim_matches('"').parse().ok());
    seconds.map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_says_how_long_it_is_good_for() {
        assert_eq!(age("public, Max-Age=90"), Some(Duration::from_secs(90)));
        assert_eq!(age("max-age=90, no-store"), Some(Duration::ZERO));
        for none in ["", "public", "max-age=x", "max-age=-1", "s-maxage=9"] {
            assert_eq!(age(none), None, "{none}");
        }
    }
}
