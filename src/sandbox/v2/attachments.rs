//! Files on pages and blog posts: lists, single files, the trash, thumbnails.

use serde_json::{Value, json};

use super::documents::kinds;
use super::render;
use crate::sandbox::media;
use crate::sandbox::model::{Attachment, ContentStatus, Site};
use crate::sandbox::rules::sight::Sight;
use crate::sandbox::server::answer::{Answer, Answered, Failure};
use crate::sandbox::server::call::{Call, wrong_type};
use crate::sandbox::server::paging::{Key, Order, Row, listed};
use crate::sandbox::server::world::World;

/// Lists files by the filters all such lists share.
pub(super) fn answer_list(call: &Call, site: &Site, admitted: impl Fn(&Attachment) -> bool) -> Answered {
    let sight = Sight::new(site, &call.caller);
    let given = call.parameters("status");
    if given.iter().any(|status| !["current", "archived", "trashed"].contains(status)) {
        return Err(wrong_type("status"));
    }
    let statuses = if given.is_empty() { vec!["current", "archived"] } else { given };
    let media_type = call.parameter("mediaType");
    let name = call.parameter("filename");
    // Lists are by id unless the caller asks for a date.
    let order = match call.parameter("sort") {
        None => Order::by("id"),
        Some(_) => Order::read(call, &["created-date", "modified-date"])?,
    };
    let rows = site
        .attachments
        .values()
        .filter(|attachment| statuses.contains(&render::status(attachment.status)))
        .filter(|attachment| media_type.is_none_or(|wanted| attachment.media_type == wanted))
        .filter(|attachment| name.is_none_or(|wanted| attachment.title == wanted))
        .filter(|attachment| admitted(attachment) && sight.sees_attachment(attachment))
        .map(|attachment| Row { key: key(attachment, &order), id: attachment.id, item: attachment })
        .collect();
    listed(call, rows, &order, 50, |attachment| rendered(site, attachment))
}

fn key(attachment: &Attachment, order: &Order) -> Key {
    let version = match order.field.as_str() {
        "created-date" => attachment.versions.first(),
        "modified-date" => attachment.versions.last(),
        _ => return Key::Number(i64::try_from(attachment.id).unwrap_or(i64::MAX)),
    };
    Key::Number(version.map_or(0, |version| version.created.as_millisecond()))
}

fn rendered(site: &Site, attachment: &Attachment) -> Value {
    attachment.versions.last().map_or(Value::Null, |version| render::attachment(site, attachment, version))
}

pub(super) fn list(call: &Call, world: &mut World) -> Answered {
    answer_list(call, &world.site, |_| true)
}

pub(super) fn of_document(call: &Call, world: &mut World) -> Answered {
    let content = Sight::new(&world.site, &call.caller).content(kinds(call), call.first_id()?)?;
    answer_list(call, &world.site, |attachment| attachment.container == content.id)
}

pub(super) fn get(call: &Call, world: &mut World) -> Answered {
    let attachment = Sight::new(&world.site, &call.caller).attachment(call.first_id()?)?;
    let version = match call.parameter("version") {
        None => attachment.versions.last(),
        Some(text) => {
            let number = text.parse::<u32>().map_err(|_| wrong_type("version"))?;
            attachment.versions.iter().find(|version| version.number == number)
        }
    };
    let version = version.ok_or_else(|| Failure::not_found("version"))?;
    let mut rendered = render::attachment(&world.site, attachment, version);
    if call.flag("include-labels")? {
        let labels = attachment.labels.iter().map(render::label).collect();
        render::put(&mut rendered, "labels", render::included(labels, &format!("{}/labels", call.path)));
    }
    Ok(Answer::ok(render::with_base(rendered, &call.site_base)))
}

pub(super) fn operations(call: &Call, world: &mut World) -> Answered {
    let sight = Sight::new(&world.site, &call.caller);
    let attachment = sight.attachment(call.first_id()?)?;
    let content = world.site.contents.get(&attachment.container);
    let may_change = content.is_some_and(|content| sight.may_change(content));
    Ok(Answer::ok(json!({ "operations": render::operations("attachment", may_change) })))
}

pub(super) fn delete(call: &Call, world: &mut World) -> Answered {
    let site = &mut world.site;
    let sight = Sight::new(site, &call.caller);
    let attachment = sight.attachment(call.first_id()?)?;
    let content = site.contents.get(&attachment.container).ok_or_else(|| Failure::not_found("attachment"))?;
    if !sight.may_change(content) {
        return Err(Failure::forbidden("attachment"));
    }
    let id = attachment.id;
    match (attachment.status, call.flag("purge")?) {
        (ContentStatus::Trashed, true) if sight.administers(content.space) => {
            site.attachments.remove(&id);
        }
        (ContentStatus::Trashed, true) => return Err(Failure::forbidden("attachment")),
        (ContentStatus::Trashed, false) => return Err(Failure::not_found("attachment")),
        (_, true) => return Err(Failure::bad_request("Only an attachment in the trash can be purged")),
        (_, false) => {
            if let Some(attachment) = site.attachments.get_mut(&id) {
                attachment.status = ContentStatus::Trashed;
            }
        }
    }
    Ok(Answer::empty(204))
}

pub(super) fn thumbnail(call: &Call, world: &mut World) -> Answered {
    let attachment = Sight::new(&world.site, &call.caller).attachment(call.first_id()?)?;
    let version = attachment.versions.last().filter(|_| attachment.media_type.starts_with("image/"));
    let version = version.ok_or_else(|| Failure::not_found("thumbnail"))?;
    Ok(Answer::empty(302).with("location", media::address(&call.media_base, attachment, version, call.now)))
}
