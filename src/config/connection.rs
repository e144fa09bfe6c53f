//! How Sluice signs in and where: an API token at the site's own host, or a scoped or OAuth token at the gateway.

mod keys;
mod sign_in;
mod vaults;

use std::io::Read as _;
use std::num::NonZeroU32;
use std::path::Path;
use std::sync::Arc;

use secrecy::SecretString;
use url::Url;

use super::declared::{
    API_TOKEN, API_TOKEN_FILE, BEARER_TOKEN, BEARER_TOKEN_FILE, CA_FILE, CLOUD_ID, EMAIL, GATEWAY, MEDIA_HOST,
    POINTS_PER_HOUR, PROXY, REQUESTS_PER_SECOND, SITE, TOKEN_KIND,
};
use super::{ConfigError, Given, Setting, SettingError, Settings};
use crate::confluence::address::Address;
use crate::confluence::credentials::{ApiToken, Bearer, CredentialError, Credentials};

pub use keys::{GivenSecret, GivenSecrets, KeySettings, ProviderKind};
pub use sign_in::{Callback, SignInSettings};
pub use vaults::{AzureIdentity, AzureSettings, VaultSettings, VaultToken};

/// A token or certificate file is never longer than this.
const LONGEST: u64 = 1024 * 1024;

/// Where a kind of token is taken.
#[derive(Clone, Copy)]
enum Host {
    Site,
    Gateway,
}

/// Everything the way to Confluence is made of.
#[derive(Clone)]
pub struct Connection {
    /// Id of the kept connection, where it is one.
    pub id: Option<String>,
    /// Base of the links people open, such as `https://acme.atlassian.net`.
    pub site: String,
    /// The gateway, where requests go there instead of to the site.
    pub gateway: Option<Gateway>,
    /// What we sign in with.
    pub credentials: Arc<dyn Credentials>,
    /// The same in words, without the secret.
    pub signed_in_with: String,
    /// Certificates of a private authority, PEM.
    pub authority: Option<Vec<u8>>,
    /// The proxy to go through.
    pub proxy: Option<Url>,
    /// The host that attachments are downloaded from, where set.
    pub media_host: Option<String>,
    /// Requests per second at most, where set.
    pub requests_per_second: Option<NonZeroU32>,
    /// Points per hour, where set.
    pub points_per_hour: Option<u32>,
}

/// The gateway and the site's id there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gateway {
    /// Its base address.
    pub url: String,
    /// The site's id, where it is set.
    pub cloud_id: Option<String>,
}

/// The way to whatever is outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WayOut {
    /// The proxy to go through.
    pub proxy: Option<Url>,
    /// Certificates of a private authority to trust besides the machine's own, PEM.
    pub authority: Option<Vec<u8>>,
}

impl Settings {
    /// The way to Confluence, checked as far as can be without asking anyone.
    pub fn connection(&self) -> Result<Connection, ConfigError> {
        let site = self.site()?;
        let (credentials, signed_in_with, host) = self.credentials()?;
        let gateway = match host {
            Host::Site => None,
            Host::Gateway => Some(self.gateway()?),
        };
        self.connection_to(site, gateway, credentials, signed_in_with)
    }

    /// The way to a site that is known, with these credentials.
    pub fn connection_to(
        &self,
        site: String,
        gateway: Option<Gateway>,
        credentials: Arc<dyn Credentials>,
        signed_in_with: String,
    ) -> Result<Connection, ConfigError> {
        let WayOut { proxy, authority } = self.way_out()?;
        Ok(Connection {
            id: None,
            site,
            gateway,
            credentials,
            signed_in_with,
            authority,
            proxy,
            media_host: self.understood(&MEDIA_HOST, media_host)?,
            requests_per_second: self.number(&REQUESTS_PER_SECOND)?,
            points_per_hour: self.number(&POINTS_PER_HOUR)?.map(NonZeroU32::get),
        })
    }

    /// The way to whatever is outside.
    pub fn way_out(&self) -> Result<WayOut, ConfigError> {
        let authority = self.path(&CA_FILE).map(|path| self.contents(&CA_FILE, &path)).transpose()?;
        Ok(WayOut { proxy: self.understood(&PROXY, proxy)?, authority })
    }

    fn site(&self) -> Result<String, ConfigError> {
        let remedy = "run `sluice connect`, or give `--site https://acme.atlassian.net`, set SLUICE_SITE, or write \
            `site` into sluice.toml; `sluice demo` needs none";
        let given = self.get(&SITE).ok_or(ConfigError::Missing { what: "the site", remedy })?;
        Address::site(&given.value).map_err(|error| SettingError::said(&SITE, given, error.to_string()))?;
        Ok(given.value.trim_end_matches('/').trim_end_matches("/wiki").to_owned())
    }

