//! Laws that hold for every tool of the catalog, whoever wrote it.

use std::collections::BTreeSet;
use std::path::Path;

use expect_test::expect_file;
use serde_json::{Map, Value, json};
use sluice::domain::access::AccessClass;
use sluice::domain::group::Group;
use sluice::tools::{CORE, Entry, catalog, find};

use sluice::policy::Profile;
use sluice::policy::profile::{Mode, Switch};

use super::world::{World, profile};

/// The verbs of each access class: a second fact, independent of what a tool declares.
const VERBS: [(AccessClass, &[&str]); 4] = [
    (AccessClass::Read, &["get", "list", "search", "find", "compare", "download", "export", "convert", "sync"]),
    (AccessClass::Create, &["create", "add", "reply", "copy", "upload", "watch"]),
    (
        AccessClass::Update,
        &[
            "update", "edit", "move", "rename", "restore", "set", "resolve", "reopen", "complete", "publish", "undo",
            // A change set: writes that are judged one by one for what they really are.
            "apply",
        ],
    ),
    (AccessClass::Delete, &["delete", "remove", "archive", "unwatch", "cancel"]),
];

/// Names that are no verb and noun, with the reason.
const OTHER_NAMES: [(&str, AccessClass); 2] = [
    // It does whatever its arguments say, so that no verb of one class would be true.
    ("confluence_request", AccessClass::Delete),
    // The word everybody knows for it, from the shell and from other servers; it takes no noun.
    ("whoami", AccessClass::Read),
];

/// Words for arguments that mean the same everywhere, and words that must not be used instead.
const ALIASES: [(&str, &[&str]); 12] = [
    ("page_id", &["id", "pageId", "page", "content_id"]),
    ("space", &["space_key", "space_id", "spaceKey", "key_or_id"]),
    ("title", &["name", "new_title", "page_title"]),
    ("body", &["content", "markdown", "text", "html"]),
    ("body_format", &["format", "representation"]),
    ("version", &["version_number", "expected_version"]),
    ("parent_id", &["parent", "ancestor_id"]),
    ("attachment_id", &["file_id", "attachment"]),
    ("query", &["words", "q", "search"]),
    ("limit", &["max", "max_results", "count", "page_size"]),
    ("cursor", &["start", "offset", "next", "next_cursor"]),
    ("account_id", &["user_id", "user", "account"]),
];

/// `create_space` and `update_space` name the space itself: there `name` is no page's title and `key` no reference.
const NAMES_ITSELF: [&str; 2] = ["create_space", "update_space"];

fn each(law: impl Fn(&'static Entry) -> Result<(), String>) {
    let broken: Vec<_> =
        catalog().filter_map(|entry| law(entry).err().map(|why| format!("{}: {why}", entry.facts.name))).collect();
    assert!(broken.is_empty(), "{broken:#?}");
}

fn check(holds: bool, why: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(why()) }
}

#[test]
fn a_name_is_verb_noun_and_its_verb_belongs_to_the_access_class() {
    each(|entry| {
        let name = entry.facts.name;
        if OTHER_NAMES.contains(&(name, entry.facts.class)) {
            return Ok(());
        }
        let words = name.split('_').count() >= 2 && name.len() <= 40;
        let lower = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
        check(words && lower && !name.contains("__"), || "is not verb_noun".into())?;
        let verb = name.split('_').next().unwrap();
        let (_, verbs) = VERBS.iter().find(|(class, _)| *class == entry.facts.class).unwrap();
        check(verbs.contains(&verb), || format!("`{verb}` is no verb of {}", entry.facts.class))
    });
}

#[test]
fn names_are_unique_and_each_tool_is_found_by_its_own() {
    let names: BTreeSet<_> = catalog().map(|entry| entry.facts.name).collect();
    assert_eq!(names.len(), catalog().count());
    each(|entry| check(find(entry.facts.name).is_some_and(|found| found.facts == entry.facts), || "is another".into()));
}

