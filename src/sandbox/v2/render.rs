//! How spaces, pages, comments and files look in v2's documents.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::sandbox::model::{
    Attachment, AttachmentVersion, Comment, CommentPlace, Content, ContentKind, Label, Resolution, Site, Space,
    SpaceStatus, Version,
};
pub(super) use crate::sandbox::rules::words::{kind, space_kind, status};
use crate::sandbox::rules::{edits, storage};

/// A time as Confluence writes it.
pub(crate) fn moment(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// The path of a content in the browser, below `/wiki`.
pub(crate) fn web_path(site: &Site, content: &Content) -> String {
    let key = site.spaces.get(&content.space).map_or("", |space| space.key.as_str());
    let title: String = url::form_urlencoded::byte_serialize(edits::title(content).as_bytes()).collect();
    match content.kind {
        ContentKind::Page | ContentKind::LiveDoc => format!("/spaces/{key}/pages/{}/{title}", content.id),
        ContentKind::BlogPost => {
            format!("/spaces/{key}/blog/{}/{}/{title}", content.created.strftime("%Y/%m/%d"), content.id)
        }
        other => format!("/spaces/{key}/{}/{}", kind(other), content.id),
    }
}

pub(super) fn version(version: &Version) -> Value {
    json!({
        "createdAt": moment(version.created),
        "message": version.message,
        "number": version.number,
        "minorEdit": version.minor_edit,
        "authorId": version.author,
    })
}

pub(super) fn attachment_version(version: &AttachmentVersion) -> Value {
    json!({
        "createdAt": moment(version.created),
        "message": version.comment,
        "number": version.number,
        "minorEdit": false,
        "authorId": version.author,
    })
}

/// A body in the asked representation; without one, empty.
pub(super) fn body(storage_body: &str, format: Option<&str>) -> Value {
    let Some(format) = format else { return json!({}) };
    // Whatever a browser would be shown is the storage format itself here.
    let name = if matches!(format, "storage" | "atlas_doc_format") { format } else { "view" };
    let value = if format == "atlas_doc_format" { storage::document(storage_body) } else { storage_body.to_owned() };
    let mut body = Map::new();
    body.insert(name.to_owned(), json!({ "representation": format, "value": value }));
    Value::Object(body)
}

/// A page or blog post, as of one of its versions.
pub(super) fn document(site: &Site, content: &Content, as_of: &Version, format: Option<&str>) -> Value {
    let historical = edits::present(content).is_some_and(|present| present.number != as_of.number);
    let mut rendered = json!({
        "id": content.id.to_string(),
        "status": if historical { "historical" } else { status(content.status) },
        "title": as_of.title,
        "spaceId": content.space.to_string(),
        "authorId": content.author,
        "createdAt": moment(content.created),
        "version": version(as_of),
        "body": body(&as_of.body, format),
        "_links": {
            "webui": web_path(site, content),
            "editui": format!("/pages/resumedraft.action?draftId={}", content.id),
            "tinyui": format!("/x/{:x}", content.id),
        },
    });
    if content.kind != ContentKind::BlogPost {
        let parent = content.parent.and_then(|parent| site.contents.get(&parent));
        let subtype = if content.kind == ContentKind::LiveDoc { json!("live") } else { Value::Null };
        put(&mut rendered, "parentId", content.parent.map_or(Value::Null, |parent| json!(parent.to_string())));
        put(&mut rendered, "parentType", parent.map_or(Value::Null, |parent| json!(kind(parent.kind))));
        put(&mut rendered, "position", json!(content.position));
        put(&mut rendered, "ownerId", json!(content.owner));
        put(&mut rendered, "lastOwnerId", Value::Null);
        put(&mut rendered, "subtype", subtype);
    }
    rendered
}

/// A folder, whiteboard, database or smart link.
pub(super) fn node(site: &Site, content: &Content) -> Value {
    let parent = content.parent.and_then(|parent| site.contents.get(&parent));
    let created = if content.kind == ContentKind::Folder {
        json!(content.created.as_millisecond())
    } else {
        json!(moment(content.created))
    };
    json!({
        "id": content.id.to_string(),
        "type": kind(content.kind),
        "status": status(content.status),
        "title": edits::title(content),
        "parentId": content.parent.map(|parent| parent.to_string()),
        "parentType": parent.map(|parent| kind(parent.kind)),
        "position": content.position,
        "authorId": content.author,
        "ownerId": content.owner,
        "createdAt": created,
        "spaceId": content.space.to_string(),
        "version": edits::present(content).map(version),
        "_links": { "webui": web_path(site, content) },
    })
}

pub(super) fn space(space: &Space, description_format: Option<&str>, icon: bool) -> Value {
    let description = description_format.map(|format| {
        let mut description = Map::new();
        description.insert(format.to_owned(), json!({ "representation": format, "value": space.description }));
        Value::Object(description)
    });
    let icon = icon.then(|| json!({ "path": "/images/logo/default-space-logo.svg", "apiDownloadLink": "" }));
    json!({
        "id": space.id.to_string(),
        "key": space.key,
        "name": space.name,
        "type": space_kind(space.kind),
        "status": space_status(space.status),
        "authorId": space.author,
        "spaceOwnerId": space.author,
        "currentActiveAlias": space.key,
        "createdAt": moment(space.created),
        "homepageId": space.homepage.map(|homepage| homepage.to_string()),
        "description": description,
        "icon": icon,
        "_links": { "webui": format!("/spaces/{}", space.key) },
    })
}

pub(super) fn space_status(status: SpaceStatus) -> &'static str {
    match status {
        SpaceStatus::Current => "current",
        SpaceStatus::Archived => "archived",
        SpaceStatus::Trashed => "trashed",
    }
}

