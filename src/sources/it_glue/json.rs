//! IT Glue's JSON:API documents (jsonapi.org, 1.0): resources with attributes, and pages of them.

use jiff::Timestamp;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use crate::sources::content::is_id;

/// A page of resources.
#[derive(Default, Deserialize)]
pub(super) struct Listing {
    #[serde(default)]
    data: Vec<Found>,
    #[serde(default)]
    meta: Map<String, Value>,
}

/// One resource.
#[derive(Deserialize)]
pub(super) struct Single {
    data: Found,
}

/// A resource, or what is wrong with it: one bad resource spoils no page.
struct Found(Result<Resource, &'static str>);

/// What is known of a thing.
pub(super) struct Resource {
    pub(super) id: String,
    attributes: Map<String, Value>,
}

impl<'de> Deserialize<'de> for Found {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(|value| Self(resource(value)))
    }
}

fn resource(value: Value) -> Result<Resource, &'static str> {
    let Value::Object(mut object) = value else { return Err("it is no resource") };
    let id = object.get("id").and_then(text).filter(|id| is_id(id)).ok_or("it has no id")?;
    let Some(Value::Object(attributes)) = object.remove("attributes") else { return Err("it has no attributes") };
    Ok(Resource { id, attributes })
}

impl Single {
    pub(super) fn resource(&self) -> Result<&Resource, &'static str> {
        self.data.0.as_ref().map_err(|why| *why)
    }
}

impl Listing {
    /// What it holds, in order.
    pub(super) fn resources(&self) -> impl Iterator<Item = Result<&Resource, &'static str>> {
        self.data.iter().map(|found| found.0.as_ref().map_err(|why| *why))
    }

    /// The id of its first resource.
    pub(super) fn first_id(&self) -> Option<&str> {
        self.resources().next()?.ok().map(|resource| resource.id.as_str())
    }

    /// The page after this one, as far as it says; a full page that says nothing has one.
    pub(super) fn next_page(&self, page: u32, size: u32) -> Option<u32> {
        if self.data.is_empty() {
            return None;
        }
        let number = |name: &str| attribute(&self.meta, name).and_then(Value::as_u64);
        if let Some(next) = number("next-page") {
            return u32::try_from(next).ok().filter(|next| *next > page);
        }
        match number("total-pages") {
            Some(total) => (u64::from(page) < total).then_some(page + 1),
            None if attribute(&self.meta, "next-page").is_some() => None,
            None => (self.data.len() >= usize::try_from(size).unwrap_or(usize::MAX)).then_some(page + 1),
        }
    }
}

impl Resource {
    /// A text, or a number as text; `None` where it is empty.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        attribute(&self.attributes, name).and_then(text).filter(|text| !text.is_empty())
    }

    /// A whole number.
    pub(super) fn number(&self, name: &str) -> Option<u64> {
        attribute(&self.attributes, name)?.as_u64()
    }

    /// Whether it says so.
    pub(super) fn is(&self, name: &str) -> bool {
        attribute(&self.attributes, name).and_then(Value::as_bool) == Some(true)
    }

    /// Whether it says that it is not so.
    pub(super) fn is_not(&self, name: &str) -> bool {
        attribute(&self.attributes, name).and_then(Value::as_bool) == Some(false)
    }

    /// A time.
    pub(super) fn time(&self, name: &str) -> Option<Timestamp> {
        self.text(name)?.parse().ok()
    }
}

/// Names come with dashes or with underscores, depending on the resource and the time.
fn attribute<'a>(attributes: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    attributes.get(name).or_else(|| attributes.get(&name.replace('-', "_")))
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn listing(value: Value) -> Listing {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn one_bad_resource_spoils_no_page() {
        let page = listing(json!({ "data": [
            { "id": "1", "type": "documents", "attributes": { "name": "a", "document_folder_id": 5 } },
            { "id": 2, "attributes": { "updated-at": "2026-01-02T03:04:05.000Z", "archived": true } },
            { "type": "documents" }, 7, { "id": "3", "attributes": null }, { "id": "", "attributes": {} },
        ]}));
        let found: Vec<_> = page.resources().collect();
        assert_eq!(found.iter().filter(|found| found.is_ok()).count(), 2);
        let (first, second) = (found[0].unwrap(), found[1].unwrap());
        assert_eq!((first.text("document-folder-id").unwrap().as_str(), second.id.as_str()), ("5", "2"));
        assert!(second.time("updated-at").is_some() && second.is("archived") && !first.is("archived"));
    }

    #[test]
    fn pages_end_where_they_say_so_or_are_not_full() {
        let page = |count: usize, meta: Value| {
            let data = vec![json!({ "id": "1", "attributes": {} }); count];
            listing(json!({ "data": data, "meta": meta })).next_page(2, 3)
        };
        assert_eq!(page(3, json!({ "next-page": 3, "total-pages": 9 })), Some(3));
        assert_eq!(page(3, json!({ "next-page": null })), None);
        assert_eq!(page(3, json!({ "next-page": 2 })), None);
        assert_eq!(page(3, json!({ "next-page": 1 })), None);
        assert_eq!(page(1, json!({ "total_pages": 3 })), Some(3));
        assert_eq!(page(3, json!({ "total-pages": 2 })), None);
        assert_eq!((page(3, json!({})), page(2, json!({}))), (Some(3), None));
        assert_eq!(page(0, json!({ "next-page": 3 })), None);
    }
}
