//! Has data keys wrapped by an RSA key of Azure Key Vault, which never leaves it.
//!
//! RSA-OAEP wraps no associated data, so what is wrapped is the data key (32 bytes) and the first 16 bytes of
//! SHA-256 of the bound id, which is compared when it is unwrapped. Whoever has the public key can wrap a data key of
//! his own: that the store is whole is held by the store.

mod token;

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use futures_util::future::BoxFuture;
use reqwest::Request;
use secrecy::SecretString;
use secrecy::zeroize::Zeroizing;
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use url::Url;

use super::asking::{meaning, post_json, problem, read};
use super::wrapping::{data_key, decoded};
use super::{DataKey, KeepingError, KeyProvider, LENGTH, WrappedKey};
use crate::clock::Clock;
use crate::config::{AzureSettings, ProviderKind};
use crate::outside::{Outside, Said};
use token::Tokens;

/// How it is called in messages.
const NAME: &str = "Azure Key Vault";
/// The version of its interface.
const VERSION: &str = "api-version=7.4";
/// How it wraps.
const ALGORITHM: &str = "RSA-OAEP-256";
/// Bytes of what ties a data key to what it is bound to.
const BINDING: usize = 16;

/// An RSA key in Azure Key Vault. It is renewed there: what is wrapped from then on is wrapped with its newest version.
pub struct AzureKeyVault {
    key: Url,
    outside: Outside,
    tokens: Tokens,
}

/// What wraps and unwraps answer.
#[derive(Deserialize)]
struct Answer {
    /// The key with its version.
    kid: String,
    /// The result, base64url.
    value: String,
}

impl AzureKeyVault {
    /// The key of these settings.
    pub fn new(settings: AzureSettings, outside: Outside, clock: Arc<dyn Clock>) -> Self {
        let AzureSettings { key, resource, identity } = settings;
        let tokens = Tokens::new(identity, resource, outside.clone(), clock);
        Self { key, outside, tokens }
    }

    async fn wrapped(&self, key: &DataKey, bound: &str) -> Result<WrappedKey, KeepingError> {
        let tied = Zeroizing::new([key.expose().as_slice(), &binding(bound)].concat());
        let said = self.ask(&self.key, "wrapkey", &tied).await?;
        let answer: Answer = match said.status {
            200 => read(said, NAME)?,
            status => return Err(problem(NAME, refused(status, &said))),
        };
        let elsewhere = || problem(NAME, "its answer is of another key than `azure_key`");
        let kid = Url::parse(&answer.kid).ok().filter(|kid| self.is_version(kid)).ok_or_else(elsewhere)?;
        let bytes = URL_SAFE_NO_PAD.decode(answer.value.trim_end_matches('='));
        let bytes = bytes.map_err(|_| problem(NAME, "its answer cannot be understood"))?;
        let provider = ProviderKind::Azure.name().to_owned();
        Ok(WrappedKey { provider, key: kid.into(), wrapped: STANDARD.encode(bytes) })
    }

    async fn unwrapped(&self, wrapped: &WrappedKey, bound: &str) -> Result<DataKey, KeepingError> {
        let broken = || KeepingError::Broken { key: self.described() };
        let kid = Url::parse(&wrapped.key).map_err(|_| broken())?;
        if !self.is_neighbour(&kid) {
            return Err(KeepingError::Elsewhere {
                wanted: "a key of another vault in Azure".to_owned(),
                remedy: "name a key of that vault with `azure_key`",
            });
        }
        let bytes = decoded(&wrapped.wrapped).ok_or_else(broken)?;
        let said = self.ask(&kid, "unwrapkey", &bytes).await?;
        let answer: Answer = match said.status {
            200 => read(said, NAME)?,
            // What was not wrapped with the key is a bad parameter.
            400 => return Err(broken()),
            status => return Err(problem(NAME, refused(status, &said))),
        };
        let value = Zeroizing::new(answer.value);
        let tied = URL_SAFE_NO_PAD.decode(value.trim_end_matches('=')).map(Zeroizing::new).map_err(|_| broken())?;
        let (key, found) = tied.split_at_checked(LENGTH).ok_or_else(broken)?;
        if found == binding(bound) { data_key(key).ok_or_else(broken) } else { Err(broken()) }
    }

