//! Every served operation against Atlassian's own OpenAPI documents: status, required fields, types.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Map, Value, json};
use sluice::sandbox::Sandbox;

use crate::small_site::{ADMIN, Person, start};

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
const STATUSES: &[(&str, &str, u16, &str)] = &[
    ("PUT", "/wiki/api/v2/pages/{id}", 409, "a stale version is a conflict"),
    ("PUT", "/wiki/api/v2/footer-comments/{comment-id}", 409, "a stale version is a conflict"),
];

/// Operations absent from today's document, with the schema their answers still follow.
const REMOVED: &[(&str, &str, &str)] = &[
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
    ("GET", "/wiki/rest/api/content/{id}/version", "VersionArray"),
    ("GET", "/wiki/rest/api/content/{id}/version/{versionNumber}", "Version"),
    ("GET", "/wiki/rest/api/space", "SpaceArray"),
    ("GET", "/wiki/rest/api/space/{spaceKey}", "Space"),
    ("GET", "/wiki/rest/api/space/{spaceKey}/content", "ContentArray"),
    ("GET", "/wiki/rest/api/space/{spaceKey}/content/{type}", "ContentArray"),
];

/// One of Atlassian's documents, made into JSON Schema.
struct Document {
    paths: Value,
    definitions: Value,
}

/// Both documents, or nothing with a loud word where they are absent.
fn documents() -> Option<(Document, Document)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/openapi");
    let read = |name: &str| -> Option<Document> {
        let text = std::fs::read_to_string(folder.join(name)).ok()?;
        let mut document: Value = serde_json::from_str(&text).unwrap();
        translate(&mut document);
        let definitions = document["components"]["schemas"].take();
        Some(Document { paths: document["paths"].take(), definitions })
    };
    let found = read("openapi-v2.v3.json").zip(read("swagger.v3.json"));
    if found.is_none() {
        assert!(std::env::var_os("CI").is_none_or(|ci| ci != "true"), "the OpenAPI documents are absent: {folder:?}");
        #[expect(clippy::print_stderr, reason = "a skipped test says so loudly")]
        {
            eprintln!("SKIPPED: the OpenAPI documents are absent: {}", folder.display());
        }
    }
    found.map(|(mut v2, v1)| {
        for (schema, field) in NULLS {
            let property = &mut v2.definitions[*schema]["properties"][*field];
            assert!(property.is_object(), "{schema}.{field} is not in the document");
            *property = json!({ "anyOf": [property.take(), { "type": "null" }] });
        }
        // Folders tell their creation in epoch milliseconds.
        v2.definitions["FolderSingle"]["properties"]["createdAt"] = json!({ "type": "integer" });
        // An id that stands for nothing is answered with null.
        let kinds =
            &mut v2.definitions["ContentIdToContentTypeResponse"]["properties"]["results"]["additionalProperties"];
        *kinds = json!({ "type": ["string", "null"] });
        (v2, v1)
    })
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
    fn complaints(&self, schema: &Value, body: &Value) -> Vec<String> {
        let mut whole = json!({ "$defs": self.definitions });
        whole["allOf"] = json!([schema]);
        let validator = jsonschema::options().should_validate_formats(true).build(&whole).unwrap();
        validator.iter_errors(body).map(|error| format!("{}: {error}", error.instance_path())).collect()
    }

    /// What is wrong with an answer by this document.
    fn check(&self, method: &str, path: &str, status: u16, body: &Value) -> Vec<String> {
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

/// Drives operations and gathers what is wrong.
struct Contract<'a> {
    person: Person<'a>,
    v2: Document,
    v1: Document,
    driven: BTreeSet<(String, String)>,
    complaints: Vec<String>,
}

