//! Every served operation against Atlassian's own OpenAPI documents: status, required fields, types.

mod documents;
mod reads;
mod writes;

use std::collections::BTreeSet;

use documents::{Document, REMOVED, STATUSES, documents};
use serde_json::{Value, json};
use sluice::sandbox::Sandbox;

use crate::small_site::{Person, start};

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

#[tokio::test]
async fn every_served_operation_answers_as_the_documents_say() {
    let Some((v2, v1)) = documents() else { return };
    let sandbox = start().await;
    let person = Person::admin(&sandbox);
    let mut contract = Contract { person, v2, v1, driven: BTreeSet::new(), complaints: Vec::new() };
    reads::everything(&mut contract).await;
    writes::documents(&mut contract).await;
    writes::comments(&mut contract).await;
    writes::upkeep(&mut contract).await;
    writes::the_old_way(&mut contract).await;
    for (method, template) in Sandbox::served() {
        if !contract.driven.contains(&(method.to_owned(), template.to_owned())) {
            contract.complaints.push(format!("{method} {template} was not driven"));
        }
    }
    assert!(contract.complaints.is_empty(), "{}", contract.complaints.join("\n"));
}
