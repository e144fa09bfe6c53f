//! Alive, ready, and figures that name nobody.

use serde_json::json;

use super::house::House;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_is_alive_at_once_and_ready_where_confluence_takes_the_credentials() {
    let house = House::new(&[("one", "read-only")]).await;
    assert_eq!(house.get("/healthz").await, (200, "alive\n".into()));
    assert_eq!(house.get("/readyz").await, (200, "ready\n".into()));
    let asked = house.site.total_requests();
    for _ in 0..5 {
        assert_eq!(house.get("/readyz").await.0, 200);
    }
    assert_eq!(house.site.total_requests(), asked, "what was said a moment ago is believed");
    assert_eq!(house.get("/").await.0, 404);
    assert_eq!(house.get("/mcp").await.0, 401);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn figures_count_calls_and_refusals_and_name_nobody() {
    let house = House::new(&[("secretive-agent", "read-only")]).await;
    let agent = house.agent("secretive-agent");
    agent.call("get_page", json!({ "page_id": house.page() })).await;
    agent.call("create_page", json!({ "space": "IT", "title": "a", "body": "b" })).await;
    house.client.post(&agent.url).send().await.unwrap();
    let (status, figures) = house.get("/metrics").await;
    assert_eq!(status, 200);
    for line in [
        "sluice_calls_total{tool=\"get_page\",outcome=\"ok\"} 1",
        "sluice_calls_total{tool=\"create_page\",outcome=\"refused\"} 1",
        "sluice_http_refusals_total{reason=\"unauthenticated\"} 1",
        "sluice_calls_in_flight 0",
    ] {
        assert!(figures.contains(line), "{line}\n{figures}");
    }
    for name in ["secretive-agent", "maria", "IT", "Escalation"] {
        assert!(!figures.contains(name), "{name}\n{figures}");
    }
    // Whoever comes through a proxy comes from elsewhere.
    let elsewhere = house.client.get(format!("{}/metrics", house.origin)).header("x-forwarded-for", "10.0.0.1");
    assert_eq!(elsewhere.send().await.unwrap().status(), 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_metadata_of_the_resource_names_issuers_and_scopes() {
    let house = House::new(&[("one", "read-only")]).await;
    for path in ["/.well-known/oauth-protected-resource/mcp", "/.well-known/oauth-protected-resource"] {
        let (status, text) = house.get(path).await;
        let metadata: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!((status, metadata["resource"].as_str().unwrap()), (200, format!("{}/mcp", house.origin).as_str()));
        assert_eq!(metadata["bearer_methods_supported"], json!(["header"]));
    }
}
