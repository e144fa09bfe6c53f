//! What clients of both eras see of the server, line by line.

use rmcp::ServiceExt as _;
use rmcp::model::CallToolRequestParams;
use serde_json::{Value, json};
use sluice::domain::limits;
use sluice::policy::profile::Mode;

use tokio::io::AsyncWriteExt as _;

use super::world::{World, initialize, modern, profile};

const INFO: &str = "io.modelcontextprotocol/serverInfo";

fn read_only() -> World {
    World::new().profile(profile(Mode::ReadOnly))
}

fn names(answer: &Value) -> Vec<&str> {
    answer["result"]["tools"].as_array().unwrap().iter().map(|tool| tool["name"].as_str().unwrap()).collect()
}

fn code(answer: &Value) -> i64 {
    answer["error"]["code"].as_i64().unwrap_or_else(|| panic!("no error: {answer}"))
}

#[tokio::test]
async fn every_legacy_revision_is_agreed_on_and_an_unknown_one_falls_back() {
    for version in ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"] {
        let answer = World::new().connect().ask("initialize", initialize(version)).await;
        assert_eq!(answer["result"]["protocolVersion"], version);
        assert_eq!(answer["result"]["serverInfo"]["name"], "sluice");
        assert!(answer["result"]["instructions"].as_str().unwrap().chars().count() <= 2048);
        assert_eq!(
            answer["result"]["capabilities"],
            json!({"completions": {}, "resources": {}, "tools": {"listChanged": true}})
        );
    }
    let answer = World::new().connect().ask("initialize", initialize("2099-01-01")).await;
    assert_eq!(answer["result"]["protocolVersion"], "2025-11-25");
}

