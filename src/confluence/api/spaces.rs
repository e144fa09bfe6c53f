//! Spaces: list and read by v2; create and update by v1. There is no request that deletes one.

use serde_json::{Map, Value, json};

use crate::domain::access::{Create, Read, Update};
use crate::domain::ids::{SpaceId, SpaceKey};

use super::Paging;
use crate::confluence::request::Request;

/// Which spaces to list.
#[derive(Clone, Debug, Default)]
pub struct SpaceFilter {
    /// Only this type, such as `global`.
    pub kind: Option<&'static str>,
    /// Only this status; `current` unless said otherwise.
    pub status: Option<&'static str>,
    /// Only these, where any are named.
    pub ids: Vec<SpaceId>,
}

/// Spaces, ordered by id, with their plain descriptions.
pub fn list_spaces(filter: &SpaceFilter, paging: &Paging) -> Request<Read> {
    paging.on(Request::get("/wiki/api/v2/spaces", &[])
        .with("status", filter.status.unwrap_or("current"))
        .with_some("type", filter.kind)
        .with_some("ids", super::joined(&filter.ids))
        .with("description-format", "plain"))
}

/// The space with this key, as a list of at most one.
pub fn space_by_key(key: &SpaceKey) -> Request<Read> {
    Request::get("/wiki/api/v2/spaces", &[]).with("keys", key).with("description-format", "plain").with("limit", 2)
}

/// The spaces with these ids, at most 250.
pub fn spaces_by_id(ids: &[SpaceId]) -> Request<Read> {
    Request::get("/wiki/api/v2/spaces", &[])
        .with_some("ids", super::joined(ids))
        .with("description-format", "plain")
        .with("limit", super::MOST_PER_LIST)
}

/// One space.
pub fn get_space(id: &SpaceId) -> Request<Read> {
    Request::get("/wiki/api/v2/spaces/{id}", &[id.as_str()]).with("description-format", "plain")
}

fn plain(text: &str) -> Value {
    json!({ "plain": { "value": text, "representation": "plain" } })
}

/// Makes a space. By v1, because v2's `POST /spaces` answers only on tenants with role-based access control.
pub fn create_space(key: &SpaceKey, name: &str, description: Option<&str>) -> Request<Create> {
    let mut body = json!({ "key": key, "name": name });
    if let (Some(text), Some(fields)) = (description, body.as_object_mut()) {
        fields.insert("description".into(), plain(text));
    }
    Request::create("/wiki/rest/api/space", &[]).json(&body)
}

/// Changes name and description of a space, and nothing else: v1 would also take a status.
pub fn update_space(key: &SpaceKey, name: Option<&str>, description: Option<&str>) -> Request<Update> {
    let mut body = Map::new();
    body.extend(name.map(|name| ("name".to_owned(), json!(name))));
    body.extend(description.map(|text| ("description".to_owned(), plain(text))));
    Request::update("/wiki/rest/api/space/{spaceKey}", &[key.as_str()]).json(&body)
}
