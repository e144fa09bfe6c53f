//! How spaces, pages, comments, files and people look in v1's documents, expanded as asked.

use serde_json::{Value, json};

use crate::sandbox::model::{
    Attachment, Comment, CommentPlace, Content, ContentKind, ContentStatus, Label, Resolution, Site, Space, SpaceKind,
    SpaceStatus, User, UserStatus, Version,
};
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

pub(super) fn status(status: ContentStatus) -> &'static str {
    match status {
        ContentStatus::Current => "current",
        ContentStatus::Draft => "draft",
        ContentStatus::Archived => "archived",
        ContentStatus::Trashed => "trashed",
    }
}

pub(super) fn kind(kind: ContentKind) -> &'static str {
    match kind {
        ContentKind::Page | ContentKind::LiveDoc => "page",
        ContentKind::BlogPost => "blogpost",
        ContentKind::Folder => "folder",
        ContentKind::Whiteboard => "whiteboard",
        ContentKind::Database => "database",
        ContentKind::Embed => "embed",
    }
}

fn set(rendered: &mut Value, name: &str, value: Value) {
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
        set(&mut rendered, "space", self::space(call, site, space, &expand.inside("space")));
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
    if expand.wants("children") {
        set(&mut rendered, "children", children(call, site, content, &expand.inside("children")));
    }
    rendered
}

fn space_key<'a>(site: &'a Site, content: &Content) -> &'a str {
    site.spaces.get(&content.space).map_or("", |space| space.key.as_str())
}

fn links(call: &Call, itself: &str, webui: &str) -> Value {
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
        set(&mut rendered, "attachment", list(call, files.map(|one| attachment(call, site, one)).collect(), 0, 25));
    }
    rendered
}

fn body(text: &str, expand: &Expand) -> Value {
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
        "createdBy": person(call, site, &content.author),
        "ownedBy": person(call, site, &content.owner),
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
        "by": person(call, site, &version.author),
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

/// A person by account id; one who is unknown is still named by id.
pub(super) fn person(call: &Call, site: &Site, account: &str) -> Value {
    site.users.get(account).map_or_else(
        || json!({ "type": "unknown", "accountId": account, "displayName": "Former user", "_expandable": {}, "_links": {} }),
        |known| user(call, known),
    )
}

pub(super) fn user(call: &Call, user: &User) -> Value {
    let closed = user.status == UserStatus::Closed;
    let shown = !closed && !user.private;
    let public = if closed { "Former user" } else { user.display_name.as_str() };
    json!({
        "type": if closed { "unknown" } else { "known" },
        "accountId": user.account_id,
        "accountType": "atlassian",
        "email": if shown { json!(user.email) } else { Value::Null },
        "publicName": public,
        "displayName": public,
        "timeZone": if shown { json!(user.time_zone) } else { Value::Null },
        "profilePicture": { "path": "/wiki/aa-avatar/default", "width": 48, "height": 48, "isDefault": true },
        "isExternalCollaborator": false,
        "_expandable": { "operations": "", "personalSpace": "" },
        "_links": { "self": format!("{}/rest/api/user?accountId={}", call.site_base, user.account_id) },
    })
}

pub(super) fn space(call: &Call, site: &Site, space: &Space, expand: &Expand) -> Value {
    let kind = match space.kind {
        SpaceKind::Global => "global",
        SpaceKind::Collaboration => "collaboration",
        SpaceKind::KnowledgeBase => "knowledge_base",
        SpaceKind::Personal => "personal",
        SpaceKind::System => "system",
        SpaceKind::Onboarding => "onboarding",
        SpaceKind::XflowSampleSpace => "xflow_sample_space",
    };
    let state = match space.status {
        SpaceStatus::Current => "current",
        SpaceStatus::Archived => "archived",
        SpaceStatus::Trashed => "trashed",
    };
    let itself = format!("/rest/api/space/{}", space.key);
    let mut rendered = json!({
        "id": space.id,
        "key": space.key,
        "alias": space.key,
        "name": space.name,
        "type": kind,
        "status": state,
        "_expandable": {
            "settings": format!("{itself}/settings"), "metadata": "", "operations": "", "lookAndFeel": "",
            "permissions": "", "icon": "", "description": "", "theme": "", "history": "", "homepage": "", "identifiers": "",
        },
        "_links": links(call, &itself, &format!("/spaces/{}", space.key)),
    });
    if expand.wants("description") {
        let plain = json!({ "value": space.description, "representation": "plain", "embeddedContent": [] });
        set(&mut rendered, "description", json!({ "plain": plain, "_expandable": { "view": "" } }));
    }
    if expand.wants("homepage")
        && let Some(homepage) = space.homepage.and_then(|homepage| site.contents.get(&homepage))
    {
        set(&mut rendered, "homepage", content(call, site, homepage, &Expand(Vec::new())));
    }
    rendered
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

pub(super) fn attachment(call: &Call, site: &Site, attachment: &Attachment) -> Value {
    let present = attachment.versions.last();
    let comment = present.map_or("", |version| version.comment.as_str());
    let itself = format!("/rest/api/content/att{}", attachment.id);
    let name: String = url::form_urlencoded::byte_serialize(attachment.title.as_bytes()).collect();
    let mut links = links(call, &itself, &format!("/pages/viewpageattachments.action?pageId={}", attachment.container));
    set(&mut links, "download", json!(format!("/download/attachments/{}/{name}?api=v2", attachment.container)));
    let mut rendered = json!({
        "id": format!("att{}", attachment.id),
        "type": "attachment",
        "status": status(attachment.status),
        "title": attachment.title,
        "metadata": { "comment": comment, "mediaType": attachment.media_type },
        "extensions": {
            "mediaType": attachment.media_type,
            "fileSize": present.map_or(0, |version| version.bytes.len()),
            "comment": comment,
        },
        "_expandable": { "container": format!("/rest/api/content/{}", attachment.container) },
        "_links": links,
    });
    if let Some(present) = present {
        let as_version = Version {
            number: present.number,
            title: String::new(),
            body: String::new(),
            author: present.author.clone(),
            created: present.created,
            message: present.comment.clone(),
            minor_edit: false,
        };
        set(&mut rendered, "version", version(call, site, &as_version));
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
pub(super) fn offset_list(call: &Call, results: Vec<Value>) -> Value {
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
