//! Long tasks, whose work is done as soon as they are begun, and whose end may be told later.

use serde_json::{Value, json};

use crate::sandbox::model::Id;
use crate::sandbox::server::answer::{Answer, Answered, Failure};
use crate::sandbox::server::call::Call;
use crate::sandbox::server::world::World;

/// The answer to a request that begins a long task.
pub(super) fn begun(world: &mut World, what: &'static str) -> Answer {
    begun_with(world, what, None)
}

/// The same for a task that makes a page.
pub(super) fn begun_with(world: &mut World, what: &'static str, made: Option<Id>) -> Answer {
    let id = world.begin_task(what, made);
    Answer::json(202, begun_document(&id))
}

fn begun_document(id: &str) -> Value {
    json!({ "id": id, "links": { "status": format!("/rest/api/longtask/{id}") } })
}

pub(super) fn get(call: &Call, world: &mut World) -> Answered {
    let id = call.variable("id");
    let task = world.tasks.get_mut(id).ok_or_else(|| Failure::not_found("task"))?;
    let finished = task.looks >= task.pace.looks;
    let percent = if finished { 100 } else { task.looks * 100 / task.pace.looks.max(1) };
    task.looks = task.looks.saturating_add(1);
    let successful = finished && !task.pace.fails;
    let errors =
        if finished && task.pace.fails { json!([{ "translation": "It broke off", "args": [] }]) } else { json!([]) };
    let status = match (finished, successful) {
        (false, _) => "IN_PROGRESS",
        (true, true) => "SUCCESS",
        (true, false) => "FAILURE",
    };
    let mut rendered = json!({
        "id": id,
        "name": { "key": task.what, "args": [] },
        "elapsedTime": 12,
        "percentageComplete": percent,
        "successful": successful,
        "finished": finished,
        "messages": [],
        "status": status,
        "errors": errors,
        "_links": { "base": call.site_base, "context": "/wiki", "self": format!("{}/rest/api/longtask/{id}", call.site_base) },
    });
    if let (Some(made), Some(fields)) = (task.made.filter(|_| successful), rendered.as_object_mut()) {
        fields.insert("additionalDetails".to_owned(), json!({ "destinationId": made.to_string() }));
    }
    Ok(Answer::ok(rendered))
}
