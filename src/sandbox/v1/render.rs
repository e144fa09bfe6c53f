//! How spaces, pages, comments, files and people look in v1's documents, expanded as asked.

use serde_json::{Value, json};

use super::{attachments, restrictions, spaces, users};
use crate::sandbox::model::{Comment, CommentPlace, Content, Label, Resolution, Site, Version};
pub(super) use crate::sandbox::rules::words::{kind, status};
use crate::sandbox::rules::{edits, storage, tree};
use crate::sandbox::server::call::Call;
use crate::sandbox::v2::{moment, web_path};

/// Which parts of a document the caller wants whole.
pub(super) struct Expand(Vec<String>);

impl Expand {
    /// From the query, or these if it says nothing.
    pub(super) fn read(call: &Call, default: &[&str]) -> Self {
        if call.parameter("expand").is_none() {
            return Self(default.iter().map(|&part| part.to_owned()).collect());
        }
        Self(call.parameters("expand").into_iter().map(str::to_owned).collect())
    }

    /// Whether a part, or something inside it, is wanted.
    pub(super) fn wants(&self, part: &str) -> bool {
        self.0.iter().any(|one| one.strip_prefix(part).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')))
    }

    /// What is wanted inside a part.
    pub(super) fn inside(&self, part: &str) -> Self {
        let inner = self.0.iter().filter_map(|one| one.strip_prefix(part)?.strip_prefix('.'));
        Self(inner.map(str::to_owned).collect())
    }
}

pub(super) fn set(rendered: &mut Value, name: &str, value: Value) {
    if let Some(object) = rendered.as_object_mut() {
        object.insert(name.to_owned(), value);
    }
}

/// A page, blog post or folder.
pub(super) fn content(call: &Call, site: &Site, content: &Content, expand: &Expand) -> Value {
    let itself = format!("/rest/api/content/{}", content.id);
    let mut rendered = json!({
        "id": content.id.to_string(),
        "type": kind(content.kind),
        "status": status(content.status),
        "title": edits::title(content),
        "macroRenderedOutput": {},
        "extensions": { "position": content.position },
        "_expandable": {
            "space": format!("/rest/api/space/{}", space_key(site, content)),
            "container": format!("/rest/api/space/{}", space_key(site, content)),
            "descendants": format!("{itself}/descendant"),
            "children": format!("{itself}/child"),
            "restrictions": format!("{itself}/restriction/byOperation"),
            "history": format!("{itself}/history"),
            "body": "", "version": "", "ancestors": "", "metadata": "", "operations": "", "childTypes": "",
        },
        "_links": links(call, &itself, &web_path(site, content)),
    });
    if expand.wants("space")
        && let Some(space) = site.spaces.get(&content.space)
    {
        set(&mut rendered, "space", spaces::rendered_space(call, site, space, &expand.inside("space")));
    }
    if expand.wants("container")
        && let Some(space) = site.spaces.get(&content.space)
    {
        set(&mut rendered, "container", spaces::rendered_space(call, site, space, &expand.inside("container")));
    }
    if expand.wants("version")
        && let Some(present) = edits::present(content)
    {
        set(&mut rendered, "version", version(call, site, present));
    }
    if expand.wants("history") {
        set(&mut rendered, "history", history(call, site, content));
    }
    if expand.wants("ancestors") {
        let plain = Expand(Vec::new());
        let above = tree::ancestors(site, content).into_iter().map(|one| self::content(call, site, one, &plain));
        set(&mut rendered, "ancestors", above.collect());
    }
    if expand.wants("body") {
        let text = edits::present(content).map_or("", |version| version.body.as_str());
        set(&mut rendered, "body", body(text, &expand.inside("body")));
    }
    if expand.wants("metadata") {
        let labels = list(call, content.labels.iter().map(label).collect(), 0, 200);
        set(&mut rendered, "metadata", json!({ "labels": labels }));
    }
    if expand.wants("restrictions") {
        set(&mut rendered, "restrictions", restricted(call, site, content, &expand.inside("restrictions")));
    }
    if expand.wants("children") {
        set(&mut rendered, "children", children(call, site, content, &expand.inside("children")));
    }
    rendered
}

/// Who may read and who may change a content, of each operation only what is wanted.
fn restricted(call: &Call, site: &Site, content: &Content, expand: &Expand) -> Value {
    let mut rendered = json!({ "_expandable": {}, "_links": {} });
    for operation in ["read", "update"].into_iter().filter(|operation| expand.wants(operation)) {
        set(&mut rendered, operation, restrictions::rendered(call, site, content, operation));
    }
    rendered
}

fn space_key<'a>(site: &'a Site, content: &Content) -> &'a str {
    site.spaces.get(&content.space).map_or("", |space| space.key.as_str())
}

pub(super) fn links(call: &Call, itself: &str, webui: &str) -> Value {
    json!({ "self": format!("{}{itself}", call.site_base), "webui": webui, "base": call.site_base, "context": "/wiki" })
}

fn children(call: &Call, site: &Site, content: &Content, expand: &Expand) -> Value {
    let mut rendered = json!({ "_expandable": {}, "_links": { "self": format!("{}/rest/api/content/{}/child", call.site_base, content.id) } });
    let plain = Expand(vec!["version".to_owned()]);
    if expand.wants("page") {
        let pages = tree::children(site, content.id).into_iter().map(|child| self::content(call, site, child, &plain));
        set(&mut rendered, "page", list(call, pages.collect(), 0, 25));
    }
    if expand.wants("comment") {
        let comments = site.comments.values().filter(|comment| comment.container == content.id);
        set(
            &mut rendered,
            "comment",
            list(call, comments.map(|one| comment(call, site, one, &plain)).collect(), 0, 25),
        );
    }
    if expand.wants("attachment") {
        let files = site.attachments.values().filter(|file| file.container == content.id);
        set(
            &mut rendered,
            "attachment",
            list(call, files.map(|one| attachments::rendered(call, site, one)).collect(), 0, 25),
        );
    }
    rendered
}

