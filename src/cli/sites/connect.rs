//! `sluice connect`: signs in at a site and keeps the connection.

use std::sync::Arc;

use clap::{Args, ValueEnum};
use tokio_util::sync::CancellationToken;

use super::asking::Asker;
use super::consent::{self, Browser};
use super::establish::{Made, Shelf};
use super::{Home, given, scopes};
use crate::cli::console::{Colour, harmless};
use crate::cli::data::sync;
use crate::cli::{CliError, Console, Verdict};
use crate::clock::Clock;
use crate::config::{Flags, Settings};
use crate::connect::record::Method;
use crate::connect::secrets::{ClientSecrets, Secrets};
use crate::connect::{Cabinet, ConnectError, ConnectionName, Record, establish};
use crate::keys::KeyProvider;

/// `sluice connect`.
#[derive(Args)]
pub(in crate::cli) struct Arguments {
    /// How to sign in
    #[arg(long, value_enum)]
    method: Option<Way>,
    /// What to call the connection, instead of after its site
    #[arg(long, value_name = "NAME", conflicts_with = "reconnect")]
    name: Option<ConnectionName>,
    /// Sign in again for a connection there is; its site and settings stay
    #[arg(long, value_name = "NAME")]
    reconnect: Option<ConnectionName>,
    /// Open no browser: print the address, and take the one it is sent to at the end
    #[arg(long)]
    no_browser: bool,
    /// Do not copy the site's spaces for searches now
    #[arg(long)]
    no_sync: bool,
    /// Ask nothing: what is needed is in the settings, and every other answer is yes
    #[arg(long)]
    yes: bool,
    #[command(flatten)]
    flags: Flags,
}

/// How a person signs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Way {
    /// In a browser, with an OAuth app
    Oauth,
    /// With an account's API token
    ApiToken,
    /// With a service account's client credentials
    ServiceAccount,
}

impl Arguments {
    pub(in crate::cli) fn flags(&self) -> &Flags {
        &self.flags
    }
}

pub(in crate::cli) async fn run(
    arguments: Arguments,
    settings: &Settings,
    console: &mut Console,
    shutdown: CancellationToken,
) -> Result<Verdict, CliError> {
    let home = Home::of(settings)?;
    home.data.create()?;
    let (cabinet, keys) = (home.cabinet(), home.prepared_keys(console).await?);
    let former = match &arguments.reconnect {
        None => None,
        Some(name) => {
            let sealed = cabinet.read(name)?.ok_or_else(|| ConnectError::Missing(name.clone()))?;
            Some(sealed.connection)
        }
    };
    if let Some(name) = &arguments.name
        && cabinet.names()?.contains(name)
    {
        return Err(CliError::Usage(format!(
            "there is a connection `{name}` already; `--reconnect {name}` signs in again for it"
        )));
    }
    let mut asker = Asker { console, shutdown, yes: arguments.yes };
    let made = make(&arguments, settings, former.as_ref(), (&cabinet, &keys), &mut asker, &home.clock).await?;
    let shelf = Shelf { settings, data: &home.data, cabinet: &cabinet, keys: &keys, clock: &home.clock };
    let record = shelf.establish(made, arguments.name, former.as_ref(), &mut asker).await?;
    told(&record, settings, &keys, asker.console)?;
    if cabinet.default().as_ref() != Some(&record.name) {
        let name = &record.name;
        asker
            .console
            .line(format_args!("  it is used by whoever names it; `sluice sites use {name}` makes it the default"))?;
    }
    if !arguments.no_sync {
        let (stopped, console) = (asker.shutdown.clone(), asker.console);
        let copied = tokio::select! {
            copied = sync::first(settings, record.name.as_str(), console) => copied,
            () = stopped.cancelled() => Ok(()),
        };
        // The site is connected all the same.
        if let Err(error) = copied {
            tracing::warn!(%error, "the site could not be copied yet");
        }
    }
    Ok(Verdict::Well)
}

