//! Connects with what a person was given: an API token of their account, or the credentials of a service account.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use super::account::{self, Account, Unknown};
use super::asking::Asker;
use super::consent::{base, pick};
use super::establish::Made;
use crate::cli::CliError;
use crate::clock::Clock;
use crate::config::{Connection, Gateway, Settings};
use crate::confluence::address::Address;
use crate::confluence::credentials::{ApiToken, Bearer};
use crate::connect::cloud_id;
use crate::connect::establish::access;
use crate::connect::host::SignInHost;
use crate::connect::record::{Method, Place};
use crate::connect::secrets::{ClientSecrets, Secrets};
use crate::connect::sites;

/// The account's id where nobody tells.
const UNKNOWN: &str = "unknown";

/// Connects with an API token; whether it is a classic one or one with scopes is found out.
pub(super) async fn api_token(
    settings: &Settings,
    known: Option<&Place>,
    asker: &mut Asker<'_>,
    clock: &Arc<dyn Clock>,
) -> Result<Made, CliError> {
    let site = site(settings, known, asker).await?;
    let (email, token) = settings.api_token()?;
    let email = match email {
        Some(email) => email,
        None => asker.line("E-mail address of the account", "set SLUICE_EMAIL or give `--email`").await?,
    };
    let token = match token {
        Some(token) => token,
        None => asker.hidden("API token", "set SLUICE_API_TOKEN or give `--api-token-file`").await?,
    };
    if is_of_data_center(&token) {
        return Err(CliError::Refused(
            "this is a personal access token of Confluence Data Center; Sluice works with Confluence Cloud only".into(),
        ));
    }
    let credentials = ApiToken::new(&email, token.clone()).map_err(|error| CliError::Usage(error.to_string()))?;
    let credentials = Arc::new(credentials);
    let at_site = settings.connection_to(site.clone(), None, credentials.clone(), "API token".to_owned())?;
    let gateway = base(&settings.sign_in()?.gateway);
    let (method, account, at_gateway) = match account::ask(&at_site, clock).await {
        Ok(account) => (Method::ApiToken, account, None),
        Err(Unknown::NoScope) => (Method::ApiToken, nobody(&email), None),
        Err(Unknown::Failed(error)) => return Err(error),
        Err(Unknown::NotSignedIn) => {
            let id = cloud_id(&at_site).await.map_err(|error| not_cloud(&error))?;
            let gateway = Gateway { url: gateway, cloud_id: Some(id.clone()) };
            let there = settings.connection_to(site.clone(), Some(gateway.clone()), credentials, String::new())?;
            let account = match account::ask(&there, clock).await {
                Ok(account) => account,
                Err(Unknown::NoScope) => nobody(&email),
                Err(Unknown::Failed(error)) => return Err(error),
                Err(Unknown::NotSignedIn) => return Err(refused(&site, &email)),
            };
            (Method::ScopedApiToken, account, Some((gateway.url, id)))
        }
    };
    let (gateway, cloud_id) = at_gateway.unzip();
    Ok(Made {
        method,
        place: Place { site, cloud_id, gateway, account_id: account.id, account_name: account.name },
        auth_host: None,
        scopes: Vec::new(),
        access: None,
        secrets: Secrets::ApiToken { email, token: token.into() },
    })
}

/// Connects as a service account, whose tokens last an hour and are asked for anew.
pub(super) async fn service_account(
    settings: &Settings,
    client: ClientSecrets,
    known: Option<&Place>,
    asker: &mut Asker<'_>,
    clock: &Arc<dyn Clock>,
) -> Result<Made, CliError> {
    let (sign_in, way) = (settings.sign_in()?, settings.way_out()?);
    let granted = SignInHost::new(&sign_in.auth_host, &way)?.client_credentials(&client).await?;
    let token = granted.tokens.access.secret();
    let bearer = Bearer::new(token.clone()).map_err(|error| CliError::Refused(error.to_string()))?;
    let bearer = Arc::new(bearer);
    let wanted = settings.site_if_set()?.or_else(|| known.map(|place| place.site.clone()));
    let (url, id) = if let Some(url) = wanted {
        let there = settings.connection_to(url.clone(), None, bearer.clone(), String::new())?;
        let id = cloud_id(&there).await.map_err(|error| not_cloud(&error))?;
        (url, id)
    } else {
        let site = pick(sites::sites(&sign_in.gateway, token, &way).await?, None, asker).await?;
        (site.url, site.cloud_id)
    };
    let gateway = Gateway { url: base(&sign_in.gateway), cloud_id: Some(id.clone()) };
    let there: Connection = settings.connection_to(url.clone(), Some(gateway.clone()), bearer, String::new())?;
    let account = match account::ask(&there, clock).await {
        Ok(account) => account,
        Err(Unknown::NoScope) => nobody(&client.id),
        Err(Unknown::NotSignedIn) => {
            return Err(CliError::Refused(format!("{url} does not take the service account: give it access there")));
        }
        Err(Unknown::Failed(error)) => return Err(error),
    };
    Ok(Made {
        method: Method::ServiceAccount,
        place: Place {
            site: url,
            cloud_id: Some(id),
            gateway: Some(gateway.url),
            account_id: account.id,
            account_name: account.name,
        },
        auth_host: Some(base(&sign_in.auth_host)),
        scopes: granted.scopes.clone(),
        access: Some(access(&granted, clock.now())),
        secrets: Secrets::ServiceAccount { client, tokens: granted.tokens },
    })
}

async fn site(settings: &Settings, known: Option<&Place>, asker: &mut Asker<'_>) -> Result<String, CliError> {
    if let Some(site) = settings.site_if_set()?.or_else(|| known.map(|place| place.site.clone())) {
        return Ok(site);
    }
    let typed = asker.line("Site, such as https://acme.atlassian.net", "give `--site`").await?;
    let typed = if typed.contains("://") { typed } else { format!("https://{typed}") };
    Address::site(&typed).map_err(|error| CliError::Usage(error.to_string()))?;
    let origin = Url::parse(&typed).map(|url| url.origin().ascii_serialization());
    origin.map_err(|error| CliError::Usage(error.to_string()))
}

fn nobody(as_whom: &str) -> Account {
    Account { id: UNKNOWN.to_owned(), name: as_whom.to_owned() }
}

fn not_cloud(error: &crate::connect::CloudIdError) -> CliError {
    CliError::Refused(format!("{error}\nIs it a Confluence Cloud site? Sluice works with no other."))
}

fn refused(site: &str, email: &str) -> CliError {
    CliError::Refused(format!(
        "neither {site} nor the gateway takes this API token of {email}: look whether it has expired, and whether \
         the account is right; an organisation may also have switched API tokens off"
    ))
}

/// Whether a token is one of Data Center's: base64 of a number, a colon, and twenty bytes.
fn is_of_data_center(token: &SecretString) -> bool {
    let Ok(decoded) = STANDARD.decode(token.expose_secret()) else { return false };
    let number = decoded.iter().take_while(|byte| byte.is_ascii_digit()).count();
    number > 0 && decoded.get(number) == Some(&b':') && decoded.len() - number == 21
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_personal_access_token_of_data_center_is_known_by_its_form() {
        let token = STANDARD.encode([b"605100742121:".as_slice(), &[7; 20]].concat());
        assert!(is_of_data_center(&token.into()));
        for other in ["", "ATATT3xFfGF0", "sandbox-token", "slk_AAAA", "MTIzOg=="] {
            assert!(!is_of_data_center(&other.into()), "{other}");
        }
    }
}
