//! Spaces as a list, one by one, and new ones.

use serde_json::{Value, json};

use super::render;
use crate::sandbox::model::SpaceStatus;
use crate::sandbox::rules::sight::Sight;
use crate::sandbox::rules::spaces::{self, Audience};
use crate::sandbox::server::answer::{Answer, Answered, Failure};
use crate::sandbox::server::call::{Call, text};
use crate::sandbox::server::paging::{Key, Order, Row, listed};
use crate::sandbox::server::world::World;

const KINDS: &[&str] =
    &["global", "collaboration", "knowledge_base", "personal", "system", "onboarding", "xflow_sample_space"];

fn description_format(call: &Call) -> Result<Option<&str>, Failure> {
    call.choice("description-format", &["plain", "view"])
}

pub(super) fn list(call: &Call, world: &mut World) -> Answered {
    let sight = Sight::new(&world.site, &call.caller);
    let ids = call.ids("ids", 250)?;
    let keys = call.parameters("keys");
    if keys.len() > 250 {
        return Err(Failure::bad_request("'keys' takes at most 250 values"));
    }
    let kind = call.choice("type", KINDS)?;
    let status = call.choice("status", &["current", "archived", "trashed"])?;
    let labels = call.parameters("labels");
    let order = Order::read(call, &["id", "key", "name"])?;
    let format = description_format(call)?;
    let icon = call.flag("include-icon")?;
    // A space in the trash is listed only when asked for; an archived one also by its own id or key.
    let named = !ids.is_empty() || !keys.is_empty();
    let rows = world
        .site
        .spaces
        .values()
        .filter(|space| sight.sees_space(space))
        .filter(|space| ids.is_empty() || ids.contains(&space.id))
        .filter(|space| keys.is_empty() || keys.contains(&space.key.as_str()))
        .filter(|space| kind.is_none_or(|kind| kind == render::space_kind(space.kind)))
        .filter(|space| match status {
            Some(status) => status == render::space_status(space.status),
            None => space.status == SpaceStatus::Current || (named && space.status == SpaceStatus::Archived),
        })
        .filter(|space| labels.is_empty() || space.labels.iter().any(|label| labels.contains(&label.name.as_str())))
        .map(|space| {
            let key = match order.field.as_str() {
                "key" => Key::Text(space.key.clone()),
                "name" => Key::Text(space.name.to_lowercase()),
                _ => Key::Number(i64::try_from(space.id).unwrap_or(i64::MAX)),
            };
            Row { key, id: space.id, item: space }
        })
        .collect();
    listed(call, rows, &order, 25, |space| render::space(space, format, icon))
}

pub(super) fn get(call: &Call, world: &mut World) -> Answered {
    let sight = Sight::new(&world.site, &call.caller);
    let space = sight.space(call.first_id()?)?;
    let mut rendered = render::space(space, description_format(call)?, call.flag("include-icon")?);
    rendered.as_object_mut().and_then(|object| object.shift_remove("currentActiveAlias"));
    let mut add = |parameter: &str, field: &str, items: Vec<Value>| -> Result<(), Failure> {
        if call.flag(parameter)? {
            render::put(&mut rendered, field, render::included(items, &format!("{}/{field}", call.path)));
        }
        Ok(())
    };
    add("include-labels", "labels", space.labels.iter().map(render::label).collect())?;
    add("include-properties", "properties", Vec::new())?;
    add("include-operations", "operations", render::operations("space", sight.may_write_in(space)))?;
    add("include-permissions", "permissions", Vec::new())?;
    Ok(Answer::ok(render::with_base(rendered, &call.site_base)))
}

pub(super) fn operations(call: &Call, world: &mut World) -> Answered {
    let sight = Sight::new(&world.site, &call.caller);
    let space = sight.space(call.first_id()?)?;
    Ok(Answer::ok(json!({ "operations": render::operations("space", sight.may_write_in(space)) })))
}

pub(super) fn create(call: &Call, world: &mut World) -> Answered {
    let document = call.json()?;
    let name = text(&document, "name").ok_or_else(|| Failure::bad_request("name must be provided"))?;
    let key = text(&document, "key").or_else(|| text(&document, "alias"));
    let key = key.ok_or_else(|| Failure::bad_request("key or alias must be provided"))?;
    let description =
        document.get("description").and_then(|description| text(description, "value")).unwrap_or_default();
    let private = document.get("createPrivateSpace").and_then(Value::as_bool).unwrap_or_default();
    let audience = if private { Audience::OnlyTheAuthor } else { Audience::Everyone };
    let id = spaces::create(&mut world.site, call, key, name, description, audience)?;
    let space = world.site.spaces.get(&id).ok_or_else(|| Failure::not_found("space"))?;
    let rendered = render::space(space, Some("plain"), false);
    Ok(Answer::json(201, render::with_base(rendered, &call.site_base)))
}
