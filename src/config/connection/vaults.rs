//! Where key vaults are, and who we are there: Azure Key Vault and Vault.

use std::net::Ipv4Addr;
use std::path::PathBuf;

use secrecy::SecretString;
use url::{Host, Url};

use crate::config::declared::{AZURE_KEY, VAULT_ADDR, VAULT_KEY, VAULT_TOKEN_FILE};
use crate::config::{ConfigError, SettingError, Settings};
use crate::confluence::address::is_loopback;

/// Where Entra ID is, unless `AZURE_AUTHORITY_HOST` says otherwise.
const AUTHORITY: &str = "https://login.microsoftonline.com";
/// Where a machine in Azure asks who it is, unless `AZURE_POD_IDENTITY_AUTHORITY_HOST` says otherwise.
const MACHINE: &str = "http://169.254.169.254";
/// Where the transit engine is mounted, unless the key says otherwise.
const MOUNT: &str = "transit";
/// What a token of Azure is for, unless the vault's address says that it is in another cloud.
const RESOURCE: &str = "https://vault.azure.net";

/// A key in Azure Key Vault, and who asks there.
#[derive(Clone, Debug)]
pub struct AzureSettings {
    /// The key's address, with a version where only that is to be used.
    pub key: Url,
    /// What tokens are asked for: the vault's service, such as `https://vault.azure.net`.
    pub resource: String,
    /// Who asks.
    pub identity: AzureIdentity,
}

/// Who asks Azure.
#[derive(Clone, Debug)]
pub enum AzureIdentity {
    /// An application with a secret (`AZURE_CLIENT_SECRET`).
    Secret {
        /// Where tokens are.
        token: Url,
        /// The application.
        client: String,
        /// Its secret.
        secret: SecretString,
    },
    /// A workload that another issuer vouches for (`AZURE_FEDERATED_TOKEN_FILE`).
    Workload {
        /// Where tokens are.
        token: Url,
        /// The application.
        client: String,
        /// The file with that issuer's token; it changes.
        file: PathBuf,
    },
    /// The identity of an App Service, a function or a container app (`IDENTITY_ENDPOINT`).
    AppService {
        /// Where tokens are.
        token: Url,
        /// What proves that we run there.
        header: SecretString,
        /// Which of its identities, where it has several.
        client: Option<String>,
    },
    /// The identity of the machine.
    Machine {
        /// Where tokens are.
        token: Url,
        /// Which of its identities, where it has several.
        client: Option<String>,
    },
}

/// A key of Vault's transit engine, and who asks there.
#[derive(Clone, Debug)]
pub struct VaultSettings {
    /// Its base address, without a slash at its end.
    pub address: Url,
    /// Where the engine is mounted.
    pub mount: String,
    /// Name of the key.
    pub name: String,
    /// The namespace, where there is one.
    pub namespace: Option<String>,
    /// What we are known by.
    pub token: VaultToken,
}

/// What Vault knows us by.
#[derive(Clone, Debug)]
pub enum VaultToken {
    /// A token.
    Value(SecretString),
    /// A file with one; it changes.
    File(PathBuf),
}

impl Settings {
    /// The key in Azure Key Vault, where one is named.
    pub(super) fn azure(&self) -> Result<Option<AzureSettings>, ConfigError> {
        let Some(key) = self.understood(&AZURE_KEY, azure_key)? else { return Ok(None) };
        Ok(Some(AzureSettings { resource: resource(&key), key, identity: self.azure_identity()? }))
    }

    fn azure_identity(&self) -> Result<AzureIdentity, ConfigError> {
        let client = self.standard("AZURE_CLIENT_ID");
        let secret = self.standard_secret("AZURE_CLIENT_SECRET");
        let file = self.standard("AZURE_FEDERATED_TOKEN_FILE");
        if secret.is_some() || file.is_some() {
            let remedy = "set AZURE_CLIENT_ID to the id of the application that the secret or token is of";
            let client = client.ok_or(ConfigError::Missing { what: "who asks Azure Key Vault", remedy })?;
            let token = self.entra()?;
            return Ok(match (secret, file) {
                (Some(secret), _) => AzureIdentity::Secret { token, client, secret },
                (None, file) => AzureIdentity::Workload { token, client, file: file.unwrap_or_default().into() },
            });
        }
        if let (Some(_), Some(header)) = (self.standard("IDENTITY_ENDPOINT"), self.standard_secret("IDENTITY_HEADER")) {
            let token = self.own_machine("IDENTITY_ENDPOINT", "")?;
            return Ok(AzureIdentity::AppService { token, header, client });
        }
        let mut token = self.own_machine("AZURE_POD_IDENTITY_AUTHORITY_HOST", MACHINE)?;
        token.set_path("/metadata/identity/oauth2/token");
        Ok(AzureIdentity::Machine { token, client })
    }

