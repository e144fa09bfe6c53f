//! Where agents are served over HTTP, and how much of it there may be.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;

use secrecy::SecretString;
use url::Url;

use crate::config::declared::{
    AGENT_REQUESTS_AT_ONCE, AGENT_REQUESTS_PER_SECOND, ALLOWED_HOSTS, ALLOWED_ORIGINS, HTTP, INSECURE_LISTEN,
    MAX_SESSIONS, METRICS_TOKEN, PUBLIC_URL, TLS_CERT, TLS_KEY,
};
use crate::config::{ConfigError, Setting, SettingError, Settings};

const SESSIONS: u32 = 10_000;
const AT_ONCE: u32 = 32;
const PER_SECOND: u32 = 50;

/// Where and how agents are served over HTTP.
#[derive(Clone, Debug)]
pub struct HttpSettings {
    /// The address to listen at.
    pub address: SocketAddr,
    /// With what it encrypts, where it does.
    pub tls: Option<TlsFiles>,
    /// How agents reach it, without a slash at its end, where that is not the address.
    pub public_url: Option<String>,
    /// Names that requests may be addressed to, besides those of this machine.
    pub hosts: Vec<String>,
    /// Pages that may ask.
    pub origins: Vec<String>,
    /// What reads figures from elsewhere.
    pub metrics_token: Option<SecretString>,
    /// Sessions at once.
    pub sessions: usize,
    /// Requests of one agent at once.
    pub at_once: usize,
    /// Requests of one agent per second, on average.
    pub per_second: NonZeroU32,
}

/// A certificate and its key, both PEM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate, and those that vouch for it.
    pub certificates: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

impl Settings {
    /// Where agents are served over HTTP, where that is said.
    pub fn http(&self) -> Result<Option<HttpSettings>, ConfigError> {
        let Some(address) = self.understood(&HTTP, address)? else { return Ok(None) };
        let tls = match (self.path(&TLS_CERT), self.path(&TLS_KEY)) {
            (Some(certificates), Some(key)) => Some(TlsFiles { certificates, key }),
            (None, None) => None,
            (Some(_), None) => {
                return Err(ConfigError::Missing { what: "the key of `tls_cert`", remedy: "give `--tls-key FILE`" });
            }
            (None, Some(_)) => {
                let what = "the certificate of `tls_key`";
                return Err(ConfigError::Missing { what, remedy: "give `--tls-cert FILE`" });
            }
        };
        let insecure = self.understood(&INSECURE_LISTEN, switch)?.unwrap_or_default();
        if let Some(given) = self.get(&HTTP).filter(|_| !(address.ip().is_loopback() || tls.is_some() || insecure)) {
            let problem = "other machines reach this address, and keys of agents would travel unencrypted; give \
                `--tls-cert` and `--tls-key`, or `--insecure-listen` where something in front of Sluice encrypts";
            return Err(SettingError::of(&HTTP, given, problem).into());
        }
        let public_url = self.understood(&PUBLIC_URL, public)?;
        let mut hosts = self.understood(&ALLOWED_HOSTS, hosts)?.unwrap_or_default();
        hosts.extend(public_url.as_ref().and_then(Url::host_str).map(str::to_owned));
        if !address.ip().is_loopback() && !address.ip().is_unspecified() {
            hosts.push(address.ip().to_string());
        }
        Ok(Some(HttpSettings {
            address,
            tls,
            public_url: public_url.map(|url| url.as_str().trim_end_matches('/').to_owned()),
            hosts,
            origins: self.understood(&ALLOWED_ORIGINS, origins)?.unwrap_or_default(),
            metrics_token: self.get(&METRICS_TOKEN).map(|given| SecretString::from(given.value.clone())),
            sessions: self.many(&MAX_SESSIONS, SESSIONS)?,
            at_once: self.many(&AGENT_REQUESTS_AT_ONCE, AT_ONCE)?,
            per_second: self
                .number(&AGENT_REQUESTS_PER_SECOND)?
                .unwrap_or(NonZeroU32::MIN.saturating_add(PER_SECOND - 1)),
        }))
    }

    fn many(&self, setting: &'static Setting, usual: u32) -> Result<usize, SettingError> {
        let number = self.number(setting)?.map_or(usual, NonZeroU32::get);
        Ok(usize::try_from(number).unwrap_or(usize::MAX))
    }
}

fn address(text: &str) -> Result<SocketAddr, String> {
    let spelt_out = text.strip_prefix("localhost:").map(|port| format!("127.0.0.1:{port}"));
    let address = spelt_out.as_deref().unwrap_or(text).parse();
    address.map_err(|_| "it is an address and a port, such as 127.0.0.1:7979 or 0.0.0.0:7979".to_owned())
}

fn switch(text: &str) -> Result<bool, String> {
    match text {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err("it is true or false".to_owned()),
    }
}

fn public(text: &str) -> Result<Url, String> {
    let wrong = || "it is an address such as https://sluice.example.com, without a path".to_owned();
    let url = Url::parse(text).map_err(|_| wrong())?;
    let plain = url.username().is_empty() && url.password().is_none() && url.query().is_none();
    let bare = plain && url.fragment().is_none() && url.path() == "/";
    if !bare || !["https", "http"].contains(&url.scheme()) || url.host_str().is_none_or(str::is_empty) {
        return Err(wrong());
    }
    Ok(url)
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(',').map(str::trim).filter(|word| !word.is_empty())
}

