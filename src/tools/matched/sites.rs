//! Where what a raw request is about stands: read off its path, query, body or answer.

use serde_json::{Map, Value};

use super::eyes::Eyes;
use crate::domain::ids::{AttachmentId, ContentId, SpaceId, SpaceKey};
use crate::domain::place::{Place, SpaceName};
use crate::published::{Matched, Place as Stands};
use crate::tools::ToolError;

/// How far is followed what hangs on something that hangs on something.
const STEPS: usize = 4;
/// What may be the parent of a page, the likeliest first.
const PARENTS: [&str; 5] = ["pages", "folders", "whiteboards", "databases", "embeds"];

/// The place that path or query say; `None` where only the answer does, or nobody.
pub(super) async fn of_request(matched: &Matched, eyes: &Eyes<'_>) -> Result<Option<Place>, ToolError> {
    let variable = |name: &str| matched.variable(name).unwrap_or_default();
    Ok(Some(match matched.row().place {
        Stands::Nowhere => Place::Nowhere,
        Stands::Space(name) if matched.row().template.contains("/v2/") => {
            variable(name).parse().map_or(Place::Unknown, Place::Space)
        }
        Stands::Space(name) => variable(name).parse().map_or(Place::Unknown, Place::SpaceKey),
        Stands::SpaceOfQuery(key) => {
            let named = matched.parameter(key).and_then(|key| key.parse().ok());
            named.map_or(Place::Unknown, Place::SpaceKey)
        }
        Stands::Content(name) => of_content(variable(name), eyes).await?,
        Stands::Attachment(name) => of_thing("attachments", variable(name), eyes).await?,
        Stands::Thing => {
            let path: Vec<&str> = matched.row().template.split('/').collect();
            let id = matched.variables().next().unwrap_or_default();
            of_thing(path.get(4).copied().unwrap_or_default(), id, eyes).await?
        }
        Stands::Body | Stands::Answer | Stands::Spaces | Stands::Cql | Stands::Unsaid => return Ok(None),
    }))
}

/// The content of a v1 path may be an attachment, which its id says.
async fn of_content(id: &str, eyes: &Eyes<'_>) -> Result<Place, ToolError> {
    match (id.parse::<ContentId>(), id.parse::<AttachmentId>()) {
        (Ok(id), _) => Ok(Place::Content(id)),
        (Err(_), Ok(_)) => of_thing("attachments", id, eyes).await,
        _ => Ok(Place::Unknown),
    }
}

/// Where a thing of a v2 kind is, as its own answer says, followed to what it hangs on.
pub(super) async fn of_thing(kind: &str, id: &str, eyes: &Eyes<'_>) -> Result<Place, ToolError> {
    of_thing_read(&of_kind(kind, id, eyes).await?, eyes).await
}

/// The same of a thing that was read already.
pub(super) async fn of_thing_read(thing: &Value, eyes: &Eyes<'_>) -> Result<Place, ToolError> {
    let mut thing = thing.clone();
    for _ in 0..STEPS {
        let place = of_item(&thing);
        if place != Place::Unknown {
            return Ok(place);
        }
        let above =
            [("customContentId", "custom-content"), ("attachmentId", "attachments"), ("parentCommentId", "comments")];
        let above = above.into_iter().find_map(|(member, kind)| Some((kind, text(thing.get(member)?)?)));
        let Some((kind, id)) = above else { break };
        thing = of_kind(kind, &id, eyes).await?;
    }
    Ok(Place::Unknown)
}

/// The thing itself; an id of a comment does not say which of the two it is.
async fn of_kind(kind: &str, id: &str, eyes: &Eyes<'_>) -> Result<Value, ToolError> {
    if kind == "comments" {
        let footer = eyes.get(&format!("/wiki/api/v2/footer-comments/{id}"), &[]).await;
        return match footer {
            Err(error) if error.code == "not_found" => {
                eyes.get(&format!("/wiki/api/v2/inline-comments/{id}"), &[]).await
            }
            footer => footer,
        };
    }
    eyes.get(&format!("/wiki/api/v2/{kind}/{id}"), &[]).await
}