async fn make(
    arguments: &Arguments,
    settings: &Settings,
    former: Option<&Record>,
    (cabinet, keys): (&Cabinet, &Arc<dyn KeyProvider>),
    asker: &mut Asker<'_>,
    clock: &Arc<dyn Clock>,
) -> Result<Made, CliError> {
    let of_former = |former: &Record| match former.method {
        Method::OAuth => Way::Oauth,
        Method::ApiToken | Method::ScopedApiToken => Way::ApiToken,
        Method::ServiceAccount => Way::ServiceAccount,
    };
    let way = arguments.method.or_else(|| former.map(of_former)).unwrap_or(Way::Oauth);
    let place = former.map(|former| &former.place);
    if way == Way::ApiToken {
        return given::api_token(settings, place, asker, clock).await;
    }
    let known = match former.filter(|former| of_former(former) == way) {
        // Where the former secrets cannot be opened any more, they are asked for again.
        Some(former) => establish::secrets(cabinet, &former.name, keys).await.ok().flatten(),
        None => None,
    };
    let client = client(settings, known, way, asker).await?;
    if way == Way::ServiceAccount {
        return given::service_account(settings, client, place, asker, clock).await;
    }
    let name = former.map(|former| &former.name).or(arguments.name.as_ref());
    let scopes = scopes::needed(settings, name)?;
    let scopes: Vec<&str> = scopes.iter().copied().collect();
    let browser = if arguments.no_browser { Browser::Elsewhere } else { Browser::Opened };
    let wanted = match settings.site_if_set()? {
        Some(site) => Some(site),
        None => place.and_then(|place| place.cloud_id.clone()),
    };
    consent::sign_in(settings, client, &scopes, browser, wanted.as_deref(), asker, clock).await
}

/// What the app or service account proves itself with: of the settings, of the connection there is, or asked for.
async fn client(
    settings: &Settings,
    known: Option<Secrets>,
    way: Way,
    asker: &mut Asker<'_>,
) -> Result<ClientSecrets, CliError> {
    let sign_in = settings.sign_in()?;
    let known = match known {
        Some(Secrets::OAuth { client, .. } | Secrets::ServiceAccount { client, .. }) => Some(client),
        Some(Secrets::ApiToken { .. }) | None => None,
    };
    let whose = if way == Way::Oauth { "OAuth app" } else { "service account" };
    let id = match (sign_in.client_id, &known) {
        (Some(id), _) => id,
        (None, Some(known)) => known.id.clone(),
        (None, None) => asker.line(&format!("Client id of the {whose}"), "set SLUICE_CLIENT_ID").await?,
    };
    if let Some(secret) = sign_in.client_secret {
        return Ok(ClientSecrets { id, secret: secret.into() });
    }
    if let Some(known) = known.filter(|known| known.id == id) {
        return Ok(known);
    }
    let secret = asker.hidden("Its secret", "set SLUICE_CLIENT_SECRET or SLUICE_CLIENT_SECRET_FILE").await?;
    Ok(ClientSecrets { id, secret: secret.into() })
}

/// Says what there is now, and what it lacks.
fn told(
    record: &Record,
    settings: &Settings,
    keys: &Arc<dyn KeyProvider>,
    console: &mut Console,
) -> Result<(), CliError> {
    let (site, account) = (harmless(&record.place.site, 200), harmless(&record.place.account_name, 60));
    let mark = console.paint(Colour::Green, "✓");
    let method = record.method.words();
    console.line(format_args!("{mark} connected to {site} as {account} ({method}), as `{}`", record.name))?;
    console.line(format_args!("  its tokens are sealed; {} opens them", keys.described()))?;
    for line in scopes::lacking(settings, record)? {
        let mark = console.paint(Colour::Yellow, "!");
        console.line(format_args!("{mark} {line}"))?;
    }
    Ok(())
}
