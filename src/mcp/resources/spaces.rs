//! Completes keys of spaces: the ones that this caller gets listed, and no others.

use std::collections::BTreeSet;

use rmcp::model::{CompleteRequestParams, CompletionInfo, Reference};
use rmcp::service::{RequestContext, RoleServer};
use serde_json::{Map, Value};

use crate::tools;

use super::SPACE;
use crate::mcp::server::Server;

/// How many listings one completion costs at most; each holds up to 250 spaces.
const LISTINGS: usize = 4;

/// The keys that begin as the caller has typed, ignoring case. Whatever cannot be completed, or not by this caller,
/// has no completions.
pub(in crate::mcp) async fn complete(
    server: &Server,
    request: &CompleteRequestParams,
    context: &RequestContext<RoleServer>,
) -> CompletionInfo {
    let is_space_key = matches!(&request.r#ref, Reference::Resource(resource) if resource.uri == SPACE)
        && request.argument.name == "key";
    if !is_space_key {
        return CompletionInfo::default();
    }
    let (mut keys, mut more) = keys(server, &request.argument.value, context).await;
    while keys.len() > CompletionInfo::MAX_VALUES {
        keys.pop_last();
        more = true;
    }
    // No total: it would count what the caller has not seen.
    CompletionInfo::with_pagination(keys.into_iter().collect(), None, more).unwrap_or_default()
}

/// The matching keys, and whether there may be more.
async fn keys(server: &Server, typed: &str, context: &RequestContext<RoleServer>) -> (BTreeSet<String>, bool) {
    let mut keys = BTreeSet::new();
    let Some(entry) = tools::find("list_spaces").filter(|entry| server.allows(entry.facts.name)) else {
        return (keys, false);
    };
    let typed = typed.to_ascii_lowercase();
    let mut cursor = None;
    for _ in 0..LISTINGS {
        let mut arguments = Map::from_iter([("limit".to_owned(), Value::from(250))]);
        arguments.extend(cursor.take().map(|cursor| ("cursor".to_owned(), cursor)));
        let Ok(answer) = server.call(entry, arguments, context).await else { return (keys, false) };
        let mut fields = answer.structured.unwrap_or_default();
        let spaces = fields.get("spaces").and_then(Value::as_array).into_iter().flatten();
        let listed = spaces.filter_map(|space| space.get("key")?.as_str());
        keys.extend(listed.filter(|key| key.to_ascii_lowercase().starts_with(&typed)).map(str::to_owned));
        cursor = fields.remove("next_cursor").filter(Value::is_string);
        if cursor.is_none() {
            return (keys, false);
        }
    }
    (keys, true)
}
