//! Labels of pages, files and spaces, and what carries a label.

use std::collections::BTreeMap;

use super::documents::{self, kinds};
use super::{attachments, render};
use crate::sandbox::model::{Id, Label};
use crate::sandbox::rules::edits::DOCUMENTS;
use crate::sandbox::rules::labels;
use crate::sandbox::rules::sight::Sight;
use crate::sandbox::server::answer::{Answered, Failure};
use crate::sandbox::server::call::Call;
use crate::sandbox::server::paging::{Key, Order, Row, listed};
use crate::sandbox::server::world::World;

fn answer<'a>(call: &Call, found: impl IntoIterator<Item = &'a Label>) -> Answered {
    let order = Order::read(call, &["id", "created-date", "name"])?;
    let prefixes = call.parameters("prefix");
    let wanted = call.ids("label-id", 250)?;
    let distinct: BTreeMap<Id, &Label> = found.into_iter().map(|label| (label.id, label)).collect();
    let rows = distinct
        .into_values()
        .filter(|label| prefixes.is_empty() || prefixes.contains(&label.prefix.as_str()))
        .filter(|label| wanted.is_empty() || wanted.contains(&label.id))
        .map(|label| {
            let key = match order.field.as_str() {
                "name" => Key::Text(label.name.clone()),
                _ => Key::Number(i64::try_from(label.id).unwrap_or(i64::MAX)),
            };
            Row { key, id: label.id, item: label }
        })
        .collect();
    listed(call, rows, &order, 25, render::label)
}

pub(super) fn of_document(call: &Call, world: &mut World) -> Answered {
    let content = Sight::new(&world.site, &call.caller).content(kinds(call), call.first_id()?)?;
    answer(call, &content.labels)
}

pub(super) fn of_attachment(call: &Call, world: &mut World) -> Answered {
    let attachment = Sight::new(&world.site, &call.caller).attachment(call.first_id()?)?;
    answer(call, &attachment.labels)
}

pub(super) fn of_space(call: &Call, world: &mut World) -> Answered {
    let space = Sight::new(&world.site, &call.caller).space(call.first_id()?)?;
    answer(call, &space.labels)
}

pub(super) fn in_space(call: &Call, world: &mut World) -> Answered {
    let sight = Sight::new(&world.site, &call.caller);
    let space = sight.space(call.first_id()?)?;
    let contents = world.site.contents.values().filter(|content| content.space == space.id && sight.sees(content));
    answer(call, contents.flat_map(|content| &content.labels))
}

pub(super) fn list(call: &Call, world: &mut World) -> Answered {
    let sight = Sight::new(&world.site, &call.caller);
    let contents = world.site.contents.values().filter(|content| sight.sees(content));
    let spaces = world.site.spaces.values().filter(|space| sight.sees_space(space));
    answer(call, contents.flat_map(|content| &content.labels).chain(spaces.flat_map(|space| &space.labels)))
}

pub(super) fn documents_with(call: &Call, world: &mut World) -> Answered {
    let label = call.first_id()?;
    let spaces = call.ids("space-id", 100)?;
    let carried = world
        .site
        .contents
        .values()
        .any(|content| DOCUMENTS.contains(&content.kind) && labels::carries(content, label));
    if !carried {
        return Err(Failure::not_found("label"));
    }
    documents::answer_list(call, &world.site, |content| {
        labels::carries(content, label) && (spaces.is_empty() || spaces.contains(&content.space))
    })
}

pub(super) fn attachments_with(call: &Call, world: &mut World) -> Answered {
    let label = call.first_id()?;
    attachments::answer_list(call, &world.site, |attachment| attachment.labels.iter().any(|one| one.id == label))
}