#[test]
fn each_tool_has_a_file_of_its_name_in_its_group_and_each_such_file_a_tool() {
    let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tools");
    each(|entry| {
        let file = tools.join(entry.facts.group.word()).join(format!("{}.rs", entry.facts.name));
        let text = std::fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        let camel: String = entry.facts.name.split('_').map(|word| word[..1].to_uppercase() + &word[1..]).collect();
        check(text.contains(&format!("pub(super) struct {camel};")), || format!("has no `pub(super) struct {camel};`"))
    });
    for file in std::fs::read_dir(&tools).unwrap().filter(|file| file.as_ref().unwrap().path().is_dir()) {
        for file in std::fs::read_dir(file.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            if ["impl ReadTool for", "impl WriteTool for", "impl SessionTool for", "impl MatchedTool for"]
                .iter()
                .any(|word| text.contains(word))
            {
                let name = path.file_stem().unwrap().to_str().unwrap();
                assert!(find(name).is_some(), "{} is not in its group's list", path.display());
            }
        }
    }
}

#[test]
fn titles_and_descriptions_say_something_and_not_too_much() {
    each(|entry| {
        let (title, text) = (entry.title, entry.description);
        check((3..=40).contains(&title.len()) && !title.ends_with('.'), || format!("title `{title}`"))?;
        let first = text.split_once(". ").map_or(text, |(first, _)| first);
        check((15..=250).contains(&first.len()), || format!("first sentence has {} characters", first.len()))?;
        check(text.starts_with(char::is_uppercase) && text.ends_with('.'), || "is not made of sentences".into())?;
        check(text.chars().count() <= 600, || format!("{} characters", text.chars().count()))?;
        check(!text.contains("  ") && !text.contains('\n'), || "has gaps".into())
    });
}

#[test]
fn no_tool_deletes_a_space_or_says_that_it_could() {
    each(|entry| {
        let space = entry.facts.name.contains("space");
        check(!(space && entry.facts.class == AccessClass::Delete), || "would delete a space".into())?;
        let text = entry.description.to_lowercase();
        let promises =
            ["deletes a space", "deletes the space", "removes a space", "archives a space", "trashes a space"];
        check(!promises.iter().any(|promise| text.contains(promise)), || "speaks of deleting a space".into())
    });
}

#[test]
fn descriptions_name_only_tools_that_exist() {
    each(|entry| {
        let words = entry.description.split(|sign: char| !(sign.is_ascii_lowercase() || sign == '_'));
        let verbs: Vec<_> = VERBS.iter().flat_map(|(_, verbs)| verbs.iter()).collect();
        let unknown: Vec<_> = words
            .filter(|word| word.split_once('_').is_some_and(|(verb, _)| verbs.iter().any(|known| **known == verb)))
            .filter(|word| find(word).is_none())
            .collect();
        check(unknown.is_empty(), || format!("names {unknown:?}"))
    });
}

#[test]
fn input_schemas_are_closed_flat_objects_without_noise() {
    each(|entry| {
        let schema = (entry.input_schema)();
        check(schema.get("type") == Some(&json!("object")), || "is no object".into())?;
        check(schema.get("additionalProperties") == Some(&json!(false)), || "takes unknown arguments".into())?;
        check(schema.get("properties").is_some_and(Value::is_object), || "has no properties".into())?;
        check(!schema.contains_key("description"), || "describes itself beside the tool".into())?;
        noise(&Value::Object(schema.clone()))?;
        for (name, property) in properties(&schema) {
            let snake = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
            check(snake, || format!("`{name}` is not snake_case"))?;
            check(property.get("description").is_some_and(Value::is_string), || format!("`{name}` is not described"))?;
            let is_list = property.get("type") == Some(&json!("array"));
            check(!is_list || property.get("items").is_some(), || format!("`{name}` is a list of anything"))?;
        }
        Ok(())
    });
}

#[test]
fn output_schemas_are_flat_objects_without_noise_and_a_write_has_a_status() {
    each(|entry| {
        let Some(schema) = (entry.output_schema)() else {
            return check(!entry.facts.class.writes(), || "is a write that answers no data".into());
        };
        check(schema.get("type") == Some(&json!("object")), || "is no object".into())?;
        noise(&Value::Object(schema.clone()))?;
        if entry.facts.class.writes() && entry.facts.group != Group::Session {
            check(schema.get("required") == Some(&json!(["status"])), || "requires more than a status".into())?;
        }
        Ok(())
    });
}

