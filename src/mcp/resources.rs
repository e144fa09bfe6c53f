//! Pages and spaces as resources: each is read by the tool of the same name, through the same gate.

pub(super) mod spaces;

use rmcp::ErrorData;
use rmcp::model::{ResourceContents, ResourceTemplate};
use rmcp::service::{RequestContext, RoleServer};
use serde_json::{Map, Value, json};

use crate::domain::text::visible;
use crate::tools::{self, Answer, Content, ToolError};

use super::replies;
use super::server::Server;

/// A kind of resource and the tool that reads it.
struct Kind {
    prefix: &'static str,
    template: &'static str,
    name: &'static str,
    title: &'static str,
    description: &'static str,
    tool: &'static str,
    argument: &'static str,
}

/// The template whose `key` is completed.
pub(super) const SPACE: &str = "confluence://space/{key}";

const KINDS: [Kind; 2] = [
    Kind {
        prefix: "confluence://page/",
        template: "confluence://page/{id}",
        name: "page",
        title: "Confluence page",
        description: "A page by id, as Markdown below a short header.",
        tool: "get_page",
        argument: "page_id",
    },
    Kind {
        prefix: "confluence://space/",
        template: SPACE,
        name: "space",
        title: "Confluence space",
        description: "A space by key: its name, description and home page.",
        tool: "get_space",
        argument: "space",
    },
];

/// The templates whose tool the caller's profile can allow.
pub(super) fn templates(server: &Server) -> Vec<ResourceTemplate> {
    let shown = KINDS.iter().filter(|kind| server.allows(kind.tool));
    shown
        .map(|kind| {
            ResourceTemplate::new(kind.template, kind.name)
                .with_title(kind.title)
                .with_description(kind.description)
                .with_mime_type("text/markdown")
        })
        .collect()
}

/// Reads a resource. What is missing, hidden or no resource of ours is answered alike.
pub(super) async fn read(
    server: &Server,
    uri: &str,
    context: &RequestContext<RoleServer>,
) -> Result<Vec<ResourceContents>, ErrorData> {
    let kind = KINDS.iter().find_map(|kind| Some((kind, uri.strip_prefix(kind.prefix)?)));
    let found = kind.and_then(|(kind, name)| Some((kind, name, tools::find(kind.tool)?)));
    let Some((kind, name, entry)) = found else { return Err(not_found(uri)) };
    let arguments = Map::from_iter([(kind.argument.to_owned(), Value::from(name))]);
    match server.call(entry, arguments, context).await {
        Ok(answer) => Ok(contents(answer, uri)),
        Err(error) => Err(failure(&error, uri)),
    }
}

fn contents(answer: Answer, uri: &str) -> Vec<ResourceContents> {
    let contents = answer.content.into_iter().map(|content| match content {
        Content::Text(text) => ResourceContents::text(text, uri).with_mime_type("text/markdown"),
        Content::Image { base64, media_type } | Content::File { base64, media_type, .. } => {
            ResourceContents::blob(base64, uri).with_mime_type(media_type)
        }
    });
    contents.collect()
}

/// rmcp turns the code into -32602 for the modern era.
fn not_found(uri: &str) -> ErrorData {
    let uri: String = visible(uri).chars().take(200).collect();
    ErrorData::resource_not_found("no such resource, or no permission to see it", Some(json!({ "uri": uri })))
}

fn failure(error: &ToolError, uri: &str) -> ErrorData {
    let message = format!("{}: {}", error.code, error.message);
    let fields = Some(replies::fields(error));
    match &*error.code {
        "not_found" | "invalid_input" => not_found(uri),
        "refused" | "limit_reached" => ErrorData::invalid_request(message, fields),
        _ => ErrorData::internal_error(message, fields),
    }
}