    /// Where Entra ID gives out tokens of the tenant.
    fn entra(&self) -> Result<Url, ConfigError> {
        let remedy = "set AZURE_TENANT_ID to the id of the tenant that the application is in";
        let tenant = self.standard("AZURE_TENANT_ID");
        let tenant = tenant.ok_or(ConfigError::Missing { what: "the tenant in Azure", remedy })?;
        if !is_name(&tenant, "-.") {
            return Err(wrong("AZURE_TENANT_ID", "a tenant has letters, digits, dots and dashes"));
        }
        let host = self.standard("AZURE_AUTHORITY_HOST").unwrap_or_else(|| AUTHORITY.to_owned());
        // Some write it without a scheme.
        let host = if host.contains("://") { host } else { format!("https://{host}") };
        let url = address(&host)
            .ok_or_else(|| wrong("AZURE_AUTHORITY_HOST", "it is an https address, or an http one on this machine"))?;
        url.join(&format!("/{tenant}/oauth2/v2.0/token"))
            .map_err(|_| wrong("AZURE_AUTHORITY_HOST", "it is an address such as https://login.microsoftonline.com"))
    }

    /// Where the machine tells who it is: addresses that never leave it or its link need no encryption.
    fn own_machine(&self, variable: &'static str, usual: &str) -> Result<Url, ConfigError> {
        let text = self.standard(variable).unwrap_or_else(|| usual.to_owned());
        let near = |url: &Url| matches!(url.host(), Some(Host::Ipv4(host)) if is_near(host));
        let url = address(&text).or_else(|| bare(&text).filter(|url| url.scheme() == "http" && near(url)));
        url.ok_or_else(|| wrong(variable, "it is an address of this machine, or an https one"))
    }

    /// The key of Vault, where one is named.
    pub(super) fn vault(&self) -> Result<Option<VaultSettings>, ConfigError> {
        let Some((mount, name)) = self.understood(&VAULT_KEY, vault_key)? else { return Ok(None) };
        let problem = "it is an https address, or an http one on this machine";
        let address = match (self.get(&VAULT_ADDR), self.standard("VAULT_ADDR")) {
            (Some(given), _) => {
                address(&given.value).ok_or_else(|| SettingError::of(&VAULT_ADDR, given, problem).into())
            }
            (None, Some(text)) => address(&text).ok_or_else(|| wrong("VAULT_ADDR", problem)),
            (None, None) => Err(ConfigError::Missing {
                what: "the address of HashiCorp Vault",
                remedy: "give `--vault-addr https://vault.example.com:8200` or set VAULT_ADDR",
            }),
        }?;
        let token = match (self.path(&VAULT_TOKEN_FILE), self.standard_secret("VAULT_TOKEN")) {
            (Some(file), _) => VaultToken::File(file),
            (None, Some(token)) => VaultToken::Value(token),
            (None, None) => {
                let remedy = "set VAULT_TOKEN or give `--vault-token-file FILE`";
                return Err(ConfigError::Missing { what: "the token for HashiCorp Vault", remedy });
            }
        };
        Ok(Some(VaultSettings { address, mount, name, namespace: self.standard("VAULT_NAMESPACE"), token }))
    }

    /// A variable that other programs know as well.
    fn standard(&self, name: &'static str) -> Option<String> {
        self.standard.get(name).map(|given| given.value.clone())
    }

    fn standard_secret(&self, name: &'static str) -> Option<SecretString> {
        self.standard.get(name).map(|given| SecretString::from(given.value.as_str()))
    }
}

