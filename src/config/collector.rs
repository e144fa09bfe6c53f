//! Where spans of calls go.

use url::Url;

use super::connection::WayOut;
use super::declared::OTLP;
use super::{ConfigError, Settings};
use crate::confluence::address::is_loopback;

/// The collector, and the way there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CollectorSettings {
    /// Base of its address, `https`, or `http` on this machine; spans go to `v1/traces` beneath it.
    pub url: Url,
    /// The proxy to go through.
    pub proxy: Option<Url>,
    /// Certificates of a private authority, PEM.
    pub authority: Option<Vec<u8>>,
}

impl Settings {
    /// Where spans of calls go, if anywhere.
    pub fn collector(&self) -> Result<Option<CollectorSettings>, ConfigError> {
        let Some(url) = self.understood(&OTLP, base)? else { return Ok(None) };
        let WayOut { proxy, authority } = self.way_out()?;
        Ok(Some(CollectorSettings { url, proxy, authority }))
    }
}

fn base(text: &str) -> Result<Url, String> {
    let wrong = "it is an https address, or an http one on this machine, without a name, password or query in it";
    let url = Url::parse(text).map_err(|_| wrong.to_owned())?;
    let scheme = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url));
    let plain = url.username().is_empty() && url.password().is_none();
    let fits = scheme && plain && url.has_host() && url.query().is_none() && url.fragment().is_none();
    if fits { Ok(url) } else { Err(wrong.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_leave_this_machine_encrypted_or_not_at_all() {
        for text in
            ["http://127.0.0.1:4318", "http://localhost:4318/", "http://[::1]:1", "https://otel.example.com/otlp"]
        {
            assert!(base(text).is_ok(), "{text}");
        }
        for text in [
            "",
            "127.0.0.1:4318",
            "http://otel.example.com",
            "http://10.0.0.1:4318",
            "https://name@otel.example.com",
            "https://name:word@otel.example.com",
            "https://otel.example.com/?key=1",
            "https://otel.example.com/#1",
            "grpc://127.0.0.1:4317",
            "unix:///run/otel",
        ] {
            assert!(base(text).unwrap_err().contains("an http one on this machine"), "{text}");
        }
    }
}