pub(super) fn label(label: &Label) -> Value {
    json!({ "id": label.id.to_string(), "name": label.name, "prefix": label.prefix })
}

pub(super) fn resolution(resolution: Resolution) -> &'static str {
    match resolution {
        Resolution::Open => "open",
        Resolution::Reopened => "reopened",
        Resolution::Resolved => "resolved",
        Resolution::Dangling => "dangling",
    }
}

pub(super) fn comment(site: &Site, comment: &Comment, as_of: &Version, format: Option<&str>) -> Value {
    let container = site.contents.get(&comment.container);
    let blog = container.is_some_and(|content| content.kind == ContentKind::BlogPost);
    let page_path = container.map(|content| web_path(site, content)).unwrap_or_default();
    let mut rendered = json!({
        "id": comment.id.to_string(),
        "status": "current",
        "title": format!("Re: {}", container.map_or("", edits::title)),
        (if blog { "blogPostId" } else { "pageId" }): comment.container.to_string(),
        "version": version(as_of),
        "body": body(&as_of.body, format),
        "_links": { "webui": format!("{page_path}?focusedCommentId={}", comment.id) },
    });
    if let Some(parent) = comment.parent {
        put(&mut rendered, "parentCommentId", json!(parent.to_string()));
    }
    if let CommentPlace::Inline { marker, original_selection, resolution: state } = &comment.place {
        let properties = json!({ "inlineMarkerRef": marker, "inlineOriginalSelection": original_selection });
        put(&mut rendered, "resolutionStatus", json!(resolution(*state)));
        put(&mut rendered, "properties", properties);
    }
    rendered
}

pub(super) fn attachment(site: &Site, attachment: &Attachment, as_of: &AttachmentVersion) -> Value {
    let container = site.contents.get(&attachment.container);
    let blog = container.is_some_and(|content| content.kind == ContentKind::BlogPost);
    let name: String = url::form_urlencoded::byte_serialize(attachment.title.as_bytes()).collect();
    let created = attachment.versions.first().map_or(as_of.created, |first| first.created);
    let download = format!(
        "/download/attachments/{}/{name}?version={}&modificationDate={}&cacheVersion=1&api=v2",
        attachment.container,
        as_of.number,
        as_of.created.as_millisecond()
    );
    let webui = format!(
        "/pages/viewpageattachments.action?pageId={}&preview=%2F{}%2F{name}",
        attachment.container, attachment.id
    );
    json!({
        "id": format!("att{}", attachment.id),
        "status": status(attachment.status),
        "title": attachment.title,
        "createdAt": moment(created),
        (if blog { "blogPostId" } else { "pageId" }): attachment.container.to_string(),
        "mediaType": attachment.media_type,
        "mediaTypeDescription": "File",
        "comment": as_of.comment,
        "fileId": format!("{:08x}-0000-4000-8000-{:012x}", attachment.id & 0xffff_ffff, as_of.number),
        "fileSize": as_of.bytes.len(),
        "webuiLink": webui,
        "downloadLink": download,
        "version": attachment_version(as_of),
        "_links": { "webui": webui, "download": download },
    })
}

/// Sets a field of a rendered object.
pub(super) fn put(rendered: &mut Value, name: &str, value: Value) {
    if let Some(object) = rendered.as_object_mut() {
        object.insert(name.to_owned(), value);
    }
}

/// Adds `base` to the links of a single answer.
pub(super) fn with_base(mut rendered: Value, base: &str) -> Value {
    if let Some(links) = rendered.get_mut("_links") {
        put(links, "base", json!(base));
    }
    rendered
}

/// A list inside a single answer, cut at fifty as Confluence does.
pub(super) fn included(items: Vec<Value>, itself: &str) -> Value {
    let more = items.len() > 50;
    let first: Vec<Value> = items.into_iter().take(50).collect();
    json!({ "results": first, "meta": { "hasMore": more }, "_links": { "self": itself } })
}

/// What a person may do with a thing, as a list of operations.
pub(super) fn operations(target: &str, may_change: bool) -> Vec<Value> {
    let words: &[&str] = if may_change { &["read", "update", "delete", "copy", "move"] } else { &["read"] };
    words.iter().map(|word| json!({ "operation": word, "targetType": target })).collect()
}
