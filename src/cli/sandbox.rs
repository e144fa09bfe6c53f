//! `sluice sandbox`: runs a simulated Confluence Cloud site and says how to reach it.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use tokio_util::sync::CancellationToken;

use super::console::Colour;
use super::{CliError, Console, Verdict};
use crate::sandbox::model::{Site, UserStatus};
use crate::sandbox::signin::{
    CALLBACK, CLIENT_ID, CLIENT_SECRET, SCOPED_TOKEN, SERVICE_CLIENT_ID, SERVICE_CLIENT_SECRET,
};
use crate::sandbox::{Sandbox, SandboxOptions, Tenant, import, seed};

/// The seed of sites of any size.
const SEED: u64 = 1;

/// `sluice sandbox`.
#[derive(Args)]
pub(super) struct Arguments {
    /// Where to listen; port 0 takes any free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8090")]
    listen: SocketAddr,
    /// Add the storage-format files of a folder as the pages of a space
    #[arg(long, value_name = "FOLDER")]
    import: Option<PathBuf>,
    /// Make a site of this many pages instead of the service desk's
    #[arg(long, value_name = "NUMBER")]
    pages: Option<usize>,
    /// Speak TLS with a throwaway authority, whose certificate is printed
    #[arg(long)]
    tls: bool,
}

pub(super) async fn run(
    arguments: &Arguments,
    console: &mut Console,
    shutdown: CancellationToken,
) -> Result<Verdict, CliError> {
    let mut site = arguments.pages.map_or_else(seed::service_desk, |pages| seed::generate(pages, SEED));
    if let Some(folder) = &arguments.import {
        let count = import::folder(&mut site, folder)?;
        console.line(format_args!("imported {count} pages from {}", folder.display()))?;
    }
    let people = accounts(&site);
    let administrator = site.users.values().find(|user| user.admin).map(|user| user.email.clone());
    let options = SandboxOptions { listen: arguments.listen, tls: arguments.tls, ..SandboxOptions::new(site) };
    let sandbox = Sandbox::start(options).await?;
    describe(&sandbox, &people, console)?;
    credentials(&sandbox, &administrator.unwrap_or_default(), console)?;
    console.line("")?;
    console.line("Ctrl-C ends it; nothing is kept.")?;
    shutdown.cancelled().await;
    sandbox.stop().await;
    Ok(Verdict::Well)
}

/// E-mail address, token and name of everyone who can sign in.
pub(super) fn accounts(site: &Site) -> Vec<[String; 3]> {
    let can_sign_in =
        site.users.values().filter(|user| user.status == UserStatus::Active && !user.api_token.is_empty());
    can_sign_in.map(|user| [user.email.clone(), user.api_token.clone(), user.display_name.clone()]).collect()
}

fn describe(sandbox: &Sandbox, people: &[[String; 3]], console: &mut Console) -> Result<(), CliError> {
    let url = sandbox.url();
    console.line(console.paint(Colour::Bold, "A simulated Confluence Cloud site"))?;
    console.line(format_args!("  site      {url}/wiki"))?;
    console.line(format_args!("  gateway   {url}/ex/confluence/{}", Tenant::First.cloud_id()))?;
    console.line(format_args!("  media     {}", sandbox.media_url()))?;
    console.line(format_args!("  sign-in   {url}/authorize, {url}/oauth/token"))?;
    console.line("")?;
    console.line(console.paint(Colour::Bold, "A second site, for the administrator"))?;
    console.line(format_args!("  site      {}/wiki", sandbox.second_url()))?;
    console.line(format_args!("  gateway   {url}/ex/confluence/{}", Tenant::Second.cloud_id()))?;
    console.line("")?;
    console.line(console.paint(Colour::Bold, "Accounts (e-mail address and API token)"))?;
    let width =
        |column: fn(&[String; 3]) -> &String| people.iter().map(|person| column(person).len()).max().unwrap_or(0);
    let (email_width, token_width) = (width(|[email, ..]| email), width(|[_, token, _]| token));
    for [email, token, name] in people {
        console
            .line(format_args!("  {email:email_width$}  {token:token_width$}  {}", console.paint(Colour::Dim, name)))?;
    }
    if let Some(pem) = sandbox.ca_pem() {
        console.line("")?;
        console.line(console.paint(Colour::Bold, "Its authority: save this and give it to `--ca-file`"))?;
        console.text(pem)?;
    }
    let [email, token, _] = people.first().map_or([""; 3], |person| person.each_ref().map(String::as_str));
    console.line("")?;
    console.line(console.paint(Colour::Bold, "Serve it to an agent"))?;
    console.line(format_args!("  SLUICE_EMAIL={email} SLUICE_API_TOKEN={token} \\"))?;
    console.line(format_args!("  sluice serve --stdio --site {url}"))?;
    Ok(())
}

/// What else one can sign in with: an app that people consent to, a service account, a token with scopes.
fn credentials(sandbox: &Sandbox, administrator: &str, console: &mut Console) -> Result<(), CliError> {
    let url = sandbox.url();
    console.line("")?;
    console.line(console.paint(Colour::Bold, "OAuth 2.0 app"))?;
    console.line(format_args!("  client id  {CLIENT_ID}"))?;
    console.line(format_args!("  secret     {CLIENT_SECRET}"))?;
    console.line(format_args!("  callback   {CALLBACK}"))?;
    console.line("")?;
    console.line(console.paint(Colour::Bold, "Service account (client credentials)"))?;
    console.line(format_args!("  client id  {SERVICE_CLIENT_ID}"))?;
    console.line(format_args!("  secret     {SERVICE_CLIENT_SECRET}"))?;
    console.line("")?;
    console.line(console.paint(Colour::Bold, "Scoped API token (at the gateway only)"))?;
    console.line(format_args!("  {administrator}  {SCOPED_TOKEN}"))?;
    console.line("")?;
    console.line(console.paint(Colour::Bold, "Connect it with consent"))?;
    console.line(format_args!("  SLUICE_CLIENT_ID={CLIENT_ID} SLUICE_CLIENT_SECRET={CLIENT_SECRET} \\"))?;
    console.line(format_args!("  sluice connect --auth-host {url} --gateway {url}"))?;
    Ok(())
}
