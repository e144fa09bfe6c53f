//! Atlassian's OpenAPI documents as JSON Schema, and where they are at fault.

use serde_json::{Map, Value, json};

use crate::shared::folder;

/// Fields that are null in real answers although the document says nothing of it: schema, field, when.
const NULLS: &[(&str, &str)] = &[
    // A page at the top of its space has no parent.
    ("PageSingle", "parentId"),
    ("PageSingle", "parentType"),
    ("PageBulk", "parentId"),
    ("PageBulk", "parentType"),
    ("FolderSingle", "parentId"),
    ("FolderSingle", "parentType"),
    // Description and icon are null unless asked for.
    ("SpaceBulk", "description"),
    ("SpaceBulk", "icon"),
    ("SpaceSingle", "description"),
    ("SpaceSingle", "icon"),
    // People hide their name, address and time zone; not everyone has a personal space.
    ("User", "displayName"),
    ("User", "email"),
    ("User", "timeZone"),
    ("User", "personalSpaceId"),
];

/// Statuses that the document does not list for an operation although real sites answer with them.
pub(super) const STATUSES: &[(&str, &str, u16, &str)] = &[
    ("PUT", "/wiki/api/v2/pages/{id}", 409, "a stale version is a conflict"),
    ("PUT", "/wiki/api/v2/footer-comments/{comment-id}", 409, "a stale version is a conflict"),
];

/// Operations absent from today's document, with the schema their answers still follow.
pub(super) const REMOVED: &[(&str, &str, &str)] = &[
    ("GET", "/wiki/rest/api/content", "ContentArray"),
    ("POST", "/wiki/rest/api/content", "Content"),
    ("GET", "/wiki/rest/api/content/{id}", "Content"),
    ("PUT", "/wiki/rest/api/content/{id}", "Content"),
    ("DELETE", "/wiki/rest/api/content/{id}", ""),
    ("GET", "/wiki/rest/api/content/{id}/child", "ContentChildren"),
    ("GET", "/wiki/rest/api/content/{id}/child/page", "ContentArray"),
    ("GET", "/wiki/rest/api/content/{id}/child/comment", "ContentArray"),
    ("GET", "/wiki/rest/api/content/{id}/child/attachment", "ContentArray"),
    ("GET", "/wiki/rest/api/content/{id}/history", "ContentHistory"),
    ("GET", "/wiki/rest/api/content/{id}/label", "LabelArray"),
    ("GET", "/wiki/rest/api/content/{id}/property", "ContentPropertyArray"),
    ("GET", "/wiki/rest/api/content/{id}/property/{key}", ""),
    ("GET", "/wiki/rest/api/content/{id}/version", "VersionArray"),
    ("GET", "/wiki/rest/api/content/{id}/version/{versionNumber}", "Version"),
    ("GET", "/wiki/rest/api/space", "SpaceArray"),
    ("GET", "/wiki/rest/api/space/{spaceKey}", "Space"),
    ("GET", "/wiki/rest/api/space/{spaceKey}/content", "ContentArray"),
    ("GET", "/wiki/rest/api/space/{spaceKey}/content/{type}", "ContentArray"),
];

/// One of Atlassian's documents, made into JSON Schema.
pub(super) struct Document {
    paths: Value,
    definitions: Value,
}

/// Both documents, or nothing with a loud word where they are absent.
pub(super) fn documents() -> Option<(Document, Document)> {
    let folder = folder("openapi")?;
    let read = |name: &str| {
        let text = std::fs::read_to_string(folder.join(name)).unwrap();
        let mut document: Value = serde_json::from_str(&text).unwrap();
        translate(&mut document);
        let definitions = document["components"]["schemas"].take();
        Document { paths: document["paths"].take(), definitions }
    };
    let (mut v2, v1) = (read("openapi-v2.v3.json"), read("swagger.v3.json"));
    for (schema, field) in NULLS {
        let property = &mut v2.definitions[*schema]["properties"][*field];
        assert!(property.is_object(), "{schema}.{field} is not in the document");
        *property = json!({ "anyOf": [property.take(), { "type": "null" }] });
    }
    // Folders tell their creation in epoch milliseconds.
    v2.definitions["FolderSingle"]["properties"]["createdAt"] = json!({ "type": "integer" });
    // An id that stands for nothing is answered with null.
    let kinds = &mut v2.definitions["ContentIdToContentTypeResponse"]["properties"]["results"]["additionalProperties"];
    *kinds = json!({ "type": ["string", "null"] });
    Some((v2, v1))
}

/// From OpenAPI 3.0 to JSON Schema: references into `$defs`, `nullable` into a type.
fn translate(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(translate),
        Value::Object(object) => {
            object.values_mut().for_each(translate);
            if let Some(Value::String(reference)) = object.get_mut("$ref") {
                *reference = reference.replace("#/components/schemas/", "#/$defs/");
            }
            if object.get("nullable") == Some(&json!(true)) {
                object.shift_remove("nullable");
                let inner = Value::Object(std::mem::take(object));
                *object = Map::from_iter([("anyOf".to_owned(), json!([inner, { "type": "null" }]))]);
            }
        }
        _ => {}
    }
}

impl Document {
    pub(super) fn complaints(&self, schema: &Value, body: &Value) -> Vec<String> {
        let mut whole = json!({ "$defs": self.definitions });
        whole["allOf"] = json!([schema]);
        let validator = jsonschema::options().should_validate_formats(true).build(&whole).unwrap();
        validator.iter_errors(body).map(|error| format!("{}: {error}", error.instance_path())).collect()
    }

    /// What is wrong with an answer by this document.
    pub(super) fn check(&self, method: &str, path: &str, status: u16, body: &Value) -> Vec<String> {
        let operation = &self.paths[path][method.to_lowercase()];
        if !operation.is_object() {
            return vec!["the operation is not in the document".to_owned()];
        }
        let Some(response) = operation["responses"].get(status.to_string()) else {
            return vec![format!("the document lists no status {status}")];
        };
        match response.pointer("/content/application~1json/schema") {
            Some(schema) => self.complaints(schema, body),
            None if status == 204 && !body.is_null() => vec!["a body where none belongs".to_owned()],
            None => Vec::new(),
        }
    }
}