impl Contract<'_> {
    async fn step(&mut self, method: &str, template: &str, fills: &[&str], query: &str, document: Value) -> Value {
        self.expect(method, template, fills, query, document, None).await
    }

    async fn expect(
        &mut self,
        method: &str,
        template: &str,
        fills: &[&str],
        query: &str,
        document: Value,
        status: Option<u16>,
    ) -> Value {
        let path = format!("{}{query}", fill(template, fills));
        let (answered, body) = self.person.send(method, &path, document).await;
        self.judge(method, template, &path, answered, &body, status);
        body
    }

    fn judge(&mut self, method: &str, template: &str, path: &str, status: u16, body: &Value, expected: Option<u16>) {
        self.driven.insert((method.to_owned(), template.to_owned()));
        if expected.is_some_and(|expected| expected != status) || (expected.is_none() && status >= 400) {
            self.complaints.push(format!("{method} {path}: answered {status} {body}"));
            return;
        }
        if STATUSES.iter().any(|(known, at, code, _)| (*known, *at, *code) == (method, template, status)) {
            return;
        }
        let removed = REMOVED.iter().find(|(known, at, _)| (*known, *at) == (method, template));
        let found = match (removed, template.strip_prefix("/wiki/api/v2")) {
            (Some((.., "")), _) => Vec::new(),
            (Some((.., schema)), _) => self.v1.complaints(&json!({ "$ref": format!("#/$defs/{schema}") }), body),
            (None, Some(path)) => self.v2.check(method, path, status, body),
            (None, None) => self.v1.check(method, template, status, body),
        };
        self.complaints.extend(found.into_iter().map(|complaint| format!("{method} {path} {status}: {complaint}")));
    }

    async fn upload(&mut self, method: &str, template: &str, fills: &[&str], name: &str) {
        let path = fill(template, fills);
        let part = reqwest::multipart::Part::bytes(b"bytes".to_vec()).file_name(name.to_owned());
        let part = part.mime_str("text/plain").unwrap();
        let form = reqwest::multipart::Form::new().part("file", part).text("minorEdit", "true").text("comment", "new");
        let request = self.person.request(method, &path).header("X-Atlassian-Token", "nocheck").multipart(form);
        let (status, body) = crate::small_site::read(request).await;
        self.judge(method, template, &path, status, &body, None);
    }
}

fn fill(template: &str, fills: &[&str]) -> String {
    let mut fills = fills.iter();
    let segments =
        template.split('/').map(|segment| if segment.starts_with('{') { fills.next().unwrap() } else { segment });
    segments.collect::<Vec<_>>().join("/")
}

fn id(document: &Value) -> String {
    document["id"].as_str().unwrap_or_default().to_owned()
}

fn storage(body: &str) -> Value {
    json!({ "representation": "storage", "value": body })
}

async fn read_everything(contract: &mut Contract<'_>) {
    let read = [
        ("/wiki/api/v2/pages", vec![], "?limit=2&body-format=storage&status=current"),
        (
            "/wiki/api/v2/pages/{id}",
            vec!["1001"],
            "?body-format=view&include-labels=true&include-operations=true&include-versions=true&include-likes=true",
        ),
        ("/wiki/api/v2/pages/{id}", vec!["1000"], "?body-format=atlas_doc_format"),
        ("/wiki/api/v2/pages/{id}/versions", vec!["1001"], "?body-format=storage"),
        ("/wiki/api/v2/pages/{page-id}/versions/{version-number}", vec!["1001", "1"], ""),
        ("/wiki/api/v2/pages/{id}/operations", vec!["1001"], ""),
        ("/wiki/api/v2/pages/{id}/children", vec!["1000"], ""),
        ("/wiki/api/v2/pages/{id}/direct-children", vec!["1000"], "?limit=5"),
        ("/wiki/api/v2/pages/{id}/descendants", vec!["1000"], "?depth=3"),
        ("/wiki/api/v2/pages/{id}/ancestors", vec!["1102"], ""),
        ("/wiki/api/v2/pages/{id}/labels", vec!["1001"], ""),
        ("/wiki/api/v2/pages/{id}/attachments", vec!["1001"], ""),
        ("/wiki/api/v2/pages/{id}/footer-comments", vec!["1001"], "?body-format=storage"),
        ("/wiki/api/v2/pages/{id}/inline-comments", vec!["1001"], "?resolution-status=open"),
        ("/wiki/api/v2/blogposts", vec![], "?body-format=storage"),
        ("/wiki/api/v2/blogposts/{id}", vec!["1100"], "?include-labels=true"),
        ("/wiki/api/v2/blogposts/{id}/versions", vec!["1100"], ""),
        ("/wiki/api/v2/blogposts/{blogpost-id}/versions/{version-number}", vec!["1100", "1"], ""),
        ("/wiki/api/v2/blogposts/{id}/operations", vec!["1100"], ""),
        ("/wiki/api/v2/blogposts/{id}/labels", vec!["1100"], ""),
        ("/wiki/api/v2/blogposts/{id}/attachments", vec!["1100"], ""),
        ("/wiki/api/v2/blogposts/{id}/footer-comments", vec!["1100"], ""),
        ("/wiki/api/v2/blogposts/{id}/inline-comments", vec!["1100"], ""),
        ("/wiki/api/v2/footer-comments", vec![], "?body-format=storage"),
        ("/wiki/api/v2/footer-comments/{comment-id}", vec!["3000"], "?body-format=storage"),
        ("/wiki/api/v2/footer-comments/{id}/children", vec!["3000"], ""),
        ("/wiki/api/v2/footer-comments/{id}/operations", vec!["3000"], ""),
        ("/wiki/api/v2/footer-comments/{id}/versions", vec!["3000"], ""),
        ("/wiki/api/v2/footer-comments/{id}/versions/{version-number}", vec!["3000", "1"], ""),
        ("/wiki/api/v2/inline-comments", vec![], ""),
        ("/wiki/api/v2/inline-comments/{comment-id}", vec!["3002"], "?body-format=storage"),
        ("/wiki/api/v2/inline-comments/{id}/children", vec!["3002"], ""),
        ("/wiki/api/v2/inline-comments/{id}/operations", vec!["3002"], ""),
        ("/wiki/api/v2/inline-comments/{id}/versions", vec!["3002"], ""),
        ("/wiki/api/v2/inline-comments/{id}/versions/{version-number}", vec!["3002", "1"], ""),
    ];
    for (template, fills, query) in read {
        contract.step("GET", template, &fills, query, Value::Null).await;
    }
}

