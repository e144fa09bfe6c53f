//! Adding and removing labels of pages, blog posts and files.

use serde_json::Value;

use super::content::ALL;
use super::render;
use crate::sandbox::model::{Id, Label, Site};
use crate::sandbox::rules::labels;
use crate::sandbox::rules::sight::Sight;
use crate::sandbox::server::answer::{Answer, Answered, Failure};
use crate::sandbox::server::call::{Call, text};
use crate::sandbox::server::world::World;

/// What an address names: a content, or a file by `att…`.
#[derive(Clone, Copy)]
enum Target {
    Content(Id),
    Attachment(Id),
}

fn target(call: &Call, site: &Site) -> Result<Target, Failure> {
    let id = call.first_id()?;
    let sight = Sight::new(site, &call.caller);
    if call.variable("id").starts_with("att") {
        return Ok(Target::Attachment(sight.attachment(id)?.id));
    }
    Ok(Target::Content(sight.content(ALL, id)?.id))
}

fn check_change(call: &Call, site: &Site, target: Target) -> Result<(), Failure> {
    let container = match target {
        Target::Content(id) => id,
        Target::Attachment(id) => site.attachments.get(&id).map(|file| file.container).unwrap_or_default(),
    };
    Sight::new(site, &call.caller).changeable(ALL, container).map(|_| ())
}

fn carried(site: &mut Site, target: Target) -> Option<&mut Vec<Label>> {
    match target {
        Target::Content(id) => site.contents.get_mut(&id).map(|content| &mut content.labels),
        Target::Attachment(id) => site.attachments.get_mut(&id).map(|file| &mut file.labels),
    }
}

fn answer(call: &Call, site: &mut Site, target: Target) -> Answer {
    let labels = carried(site, target).map(|labels| labels.iter().map(render::label).collect()).unwrap_or_default();
    Answer::ok(render::offset_list(call, labels))
}

pub(super) fn list(call: &Call, world: &mut World) -> Answered {
    let target = target(call, &world.site)?;
    Ok(answer(call, &mut world.site, target))
}

pub(super) fn add(call: &Call, world: &mut World) -> Answered {
    let site = &mut world.site;
    let target = target(call, site)?;
    check_change(call, site, target)?;
    let document: Value = serde_json::from_slice(&call.body)
        .map_err(|error| Failure::bad_request(format!("Could not read the labels: {error}")))?;
    let given = match document {
        Value::Array(given) => given,
        one => vec![one],
    };
    let mut added = Vec::new();
    for label in &given {
        let name = text(label, "name").ok_or_else(|| Failure::bad_request("name must be provided"))?;
        added.push(labels::obtain(site, text(label, "prefix").unwrap_or("global"), name)?);
    }
    for label in added {
        if let Some(labels) = carried(site, target) {
            labels::add(labels, label);
        }
    }
    Ok(answer(call, site, target))
}

pub(super) fn remove(call: &Call, world: &mut World) -> Answered {
    let site = &mut world.site;
    let target = target(call, site)?;
    check_change(call, site, target)?;
    let name = match call.variable("label") {
        "" => call.parameter("name").ok_or_else(|| Failure::bad_request("name must be provided"))?,
        name if name.contains('/') => {
            return Err(Failure::bad_request("Use the name parameter for labels with a slash"));
        }
        name => name,
    };
    let labels = carried(site, target).ok_or_else(|| Failure::not_found("content"))?;
    let before = labels.len();
    labels.retain(|label| label.name != name && format!("{}:{}", label.prefix, label.name) != name);
    if labels.len() == before {
        return Err(Failure::not_found("label"));
    }
    Ok(Answer::empty(204))
}
