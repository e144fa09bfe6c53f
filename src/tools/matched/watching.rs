//! What a raw write amounts to beyond its class: statuses, emptied bodies, copies, what stands below.

use serde_json::Value;

use super::eyes::Eyes;
use crate::confluence::api::pages::DocumentKind;
use crate::confluence::people::Names;
use crate::domain::access::AccessClass;
use crate::domain::ids::{ContentId, VersionNumber};
use crate::markup;
use crate::published::{Matched, Watch};
use crate::tools::ToolError;
use crate::tools::pages::body::rendered;
use crate::tools::pages::change::amounts_to;
use crate::tools::pages::preview;

/// What was seen of a write before it is sent.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// Whether it amounts to a delete.
    pub(super) deletes: bool,
    /// The version it rests on.
    pub(super) rests_on: Option<VersionNumber>,
    /// The body it replaces, in storage format.
    pub(super) before: Option<String>,
    /// The page or blog post it changes.
    pub(super) document: Option<(DocumentKind, ContentId)>,
    /// What people are shown besides the request.
    pub(super) lines: Vec<String>,
}

/// Looks at what the table says is to be looked at; refuses what no profile can allow.
pub(super) async fn look(matched: &Matched, eyes: &Eyes<'_>) -> Result<Seen, ToolError> {
    itself(matched)?;
    match matched.row().watch {
        Watch::Nothing => Ok(Seen::default()),
        Watch::New => match status(matched)? {
            Some("draft" | "current") | None => Ok(Seen::default()),
            Some(_) => Err(other_status()),
        },
        Watch::Status | Watch::Body => change(matched, eyes).await,
        // Where a copy goes is judged with the places of the body; it goes somewhere.
        Watch::Copy => match matched.body().and_then(|body| body.get("destination")) {
            Some(_) => Ok(Seen::default()),
            None => Err(ToolError::input("`body.destination` is missing", "say where the copy goes")),
        },
        Watch::Restore => match matched.body().and_then(|body| body.get("operationKey")).and_then(Value::as_str) {
            Some("restore") => Ok(Seen::default()),
            _ => Err(ToolError::input("`body.operationKey` is not `restore`", "nothing else is done to versions")),
        },
        Watch::Childless => childless(matched, eyes).await,
    }
}

/// A body that names its own id names the one of the path.
fn itself(matched: &Matched) -> Result<(), ToolError> {
    let own = matched.body().and_then(|body| body.get("id"));
    let names_id = matched.row().template.ends_with("/{id}") || matched.row().template.ends_with("/{attachmentId}");
    let (Some(own), true) = (own, names_id) else { return Ok(()) };
    let last = matched.variables().last().unwrap_or_default();
    let own = own.as_str().map_or_else(|| own.to_string(), str::to_owned);
    if own.trim_start_matches("att") == last.trim_start_matches("att") {
        return Ok(());
    }
    Err(ToolError::input("`body.id` is another id than the path's", "give one id"))
}

fn status(matched: &Matched) -> Result<Option<&str>, ToolError> {
    match matched.body().and_then(|body| body.get("status")) {
        None => Ok(None),
        Some(status) => status.as_str().map(Some).ok_or_else(other_status),
    }
}

fn other_status() -> ToolError {
    ToolError::refused(
        "no raw request sets another status than `current` or `draft`",
        "to trash something, use the tool that deletes it",
    )
}

/// A change of what is there: compared with it, unless it goes to a draft, which throws the present draft away.
async fn change(matched: &Matched, eyes: &Eyes<'_>) -> Result<Seen, ToolError> {
    let to_draft = match status(matched)? {
        Some("current") | None => false,
        Some("draft") => true,
        Some(_) => return Err(other_status()),
    };
    if matched.row().template.contains("/child/attachment/") {
        return Ok(Seen { deletes: to_draft, ..Seen::default() });
    }
    let present = eyes.get(&path(matched), &[("body-format", "storage")]).await?;
    eyes.sees(&super::sites::of_thing_read(&present, eyes).await?).await?;
    let is_current =
        present.get("status").and_then(Value::as_str).is_none_or(|status| status == "current" || status == "open");
    if !is_current {
        return Err(ToolError::conflict(
            "it is not current; drafts, archived and trashed things are not changed",
            "read it again",
        ));
    }
    let before = present.pointer("/body/storage/value").and_then(Value::as_str).unwrap_or_default();
    let version = present.pointer("/version/number").and_then(Value::as_u64);
    let kind = match matched.row().template {
        "/wiki/api/v2/pages/{id}" | "/wiki/api/v2/pages/{id}/title" => Some(DocumentKind::Page),
        "/wiki/api/v2/blogposts/{id}" => Some(DocumentKind::BlogPost),
        _ => None,
    };
    let mut seen = Seen {
        deletes: to_draft,
        rests_on: version.and_then(|version| u32::try_from(version).ok()).map(VersionNumber),
        before: Some(before.to_owned()).filter(|_| matched.row().watch == Watch::Body),
        document: kind.and_then(|kind| Some((kind, matched.variables().next()?.parse().ok()?))),
        lines: Vec::new(),
    };
    if matched.row().watch == Watch::Body {
        weigh(matched, before, &mut seen, &eyes.call.context.site)?;
    }
    if kind == Some(DocumentKind::Page) && seen.deletes {
        not_a_homepage(&present, eyes).await?;
    }
    Ok(seen)
}