async fn read_the_rest(contract: &mut Contract<'_>) {
    let read = [
        ("/wiki/api/v2/spaces", vec![], "?description-format=plain&include-icon=true"),
        ("/wiki/api/v2/spaces", vec![], ""),
        ("/wiki/api/v2/spaces/{id}", vec!["100"], "?include-labels=true&include-operations=true"),
        ("/wiki/api/v2/spaces/{id}/pages", vec!["100"], "?depth=root"),
        ("/wiki/api/v2/spaces/{id}/blogposts", vec!["100"], ""),
        ("/wiki/api/v2/spaces/{id}/labels", vec!["100"], ""),
        ("/wiki/api/v2/spaces/{id}/content/labels", vec!["100"], ""),
        ("/wiki/api/v2/spaces/{id}/operations", vec!["100"], ""),
        ("/wiki/api/v2/attachments", vec![], ""),
        ("/wiki/api/v2/attachments/{id}", vec!["att4000"], "?include-labels=true"),
        ("/wiki/api/v2/attachments/{id}/labels", vec!["att4000"], ""),
        ("/wiki/api/v2/attachments/{id}/operations", vec!["att4000"], ""),
        ("/wiki/api/v2/attachments/{id}/versions", vec!["att4000"], ""),
        ("/wiki/api/v2/attachments/{attachment-id}/versions/{version-number}", vec!["att4000", "1"], ""),
        ("/wiki/api/v2/attachments/{id}/thumbnail/download", vec!["att4001"], ""),
        ("/wiki/api/v2/attachments/{id}/footer-comments", vec!["att4000"], ""),
        ("/wiki/api/v2/labels", vec![], ""),
        ("/wiki/api/v2/labels/{id}/pages", vec!["900"], ""),
        ("/wiki/api/v2/labels/{id}/blogposts", vec!["900"], ""),
        ("/wiki/api/v2/labels/{id}/attachments", vec!["902"], ""),
        ("/wiki/rest/api/search", vec![], "?cql=text%20~%20%22printer%22&limit=2&expand=content.space,content.version"),
        (
            "/wiki/rest/api/content/search",
            vec![],
            "?cql=text%20~%20%22printer%22&expand=body.storage,space,version,history,ancestors,metadata.labels,children.comment",
        ),
        ("/wiki/rest/api/search/user", vec![], "?cql=user.fullname%20~%20%22reader%22"),
        ("/wiki/rest/api/user", vec![], "?accountId=712020:private"),
        ("/wiki/rest/api/user/current", vec![], ""),
        ("/wiki/rest/api/content/{id}/restriction/byOperation", vec!["1001"], ""),
        ("/wiki/rest/api/content/{id}/restriction/byOperation/{operationKey}", vec!["1001", "read"], ""),
        ("/wiki/rest/api/content/{id}/child/attachment/{attachmentId}/download", vec!["1001", "att4000"], ""),
        ("/wiki/rest/api/content", vec![], "?type=page&spaceKey=ITSD&expand=space,version"),
        (
            "/wiki/rest/api/content/{id}",
            vec!["1001"],
            "?expand=body.storage,body.view,version,space,history,ancestors,metadata.labels,children.attachment,children.comment",
        ),
        ("/wiki/rest/api/content/{id}/child", vec!["1001"], "?expand=page,comment,attachment"),
        ("/wiki/rest/api/content/{id}/child/page", vec!["1000"], ""),
        ("/wiki/rest/api/content/{id}/child/comment", vec!["1001"], "?depth=all&expand=body.view,version,ancestors"),
        ("/wiki/rest/api/content/{id}/child/attachment", vec!["1001"], ""),
        ("/wiki/rest/api/content/{id}/history", vec!["1001"], ""),
        ("/wiki/rest/api/content/{id}/label", vec!["1001"], ""),
        ("/wiki/rest/api/content/{id}/version", vec!["1001"], ""),
        ("/wiki/rest/api/content/{id}/version/{versionNumber}", vec!["1001", "1"], ""),
        ("/wiki/rest/api/space", vec![], "?expand=description.plain,homepage"),
        ("/wiki/rest/api/space/{spaceKey}", vec!["ITSD"], ""),
        ("/wiki/rest/api/space/{spaceKey}/content", vec!["ITSD"], ""),
        ("/wiki/rest/api/space/{spaceKey}/content/{type}", vec!["ITSD", "page"], ""),
    ];
    for (template, fills, query) in read {
        contract.step("GET", template, &fills, query, Value::Null).await;
    }
    let asked = json!({ "accountIds": [ADMIN, "712020:private", "712020:gone", "nobody"] });
    contract.step("POST", "/wiki/api/v2/users-bulk", &[], "", asked).await;
    let asked = json!({ "contentIds": ["1001", "1101", "att4000", "3000", "7"] });
    contract.step("POST", "/wiki/api/v2/content/convert-ids-to-types", &[], "", asked).await;
}

