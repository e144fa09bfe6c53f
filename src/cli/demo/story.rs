//! What the agent of the demo does: looks around, is refused, writes, and learns that it was not the only one.

use serde_json::{Map, Value, json};

use super::agent::{Agent, Said};
use super::ledger::{Expected, Ledger};
use crate::cli::CliError;

/// Words that the seeded site has a runbook about.
const WORDS: &str = "VPN from home";
/// The page the agent wants to write.
const TITLE: &str = "VPN: what to check first";
const FIRST: &str = "# Before you call\n\n1. Is the laptop online without the VPN?\n2. Is the client up to date?\n\n> [!TIP]\n> Restart the client once.\n";
const SECOND: &str = "# Before you call\n\n1. Is the laptop online without the VPN?\n2. Is the client 4.2 or newer?\n3. Is the account in `vpn-users`?\n\n> [!TIP]\n> Restart the client once.\n";

/// The page the agent found.
pub(super) struct Found {
    id: String,
}

/// Under read-only: the list of tools, a search, a page, and a write that is refused.
pub(super) async fn looks_around(agent: &Agent, ledger: &mut Ledger<'_>) -> Result<Found, CliError> {
    ledger.tools(agent).await?;
    let point = "It finds what the profile lets it see, and nothing else.";
    let arguments = arguments(json!({ "query": WORDS, "limit": 3 }));
    let hits = ledger.call(agent, "search_text", arguments, (Expected::Answer, point)).await?;
    let id = first_id(&hits).ok_or_else(|| CliError::Mcp("the search found no page".into()))?;
    let point = "The body comes as Markdown, and with it the version to write with later.";
    ledger.call(agent, "get_page", self::arguments(json!({ "page_id": id })), (Expected::Answer, point)).await?;
    let point = "The account could do it, the profile says no: stopped before anything was sent.";
    let draft = draft(&id);
    ledger.call(agent, "create_page", draft, (Expected::Refusal, point)).await?;
    Ok(Found { id })
}

/// Under documentation-manager: the same write allowed, changed, changed again on a stale version, and not deleted.
pub(super) async fn writes(agent: &Agent, found: &Found, ledger: &mut Ledger<'_>) -> Result<(), CliError> {
    ledger.tools(agent).await?;
    let point = "The very same call. It was judged where the page will live, recorded, then sent, once.";
    let made = ledger.call(agent, "create_page", draft(&found.id), (Expected::Answer, point)).await?;
    let field = |name: &str| made.data.as_ref().and_then(|data| data.get(name)).cloned().unwrap_or(Value::Null);
    let (id, version) = (field("id"), field("version"));
    let update = |body: &str| arguments(json!({ "page_id": id, "version": version, "body": body }));
    let point = "A write says which version it rests on. Markdown went in, storage format is kept.";
    ledger.call(agent, "update_page", update(SECOND), (Expected::Answer, point)).await?;
    let point = "Sent again on the old version: both versions are told, nothing is overwritten.";
    ledger.call(agent, "update_page", update(FIRST), (Expected::Conflict, point)).await?;
    let point = "This profile deletes nothing. Deleting a space is not possible under any profile.";
    ledger.call(agent, "delete_page", arguments(json!({ "page_id": id })), (Expected::Refusal, point)).await?;
    Ok(())
}

/// The page the agent wants to make, below the one it read.
fn draft(parent: &str) -> Map<String, Value> {
    arguments(json!({ "space": "IT", "title": TITLE, "parent_id": parent, "body": FIRST }))
}

fn arguments(object: Value) -> Map<String, Value> {
    match object {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

/// The id of the first hit that is a page.
fn first_id(hits: &Said) -> Option<String> {
    let results = hits.data.as_ref()?.get("results")?.as_array()?;
    let page = results.iter().find(|hit| hit.get("type").is_none_or(|kind| kind == "page"))?;
    match page.get("id").or_else(|| page.get("page_id"))? {
        Value::String(id) => Some(id.clone()),
        Value::Number(id) => Some(id.to_string()),
        _ => None,
    }
}