#[tokio::test]
async fn discover_comes_first_and_initialize_still_works_after_it() {
    let mut wire = World::new().connect();
    let answer = wire.ask("server/discover", modern(json!({}))).await;
    let result = &answer["result"];
    assert_eq!(result["resultType"], "complete");
    assert_eq!(result["cacheScope"], "private");
    assert!(result["supportedVersions"].as_array().unwrap().contains(&json!("2026-07-28")), "{answer}");
    assert!(result["instructions"].as_str().unwrap().contains("get_page"));
    assert_eq!(result["_meta"][INFO]["name"], "sluice");
    let answer = wire.ask("initialize", initialize("2025-06-18")).await;
    assert_eq!(answer["result"]["protocolVersion"], "2025-06-18");
    wire.send(r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#).await;
    let answer = wire.ask("tools/list", json!({})).await;
    assert!(names(&answer).contains(&"get_page"));
    assert!(answer["result"].get("resultType").is_none() && answer["result"].get("_meta").is_none(), "{answer}");
}

#[tokio::test]
async fn the_modern_era_needs_no_handshake_and_every_result_says_who_answers() {
    let mut wire = World::new().connect();
    let requests = [
        ("tools/list", json!({})),
        ("tools/call", json!({"name": "get_page", "arguments": {"page_id": "x"}})),
        ("resources/list", json!({})),
        ("resources/templates/list", json!({})),
        (
            "completion/complete",
            json!({"ref": {"type": "ref/prompt", "name": "x"}, "argument": {"name": "a", "value": ""}}),
        ),
    ];
    for (method, params) in requests {
        let answer = wire.ask(method, modern(params)).await;
        assert_eq!(answer["result"]["resultType"], "complete", "{method}: {answer}");
        assert_eq!(answer["result"]["_meta"][INFO]["name"], "sluice", "{method}: {answer}");
        if method.ends_with("/list") {
            assert_eq!(answer["result"]["cacheScope"], "private", "{method}");
            assert_eq!(answer["result"]["ttlMs"], 60_000, "{method}");
        }
    }
}

#[tokio::test]
async fn a_modern_request_without_its_metadata_or_of_an_unknown_revision_is_refused() {
    let mut wire = World::new().connect();
    assert_eq!(code(&wire.ask("tools/list", json!({})).await), -32602);
    let mut params = modern(json!({}));
    params["_meta"]["io.modelcontextprotocol/protocolVersion"] = json!("2099-01-01");
    let answer = wire.ask("tools/list", params).await;
    assert_eq!(code(&answer), -32022);
    assert!(answer["error"]["data"]["supported"].as_array().unwrap().contains(&json!("2026-07-28")));
    assert!(!names(&wire.ask("tools/list", modern(json!({}))).await).is_empty());
}

#[tokio::test]
async fn tools_are_listed_by_name_with_every_hint_and_only_those_the_profile_can_allow() {
    let answer = World::new().legacy().await.ask("tools/list", json!({})).await;
    let all = names(&answer);
    assert!(all.is_sorted() && all.contains(&"get_page") && all.contains(&"update_page"), "{all:?}");
    for tool in answer["result"]["tools"].as_array().unwrap() {
        let hints = tool["annotations"].as_object().unwrap();
        assert_eq!(hints.len(), 4, "{tool}");
        assert!(hints.values().all(Value::is_boolean), "{tool}");
        assert!(tool["title"].is_string() && tool["description"].is_string());
    }
    let update =
        answer["result"]["tools"].as_array().unwrap().iter().find(|tool| tool["name"] == "update_page").unwrap();
    assert_eq!(update["annotations"]["destructiveHint"], true);
    let answer = read_only().legacy().await.ask("tools/list", json!({})).await;
    assert!(names(&answer).contains(&"get_page") && !names(&answer).contains(&"update_page"));
    // The raw request is what its arguments say.
    let raw = |tool: &&Value| tool["name"] == "confluence_request";
    for tool in answer["result"]["tools"].as_array().unwrap().iter().filter(|tool| !raw(tool)) {
        assert_eq!(tool["annotations"]["readOnlyHint"], true, "{tool}");
    }
    let answer = World::new().profile(profile(Mode::Disabled)).legacy().await.ask("tools/list", json!({})).await;
    assert_eq!(names(&answer), ["whoami"]);
}

#[tokio::test]
async fn an_unknown_tool_is_an_error_of_the_protocol_and_a_hidden_one_says_why() {
    let mut wire = read_only().legacy().await;
    let answer = wire.ask("tools/call", json!({"name": "delete_space", "arguments": {}})).await;
    assert_eq!(code(&answer), -32602);
    assert_eq!(answer["error"]["message"], "Unknown tool: delete_space");
    let answer = wire.ask("tools/call", json!({"name": "update_page", "arguments": {}})).await;
    assert_eq!(answer["result"]["isError"], true);
    let text = answer["result"]["content"][0]["text"].as_str().unwrap();
    assert!(text.starts_with("refused: profile `test` lets you only read in the group pages"), "{text}");
    assert!(text.ends_with("try again: no"), "{text}");
    // It declares an output schema, which an error's data would not fit.
    assert!(answer["result"].get("structuredContent").is_none(), "{answer}");
}

#[tokio::test]
async fn wrong_arguments_are_the_tools_error_and_named() {
    let mut wire = World::new().legacy().await;
    for (arguments, named) in [
        (json!({"page_id": "../../space/IT"}), "`page_id`"),
        (json!({"page_id": 7}), "`page_id`"),
        (json!({"page_id": "1", "purge": true}), "purge"),
        (json!({}), "page_id"),
    ] {
        let answer = wire.ask("tools/call", json!({"name": "get_page", "arguments": arguments})).await;
        let error = &answer["result"]["structuredContent"];
        assert_eq!(error["code"], "invalid_input", "{answer}");
        assert_eq!(error["try_again"], "after fix");
        assert!(error["message"].as_str().unwrap().contains(named), "{answer}");
    }
    for params in [json!({"name": "get_page", "arguments": "1"}), json!({"name": 7}), json!({}), json!([])] {
        assert_eq!(code(&wire.ask("tools/call", params).await), -32602);
    }
    let big = "x".repeat(10 << 20);
    let answer = wire.ask("tools/call", json!({"name": "get_page", "arguments": {"page_id": big}})).await;
    assert!(answer.to_string().len() < 2_000);
}

#[tokio::test]
async fn what_is_no_message_is_answered_and_the_next_line_is_served() {
    let mut wire = World::new().legacy().await;
    let too_long = vec![b'x'; limits::LINE + 1];
    let lines: [(&[u8], i64); 7] = [
        (b"{nonsense", -32700),
        (b"\xff\xfe", -32700),
        (&b"[".repeat(100_000), -32700),
        (&b"{\"a\":".repeat(100_000), -32700),
        (&b"[],".repeat(100_001), -32600),
        (br#"[{"jsonrpc":"2.0","id":1,"method":"tools/list"}]"#, -32600),
        (&too_long, -32600),
    ];
    for (line, expected) in lines {
        wire.send_bytes(line).await;
        let answer = wire.next().await;
        assert_eq!(code(&answer), expected);
        assert!(answer.get("id").is_none_or(Value::is_null), "{answer}");
        assert!(!names(&wire.ask("tools/list", json!({})).await).is_empty());
    }
}

#[tokio::test]
async fn nothing_a_client_says_before_its_first_request_makes_the_server_leave() {
    let mut wire = World::new().connect();
    wire.send(r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#).await;
    wire.send(r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#).await;
    wire.send(r#"{"jsonrpc":"2.0","id":9,"result":{}}"#).await;
    assert_eq!(code(&wire.ask("tools/list", json!({})).await), -32602);
    wire.send(r#"{"jsonrpc":"2.0","method":"notifications/roots/list_changed"}"#).await;
    assert_eq!(code(&wire.ask("nonsense", json!({})).await), -32602);
    assert_eq!(wire.ask("ping", json!({})).await["result"], json!({}));
    let answer = wire.ask("initialize", initialize("2025-11-25")).await;
    assert_eq!(answer["result"]["protocolVersion"], "2025-11-25");
}

#[tokio::test]
async fn methods_that_are_not_there_are_not_found_in_either_era() {
    let mut wire = World::new().legacy().await;
    for method in ["prompts/list", "prompts/get", "logging/setLevel", "resources/subscribe", "tools/nonsense"] {
        let params = json!({"name": "x", "level": "info", "uri": "x"});
        assert_eq!(code(&wire.ask(method, params).await), -32601, "{method}");
    }
    let mut wire = World::new().connect();
    for method in ["prompts/list", "ping", "skills/list", "resources/subscribe", "tools/nonsense"] {
        let params = modern(json!({"taskId": "x", "notifications": {}}));
        assert_eq!(code(&wire.ask(method, params).await), -32601, "{method}");
    }
}

#[tokio::test]
async fn resources_pass_the_gate_and_say_no_more_than_it() {
    let mut wire = World::new().legacy().await;
    assert_eq!(wire.ask("resources/list", json!({})).await["result"]["resources"], json!([]));
    let answer = wire.ask("resources/templates/list", json!({})).await;
    assert_eq!(answer["result"]["resourceTemplates"][0]["uriTemplate"], "confluence://page/{id}");
    for uri in ["confluence://page/../x", "confluence://page/", "confluence://user/1", "file:///etc/passwd", ""] {
        let answer = wire.ask("resources/read", json!({"uri": uri})).await;
        assert_eq!(code(&answer), -32002, "{uri}");
        assert_eq!(answer["error"]["message"], "no such resource, or no permission to see it");
    }
    let answer = World::new().connect().ask("resources/read", modern(json!({"uri": "confluence://page/x"}))).await;
    assert_eq!(code(&answer), -32602);
    let mut wire = World::new().profile(profile(Mode::Disabled)).legacy().await;
    let answer = wire.ask("resources/read", json!({"uri": "confluence://page/1"})).await;
    assert_eq!(answer["error"]["data"]["code"], "refused", "{answer}");
    let answer = wire.ask("resources/templates/list", json!({})).await;
    assert_eq!(answer["result"]["resourceTemplates"], json!([]));
}

#[tokio::test]
async fn completion_is_empty_where_there_is_nothing_to_complete_or_nothing_allowed() {
    let world = World::new().profile(profile(Mode::Disabled));
    let mut wire = world.legacy().await;
    for reference in [
        json!({"type": "ref/resource", "uri": "confluence://space/{key}"}),
        json!({"type": "ref/resource", "uri": "confluence://page/{id}"}),
        json!({"type": "ref/prompt", "name": "x"}),
    ] {
        let params = json!({"ref": reference, "argument": {"name": "key", "value": "I"}});
        let answer = wire.ask("completion/complete", params).await;
        assert_eq!(answer["result"]["completion"]["values"], json!([]), "{answer}");
    }
}

#[tokio::test]
async fn a_cursor_never_given_is_refused_and_an_answered_id_may_come_again() {
    let mut wire = World::new().legacy().await;
    assert_eq!(code(&wire.ask("tools/list", json!({"cursor": "x"})).await), -32602);
    wire.send(r#"{"jsonrpc":"2.0","id":"a","method":"tools/list"}"#).await;
    assert_eq!(wire.next().await["id"], "a");
    wire.send(r#"{"jsonrpc":"2.0","id":"a","method":"tools/list"}"#).await;
    assert_eq!(wire.next().await["id"], "a");
}

#[tokio::test]
async fn the_end_of_input_ends_the_server_after_what_was_asked_is_answered() {
    assert_eq!(World::new().connect().hang_up().await, Vec::<Value>::new());
    let mut wire = World::new().connect();
    let request = json!({"jsonrpc": "2.0", "id": 1, "method": "server/discover", "params": modern(json!({}))});
    wire.send(&request.to_string()).await;
    let said = wire.hang_up().await;
    assert_eq!(said[0]["result"]["resultType"], "complete", "{said:?}");
    let mut wire = World::new().legacy().await;
    for id in 10..20 {
        wire.send(&json!({"jsonrpc": "2.0", "id": id, "method": "tools/list"}).to_string()).await;
    }
    assert_eq!(wire.hang_up().await.len(), 10);
}

#[tokio::test]
async fn a_client_that_reads_nothing_and_leaves_does_not_keep_the_server() {
    let (near, served) = World::new().serve();
    let (_unread, mut writer) = tokio::io::split(near);
    for id in 0..100 {
        let request = json!({"jsonrpc": "2.0", "id": id, "method": "tools/list", "params": modern(json!({}))});
        writer.write_all(format!("{request}\n").as_bytes()).await.unwrap();
    }
    writer.shutdown().await.unwrap();
    served.await.unwrap().unwrap();
}

#[tokio::test]
async fn rmcps_own_client_lists_and_calls() {
    let (near, served) = World::new().serve();
    let client = ().serve(near).await.unwrap();
    let tools = client.list_all_tools().await.unwrap();
    assert!(tools.iter().any(|tool| tool.name == "get_page"));
    let arguments = json!({"page_id": "1"}).as_object().cloned().unwrap();
    let result = client.call_tool(CallToolRequestParams::new("get_page").with_arguments(arguments)).await.unwrap();
    assert_eq!(result.is_error, Some(true));
    client.cancel().await.unwrap();
    served.await.unwrap().unwrap();
}
