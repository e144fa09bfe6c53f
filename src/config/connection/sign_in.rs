//! How an administrator signs in, and which of the connections that were made so is meant.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use secrecy::SecretString;
use url::{Host, Url};

use crate::config::declared::{
    API_TOKEN, API_TOKEN_FILE, AUTH_HOST, BEARER_TOKEN, BEARER_TOKEN_FILE, CALLBACK, CLIENT_ID, CLIENT_SECRET,
    CLIENT_SECRET_FILE, CONNECTION, EMAIL, GATEWAY, SITE,
};
use crate::config::{ConfigError, Setting, SettingError, Settings};
use crate::confluence::address::{checked_base, is_loopback};

/// How an administrator signs in.
#[derive(Clone, Debug)]
pub struct SignInSettings {
    /// Atlassian's sign-in host.
    pub auth_host: Url,
    /// Its gateway.
    pub gateway: Url,
    /// Where the browser comes back to.
    pub callback: Callback,
    /// The app's or service account's id, where it is given.
    pub client_id: Option<String>,
    /// Its secret, where it is given.
    pub client_secret: Option<SecretString>,
}

/// An address of this machine that a browser is sent back to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Callback {
    /// As it is registered, letter by letter.
    pub url: String,
    /// Where to listen.
    pub address: SocketAddr,
    /// What the browser's `Host` header has to be.
    pub host: String,
    /// The path.
    pub path: String,
}

impl Settings {
    /// How an administrator signs in.
    pub fn sign_in(&self) -> Result<SignInSettings, ConfigError> {
        let client_secret = self.secret(&CLIENT_SECRET, &CLIENT_SECRET_FILE)?.map(|(secret, _)| secret);
        let remedy = "give `--callback http://127.0.0.1:7978/callback`";
        Ok(SignInSettings {
            auth_host: self.base(&AUTH_HOST, "https://auth.atlassian.com")?,
            gateway: self.base(&GATEWAY, "https://api.atlassian.com")?,
            callback: self
                .understood(&CALLBACK, callback)?
                .ok_or(ConfigError::Missing { what: "the callback", remedy })?,
            client_id: self.get(&CLIENT_ID).map(|given| given.value.clone()),
            client_secret,
        })
    }

    /// The account's e-mail address and API token, as far as they are given.
    pub fn api_token(&self) -> Result<(Option<String>, Option<SecretString>), ConfigError> {
        let token = self.secret(&API_TOKEN, &API_TOKEN_FILE)?.map(|(secret, _)| secret);
        Ok((self.get(&EMAIL).map(|given| given.value.clone()), token))
    }

    /// Whether the settings themselves say what to sign in with; then no kept connection is used.
    pub fn bring_credentials(&self) -> bool {
        [&API_TOKEN, &API_TOKEN_FILE, &BEARER_TOKEN, &BEARER_TOKEN_FILE]
            .into_iter()
            .any(|setting| self.get(setting).is_some())
    }

    /// The kept connection that the settings name.
    pub fn named_connection(&self) -> Option<&str> {
        self.get(&CONNECTION).map(|given| given.value.as_str())
    }

    /// The site, where it is set.
    pub fn site_if_set(&self) -> Result<Option<String>, ConfigError> {
        if self.get(&SITE).is_some() { self.site().map(Some) } else { Ok(None) }
    }

    fn base(&self, setting: &'static Setting, example: &'static str) -> Result<Url, ConfigError> {
        let given = self.get(setting).ok_or(ConfigError::Missing { what: setting.key, remedy: example })?;
        let base = checked_base(setting.key, &given.value, example)
            .map_err(|error| SettingError::said(setting, given, error.to_string()))?;
        Ok(base)
    }
}

fn callback(text: &str) -> Result<Callback, String> {
    let wrong = || {
        "it is `http://`, an address of this machine with its port, and a path, as in `http://127.0.0.1:7978/callback`"
            .to_owned()
    };
    let url = Url::parse(text).map_err(|_| wrong())?;
    let plain = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    let (true, "http", true, Some(port)) = (plain, url.scheme(), is_loopback(&url), url.port_or_known_default()) else {
        return Err(wrong());
    };
    let ip = match url.host() {
        Some(Host::Ipv4(address)) => IpAddr::V4(address),
        Some(Host::Ipv6(address)) => IpAddr::V6(address),
        Some(Host::Domain(_)) => IpAddr::V4(Ipv4Addr::LOCALHOST),
        None => return Err(wrong()),
    };
    let host = match (url.host_str(), url.port()) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        (Some(host), None) => host.to_owned(),
        (None, _) => return Err(wrong()),
    };
    let address = SocketAddr::new(ip, port);
    Ok(Callback { url: text.to_owned(), address, host, path: url.path().to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_callback_is_an_address_of_this_machine() {
        let local = callback("http://localhost:7978/callback").unwrap();
        assert_eq!((local.address.to_string(), local.host.as_str()), ("127.0.0.1:7978".to_owned(), "localhost:7978"));
        assert_eq!(callback("http://[::1]:1/x").unwrap().host, "[::1]:1");
        for wrong in [
            "https://127.0.0.1:7978/callback",
            "http://acme.example:7978/callback",
            "http://127.0.0.1:7978/callback?x=1",
            "http://u@127.0.0.1/",
            "callback",
        ] {
            assert!(callback(wrong).is_err(), "{wrong}");
        }
    }
}
