//! Has data keys wrapped by a key of Vault's transit engine, which never leaves it.
//!
//! The bound id is the associated data, which keys of the types aes128-gcm96, aes256-gcm96 and chacha20-poly1305 take.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::future::BoxFuture;
use reqwest::header::HeaderValue;
use secrecy::zeroize::Zeroizing;
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::asking::{meaning, post_json, problem, read, secret_header, token_in};
use super::wrapping::{data_key, decoded};
use super::{DataKey, KeepingError, KeyProvider, WrappedKey};
use crate::config::{ProviderKind, VaultSettings, VaultToken};
use crate::outside::{Outside, Said};

/// How it is called in messages.
const NAME: &str = "HashiCorp Vault";
/// How a ciphertext begins; its version and its base64 follow.
const CIPHERTEXT: &str = "vault:v";

/// A key of the transit engine.
pub struct Vault {
    settings: VaultSettings,
    outside: Outside,
}

/// What it answers.
#[derive(Deserialize)]
struct Answer<T> {
    data: T,
}

#[derive(Deserialize)]
struct Encrypted {
    ciphertext: String,
}

#[derive(Deserialize)]
struct Decrypted {
    plaintext: String,
}

impl Vault {
    /// The key of these settings.
    pub fn new(settings: VaultSettings, outside: Outside) -> Self {
        Self { settings, outside }
    }

    async fn wrapped(&self, key: &DataKey, bound: &str) -> Result<WrappedKey, KeepingError> {
        let plaintext = Zeroizing::new(STANDARD.encode(key.expose()));
        let body = json!({ "plaintext": *plaintext, "associated_data": STANDARD.encode(bound) });
        let VaultSettings { mount, name, .. } = &self.settings;
        let said = self.ask(&["encrypt", name], &body).await?;
        let answer: Answer<Encrypted> = match said.status {
            200 => read(said, NAME)?,
            _ => return Err(problem(NAME, refused(&said, &format!("{mount}/encrypt/{name}")))),
        };
        let parts = answer.data.ciphertext.strip_prefix(CIPHERTEXT).and_then(|rest| rest.split_once(':'));
        let parts = parts.filter(|(version, wrapped)| version.parse::<u64>().is_ok() && decoded(wrapped).is_some());
        let (version, wrapped) = parts.ok_or_else(|| problem(NAME, "its answer cannot be understood"))?;
        let provider = ProviderKind::Vault.name().to_owned();
        Ok(WrappedKey { provider, key: format!("{mount}/{name}:v{version}"), wrapped: wrapped.to_owned() })
    }

    async fn unwrapped(&self, wrapped: &WrappedKey, bound: &str) -> Result<DataKey, KeepingError> {
        let broken = || KeepingError::Broken { key: self.described() };
        let (path, version) = wrapped.key.rsplit_once(":v").ok_or_else(broken)?;
        let (mount, name) = path.rsplit_once('/').ok_or_else(broken)?;
        let version: u64 = version.parse().map_err(|_| broken())?;
        decoded(&wrapped.wrapped).ok_or_else(broken)?;
        if mount != self.settings.mount {
            return Err(KeepingError::Elsewhere {
                wanted: "a key of another engine of HashiCorp Vault".to_owned(),
                remedy: "name a key of that engine with `vault_key`, as mount/name",
            });
        }
        let ciphertext = format!("{CIPHERTEXT}{version}:{}", wrapped.wrapped);
        let body = json!({ "ciphertext": ciphertext, "associated_data": STANDARD.encode(bound) });
        let said = self.ask(&["decrypt", name], &body).await?;
        let answer: Answer<Decrypted> = match said.status {
            200 => read(said, NAME)?,
            400 => return Err(broken()),
            _ => return Err(problem(NAME, refused(&said, &format!("{mount}/decrypt/{name}")))),
        };
        let plaintext = Zeroizing::new(answer.data.plaintext);
        let bytes = STANDARD.decode(plaintext.as_str()).map(Zeroizing::new).map_err(|_| broken())?;
        data_key(&bytes).ok_or_else(broken)
    }

    async fn renewed(&self) -> Result<(), KeepingError> {
        let VaultSettings { mount, name, .. } = &self.settings;
        let said = self.ask(&["keys", name, "rotate"], &json!({})).await?;
        match said.status {
            200 | 204 => Ok(()),
            _ => Err(problem(NAME, refused(&said, &format!("{mount}/keys/{name}/rotate")))),
        }
    }

    /// Asks the engine for that.
    async fn ask(&self, path: &[&str], body: &Value) -> Result<Said, KeepingError> {
        let VaultSettings { address, mount, namespace, token, .. } = &self.settings;
        let mut request = post_json(beneath(address, mount, path), body);
        let token = match token {
            VaultToken::Value(token) => token.clone(),
            VaultToken::File(path) => token_in(path).await.map_err(|wrong| problem(NAME, wrong))?,
        };
        let (name, header) = secret_header("x-vault-token", &token).map_err(|wrong| problem(NAME, wrong))?;
        request.headers_mut().insert(name, header);
        // Agents of Vault may insist on it: no web page can send it.
        request.headers_mut().insert("x-vault-request", HeaderValue::from_static("true"));
        if let Some(namespace) = namespace {
            let header = HeaderValue::from_str(namespace);
            let header = header.map_err(|_| problem(NAME, "VAULT_NAMESPACE holds signs that no namespace has"))?;
            request.headers_mut().insert("x-vault-namespace", header);
        }
        self.outside.ask(request).await.map_err(|error| problem(NAME, error.to_string()))
    }
}

/// What an answer means that is no success; the path is the one that a policy has to allow.
fn refused(said: &Said, path: &str) -> String {
    match said.status {
        400 => "it does not take the request (status 400); `vault_key` must name a key of the type aes256-gcm96 \
            that is there"
            .to_owned(),
        403 => format!("its token is no longer good, or its policy lacks `update` on `{path}` (status 403)"),
        404 => "there is no such key or engine (status 404); look at `vault_key` and VAULT_NAMESPACE".to_owned(),
        503 => "it is sealed or does not work at present (status 503); unseal it, or try again later".to_owned(),
        status => meaning(status, &said.headers),
    }
}

/// The address of that in the engine of that mount; whatever stands in a part, it stays one.
fn beneath(address: &Url, mount: &str, path: &[&str]) -> Url {
    let mut address = address.clone();
    // An address with a host has a path.
    if let Ok(mut parts) = address.path_segments_mut() {
        parts.pop_if_empty().push("v1").extend(mount.split('/')).extend(path);
    }
    address
}

impl KeyProvider for Vault {
    fn described(&self) -> String {
        format!("the key `{}/{}` in {NAME}", self.settings.mount, self.settings.name)
    }

    fn wrap<'a>(&'a self, key: &'a DataKey, bound: &'a str) -> BoxFuture<'a, Result<WrappedKey, KeepingError>> {
        Box::pin(self.wrapped(key, bound))
    }

    fn unwrap<'a>(&'a self, wrapped: &'a WrappedKey, bound: &'a str) -> BoxFuture<'a, Result<DataKey, KeepingError>> {
        Box::pin(self.unwrapped(wrapped, bound))
    }

    /// Makes a new version of the key.
    fn renew(&self) -> BoxFuture<'_, Result<(), KeepingError>> {
        Box::pin(self.renewed())
    }
}