    fn gateway(&self) -> Result<Gateway, ConfigError> {
        let remedy = "give `--gateway https://api.atlassian.com`";
        let given = self.get(&GATEWAY).ok_or(ConfigError::Missing { what: "the gateway", remedy })?;
        // Without a cloud id the address alone is checked, with any id there can be.
        Address::gateway(&given.value, "0").map_err(|error| SettingError::said(&GATEWAY, given, error.to_string()))?;
        let check = |id: &str| {
            Address::gateway(&given.value, id)
                .map(|_| id.to_owned())
                .map_err(|_| "a cloud id has letters, digits and dashes; leave it out to have it looked up".to_owned())
        };
        let cloud_id = self.understood(&CLOUD_ID, check)?;
        Ok(Gateway { url: given.value.clone(), cloud_id })
    }

    /// What we sign in with, that in words, and where it is taken.
    fn credentials(&self) -> Result<(Arc<dyn Credentials>, String, Host), ConfigError> {
        let bearer = self.secret(&BEARER_TOKEN, &BEARER_TOKEN_FILE)?;
        let token = self.secret(&API_TOKEN, &API_TOKEN_FILE)?;
        match (bearer, token) {
            (Some((_, bearer)), Some((_, token))) => Err(ConfigError::Contradiction(format!(
                "there is an OAuth token (from {}) and an API token (from {}); give one of the two",
                bearer.origin, token.origin
            ))),
            (Some((secret, given)), None) => {
                let bearer = Bearer::new(secret).map_err(|error| unusable(&BEARER_TOKEN, given, error))?;
                Ok((Arc::new(bearer), "OAuth token".to_owned(), Host::Gateway))
            }
            (None, Some((secret, given))) => {
                let remedy = "give `--email` or set SLUICE_EMAIL: the address of the account the API token belongs to";
                let email = self.get(&EMAIL).ok_or(ConfigError::Missing { what: "the e-mail address", remedy })?;
                let host = self.understood(&TOKEN_KIND, host)?.unwrap_or(Host::Site);
                let token = ApiToken::new(&email.value, secret).map_err(|error| match error {
                    CredentialError::Email => unusable(&EMAIL, email, error),
                    CredentialError::Token => unusable(&API_TOKEN, given, error),
                })?;
                let words = match host {
                    Host::Site => "API token",
                    Host::Gateway => "scoped API token",
                };
                Ok((Arc::new(token), format!("{words} of {}", email.value), host))
            }
            (None, None) => {
                let remedy =
                    "run `sluice connect`, or set SLUICE_EMAIL and SLUICE_API_TOKEN, or give `--api-token-file`";
                Err(ConfigError::Missing { what: "what to sign in with", remedy })
            }
        }
    }

    /// A secret, from its variable or from the file that the other setting names.
    pub(super) fn secret(
        &self,
        setting: &'static Setting,
        file: &'static Setting,
    ) -> Result<Option<(SecretString, &Given)>, ConfigError> {
        match (self.get(setting), self.get(file), self.path(file)) {
            (Some(given), _, _) => Ok(Some((SecretString::from(given.value.clone()), given))),
            (None, Some(given), Some(path)) => {
                let text = String::from_utf8(self.contents(file, &path)?)
                    .map_err(|_| SettingError::of(file, given, "the file is not text"))?;
                Ok(Some((SecretString::from(text.trim().to_owned()), given)))
            }
            _ => Ok(None),
        }
    }

    pub(super) fn contents(&self, setting: &'static Setting, path: &Path) -> Result<Vec<u8>, ConfigError> {
        let mut bytes = Vec::new();
        match std::fs::File::open(path).and_then(|file| file.take(LONGEST).read_to_end(&mut bytes)) {
            Ok(_) => Ok(bytes),
            Err(source) => {
                let named_by = self.get(setting).map(|given| given.origin.to_string()).unwrap_or_default();
                Err(ConfigError::Unreadable { path: path.to_owned(), named_by, source })
            }
        }
    }

    pub(super) fn number(&self, setting: &'static Setting) -> Result<Option<NonZeroU32>, SettingError> {
        self.understood(setting, |text| text.parse().map_err(|_| "it is a whole number above zero".to_owned()))
    }
}

fn host(token_kind: &str) -> Result<Host, String> {
    match token_kind {
        "classic" => Ok(Host::Site),
        "scoped" => Ok(Host::Gateway),
        _ => Err("it is `classic` or `scoped`".to_owned()),
    }
}

fn proxy(address: &str) -> Result<Url, String> {
    let url = Url::parse(address).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    url.ok_or_else(|| "it is an address such as http://proxy.example.com:3128".to_owned())
}

fn media_host(host: &str) -> Result<String, String> {
    // A host with its port, and nothing round them, is what remains of an address made of it.
    let fits = Url::parse(&format!("https://{host}/")).is_ok_and(|url| {
        url.path() == "/" && url.username().is_empty() && url.password().is_none() && url.query().is_none()
    });
    if fits { Ok(host.to_owned()) } else { Err("it is a host such as api.media.atlassian.com".to_owned()) }
}

fn unusable(setting: &'static Setting, given: &Given, error: CredentialError) -> SettingError {
    SettingError::said(setting, given, error.to_string())
}
