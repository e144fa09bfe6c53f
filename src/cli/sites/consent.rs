//! A person signs in with a browser and consents; then picks a site.

use std::sync::Arc;

use secrecy::SecretString;

use super::account::{self, Account, Unknown};
use super::asking::Asker;
use super::establish::Made;
use crate::cli::CliError;
use crate::cli::console::{Colour, harmless};
use crate::clock::Clock;
use crate::config::{Gateway, Settings, SignInSettings};
use crate::confluence::credentials::Bearer;
use crate::connect::callback::{self, Waiting};
use crate::connect::establish::access;
use crate::connect::host::{Asked, Granted, SignInHost};
use crate::connect::record::{Method, Place};
use crate::connect::secrets::{ClientSecrets, Secrets};
use crate::connect::sites::{self, Site};

/// How the browser is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Browser {
    /// It is opened here.
    Opened,
    /// Somebody opens it elsewhere, and pastes the address it was sent to.
    Elsewhere,
}

/// Asks for a consent to these scopes and takes what it brings. `wanted` is the site that is connected anew.
pub(super) async fn sign_in(
    settings: &Settings,
    client: ClientSecrets,
    scopes: &[&str],
    browser: Browser,
    wanted: Option<&str>,
    asker: &mut Asker<'_>,
    clock: &Arc<dyn Clock>,
) -> Result<Made, CliError> {
    let sign_in = settings.sign_in()?;
    let way = settings.way_out()?;
    let host = SignInHost::new(&sign_in.auth_host, &way)?;
    let consent = host.ask(&client.id, &sign_in.callback.url, scopes)?;
    let code = come_back(&sign_in, &consent, browser, asker, &**clock).await?;
    let granted = host.exchange(&client, consent, &code).await?;
    let listed = sites::sites(&sign_in.gateway, granted.tokens.access.secret(), &way).await?;
    let site = pick(listed, wanted, asker).await?;
    let account = account(settings, &sign_in, &granted, &site, clock).await?;
    let place = Place {
        site: site.url,
        cloud_id: Some(site.cloud_id),
        gateway: Some(base(&sign_in.gateway)),
        account_id: account.id,
        account_name: account.name,
    };
    let scopes = if granted.scopes.is_empty() { site.scopes } else { granted.scopes.clone() };
    Ok(Made {
        method: Method::OAuth,
        place,
        auth_host: Some(base(&sign_in.auth_host)),
        scopes,
        access: Some(access(&granted, clock.now())),
        secrets: Secrets::OAuth { client, tokens: granted.tokens, former: None },
    })
}

/// An address without the slash at its end.
pub(super) fn base(url: &url::Url) -> String {
    url.as_str().trim_end_matches('/').to_owned()
}

/// Sends the person to the sign-in host and waits for the code.
async fn come_back(
    sign_in: &SignInSettings,
    consent: &Asked,
    browser: Browser,
    asker: &mut Asker<'_>,
    clock: &dyn Clock,
) -> Result<SecretString, CliError> {
    if browser == Browser::Elsewhere {
        asker.console.line("Open this address in a browser, sign in, and accept:")?;
        asker.console.line(format_args!("\n{}\n", consent.address))?;
        let what = "At the end the browser cannot show a page; paste the address it was sent to";
        let pasted = asker.line(what, "run it where somebody can paste it").await?;
        return Ok(callback::code_in(&pasted, &sign_in.callback, &consent.state)?);
    }
    let waiting = Waiting::at(sign_in.callback.clone()).await?;
    asker.console.line("Sign in and accept in your browser. If it does not open, open this address in it:")?;
    asker.console.line(format_args!("\n{}\n", consent.address))?;
    let address = consent.address.to_string();
    if let Err(error) = tokio::task::spawn_blocking(move || open::that_detached(address)).await.unwrap_or(Ok(())) {
        tracing::debug!(%error, "no browser opens");
    }
    tokio::select! {
        code = waiting.code(&consent.state, clock) => Ok(code?),
        () = asker.shutdown.cancelled() => Err(CliError::Interrupted),
    }
}

/// The site that is meant.
pub(super) async fn pick(mut listed: Vec<Site>, wanted: Option<&str>, asker: &mut Asker<'_>) -> Result<Site, CliError> {
    let none = "the account has signed in, but no Confluence site was granted: \
        ask for access to one, or sign in with another account";
    if let Some(wanted) = wanted {
        let theirs = |site: &Site| site.cloud_id == wanted || site.url == wanted;
        if let Some(at) = listed.iter().position(theirs) {
            return Ok(listed.swap_remove(at));
        }
        if !listed.is_empty() {
            asker.console.line("The site of this connection is not among those that were granted.")?;
        }
    }
    if listed.len() <= 1 {
        let site = listed.pop().ok_or_else(|| CliError::Refused(none.to_owned()))?;
        asker.console.line(format_args!("{} is the only site that was granted.", harmless(&site.url, 200)))?;
        return Ok(site);
    }
    asker.console.line("Which site?")?;
    for (number, site) in listed.iter().enumerate() {
        let (name, url) = (harmless(&site.name, 60), harmless(&site.url, 100));
        let id = asker.console.paint(Colour::Dim, &site.cloud_id);
        asker.console.line(format_args!("  {}  {name}  {url}  {id}", number + 1))?;
    }
    let at = asker.choice("Site", listed.len(), "give `--site` with its address").await?;
    Ok(listed.swap_remove(at))
}

/// Who signed in: the site says so where the grant lets it, Atlassian otherwise.
async fn account(
    settings: &Settings,
    sign_in: &SignInSettings,
    granted: &Granted,
    site: &Site,
    clock: &Arc<dyn Clock>,
) -> Result<Account, CliError> {
    let access = granted.tokens.access.secret();
    let bearer = Bearer::new(access.clone()).map_err(|error| CliError::Refused(error.to_string()))?;
    let gateway = Gateway { url: base(&sign_in.gateway), cloud_id: Some(site.cloud_id.clone()) };
    let connection = settings.connection_to(site.url.clone(), Some(gateway), Arc::new(bearer), "OAuth".to_owned())?;
    match account::ask(&connection, clock).await {
        Ok(account) => Ok(account),
        Err(Unknown::NoScope) => {
            let me = sites::me(&sign_in.gateway, access, &settings.way_out()?).await?;
            let name = me.name.unwrap_or_else(|| me.account_id.clone());
            Ok(Account { id: me.account_id, name })
        }
        Err(Unknown::NotSignedIn) => {
            Err(CliError::Refused("Confluence does not take the tokens that Atlassian has just given".to_owned()))
        }
        Err(Unknown::Failed(error)) => Err(error),
    }
}
