//! Asks the site who we are, and one harmless read of each group.

use std::sync::Arc;

use serde::Deserialize;

use super::super::console::harmless;
use super::Findings;
use crate::cli::CliError;
use crate::cli::data::assemble;
use crate::clock::{Clock, SystemClock};
use crate::config::Connection;
use crate::confluence::Request;
use crate::confluence::api::{self, Paging};
use crate::confluence::client::Client;
use crate::confluence::failure::Failure;
use crate::confluence::model::User;
use crate::confluence::reply::Reply;
use crate::domain::access::Read;
use crate::domain::group::Group;
use crate::domain::ids::ContentId;
use crate::policy::gate::BuiltIn;

/// The ids of a list, which is all that is needed of it.
#[derive(Deserialize)]
struct Ids {
    results: Vec<Id>,
}

#[derive(Deserialize)]
struct Id {
    id: ContentId,
}

/// Reaches the site, finds out who we are, tries each group.
pub(super) async fn site(connection: &Connection, findings: &mut Findings<'_>) -> Result<(), CliError> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let client = match assemble::client(connection, &clock).await {
        Ok(client) => client,
        Err(error) => return Ok(findings.problem(&error.to_string())?),
    };
    match ask(&client, api::users::current_user()).await.and_then(|reply| reply.json::<User>()) {
        Ok(user) => {
            findings.good(&format!("{} answers", client.address().host()))?;
            let name = harmless(user.name().unwrap_or("somebody without a name"), 60);
            findings.good(&format!("signed in as {name} ({})", connection.signed_in_with))?;
        }
        Err(failure @ (Failure::NotStarted { .. } | Failure::NotSignedIn(_) | Failure::TooFast { .. })) => {
            // Whatever else is asked would fail in the same way.
            return said(&failure, findings);
        }
        Err(Failure::ScopeMissing(_)) => {
            findings.good(&format!(
                "{} answers, and takes the {}",
                client.address().host(),
                connection.signed_in_with
            ))?;
        }
        Err(failure) => said(&failure, findings)?,
    }
    if let Some(points) = client.points() {
        findings.good(&format!("{} of {} points are left in this hour", points.left, points.quota))?;
    }
    findings.console.line("")?;
    operations(&client, findings).await
}

/// One read of each group.
async fn operations(client: &Client, findings: &mut Findings<'_>) -> Result<(), CliError> {
    findings.heading("Operations, one harmless read of each group")?;
    let one = Paging { limit: Some(1), ..Paging::default() };
    let pages = ask(client, api::pages::list_pages(&[], &one)).await;
    let page =
        pages.as_ref().ok().and_then(|reply| reply.json::<Ids>().ok()).and_then(|ids| ids.results.into_iter().next());
    verdict(Group::Pages, "read:page:confluence", pages, findings)?;
    let spaces = ask(client, api::spaces::list_spaces(&api::spaces::SpaceFilter::default(), &one)).await;
    verdict(Group::Spaces, "read:space:confluence", spaces, findings)?;
    let found = ask(client, api::search::search("type = page", &one)).await;
    verdict(Group::Search, "search:confluence or read:content-details:confluence", found, findings)?;
    match page {
        Some(page) => {
            let attachments = ask(client, api::attachments::attachments_of_page(&page.id, &one)).await;
            verdict(Group::Attachments, "read:attachment:confluence", attachments, findings)?;
        }
        None => findings.note("attachments: not tried, since no page can be read")?,
    }
    let user = ask(client, api::users::current_user()).await;
    verdict(Group::Users, "read:confluence-user or read:content-details:confluence", user, findings)
}

async fn ask(client: &Client, request: Request<Read>) -> Result<Reply, Failure> {
    client.send(&BuiltIn::Doctor.permit(), request).await
}

fn verdict(
    group: Group,
    scope: &str,
    reply: Result<Reply, Failure>,
    findings: &mut Findings<'_>,
) -> Result<(), CliError> {
    match reply {
        Ok(_) => findings.good(&format!("{group}: ok"))?,
        Err(Failure::ScopeMissing(_)) => {
            findings.problem(&format!("{group}: the token lacks a scope; it needs {scope}"))?;
        }
        Err(failure) => findings.problem(&format!("{group}: {failure}"))?,
    }
    Ok(())
}

fn said(failure: &Failure, findings: &mut Findings<'_>) -> Result<(), CliError> {
    Ok(findings.problem(&format!("{failure}\n{}", failure.hint()))?)
}
