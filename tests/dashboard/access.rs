//! Who is let in: every credential at every endpoint, names that are not ours, pages of other origins, too much of anything.

use serde_json::json;
use sluice::approval::State;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::{ADA, AGENT_KEY, BOB, House, bearer};

#[tokio::test]
async fn no_credential_but_an_approvers_secret_opens_any_endpoint() {
    let house = House::open().await;
    let record = house.waits("New here").await;
    let id = &record.asked.id;
    let reads =
        ["/api/approvals", "/api/approvals?which=all", &format!("/api/approvals/{id}"), &format!("/approvals/{id}")];
    let long = "x".repeat(2000);
    let wrong = [
        String::new(),
        bearer(AGENT_KEY),
        bearer("sla_nobody"),
        bearer(&long),
        format!("authorization: Basic {ADA}\r\n"),
        format!("authorization: {ADA}\r\n"),
        "authorization: Bearer\r\n".to_owned(),
        format!("{}{}", bearer(ADA), bearer(ADA)),
        format!("cookie: secret={ADA}\r\n"),
    ];
    let body = json!({ "seal": record.seal }).to_string();
    for headers in &wrong {
        for path in reads.into_iter().chain(["/api/approvals/stream"]) {
            let answer = house.ask("GET", path, headers, "").await;
            // Failed attempts run out; no answer says more than that. Whoever brings nothing to a page may sign in.
            let to_sign_in =
                answer.status == 303 && path.starts_with("/approvals") && !headers.contains("authorization");
            assert!(matches!(answer.status, 401 | 429) || to_sign_in, "{headers} {path} {answer:?}");
            assert!(!answer.body.contains("New here"), "{answer:?}");
        }
        for says in ["approve", "deny"] {
            let headers = format!("{headers}content-type: application/json\r\n");
            let answer = house.ask("POST", &format!("/api/approvals/{id}/{says}"), &headers, &body).await;
            assert!(matches!(answer.status, 401 | 429), "{headers} {says} {answer:?}");
            assert!(["not_proven", "too_many_attempts"].contains(&answer.code().as_str()));
        }
    }
    for path in reads {
        house.clock.advance(std::time::Duration::from_mins(2));
        let answer = house.get(path, ADA).await;
        assert_eq!(answer.status, 200, "{path} {answer:?}");
        assert!(answer.body.contains("New here"), "{path} {answer:?}");
    }
    assert_eq!(house.record(&record).await, *record, "reading changes nothing, and neither does being refused");
    house.close().await;
}

#[tokio::test]
async fn whoever_fails_too_often_has_to_wait_and_whoever_was_proven_does_not() {
    let house = House::open().await;
    assert_eq!(house.get("/api/approvals", ADA).await.status, 200);
    for _ in 0..5 {
        assert_eq!(house.get("/api/approvals", "sla_guess").await.code(), "not_proven");
    }
    let late = house.get("/api/approvals", "sla_guess").await;
    assert_eq!((late.status, late.code().as_str()), (429, "too_many_attempts"));
    assert!(late.header("retry-after").unwrap().parse::<u64>().unwrap() <= 60, "{late:?}");
    assert_eq!(house.get("/api/approvals", BOB).await.status, 429, "nobody knows whether it is Bob");
    assert_eq!(house.get("/api/approvals", ADA).await.status, 200, "Ada was proven before");
    house.clock.advance(std::time::Duration::from_mins(1));
    assert_eq!(house.get("/api/approvals", BOB).await.status, 200);
    house.close().await;
}

#[tokio::test]
async fn an_approver_who_is_taken_out_of_the_file_is_an_approver_no_more() {
    let house = House::open().await;
    assert_eq!(house.get("/api/approvals", ADA).await.status, 200);
    sluice::people::Approvers::remove(&house.approvers, "ada").unwrap();
    assert_eq!(house.get("/api/approvals", ADA).await.code(), "not_proven");
    std::fs::write(&house.approvers, "[approvers.ada]\n").unwrap();
    let broken = house.get("/api/approvals", ADA).await;
    assert_eq!((broken.status, broken.code().as_str()), (503, "approvers"), "a broken file lets nobody in");
    house.close().await;
}

#[tokio::test]
async fn where_no_approver_is_set_up_anyone_here_may_look_and_nobody_decide() {
    let house = House::unguarded().await;
    let record = house.waits("New here").await;
    for secret in ["", AGENT_KEY, ADA] {
        assert_eq!(house.get("/api/approvals", secret).await.status, 200);
        assert_eq!(
            house.get(&format!("/approvals/{}", record.asked.id), secret).await.header("location"),
            Some("/sign-in")
        );
        for says in ["approve", "deny"] {
            let answer = house.say(says, &record, secret).await;
            assert_eq!((answer.status, answer.code().as_str()), (403, "no_approvers"), "{answer:?}");
            assert!(answer.body.contains("sluice approvers add"), "{answer:?}");
        }
    }
    assert_eq!(house.record(&record).await.state, State::Pending);
    house.close().await;
}

