//! Over the wire: calls that are cancelled end, writes that were sent are finished, long calls tell how far they are.

use serde_json::{Value, json};
use sluice::domain::text::is_invisible;
use sluice::sandbox::{Effect, Fault};

use crate::desk::{Desk, FULL};
use crate::world::{Wire, World, modern};

/// Longer than any test lasts.
const FOREVER: u64 = 600_000;

fn slow(desk: &Desk, template: &str, times: u32, milliseconds: u64) {
    desk.site.set_fault(Fault { template: Some(template.into()), times, effect: Effect::Slow { milliseconds } });
}

async fn arrived(desk: &Desk, template: &str, count: u64) {
    while desk.site.requests().get(template).copied().unwrap_or_default() < count {
        tokio::task::yield_now().await;
    }
}

async fn begin(wire: &mut Wire, id: &str, tool: &str, arguments: Value, meta: Value) {
    let params = json!({ "name": tool, "arguments": arguments, "_meta": meta });
    wire.send(&json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params }).to_string()).await;
}

async fn cancel(wire: &mut Wire, id: &str) {
    let params = json!({ "requestId": id, "reason": "no longer wanted" });
    wire.send(&json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": params }).to_string()).await;
}

#[tokio::test]
async fn a_cancelled_read_lets_go_of_confluence() {
    let desk = Desk::open().await;
    let page = desk.page("Escalation matrix");
    let template = "GET /wiki/api/v2/pages/{id}";
    // As many as may be under way at once: were they not ended, the next call would find no place.
    slow(&desk, template, 8, FOREVER);
    let mut wire = World::at(&desk).legacy().await;
    for number in 0..8 {
        begin(&mut wire, &format!("slow-{number}"), "get_page", json!({ "page_id": page }), json!({})).await;
    }
    arrived(&desk, template, 8).await;
    for number in 0..8 {
        cancel(&mut wire, &format!("slow-{number}")).await;
    }
    let answer = wire.ask("tools/call", json!({ "name": "get_page", "arguments": { "page_id": page } })).await;
    assert!(answer["result"]["content"][0]["text"].as_str().unwrap().starts_with("page "), "{answer}");
}

#[tokio::test]
async fn a_write_cancelled_while_it_is_planned_is_never_sent() {
    let desk = Desk::open().await;
    let page = desk.page("Escalation matrix");
    let template = "GET /wiki/api/v2/pages/{id}";
    slow(&desk, template, 8, FOREVER);
    let mut wire = World::at(&desk).legacy().await;
    for number in 0..8 {
        let arguments = json!({ "page_id": page, "version": 1, "body": "x" });
        begin(&mut wire, &format!("slow-{number}"), "update_page", arguments, json!({})).await;
    }
    arrived(&desk, template, 8).await;
    for number in 0..8 {
        cancel(&mut wire, &format!("slow-{number}")).await;
    }
    let answer = wire.ask("tools/call", json!({ "name": "get_page", "arguments": { "page_id": page } })).await;
    assert!(answer["result"]["content"][0]["text"].as_str().unwrap().starts_with("page "), "{answer}");
    assert!(!desk.site.requests().into_keys().any(|template| template.starts_with("PUT ")));
    assert_eq!(desk.usage().writes_last_hour, 0);
}

#[tokio::test]
async fn a_write_under_way_when_the_client_leaves_is_finished_and_counted() {
    let desk = Desk::open().await;
    let template = "POST /wiki/api/v2/pages";
    // Longer than a leaving client is waited for.
    slow(&desk, template, 1, 1_500);
    let mut wire = World::at(&desk).legacy().await;
    let arguments = json!({ "space": "IT", "title": "Last words", "body": "x" });
    begin(&mut wire, "last", "create_page", arguments, json!({})).await;
    arrived(&desk, template, 1).await;
    wire.hang_up().await;
    desk.page("Last words");
    assert_eq!(desk.usage().writes_last_hour, 1);
    assert_eq!(desk.site.requests().get(template), Some(&1));
}

#[tokio::test]
async fn a_download_tells_how_far_it_is_to_whoever_asked() {
    let desk = Desk::open().await;
    let (id, size) = desk.site.with_site(|site| {
        let contents = &site.contents;
        let file = site.attachments.values_mut().find(|file| contents.contains_key(&file.container)).unwrap();
        let size = 3_u32 << 20;
        file.versions.last_mut().unwrap().bytes = vec![b'x'; size as usize];
        (format!("att{}", file.id), f64::from(size))
    });
    let mut wire = World::at(&desk).legacy().await;
    begin(&mut wire, "d", "download_attachment", json!({ "attachment_id": id }), json!({ "progressToken": "p" })).await;
    let mut steps = Vec::new();
    let answer = loop {
        let line = wire.next().await;
        if line["method"] != "notifications/progress" {
            break line;
        }
        assert_eq!(line["params"]["progressToken"], "p");
        assert_eq!(line["params"]["total"], json!(size), "{line}");
        steps.push(line["params"]["progress"].as_f64().unwrap());
    };
    assert_eq!(answer["id"], "d");
    assert!(!steps.is_empty() && steps.is_sorted(), "{steps:?}");
}

#[tokio::test]
async fn whatever_a_client_sends_is_answered_visibly_and_the_next_call_is_fine() {
    let desk = Desk::open().await;
    let mut wire = World::at(&desk).legacy().await;
    let hidden = "\u{202e}\u{200b}\u{7}";
    for (method, params) in [
        ("tools/call", json!({ "name": format!("get_{hidden}page"), "arguments": {} })),
        ("tools/call", json!({ "name": "get_page", "arguments": { "page_id": hidden } })),
        ("tools/call", json!({ "name": "get_page", "arguments": { hidden: "1" } })),
        ("tools/call", json!({ "name": "search_cql", "arguments": { "cql": format!("a = \"{hidden}\"") } })),
        ("resources/read", json!({ "uri": format!("confluence://page/{hidden}") })),
        (&format!("tools/{hidden}"), json!({})),
    ] {
        let answer = wire.ask(method, params).await.to_string();
        assert!(!answer.chars().any(is_invisible) && !answer.contains("\\u0007"), "{method}: {answer}");
    }
    for line in [
        r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get_page","name":"delete_page","arguments":{"page_id":"1"}}}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get_page","arguments":{"page_id":"1","page_id":"2"}}}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get_page","arguments":{"page_id":1e400}}}"#,
        r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"get_page","arguments":{"page_id":"\ud800"}}}"#,
    ] {
        wire.send(line).await;
        let answer = wire.next().await;
        assert_eq!(answer["error"]["code"], -32700, "{line}: {answer}");
    }
    assert_eq!(desk.site.total_requests(), 0);
    let answer = wire.ask("tools/call", json!({ "name": "get_current_user", "arguments": {} })).await;
    assert_eq!(answer["result"]["isError"], false, "{answer}");
}