/// Where an item of an answer is, as it says itself.
pub(super) fn of_item(item: &Value) -> Place {
    let id = |member: &str| item.get(member).and_then(text);
    if let Some(space) = id("spaceId").and_then(|id| id.parse::<SpaceId>().ok()) {
        return Place::Space(space);
    }
    if let Some(content) = id("pageId").or_else(|| id("blogPostId")).and_then(|id| id.parse::<ContentId>().ok()) {
        return Place::Content(content);
    }
    // v1 names the space of a content beside it, where it is expanded or as a link.
    for content in [Some(item), item.get("content")].into_iter().flatten() {
        let key = content.pointer("/space/key").and_then(Value::as_str);
        let link = content.pointer("/_expandable/space").and_then(Value::as_str);
        let key = key.or_else(|| link.and_then(|link| link.rsplit('/').next()));
        if let Some(key) = key.and_then(|key| key.parse::<SpaceKey>().ok()) {
            return Place::SpaceKey(key);
        }
    }
    let content = item.pointer("/content/id").and_then(text).and_then(|id| id.parse().ok());
    content.map_or(Place::Unknown, Place::Content)
}

/// Where an item is that is a space.
pub(super) fn of_space(item: &Value) -> Place {
    let id = item.get("id").and_then(text).and_then(|id| id.parse().ok());
    id.map_or(Place::Unknown, Place::Space)
}

/// Every place that the body of a write names. A parent lies in the space that is named beside it.
pub(super) async fn of_body(body: Option<&Value>, eyes: &Eyes<'_>) -> Result<Vec<Place>, ToolError> {
    let Some(Value::Object(body)) = body else { return Ok(Vec::new()) };
    let mut places = Vec::new();
    if let Some(id) = named(body, "spaceId")? {
        places.push(Place::Space(wrong(&id, "spaceId")?));
    }
    if let Some(key) = body.get("space").and_then(|space| space.get("key")) {
        places.push(Place::SpaceKey(wrong(key.as_str().unwrap_or_default(), "space.key")?));
    }
    for member in ["pageId", "blogPostId"] {
        if let Some(id) = named(body, member)? {
            places.push(Place::Content(wrong(&id, member)?));
        }
    }
    for (member, kind) in
        [("customContentId", "custom-content"), ("attachmentId", "attachments"), ("parentCommentId", "comments")]
    {
        if let Some(id) = named(body, member)? {
            places.push(of_thing(kind, &id, eyes).await?);
        }
    }
    if let Some(id) = named(body, "parentId")? {
        let space = of_parent(&wrong::<ContentId>(&id, "parentId")?, eyes).await?;
        eyes.sees(&space).await?;
        if places.iter().any(|place| matches!(place, Place::Space(named) if Place::Space(named.clone()) != space)) {
            return Err(ToolError::input(
                "`body.parentId` lies in another space than `body.spaceId`",
                "name one space",
            ));
        }
        places.push(space);
    }
    if let Some(destination) = body.get("destination") {
        places.push(of_destination(destination, eyes).await?);
    }
    Ok(places)
}

/// The space of a page, folder, whiteboard, database or smart link.
async fn of_parent(id: &ContentId, eyes: &Eyes<'_>) -> Result<Place, ToolError> {
    for kind in PARENTS {
        match eyes.get(&format!("/wiki/api/v2/{kind}/{id}"), &[]).await {
            Ok(thing) => return Ok(of_item(&thing)),
            Err(error) if error.code == "not_found" => {}
            Err(error) => return Err(error),
        }
    }
    Err(ToolError::not_found())
}

/// Where a copy goes to.
async fn of_destination(destination: &Value, eyes: &Eyes<'_>) -> Result<Place, ToolError> {
    let value = destination.get("value").and_then(text).unwrap_or_default();
    match destination.get("type").and_then(Value::as_str) {
        Some("space") => Ok(wrong::<SpaceName>(&value, "destination.value")?.place()),
        Some("parent_page" | "parent_content") => of_parent(&wrong(&value, "destination.value")?, eyes).await,
        _ => Err(ToolError::refused(
            "a copy goes into a `space` or below a `parent_page` or `parent_content`; it never replaces an existing page",
            "to change a page, use update_page",
        )),
    }
}

fn named(body: &Map<String, Value>, member: &str) -> Result<Option<String>, ToolError> {
    match body.get(member) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => match text(value) {
            Some(text) => Ok(Some(text)),
            None => Err(ToolError::input(format!("`body.{member}` is an id"), "write it as digits in quotation marks")),
        },
    }
}

fn wrong<T: std::str::FromStr<Err: std::fmt::Display>>(text: &str, member: &str) -> Result<T, ToolError> {
    text.parse().map_err(|error| ToolError::input(format!("`body.{member}`: {error}"), "mend it and send it again"))
}

/// An id as text; some operations write ids as numbers.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