#[tokio::test]
async fn a_name_that_somebody_else_points_here_is_not_answered() {
    let house = House::unguarded().await;
    house.waits("New here").await;
    let port = house.address.port();
    let hosts = [
        "evil.com".to_owned(),
        format!("evil.com:{port}"),
        "127.0.0.1".to_owned(),
        "localhost:1".to_owned(),
        format!("localhost.evil.com:{port}"),
        format!("evil.com@127.0.0.1:{port}"),
        String::new(),
    ];
    for host in hosts {
        for path in ["/api/approvals", "/", "/api/approvals/stream"] {
            let answer = house.raw(&format!("GET {path} HTTP/1.1\r\nhost: {host}\r\n\r\n")).await;
            assert!(matches!(answer.status, 400 | 403), "{host} {answer:?}");
            assert!(!answer.body.contains("New here"));
        }
    }
    let own = house.address;
    for request in [
        "GET /api/approvals HTTP/1.0\r\n\r\n".to_owned(),
        "GET /api/approvals HTTP/1.1\r\n\r\n".to_owned(),
        format!("GET /api/approvals HTTP/1.1\r\nhost: {own}\r\nhost: evil.com\r\n\r\n"),
        format!("GET http://evil.com/api/approvals HTTP/1.1\r\nhost: {own}\r\n\r\n"),
    ] {
        let answer = house.raw(&request).await;
        assert!(matches!(answer.status, 400 | 403), "{request} {answer:?}");
    }
    let by_name = house.raw(&format!("GET /api/approvals HTTP/1.1\r\nhost: localhost:{port}\r\n\r\n")).await;
    assert_eq!(by_name.status, 200);
    house.close().await;
}

#[tokio::test]
async fn a_page_of_another_origin_changes_nothing_and_reads_nothing() {
    let house = House::open().await;
    let record = house.waits("New here").await;
    let path = format!("/api/approvals/{}/approve", record.asked.id);
    let body = json!({ "seal": record.seal }).to_string();
    let json = format!("{}content-type: application/json\r\n", bearer(ADA));
    let port = house.address.port();
    for origin in ["null", "http://evil.com", "https://127.0.0.1", &format!("http://localhost:{port}"), "", "http://"] {
        let answer = house.ask("POST", &path, &format!("{json}origin: {origin}\r\n"), &body).await;
        assert_eq!((answer.status, answer.code().as_str()), (403, "origin"), "{origin}");
    }
    let preflight = "origin: http://evil.com\r\naccess-control-request-method: POST\r\n";
    for (method, headers) in [("OPTIONS", preflight), ("GET", "origin: http://evil.com\r\n")] {
        let answer = house.ask(method, &path, headers, "").await;
        assert!(answer.status >= 400 && !answer.head.to_lowercase().contains("access-control"), "{answer:?}");
    }
    for kind in ["", "content-type: text/plain\r\n", "content-type: application/x-www-form-urlencoded\r\n"] {
        let answer = house.ask("POST", &path, &format!("{}{kind}", bearer(ADA)), &body).await;
        assert_eq!((answer.status, answer.code().as_str()), (415, "content_type"), "{kind}");
    }
    assert_eq!(house.record(&record).await.state, State::Pending);
    let own = format!("{json}origin: http://{}\r\n", house.address);
    assert_eq!(house.ask("POST", &path, &own, &body).await.status, 200);
    house.close().await;
}

#[tokio::test]
async fn every_answer_forbids_to_frame_load_guess_and_keep_it() {
    let house = House::open().await;
    let record = house.waits("New here").await;
    let answers = [
        house.get("/api/approvals", ADA).await,
        house.get(&format!("/approvals/{}", record.asked.id), ADA).await,
        house.get("/api/approvals", "").await,
        house.get("/nowhere", ADA).await,
        house.ask("DELETE", "/api/approvals", &bearer(ADA), "").await,
        house.ask("POST", &format!("/api/approvals/{}/deny", record.asked.id), &bearer(ADA), "").await,
    ];
    for answer in &answers {
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{answer:?}");
        assert!(!policy.contains("unsafe") && policy.contains("script-src 'self'"), "{answer:?}");
        assert_eq!(answer.header("x-frame-options"), Some("DENY"));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        assert_eq!(answer.header("access-control-allow-origin"), None);
        assert_eq!(answer.header("set-cookie"), None);
    }
    assert_eq!(answers.iter().map(|answer| answer.status).collect::<Vec<_>>(), [200, 200, 401, 404, 405, 415]);
    assert_eq!([answers[3].code(), answers[4].code()], ["not_found", "method"]);
    house.close().await;
}

#[tokio::test]
async fn what_is_too_long_or_no_request_is_refused_and_others_are_answered() {
    let house = House::open().await;
    let record = house.waits("New here").await;
    let path = format!("/api/approvals/{}/approve", record.asked.id);
    let long = json!({ "seal": record.seal, "reason": "x".repeat(70_000) }).to_string();
    let answer = house.post(&path, ADA, &long).await;
    assert_eq!((answer.status, answer.code().as_str()), (413, "body"));
    let deep = "[".repeat(60_000);
    for body in ["", "{}", "null", "{\"seal\":1}", "{\"seal\":\"\"}", "{\"seal", &deep] {
        let answer = house.post(&path, ADA, body).await;
        assert_eq!((answer.status, answer.code().as_str()), (400, "body"), "{body:.20}");
    }
    let unknown = json!({ "seal": record.seal, "by": "root" }).to_string();
    assert_eq!(house.post(&path, ADA, &unknown).await.status, 400);
    let flood = format!("GET /api/approvals HTTP/1.1\r\nhost: {}\r\n{}\r\n", house.address, "x-y: z\r\n".repeat(1000));
    assert_eq!(house.raw(&flood).await.status, 431);
    // Half a request each, and nothing more: there is room for others.
    let mut silent = Vec::new();
    for _ in 0..60 {
        let mut stream = TcpStream::connect(house.address).await.unwrap();
        stream.write_all(b"GET /api/app").await.unwrap();
        silent.push(stream);
    }
    assert_eq!(house.get("/api/approvals", ADA).await.status, 200);
    assert_eq!(house.record(&record).await.state, State::Pending);
    let (closing, mut waiting) = (house.closing.clone(), silent.pop().unwrap());
    closing.cancel();
    let _ = waiting.read_to_end(&mut Vec::new()).await;
    house.close().await;
}
