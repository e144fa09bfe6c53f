//! No operation of the documents is missing in the table, none is invented, and none takes what the document lacks.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use sluice::published::{Row, Verdict, rows};

use crate::shared::folder;

/// The column of that name of a table with a head.
fn column(head: &str, name: &str) -> usize {
    head.split('\t').position(|column| column == name).unwrap()
}

/// Method and path of every line of a table.
fn named(file: &std::path::Path) -> BTreeSet<(String, String)> {
    let text = std::fs::read_to_string(file).unwrap();
    let head = text.lines().next().unwrap();
    let (method, path) = (column(head, "method"), column(head, "path"));
    let lines = text.lines().skip(1).map(|line| line.split('\t').collect::<Vec<_>>());
    lines.map(|line| (line[method].to_owned(), line[path].to_owned())).collect()
}

fn ours(wanted: impl Fn(&Row) -> bool) -> BTreeSet<(String, String)> {
    let rows = rows().iter().filter(|row| wanted(row));
    rows.map(|row| (row.method.as_str().to_owned(), row.template.to_owned())).collect()
}

#[test]
fn the_table_holds_every_operation_of_the_documents_and_no_other() {
    let Some(folder) = folder("openapi") else { return };
    let (today, removed) = (named(&folder.join("operations.tsv")), named(&folder.join("v1-removed-operations.tsv")));
    assert_eq!((today.len(), removed.len()), (348, 48));
    assert_eq!(ours(|row| row.verdict != Verdict::Gone), today);
    assert_eq!(ours(|row| row.verdict == Verdict::Gone), removed);
}

/// The query keys and the members of the JSON body of every operation of a document.
fn taken(document: &Value, prefix: &str) -> BTreeMap<(String, String), (BTreeSet<String>, BTreeSet<String>)> {
    let mut taken = BTreeMap::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let of_path = methods.get("parameters").and_then(Value::as_array).into_iter().flatten();
            let own = operation.get("parameters").and_then(Value::as_array).into_iter().flatten();
            let parameters = of_path.chain(own).map(|parameter| resolved(document, parameter));
            let query = parameters.filter(|parameter| parameter["in"] == "query");
            let query = query.map(|parameter| parameter["name"].as_str().unwrap().to_owned()).collect();
            let body = operation.get("requestBody").map(|body| resolved(document, body));
            let schema = body.and_then(|body| body.pointer("/content/application~1json/schema"));
            let mut members = BTreeSet::new();
            if let Some(schema) = schema {
                collect(document, schema, &mut members);
            }
            taken.insert((method.to_uppercase(), format!("{prefix}{path}")), (query, members));
        }
    }
    taken
}

fn resolved<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    match value.get("$ref").and_then(Value::as_str) {
        Some(reference) => resolved(document, document.pointer(reference.trim_start_matches('#')).unwrap()),
        None => value,
    }
}

fn collect(document: &Value, schema: &Value, members: &mut BTreeSet<String>) {
    let schema = resolved(document, schema);
    if let Some(items) = schema.get("items") {
        collect(document, items, members);
    }
    for several in ["allOf", "oneOf", "anyOf"] {
        let several = schema.get(several).and_then(Value::as_array).into_iter().flatten();
        several.for_each(|schema| collect(document, schema, members));
    }
    members.extend(
        schema.get("properties").and_then(Value::as_object).into_iter().flatten().map(|(name, _)| name.clone()),
    );
}

#[test]
fn no_operation_takes_a_key_that_its_document_lacks() {
    let Some(folder) = folder("openapi") else { return };
    let read = |file: &str| serde_json::from_slice::<Value>(&std::fs::read(folder.join(file)).unwrap()).unwrap();
    let mut taken = taken(&read("openapi-v2.v3.json"), "/wiki/api/v2");
    taken.extend(self::taken(&read("swagger.v3.json"), ""));
    for row in rows().iter().filter(|row| row.verdict == Verdict::Allow) {
        let (query, members) = &taken[&(row.method.as_str().to_owned(), row.template.to_owned())];
        let lacks = |known: &BTreeSet<String>, keys: &[&'static str]| {
            keys.iter().filter(|key| !known.contains(**key)).copied().collect::<Vec<_>>()
        };
        assert_eq!(lacks(query, &row.query), Vec::<&str>::new(), "{}", row.name());
        assert_eq!(lacks(members, &row.body), Vec::<&str>::new(), "{}", row.name());
    }
}