async fn write_documents(contract: &mut Contract<'_>) {
    for (list, one) in
        [("/wiki/api/v2/pages", "/wiki/api/v2/pages/{id}"), ("/wiki/api/v2/blogposts", "/wiki/api/v2/blogposts/{id}")]
    {
        let made =
            json!({ "spaceId": "100", "status": "current", "title": "New thing", "body": storage("<p>one</p>") });
        let page = id(&contract.step("POST", list, &[], "", made).await);
        let version = json!({ "number": 2, "message": "second" });
        let edit = json!({ "id": page, "status": "current", "title": "New thing", "body": storage("<p>two</p>"), "version": version });
        contract.step("PUT", one, &[&page], "", edit.clone()).await;
        if one.contains("pages") {
            contract.expect("PUT", one, &[&page], "", edit, Some(409)).await;
            let renamed = json!({ "status": "current", "title": "Newer thing" });
            contract.step("PUT", "/wiki/api/v2/pages/{id}/title", &[&page], "", renamed).await;
        }
        contract.step("DELETE", one, &[&page], "", Value::Null).await;
        contract.step("DELETE", one, &[&page], "?purge=true", Value::Null).await;
        contract.expect("DELETE", one, &[&page], "", Value::Null, Some(404)).await;
        contract.expect("GET", one, &[&page], "", Value::Null, Some(404)).await;
        contract.expect("POST", list, &[], "", json!({ "title": "Nowhere" }), Some(400)).await;
    }
    for kind in ["folders", "whiteboards", "databases", "embeds"] {
        let list = format!("/wiki/api/v2/{kind}");
        let one = format!("{list}/{{id}}");
        let made = id(&contract.step("POST", &list, &[], "", json!({ "spaceId": "100", "title": "Node" })).await);
        contract.step("GET", &one, &[&made], "", Value::Null).await;
        contract.step("GET", &format!("{one}/ancestors"), &[&made], "", Value::Null).await;
        contract.step("GET", &format!("{one}/direct-children"), &[&made], "", Value::Null).await;
        contract.step("GET", &format!("{one}/descendants"), &[&made], "", Value::Null).await;
        contract.step("DELETE", &one, &[&made], "", Value::Null).await;
    }
    let space =
        json!({ "name": "Fresh", "key": "FRESH", "description": { "value": "new", "representation": "plain" } });
    contract.step("POST", "/wiki/api/v2/spaces", &[], "", space).await;
}

