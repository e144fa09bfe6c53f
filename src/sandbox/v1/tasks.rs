//! Long tasks, which here are done as soon as they are begun.

use serde_json::{Value, json};

use crate::sandbox::server::answer::{Answer, Answered, Failure};
use crate::sandbox::server::call::Call;
use crate::sandbox::server::world::World;

/// The answer to a request that begins a long task.
pub(super) fn begun(world: &mut World, what: &str) -> Answer {
    let id = world.finish_task(what);
    Answer::json(202, begun_document(&id))
}

fn begun_document(id: &str) -> Value {
    json!({ "id": id, "links": { "status": format!("/rest/api/longtask/{id}") } })
}

pub(super) fn get(call: &Call, world: &mut World) -> Answered {
    let id = call.variable("id");
    let what = world.tasks.get(id).ok_or_else(|| Failure::not_found("task"))?;
    Ok(Answer::ok(json!({
        "id": id,
        "name": { "key": what, "args": [] },
        "elapsedTime": 12,
        "percentageComplete": 100,
        "successful": true,
        "finished": true,
        "messages": [],
        "status": "SUCCESS",
        "errors": [],
        "_links": { "base": call.site_base, "context": "/wiki", "self": format!("{}/rest/api/longtask/{id}", call.site_base) },
    })))
}
