//! Where Confluence is: the site's own host, or Atlassian's gateway with the site's cloud id.

use std::fmt;
use std::net::IpAddr;

use url::{Host, Url};

use crate::domain::access::Access;

use super::request::Request;

/// An address that cannot be used; each message names the setting.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Not an URL, or one with parts that have no place here.
    #[error("`{url}` in `{setting}` is not an address such as `{example}`")]
    Malformed {
        /// The setting.
        setting: &'static str,
        /// What it holds.
        url: String,
        /// What it should look like.
        example: &'static str,
    },
    /// Credentials would travel in the clear.
    #[error("`{url}` in `{setting}` is not encrypted; use `https://` (`http://` is for this machine alone)")]
    Unencrypted {
        /// The setting.
        setting: &'static str,
        /// What it holds.
        url: String,
    },
    /// Not a cloud id.
    #[error("`{0}` is not a cloud id")]
    CloudId(String),
}

/// A base address; everything sent goes below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    base: Url,
    prefix: String,
}

impl Address {
    /// The site's own host, such as `https://acme.atlassian.net`: for classic API tokens.
    pub fn site(site: &str) -> Result<Self, AddressError> {
        let example = "https://acme.atlassian.net";
        let base = checked_base("--site", site, example)?;
        match base.path() {
            // People copy the address from their browser; `/wiki` is part of every path we send anyway.
            "/" | "/wiki" | "/wiki/" => Ok(Self { base, prefix: String::new() }),
            _ => Err(AddressError::Malformed { setting: "--site", url: site.into(), example }),
        }
    }

    /// Atlassian's gateway, such as `https://api.atlassian.com`: for bearer tokens and scoped API tokens.
    pub fn gateway(gateway: &str, cloud_id: &str) -> Result<Self, AddressError> {
        let base = checked_base("--gateway", gateway, "https://api.atlassian.com")?;
        let plausible = (1..=64).contains(&cloud_id.len())
            && cloud_id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if !plausible {
            return Err(AddressError::CloudId(cloud_id.into()));
        }
        let prefix = format!("{}/ex/confluence/{cloud_id}", base.path().trim_end_matches('/'));
        Ok(Self { base, prefix })
    }

    /// The host, for messages.
    pub fn host(&self) -> &str {
        self.base.host_str().unwrap_or_default()
    }

    /// Whether it is on this machine.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.base)
    }

    /// Whether connections to it are encrypted.
    pub fn is_encrypted(&self) -> bool {
        self.base.scheme() == "https"
    }

    /// What stands before `/wiki` in the path.
    pub(in crate::confluence) fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Whether a URL has this scheme, host and port.
    pub(in crate::confluence) fn is_origin_of(&self, url: &Url) -> bool {
        self.base.origin() == url.origin()
    }

    /// The full URL of a request.
    pub(in crate::confluence) fn url_of<A: Access>(&self, request: &Request<A>) -> Url {
        let mut url = self.base.clone();
        url.set_path(&format!("{}{}", self.prefix, request.path()));
        if !request.query().is_empty() {
            url.query_pairs_mut().extend_pairs(request.query());
        }
        url
    }
}

impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}{}", self.base.origin().ascii_serialization(), self.prefix)
    }
}

/// Whether a URL names this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::V6(address).to_canonical().is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}

/// A base address that a setting gives: `https`, or `http` on this machine.
pub(crate) fn checked_base(setting: &'static str, text: &str, example: &'static str) -> Result<Url, AddressError> {
    let malformed = || AddressError::Malformed { setting, url: without_secrets(text), example };
    let url = Url::parse(text).map_err(|_| malformed())?;
    let plain = url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none()
        && url.has_host();
    match url.scheme() {
        "https" | "http" if !plain => Err(malformed()),
        "https" => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        "http" => Err(AddressError::Unencrypted { setting, url: text.into() }),
        _ => Err(malformed()),
    }
}

/// A mistyped address may hold a password; what stands before an `@` is not repeated.
fn without_secrets(text: &str) -> String {
    match text.rsplit_once('@') {
        Some((_, rest)) => format!("…@{rest}"),
        None => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::access::Read;

    #[test]
    fn unencrypted_addresses_outside_this_machine_are_refused_naming_the_setting() {
        for url in ["http://acme.atlassian.net", "http://10.0.0.1", "http://localhost.evil.example", "http://0.0.0.0"] {
            let error = Address::site(url).unwrap_err().to_string();
            assert!(error.contains("not encrypted") && error.contains("`--site`"), "{error}");
            let error = Address::gateway(url, "c").unwrap_err().to_string();
            assert!(error.contains("not encrypted") && error.contains("`--gateway`"), "{error}");
        }
        for url in ["http://127.0.0.1:1", "http://[::1]:1", "http://localhost:1", "http://[::ffff:127.0.0.1]"] {
            assert!(Address::site(url).unwrap().is_loopback(), "{url}");
        }
    }

    #[test]
    fn addresses_with_more_than_a_host_are_refused_without_repeating_a_password() {
        for url in ["", "acme", "ftp://acme", "https://a/b", "https://a?b", "https://a#b", "file:///etc/passwd"] {
            assert!(Address::site(url).is_err(), "{url}");
        }
        let error = Address::site("https://me:geheim@acme.atlassian.net").unwrap_err().to_string();
        assert!(!error.contains("geheim"), "{error}");
        for cloud_id in ["", "../x", "a/b", "a%2e", "é"] {
            assert!(Address::gateway("https://api.atlassian.com", cloud_id).is_err(), "{cloud_id}");
        }
    }

    #[test]
    fn urls_are_built_below_the_base_with_encoded_values() {
        let request = || {
            Request::<Read>::get("/wiki/api/v2/pages/{id}", &["1"]).with("body-format", "storage").with("q", "a+b &c=/")
        };
        let site = Address::site("https://acme.atlassian.net/wiki/").unwrap();
        let expected = "/wiki/api/v2/pages/1?body-format=storage&q=a%2Bb+%26c%3D%2F";
        assert_eq!(site.url_of(&request()).as_str(), format!("https://acme.atlassian.net{expected}"));
        let gateway = Address::gateway("https://api.atlassian.com/", "11-aa").unwrap();
        let expected = format!("https://api.atlassian.com/ex/confluence/11-aa{expected}");
        assert_eq!(gateway.url_of(&request()).as_str(), expected);
        assert_eq!(gateway.to_string(), "https://api.atlassian.com/ex/confluence/11-aa");
        assert_eq!(site.to_string(), "https://acme.atlassian.net");
    }
}
