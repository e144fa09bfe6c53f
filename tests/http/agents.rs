//! Who is let in, and what each agent sees and may do.

use serde_json::json;

use super::house::{Agent, House, answer};

const PROFILES: [(&str, &str); 3] =
    [("reader", "read-only"), ("writer", "documentation-manager"), ("boss", "full-access")];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_agent_sees_its_own_tools_in_both_eras_and_they_are_judged_again_at_the_call() {
    let house = House::new(&PROFILES).await;
    let mut seen = Vec::new();
    for (name, _) in PROFILES {
        let agent = house.agent(name);
        let answer = agent.modern("tools/list", json!({})).await;
        assert_eq!(answer.body["result"]["cacheScope"], "private");
        let tools = super::house::names(&answer.body["result"]);
        assert!(tools.is_sorted());
        assert_eq!(tools, super::house::names(&agent.open().await.ask("tools/list", json!({})).await.body["result"]));
        seen.push(tools.len());
    }
    assert!(seen.is_sorted_by(|fewer, more| fewer < more), "{seen:?}");
    let draft = json!({ "space": "IT", "title": "Made over HTTP", "body": "Hello" });
    let before = house.site.total_requests();
    let refused = house.agent("reader").call("create_page", draft.clone()).await;
    assert!(refused.body["result"]["isError"] == true && refused.body.to_string().contains("refused"), "{refused:?}");
    assert_eq!(house.site.total_requests(), before);
    let made = house.agent("writer").call("create_page", draft).await;
    assert_eq!(made.body["result"]["structuredContent"]["status"], "done", "{made:?}");
    let read = house.agent("reader").open().await;
    let found = read.ask("tools/call", json!({ "name": "get_page", "arguments": { "page_id": house.page() } })).await;
    assert!(found.body.to_string().contains("Escalation matrix"), "{found:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_let_in_without_a_key_of_ours() {
    let house = House::new(&[("reader", "read-only")]).await;
    let agent = house.agent("reader");
    let list = |headers: Vec<(&'static str, String)>| {
        let mut request = house.client.post(&agent.url).header("content-type", "application/json").body("{}");
        for (name, value) in headers {
            request = request.header(name, value);
        }
        request
    };
    let right = format!("Bearer {}", agent.key);
    for wrong in [
        vec![],
        vec![("authorization", String::new())],
        vec![("authorization", agent.key.clone())],
        vec![("authorization", format!("Basic {}", agent.key))],
        vec![("authorization", format!("{right}x"))],
        vec![("authorization", format!("Bearer slk_{}", "A".repeat(43)))],
        vec![("authorization", "Bearer ATATT3xFfGF0".to_owned())],
        vec![("authorization", "Bearer sandbox-token".to_owned())],
        vec![("authorization", format!("Bearer {}.{}.{}", "e30", "e30", "x"))],
        vec![("authorization", right.clone()), ("authorization", right.clone())],
        vec![("x-api-key", agent.key.clone())],
        vec![("cookie", format!("key={}", agent.key))],
    ] {
        let refused = answer(list(wrong.clone()).send().await.unwrap()).await;
        assert_eq!(refused.status, 401, "{wrong:?}");
        let challenge = refused.headers["www-authenticate"].to_str().unwrap();
        let metadata = format!("resource_metadata=\"{}/.well-known/oauth-protected-resource/mcp\"", house.origin);
        assert!(challenge.starts_with("Bearer ") && challenge.contains(&metadata), "{challenge}");
        assert!(!refused.body.to_string().contains(&agent.key));
    }
    // Not in an address either; and the scheme's case does not matter.
    let in_address = house.client.post(format!("{}?access_token={}", agent.url, agent.key)).send().await.unwrap();
    assert_eq!(in_address.status(), 401);
    let lower = answer(list(vec![("authorization", format!("bearer {}", agent.key))]).send().await.unwrap()).await;
    assert_ne!(lower.status, 401);
    assert!(!house.log().contains(&agent.key));
    assert_eq!(house.site.total_requests(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_is_revoked_or_rotated_ends_within_a_second() {
    let house = House::new(&[("one", "read-only"), ("two", "read-only")]).await;
    let agent = house.agent("one");
    assert!(!agent.tools().await.is_empty());
    let (new_key, hash) = super::house::key_and_hash();
    house.edit_agents(|text| {
        let (first, rest) = text.split_once("key_hash = \"").unwrap();
        let (_, rest) = rest.split_once('"').unwrap();
        format!("{first}key_hash = \"{hash}{}", &rest.replacen('\n', "\"\n", 1))
    });
    let refused = |agent: Agent| async move { agent.modern("tools/list", json!({})).await.status == 401 };
    super::house::until(|| refused(agent.clone())).await;
    let rotated = Agent { key: new_key, ..agent };
    assert!(!rotated.tools().await.is_empty());
    house.edit_agents(|text| text.replacen("[agents.two]\n", "[agents.two]\nrevoked = true\n", 1));
    super::house::until(|| refused(house.agent("two"))).await;
    assert!(!rotated.tools().await.is_empty());
}