fn hosts(text: &str) -> Result<Vec<String>, String> {
    words(text)
        .map(|word| {
            let read = Url::parse(&format!("http://{word}"));
            let bare = read.is_ok_and(|url| url.path() == "/" && url.username().is_empty() && url.query().is_none());
            let plain = !word.contains(['/', '*', '@', '#', '?']);
            if bare && plain {
                Ok(word.to_ascii_lowercase())
            } else {
                Err(format!("`{}` is no host, such as sluice.example.com or 10.0.0.7:7979", shown(word)))
            }
        })
        .collect()
}

fn origins(text: &str) -> Result<Vec<String>, String> {
    words(text)
        .map(|word| {
            let read = Url::parse(word.strip_suffix(":*").unwrap_or(word));
            let fits = read.is_ok_and(|url| {
                url.path() == "/" && ["https", "http"].contains(&url.scheme()) && url.username().is_empty()
            });
            // An origin without a port means that of its scheme, and no other.
            let ports = word.rsplit(':').next().is_some_and(|end| end == "*" || end.parse::<u16>().is_ok());
            match (fits && !word.ends_with('/'), ports) {
                (false, _) => Err(format!("`{}` is no origin, such as https://app.example.com:443", shown(word))),
                (true, true) => Ok(word.to_owned()),
                (true, false) if word.starts_with("https:") => Ok(format!("{word}:443")),
                (true, false) => Ok(format!("{word}:80")),
            }
        })
        .collect()
}

fn shown(word: &str) -> String {
    crate::domain::text::one_line(word, 60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Environment, Flags};

    fn http(variables: &[(&str, &str)]) -> Result<HttpSettings, String> {
        let environment: Environment = variables.iter().copied().collect();
        let settings = Settings::load(&Flags::default(), &environment).unwrap();
        settings.http().map(Option::unwrap).map_err(|error| error.to_string())
    }

    #[test]
    fn plain_http_stays_on_this_machine_unless_somebody_says_otherwise() {
        for address in ["127.0.0.1:7979", "localhost:0", "[::1]:7979"] {
            assert!(http(&[("SLUICE_HTTP", address)]).unwrap().address.ip().is_loopback(), "{address}");
        }
        for address in ["0.0.0.0:7979", "[::]:7979", "192.168.0.7:80"] {
            assert!(http(&[("SLUICE_HTTP", address)]).unwrap_err().contains("unencrypted"), "{address}");
            assert!(http(&[("SLUICE_HTTP", address), ("SLUICE_INSECURE_LISTEN", "true")]).is_ok(), "{address}");
            let tls = [("SLUICE_HTTP", address), ("SLUICE_TLS_CERT", "a.pem"), ("SLUICE_TLS_KEY", "b.pem")];
            assert!(http(&tls).unwrap().tls.is_some(), "{address}");
        }
        assert!(http(&[("SLUICE_HTTP", "0.0.0.0:1"), ("SLUICE_INSECURE_LISTEN", "false")]).is_err());
        assert!(http(&[("SLUICE_HTTP", "127.0.0.1:1"), ("SLUICE_TLS_CERT", "a.pem")]).is_err());
        for wrong in ["7979", "evil.com:80", "http://127.0.0.1:1", ""] {
            let given = [("SLUICE_HTTP", wrong)];
            assert!(wrong.is_empty() || http(&given).unwrap_err().contains("such as 127.0.0.1:7979"), "{wrong}");
        }
    }

    #[test]
    fn names_and_origins_are_spelt_out() {
        let given = http(&[
            ("SLUICE_HTTP", "10.0.0.7:7979"),
            ("SLUICE_INSECURE_LISTEN", "true"),
            ("SLUICE_PUBLIC_URL", "https://sluice.example.com/"),
            ("SLUICE_ALLOWED_HOSTS", "Wiki.example.com, proxy:8443"),
            ("SLUICE_ALLOWED_ORIGINS", "https://app.example.com,http://localhost:*"),
        ])
        .unwrap();
        assert_eq!(given.hosts, ["wiki.example.com", "proxy:8443", "sluice.example.com", "10.0.0.7"]);
        assert_eq!(given.origins, ["https://app.example.com:443", "http://localhost:*"]);
        assert_eq!(given.public_url.as_deref(), Some("https://sluice.example.com"));
        for (variable, wrong) in [
            ("SLUICE_ALLOWED_HOSTS", "*"),
            ("SLUICE_ALLOWED_HOSTS", "https://x"),
            ("SLUICE_ALLOWED_ORIGINS", "*"),
            ("SLUICE_ALLOWED_ORIGINS", "null"),
            ("SLUICE_ALLOWED_ORIGINS", "https://a/b"),
            ("SLUICE_PUBLIC_URL", "https://a/b"),
            ("SLUICE_PUBLIC_URL", "ftp://a"),
        ] {
            assert!(http(&[("SLUICE_HTTP", "127.0.0.1:1"), (variable, wrong)]).is_err(), "{wrong}");
        }
    }
}
