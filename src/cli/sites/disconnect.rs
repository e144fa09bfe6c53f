//! `sluice disconnect`: forgets a connection's tokens, and what is kept of its site.

use clap::Args;
use tokio_util::sync::CancellationToken;

use super::Home;
use super::asking::Asker;
use crate::cli::console::{Colour, harmless};
use crate::cli::data::assemble;
use crate::cli::data::way::{Way, forget_copies, strange, there};
use crate::cli::process::flags::DataFlags;
use crate::cli::{CliError, Console, Verdict};
use crate::config::{DataFolder, Flags, Settings};
use crate::connect::record::Method;
use crate::connect::{Cabinet, ConnectError, ConnectionName, Record, establish, left};
use crate::control::{Claim, Question, Reply};
use crate::sources::Sources;

/// `sluice disconnect`.
#[derive(Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    what: What,
    #[command(flatten)]
    flags: DataFlags,
}

/// What is forgotten.
#[derive(Args)]
pub(in crate::cli) struct What {
    /// Name of the connection; the only one there is where it is left out
    name: Option<ConnectionName>,
    /// Delete the local index of the site as well; otherwise it stays for the next connection to the same site
    #[arg(long)]
    purge_index: bool,
    /// Keep what waits for a person and what was sent, with the states before; otherwise both go
    #[arg(long)]
    keep_journal: bool,
    /// Ask nothing
    #[arg(long)]
    yes: bool,
}

impl Arguments {
    pub(in crate::cli) fn flags(&self) -> &Flags {
        self.flags.flags()
    }
}

pub(in crate::cli) async fn run(
    arguments: Arguments,
    settings: &Settings,
    console: &mut Console,
    shutdown: CancellationToken,
) -> Result<Verdict, CliError> {
    disconnect(arguments.what, settings, console, shutdown).await
}

pub(super) async fn disconnect(
    what: What,
    settings: &Settings,
    console: &mut Console,
    shutdown: CancellationToken,
) -> Result<Verdict, CliError> {
    let home = Home::of(settings)?;
    let (data, cabinet) = (&home.data, home.cabinet());
    let name = named(what.name, &cabinet)?;
    let record = match cabinet.read(&name) {
        Ok(Some(sealed)) => Some(sealed.connection),
        Ok(None) => return Err(ConnectError::Missing(name).into()),
        Err(error) => {
            console.line(harmless(&error.to_string(), 400))?;
            None
        }
    };
    let mut asker = Asker { console, shutdown, yes: what.yes };
    let site = record.as_ref().map_or("its site".to_owned(), |record| harmless(&record.place.site, 200));
    if !asker.agreed(&format!("Disconnect `{name}` from {site}, and forget its tokens?")).await? {
        return Err(CliError::Refused("nothing was done".to_owned()));
    }
    establish::forget(&cabinet, &name, &*home.clock).await.map_err(ConnectError::from)?;
    let mark = asker.console.paint(Colour::Green, "✓");
    asker.console.line(format_args!(
        "{mark} disconnected `{name}`: its tokens and their key are forgotten, {site} is as it was"
    ))?;
    let mut verdict = Verdict::Well;
    if let Some(record) = &record {
        if !what.keep_journal
            && let Err(error) = journal(record, settings, data, &mut asker).await
        {
            verdict = Verdict::Wrong;
            let mark = asker.console.paint(Colour::Red, "✗");
            asker.console.line(format_args!("{mark} what waits and what was sent is still there: {error}"))?;
        }
        if let Err(error) = index(record, settings, data, what.purge_index, asker.console).await {
            verdict = Verdict::Wrong;
            let mark = asker.console.paint(Colour::Red, "✗");
            asker.console.line(format_args!("{mark} what was copied of it is still there: {error}"))?;
        }
    }
    if cabinet.names()?.is_empty() && Sources::cabinet(data).names()?.is_empty() {
        // Nothing is left that a key made here could open.
        home.keys()?.forget().await?;
    }
    if let Some(record) = &record {
        asker.console.line(format_args!("  {}", revoke(record.method)))?;
    }
    Ok(verdict)
}

fn named(name: Option<ConnectionName>, cabinet: &Cabinet) -> Result<ConnectionName, CliError> {
    match (name, cabinet.names()?.as_slice()) {
        (Some(name), _) => Ok(name),
        (None, [only]) => Ok(only.clone()),
        (None, []) => Err(CliError::Refused("Sluice is connected to no site".to_owned())),
        (None, names) => {
            let names: Vec<_> = names.iter().map(ConnectionName::as_str).collect();
            Err(CliError::Usage(format!("say which: {}", names.join(", "))))
        }
    }
}

/// Purges what waits and what was sent, where anything ever was.
async fn journal(
    record: &Record,
    settings: &Settings,
    data: &DataFolder,
    asker: &mut Asker<'_>,
) -> Result<(), CliError> {
    if there(data).is_err() {
        return Ok(());
    }
    let mut way = Way::open(settings, "disconnect").await?;
    let purged = purge(&mut way, record, settings, asker).await;
    way.close().await;
    let (closed, removed, kept) = purged?;
    let left = match kept {
        0 => String::new(),
        kept => format!("; {kept} just being sent stay until they have ended"),
    };
    Ok(asker
        .console
        .line(format_args!("  {closed} waiting writes closed, {removed} records of writes deleted{left}"))?)
}

async fn purge(
    way: &mut Way,
    record: &Record,
    settings: &Settings,
    asker: &mut Asker<'_>,
) -> Result<(usize, usize, usize), CliError> {
    let Reply::Approvers { set_up } = way.ask(Question::Approvers).await? else { return Err(strange()) };
    let who = match (set_up, settings.approver_secret()) {
        (false, _) => Claim::Anyone,
        (true, Some(secret)) => Claim::Secret(secret),
        (true, None) => Claim::Secret(asker.hidden("Your approver's secret", "set SLUICE_APPROVER_SECRET").await?),
    };
    let connection = assemble::name_of(record);
    match way.ask(Question::ForgetConnection { connection, who }).await? {
        Reply::Forgotten { closed, removed, left } => Ok((closed, removed, left)),
        _ => Err(strange()),
    }
}

async fn index(
    record: &Record,
    settings: &Settings,
    data: &DataFolder,
    purge: bool,
    console: &mut Console,
) -> Result<(), CliError> {
    if purge {
        if forget_copies(settings, &record.id, "disconnect").await? {
            console.line("  its local index is deleted, and what was known of the site with it")?;
        }
    } else if left::leave(data, record)? {
        console.line("  its local index stays; `--purge-index` would have deleted it")?;
    }
    Ok(())
}

/// Where a person takes back what the site has given.
const fn revoke(method: Method) -> &'static str {
    match method {
        Method::OAuth => {
            "to take the grant back at Atlassian as well: https://id.atlassian.com/manage-profile/apps, Remove access"
        }
        Method::ApiToken | Method::ScopedApiToken => {
            "to revoke the token at Atlassian as well: https://id.atlassian.com/manage-profile/security/api-tokens"
        }
        Method::ServiceAccount => {
            "to revoke the credentials at Atlassian as well: https://admin.atlassian.com, Directory, Service accounts"
        }
    }
}
