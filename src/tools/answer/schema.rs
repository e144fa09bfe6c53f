//! Schemas of arguments and answers: flat, without the noise that costs an agent tokens.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value};

/// The schema of `T`: JSON Schema 2020-12, references inlined, titles and numeric formats dropped.
pub fn of<T: JsonSchema>() -> Map<String, Value> {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.inline_subschemas = true;
        settings.meta_schema = None;
    });
    let mut schema = settings.into_generator().into_root_schema_for::<T>().to_value();
    clean(&mut schema);
    match schema {
        Value::Object(mut fields) => {
            // What a type says of itself is for people who read the code; the tool's description is for agents.
            fields.remove("description");
            if fields.get("type").and_then(Value::as_str) == Some("object") {
                fields.entry("properties").or_insert_with(|| Value::Object(Map::new()));
            }
            fields
        }
        _ => Map::new(),
    }
}

/// The schema of an answer of type `T`: names and types alone, since answers explain themselves when they come.
pub fn of_answer<T: JsonSchema>() -> Map<String, Value> {
    let mut schema = Value::Object(of::<T>());
    names_and_types(&mut schema);
    match schema {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

fn names_and_types(schema: &mut Value) {
    if let Value::Object(fields) = schema {
        for word in ["description", "minimum", "maximum", "minLength", "maxLength", "pattern"] {
            fields.remove(word);
        }
        for (key, value) in fields.iter_mut() {
            match (key.as_str(), value) {
                ("properties", Value::Object(properties)) => properties.values_mut().for_each(names_and_types),
                ("items", items) => names_and_types(items),
                _ => {}
            }
        }
    }
}

/// Walks our own schemas, whose depth is that of our types.
fn clean(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            fields.remove("title");
            fields.remove("format");
            if fields.get("default") == Some(&Value::Null) {
                fields.remove("default");
            }
            if let Some(Value::Array(types)) = fields.get_mut("type") {
                types.retain(|kind| kind != "null");
                if let [only] = types.as_slice() {
                    let only = only.clone();
                    fields.insert("type".into(), only);
                }
            }
            unwrap_nullable(fields);
            list_words(fields);
            for (key, value) in fields.iter_mut() {
                if key == "properties" {
                    // Names of properties are the callers' words, not keywords.
                    if let Value::Object(properties) = value {
                        properties.values_mut().for_each(clean);
                    }
                } else {
                    clean(value);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(clean),
        _ => {}
    }
}

/// `anyOf: [X, null]` is an optional `X`.
fn unwrap_nullable(fields: &mut Map<String, Value>) {
    let Some(Value::Array(variants)) = fields.get_mut("anyOf") else { return };
    variants.retain(|variant| variant.get("type").and_then(Value::as_str) != Some("null"));
    if let [Value::Object(only)] = variants.as_slice() {
        let only = only.clone();
        fields.remove("anyOf");
        for (key, value) in only {
            fields.entry(key).or_insert(value);
        }
    }
}

/// One word out of several is an `enum`, however the words are explained in the code.
fn list_words(fields: &mut Map<String, Value>) {
    let word = |variant: &Value| variant.get("const").filter(|word| word.is_string()).cloned();
    let variants = fields.get("oneOf").and_then(Value::as_array);
    let words: Option<Vec<Value>> = variants.and_then(|variants| variants.iter().map(word).collect());
    if let Some(words) = words {
        fields.remove("oneOf");
        fields.insert("type".into(), "string".into());
        fields.insert("enum".into(), words.into());
    }
}