#[test]
fn the_same_thing_has_the_same_name_in_every_tool() {
    each(|entry| {
        let schema = (entry.input_schema)();
        for (name, _) in properties(&schema) {
            let wanted = ALIASES.iter().find(|(_, instead)| instead.contains(&name.as_str()));
            // What a file holds is no body.
            let wanted = wanted.filter(|(wanted, _)| *wanted != "body" || entry.facts.group == Group::Pages);
            if let Some((wanted, _)) = wanted.filter(|_| !NAMES_ITSELF.contains(&entry.facts.name)) {
                return Err(format!("`{name}` shall be called `{wanted}`"));
            }
        }
        Ok(())
    });
}

/// A profile under which every tool is listed.
fn careful() -> Profile {
    let mut careful = profile(Mode::ReadWrite);
    careful.groups.pages.require_approval = Switch::On;
    careful
}

#[tokio::test]
async fn the_list_of_tools_stays_small() {
    let answer = World::new().profile(careful()).legacy().await.ask("tools/list", json!({})).await;
    let bytes = answer["result"].to_string().len();
    let asked = |entry: &Entry| {
        entry.facts.name.len() + entry.description.len() + Value::Object((entry.input_schema)()).to_string().len()
    };
    let asked: usize = catalog().map(asked).sum();
    // 4.27 bytes make a token (o200k) here: 13,000 tokens of what models read, and all that clients are sent.
    assert!(asked <= 55_000, "{asked} bytes of names, descriptions and input schemas");
    assert!(bytes <= 117_000, "{bytes} bytes for {} tools", catalog().count());
    for tool in answer["result"]["tools"].as_array().unwrap() {
        assert!(tool.to_string().len() <= 2_400, "{} bytes: {}", tool.to_string().len(), tool["name"]);
    }
}

#[test]
fn the_core_is_a_light_load() {
    let asked = |reads_only: bool| -> usize {
        let core = catalog().filter(|entry| CORE.contains(&entry.facts.name));
        let core = core.filter(|entry| !reads_only || entry.facts.class == AccessClass::Read);
        core.map(|entry| {
            entry.facts.name.len() + entry.description.len() + Value::Object((entry.input_schema)()).to_string().len()
        })
        .sum()
    };
    assert!(asked(true) <= 9_600, "{} bytes to read", asked(true));
    assert!(asked(false) <= 19_000, "{} bytes", asked(false));
}

#[tokio::test]
async fn what_clients_are_told_of_each_tool_is_on_file() {
    let answer = World::new().profile(careful()).legacy().await.ask("tools/list", json!({})).await;
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    for tool in answer["result"]["tools"].as_array().unwrap() {
        let name = tool["name"].as_str().unwrap();
        let text = serde_json::to_string_pretty(tool).unwrap() + "\n";
        expect_file![golden.join(format!("{name}.json"))].assert_eq(&text);
    }
    for file in std::fs::read_dir(&golden).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        assert!(find(name).is_some(), "{} belongs to no tool", path.display());
    }
}

fn properties(schema: &Map<String, Value>) -> impl Iterator<Item = (&String, &Value)> {
    schema.get("properties").and_then(Value::as_object).into_iter().flatten()
}

/// What costs an agent tokens and tells it nothing.
fn noise(schema: &Value) -> Result<(), String> {
    match schema {
        Value::Object(fields) => {
            for word in ["$ref", "title", "format", "$schema", "$defs", "nullable", "oneOf", "anyOf", "allOf"] {
                check(!fields.contains_key(word), || format!("has `{word}`"))?;
            }
            check(fields.get("default") != Some(&Value::Null), || "has a null default".into())?;
            let types = fields.get("type").and_then(Value::as_array);
            check(types.is_none_or(|types| !types.contains(&json!("null"))), || "has a type null".into())?;
            for (key, value) in fields {
                match value {
                    Value::Object(properties) if key == "properties" => properties.values().try_for_each(noise)?,
                    value => noise(value)?,
                }
            }
            Ok(())
        }
        Value::Array(items) => items.iter().try_for_each(noise),
        _ => Ok(()),
    }
}