#[tokio::test]
async fn resources_and_completion_tell_nothing_of_a_hidden_space() {
    let desk = Desk::under(&format!("{FULL}\n[scope]\ndeny_spaces = [\"HR\"]")).await;
    let (page, space) = desk.site.with_site(|site| {
        let hr = site.spaces.values().find(|space| space.key == "HR").unwrap();
        (hr.homepage.unwrap(), hr.id)
    });
    for legacy in [true, false] {
        let mut wire = if legacy { World::at(&desk).legacy().await } else { World::at(&desk).connect() };
        let era = |params: Value| if legacy { params } else { modern(params) };
        for (hidden, missing) in [
            (format!("confluence://page/{page}"), "confluence://page/777777777"),
            ("confluence://space/HR".into(), "confluence://space/NOSUCH"),
            ("confluence://space/hr".into(), "confluence://space/NOSUCH"),
            (format!("confluence://space/{space}"), "confluence://space/777777777"),
        ] {
            let to_hidden = wire.ask("resources/read", era(json!({ "uri": hidden }))).await;
            let to_missing = wire.ask("resources/read", era(json!({ "uri": missing }))).await;
            let same = |answer: &Value, uri: &str| answer["error"].to_string().replace(uri, "…");
            assert_eq!(same(&to_hidden, &hidden), same(&to_missing, missing));
            assert!(to_hidden["error"].is_object(), "{to_hidden}");
        }
        for typed in ["", "H", "HR", "hr"] {
            let reference = json!({ "type": "ref/resource", "uri": "confluence://space/{key}" });
            let params = json!({ "ref": reference, "argument": { "name": "key", "value": typed } });
            let answer = wire.ask("completion/complete", era(params)).await;
            let values = answer["result"]["completion"]["values"].as_array().unwrap();
            assert!(!values.contains(&json!("HR")), "{answer}");
            assert!(answer["result"]["completion"].get("total").is_none_or(Value::is_null), "{answer}");
            assert!(!typed.is_empty() || values.contains(&json!("IT")), "{answer}");
        }
        let answer = wire.ask("resources/read", era(json!({ "uri": "confluence://space/IT" }))).await;
        assert!(answer["result"]["contents"][0]["text"].as_str().unwrap().contains("IT"), "{answer}");
    }
}
