//! Uploads as multipart, and downloads by way of the media host.

use serde_json::{Value, json};

use super::render;
use crate::sandbox::media;
use crate::sandbox::model::{Attachment, AttachmentVersion, ContentStatus, Id, Site, Version};
use crate::sandbox::rules::edits::{self, DOCUMENTS};
use crate::sandbox::rules::sight::Sight;
use crate::sandbox::server::answer::{Answer, Answered, Failure};
use crate::sandbox::server::call::{Call, Part, id_field, text};
use crate::sandbox::server::world::World;

/// What to do with a file whose name is taken.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Taken {
    Refuse,
    NewVersion,
}

pub(super) fn create(call: &Call, world: &mut World) -> Answered {
    upload(call, &mut world.site, Taken::Refuse)
}

pub(super) fn create_or_update(call: &Call, world: &mut World) -> Answered {
    upload(call, &mut world.site, Taken::NewVersion)
}

fn upload(call: &Call, site: &mut Site, taken: Taken) -> Answered {
    let container = Sight::new(site, &call.caller).changeable(DOCUMENTS, call.id("id")?)?.id;
    let files: Vec<&Part> = call.parts.iter().filter(|part| part.name == "file").collect();
    if files.is_empty() {
        return Err(Failure::bad_request("At least one file must be attached"));
    }
    let mut saved = Vec::new();
    for file in files {
        saved.push(save(call, site, container, file, taken)?);
    }
    let results = saved.iter().filter_map(|id| site.attachments.get(id));
    let results = results.map(|attachment| rendered(call, site, attachment)).collect();
    Ok(Answer::ok(render::list(call, results, 0, 25)))
}

fn save(call: &Call, site: &mut Site, container: Id, file: &Part, taken: Taken) -> Result<Id, Failure> {
    let name = file.file_name.clone().filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| Failure::bad_request("The file must have a name"))?;
    let same =
        |one: &&mut Attachment| one.container == container && one.title == name && one.status == ContentStatus::Current;
    if let Some(existing) = site.attachments.values_mut().find(same) {
        if taken == Taken::Refuse {
            return Err(Failure::bad_request(format!(
                "Cannot add a new attachment with same file name as an existing attachment: {name}"
            )));
        }
        add_version(call, existing, file);
        return Ok(existing.id);
    }
    let id = edits::next_id(site);
    let media_type = file.media_type.clone().unwrap_or_else(|| "application/octet-stream".to_owned());
    let mut attachment = Attachment {
        id,
        container,
        title: name,
        media_type,
        status: ContentStatus::Current,
        versions: Vec::new(),
        labels: Vec::new(),
    };
    add_version(call, &mut attachment, file);
    site.attachments.insert(id, attachment);
    Ok(id)
}

fn add_version(call: &Call, attachment: &mut Attachment, file: &Part) {
    if let Some(media_type) = &file.media_type {
        attachment.media_type.clone_from(media_type);
    }
    attachment.versions.push(AttachmentVersion {
        number: attachment.versions.last().map_or(0, |version| version.number) + 1,
        bytes: file.bytes.to_vec(),
        author: call.caller.account.clone(),
        created: call.now,
        comment: call.part_text("comment").unwrap_or_default(),
    });
}

/// The file an address names, on the page it names.
fn found<'a>(call: &Call, site: &'a Site) -> Result<&'a Attachment, Failure> {
    let container = call.id("id")?;
    let id = call.attachment_id("attachmentId")?;
    Sight::new(site, &call.caller).attachment(id)?;
    let attachment = site.attachments.get(&id);
    attachment.filter(|attachment| attachment.container == container).ok_or_else(|| Failure::not_found("attachment"))
}

pub(super) fn update(call: &Call, world: &mut World) -> Answered {
    let site = &mut world.site;
    let attachment = found(call, site)?;
    let id = attachment.id;
    Sight::new(site, &call.caller).changeable(DOCUMENTS, attachment.container)?;
    let file = call.part("file").ok_or_else(|| Failure::bad_request("A file must be attached"))?;
    let attachment = site.attachments.get_mut(&id).ok_or_else(|| Failure::not_found("attachment"))?;
    add_version(call, attachment, file);
    let attachment = site.attachments.get(&id).ok_or_else(|| Failure::not_found("attachment"))?;
    Ok(Answer::ok(rendered(call, site, attachment)))
}

/// Renames a file, changes its media type, or moves it to another page.
pub(super) fn update_properties(call: &Call, world: &mut World) -> Answered {
    let document = call.json()?;
    let site = &mut world.site;
    let attachment = found(call, site)?;
    let (id, from) = (attachment.id, attachment.container);
    let current = attachment.versions.last().map_or(0, |version| version.number);
    let sight = Sight::new(site, &call.caller);
    sight.changeable(DOCUMENTS, from)?;
    let number = document.get("version").and_then(|version| version.get("number")).and_then(Value::as_u64);
    let number = number.ok_or_else(|| Failure::bad_request("version.number must be provided"))?;
    if number != u64::from(current) {
        return Err(Failure::conflict(format!("Version does not match. Current version is: {current}")));
    }
    let container = document.get("container").map_or(Ok(None), |container| id_field(container, "id"))?;
    let container = container.map(|container| sight.changeable(DOCUMENTS, container)).transpose()?;
    let container = container.map_or(from, |content| content.id);
    let title = text(&document, "title").unwrap_or(&attachment.title).to_owned();
    let taken = |one: &Attachment| one.id != id && one.container == container && one.title == title;
    if site.attachments.values().any(taken) {
        return Err(Failure::bad_request(format!("A file with the name {title} is already there")));
    }
    let media_type = document.get("metadata").and_then(|metadata| text(metadata, "mediaType")).map(str::to_owned);
    if let Some(attachment) = site.attachments.get_mut(&id) {
        (attachment.title, attachment.container) = (title, container);
        if let Some(media_type) = media_type {
            attachment.media_type = media_type;
        }
    }
    let attachment = site.attachments.get(&id).ok_or_else(|| Failure::not_found("attachment"))?;
    Ok(Answer::ok(rendered(call, site, attachment)))
}

pub(super) fn download(call: &Call, world: &mut World) -> Answered {
    let attachment = found(call, &world.site)?;
    if attachment.status != ContentStatus::Current {
        return Err(Failure::not_found("attachment"));
    }
    let version = match call.parameter("version") {
        None => attachment.versions.last(),
        Some(text) => attachment.versions.iter().find(|version| version.number.to_string() == text),
    };
    let version = version.ok_or_else(|| Failure::not_found("attachment"))?;
    let location = media::address(&call.media_base, attachment, version, call.now);
    Ok(Answer::json(302, json!({})).with("location", location))
}

/// A file as v1 shows it.
pub(super) fn rendered(call: &Call, site: &Site, attachment: &Attachment) -> Value {
    let present = attachment.versions.last();
    let comment = present.map_or("", |version| version.comment.as_str());
    let itself = format!("/rest/api/content/att{}", attachment.id);
    let name: String = url::form_urlencoded::byte_serialize(attachment.title.as_bytes()).collect();
    let mut links =
        render::links(call, &itself, &format!("/pages/viewpageattachments.action?pageId={}", attachment.container));
    render::set(&mut links, "download", json!(format!("/download/attachments/{}/{name}?api=v2", attachment.container)));
    let mut rendered = json!({
        "id": format!("att{}", attachment.id),
        "type": "attachment",
        "status": render::status(attachment.status),
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
        render::set(&mut rendered, "version", render::version(call, site, &as_version));
    }
    rendered
}
