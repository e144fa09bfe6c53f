//! Past versions of pages, comments and files.

use serde_json::{Value, json};

use super::documents::{kinds, list_format};
use super::render;
use crate::sandbox::model::{AttachmentVersion, ContentKind, Id, Version};
use crate::sandbox::rules::edits;
use crate::sandbox::rules::sight::Sight;
use crate::sandbox::server::answer::{Answer, Answered, Failure};
use crate::sandbox::server::call::Call;
use crate::sandbox::server::paging::{Key, Order, Row, listed};
use crate::sandbox::server::world::World;

/// Newest first, unless asked otherwise.
fn order(call: &Call) -> Result<Order, Failure> {
    match call.parameter("sort") {
        None => Ok(Order { field: "modified-date".to_owned(), descending: true }),
        Some(_) => Order::read(call, &["modified-date"]),
    }
}

fn rows(versions: &[Version]) -> Vec<Row<&Version>> {
    versions.iter().map(|version| Row { key: time(version), id: Id::from(version.number), item: version }).collect()
}

fn time(version: &Version) -> Key {
    Key::Number(version.created.as_millisecond())
}

/// A version with the thing it is a version of.
fn listed_version(version: &Version, entity: &str, id: Id, title: &str, format: Option<&str>) -> Value {
    let mut rendered = render::version(version);
    let body = render::body(&version.body, format);
    render::put(&mut rendered, entity, json!({ "title": title, "id": id.to_string(), "body": body }));
    rendered
}

pub(super) fn of_document(call: &Call, world: &mut World) -> Answered {
    let content = Sight::new(&world.site, &call.caller).content(kinds(call), call.first_id()?)?;
    let format = list_format(call)?;
    let entity = if content.kind == ContentKind::BlogPost { "blogpost" } else { "page" };
    listed(call, rows(&content.versions), &order(call)?, 25, |version| {
        listed_version(version, entity, content.id, &version.title, format)
    })
}

pub(super) fn of_comment(call: &Call, world: &mut World) -> Answered {
    let comment = Sight::new(&world.site, &call.caller).comment(call.first_id()?)?;
    let format = list_format(call)?;
    let title = world.site.contents.get(&comment.container).map_or("", edits::title);
    listed(call, rows(&comment.versions), &order(call)?, 25, |version| {
        listed_version(version, "comment", comment.id, &format!("Re: {title}"), format)
    })
}

pub(super) fn of_attachment(call: &Call, world: &mut World) -> Answered {
    let attachment = Sight::new(&world.site, &call.caller).attachment(call.first_id()?)?;
    let rows: Vec<Row<&AttachmentVersion>> = attachment
        .versions
        .iter()
        .map(|version| Row {
            key: Key::Number(version.created.as_millisecond()),
            id: Id::from(version.number),
            item: version,
        })
        .collect();
    listed(call, rows, &order(call)?, 25, |version| {
        let mut rendered = render::attachment_version(version);
        let entity = json!({ "title": attachment.title, "id": format!("att{}", attachment.id) });
        render::put(&mut rendered, "attachment", entity);
        rendered
    })
}

/// One version with its neighbours.
fn detailed(call: &Call, numbers: &[u32], render: impl Fn(u32) -> Option<Value>) -> Answered {
    let wanted = call.id("version-number")?;
    let place = numbers.iter().position(|number| Id::from(*number) == wanted);
    let place = place.ok_or_else(|| Failure::not_found("version"))?;
    let number = numbers.get(place).copied().unwrap_or_default();
    let mut rendered = render(number).ok_or_else(|| Failure::not_found("version"))?;
    render::put(&mut rendered, "contentTypeModified", json!(false));
    let author = rendered.get("authorId").cloned();
    render::put(&mut rendered, "collaborators", json!([author]));
    if let Some(before) = place.checked_sub(1).and_then(|before| numbers.get(before)) {
        render::put(&mut rendered, "prevVersion", json!(before));
    }
    if let Some(after) = numbers.get(place + 1) {
        render::put(&mut rendered, "nextVersion", json!(after));
    }
    Ok(Answer::ok(rendered))
}

fn detailed_text(call: &Call, versions: &[Version]) -> Answered {
    let numbers: Vec<u32> = versions.iter().map(|version| version.number).collect();
    detailed(call, &numbers, |number| versions.iter().find(|one| one.number == number).map(render::version))
}

pub(super) fn one_of_document(call: &Call, world: &mut World) -> Answered {
    let content = Sight::new(&world.site, &call.caller).content(kinds(call), call.first_id()?)?;
    detailed_text(call, &content.versions)
}

pub(super) fn one_of_comment(call: &Call, world: &mut World) -> Answered {
    let comment = Sight::new(&world.site, &call.caller).comment(call.first_id()?)?;
    detailed_text(call, &comment.versions)
}

pub(super) fn one_of_attachment(call: &Call, world: &mut World) -> Answered {
    let attachment = Sight::new(&world.site, &call.caller).attachment(call.first_id()?)?;
    let versions = &attachment.versions;
    let numbers: Vec<u32> = versions.iter().map(|version| version.number).collect();
    detailed(call, &numbers, |number| {
        versions.iter().find(|version| version.number == number).map(render::attachment_version)
    })
}
