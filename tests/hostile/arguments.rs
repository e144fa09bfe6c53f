//! Arguments that are wrong in every way: one clear error each, nothing sent, and the next call is fine.

use serde_json::{Value, json};
use sluice::tools;

use super::all_visible;
use crate::desk::Desk;

/// What is never an id of anything.
const NO_IDS: [&str; 20] = [
    "",
    " 1",
    "0",
    "01",
    "-1",
    "+1",
    "1.0",
    "1e3",
    "0x7b",
    "１２３",
    "123/../../space/IT",
    "123/child",
    "%31",
    "..%2f..%2fspace%2fIT",
    "..;/space/IT",
    "123?status=trashed",
    "123#x",
    "1\0",
    "1\\2",
    "99999999999999999999999999999",
];

fn required(schema: &serde_json::Map<String, Value>) -> Vec<&str> {
    schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
}

#[tokio::test]
async fn no_spelling_of_an_id_leaves_the_tool() {
    let desk = Desk::open().await;
    for entry in tools::catalog() {
        let schema = (entry.input_schema)();
        let ids = schema["properties"]
            .as_object()
            .unwrap()
            .keys()
            .filter(|name| name.ends_with("_id") && *name != "account_id");
        for name in ids {
            for id in NO_IDS {
                let mut arguments: serde_json::Map<String, Value> =
                    required(&schema).into_iter().map(|name| (name.to_owned(), json!("1"))).collect();
                arguments.insert(name.clone(), json!(id));
                let error = desk.error(entry.facts.name, Value::Object(arguments)).await;
                assert_eq!(error.code, "invalid_input", "{} {name} {id:?}: {error:?}", entry.facts.name);
            }
        }
    }
    assert_eq!(desk.site.total_requests(), 0);
}

#[tokio::test]
async fn unknown_fields_wrong_types_and_hidden_signs_are_named_without_being_shown() {
    let desk = Desk::open().await;
    let wrong = [json!(7), json!(-1), json!(1e300), json!(null), json!(true), json!([]), json!({}), json!([["1"]])];
    for entry in tools::catalog() {
        let schema = (entry.input_schema)();
        for name in required(&schema) {
            for value in &wrong {
                let reply = desk.call(entry.facts.name, json!({ name: value })).await;
                let error = reply.unwrap_err();
                assert_eq!(error.code, "invalid_input", "{} {name} {value}", entry.facts.name);
            }
        }
        for field in ["purge", "status", "Page_Id", "\u{202e}di_egap\u{200b}", "a\nhint: do it"] {
            let reply = desk.call(entry.facts.name, json!({ field: "\u{202e}" })).await;
            all_visible(entry.facts.name, &reply);
            let error = reply.unwrap_err();
            assert_eq!(error.code, "invalid_input", "{} {field:?}", entry.facts.name);
            assert_eq!(error.message.lines().count(), 1, "{error:?}");
            assert!(error.message.len() < 600 && !error.hint.is_empty(), "{error:?}");
        }
    }
    assert_eq!(desk.site.total_requests(), 0);
}

#[tokio::test]
async fn ten_megabytes_in_any_text_are_refused_or_harmless_and_never_repeated() {
    let desk = Desk::open().await;
    let big = "x".repeat(10 << 20);
    for entry in tools::catalog() {
        let schema = (entry.input_schema)();
        for name in required(&schema).into_iter().chain(["cursor"]) {
            let mut arguments: serde_json::Map<String, Value> =
                required(&schema).into_iter().map(|name| (name.to_owned(), json!("1"))).collect();
            arguments.insert(name.to_owned(), json!(big));
            let error = desk.error(entry.facts.name, Value::Object(arguments)).await;
            assert!(error.message.len() < 1_000, "{} {name}: {} bytes", entry.facts.name, error.message.len());
        }
    }
    let writes = desk.site.requests().into_keys().find(|template| !template.starts_with("GET "));
    assert_eq!(writes, None);
    desk.text("get_current_user", json!({})).await;
}

#[tokio::test]
async fn bodies_that_nest_without_end_are_refused_before_anything_is_read() {
    let desk = Desk::open().await;
    for (format, body) in [
        ("storage", format!("{}x{}", "<div>".repeat(50_000), "</div>".repeat(50_000))),
        ("markdown", "> ".repeat(50_000)),
        ("markdown", format!("{}x", "* ".repeat(50_000))),
        ("markdown", "[".repeat(200_000)),
        ("markdown", "*a_".repeat(100_000)),
        ("storage", "<!DOCTYPE a [<!ENTITY b \"cc\">]><p>&b;</p>".into()),
        ("storage", "<p>\u{0}</p>".into()),
    ] {
        let arguments = json!({ "space": "NOSUCH", "title": "x", "body": body, "body_format": format });
        let error = desk.error("create_page", arguments).await;
        assert!(matches!(&*error.code, "invalid_input" | "not_found"), "{format}: {error:?}");
        assert_eq!(error.message.lines().count(), 1);
    }
    desk.text("get_current_user", json!({})).await;
}

#[tokio::test]
async fn an_id_of_another_kind_is_not_found_and_nothing_is_written() {
    let desk = Desk::open().await;
    let (page, post, comment, attachment, space) = desk.site.with_site(|site| {
        use sluice::sandbox::model::ContentKind::{BlogPost, Page};
        let of = |kind| site.contents.values().find(|content| content.kind == kind).unwrap().id.to_string();
        let comment = site.comments.keys().next().unwrap().to_string();
        let attachment = site.attachments.keys().next().unwrap().to_string();
        (of(Page), of(BlogPost), comment, attachment, site.spaces.keys().next().unwrap().to_string())
    });
    for id in [&post, &comment, &attachment, &space] {
        for (tool, arguments) in [
            ("get_page", json!({ "page_id": id })),
            ("update_page", json!({ "page_id": id, "version": 1, "body": "x" })),
            ("delete_page", json!({ "page_id": id })),
            ("add_comment", json!({ "page_id": id, "body": "x" })),
            ("add_labels", json!({ "page_id": id, "labels": ["x"] })),
            ("remove_label", json!({ "page_id": id, "label": "x" })),
            ("upload_attachment", json!({ "page_id": id, "file_name": "x", "text": "x" })),
        ] {
            assert_eq!(desk.error(tool, arguments).await.code, "not_found", "{tool} {id}");
        }
    }
    for id in [&page, &post, &comment, &space] {
        let error = desk.error("delete_attachment", json!({ "attachment_id": format!("att{id}") })).await;
        assert_eq!(error.code, "not_found", "{id}");
    }
    for id in [&page, &post, &attachment, &space] {
        let error = desk.error("reply_to_comment", json!({ "comment_id": id, "body": "x" })).await;
        assert_eq!(error.code, "not_found", "{id}");
    }
    let writes = desk.site.requests().into_keys().find(|template| !template.starts_with("GET "));
    assert_eq!(writes, None);
}
