//! Templates of pages: the site's, a space's, and those of blueprints.

use serde_json::{Value, json};

use crate::sandbox::model::Template;
use crate::sandbox::rules::sight::Sight;
use crate::sandbox::server::answer::{Answer, Answered, Failure};
use crate::sandbox::server::call::{Call, number};
use crate::sandbox::server::world::World;
use crate::sandbox::v1::offset_list;

/// Whether the caller sees it: with its space, or anyhow where it is the site's.
pub(super) fn seen(call: &Call, world: &World, template: &Template) -> bool {
    let sight = Sight::new(&world.site, &call.caller);
    template.space.is_none_or(|space| sight.space(space).is_ok())
}

/// A template as v1 shows it; its body where asked for.
pub(super) fn rendered(call: &Call, world: &World, template: &Template, with_body: bool) -> Value {
    let mut rendered = json!({
        "templateId": template.id.to_string(),
        "name": template.name,
        "description": template.description,
        "labels": [],
        "templateType": "page",
        "editorVersion": "v2",
        "_expandable": { "body": "" },
        "_links": { "base": call.site_base, "context": "/wiki" },
    });
    let Some(fields) = rendered.as_object_mut() else { return rendered };
    if let Some(space) = template.space.and_then(|space| world.site.spaces.get(&space)) {
        let space = json!({ "id": space.id, "key": space.key, "name": space.name, "type": "global" });
        fields.insert("space".to_owned(), space);
    }
    if let Some(blueprint) = &template.blueprint {
        fields.insert("referencingBlueprint".to_owned(), json!(blueprint));
        let original = json!({ "pluginKey": blueprint, "moduleKey": template.name });
        fields.insert("originalTemplate".to_owned(), original);
    }
    if with_body {
        let storage = json!({ "value": template.body, "representation": "storage" });
        fields.insert("body".to_owned(), json!({ "storage": storage }));
    }
    rendered
}

fn wants_body(call: &Call) -> bool {
    call.parameters("expand").iter().any(|part| ["body", "body.storage"].contains(part))
}

pub(super) fn list(call: &Call, world: &mut World) -> Answered {
    let blueprints = call.path.ends_with("/blueprint");
    let space = match call.parameter("spaceKey") {
        Some(key) => Some(Sight::new(&world.site, &call.caller).space_by_key(key)?.id),
        None => None,
    };
    let (world, body) = (&*world, wants_body(call));
    let templates = world.site.around.templates.values();
    let found = templates
        .filter(|one| one.space == space && one.blueprint.is_some() == blueprints && seen(call, world, one))
        .map(|template| rendered(call, world, template, body))
        .collect();
    Ok(Answer::ok(offset_list(call, found)))
}

pub(super) fn get(call: &Call, world: &mut World) -> Answered {
    let id = number("contentTemplateId", call.variable("contentTemplateId"))?;
    let template = world.site.around.templates.get(&id).filter(|template| seen(call, world, template));
    let template = template.ok_or_else(|| Failure::not_found("template"))?;
    Ok(Answer::ok(rendered(call, world, template, true)))
}
