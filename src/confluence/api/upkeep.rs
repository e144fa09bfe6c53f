//! Changes to what hangs around content: properties and tasks (v2), and one's own watches (v1, which alone has them).

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::domain::access::{Create, Delete, Read, Update};
use crate::domain::ids::{ContentId, SpaceId, TaskId, VersionNumber};

use super::Paging;
use super::around::{properties_of_document, properties_of_space};
use super::pages::DocumentKind;
use crate::confluence::request::Request;

/// What a property is kept with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Owner {
    /// A page.
    Page(ContentId),
    /// A space.
    Space(SpaceId),
}

/// The property with that key, as a list of at most one.
pub fn property(owner: &Owner, key: &str) -> Request<Read> {
    let paging = Paging { limit: Some(2), cursor: None };
    match owner {
        Owner::Page(page) => properties_of_document(DocumentKind::Page, page, Some(key), &paging),
        Owner::Space(space) => properties_of_space(space, Some(key), &paging),
    }
}

/// Makes a property; refused upstream where there is one with that key.
pub fn create_property(owner: &Owner, key: &str, value: &Value) -> Request<Update> {
    let (template, id) = match owner {
        Owner::Page(page) => ("/wiki/api/v2/pages/{page-id}/properties", page.as_str()),
        Owner::Space(space) => ("/wiki/api/v2/spaces/{space-id}/properties", space.as_str()),
    };
    Request::update_by_post(template, &[id]).json(&json!({ "key": key, "value": value }))
}

/// Gives a property another value; refused upstream unless the version is the next.
pub fn update_property(
    owner: &Owner,
    (id, key): (&str, &str),
    value: &Value,
    version: VersionNumber,
    message: &str,
) -> Request<Update> {
    let (template, of) = match owner {
        Owner::Page(page) => ("/wiki/api/v2/pages/{page-id}/properties/{property-id}", page.as_str()),
        Owner::Space(space) => ("/wiki/api/v2/spaces/{space-id}/properties/{property-id}", space.as_str()),
    };
    let version = json!({ "number": version, "message": message });
    Request::update(template, &[of, id]).json(&json!({ "key": key, "value": value, "version": version }))
}

/// Deletes a property of a page.
pub fn delete_property(page: &ContentId, id: &str) -> Request<Delete> {
    Request::delete("/wiki/api/v2/pages/{page-id}/properties/{property-id}", &[page.as_str(), id])
}

/// One task, with what is to be done.
pub fn get_task(id: &TaskId) -> Request<Read> {
    Request::get("/wiki/api/v2/tasks/{id}", &[id.as_str()]).with("body-format", "storage")
}

/// Ticks a task off, or opens it again.
pub fn update_task(id: &TaskId, complete: bool) -> Request<Update> {
    let status = if complete { "complete" } else { "incomplete" };
    Request::update("/wiki/api/v2/tasks/{id}", &[id.as_str()]).json(&json!({ "status": status }))
}

const WATCH: &str = "/wiki/rest/api/user/watch/content/{contentId}";

/// Whether the connected account watches a content.
pub fn is_watched(id: &ContentId) -> Request<Read> {
    Request::get(WATCH, &[id.as_str()])
}

/// Lets the connected account watch a content.
pub fn watch(id: &ContentId) -> Request<Create> {
    Request::create(WATCH, &[id.as_str()])
}

/// Lets the connected account watch a content no longer.
pub fn unwatch(id: &ContentId) -> Request<Delete> {
    Request::delete(WATCH, &[id.as_str()])
}