fn wrong(variable: &'static str, problem: &str) -> ConfigError {
    ConfigError::Contradiction(format!("the variable `{variable}` cannot be right: {problem}"))
}

/// An address without a name, password, query or fragment.
fn bare(text: &str) -> Option<Url> {
    let url = Url::parse(text.trim_end_matches('/')).ok()?;
    let plain = url.username().is_empty() && url.password().is_none() && url.query().is_none();
    (plain && url.fragment().is_none() && url.has_host()).then_some(url)
}

/// One of those that is encrypted or stays on this machine.
fn address(text: &str) -> Option<Url> {
    bare(text).filter(|url| url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url)))
}

/// Link-local addresses (RFC 3927) are not routed.
fn is_near(host: Ipv4Addr) -> bool {
    host.is_link_local()
}

/// Letters, digits and these signs.
fn is_name(text: &str, signs: &str) -> bool {
    let fits = |sign: char| sign.is_ascii_alphanumeric() || signs.contains(sign);
    (1..=127).contains(&text.len()) && text.chars().all(fits) && text.contains(|sign: char| sign != '.')
}

/// The address of a key: `/keys/NAME`, and its version where only that is to be used.
fn azure_key(text: &str) -> Result<Url, String> {
    let url = address(text).filter(|url| {
        let parts: Vec<&str> = url.path_segments().into_iter().flatten().collect();
        matches!(parts.as_slice(), ["keys", name, version @ ..] if version.len() <= 1
            && is_name(name, "-") && version.iter().all(|version| is_name(version, "-")))
    });
    url.ok_or_else(|| "it is an address such as https://acme.vault.azure.net/keys/sluice".to_owned())
}

/// The service that a vault's host belongs to: each cloud of Azure has its own.
fn resource(key: &Url) -> String {
    let service = key.host_str().and_then(|host| host.split_once('.')).map(|(_, service)| service);
    let known = service.filter(|service| service.starts_with("vault.") || service.starts_with("managedhsm."));
    known.map_or_else(|| RESOURCE.to_owned(), |service| format!("https://{service}"))
}

/// Mount and name; a mount may have several parts.
fn vault_key(text: &str) -> Result<(String, String), String> {
    let (mount, name) = text.rsplit_once('/').unwrap_or((MOUNT, text));
    let fits = mount.split('/').all(|part| is_name(part, "-_.")) && is_name(name, "-_.");
    if fits { Ok((mount.to_owned(), name.to_owned())) } else { Err("it is a name, or mount/name".to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_for_each_cloud_of_azure_are_of_its_own_service() {
        for (host, service) in [
            ("acme.vault.azure.net", RESOURCE),
            ("acme.vault.usgovcloudapi.net", "https://vault.usgovcloudapi.net"),
            ("acme.managedhsm.azure.net", "https://managedhsm.azure.net"),
            ("keys.example.com", RESOURCE),
        ] {
            assert_eq!(resource(&azure_key(&format!("https://{host}/keys/sluice")).unwrap()), service);
        }
    }

    #[test]
    fn addresses_that_leave_this_machine_are_encrypted() {
        for text in ["https://a.vault.azure.net/keys/x", "https://a.b/keys/x/0f", "http://127.0.0.1:1/keys/x/"] {
            assert!(azure_key(text).is_ok(), "{text}");
        }
        for text in [
            "http://a.vault.azure.net/keys/x",
            "http://169.254.169.254/keys/x",
            "https://a.vault.azure.net/secrets/x",
            "https://a.vault.azure.net/keys",
            "https://a.vault.azure.net/keys/x/1/wrapkey",
            "https://a.vault.azure.net/keys/x?y",
            "https://me@a.vault.azure.net/keys/x",
            "a.vault.azure.net/keys/x",
        ] {
            assert!(azure_key(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_key_of_vault_is_a_name_or_lies_at_a_mount() {
        let key = |text| vault_key(text).map(|(mount, name)| format!("{mount} {name}"));
        assert_eq!(key("sluice").unwrap(), "transit sluice");
        assert_eq!(key("team/transit/sluice").unwrap(), "team/transit sluice");
        for text in ["", "/", "a/", "/a", "../a", "a/..", "a b", "a?b", "a%2fb"] {
            assert!(key(text).is_err(), "{text}");
        }
    }
}