pub(super) fn body(text: &str, expand: &Expand) -> Value {
    let mut rendered = json!({ "_expandable": {} });
    for name in ["storage", "view", "export_view", "styled_view", "editor", "atlas_doc_format"] {
        if expand.wants(name) {
            let value = if name == "atlas_doc_format" { storage::document(text) } else { text.to_owned() };
            let one = json!({ "value": value, "representation": name, "embeddedContent": [], "_expandable": { "content": "" } });
            set(&mut rendered, name, one);
        }
    }
    rendered
}

/// Who made a content, and who changed it last.
pub(super) fn history(call: &Call, site: &Site, content: &Content) -> Value {
    let mut rendered = json!({
        "latest": true,
        "createdBy": users::person(call, site, &content.author),
        "ownedBy": users::person(call, site, &content.owner),
        "createdDate": moment(content.created),
        "_expandable": { "contributors": "", "previousVersion": "", "nextVersion": "" },
        "_links": { "self": format!("{}/rest/api/content/{}/history", call.site_base, content.id) },
    });
    if let Some(present) = edits::present(content) {
        set(&mut rendered, "lastUpdated", version(call, site, present));
    }
    rendered
}

pub(super) fn version(call: &Call, site: &Site, version: &Version) -> Value {
    json!({
        "by": users::person(call, site, &version.author),
        "when": moment(version.created),
        "friendlyWhen": version.created.strftime("%b %d, %Y").to_string(),
        "message": version.message,
        "number": version.number,
        "minorEdit": version.minor_edit,
        "contentTypeModified": false,
        "_expandable": { "collaborators": "", "content": "" },
        "_links": {},
    })
}

pub(super) fn label(label: &Label) -> Value {
    json!({ "prefix": label.prefix, "name": label.name, "id": label.id.to_string(), "label": label.name })
}

pub(super) fn comment(call: &Call, site: &Site, comment: &Comment, expand: &Expand) -> Value {
    let container = site.contents.get(&comment.container);
    let page_path = container.map(|content| web_path(site, content)).unwrap_or_default();
    let itself = format!("/rest/api/content/{}", comment.id);
    let extensions = match &comment.place {
        CommentPlace::Footer => json!({ "location": "footer" }),
        CommentPlace::Inline { marker, original_selection, resolution } => json!({
            "location": "inline",
            "inlineProperties": { "originalSelection": original_selection, "markerRef": marker },
            "resolution": { "status": if *resolution == Resolution::Resolved { "resolved" } else { "open" } },
        }),
    };
    let mut rendered = json!({
        "id": comment.id.to_string(),
        "type": "comment",
        "status": "current",
        "title": format!("Re: {}", container.map_or("", edits::title)),
        "extensions": extensions,
        "_expandable": { "container": format!("/rest/api/content/{}", comment.container) },
        "_links": links(call, &itself, &format!("{page_path}?focusedCommentId={}", comment.id)),
    });
    if let Some(present) = comment.versions.last() {
        if expand.wants("version") {
            set(&mut rendered, "version", version(call, site, present));
        }
        if expand.wants("body") {
            set(&mut rendered, "body", body(&present.body, &expand.inside("body")));
        }
    }
    if let (true, Some(container)) = (expand.wants("container"), container) {
        set(&mut rendered, "container", content(call, site, container, &expand.inside("container")));
    }
    if expand.wants("ancestors") {
        let above = comment.parent.and_then(|parent| site.comments.get(&parent));
        let plain = Expand(Vec::new());
        set(
            &mut rendered,
            "ancestors",
            above.map(|parent| self::comment(call, site, parent, &plain)).into_iter().collect(),
        );
    }
    rendered
}

/// A list by offset, already cut.
pub(super) fn list(call: &Call, results: Vec<Value>, start: usize, limit: usize) -> Value {
    let links =
        json!({ "base": call.site_base, "context": "/wiki", "self": format!("{}{}", call.site_base, own_path(call)) });
    json!({ "size": results.len(), "results": Value::Array(results), "start": start, "limit": limit, "_links": links })
}

/// The path of the request without `/wiki`, as v1's links have it.
pub(super) fn own_path(call: &Call) -> &str {
    call.path.strip_prefix("/wiki").unwrap_or(&call.path)
}

/// Cuts a list by `start` and `limit`, with a link to the next part.
pub(crate) fn offset_list(call: &Call, results: Vec<Value>) -> Value {
    let number = |name: &str| call.parameter(name).and_then(|text| text.parse::<usize>().ok());
    let start = number("start").unwrap_or_default();
    let limit = number("limit").unwrap_or(25).min(250);
    let total = results.len();
    let cut: Vec<Value> = results.into_iter().skip(start).take(limit).collect();
    let reached = start.saturating_add(cut.len());
    let mut rendered = list(call, cut, start, limit);
    if reached < total
        && let Some(links) = rendered.get_mut("_links")
    {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(call.query.iter().filter(|(name, _)| name != "start" && name != "limit"));
        query.append_pair("limit", &limit.to_string()).append_pair("start", &reached.to_string());
        set(links, "next", json!(format!("{}?{}", own_path(call), query.finish())));
    }
    rendered
}
