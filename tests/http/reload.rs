//! Files that change under a running server: what is right holds within a second, what is wrong changes nothing.

use serde_json::json;

use super::house::{House, permissions, until};

const CHANGED: &str = "notifications/tools/list_changed";

/// Reads a stream until it holds these words.
async fn hears(stream: &mut reqwest::Response, words: &str) -> String {
    let mut heard = String::new();
    while !heard.contains(words) {
        heard += &String::from_utf8_lossy(&stream.chunk().await.unwrap().unwrap_or_else(|| panic!("{heard}")));
    }
    heard
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_changed_profile_is_told_to_those_whose_tools_changed_and_to_nobody_else() {
    let house = House::new(&[("one", "one.toml"), ("two", "two.toml")]).await;
    let mut streams = Vec::new();
    for name in ["one", "two"] {
        let agent = house.agent(name);
        let filter = json!({ "notifications": { "toolsListChanged": true } });
        let mut modern = agent.modern_request("subscriptions/listen", filter).send().await.unwrap();
        hears(&mut modern, "acknowledged").await;
        let session = agent.open().await;
        let legacy = session.listen().send().await.unwrap();
        streams.push((agent, session, modern, legacy));
    }
    let before = streams[0].0.tools().await;
    house.profile("one.toml", &permissions("read-write"));
    // The other file changes as well, but not what it allows.
    house.profile("two.toml", &(permissions("read-only") + "\n# as before\n"));
    hears(&mut streams[0].2, CHANGED).await;
    hears(&mut streams[0].3, CHANGED).await;
    let after = streams[0].0.tools().await;
    assert!(after.len() > before.len() && after.contains(&"create_page".to_owned()));
    let listed = streams[0].1.ask("tools/list", json!({})).await;
    assert_eq!(super::house::names(&listed.body["result"]), after);
    for stream in [&mut streams.remove(1).2, &mut streams.remove(0).3] {
        let heard = async { String::from_utf8_lossy(&stream.chunk().await.unwrap().unwrap()).into_owned() };
        let quiet = tokio::time::timeout(std::time::Duration::from_millis(700), heard).await;
        assert!(quiet.is_err() || !quiet.unwrap().contains(CHANGED));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_profile_made_wrong_leaves_the_last_good_one_until_it_is_right_again() {
    let house = House::new(&[("one", "one.toml"), ("two", "read-only"), ("three", "three.toml")]).await;
    let agent = house.agent("one");
    let before = agent.tools().await;
    house.profile("one.toml", "name = \"x\"\n[pages]\nmod = \"read-write\"\n");
    until(|| async { house.log().contains("what was good before goes on") }).await;
    let log = house.log();
    assert!(log.contains("one.toml:3:1") && log.contains("agent `one`"), "{log}");
    assert_eq!(agent.tools().await, before);
    let listed = std::process::Command::new(env!("CARGO_BIN_EXE_sluice"))
        .args(["agents", "list"])
        .env_clear()
        .env("SLUICE_CONFIG_DIR", house.folder.join("configuration"))
        .env("SLUICE_DATA_DIR", &house.folder)
        .output()
        .unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    assert!(listed.contains("what was good before goes on") && listed.contains("one.toml:3:1"), "{listed}");
    let metrics = house.get("/metrics").await.1;
    assert!(metrics.contains("sluice_reloads_total{result=\"refused\"} 1"), "{metrics}");
    // What is wrong in one file hides nothing of another.
    let other = house.agent("three");
    let had = other.tools().await.len();
    house.profile("three.toml", &permissions("read-write"));
    until(|| async { other.tools().await.len() > had }).await;
    house.profile("one.toml", &permissions("read-write"));
    until(|| async { agent.tools().await.len() > before.len() }).await;
    // The same with the file of agents itself.
    house.edit_agents(|text| text + "[agents.two]\n");
    until(|| async { house.log().matches("what was good before goes on").count() > 1 }).await;
    assert!(!agent.tools().await.is_empty() && !house.agent("two").tools().await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_agent_that_is_added_is_let_in_without_a_restart() {
    let house = House::new(&[]).await;
    assert!(house.log().contains("no agent is let in yet"));
    let (key, hash) = super::house::key_and_hash();
    let new = format!("[agents.new]\nowner = \"maria\"\nprofile = \"read-only\"\nkey_hash = \"{hash}\"\n");
    house.edit_agents(|text| text + &new);
    let client = house.client.clone();
    let agent = super::house::Agent { url: format!("{}/mcp", house.origin), key, client };
    until(|| async { agent.modern("tools/list", json!({})).await.status == 200 }).await;
}
