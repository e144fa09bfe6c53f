//! Asks issuers for their keys: without credentials, without following redirects, and not for long.

use std::time::Duration;

use reqwest::header::{ACCEPT, CACHE_CONTROL};
use url::Url;

use super::discovery;
use super::verify::KeySet;
use super::{IdentityError, Reach};
use crate::people::Issuer;

/// An answer is never longer than this, in bytes.
const LONGEST: usize = 256 * 1024;

/// The way to issuers.
pub(super) struct Fetch {
    client: reqwest::Client,
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
    #[error("{}", root(.0))]
    Http(#[from] reqwest::Error),
    #[error("it did not answer in time")]
    Late,
    #[error("it answered with status {0}")]
    Status(u16),
    #[error("its answer is longer than 256 KiB")]
    Long,
    #[error("{0}")]
    Answer(&'static str),
}

impl Fetch {
    pub(super) fn new(reach: &Reach) -> Result<Self, IdentityError> {
        // Another part of the process may have chosen a provider before: any is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("sluice/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .no_gzip()
            .timeout(reach.patience)
            .no_proxy();
        // What is not encrypted stays on this machine.
        if let Some(proxy) = &reach.proxy {
            builder = builder.proxy(reqwest::Proxy::https(proxy.clone())?);
        }
        if let Some(pem) = &reach.authority {
            builder = builder.tls_certs_merge(reqwest::Certificate::from_pem_bundle(pem)?);
        }
        Ok(Self { client: builder.build()?, patience: reach.patience })
    }

    /// The keys of an issuer, from where its table or its discovery document says.
    pub(super) async fn keys(&self, issuer: &Issuer) -> Result<Fetched, Unfetched> {
        let fetched = tokio::time::timeout(self.patience, self.keys_at_leisure(issuer)).await;
        fetched.unwrap_or(Err(Unfetched::Late))
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
        let mut answer = self.client.get(address).header(ACCEPT, "application/json").send().await?;
        if answer.status() != reqwest::StatusCode::OK {
            return Err(Unfetched::Status(answer.status().as_u16()));
        }
        let age = answer.headers().get(CACHE_CONTROL).and_then(|value| age(value.to_str().ok()?));
        let mut text = Vec::new();
        while let Some(piece) = answer.chunk().await? {
            text.extend_from_slice(&piece);
            if text.len() > LONGEST {
                return Err(Unfetched::Long);
            }
        }
        Ok((text, age))
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

/// The innermost cause, which says what really happened.
fn root(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return Unfetched::Late.to_string();
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
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