async fn write_comments(contract: &mut Contract<'_>) {
    let footer = json!({ "pageId": "1002", "body": storage("<p>hm</p>") });
    let selection = json!({ "textSelection": "printer", "textSelectionMatchCount": 1, "textSelectionMatchIndex": 0 });
    let inline = json!({ "pageId": "1002", "body": storage("<p>hm</p>"), "inlineCommentProperties": selection });
    for (kind, new) in [("footer-comments", footer), ("inline-comments", inline)] {
        let list = format!("/wiki/api/v2/{kind}");
        let one = format!("{list}/{{comment-id}}");
        let made = id(&contract.step("POST", &list, &[], "", new).await);
        let reply = json!({ "parentCommentId": made, "body": storage("<p>yes</p>") });
        contract.step("POST", &list, &[], "", reply).await;
        let edit = json!({ "version": { "number": 2 }, "body": storage("<p>hm!</p>") });
        contract.step("PUT", &one, &[&made], "", edit.clone()).await;
        if kind == "footer-comments" {
            contract.expect("PUT", &one, &[&made], "", edit, Some(409)).await;
        }
        contract.step("DELETE", &one, &[&made], "", Value::Null).await;
    }
    contract.step("DELETE", "/wiki/api/v2/attachments/{id}", &["att4001"], "", Value::Null).await;
    contract.step("DELETE", "/wiki/api/v2/attachments/{id}", &["att4001"], "?purge=true", Value::Null).await;
}

async fn write_the_old_way(contract: &mut Contract<'_>) {
    let content = "/wiki/rest/api/content/{id}";
    let attachment = format!("{content}/child/attachment");
    contract.upload("POST", &attachment, &["1003"], "a.txt").await;
    contract.upload("PUT", &attachment, &["1003"], "a.txt").await;
    contract.upload("POST", &format!("{attachment}/{{attachmentId}}/data"), &["1001", "att4000"], "notes.txt").await;
    let labels = json!([{ "prefix": "global", "name": "one" }, { "prefix": "global", "name": "two" }]);
    contract.step("POST", &format!("{content}/label"), &["1003"], "", labels).await;
    contract.step("DELETE", &format!("{content}/label"), &["1003"], "?name=one", Value::Null).await;
    contract.step("DELETE", &format!("{content}/label/{{label}}"), &["1003", "two"], "", Value::Null).await;
    let relocate = "/wiki/rest/api/content/{pageId}/move/{position}/{targetId}";
    contract.step("PUT", relocate, &["1004", "append", "1003"], "", Value::Null).await;
    let copied =
        json!({ "destination": { "type": "parent_page", "value": "1003" }, "pageTitle": "Copied", "copyLabels": true });
    contract.step("POST", &format!("{content}/copy"), &["1005"], "", copied).await;
    let restored = json!({ "operationKey": "restore", "params": { "versionNumber": 1, "message": "back" } });
    contract.step("POST", &format!("{content}/version"), &["1005"], "", restored).await;
    contract.step("POST", "/wiki/rest/api/content/archive", &[], "", json!({ "pages": [{ "id": 1006 }] })).await;
    let task = id(&contract.step("DELETE", &format!("{content}/pageTree"), &["1003"], "", Value::Null).await);
    contract.step("GET", "/wiki/rest/api/longtask/{id}", &[&task], "", Value::Null).await;
    let page = json!({
        "type": "page", "title": "Old way", "space": { "key": "ITSD" }, "ancestors": [{ "id": "1000" }],
        "body": { "storage": storage("<p>one</p>") },
    });
    let made = id(&contract.step("POST", "/wiki/rest/api/content", &[], "", page).await);
    let edit = json!({ "type": "page", "title": "Old way", "version": { "number": 2 }, "body": { "storage": storage("<p>two</p>") } });
    contract.step("PUT", content, &[&made], "", edit).await;
    contract.step("DELETE", content, &[&made], "", Value::Null).await;
    let space = |key: &str| json!({ "name": "Old", "key": key, "description": { "plain": storage("new") } });
    contract.step("POST", "/wiki/rest/api/space", &[], "", space("OLD")).await;
    contract.step("POST", "/wiki/rest/api/space/_private", &[], "", space("OWN")).await;
    contract.step("PUT", "/wiki/rest/api/space/{spaceKey}", &["OLD"], "", json!({ "name": "Older" })).await;
    contract.step("DELETE", "/wiki/rest/api/space/{spaceKey}", &["OLD"], "", Value::Null).await;
}

#[tokio::test]
async fn every_served_operation_answers_as_the_documents_say() {
    let Some((v2, v1)) = documents() else { return };
    let sandbox = start().await;
    let person = Person::admin(&sandbox);
    let mut contract = Contract { person, v2, v1, driven: BTreeSet::new(), complaints: Vec::new() };
    read_everything(&mut contract).await;
    read_the_rest(&mut contract).await;
    write_documents(&mut contract).await;
    write_comments(&mut contract).await;
    write_the_old_way(&mut contract).await;
    for (method, template) in Sandbox::served() {
        if !contract.driven.contains(&(method.to_owned(), template.to_owned())) {
            contract.complaints.push(format!("{method} {template} was not driven"));
        }
    }
    assert!(contract.complaints.is_empty(), "{}", contract.complaints.join("\n"));
}
