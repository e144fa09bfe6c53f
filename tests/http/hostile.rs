//! What must not get through, and what must not hurt anybody else.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use futures_util::StreamExt as _;
use serde_json::json;

use super::house::{House, answer, until};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_of_others_and_names_that_are_not_ours_are_refused_before_anything_else() {
    let house = House::new(&[("one", "read-only")]).await;
    let agent = house.agent("one");
    for path in ["/mcp", "/healthz", "/metrics", "/.well-known/oauth-protected-resource/mcp"] {
        for (name, value) in [
            ("host", "evil.example"),
            ("host", "localhost.evil.example"),
            ("origin", "https://evil.example"),
            ("origin", "null"),
            ("origin", "http://localhost:3000"),
        ] {
            let request = house.client.post(format!("{}{path}", house.origin)).bearer_auth(&agent.key);
            let refused = request.header(name, value).send().await.unwrap();
            assert_eq!(refused.status(), 403, "{path} {name}: {value}");
            assert!(!refused.headers().contains_key("access-control-allow-origin"));
        }
    }
    let allowed = House::with(&[("one", "read-only")], &["--allowed-origins", "http://localhost:*"]).await;
    let request =
        allowed.agent("one").modern_request("tools/list", json!({})).header("origin", "http://localhost:3000");
    assert_eq!(request.send().await.unwrap().status(), 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_message_is_answered_with_the_code_for_it_and_the_next_is_served() {
    let house = House::new(&[("one", "read-only")]).await;
    let agent = house.agent("one");
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    let nested = format!("{}1{}", "{\"a\":".repeat(10_000), "}".repeat(10_000));
    for (body, status, code) in [
        (String::new(), 400, -32600),
        ("{".to_owned(), 400, -32700),
        (deep, 400, -32700),
        (nested, 400, -32700),
        ("[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}]".to_owned(), 400, -32600),
        ("[]".to_owned(), 400, -32600),
        ("{\"jsonrpc\":\"2.0\",\"id\":1,\"id\":2,\"method\":\"ping\"}".to_owned(), 400, -32700),
        (format!("[{}1]", "1,".repeat(200_000)), 400, -32600),
        ("x".repeat(50 << 20), 413, -32600),
    ] {
        let request = agent.request(&json!({}), &[]).body(body.clone());
        let shown: String = body.chars().take(40).collect();
        let Ok(refused) = request.send().await else {
            // The connection may be closed before all of it was sent.
            assert_eq!(status, 413, "{shown}");
            continue;
        };
        let refused = answer(refused).await;
        assert_eq!((refused.status, refused.body["error"]["code"].as_i64()), (status, Some(code)), "{shown}");
    }
    for (name, value, status) in [
        ("content-type", "text/plain", 415),
        ("accept", "application/json", 406),
        ("mcp-protocol-version", "1999-01-01", 400),
        ("mcp-method", "tools/call", 400),
    ] {
        let request = agent.modern_request("tools/list", json!({}));
        let (client, request) = request.build_split();
        let mut request = request.unwrap();
        request.headers_mut().insert(name, value.parse().unwrap());
        assert_eq!(client.execute(request).await.unwrap().status(), status, "{name}");
    }
    for method in [reqwest::Method::PUT, reqwest::Method::PATCH, reqwest::Method::OPTIONS] {
        let refused = house.client.request(method, &agent.url).bearer_auth(&agent.key).send().await.unwrap();
        assert_eq!(refused.status(), 405);
    }
    assert!(!agent.tools().await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slow_strangers_lose_their_place_and_agents_do_not_notice() {
    let house = House::new(&[("one", "read-only")]).await;
    let agent = house.agent("one");
    let mut slow: Vec<TcpStream> = Vec::new();
    for _ in 0..600 {
        let mut stream = TcpStream::connect(house.address()).unwrap();
        stream.write_all(b"POST /mcp HTTP/1.1\r\nHost: localhost\r\nX-Slow: ").unwrap();
        slow.push(stream);
    }
    assert!(!agent.tools().await.is_empty());
    // More than may wait at once: the first of them have been let go.
    let first = &mut slow[0];
    assert!(!first.read(&mut [0; 64]).is_ok_and(|read| read > 0));
    assert!(!agent.tools().await.is_empty());
    // A body that never comes is not waited for without a key.
    let mut stranger = TcpStream::connect(house.address()).unwrap();
    let head = "POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Length: 8000000\r\n\r\n";
    stranger.write_all(head.as_bytes()).unwrap();
    let mut told = [0; 12];
    stranger.read_exact(&mut told).unwrap();
    assert_eq!(&told, b"HTTP/1.1 401");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_of_one_agent_is_bounded_and_the_others_are_served() {
    let flags = ["--agent-requests-per-second", "5", "--agent-requests-at-once", "2"];
    let house = House::with(&[("flood", "read-only"), ("calm", "read-only")], &flags).await;
    let (flood, calm) = (house.agent("flood"), house.agent("calm"));
    let asks = (0..60).map(|_| flood.modern("tools/list", json!({})));
    let answers = futures_util::future::join_all(asks).await;
    let refused: Vec<_> = answers.iter().filter(|answer| answer.status == 429).collect();
    assert!(refused.len() > 20 && refused.len() < 60, "{}", refused.len());
    assert!(refused.iter().all(|answer| answer.headers["retry-after"] == "1"));
    assert!(!calm.tools().await.is_empty());
    // Two reads at once; further ones wait, and the other agent does not.
    until(|| async { flood.modern("tools/list", json!({})).await.status == 200 }).await;
    assert!(house.get("/metrics").await.1.contains("sluice_http_refusals_total{reason=\"rate\"}"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_never_cross_whatever_ids_clients_use() {
    let agents: Vec<(String, &str)> = (0..8).map(|number| (format!("a{number}"), "read-only")).collect();
    let agents: Vec<(&str, &str)> = agents.iter().map(|(name, profile)| (name.as_str(), *profile)).collect();
    let house = House::new(&agents).await;
    let asks = (0..400).map(|number| {
        let agent = house.agent(agents[number % agents.len()].0);
        async move {
            // The id is the same each time; the uri comes back in the error.
            let uri = format!("confluence://nothing/{number}");
            let said = agent.modern("resources/read", json!({ "uri": uri })).await;
            assert_eq!(said.body["error"]["data"]["uri"], uri, "{said:?}");
        }
    });
    futures_util::stream::iter(asks).buffer_unordered(64).collect::<Vec<()>>().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_without_a_length_take_no_room_from_others_once_they_are_read() {
    let house = House::new(&[("greedy", "read-only"), ("calm", "read-only")]).await;
    let (greedy, calm) = (house.agent("greedy"), house.agent("calm"));
    let filter = json!({ "notifications": { "toolsListChanged": true } });
    let mut open = Vec::new();
    for _ in 0..64 {
        let request = greedy.modern_request("subscriptions/listen", filter.clone());
        let (client, request) = request.build_split();
        let mut request = request.unwrap();
        let body = request.body().unwrap().as_bytes().unwrap().to_vec();
        let pieces = futures_util::stream::iter([Ok::<_, std::io::Error>(body)]);
        *request.body_mut() = Some(reqwest::Body::wrap_stream(pieces));
        open.push(client.execute(request).await.unwrap());
    }
    assert!(open.iter().all(|stream| stream.status() == 200));
    let long = json!({ "name": "get_page", "arguments": { "page_id": "1".repeat(1 << 20) } });
    assert_eq!(calm.modern("tools/call", long).await.status, 200);
    assert!(!greedy.tools().await.is_empty());
}