    /// Asks with a token, and once more with a new one where that is not accepted.
    async fn ask(&self, key: &Url, operation: &str, value: &[u8]) -> Result<Said, KeepingError> {
        let token = self.tokens.present().await?;
        let said = self.send(request(key, operation, value, &token)?).await?;
        if said.status != 401 {
            return Ok(said);
        }
        let token = self.tokens.after(&token).await?;
        self.send(request(key, operation, value, &token)?).await
    }

    async fn send(&self, request: Request) -> Result<Said, KeepingError> {
        self.outside.ask(request).await.map_err(|error| problem(NAME, error.to_string()))
    }

    /// Whether it is a key of the same vault, with its version.
    fn is_neighbour(&self, kid: &Url) -> bool {
        let plain = kid.username().is_empty() && kid.password().is_none() && kid.query().is_none();
        kid.origin() == self.key.origin() && plain && kid.fragment().is_none() && parts(kid).is_some()
    }

    /// Whether it is a version of the key itself.
    fn is_version(&self, kid: &Url) -> bool {
        let name = |url: &Url| url.path_segments().and_then(|mut parts| parts.nth(1).map(str::to_owned));
        let same = name(kid).zip(name(&self.key)).is_some_and(|(one, other)| one.eq_ignore_ascii_case(&other));
        same && self.is_neighbour(kid)
    }
}

/// Name and version of a key: `/keys/NAME/VERSION`.
fn parts(kid: &Url) -> Option<(&str, &str)> {
    let mut parts = kid.path_segments()?;
    let found = (parts.next()?, parts.next()?, parts.next()?);
    let fits = |part: &str| !part.is_empty() && part.chars().all(|sign| sign.is_ascii_alphanumeric() || sign == '-');
    let ("keys", name, version) = found else { return None };
    (parts.next().is_none() && fits(name) && fits(version)).then_some((name, version))
}

/// What ties a data key to what it is bound to.
fn binding(bound: &str) -> [u8; BINDING] {
    let mut binding = [0; BINDING];
    binding.iter_mut().zip(Sha256::digest(bound)).for_each(|(byte, hashed)| *byte = hashed);
    binding
}

fn request(key: &Url, operation: &str, value: &[u8], token: &SecretString) -> Result<Request, KeepingError> {
    let mut address = key.clone();
    // An address with a host has a path.
    if let Ok(mut path) = address.path_segments_mut() {
        path.pop_if_empty().push(operation);
    }
    address.set_query(Some(VERSION));
    let value = Zeroizing::new(URL_SAFE_NO_PAD.encode(value));
    let mut request = post_json(address, &json!({ "alg": ALGORITHM, "value": *value }));
    let (name, header) = token::bearer(token).map_err(|wrong| problem(NAME, wrong))?;
    request.headers_mut().insert(name, header);
    Ok(request)
}

fn refused(status: u16, said: &Said) -> String {
    match status {
        400 => "it does not take the request (status 400); `azure_key` must name an RSA key".to_owned(),
        401 => "it does not accept who asks (status 401); the identity must be of the vault's tenant".to_owned(),
        403 => {
            "whoever asks may not wrap and unwrap with the key (status 403); give it the role Key Vault Crypto User, \
            let it through the vault's firewall, and look whether the key is enabled"
                .to_owned()
        }
        404 => "there is no such key (status 404); look at `azure_key`".to_owned(),
        _ => meaning(status, &said.headers),
    }
}

impl KeyProvider for AzureKeyVault {
    fn described(&self) -> String {
        format!("the key `{}` in {NAME}", self.key)
    }

    fn wrap<'a>(&'a self, key: &'a DataKey, bound: &'a str) -> BoxFuture<'a, Result<WrappedKey, KeepingError>> {
        Box::pin(self.wrapped(key, bound))
    }

    fn unwrap<'a>(&'a self, wrapped: &'a WrappedKey, bound: &'a str) -> BoxFuture<'a, Result<DataKey, KeepingError>> {
        Box::pin(self.unwrapped(wrapped, bound))
    }
}
