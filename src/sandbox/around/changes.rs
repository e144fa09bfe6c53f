//! Changes to what hangs around content: properties, tasks in bodies, and one's own watches.

use serde_json::Value;

use super::properties::{owner, rendered};
use super::tasks;
use crate::sandbox::model::{Id, Property, Site};
use crate::sandbox::rules::edits::{DOCUMENTS, next_id};
use crate::sandbox::rules::sight::Sight;
use crate::sandbox::server::answer::{Answer, Answered, Failure};
use crate::sandbox::server::call::{Call, text, wrong_type};
use crate::sandbox::server::world::World;

/// What the path names, if the caller may change it.
fn changeable(call: &Call, world: &World) -> Result<Id, Failure> {
    let owner = owner(call, world)?;
    let sight = Sight::new(&world.site, &call.caller);
    if world.site.spaces.contains_key(&owner) {
        return sight.writable_space(owner).map(|space| space.id);
    }
    sight.changeable(DOCUMENTS, owner).map(|content| content.id)
}

fn given(document: &Value) -> Result<(String, Value), Failure> {
    let key = text(document, "key").filter(|key| !key.is_empty());
    let key = key.ok_or_else(|| Failure::bad_request("key must be provided"))?;
    let value = document.get("value").ok_or_else(|| Failure::bad_request("value must be provided"))?;
    Ok((key.to_owned(), value.clone()))
}

pub(super) fn create_property(call: &Call, world: &mut World) -> Answered {
    let owner = changeable(call, world)?;
    let (key, value) = given(&call.json()?)?;
    let site = &mut world.site;
    if site.around.properties.values().any(|property| property.owner == owner && property.key == key) {
        return Err(Failure::bad_request(format!("A property with the key {key} already exists")));
    }
    let (id, message, author) = (next_id(site), String::new(), call.caller.account.clone());
    let property =
        Property { id, owner, key, value, version: 1, message, author, created: call.now, changed: call.now };
    let status = if site.spaces.contains_key(&owner) { 201 } else { 200 };
    let answer = rendered(call, &property);
    site.around.properties.insert(id, property);
    Ok(Answer::json(status, answer))
}

fn named<'a>(call: &Call, owner: Id, site: &'a mut Site) -> Result<&'a mut Property, Failure> {
    let property = site.around.properties.get_mut(&call.id("property-id")?);
    property.filter(|property| property.owner == owner).ok_or_else(|| Failure::not_found("property"))
}

pub(super) fn update_property(call: &Call, world: &mut World) -> Answered {
    let owner = changeable(call, world)?;
    let document = call.json()?;
    let (key, value) = given(&document)?;
    let version = document.get("version").ok_or_else(|| Failure::bad_request("version must be provided"))?;
    let number = version.get("number").and_then(Value::as_u64).ok_or_else(|| wrong_type("version.number"))?;
    let property = named(call, owner, &mut world.site)?;
    if property.key != key {
        return Err(Failure::bad_request("The key of a property cannot be changed"));
    }
    if number != u64::from(property.version) + 1 {
        return Err(Failure::conflict(format!("Version must be incremented. Current version: {}", property.version)));
    }
    (property.value, property.version) = (value, property.version + 1);
    (property.author, property.changed) = (call.caller.account.clone(), call.now);
    text(version, "message").unwrap_or_default().clone_into(&mut property.message);
    let answer = rendered(call, property);
    Ok(Answer::ok(answer))
}

pub(super) fn delete_property(call: &Call, world: &mut World) -> Answered {
    let owner = changeable(call, world)?;
    let id = named(call, owner, &mut world.site)?.id;
    world.site.around.properties.remove(&id);
    Ok(Answer::empty(204))
}

/// Ticks a task off in the body that holds it, or opens it again; that makes no version of its own.
pub(super) fn update_task(call: &Call, world: &mut World) -> Answered {
    let id = call.first_id()?;
    let complete = match text(&call.json()?, "status") {
        Some("complete") => true,
        Some("incomplete") => false,
        _ => return Err(wrong_type("status")),
    };
    let site = &mut world.site;
    let sight = Sight::new(site, &call.caller);
    sight.content(DOCUMENTS, tasks::home(id))?;
    let home = sight.changeable(DOCUMENTS, tasks::home(id))?;
    let task = tasks::of_content(home).into_iter().find(|task| task.id == id);
    let (home, local) = task.map(|task| (home.id, task.local.to_owned())).ok_or_else(|| Failure::not_found("task"))?;
    if let Some(version) = site.contents.get_mut(&home).and_then(|content| content.versions.last_mut()) {
        tick(&mut version.body, &local, complete);
    }
    if complete {
        site.around.completed.insert(id, (call.caller.account.clone(), call.now));
    } else {
        site.around.completed.remove(&id);
    }
    tasks::get(call, world)
}

fn tick(body: &mut String, local: &str, complete: bool) {
    let Some(start) = body.find(&format!("<ac:task-id>{local}</ac:task-id>")) else { return };
    let (now, then) = if complete { ("incomplete", "complete") } else { ("complete", "incomplete") };
    let (now, then) =
        (format!("<ac:task-status>{now}</ac:task-status>"), format!("<ac:task-status>{then}</ac:task-status>"));
    let at = body.get(start..).and_then(|rest| rest.find(&now)).map(|at| start + at);
    if let Some(at) = at {
        body.replace_range(at..at + now.len(), &then);
    }
}

fn watched(call: &Call, world: &World) -> Result<Id, Failure> {
    if call.parameter("accountId").is_some_and(|account| account != call.caller.account && !call.caller.admin) {
        return Err(Failure::forbidden("content"));
    }
    Ok(Sight::new(&world.site, &call.caller).content(DOCUMENTS, call.first_id()?)?.id)
}

pub(super) fn watch(call: &Call, world: &mut World) -> Answered {
    let id = watched(call, world)?;
    let account = call.parameter("accountId").unwrap_or(&call.caller.account).to_owned();
    world.site.around.watchers.entry(id).or_default().insert(account);
    Ok(Answer::empty(204))
}

pub(super) fn unwatch(call: &Call, world: &mut World) -> Answered {
    let id = watched(call, world)?;
    let account = call.parameter("accountId").unwrap_or(&call.caller.account).to_owned();
    world.site.around.watchers.entry(id).or_default().remove(&account);
    Ok(Answer::empty(204))
}