/// Compares the body that is sent with the one that is there.
fn weigh(matched: &Matched, before: &str, seen: &mut Seen, site: &str) -> Result<(), ToolError> {
    let Some((format, after)) = new_body(matched)? else {
        // A comment may be resolved without a new body; anything else without one would lose it.
        seen.deletes |= matched.body().and_then(|body| body.get("resolved")).is_none();
        return Ok(());
    };
    let text = match format {
        "atlas_doc_format" => markup::markdown_from_adf(after, &markup::NoNames).markdown,
        "wiki" => after.to_owned(),
        _ => rendered(after, &Names::new()).text,
    };
    let text_before = rendered(before, &Names::new()).text;
    seen.deletes |= amounts_to((&text_before, before), (&text, after)) == AccessClass::Delete;
    if format == "storage" {
        seen.lines.push(preview::of_change(before, after, true, site));
    }
    Ok(())
}

/// Format and text of the body that is sent, in either of the two ways it may be written.
fn new_body(matched: &Matched) -> Result<Option<(&'static str, &str)>, ToolError> {
    const FORMATS: [&str; 3] = ["storage", "atlas_doc_format", "wiki"];
    let Some(body) = matched.body().and_then(|body| body.get("body")) else { return Ok(None) };
    let wrong = || {
        ToolError::input(
            "`body.body` is { representation, value }, with storage, atlas_doc_format or wiki and a text",
            "write the body as Confluence publishes it",
        )
    };
    let members = body.as_object().ok_or_else(wrong)?;
    let inner = match members.get("representation") {
        Some(_) => body,
        None if members.len() == 1 => members.values().next().ok_or_else(wrong)?,
        None => return Err(wrong()),
    };
    let named = inner.get("representation").and_then(Value::as_str).ok_or_else(wrong)?;
    let format = FORMATS.into_iter().find(|format| *format == named).ok_or_else(wrong)?;
    let value = inner.get("value").and_then(Value::as_str).ok_or_else(wrong)?;
    Ok(Some((format, value)))
}

/// A homepage is never emptied.
async fn not_a_homepage(page: &Value, eyes: &Eyes<'_>) -> Result<(), ToolError> {
    let id = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
    let space = id(page.get("spaceId")).unwrap_or_default();
    let space = eyes.get(&format!("/wiki/api/v2/spaces/{space}"), &[]).await?;
    if id(space.get("homepageId")) == id(page.get("id")) {
        return Err(ToolError::refused(
            "this page is the homepage of its space, and a homepage is never emptied",
            "no setting changes this; a person can do it in Confluence itself",
        ));
    }
    Ok(())
}

/// What has something below it is not trashed, since that would go with it.
async fn childless(matched: &Matched, eyes: &Eyes<'_>) -> Result<Seen, ToolError> {
    let children = eyes.get(&format!("{}/direct-children", path(matched)), &[]).await?;
    match children.get("results").and_then(Value::as_array).map(Vec::is_empty) {
        Some(true) => Ok(Seen::default()),
        _ => Err(ToolError::conflict("something stands below it, which would go with it", "move or delete that first")),
    }
}

/// The path without what comes after the id it begins with.
fn path(matched: &Matched) -> String {
    let mut template = matched.row().template.split('/');
    let kind = template.nth(4).unwrap_or_default();
    format!("/wiki/api/v2/{kind}/{}", matched.variables().next().unwrap_or_default())
}
